"""What a citizen sends: by the definition of the form and every rule of the card, registered by the same function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID, uuid4, uuid5

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Bound
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from appeals import queries as appeals
from appeals import registering
from appeals.applicants.forms import CODE
from appeals.applicants.model import LONGEST_NAME, ApplicantKind
from appeals.attachments import service as attachments
from appeals.attachments.storing import Stored
from appeals.cabinet import drafts, queries, words
from appeals.cabinet.codes import language_of
from appeals.cabinet.model import APPEALS_A_DAY, MOST_FILES, OF_ENTITY, Asked, Field, Reply
from appeals.cabinet.tables import Cabinet, CabinetAccount, CabinetAppeal
from appeals.cabinet.words import REGISTERED, REGISTERED_BY_SMS
from appeals.classifier.tables import ClassifierEntry
from appeals.model import Kind, Source
from appeals.registering import CardForm, Checked
from appeals.tables import Appeal
from db import Conflict, NotFound
from notify import queries as channels
from notify import service as outbox
from staff.tables import Organisation, Person
from web.forms import Submitted, checked, telephone
from web.languages import gettext as _

NAMES: Final = ("surname", "given_name", "patronymic")
TITLES: Final = ("title", "code")  # beside the choice of who writes
OF_CARD: Final = ("topic", "problem", "substance", "address", "house", *NAMES)


class SentMany(Conflict):
    """The account has sent as many appeals as are taken of one a day."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes, to whom, by which cabinet."""

    organisation: Organisation
    cabinet: Cabinet
    account: CabinetAccount


class WriteForm(BaseModel):
    """Everything that the form may ask; what it does ask, and what must be filled in, the definition says."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    submission: UUID | None = None
    kind: Kind | None = None
    topic: str = Bound("", max_length=64)
    problem: str = Bound("", max_length=16)
    substance: str = Bound("", max_length=10_000)
    address: str = Bound("", max_length=500)
    house: str = Bound("", max_length=20)
    author: ApplicantKind | None = None
    title: str = Bound("", max_length=300)
    code: str = Bound("", pattern=CODE)
    surname: str = Bound("", max_length=LONGEST_NAME)
    given_name: str = Bound("", max_length=LONGEST_NAME)
    patronymic: str = Bound("", max_length=LONGEST_NAME)
    phone: str = Bound("", max_length=40)
    reply: Reply | None = None
    files: list[UploadFile] = Bound([], max_length=MOST_FILES)
    deed: Literal["send", "keep"] = "send"


def files_of(form: Submitted[WriteForm]) -> list[UploadFile]:
    """The files that were chosen; a browser sends an empty one where none was."""
    return [each for each in form.value.files if each.filename] if form.value is not None else []


def file_kind(session: Session, cabinet: Cabinet) -> ClassifierEntry | None:
    """As what files are kept; None where the organisation takes none."""
    offered = attachments.offered(session, cabinet.organisation_id)
    return next((each for each in offered if cabinet.file_kind and each.code == cabinet.file_kind), None)


def asked_of(session: Session, cabinet: Cabinet) -> list[Asked]:
    """The fields that the form shows; files only where they can be kept."""
    takes_files = file_kind(session, cabinet) is not None
    asked = queries.asked(session, cabinet.organisation_id)
    return [each for each in asked if each.field is not Field.FILES or takes_files]


def check(
    session: Session, form: Submitted[WriteForm], asked: Sequence[Asked], account: CabinetAccount, *, by: Person
) -> tuple[CardForm, Checked] | None:
    """The card, nothing registered yet; None where the form now says what is wrong with which field."""
    sent = form.value
    if sent is None:
        return None
    fields = {each.field for each in asked}
    for field in _lacking(form, sent, asked):
        form.refuse(field, _("Fill in this field"))
    if sent.reply is Reply.POST and not sent.address:
        form.refuse(Field.ADDRESS, _("Write where the answer is sent to"))
    if sent.reply is not None and sent.reply not in replies(account):
        form.refuse(Field.REPLY, _("Choose one of the values offered"))
    if Field.PHONE in fields and telephone(sent.phone) is None:
        form.refuse(Field.PHONE, _("This is not a telephone number"))
    if _has_sent_many(session, account):
        form.refuse(Field.SUBSTANCE, _(words.MANY_TODAY))
    card = checked(CardForm, _card(session, sent, fields, account))
    known = registering.check(session, by, card)
    shown = {*fields, *(TITLES if Field.AUTHOR in fields else ())}
    for name, message in card.errors.items():
        if name not in form.errors:
            form.refuse(name if name in shown else Field.SUBSTANCE, message)
    return (card.value, known) if card.value is not None and form.value is not None else None


def replies(account: CabinetAccount | None) -> list[Reply]:
    """How the answer can reach this account; whoever is not signed in has not proven a telephone yet."""
    reached = {
        Reply.EMAIL: account is None or bool(account.email),
        Reply.SMS: account is not None and bool(account.telephone),
        Reply.POST: True,
    }
    return [reply for reply, is_reached in reached.items() if is_reached]


def for_entity(sent: WriteForm, fields: set[Field]) -> bool:
    """Whether a legal entity writes."""
    return Field.AUTHOR in fields and sent.author is ApplicantKind.ORGANISATION


def _lacking(form: Submitted[WriteForm], sent: WriteForm, asked: Sequence[Asked]) -> list[str]:
    """What must be filled in and is not: by the definition of the form; of a legal entity by law besides."""
    fields = {each.field for each in asked}
    needed = {each.field.value for each in asked if each.required and each.field not in (Field.FILES, Field.AUTHOR)}
    if for_entity(sent, fields):
        needed |= {name for name in OF_ENTITY if name in TITLES or name in fields}
    lacking = [name for name in WriteForm.model_fields if name in needed and not form.typed.get(name)]
    wants_files = any(each.required and each.field is Field.FILES for each in asked)
    return [*lacking, Field.FILES.value] if wants_files and not files_of(form) else lacking


def _has_sent_many(session: Session, account: CabinetAccount) -> bool:
    return queries.sent_since(session, account.id, datetime.now(UTC) - timedelta(days=1)) >= APPEALS_A_DAY


def _card(session: Session, sent: WriteForm, fields: set[Field], account: CabinetAccount) -> dict[str, Any]:
    """The fields of the card: of those that the form asks. A phone that is not proven and the code of a legal entity
    stay beside the appeal: by them the card would take its author for somebody else, and the next caller for them."""
    is_entity = for_entity(sent, fields)
    given = {
        name: getattr(sent, name) for name in OF_CARD if name in fields or (name == "house" and "address" in fields)
    }
    known = queries.entity_of(session, account.id, sent.title) if is_entity else account.applicant_id
    return given | {
        "submission": str(_submission(session, sent)),
        "kind": (sent.kind if Field.KIND in fields else None) or Kind.APPLICATION,
        "source": Source.SITE,
        "applicant_kind": ApplicantKind.ORGANISATION if is_entity else ApplicantKind.PERSON,
        "title": sent.title if is_entity else "",
        "phone": account.telephone or "",
        "email": account.email or "",
        "reply_language": account.language,
        "filled": str(known or ""),
    }


def _submission(session: Session, sent: WriteForm) -> UUID:
    """Under which name the form registers once: a page gone back to, with another text in it, is another form."""
    name = sent.submission or uuid4()
    before = appeals.find_submission(session, name)
    return name if before is None or before.substance == sent.substance else uuid5(name, sent.substance)


def already(session: Session, account: CabinetAccount, sent: WriteForm) -> Appeal | None:
    """What this very form has registered for this account."""
    found = appeals.find_submission(session, _submission(session, sent))
    whose = queries.sent_by(session, found.id) if found is not None else None
    return found if whose is not None and whose[0].account_id == account.id else None


def register(
    session: Session,
    author: Author,
    sent: WriteForm,
    card: tuple[CardForm, Checked],
    *,
    files: Sequence[Stored],
    site: str,
) -> tuple[Appeal, bool]:
    """The appeal under its number with its files, and whether it is new: else the same form was sent before.

    SentMany: others of the account were faster.
    """
    cabinet = author.cabinet
    by = queries.registrar(session, cabinet)
    account = queries.account_locked(session, author.account.id)
    made = registering.register(session, *card, by=by)
    appeal = made.appeal
    if not made.is_new:
        if already(session, account, sent) is None:
            raise NotFound("another account's form")
        return appeal, False
    if _has_sent_many(session, account):
        raise SentMany
    asked = {each.field for each in asked_of(session, cabinet)}
    phone = (telephone(sent.phone) if Field.PHONE in asked else "") or ""
    typed = {
        "reply": (sent.reply if Field.REPLY in asked else None) or replies(account)[0],
        "phone": phone if phone != account.telephone else "",
        "code": sent.code if for_entity(sent, asked) else "",
    }
    whose = {"organisation_id": cabinet.organisation_id, "appeal_id": appeal.id, "account_id": account.id}
    session.add(CabinetAppeal(**whose, **typed))
    _remember(account, sent, asked, appeal)
    attach(session, cabinet, appeal, {uuid4(): each for each in files}, by=by)
    drafts.forget_sent(session, account, sent.submission)
    _tell(session, author, appeal, site)
    session.flush()
    return appeal, True


def attach(session: Session, cabinet: Cabinet, appeal: Appeal, files: Mapping[UUID, Stored], *, by: Person) -> None:
    """The files that are in the store, as the author's, each under the name by which it is attached once."""
    kind = file_kind(session, cabinet)
    for name, each in files.items():
        if kind is None:
            raise NotFound("no kind of attachments for files of authors")
        attachments.attach(session, appeal, each, kind=kind.id, by=by, submission=name)


