"""Menus in the reader's words: weekdays, what can be changed, what is wrong."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from ivr.editing import Manners
from ivr.faults import Fault
from ivr.gaps import Gap
from ivr.model import Menu, Span
from staff.hours import as_typed
from web.formats import moment
from web.languages import gettext as _
from web.languages import later

WEEKDAYS = (
    later("Monday"),
    later("Tuesday"),
    later("Wednesday"),
    later("Thursday"),
    later("Friday"),
    later("Saturday"),
    later("Sunday"),
)
DAYS = {  # of a duty, as its form writes them
    "": later("every day"),
    "01234": later("Monday to Friday"),
    "56": later("Saturday and Sunday"),
    **{str(number): name for number, name in enumerate(WEEKDAYS)},
}
KINDS = {
    "nothing": later("nothing"),
    "queue": later("to a queue"),
    "operator": later("to an operator"),
    "menu": later("to another menu"),
    "language": later("chooses a language"),
    "say": later("information"),
    "script": later("self-service"),
    "duty": later("to whoever is on duty"),
    "callback": later("offers to call back"),
    "repeat": later("says it again"),
    "hang_up": later("says goodbye"),
}
SCRIPTS = {
    "appeal-status": later("the state of an appeal by its number"),
    "current-works": later("emergency works under way"),
}
ASPECTS = {
    "greeting": later("said on entering"),
    "question": later("question"),
    "attempts": later("wrong keys and silences allowed"),
    "waits": later("seconds to wait for a key"),
    "staffed": later("only in opening hours"),
    "public_holidays": later("public holidays are days off"),
    "prompts": later("said out of hours"),
    "says_opening": later("says when it opens again"),
    "general_queue": later("general queue"),
    "notice": later("notice before the queue"),
}
NEW_MENU = Manners(greeting=(), question=(), attempts=3, waits=timedelta(seconds=5), staffed=True)


def fault(found: Fault) -> str:
    """What is wrong, in the reader's language."""
    return _(found.words) % found.values


def place(where: str, titles: Mapping[str, str]) -> str:
    """A part of the menus from which callers go on to a queue, in the reader's language."""
    kind, _colon, name = where.partition(":")
    menu, _colon, key = name.rpartition(":")
    match kind, key:
        case "key", "closed" if not menu:
            return _("out of hours")
        case "key", "otherwise":
            return _("menu “%(menu)s”, after too many wrong keys") % {"menu": titles.get(menu, menu)}
        case "key", _key:
            return _("menu “%(menu)s”, key %(key)s") % {"menu": titles.get(menu, menu), "key": key}
        case "roster", _name:
            return _("duty roster “%(roster)s”") % {"roster": name}
    return _("general queue of the menus")


def said_at(where: str, titles: Mapping[str, str]) -> str:
    """A part of the menus that says a prompt, in the reader's language."""
    kind, _colon, name = where.partition(":")
    match kind:
        case "menu":
            return _("menu “%(menu)s”") % {"menu": titles.get(name, name)}
        case "closed":
            return _("out of hours")
        case "announcements":
            return _("announcements before the queue")
    return place(where, titles)


def gap(found: Gap) -> str:
    """When nobody is on duty, in the reader's language."""
    values = {"since": moment(found.since), "until": moment(found.until) if found.until else ""}
    if found.until is None:
        return _("from %(since)s on") % values
    return _("from %(since)s until %(until)s") % values


def anchor(place: str) -> str:
    """Where on the page of the draft a part stands."""
    return place.replace(":", "-").replace("*", "star").replace("#", "hash")


def days(weekdays: tuple[int, ...]) -> str:
    """The weekdays of a duty."""
    written = "".join(map(str, weekdays))
    return _(DAYS[written]) if written in DAYS else ", ".join(_(WEEKDAYS[day]) for day in weekdays if day in range(7))


def hours(spans: Iterable[Span]) -> str:
    """Opening hours of a day."""
    return as_typed(spans)


def free_keys(menu: Menu) -> list[str]:
    """The keys that have no meaning in this menu, not even an implied one."""
    return [key for key in "1234567890*#" if menu.action(key) is None]
