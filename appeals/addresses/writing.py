"""Addresses in words, in the organisation's language; written anew each time, so that a new name is everywhere."""

from appeals.addresses import kinds
from appeals.addresses.tables import AppealAddress, House, Settlement, Street, StreetName


def street(of: Street, settlement: Settlement, language: str) -> str:
    """`вул. Шевченка`; outside the main settlement with its name before it."""
    named = kinds.written(of.kind, of.name, language)
    return named if settlement.main else f"{settlement.name}, {named}"


def former(name: StreetName, language: str) -> str:
    """A former or other name of a street."""
    return kinds.written(name.kind, name.name, language)


def house(of: House, language: str) -> str:
    """`вул. Шевченка, 12А`. Its street and the street's settlement are loaded."""
    return f"{street(of.street, of.street.settlement, language)}, {of.written_number.written(language)}"


def of_appeal(address: AppealAddress, language: str) -> str:
    """The address of an appeal: the house by its name of today with the flat after it, else the text as typed."""
    if address.house is None:
        return address.written
    return ", ".join(part for part in (house(address.house, language), address.detail) if part)
