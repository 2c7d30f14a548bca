"""An appeal that a program or a file sends, as the card that people fill in: same fields, same rules, same deed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from appeals import queries, registering
from appeals.applicants import queries as applicants
from appeals.classifier.model import SEVERAL, Section
from appeals.classifier.tables import ClassifierEntry
from appeals.exchange.sent import NewAppeal
from appeals.exchange.telling import by_names
from appeals.particulars import service as particulars
from appeals.particulars.model import CHOSEN
from appeals.registering import CardForm, Checked, Registered
from staff.tables import Person
from web.forms import checked
from web.languages import gettext as _
from web.problems import NotAllowed, Rejected

OF_APPLICANT: Final = ("title", "code", "surname", "given_name", "patronymic", "phone", "email")
AS_THEY_ARE: Final = (
    "kind", "topic", "problem", "substance", "source", "received_on", "against", "explanation", "signatories",
    "signed_on", "sent_by", "covering_number", "covering_on", "more_questions",
)  # fmt: skip
NAMES: Final = (  # of the card's fields as programs know them
    {name: f"applicant.{name}" for name in OF_APPLICANT}
    | {"applicant_kind": "applicant.kind", "reply_language": "applicant.language", "filled": "applicant.id"}
    | {"address": "addresses", "house": "addresses", "also": "addresses", "also_house": "addresses"}
    | {f"code_{section.value}": f"codes.{section.value}" for section in CHOSEN}
)


May = Callable[[str], bool]
Offered = Mapping[Section, Sequence[ClassifierEntry]]


def register(session: Session, sent: NewAppeal, name: UUID, *, by: Person, may: May) -> Registered:
    """The appeal under its number; the same again for a name that was used for the same. Rejected."""
    already = queries.find_submission(session, name)
    if already is not None:
        if already.registered_by != by.id or already.substance != sent.substance.strip():
            raise _used_before()
        return Registered(already, waits=False, is_new=False)
    card, known = check(session, sent, name, by=by, may=may)
    made = registering.register(session, card, known, by=by)
    if made.appeal.submission != name:  # another call with this name was faster, about another matter
        raise _used_before()
    return made


def check(
    session: Session, sent: NewAppeal, name: UUID, *, by: Person, may: May, offered: Offered | None = None
) -> tuple[CardForm, Checked]:
    """The card by every rule of the page, nothing registered yet. Rejected, with the fields that are wrong.

    Who checks many reads what is `offered` once for all of them.
    """
    if offered is None:
        offered = particulars.offered(session, by.organisation_id)
    form = checked(CardForm, _card(session, sent, name, may) | _coded(sent, offered))
    known = registering.check(session, by, form, offered=offered)
    if form.value is None:
        raise Rejected(422, fields=by_names(form.errors, NAMES))
    return form.value, known


def _used_before() -> Rejected:
    return Rejected(409, _("This Idempotency-Key was used for something else"))


def _card(session: Session, sent: NewAppeal, name: UUID, may: May) -> dict[str, Any]:
    """The fields of the card."""
    who = sent.applicant
    given = {field: getattr(sent, field) for field in AS_THEY_ARE} | {
        field: getattr(who, field) for field in OF_APPLICANT
    }
    if who.id is not None:
        given |= _known(session, who.id, given, may)
    places = [(each.text, str(each.house or "")) for each in sent.addresses]
    first, others = (places or [("", "")])[0], places[1:]
    return {field: value for field, value in given.items() if value is not None} | {
        "submission": str(name),
        "applicant_kind": who.kind.value,
        "reply_language": who.language,
        "deed": "explain" if sent.explanation.strip() else "register",
        "address": first[0],
        "house": first[1],
        "also": [text for text, _house in others],
        "also_house": [house for _text, house in others],
    }


def _known(session: Session, applicant: int, given: dict[str, Any], may: May) -> dict[str, Any]:
    """Somebody whom the suggestions told of: the names are theirs, a contact that is sent is newer. NotAllowed."""
    if not may("applicants.read"):
        raise NotAllowed("applicants.read")
    found = applicants.find(session, applicant)
    if found is None:
        raise Rejected(422, fields={"applicant.id": _("Choose one of the values offered")})
    names = {field: getattr(found, field) or "" for field in OF_APPLICANT}
    contacts = {field: given[field] or names[field] for field in ("phone", "email")}
    return names | contacts | {"filled": str(found.id)}


def _coded(sent: NewAppeal, offered: Offered) -> dict[str, Any]:
    """The ids of the codes sent, in the card's fields. Rejected for codes that are not offered today."""
    found: dict[str, Any] = {}
    wrong = {}
    for section, codes in sent.codes.items():
        ids = _ids(offered.get(section, ()), codes)
        several = section.value in SEVERAL or section in SEVERAL
        if section not in CHOSEN or len(ids) != len(codes) or (len(codes) > 1 and not several):
            wrong[f"codes.{section.value}"] = _("Choose one of the values offered")
        elif ids:
            found[f"code_{section.value}"] = ids if several else ids[0]
    if wrong:
        raise Rejected(422, fields=wrong)
    return found


def _ids(entries: Sequence[ClassifierEntry], codes: Sequence[str]) -> list[int]:
    known = {entry.code: entry.id for entry in entries}
    return [known[code] for code in codes if code in known]
