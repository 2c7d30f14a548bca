"""A caller whose agent's phone was lost is sent back to the queue once, whatever Asterisk answers."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from acd import service
from acd.tables import AgentCommand, Queue, QueueMember
from ami import ActionFailed, LinkBroken, NoAnswer
from calls.actions import NotAsked
from calls.model import Interface, QueueName, interface_of
from calls.signals import QueuePlace
from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from run.asterisk.wishes import Wishes
from run.settings import Settings
from tests.calls.conftest import settle, spooled, table
from tests.calls.streams import capture, lines
from tests.centre import Centre
from tests.telephony.asterisk import AMI_SECRET, software
from tests.town.waiting import wait_for


class Asterisk:
    """Is asked, and answers as told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: list[Exception | None] = []
        self.recorded = True

    def mute_recording(self, call: object, agent: str, *, muted: bool) -> bool:
        self.asked.append(f"{agent} {'muted' if muted else 'heard'}")
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer
        return self.recorded

    def redirect(self, channel: str, context: str) -> None:
        answer = self.answers.pop(0)
        if not isinstance(answer, NotAsked):
            self.asked.append(channel)
        if answer is not None:
            raise answer


class Unready(Asterisk):
    """Refuses each thing the first time: it is not loaded yet."""

    def __init__(self) -> None:
        super().__init__()
        self.places: list[QueuePlace] = []

    def queue_places(self) -> list[QueuePlace]:
        return list(self.places)

    def queue_add(self, queue: QueueName, agent: Interface, **of: Any) -> None:
        self._once(f"{agent} into {queue}")
        self.places.append(QueuePlace(queue=queue, agent=agent, **of))

    def reload(self, module: str) -> None:
        self._once(f"reload {module}")

    def reload_queue(self, queue: str) -> None:
        self._once(f"reload queues {queue}")

    def _once(self, what: str) -> None:
        self.asked.append(what)
        if self.asked.count(what) == 1:
            raise ActionFailed("not loaded yet")


@pytest.fixture
def asterisk() -> Asterisk:
    return Asterisk()


@pytest.fixture
def wishes(asterisk: Asterisk) -> Wishes:
    return Wishes(None, asterisk)  # type: ignore[arg-type]


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


@pytest.mark.parametrize("answer", [None, NoAnswer("silent"), LinkBroken("gone"), ActionFailed("No such channel")])
def test_asterisk_is_asked_once(asterisk: Asterisk, wishes: Wishes, channel: str, answer: Exception | None) -> None:
    asterisk.answers = [answer, None]
    wishes._command()
    wishes._command()
    assert asterisk.asked == [channel]
    assert table("SELECT outcome FROM agent_command") == [f"('{answer or 'requeued'}',)"]


def test_a_wish_that_nobody_heard_waits_for_the_next_connection(
    asterisk: Asterisk, wishes: Wishes, channel: str
) -> None:
    asterisk.answers = [NotAsked("not connected"), None]
    with pytest.raises(NotAsked):
        wishes._command()
    assert table("SELECT done_at, outcome FROM agent_command") == ["(None, None)"]
    wishes._command()
    assert asterisk.asked == [channel]
    assert table("SELECT outcome FROM agent_command") == ["('requeued',)"]


def test_a_wish_that_nobody_heard_gives_way_to_the_same_wished_anew(
    asterisk: Asterisk, wishes: Wishes, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wished_again(*_: object) -> None:
        with transaction(EVERY_ORGANISATION) as session:
            [it] = session.scalars(select(AgentCommand))
            session.add(
                AgentCommand(**{name: getattr(it, name) for name in ("organisation_id", "deed", "call", "person_id")})
            )
        raise NotAsked("not connected")

    monkeypatch.setattr(asterisk, "redirect", wished_again)
    with pytest.raises(NotAsked):
        wishes._command()
    monkeypatch.undo()
    asterisk.answers = [None]
    wishes._command()
    assert asterisk.asked == [channel]
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
def test_a_member_whom_asterisk_refuses_is_not_taken_for_one() -> None:
    wishes = Wishes(None, Unready())  # type: ignore[arg-type]
    for joined in (0, 1):
        wishes._assert_members(None)
        assert table("SELECT queues_joined FROM shift") == [f"({joined},)"]


@pytest.mark.usefixtures("on_shift")
def test_what_asterisk_refuses_is_asked_for_again(tmp_path: Path) -> None:
    """Members and reloads, without anything else happening meanwhile."""
    asterisk = Unready()
    settings = Settings(_env_file=None, data=tmp_path, software=software(tmp_path), ami_secret=AMI_SECRET)
    wishes = Wishes(settings, asterisk)  # type: ignore[arg-type]
    wishes.linked()
    wishes.start()
    try:
        wait_for("Olena to be a member", lambda: table("SELECT queues_joined FROM shift") == ["(1,)"])
    finally:
        wishes.stop()
        wishes.join(5)
    assert "reload pbx_config.so" in asterisk.asked
    assert {asterisk.asked.count(it) for it in asterisk.asked} == {2}


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
        (True, None, ["paused", "resumed"]),
        (False, None, ["not_recorded"] * 2),
        (True, ActionFailed("No such channel"), ["No such channel"] * 2),
    ],
)
def test_a_recording_is_paused_and_resumed(
    asterisk: Asterisk, agent: str, *, recorded: bool, answer: Exception | None, outcomes: list[str]
) -> None:
    asterisk.recorded, asterisk.answers = recorded, [answer, answer]
    Wishes(None, asterisk)._command()  # type: ignore[arg-type]
    assert asterisk.asked == [f"{agent} muted", f"{agent} heard"]
    assert table("SELECT outcome FROM agent_command ORDER BY id") == [f"('{outcome}',)" for outcome in outcomes]
