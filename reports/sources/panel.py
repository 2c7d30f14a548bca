"""What the report by channels shows: a line for each, beside the period before, and all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from appeals.classifier.model import Section
from appeals.journal.conditions import Asker
from appeals.journal.directories import Directories
from appeals.journal.model import Asked
from appeals.words import SOURCES
from reports.appeals import queries as counts
from reports.appeals.model import Period, Standing, filters, growth, share
from reports.appeals.panel import Row, standings
from reports.appeals.queries import By
from web.languages import gettext as _


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel: its word of ours, its code in section 1 of the classifier, its figures; `code` "": all of them."""

    code: str
    classified: str
    row: Row
    before: Row
    share: float | None  # of all registered

    @property
    def now(self) -> int:
        """How many came this way."""
        return self.row.figures.registered

    @property
    def growth(self) -> float | None:
        """By what share that has grown; None where nothing came before."""
        return growth(self.now, self.before.figures.registered)


@dataclass(frozen=True, slots=True)
class Page:
    """Every channel there is, also one by which nothing came, and all of them together."""

    channels: Sequence[Channel]
    all: Channel

    @property
    def something(self) -> bool:
        """Whether there is anything to count."""
        return self.all.row.figures != Standing()


def page(session: Session, asker: Asker, period: Period) -> Page:
    """The appeals of the period by how they came."""
    counts.planned_anew(session)
    known = Directories(session, asker.organisation)
    now = standings(session, asker, period, By.SOURCE)
    earlier = counts.tallies(session, Asked(filters("registered", period.before)), asker, By.SOURCE)
    whole = standings(session, asker, period).get(0, Standing())

    def line(code: str, name: str, of: Standing, before: int) -> Channel:
        narrowed = {"source": code} if code else {}
        return Channel(
            code,
            known.meant(Section.FORM, code) if code else "",
            Row(name, of, period, narrowed, code),
            Row(name, Standing(registered=before), period.before, narrowed, code),
            share(of.registered, whole.registered),
        )

    channels = [line(code, _(word), now.get(code, Standing()), earlier.get(code, 0)) for code, word in SOURCES.items()]
    return Page(channels, line("", _("All channels"), whole, sum(earlier.values())))
