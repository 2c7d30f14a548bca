"""A caller whose agent's phone was lost is sent back to the queue once, whatever Asterisk answers."""

import asyncio
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from anyio.from_thread import start_blocking_portal
from sqlalchemy import select

from acd import service
from acd.tables import AgentCommand, Queue, QueueMember
from ami import Link
from calls.actions import Actions, NotAsked
from calls.model import interface_of
from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from run.asterisk.wishes import Wishes
from run.settings import Settings
from tests.calls.conftest import settle, spooled, table
from tests.calls.streams import capture, lines
from tests.centre import Centre
from tests.protocol.manager import Manager, connected, success
from tests.telephony.asterisk import AMI_SECRET, software
from tests.town.waiting import wait_for

LISTS = ("QueueStatus", "Status")
SAID = {
    "QueueAdd": ("Interface",),
    "QueuePause": ("Interface",),
    "Redirect": ("Channel",),
    "Hangup": ("Channel", "Cause"),
    "MixMonitorMute": ("Channel", "State"),
    "Reload": ("Module",),
    "QueueReload": ("Queue",),
}

Action = dict[str, str]


class Asterisk(Manager):
    """Is asked over a connection of its own, answers as told, and keeps the members of its queues."""

    link: Link | None
    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.answers: list[Callable[[Asterisk, Action], bytes | None]] = []
        self.refuses_first = False  # each thing the first time: it is not loaded yet
        self.recorded: tuple[UUID, str] | None = None  # a talk of this call, on this channel
        self.ringing = ""  # a channel
        self.members: dict[tuple[str, str], dict[str, str]] = {}

    @property
    def asked(self) -> list[str]:
        """What it was to do, in order."""
        deeds = [action for action in self.actions if action["Action"] not in LISTS]
        return [" ".join(action[name] for name in ("Action", *SAID[action["Action"]])) for action in deeds]

    def _answer(self, action: Action) -> bytes | None:
        if action["Action"] in LISTS:
            return self._listed(action)
        if self.refuses_first and self.asked.count(self.asked[-1]) == 1:
            return refused(self, action)
        self._obey(action)
        return self.answers.pop(0)(self, action) if self.answers else done(self, action)

    def _obey(self, action: Action) -> None:
        if action["Action"] == "QueueAdd":
            self.members[action["Queue"], action["Interface"]] = {
                "Name": action["MemberName"],
                "Penalty": action["Penalty"],
                "Paused": "1" if action["Paused"] == "true" else "0",
            }
        elif action["Action"] == "QueuePause":
            for (_, agent), member in self.members.items():
                if agent == action["Interface"]:
                    member["PausedReason"] = action["Reason"]

    def _listed(self, action: Action) -> bytes:
        told = [success(action, "EventList: start")]
        if action["Action"] == "QueueStatus":
            for (queue, agent), member in self.members.items():
                told.append(event("QueueMember", action, Queue=queue, Location=agent, **member))
        elif self.ringing:
            told.append(event("Status", action, Channel=self.ringing, ChannelStateDesc="Ringing"))
        elif self.recorded is not None:
            call, channel = self.recorded
            known = f"CALL_ID={call}\r\nVariable: RECORDING=/spool/{call}.1"
            told.append(event("Status", action, Channel=channel, Variable=known))
        told.append(event(f"{action['Action']}Complete", action, EventList="Complete"))
        return b"".join(told)


def event(name: str, action: Action, **fields: str) -> bytes:
    known = {"Event": name, "ActionID": action["ActionID"], **fields}
    return ("".join(f"{header}: {value}\r\n" for header, value in known.items()) + "\r\n").encode()


def done(asterisk: Asterisk, action: Action) -> bytes:
    return success(action)


def refused(asterisk: Asterisk, action: Action) -> bytes:
    return f"Response: Error\r\nActionID: {action['ActionID']}\r\nMessage: No such channel\r\n\r\n".encode()


def silent(asterisk: Asterisk, action: Action) -> None:
    pass


