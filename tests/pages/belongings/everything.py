"""Everything an organisation has, made: one object of each kind, by the names that addresses are filled in with."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from acd.tables import CallNote
from calls.model import Language
from calls.tables import Topic
from db import EVERY_ORGANISATION, transaction
from ivr import service as menus
from ivr.demonstration import MENUS
from recordings.model import ListeningKind
from recordings.tables import Recording
from tests.centre import PEOPLE, Centre
from tests.pages.a_call import answered_call
from tests.pages.alarming import alarming
from tests.pages.belongings.appeals import appealed, assigned
from tests.pages.belongings.applicants import applicants_of
from tests.pages.belongings.asking import Asked
from tests.pages.belongings.attachments import attached, proof
from tests.pages.belongings.calls import owed_call, wrap_up
from tests.pages.belongings.directories import entry_of
from tests.pages.belongings.exchange import key_of, webhook_of, xml_file
from tests.pages.belongings.journal import of_journal
from tests.pages.belongings.menus import dialled, emergency_of
from tests.pages.belongings.messages import mailed, opted_out
from tests.pages.belongings.queues import arranged
from tests.pages.belongings.recordings import STORED, kept, listening
from tests.pages.belongings.supervision import supervised
from tests.pages.belongings.terms import escalated, terms_of
from tests.pages.directory import directory, executing, worked


@dataclass(frozen=True, slots=True)
class Belongings:
    """One organisation's objects, and the words by which each would be known on a page."""

    call: UUID
    recording: int
    listened: int
    downloaded: int
    appeal: str
    person: int
    prompt: str
    menus: int
    dialled: str
    emergency: int
    supervision: int
    message: int
    rule: int
    hold: int
    act: int
    owed: int
    channel: int
    letter: int
    alarm: int
    step: int
    queue: str
    overflow: int
    reason: str
    priority: int
    skill: int
    team: int
    batch: int
    plan: int
    incident: int
    applicant: int
    double: int
    contact: int
    category: int
    merge: int
    entry: int
    attachment: int
    link: int
    compulsory: int
    term_rule: int
    reopening: int
    measure: int
    told_step: int
    day_off: int
    street: int
    street_name: int
    house: int
    enterprise: int
    facility: int
    address_file: int
    extract: int
    executor: int
    member: int
    away: int
    route: int
    question: int
    opt_out: int
    assignment: int
    proof: int
    view: int
    export: int
    bulk: int
    work: int
    work_service: int
    mail: int
    mailbox: int
    key: int
    webhook: int
    told: int
    xml_file: int
    words: tuple[str, ...]


def asked_for(asked: Asked, of: Belongings) -> tuple[str, dict[str, Any]]:
    """The address and the form, filled in with what belongs to that organisation."""
    names = {name: getattr(of, name) for name in Belongings.__slots__}
    form = {key: value.format(**names) if isinstance(value, str) else value for key, value in asked.form.items()}
    return asked.address.format(**names), form


def belongings(centre: Centre, code: str, *, caller: str, surname: str, appeals: int) -> Belongings:
    """Everything, made: an answered call, its stored recording, a wrap-up, appeals from it, a prompt."""
    people = {role: centre.people[login] for login, role in PEOPLE[code].items()}
    operator, supervisor = people["operator"], people["supervisor"]
    call = answered_call(operator, caller=caller)
    with transaction(EVERY_ORGANISATION) as session:
        session.add(Topic(organisation_id=operator.organisation_id, code="water", name={"uk": "Вода", "uz": "Suv"}))
        session.add(wrap_up(call, operator))
        session.add(CallNote(organisation_id=operator.organisation_id, call=call, person_id=operator.id, text=surname))
        session.execute(update(Recording).where(Recording.call == call).values(**STORED))
        recording = session.scalars(select(Recording).where(Recording.call == call)).one()
        lines = {kind: listening(recording, supervisor, kind) for kind in ListeningKind}
        session.add_all(lines.values())
        supervision, message = supervised(session, call, operator, supervisor)
        appeal = [appealed(session, operator, call, caller=caller, surname=surname) for _ in range(appeals)][-1]
        rule, hold, act = kept(session, recording, supervisor)
        menus.replace_prompt(
            session,
            operator.organisation_id,
            f"{code}-welcome",
            Language.ENGLISH,
            sound=b"\xd5" * 800,
            file_name="studio.wav",
            by=operator.id,
        )
        menus.type_prompt(
            session, operator.organisation_id, f"{code}-welcome", Language.ENGLISH, words="Hello", sound=b"\xd5" * 800,
            by=operator.id,
        )  # fmt: skip
        mine = alarming(session, operator, call)
        return Belongings(
            call=call,
            recording=recording.id,
            listened=lines[ListeningKind.LISTENED].id,
            downloaded=lines[ListeningKind.DOWNLOADED].id,
            appeal=appeal.number,
            person=operator.id,
            prompt=f"{code}-welcome",
            menus=menus.publish(session, operator.organisation_id, MENUS[code]).id,
            dialled=dialled(session, operator, code),
            emergency=emergency_of(session, operator).id,
            rule=rule.id,
            hold=hold.id,
            act=act.id,
            owed=owed_call(session, operator, caller).id,
            supervision=supervision.id,
            message=message.id,
            channel=mine.channel,
            letter=mine.letter,
            alarm=mine.alarm,
            step=mine.step,
            entry=(entry := entry_of(session, supervisor)).id,
            **applicants_of(session, supervisor, surname, entry),
            **terms_of(session, supervisor),
            **attached(session, operator, appeal),
            **escalated(session, supervisor, appeal, mine.channel),
            **of_journal(session, operator, supervisor),
            **arranged(session, operator, code),
            **directory(session, people["administrator"], surname),
            opt_out=opted_out(session, operator, caller),
            **(carriers := executing(session, people["administrator"], people["executor"], surname, appeal)),
            assignment=(given := assigned(session, appeal, carriers["executor"], operator)).id,
            proof=proof(session, given, people["executor"]).id,
            **worked(session, supervisor, surname),
            **mailed(session, operator, surname),
            key=key_of(session, people["administrator"], surname),
            **webhook_of(session, people["administrator"], surname),
            xml_file=xml_file(session, supervisor, surname),
            words=(caller, surname, operator.name),
        )
