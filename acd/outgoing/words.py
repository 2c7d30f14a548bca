"""Why a number is not called, in words."""

from acd.outgoing.model import Refusal
from web.languages import later

REFUSALS = {
    Refusal.EMPTY: later("Type the number first"),
    Refusal.NO_NUMBER: later("This is no telephone number"),
    Refusal.TOO_SHORT: later("The number is too short: is the code of the town or the operator missing?"),
    Refusal.TOO_LONG: later("The number has too many digits"),
    Refusal.NO_COUNTRY: later("No country has this code"),
    Refusal.FORBIDDEN: later("Your organisation does not call such numbers"),
    Refusal.NO_LINE: later("Your organisation has no number to call from yet"),
    Refusal.NO_LINE_OUT: later("There is no line out: nobody outside can be called from here"),
}
