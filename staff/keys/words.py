"""The words of scopes as people read them; messages for the catalogue."""

from staff.keys.model import Scope
from web.languages import later

SCOPES: dict[str, str] = {
    Scope.READ: later("Read appeals, calls and directories"),
    Scope.PERSONAL: later("See who turned to us"),
    Scope.SPECIAL: later("See benefits and social status"),
    Scope.REGISTER: later("Register appeals"),
    Scope.WORK: later("Work on appeals"),
}
SCOPE_DEEDS: dict[str, str] = {
    Scope.READ: later("Lists, single appeals, own assignments, calls, addresses, classifier, executors, terms"),
    Scope.PERSONAL: later("Names, telephones, addresses; each look is written into the audit trail"),
    Scope.SPECIAL: later("The classifier’s categories of authors"),
    Scope.REGISTER: later("New appeals and files attached to them"),
    Scope.WORK: later("Deeds of the workflow, as far as the roles below allow"),
}
