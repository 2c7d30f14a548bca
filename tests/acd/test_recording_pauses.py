"""What is said is kept out of a recording by who talks, once Asterisk has done it, and not for ever."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from acd import commands, jobs
from acd.tables import AgentCommand
from calls.model import interface_of
from calls.tables import JournalRow
from db import EVERY_ORGANISATION, transaction
from tests.acd.desks import SCRIPT, SignedIn, comes_ready, talks
from tests.centre import Centre


def journal_says(centre: Centre, call: UUID, *kinds: str, at: datetime | None = None) -> None:
    """The listener has heard of these events."""
    with transaction(EVERY_ORGANISATION) as session:
        last = session.scalar(select(func.coalesce(func.max(JournalRow.seq), 0))) or 0
        for seq, kind in enumerate(kinds, last + 1):
            session.add(
                JournalRow(
                    node="node1",
                    seq=seq,
                    at=at or datetime.now(UTC),
                    kind=kind,
                    call=call,
                    organisation_id=centre.organisations["khm"].id,
                    body={"agent": interface_of(centre.people["olena"].id)},
                )
            )


def wishes(centre: Centre) -> list[str]:
    """What the listener is asked for, in that order."""
    with transaction(centre.organisations["khm"].id) as session:
        waiting = select(AgentCommand.deed).where(AgentCommand.done_at.is_(None))
        return list(session.scalars(waiting.order_by(AgentCommand.id)))


def listener_has_done_all(centre: Centre) -> None:
    """Nothing is left that was wished before."""
    with transaction(centre.organisations["khm"].id) as session:
        for command in session.scalars(select(AgentCommand).where(AgentCommand.done_at.is_(None))):
            commands.done(command, "paused")


def test_a_recording_is_paused_only_once_asterisk_has_done_it(queues: Centre, client: SignedIn):
    olena = client("olena")
    comes_ready(olena)
    call = talks(queues, "olena")
    journal_says(queues, call, "RecordingStarted")
    asked = {"call": str(call), "paused": "true"}
    for _ in range(2):  # pressed twice
        state = olena.post("/desk/recording", data=asked, headers=SCRIPT).json()
        assert state["recording_paused_since"] is None, "shown before it is done"
    assert wishes(queues) == ["pause_recording"]
    listener_has_done_all(queues)
    journal_says(queues, call, "RecordingPaused")
    assert olena.get("/desk/state").json()["recording_paused_since"]
    olena.post("/desk/recording", data={**asked, "paused": "false"}, headers=SCRIPT)
    assert wishes(queues) == ["resume_recording"]
    journal_says(queues, call, "RecordingResumed")
    assert olena.get("/desk/state").json()["recording_paused_since"] is None
    journal_says(queues, call, "RecordingPaused", "RecordingStarted")
    assert olena.get("/desk/state").json()["recording_paused_since"] is None, "the next talk is recorded"


def test_while_the_listener_is_busy_the_last_word_on_a_recording_holds(queues: Centre, client: SignedIn):
    olena = client("olena")
    comes_ready(olena)
    asked = {"call": str(talks(queues, "olena"))}
    for paused, waiting in (("true", "pause"), ("false", "resume"), ("true", "pause"), ("true", "pause")):
        olena.post("/desk/recording", data={**asked, "paused": paused}, headers=SCRIPT)
        assert wishes(queues) == [f"{waiting}_recording"]


def test_nobody_pauses_the_recording_of_others(queues: Centre, client: SignedIn):
    olena, andrii = client("olena"), client("andrii")
    comes_ready(olena)
    comes_ready(andrii)
    asked = {"call": str(talks(queues, "olena")), "paused": "true"}
    assert andrii.post("/desk/recording", data=asked, headers=SCRIPT).status_code == 409
    assert client("mykola").post("/desk/recording", data=asked, headers=SCRIPT).status_code == 403
    assert olena.post("/desk/recording", data={**asked, "call": str(uuid4())}, headers=SCRIPT).status_code == 409
    assert wishes(queues) == []


def test_a_forgotten_pause_ends_by_itself(queues: Centre, client: SignedIn):
    olena = client("olena")
    comes_ready(olena)
    call = talks(queues, "olena")
    begun = datetime.now(UTC) - timedelta(minutes=4)
    journal_says(queues, call, "RecordingStarted", "RecordingPaused", at=begun)
    assert jobs.end_long_recording_pauses(timedelta(minutes=5)) == {"resumed": 0}
    assert jobs.end_long_recording_pauses(timedelta(minutes=3)) == {"resumed": 1}
    assert wishes(queues) == ["resume_recording"]
    journal_says(queues, call, "RecordingResumed")
    assert jobs.end_long_recording_pauses(timedelta(minutes=3)) == {"resumed": 0}
