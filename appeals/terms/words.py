"""The words of terms: rules, units, how an appeal stands, why a term is not moved; and what the author is told."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from appeals.terms.model import Change, Deed, Refusal, Rule, Standing, Start, Unit, Variant
from notify.model import Template
from web.formats import about
from web.languages import gettext as _
from web.languages import later, ngettext

DEEDS: dict[str, str] = {
    Deed.ANSWER: later("answer"),
    Deed.FORWARD: later("forward to the body in charge"),
    Deed.RETURN: later("return to the author"),
}
VARIANTS: dict[str, str] = {
    Variant.USUAL: later("the usual term"),
    Variant.SIMPLE: later("needs no further study"),
    Variant.STUDY: later("needs further study or documents"),
}
UNITS: dict[str, str] = {
    Unit.HOUR: later("hours"),
    Unit.DAY: later("days"),
    Unit.WORKING_DAY: later("working days"),
    Unit.MONTH: later("months"),
}
STARTS: dict[str, str] = {
    Start.RECEIPT: later("from the receipt"),
    Start.OPENING: later("from the receipt; after working hours from the next opening"),
}
STANDINGS: dict[str, str] = {
    Standing.ON_TIME: later("on time"),
    Standing.ATTENTION: later("attention"),
    Standing.OVERDUE: later("overdue"),
}
KEPT: Final = later("kept")
MISSED: Final = later("answered late")
TONES: dict[str, str] = {Standing.ON_TIME: "good", Standing.ATTENTION: "warn", Standing.OVERDUE: "bad"}
ICONS: dict[str, str] = {
    Standing.ON_TIME: "check2",
    Standing.ATTENTION: "hourglass-split",
    Standing.OVERDUE: "exclamation-triangle",
}
CHANGES: dict[str, str] = {
    Change.SET: later("term set"),
    Change.RECOMPUTED: later("term reckoned anew"),
    Change.ASKED: later("extension asked for"),
    Change.EXTENDED: later("term extended"),
    Change.NOT_EXTENDED: later("extension refused"),
    Change.SHORTENED: later("term shortened"),
    Change.LONG_CONTROL: later("put under long control"),
    Change.NO_LONG_CONTROL: later("taken out of long control"),
}
REFUSALS: dict[str, str] = {
    Refusal.NO_TERM: later("The appeal has no term"),
    Refusal.NO_REASON: later("Write the reason"),
    Refusal.CLOSED: later("The appeal is closed"),
    Refusal.NOT_LATER: later("This is not later than the present term"),
    Refusal.NOT_SOONER: later("This is not sooner than the present term"),
    Refusal.PAST: later("This day is past"),
    Refusal.BEYOND: later("This is beyond the longest term that the law allows"),
    Refusal.NO_EXTENSION: later("The rule of this term allows no extension"),
}
WEEKDAYS: Final = (
    later("Monday"), later("Tuesday"), later("Wednesday"), later("Thursday"), later("Friday"), later("Saturday"),
    later("Sunday"),
)  # fmt: skip

EXTENDED: Final = Template(
    "term_extended",
    later("The term of an appeal is extended"),
    subject=later("Appeal %(number)s: the term is extended"),
    text=later(
        "%(organisation)s has extended the term of your appeal %(number)s until %(until)s. The reason: %(reason)s"
    ),
    to_citizens=True,
)


def amount(count: int, unit: str) -> str:
    """A term in words: "24 hours", "15 days", "1 month"."""
    match unit:
        case Unit.HOUR:
            told = ngettext("%d hour", "%d hours", count)
        case Unit.DAY:
            told = ngettext("%d day", "%d days", count)
        case Unit.WORKING_DAY:
            told = ngettext("%d working day", "%d working days", count)
        case _:
            told = ngettext("%d month", "%d months", count)
    return told % count


def term(rule: Rule, names: Mapping[str, str]) -> str:
    """The rule in brackets: "24 hours, water"; `names` are those of problems, topics and kinds by their codes."""
    what = names.get(rule.problem or rule.topic or rule.kind, rule.problem or rule.topic or rule.kind)
    return ", ".join(part for part in (amount(rule.amount, rule.unit), what) if part)


def most(rule: Rule) -> str:
    """How far the term may be extended."""
    if rule.most_amount is None or rule.most_unit is None:
        return _("no extension")
    told = _("at most %s more") if rule.most_is_more else _("at most %s in all")
    return told % amount(rule.most_amount, rule.most_unit)


def left(due_at: datetime, at: datetime) -> str:
    """How much is left, or how much it is over."""
    far = about(abs(due_at - at)) if abs(due_at - at) >= timedelta(minutes=1) else about(timedelta(minutes=1))
    return (_("%s over") if at > due_at else _("%s left")) % far
