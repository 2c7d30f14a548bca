"""The words of applicants as people read them; messages for the catalogue."""

from appeals.applicants.model import ApplicantKind, Change, ContactKind, Likeness
from web.languages import later

KINDS: dict[str, str] = {
    ApplicantKind.PERSON: later("Person"),
    ApplicantKind.ORGANISATION: later("Legal entity"),
}
CONTACTS: dict[str, str] = {
    ContactKind.PHONE: later("Phone"),
    ContactKind.EMAIL: later("E-mail"),
    ContactKind.ADDRESS: later("Address"),
}
LIKENESSES: dict[str, str] = {
    Likeness.NAME_AND_PHONE: later("same name, same telephone"),
    Likeness.NAME_AND_ADDRESS: later("same name, same address"),
    Likeness.NAME_AND_EMAIL: later("same name, same e-mail"),
    Likeness.NEAR_NAME_AND_PHONE: later("name but for a letter, same telephone"),
    Likeness.NEAR_NAME_AND_ADDRESS: later("name but for a letter, same address"),
    Likeness.CODE: later("same code of the register"),
}
CHANGES: dict[str, str] = {
    Change.REGISTERED: later("with an appeal"),
    Change.CORRECTED: later("corrected"),
    Change.ADDED: later("added"),
    Change.ENDED: later("ended"),
    Change.MERGED: later("made one with another"),
    Change.MERGE_UNDONE: later("parted again"),
}
FIELDS: dict[str, str] = {
    "kind": later("Kind of applicant"),
    "title": later("Full name of the organisation"),
    "code": later("Code in the register"),
    "surname": later("Surname"),
    "given_name": later("Given name"),
    "patronymic": later("Patronymic"),
    "language": later("Language of the reply"),
    "phone": later("Phone"),
    "email": later("E-mail"),
    "address": later("Address"),
    "category": later("Category"),
    "merged_into": later("One with"),
}
REASONS: dict[str, str] = {  # why somebody opens an applicant's page
    "search": later("looked for"),
    "appeal": later("from an appeal"),
    "card": later("from a card"),
    "duplicates": later("from likely duplicates"),
}
OPENED: dict[str, str] = REASONS | {"exchange": later("by the exchange")}  # as the audit trail has it
