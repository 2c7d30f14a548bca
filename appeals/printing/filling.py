"""What stands in the boxes of a card: the appeal's own data, in the language of the organisation."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import appeals.words
from appeals import queries
from appeals.addresses import queries as addresses
from appeals.addresses import writing
from appeals.classifier import words as entry_words
from appeals.classifier.model import Section
from appeals.classifier.tables import ClassifierEntry
from appeals.model import OPEN, Source
from appeals.numbering import queries as numbering
from appeals.particulars import queries as particulars
from appeals.rights import model as rights
from appeals.tables import Appeal
from appeals.terms import queries as terms
from appeals.terms import words as term_words
from appeals.terms.model import Change
from appeals.workflow import panel as work
from appeals.workflow import queries as workflow
from appeals.workflow import words as work_words
from appeals.workflow.model import Work
from staff import queries as staff
from staff.rights import has
from staff.tables import Organisation, Person
from web.formats import moment, phone
from web.languages import audience, later
from web.languages import gettext as _

EARLIER: Final = 10  # appeals named
EXTENSIONS: Final = frozenset({Change.ASKED, Change.EXTENDED, Change.NOT_EXTENDED, Change.SHORTENED})
CODED: Final = {
    "kind": Section.KIND,
    "category": Section.CATEGORY,
    "social": Section.SOCIAL,
    "sign": Section.SIGN,
    "form": Section.FORM,
    "type": Section.TYPE,
    "question_index": Section.QUESTION,
}
FIELDS: Final = {  # of `rights.model`: boxes that not everybody's paper shows
    "correspondent": "applicant.name",
    "addressee": "applicant.name",
    "residence": "applicant.contacts",
    "district": "appeal.address",
    "earlier": "applicant.history",
    "category": "code.category",
    "social": "code.social",
}
CLOSED = later("not open to who has printed this")
ON_CONTROL = later("on control")
LONG_CONTROL = later("long control")


def values(session: Session, appeal: Appeal, organisation: Organisation) -> dict[str, str]:
    """The text of each box; what is not known yet is left to be written by hand. To be asked speaking to the reader."""
    coded = _by_section(particulars.codes(session, appeal.id))
    found = {name: "; ".join(map(entry_words.coded, coded.get(section, ()))) for name, section in CODED.items()}
    found["kind"] = found["kind"] or _(appeals.words.KINDS[appeal.kind])
    found["form"] = found["form"] or _(appeals.words.SOURCES[appeal.source])
    found |= _applicant(session, appeal, organisation)
    found |= _paper(session, appeal, coded.get(Section.SUBJECT, ()))
    found |= _control(session, appeal)
    found |= _end(appeal, coded.get(Section.RESULT, ()))
    found |= _work(session, appeal, found)
    found["question"] = appeal.substance
    found["earlier"] = "; ".join(
        _("%(number)s of %(day)s") % {"number": each.number, "day": _day(each.registered_at)}
        for each in queries.earlier(session, appeal, at_most=EARLIER)
    )
    return found


def seen_by(person: Person, found: Mapping[str, str]) -> dict[str, str]:
    """The same without what this person may not see on the screen either; where something was, the paper says so."""
    closed = {box for box, field in FIELDS.items() if not rights.sees(partial(has, person), field)}
    return {box: _(CLOSED) if box in closed and text else text for box, text in found.items()}


def _by_section(codes: Iterable[tuple[object, ClassifierEntry]]) -> Mapping[str, list[ClassifierEntry]]:
    found: dict[str, list[ClassifierEntry]] = {}
    for _code, entry in codes:
        found.setdefault(entry.section, []).append(entry)
    return found


def _applicant(session: Session, appeal: Appeal, organisation: Organisation) -> dict[str, str]:
    who = appeal.applicant
    known = addresses.addresses_of(session, appeal.id)
    where = [writing.of_appeal(each, organisation.default_language) for each in known]
    lives = [who.address] if who.address and who.address not in where else []
    districts = dict.fromkeys(each.house.district.name for each in known if each.house and each.house.district)
    contacts = [*lives, *(where or [appeal.address]), who.email, phone(who.phone) if who.phone else ""]
    return {
        "index": numbering.index_of(session, appeal.id) or appeal.number,
        "correspondent": who.name,
        "residence": "; ".join(dict.fromkeys(each for each in contacts if each)),
        "district": ", ".join(districts),
    }


def _paper(session: Session, appeal: Appeal, subjects: Sequence[ClassifierEntry]) -> dict[str, str]:
    paper = particulars.find(session, appeal.id)
    signatories = paper.signatories if paper is not None else 1
    subject = "; ".join(map(entry_words.coded, subjects))
    if signatories > 1:
        subject = "; ".join(filter(None, (subject, _("signatories: %d") % signatories)))
    signed = _day(paper.signed_on) if paper is not None and paper.signed_on else ""
    by_phone = appeal.source == Source.PHONE
    return {
        "subject": subject,
        "signed_on": signed or (moment(appeal.received_at) if by_phone else ""),
        "received_on": _day(appeal.received_at),
        "sent_by": paper.sent_by if paper is not None else "",
        "covering_on": _day(paper.covering_on) if paper is not None and paper.covering_on else "",
        "covering_number": paper.covering_number if paper is not None else "",
        "more_questions": paper.more_questions if paper is not None else "",
    }


def _control(session: Session, appeal: Appeal) -> dict[str, str]:
    changes = terms.changes(session, appeal.id)
    people = staff.names(session, {each.person_id for each in changes if each.person_id})
    told = []
    for each in changes:
        if each.change in EXTENSIONS:
            until = _("until %s") % moment(each.due_at) if each.due_at else ""
            who = people.get(each.person_id or 0, "")
            parts = (_day(each.at), _(term_words.CHANGES[each.change]), until, each.reason, who)
            told.append(", ".join(filter(None, parts)))
    registrar = staff.names(session, [appeal.registered_by]).get(appeal.registered_by, "")
    registered = ", ".join((moment(appeal.registered_at), _(appeals.words.STATES["registered"]), registrar))
    marks = [_(ON_CONTROL)] if appeal.due_at and appeal.state in OPEN else []
    marks += [_(LONG_CONTROL)] if appeal.long_control else []
    return {
        "control": ", ".join(marks),
        "term": moment(appeal.due_at) if appeal.due_at else "",
        "extension": "\n".join(told),
        "course": registered,
    }


def _work(session: Session, appeal: Appeal, known: Mapping[str, str]) -> dict[str, str]:
    """Who carries it out, what was done with it after the registration, what executors have answered."""
    given = [each for each in workflow.assignments(session, appeal.id) if each.state != Work.WITHDRAWN]
    lines = work.lines(session, appeal, workflow.history(session, appeal.id))
    course = [
        ", ".join(filter(None, (moment(each.at), each.told, each.executor, each.to, each.body, each.reason, each.who)))
        for each in lines
    ]
    who = lines[-1].who if lines and appeal.closed_at else ""
    return {
        "executors": "; ".join(f"{each.executor.name} ({_(work_words.PARTS[each.role])})" for each in given),
        "course": "\n".join((known["course"], *course)),
        "interim": "\n".join(f"{each.executor.name}: {each.report}" for each in given if each.report),
        "off_control": ", ".join(filter(None, (known.get("off_control", ""), who))),
    }


def _end(appeal: Appeal, results: Sequence[ClassifierEntry]) -> dict[str, str]:
    if appeal.closed_at is None:
        return {}
    result = "; ".join(map(entry_words.coded, results)) or _(appeals.words.RESULTS.get(appeal.result or "", ""))
    days = (_local(appeal.closed_at).date() - _local(appeal.received_at).date()).days
    return {
        "answered": ", ".join((_day(appeal.closed_at), appeal.number)),
        "addressee": appeal.applicant.name,
        "days": str(max(days, 1)),
        "result": "\n".join(filter(None, (result, appeal.answer))),
        "off_control": _day(appeal.closed_at),
    }


def _local(at: datetime) -> datetime:
    zone: ZoneInfo = audience().zone
    return at.astimezone(zone)


def _day(value: object) -> str:
    """21.11.2026, as forms have it."""
    day = _local(value).date() if isinstance(value, datetime) else value
    return f"{day:%d.%m.%Y}"
