"""What the report by results shows: a line for each result, beside the period before."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from calls.listing import NO_RESULT
from calls.model import Fate
from calls.words import RESULTS
from reports.appeals.model import Period, growth, share
from reports.results import queries
from web import periods


class Result(NamedTuple):
    """One line; `code` is "" where no result was chosen yet."""

    code: str
    now: int
    before: int
    share: float | None
    opens: str
    opened_before: str

    @property
    def growth(self) -> float | None:
        """By what share it has grown; None where there was nothing before."""
        return growth(self.now, self.before)


@dataclass(frozen=True, slots=True)
class Page:
    """All results in the order of the wrap-up, and those without one."""

    results: Sequence[Result]
    all: Result


def page(session: Session, organisation: int, period: Period) -> Page:
    """The answered calls of the period."""
    now, before = (_counted(session, organisation, each) for each in (period, period.before))
    whole = sum(now.values())

    def line(code: str, number: int, earlier: int) -> Result:
        asked = {"result": code} if code else {}
        return Result(code, number, earlier, share(number, whole), _list(period, asked), _list(period.before, asked))

    rows = [line(code, now.get(code, 0), before.get(code, 0)) for code in (*RESULTS, "")]
    none = {"result": NO_RESULT}
    last = rows[-1]._replace(opens=_list(period, none), opened_before=_list(period.before, none))
    return Page([*rows[:-1], last], line("", whole, sum(before.values())))


def _counted(session: Session, organisation: int, period: Period) -> dict[str, int]:
    since, until = periods.beginning(period.first.isoformat()), periods.end(period.last.isoformat())
    assert since is not None
    assert until is not None
    return queries.results(session, organisation, since, until)


def _list(period: Period, asked: dict[str, str]) -> str:
    """The list of calls with exactly these."""
    days = {"since": period.first.isoformat(), "until": period.last.isoformat()}
    return f"/calls?{urlencode({**days, 'fate': Fate.ANSWERED.value, **asked})}"