def gone(asterisk: Asterisk, action: Action) -> None:
    asterisk.connections[-1].transport.abort()


@pytest.fixture
def asterisk() -> Iterator[Asterisk]:
    asterisk = Asterisk()
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(asterisk.listening()) as port:
        asterisk.loop = portal.call(asyncio.get_running_loop)
        asterisk.link = portal.call(connected, port)
        yield asterisk


@pytest.fixture
def actions(asterisk: Asterisk) -> Actions:
    """As the listener asks; it does not wait as long as the listener would."""
    return Actions(asterisk.loop, lambda: asterisk.link, within=timedelta(seconds=2))


@pytest.fixture
def wishes(actions: Actions) -> Wishes:
    """Carried out one after the other, by the test; no configuration is among them."""
    return Wishes(None, actions)  # type: ignore[arg-type]


@pytest.fixture
def channel(centre: Centre, city: int, tmp_path: Path) -> str:
    """A call that is talking, and the wish of its agent's desk."""
    spooled(tmp_path, lines(capture("asterisk_killed", organisation=city)))
    settle(tmp_path)
    with transaction(EVERY_ORGANISATION) as session:
        [call] = session.scalars(select(CallRow).where(CallRow.state == "talking"))
        person = centre.people["olena"].id
        session.add(AgentCommand(organisation_id=city, deed="requeue", call=call.id, person_id=person))
        return call.channel


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (done, "requeued"),
        (silent, "Redirect was not answered in 2 s"),
        (gone, "closed by Asterisk|connection lost: .*"),
        (refused, "Redirect: No such channel"),
    ],
)
def test_asterisk_is_asked_once(
    asterisk: Asterisk, wishes: Wishes, channel: str, answer: Callable[[Asterisk, Action], bytes | None], outcome: str
) -> None:
    asterisk.answers = [answer]
    wishes._command()
    wishes._command()
    assert asterisk.asked == [f"Redirect {channel}"]
    [told] = table("SELECT outcome FROM agent_command")
    assert re.fullmatch(rf"\('({outcome})',\)", told)


def test_a_wish_that_nobody_heard_waits_for_the_next_connection(
    asterisk: Asterisk, wishes: Wishes, channel: str
) -> None:
    link, asterisk.link = asterisk.link, None
    with pytest.raises(NotAsked):
        wishes._command()
    assert table("SELECT done_at, outcome FROM agent_command") == ["(None, None)"]
    asterisk.link = link
    wishes._command()
    assert asterisk.asked == [f"Redirect {channel}"]
    assert table("SELECT outcome FROM agent_command") == ["('requeued',)"]


def test_a_wish_that_nobody_heard_gives_way_to_the_same_wished_anew(
    asterisk: Asterisk, wishes: Wishes, channel: str
) -> None:
    def wished_again() -> None:
        """There is no connection, and at this very moment the desk wishes the same once more."""
        with transaction(EVERY_ORGANISATION) as session:
            [it] = session.scalars(select(AgentCommand))
            session.add(
                AgentCommand(**{name: getattr(it, name) for name in ("organisation_id", "deed", "call", "person_id")})
            )

    with pytest.raises(NotAsked):
        Wishes(None, Actions(asterisk.loop, wished_again))._command()  # type: ignore[arg-type]
    wishes._command()
    assert asterisk.asked == [f"Redirect {channel}"]
    assert table("SELECT outcome FROM agent_command ORDER BY id") == ["('superseded',)", "('requeued',)"]


@pytest.fixture
def on_shift(centre: Centre, city: int) -> None:
    """Olena is to be in the general queue, and nobody else in any."""
    olena = centre.people["olena"]
    with transaction(EVERY_ORGANISATION) as session:
        general = Queue(organisation_id=city, code="general", asterisk_name="khm-general", name={"uk": "Загальна"})
        session.add(general)
        session.flush()
        session.add(QueueMember(organisation_id=city, queue_id=general.id, person_id=olena.id))
        service.start_shift(session, olena, "a-seat")


