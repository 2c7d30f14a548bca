"""What a person may do: by any of their roles (`model.PERMISSIONS`)."""

from staff.model import PERMISSIONS, Role
from staff.model import may as roles_may
from staff.tables import Person


def has(person: Person, permission: str) -> bool:
    """Whether the person may do this: by any of their roles, and nothing at all once disabled."""
    return person.disabled_at is None and roles_may(frozenset(Role(role) for role in person.roles), permission)


def permissions(person: Person) -> frozenset[str]:
    """Everything the person may do."""
    return frozenset(permission for permission in PERMISSIONS if has(person, permission))
