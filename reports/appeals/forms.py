"""The period that a report is asked for: a word, or a day from and a day to."""

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, Field

from reports.appeals.model import Period, Span, until_today
from web.forms import Day, Submitted, checked
from web.languages import gettext as _
from web.languages import later
from web.periods import midnight

SPANS: Final[dict[str, str]] = {
    Span.TODAY: later("Today"),
    Span.WEEK: later("This week"),
    Span.MONTH: later("This month"),
    Span.QUARTER: later("This quarter"),
    Span.YEAR: later("This year"),
    Span.OWN: later("From day to day"),
}


class Asked(BaseModel):
    """What a report's address asks for."""

    span: str = Field("", max_length=200)
    since: str = Field("", max_length=200)
    until: str = Field("", max_length=200)


class PeriodForm(BaseModel):
    """The same, checked; days without a word are a period of one's own."""

    span: Span | None = None
    since: Day | None = None
    until: Day | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The period, and its form: nonsense is told beside the field, and this month is shown."""

    period: Period
    form: Submitted[PeriodForm]

    @property
    def status(self) -> int:
        """422 for nonsense."""
        return 200 if not self.form.errors else 422

    @property
    def asked(self) -> dict[str, str]:
        """As an address says it."""
        typed = self.form.typed
        days = {"since": typed["since"], "until": typed["until"]} if typed["span"] == Span.OWN else {}
        return {"span": typed["span"], **days}


def chosen(asked: Asked) -> Chosen:
    """What was asked for; a day of one's own that is missing is the month's first, or today."""
    form = checked(PeriodForm, asked.model_dump())
    today = midnight().date()
    given = form.value or PeriodForm()
    span = given.span or (Span.OWN if given.since or given.until else Span.MONTH)
    period = until_today(span, today)
    if span is Span.OWN:
        first = given.since or min(period.first, given.until or today)
        period = Period(first, given.until or max(first, today))
        if period.last < period.first:
            form.refuse("until", _("This day is before the first one"))
            period = until_today(Span.MONTH, today)
    shown = {"since": period.first.isoformat(), "until": period.last.isoformat()}
    form.typed = {"span": span.value, **{name: form.typed[name] or day for name, day in shown.items()}}
    if not form.errors and span is not Span.OWN:
        form.typed |= shown
    return Chosen(period, form)
