"""The words of works as people read them; messages for the catalogue."""

from collections.abc import Mapping

from appeals.works.model import Change, Deed, Kind, Parity, Refusal, State
from appeals.works.tables import WorkService
from web.languages import audience, later

KINDS: dict[str, str] = {Kind.PLANNED: later("Planned work"), Kind.EMERGENCY: later("Emergency work")}
STATES: dict[str, str] = {
    State.PLANNED: later("not begun"),
    State.IN_PROGRESS: later("under way"),
    State.EXTENDED: later("under way, extended"),
    State.FINISHED: later("finished"),
    State.CANCELLED: later("called off"),
}
TONES: dict[str, str] = {
    State.PLANNED: "accent",
    State.IN_PROGRESS: "warn",
    State.EXTENDED: "bad",
    State.FINISHED: "good",
    State.CANCELLED: "neutral",
}
DEEDS: dict[str, str] = {
    Deed.BEGIN: later("Work has begun"),
    Deed.EXTEND: later("Extend"),
    Deed.FINISH: later("Work is finished"),
    Deed.CANCEL: later("Call off"),
}
CHANGES: dict[str, str] = {
    Change.ENTERED: later("entered"),
    Change.BEGIN: later("begun"),
    Change.EXTEND: later("extended"),
    Change.FINISH: later("finished"),
    Change.CANCEL: later("called off"),
    Change.EDITED: later("changed"),
    Change.HOUSES: later("houses changed"),
    Change.ANSWERED: later("appeals answered"),
}
FIELDS: dict[str, str] = {
    "kind": later("Kind"),
    "service": later("Service"),
    "reason": later("Reason"),
    "contact": later("Contact"),
    "source": later("Houses drawn from"),
    "planned_from": later("Planned from"),
    "planned_until": later("Planned until"),
    "said": later("Told to callers"),
    "added": later("houses added"),
    "excluded": later("houses excluded"),
    "included": later("houses brought back"),
    "appeals": later("appeals"),
    "failed": later("not answered"),
}
FIELD_OF = {"service_id": "service", "facility_id": "source", "enterprise_id": "source"}  # columns by their fields
PARITIES: dict[str, str] = {
    Parity.ALL: later("both sides"),
    Parity.EVEN: later("even numbers"),
    Parity.ODD: later("odd numbers"),
}
PERIODS: dict[str, str] = {
    "now": later("Under way now"),
    "today": later("Today"),
    "soon": later("Within three days"),
    "open": later("All open"),
    "all": later("All works"),
}
REFUSALS: dict[str, str] = {
    Refusal.NO_SUCH_TIME: later("There is no such time: the clocks are put forward then"),
    Refusal.ENDS_BEFORE: later("It ends before it begins"),
    Refusal.END_IS_PAST: later("This time is past"),
    Refusal.NO_END: later("A planned work says when it ends"),
    Refusal.NOT_LATER: later("This is not later than before"),
    Refusal.NOT_YET: later("This time has not come yet, or is before the beginning"),
    Refusal.NO_REASON: later("Write why"),
}
USUAL_SERVICES: dict[str, Mapping[str, str]] = {  # what an organisation begins with
    "cold_water": {"uk": "Холодна вода", "uz": "Sovuq suv", "ru": "Холодная вода", "en": "Cold water"},
    "hot_water": {"uk": "Гаряча вода", "uz": "Issiq suv", "ru": "Горячая вода", "en": "Hot water"},
    "heating": {"uk": "Опалення", "uz": "Isitish", "ru": "Отопление", "en": "Heating"},
    "power": {"uk": "Електроенергія", "uz": "Elektr energiyasi", "ru": "Электроэнергия", "en": "Electricity"},
    "gas": {"uk": "Газ", "uz": "Gaz", "ru": "Газ", "en": "Gas"},
    "sewerage": {"uk": "Каналізація", "uz": "Kanalizatsiya", "ru": "Канализация", "en": "Sewerage"},
    "lift": {"uk": "Ліфт", "uz": "Lift", "ru": "Лифт", "en": "Lift"},
    "road": {"uk": "Проїзд", "uz": "Yoʻl harakati", "ru": "Проезд", "en": "Traffic"},
}


def service(of: WorkService) -> str:
    """The name of a service in the reader's language, or in another."""
    return of.name.get(audience().language) or next(iter(of.name.values()), of.code)


def told(said: Mapping[str, str], language: str, otherwise: str) -> tuple[str, str]:
    """What callers are told: the text and its language, the one asked for if there is one."""
    for code in (language, otherwise, *said):
        if said.get(code):
            return said[code], code
    return "", otherwise