def _remember(account: CabinetAccount, sent: WriteForm, asked: set[Field], appeal: Appeal) -> None:
    """The next form is filled in with this."""
    for field in (Field.SURNAME, Field.GIVEN_NAME, Field.PATRONYMIC, Field.PHONE, Field.ADDRESS):
        if field in asked:
            setattr(account, field, getattr(sent, field))
    is_entity = for_entity(sent, asked)
    account.author = ApplicantKind.ORGANISATION if is_entity else ApplicantKind.PERSON
    if is_entity:
        account.title, account.code = sent.title, sent.code
    else:
        account.applicant_id = appeal.applicant_id


def _tell(session: Session, author: Author, appeal: Appeal, site: str) -> None:
    """The number by e-mail, else by SMS, with a link that leads to signing in."""
    cabinet, account, organisation = author.cabinet, author.account, author.organisation
    by_mail = account.email is not None and cabinet.mail_channel_id is not None
    channel = cabinet.mail_channel_id if by_mail else cabinet.sms_channel_id
    recipient = account.email if by_mail else account.telephone
    if channel is None or not recipient:
        return
    language = language_of(organisation)
    told: Mapping[str, str] = {
        "number": appeal.number,
        "organisation": organisation.called(language),
        "link": f"{site}/cabinet/{organisation.code}/{appeal.number}",
    }
    template, key = (REGISTERED if by_mail else REGISTERED_BY_SMS), f"cabinet-registered:{appeal.id}"
    way = channels.channel(session, channel)
    outbox.put(session, way, recipient, template, language=language, key=key, parameters=told)
