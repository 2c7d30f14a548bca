"""How an organisation arranges its cabinet: by which channel codes leave, what its form asks."""

import secrets
from collections.abc import Sequence
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from appeals.attachments import service as attachments
from appeals.cabinet import model, queries, words
from appeals.cabinet.model import Asked, Fault
from appeals.cabinet.tables import Cabinet, CabinetForm
from db import Conflict
from staff import queries as staff
from staff import service as people
from staff.audit import audit, changes
from staff.keys.service import NO_PASSWORD
from staff.tables import Organisation, Person
from web.languages import catalogue

OF_AUTHORS: Final = "a5"  # the code that the supplied lists give documents of citizens


class NotAskedSo(Conflict):
    """A definition that the form cannot have; `why` says the reason."""

    def __init__(self, why: Fault) -> None:
        super().__init__(why)
        self.why = why


class ChangedMeanwhile(Conflict):
    """Somebody has changed the form since the page was opened."""


def usual_file_kind(session: Session, organisation: int) -> str:
    """As what citizens' files are kept until somebody chooses; "" where the organisation has no such kind."""
    codes = [each.code for each in attachments.offered(session, organisation)]
    return OF_AUTHORS if OF_AUTHORS in codes else ""


def arrange(session: Session, channel: int | None, file_kind: str, *, by: Person, sms: int | None = None) -> Cabinet:
    """Opens the cabinet, or closes it with no channel: what was sent stays, and who is signed in still sees it."""
    found = queries.find(session, by.organisation_id)
    was = (found.mail_channel_id, found.sms_channel_id, found.file_kind) if found is not None else (None, None, "")
    if found is None:
        organisation = staff.organisation(session, by.organisation_id)
        found = Cabinet(
            organisation_id=by.organisation_id,
            person_id=registrar(session, organisation, "cabinet", words.REGISTRAR, by=by).id,
        )
        session.add(found)
    found.mail_channel_id, found.sms_channel_id, found.file_kind = channel, sms, file_kind
    session.flush()
    told = changes(channel=(was[0], channel), sms=(was[1], sms), kind=(was[2], file_kind))
    if told:
        audit(session, by, "cabinet.arranged", "cabinet:rules", **told)
    return found


def registrar(session: Session, organisation: Organisation, login: str, name: str, *, by: Person) -> Person:
    """An account without a role and without a password, whose name stands where registered appeals say by whom."""
    return people.enter(
        session,
        login=f"{login}-{secrets.token_hex(5)}",
        name=catalogue(organisation.default_language).gettext(name),
        stored=NO_PASSWORD,
        roles=frozenset(),
        language=organisation.default_language,
        by=by,
    )


def ask(session: Session, asked: Sequence[Asked], *, seen: int, by: Person) -> CabinetForm:
    """The form asks this from now on. NotAskedSo; ChangedMeanwhile where the newest version is not the one `seen`."""
    if (why := model.fault(asked)) is not None:
        raise NotAskedSo(why)
    newest, before = queries.version(session, by.organisation_id), queries.asked(session, by.organisation_id)
    if (newest.version if newest is not None else 0) != seen:
        raise ChangedMeanwhile
    row = CabinetForm(organisation_id=by.organisation_id, version=seen + 1, fields=model.stored(asked), made_by=by.id)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:  # both had seen the same one
        raise ChangedMeanwhile from error
    audit(session, by, "cabinet.form_changed", "cabinet:form", **changes(fields=(_fields(before), _fields(asked))))
    return row


def _fields(asked: Sequence[Asked]) -> str:
    return ", ".join(each.field + ("" if each.required else "?") for each in asked)
