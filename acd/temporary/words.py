"""The words of temporary accounts as people read them."""

from acd.temporary.model import Fault
from web.languages import later

FAULTS: dict[str, str] = {
    Fault.NAME: later("The name has 2 to 120 characters"),
    Fault.LOGIN: later("The login has Latin letters, digits, dot, dash; at least two"),
    Fault.TWICE: later("This login stands in the list twice"),
    Fault.TAKEN: later("Somebody signs in with this name already"),
    Fault.FIELDS: later("Only a name and a login fit on a line"),
}
DEEDS: dict[str, str] = {
    "temporary.made": later("made"),
    "temporary.extended": later("extended"),
    "temporary.ended": later("ended early"),
    "temporary.over": later("ended by themselves"),
}
