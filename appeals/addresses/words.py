"""The words of `appeals.addresses` as people read them; messages for the catalogue."""

from appeals.addresses.model import FacilityKind
from appeals.sheets import Fault
from web.languages import later

FACILITIES: dict[str, str] = {
    FacilityKind.BOILER_HOUSE: later("Boiler house"),
    FacilityKind.HEAT_POINT: later("Heat point"),
    FacilityKind.PUMP_STATION: later("Pump station"),
    FacilityKind.SUBSTATION: later("Transformer substation"),
    FacilityKind.MAIN: later("Main"),
    FacilityKind.LIFT: later("Lift"),
    FacilityKind.OTHER: later("Other object"),
}

SUBJECTS_OF_FILES: dict[str, str] = {
    "houses": later("Streets and houses"),
    "facilities": later("Objects and the houses they serve"),
}
SUBJECTS: dict[str, str] = {
    "settlements": later("Settlements"),
    "districts": later("Districts"),
    "streets": later("Streets"),
    "former_names": later("Former names"),
    "houses": later("Houses"),
    "enterprises": later("Enterprises"),
    "facilities": later("Objects"),
    "links": later("Links"),
}
FAULTS_OF_FILES: dict[str, str] = {
    Fault.TOO_LARGE: later("The file is larger than 20 MB. Nothing was changed."),
    Fault.UNREADABLE: later("This is neither a table of Excel nor CSV. Nothing was changed."),
    Fault.EMPTY: later("The file has no rows. Nothing was changed."),
    Fault.NO_COLUMN: later("A column is missing, or stands there twice: %(columns)s. Nothing was changed."),
}
TOO_MANY = later("The file has more than 20 000 rows. Nothing was changed.")
