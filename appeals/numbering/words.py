"""The words of registration indexes; messages for the catalogue."""

from typing import Final

from appeals.numbering.model import Fault
from web.languages import later

FAULTS: Final[dict[str, str]] = {
    Fault.NO_NUMBER: later("Write {number} where the running number shall stand"),
    Fault.NO_YEAR: later("Write {year} or {yy} where the year shall stand"),
    Fault.NO_SOURCE: later("Counted by channel, the index needs {source}"),
    Fault.SAME_SIGNS: later("Counted by channel, each channel needs a sign of its own"),
    Fault.UNKNOWN: later("In braces may stand: letter, number, year, yy, source"),
}
