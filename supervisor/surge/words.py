"""The words of incidents as people read them."""

import re
from datetime import timedelta

from supervisor.surge.model import End, Measure
from supervisor.surge.tables import IncidentPlan
from web.formats import duration, number
from web.languages import LANGUAGES, later
from web.languages import gettext as _

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
FIELDS: dict[str, str] = {
    "topic": later("Topic"),
    "script": later("Short script for operators"),
    "offers_callback": later("Call back at once"),
    "hours": later("It lasts at most"),
    "queues": later("Heard by callers of"),
    "measure": later("Begins by itself by"),
    "queue": later("Queue that is watched"),
    "at_least": later("From this value on"),
    "begins_after": later("For so many seconds"),
    "below": later("Over when below"),
    "ends_after": later("For so many minutes"),
}
DEEDS: dict[str, str] = {
    "incident.planned": later("prepared"),
    "incident.plan_changed": later("changed"),
    "incident.plan_off": later("switched off"),
    "incident.plan_on": later("switched on again"),
}


def labels() -> dict[str, str]:
    """The names of all fields of a prepared incident, its words by language among them."""
    return {name: _(text) for name, text in FIELDS.items()} | LANGUAGES


def detail(name: str, said: str) -> str:
    """A detail of the audit trail, "waiting → arrivals", with the words of its codes."""
    offered = {"yes": later("offered"), "no": later("not offered")}
    known: dict[str, str] = {"measure": MEASURES, "offers_callback": offered, "hours": LASTING}.get(name, {})
    return re.sub(r"\w+", lambda code: _(known[code[0]]) if code[0] in known else code[0], said)


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
