"""The words of incidents as people read them."""

from datetime import timedelta

from supervisor.surge.model import End, Measure
from supervisor.surge.tables import IncidentPlan
from web.formats import duration, number
from web.languages import gettext as _
from web.languages import later

MEASURES: dict[str, str] = {
    Measure.WAITING: later("Callers who wait"),
    Measure.ARRIVALS: later("Calls a minute"),
    Measure.LONGEST_WAIT: later("The longest wait, in seconds"),
}
ENDS: dict[str, str] = {
    End.BY_HAND: later("ended by hand"),
    End.CALM: later("calm again"),
    End.TIME: later("its time was over"),
    End.REPLACED: later("another one took its place"),
}
LASTING: dict[str, str] = {
    "1": later("one hour"),
    "4": later("four hours"),
    "12": later("twelve hours"),
    "24": later("a day"),
}


def amount(measure: str, value: int) -> str:
    """A value with its unit."""
    if measure == Measure.LONGEST_WAIT:
        return duration(timedelta(seconds=value))
    return number(value)


def threshold(plan: IncidentPlan) -> str:
    """When it begins and ends by itself, in one sentence; "" for one that somebody begins."""
    if plan.measure is None or plan.at_least is None or plan.below is None:
        return ""
    values = {
        "measure": _(MEASURES[plan.measure]),
        "value": amount(plan.measure, plan.at_least),
        "time": duration(plan.begins_after),
        "below": amount(plan.measure, plan.below),
        "calm": duration(plan.ends_after),
    }
    return _("%(measure)s: %(value)s or more for %(time)s; over when below %(below)s for %(calm)s") % values
