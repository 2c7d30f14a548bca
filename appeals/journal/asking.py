"""What an address, a view or a file asks of the journal, read into the same words."""

from collections.abc import Mapping
from typing import Final

from appeals.journal.columns import BY_KEY, COLUMNS, FILTERS, HOUSE
from appeals.journal.further import FURTHER, PERSONAL
from appeals.journal.model import ME, NEWEST_FIRST, NOTHING, Asked
from web.languages import gettext as _

LONGEST: Final = 200  # characters of a filter


def asked_of(given: Mapping[str, str], *, personal: bool = True) -> Asked:
    """The filters and the order that are known and not kept from the asker; nonsense narrows nothing."""
    hidden = {name for column in COLUMNS if column.personal for name in column.names} | {HOUSE} | PERSONAL
    names = [name for name in (*FILTERS, *FURTHER) if personal or name not in hidden]
    filters = {name: value for name in names if (value := given.get(name, "").strip()[:LONGEST])}
    if "executor" in filters:  # as its field says it, in the asker's language
        spoken = {_("without an executor"): NOTHING, _("mine"): ME}
        filters["executor"] = spoken.get(filters["executor"].lower(), filters["executor"])
    sort = given.get("sort", NEWEST_FIRST)
    column = BY_KEY.get(sort.removeprefix("-"))
    usable = column is not None and column.field is not None and column.sorted and (personal or not column.personal)
    return Asked(filters, sort if usable else NEWEST_FIRST)
