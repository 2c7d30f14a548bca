"""The fields of the form as a page draws them: what each is called, how it is filled in, what is offered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from appeals import words as appeal_words
from appeals.attachments.model import ACCEPTED
from appeals.cabinet import words
from appeals.cabinet.model import Asked, Field
from appeals.cabinet.tables import CabinetAccount
from appeals.cabinet.writing import replies
from appeals.classifier import queries as classifier
from appeals.classifier import words as entry_words
from appeals.classifier.model import Section
from calls import directory
from staff.tables import Organisation
from web.languages import gettext as _
from web.languages import later

KINDS: Final[Mapping[Field, str]] = {
    Field.KIND: "select",
    Field.TOPIC: "select",
    Field.PROBLEM: "select",
    Field.SUBSTANCE: "textarea",
    Field.AUTHOR: "select",
    Field.PHONE: "tel",
    Field.REPLY: "select",
    Field.FILES: "file",
}
AUTOCOMPLETE: Final[Mapping[Field, str]] = {
    Field.SURNAME: "family-name",
    Field.GIVEN_NAME: "given-name",
    Field.PATRONYMIC: "additional-name",
    Field.PHONE: "tel",
    Field.ADDRESS: "off",  # the browser's own offers would lie over ours
}
HINTS: Final[Mapping[Field, str]] = {
    Field.SUBSTANCE: later("In your own words: what, since when, what should be done"),
    Field.ADDRESS: later("Street, house, flat"),
    Field.AUTHOR: later("A legal entity is named with its code in the register; below stands who speaks for it"),
    Field.PHONE: later("If you may be called about it"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One field, ready to be drawn."""

    name: str
    label: str
    kind: str
    required: bool
    hint: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    autocomplete: str = ""
    accept: str = ""


def shown(
    session: Session, organisation: Organisation, asked: Iterable[Asked], account: CabinetAccount | None = None
) -> list[Shown]:
    """The fields of the form in their order, for this account or for who has none yet."""
    return [
        Shown(
            name=each.field.value,
            label=_(words.FIELDS[each.field]),
            kind=KINDS.get(each.field, "text"),
            required=each.required or each.field is Field.AUTHOR,  # one of the two is always chosen
            hint=_(HINTS[each.field]) if each.field in HINTS else "",
            options=_options(session, organisation, each.field, account),
            autocomplete=AUTOCOMPLETE.get(each.field, ""),
            accept=ACCEPTED if each.field is Field.FILES else "",
        )
        for each in asked
    ]


def _options(session: Session, organisation: Organisation, of: Field, account: CabinetAccount | None) -> dict[str, str]:
    match of:
        case Field.TOPIC:
            return {"": "–"} | directory.choices(session)
        case Field.PROBLEM:
            found = classifier.in_force(session, Section.PROBLEM, organisation.today())
            return {"": "–"} | {each.code: entry_words.name(each) for each in found}
        case Field.KIND:
            return {"": "–"} | {code: _(name) for code, name in appeal_words.KINDS.items()}
        case Field.AUTHOR:
            return {code: _(name) for code, name in words.AUTHORS.items()}
        case Field.REPLY:
            return {reply.value: _(words.REPLIES[reply]) for reply in replies(account)}
        case _:
            return {}
