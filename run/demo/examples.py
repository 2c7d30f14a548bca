"""python -m run.demo.examples: past alarms with their calls, a ladder, and a mail channel that sends nothing.

Loaded once into each demonstration organisation that has neither channel nor alarm, so that a newcomer finds no empty
page. Nothing leaves the house: the channel is off and points to this machine, its messages are given up at once.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

import db
from calls import events, journal, reader
from calls.model import CallId, Language, NodeName, QueueName, Source, interface_of
from calls.service import note_result
from db import EVERY_ORGANISATION, transaction
from ivr.demonstration import NUMBERS
from notify import channels
from notify import service as outbox
from notify.model import ChannelKind
from run.demo import queries
from run.demo.alarms import EXAMPLES, SECOND, TOLD, DemoCall, DemoDeed, Examples
from run.host.steps import main
from run.settings import Settings
from staff.queries import organisations
from staff.tables import Organisation
from supervisor.alarms import queries as known
from supervisor.alarms import service, summary
from supervisor.alarms.model import MARKS, State
from supervisor.alarms.tables import Alarm, AlarmDeed, AlarmStep

NODE = NodeName("demonstration")  # of these calls: no Asterisk has this name
WAITED, RANG, IN_THE_MENU = 26 * SECOND, 5 * SECOND, 19 * SECOND
NOT_SENT = "the demonstration sends nothing"


def load(site: str) -> list[str]:
    """Codes of the organisations that got examples."""
    made = []
    with transaction(EVERY_ORGANISATION) as session:
        present = [each for each in organisations(session) if each.code in EXAMPLES]
    for organisation in present:
        with transaction(EVERY_ORGANISATION) as session:  # the journal is the node's, not an organisation's
            people = queries.people(session, organisation.id)
            if queries.is_untouched(session, organisation.id) and _logins(EXAMPLES[organisation.code]) <= people.keys():
                _load(session, organisation, people, site)
                made.append(organisation.code)
    return made


def _logins(examples: Examples) -> set[str]:
    doers = {deed.who for alarm in examples.alarms for deed in alarm.deeds if deed.who}
    return doers | {alarm.call.operator for alarm in examples.alarms if alarm.call is not None}


def _load(session: Session, organisation: Organisation, people: dict[str, int], site: str) -> None:
    now, examples = datetime.now(UTC), EXAMPLES[organisation.code]
    step = _ladder(session, organisation, examples)
    for example in examples.alarms:
        at = now - example.ago
        alarm = Alarm(organisation_id=organisation.id, kind=example.kind, facts={}, raised_at=at, told_at=at)
        alarm.trouble, alarm.place = example.trouble, example.place
        if example.call is not None:
            alarm.call = _call(session, organisation, people, example.call, at)
            note_result(session, alarm.call, example.kind)
            alarm.facts = _facts(organisation, example.call, at)
        session.add(alarm)
        session.flush()
        for deed in example.deeds:
            _happens(session, alarm, deed, people.get(deed.who), step)
            if deed.deed == "told":
                _is_told(session, organisation, alarm, step, site)


def _ladder(session: Session, organisation: Organisation, examples: Examples) -> AlarmStep:
    """A mail channel that is off, and one step by it for unresolved and disputed calls."""
    channel = channels.add_channel(session, organisation.id, name=examples.channel, kind=ChannelKind.EMAIL)
    settings = {"host": "127.0.0.1", "port": 2525, "security": "none", "sender": f"holos@{examples.domain}"}
    channels.change_channel(session, channel, name=channel.name, settings=settings, secret=None, enabled=False)
    step = AlarmStep(
        organisation_id=organisation.id,
        after=timedelta(0),
        channel_id=channel.id,
        recipient=f"duty@{examples.domain}",
        language=organisation.default_language,
        kinds=sorted(MARKS),
    )
    service.add_step(session, step)
    return step


def _facts(organisation: Organisation, call: DemoCall, at: datetime) -> dict[str, str]:
    talked = str(call.talked // SECOND)
    return {"queue": f"{organisation.code}-{call.queue}", "topic": call.queue, "at": at.isoformat(), "talked": talked}


def _happens(session: Session, alarm: Alarm, happened: DemoDeed, person: int | None, step: AlarmStep) -> None:
    at = alarm.raised_at + happened.after
    match happened.deed:
        case "taken":
            alarm.state, alarm.taken_by, alarm.taken_at = State.TAKEN, person, at
        case "answered":
            alarm.answer = happened.text
        case "closed" | "ended":
            alarm.state, alarm.closed_by, alarm.closed_at = State.CLOSED, person, at
    channel = known.channels(session, alarm.organisation_id)[step.channel_id]
    text = f"{channel.name} → {step.recipient}" if happened.deed == "told" else happened.text
    deed = AlarmDeed(organisation_id=alarm.organisation_id, alarm_id=alarm.id, deed=happened.deed, text=text)
    deed.at, deed.person_id = at, person
    session.add(deed)
    session.flush()


def _is_told(session: Session, organisation: Organisation, alarm: Alarm, step: AlarmStep, site: str) -> None:
    """The message of the ladder's step, given up before anybody could send it."""
    zone = organisation.zone
    template, parameters = summary.of(alarm, known.names(session, organisation.id), step.language, zone)
    message = outbox.put(
        session,
        known.channels(session, organisation.id)[step.channel_id],
        step.recipient,
        template,
        language=step.language,
        key=f"alarm:{alarm.id}:{step.id}:0",
        parameters=parameters | {"link": f"{site}/alarms/{alarm.id}"},
    )
    message.created_at = message.asked_at = alarm.raised_at + TOLD.after
    outbox.give_up(session, message.id, NOT_SENT)


def _call(
    session: Session, organisation: Organisation, people: dict[str, int], call: DemoCall, ended_at: datetime
) -> CallId:
    """The call, told to the journal under a node of its own and read into the ledger."""
    call_id = CallId(uuid4())
    happened = _story(call_id, organisation, people[call.operator], call, ended_at)
    told = journal.write(session, NODE, organisation.id, happened)
    reader.read(session, told, strict=True)
    return call_id


def _story(
    call_id: CallId, organisation: Organisation, agent: int, call: DemoCall, ended_at: datetime
) -> Sequence[events.CallEvent]:
    answered_at = ended_at - call.talked
    joined_at = answered_at - WAITED
    phone, queue = interface_of(agent), QueueName(f"{organisation.code}-{call.queue}")
    return [
        events.CallArrived(
            call=call_id,
            at=joined_at - IN_THE_MENU,
            organisation=organisation.id,
            caller=call.caller,
            dialled=NUMBERS[organisation.code][0],
            language=Language(organisation.default_language),
            source=Source.TRUNK,
        ),
        events.TopicChosen(call=call_id, at=joined_at, topic=call.queue),
        events.CallerJoinedQueue(call=call_id, at=joined_at, queue=queue, position=1),
        events.AgentOffered(call=call_id, at=answered_at - RANG, agent=phone, queue=queue),
        events.AgentAnswered(call=call_id, at=answered_at, agent=phone, queue=queue, waited=WAITED, rang=RANG),
        events.AgentLeftTalk(call=call_id, at=ended_at, agent=phone, talked=call.talked, ended_by="caller"),
        events.CallEnded(call=call_id, at=ended_at, cause=16, by_caller=True),
    ]


def _main() -> int:
    settings = Settings()
    db.connect(settings.database_url.get_secret_value())
    made = load(settings.public_url.rstrip("/"))
    db.disconnect()
    print(f"loaded: {', '.join(made)}" if made else "were there")
    return 0


if __name__ == "__main__":
    main(_main)
