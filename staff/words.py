"""The words of `staff.model` and of the audit trail as people read them; messages for the catalogue."""

import re

from staff.model import Role
from web.languages import LANGUAGES, later
from web.languages import gettext as _

ROLES: dict[str, str] = {
    Role.OPERATOR: later("Operator"),
    Role.SUPERVISOR: later("Supervisor"),
    Role.MANAGER: later("Manager"),
    Role.ADMINISTRATOR: later("Administrator"),
}
ROLE_DEEDS: dict[str, str] = {
    Role.OPERATOR: later("Answers calls and registers appeals"),
    Role.SUPERVISOR: later("Watches over calls and operators, listens to recordings"),
    Role.MANAGER: later("Reads calls, appeals and figures"),
    Role.ADMINISTRATOR: later("Manages people, menus and prompts"),
}
DEEDS: dict[str, str] = {
    "person.added": later("added"),
    "person.changed": later("changed"),
    "person.disabled": later("switched off"),
    "person.enabled": later("switched on again"),
    "person.password_reset": later("new password made"),
    "person.password_changed": later("password changed"),
    "person.signed_in": later("signed in"),
}


def deed(code: str) -> str:
    """What was done, of `DEEDS`; the code itself of one that has no words yet."""
    return _(DEEDS.get(code, code))


def detail(name: str, said: str) -> str:
    """A detail of the audit trail, "operator → supervisor", with the words of its codes."""
    roles = {code: _(role) for code, role in ROLES.items()}
    known = {"roles": roles, "language": LANGUAGES}.get(name, {})
    return re.sub(r"\w+", lambda code: known.get(code[0], code[0]), said)
