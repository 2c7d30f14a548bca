"""Why a number is not called, in words."""

from acd.outgoing.model import NumberRefused, Refusal
from web.formats import clock
from web.languages import gettext as _
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
    Refusal.TOO_MANY: later(
        "Your organisation may call no more numbers within this hour; the next one from %(time)s on"
    ),
    Refusal.TOO_MANY_OF_PERSON: later("You may call no more numbers within this hour; the next one from %(time)s on"),
}


def refused(refusal: NumberRefused) -> str:
    """Why, and until when."""
    return _(REFUSALS[refusal.why]) % {"time": clock(refusal.until) if refusal.until else ""}
