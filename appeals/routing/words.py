"""The words of `appeals.routing` as people read them; messages for the catalogue."""

from appeals.routing.model import Clash, Passed, Scope
from web.languages import later

SCOPES: dict[str, str] = {
    Scope.HOUSE: later("a house"),
    Scope.STREET: later("a street"),
    Scope.DISTRICT: later("a district"),
    Scope.EVERYWHERE: later("the whole territory"),
}
PASSED: dict[str, str] = {
    Passed.CLOSED: later("is closed"),
    Passed.COMPLAINED_OF: later("is complained of, or part of whom is: the law forbids to send it there"),
}
CLASHES: dict[str, str] = {
    Clash.SAME: later("Two rules for the same place and problem; the newer one decides"),
    Clash.CROSSED: later("A rule for a smaller place hides one for a nearer problem"),
    Clash.CLOSED: later("It leads to an executor that is closed"),
}
