"""What was entered wrongly on a card is put right after it was registered and sent (U-106): field by field, with the
reason, old and new kept; whoever has the appeal is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import appeals.words
from appeals.addresses import service as addresses
from appeals.classifier import queries as classifier
from appeals.classifier import words as entry_words
from appeals.classifier.model import Section
from appeals.maps import service as maps
from appeals.particulars import service as particulars
from appeals.rights import model as rights
from appeals.tables import Appeal
from appeals.terms import service as terms
from appeals.workflow import news, queries, words
from appeals.workflow.model import NO_PROBLEM, OF_APPEAL, Corrected, Deed, Refusal, Told, fault_of_telling
from appeals.workflow.service import begun, note, permit, refuse
from appeals.workflow.tables import AppealCorrection
from calls import directory
from staff import queries as staff
from staff.audit import audit, changes
from staff.rights import has
from staff.tables import Person
from web.languages import gettext as _

SEEN_AS: Final = {  # the class of each field, as `rights` declares it
    Corrected.KIND: "appeal.state",
    Corrected.TOPIC: "appeal.topic",
    Corrected.PROBLEM: "appeal.topic",
    Corrected.SUBSTANCE: "appeal.substance",
    Corrected.ADDRESS: "appeal.address",
}
OPEN_TO_AUDIT: Final = (Corrected.KIND, Corrected.TOPIC, Corrected.PROBLEM)  # codes; people's words stay with the card
OF_THE_TERM: Final = {Corrected.KIND, Corrected.TOPIC, Corrected.PROBLEM}  # what a term depends on


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One field that was put right, in words, as far as the reader may see it."""

    at: datetime
    who: str
    field: str
    before: str
    after: str
    reason: str


def correct(session: Session, number: str, told: Told, *, by: Person) -> Appeal:
    """The card as it should be. The control term follows where what it depends on has changed; nobody loses the work.

    NotDone where nothing differs, or a value is not offered.
    """
    row = OF_APPEAL[Deed.CORRECT]
    permit(by, row, filed=queries.is_filed(session, number))
    step = begun(session, number, told, by=by)
    appeal = step.appeal
    if step.again:
        return appeal
    refuse(None if appeal.state in row.sources else Refusal.NOT_NOW)
    refuse(fault_of_telling(row.needs, told, datetime.now(UTC)))
    wanted = _wanted(appeal, told)
    _check(session, appeal, wanted)
    was = {field: str(getattr(appeal, field)) for field in wanted}
    note(session, step, Deed.CORRECT, was=appeal.state, became=appeal.state, body=" ".join(wanted))
    line = queries.last_deed(session, appeal.id)
    assert line is not None
    for field, value in wanted.items():
        whose = {"organisation_id": appeal.organisation_id, "appeal_id": appeal.id, "deed_id": line.id}
        session.add(AppealCorrection(**whose, field=field, before=was[field], after=value))
        setattr(appeal, field, value)
    session.flush()
    _follow(session, appeal, was, told.reason, by=by)
    codes = changes(**{field: (was[field], wanted[field]) for field in OPEN_TO_AUDIT if field in wanted})
    said = {"fields": ", ".join(wanted), "why": told.reason.strip()}
    audit(session, by, "work.correct", f"appeal:{appeal.number}", **codes, **said)
    news.tell(session, appeal.organisation_id, {each.executor_id for each in step.active}, Deed.CORRECT)
    return appeal


def shown(session: Session, appeal: Appeal, person: Person) -> Sequence[Shown]:
    """Everything that was put right on the card, the oldest first."""
    rows = queries.corrections(session, appeal.id)
    if not rows:
        return []
    people = staff.names(session, [deed.person_id for _row, deed in rows if deed.person_id is not None])
    topics, problems = directory.names(session), _problems(session, appeal)
    names = {
        Corrected.KIND: {kind: _(word) for kind, word in appeals.words.KINDS.items()},
        Corrected.TOPIC: topics,
        Corrected.PROBLEM: problems,
    }
    sees = partial(rights.sees, partial(has, person))
    found = []
    for row, deed in rows:
        field = Corrected(row.field)
        known = names.get(field, {})
        both = [known.get(each, each) if sees(SEEN_AS[field]) else "•••" for each in (row.before, row.after)]
        found.append(
            Shown(
                at=deed.at,
                who=people.get(deed.person_id or 0, ""),
                field=_(words.CORRECTED[field]),
                before=both[0],
                after=both[1],
                reason=deed.reason,
            )
        )
    return found


def offered(session: Session, appeal: Appeal) -> dict[str, dict[str, str]]:
    """What the coded fields of the card may be put right to, by field."""
    topic = {appeal.topic: directory.names(session).get(appeal.topic, appeal.topic)}  # one out of use may stay
    problem = {NO_PROBLEM: "–"} | ({appeal.problem: appeal.problem} if appeal.problem else {})
    return {"topics": topic | directory.choices(session), "problems": problem | _problems(session, appeal)}


def _wanted(appeal: Appeal, told: Told) -> dict[str, str]:
    """The fields that are to be otherwise."""
    given = {
        Corrected.KIND: told.kind.value if told.kind is not None else "",
        Corrected.TOPIC: told.topic,
        Corrected.SUBSTANCE: told.text.strip(),
        Corrected.ADDRESS: told.address.strip(),
    }
    wanted = {  # another break of a line is no correction
        field.value: value
        for field, value in given.items()
        if value and value.split() != str(getattr(appeal, field)).split()
    }
    problem = told.problem.removeprefix(NO_PROBLEM)
    if told.problem and problem != appeal.problem:
        wanted[Corrected.PROBLEM.value] = problem
    return {field.value: wanted[field] for field in Corrected if field in wanted}


def _check(session: Session, appeal: Appeal, wanted: dict[str, str]) -> None:
    refuse(None if wanted else Refusal.NOTHING_NEW)
    topic, problem = wanted.get(Corrected.TOPIC), wanted.get(Corrected.PROBLEM)
    refuse(Refusal.NO_TOPIC if topic is not None and topic not in directory.choices(session) else None)
    refuse(Refusal.NO_PROBLEM if problem and problem not in _problems(session, appeal) else None)


def _follow(session: Session, appeal: Appeal, was: Mapping[str, str], reason: str, *, by: Person) -> None:
    """What hangs on these fields: the house, the point on the map, the codes of kind and question, the term."""
    fields = was.keys()
    if Corrected.ADDRESS in fields:
        maps.put_back(session, appeal, 0, by=by)
        addresses.readdress(session, appeal, appeal.address)
    if Corrected.KIND in fields:
        particulars.recode_kind(session, appeal)
    if Corrected.TOPIC in fields:
        particulars.recode_topic(session, appeal, was[Corrected.TOPIC])
    if fields & OF_THE_TERM and not appeal.due_by_hand:
        terms.begin(session, appeal, terms.ground(session, appeal.organisation_id), by=by, reason=reason)


def _problems(session: Session, appeal: Appeal) -> dict[str, str]:
    """Codes and names of the problems that are offered today."""
    zone = ZoneInfo(staff.organisation(session, appeal.organisation_id).time_zone)
    entries = classifier.in_force(session, Section.PROBLEM, datetime.now(zone).date())
    return {each.code: entry_words.name(each) for each in entries if each.organisation_id == appeal.organisation_id}