@pytest.mark.usefixtures("on_shift")
def test_a_member_whom_asterisk_refuses_is_not_taken_for_one(asterisk: Asterisk, wishes: Wishes) -> None:
    asterisk.refuses_first = True
    for joined in (0, 1):
        wishes._assert_members(None)
        assert table("SELECT queues_joined FROM shift") == [f"({joined},)"]


@pytest.mark.usefixtures("on_shift")
def test_what_asterisk_refuses_is_asked_for_again(asterisk: Asterisk, actions: Actions, tmp_path: Path) -> None:
    """Members and reloads, without anything else happening meanwhile."""
    asterisk.refuses_first = True
    settings = Settings(_env_file=None, data=tmp_path, software=software(tmp_path), ami_secret=AMI_SECRET)
    wishes = Wishes(settings, actions)
    wishes.linked()
    wishes.start()
    try:
        wait_for("Olena to be a member", lambda: table("SELECT queues_joined FROM shift") == ["(1,)"])
        wait_for("the reason of her pause", lambda: "QueuePause" in asterisk.asked[-1] and times(asterisk) == {2})
    finally:
        wishes.stop()
        wishes.join(5)
    assert "Reload pbx_config.so" in asterisk.asked
    assert times(asterisk) == {2}


def times(asterisk: Asterisk) -> set[int]:
    """How often each thing was asked for."""
    return {asterisk.asked.count(it) for it in asterisk.asked}


PAUSE, RESUME = "pause_recording", "resume_recording"


@pytest.fixture
def agent(centre: Centre, channel: str) -> str:
    """Wishes to pause the recording of their talk, then to let it go on, and nothing else."""
    with transaction(EVERY_ORGANISATION) as session:
        [it] = session.scalars(select(AgentCommand))
        for deed in (PAUSE, RESUME):
            of = {"organisation_id": it.organisation_id, "call": it.call, "person_id": it.person_id}
            session.add(AgentCommand(deed=deed, **of))
        session.delete(it)
    return interface_of(centre.people["olena"].id)


@pytest.mark.parametrize(
    ("recorded", "answer", "outcomes"),
    [
        (True, done, ["paused", "resumed"]),
        (False, done, ["not_recorded"] * 2),
        (True, refused, ["MixMonitorMute: No such channel"] * 2),
    ],
)
def test_a_recording_is_paused_and_resumed(
    asterisk: Asterisk,
    wishes: Wishes,
    agent: str,
    *,
    recorded: bool,
    answer: Callable[[Asterisk, Action], bytes | None],
    outcomes: list[str],
) -> None:
    talk = f"{agent}-0000000b"
    with transaction(EVERY_ORGANISATION) as session:
        [call] = session.scalars(select(AgentCommand.call).distinct())
    asterisk.recorded, asterisk.answers = (call, talk) if recorded else None, [answer, answer]
    wishes._command()
    assert asterisk.asked == ([f"MixMonitorMute {talk} 1", f"MixMonitorMute {talk} 0"] if recorded else [])
    assert table("SELECT outcome FROM agent_command ORDER BY id") == [f"('{outcome}',)" for outcome in outcomes]


@pytest.mark.parametrize(("rings", "outcome"), [(True, "stopped"), (False, "not_ringing")])
def test_a_phone_that_went_rings_no_more(
    asterisk: Asterisk, wishes: Wishes, agent: str, *, rings: bool, outcome: str
) -> None:
    """The channel of that agent's phone, and of nobody else's."""
    channel = f"{agent}-0000000c"
    with transaction(EVERY_ORGANISATION) as session:
        for command in session.scalars(select(AgentCommand)).all()[1:]:
            session.delete(command)
        session.scalars(select(AgentCommand)).one().deed = "stop_ringing"
    asterisk.ringing = channel if rings else "PJSIP/agent999-0000000d"
    wishes._command()
    assert asterisk.asked == ([f"Hangup {channel} 20"] if rings else [])
    assert table("SELECT outcome FROM agent_command") == [f"('{outcome}',)"]
