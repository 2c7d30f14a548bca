"""What pages show of terms: how an appeal stands, its bar, and the words for lists of many."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from appeals.model import OPEN
from appeals.tables import Appeal
from appeals.terms import model, words
from appeals.terms.model import Standing
from web.languages import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How an appeal stands: a word, a shape beside the colour, how much of the term has passed."""

    standing: Standing
    word: str
    tone: str
    icon: str
    left: str
    share: float  # of the term, 1 at its end

    @property
    def filled(self) -> float:
        """How much of the bar is filled."""
        return min(max(self.share, 0.0), 1.0)


def bar(appeal: Appeal, at: datetime | None = None) -> Bar | None:
    """The bar of one appeal: of an open one now, of a closed one at its closing; None without a term."""
    at = appeal.closed_at or at or datetime.now(UTC)
    found = model.standing(appeal.due_at, appeal.attention_at, at)
    if found is None or appeal.due_at is None:
        return None
    closed = appeal.state not in OPEN
    whole = (appeal.due_at - appeal.received_at).total_seconds()
    told = words.STANDINGS[found]
    if closed:
        told = words.MISSED if found is Standing.OVERDUE else words.KEPT
        found = Standing.OVERDUE if found is Standing.OVERDUE else Standing.ON_TIME
    return Bar(
        standing=found,
        word=_(told),
        tone=words.TONES[found],
        icon=words.ICONS[found],
        left=words.left(appeal.due_at, at),
        share=(at - appeal.received_at).total_seconds() / whole if whole > 0 else 1.0,
    )


def bars(appeals: Iterable[Appeal]) -> dict[int, Bar]:
    """The bars of many appeals by their ids."""
    now = datetime.now(UTC)
    return {appeal.id: found for appeal in appeals if (found := bar(appeal, now)) is not None}
