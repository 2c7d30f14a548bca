"""What an organisation has of channels and alarms: one object of each kind."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from notify import channels, service
from notify.model import ChannelKind
from staff.tables import Person
from supervisor.alarms import service as alarms
from supervisor.alarms.model import Kind
from supervisor.alarms.tables import AlarmStep


@dataclass(frozen=True, slots=True)
class Alarming:
    """Their ids."""

    channel: int
    letter: int
    alarm: int
    step: int


def alarming(session: Session, by: Person, call: UUID) -> Alarming:
    """A channel with a message that waits, a step of the ladder, and an alarm about the call."""
    channel = channels.add_channel(session, by.organisation_id, name="Пошта", kind=ChannelKind.EMAIL)
    parameters = {"organisation": "-"}
    letter = service.put(
        session, channel, "duty@city.example", service.TEST, language="uk", key="first", parameters=parameters
    )
    step = AlarmStep(
        organisation_id=by.organisation_id,
        after=timedelta(0),
        channel_id=channel.id,
        recipient="duty@city.example",
        language="uk",
        kinds=[Kind.UNRESOLVED.value],
    )
    alarms.add_step(session, step)
    alarm = alarms.mark(session, call, Kind.UNRESOLVED, by=by)
    assert alarm is not None
    return Alarming(channel.id, letter.id, alarm, step.id)
