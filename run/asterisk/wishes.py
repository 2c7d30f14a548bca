"""What PostgreSQL wants of Asterisk, carried out over AMI: members of queues, desks' commands, rendered configuration.

Woken by NOTIFY. After each new connection to Asterisk or to PostgreSQL everything is looked at again, so that a missed
notice costs a moment, never truth. What Asterisk refuses is tried again after a pause that grows. One thread, one deed
after the other.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import psycopg
import structlog
from sqlalchemy.exc import SQLAlchemyError

from acd import commands, members
from acd import queries as desks
from acd.members import AddMember, ChangePenalty, Member, PauseMember, Place, RemoveMember, Step
from acd.model import Wish
from acd.tables import AgentCommand
from ami import ActionFailed, LinkBroken, NoAnswer
from calls import queries as calls
from calls.actions import Actions, NotAsked
from calls.events import ConferenceBegan, ConferenceEnded
from calls.model import CallId, CallState, Interface, QueueName, interface_of
from calls.tables import CallRow
from db import EVERY_ORGANISATION, listen, transaction
from db.notices import ASTERISK_CONFIG, COMMANDS, MEMBERS, PAUSED
from run.asterisk import config as asterisk_config
from run.asterisk import supervision
from run.asterisk.emergencies import Tellings
from run.settings import Settings

log = structlog.get_logger()

PAUSE = timedelta(seconds=1)  # before a failed deed is tried again
PAUSES = tuple(timedelta(seconds=pause) for pause in (1, 2, 5, 15, 60))  # and before one that Asterisk refuses


class Wishes(threading.Thread):
    """Runs until `stop`; `linked` says that Asterisk is there anew."""

    def __init__(self, settings: Settings, actions: Actions) -> None:
        super().__init__(name="wishes", daemon=True)
        self._settings, self._actions = settings, actions
        self._stopping = threading.Event()
        self._everything = threading.Event()
        self._connected = threading.Event()
        self._actual: dict[Place, Member] | None = None
        self._reloads: dict[str, Callable[[], None]] = {}
        self._tellings = Tellings()
        self._refusals = 0  # times in turn that something was refused
        self._again_at: float | None = None

    def linked(self) -> None:
        """Asterisk is there, perhaps another one than before."""
        self._connected.set()
        self._everything.set()

    def parted(self) -> None:
        """Asterisk is away; what is wished waits."""
        self._connected.clear()

    def stop(self) -> None:
        """Ends the thread after the deed at hand."""
        self._stopping.set()
        self._connected.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                with listen(MEMBERS, PAUSED, COMMANDS, ASTERISK_CONFIG) as connection:
                    self._everything.set()
                    self._follow(connection)
            except (psycopg.Error, SQLAlchemyError) as error:
                log.warning("wishes_not_heard", reason=f"{type(error).__name__}: {error}"[:300])
                self._stopping.wait(PAUSE.total_seconds())

    def _follow(self, connection: psycopg.Connection[tuple[str, ...]]) -> None:
        while not self._stopping.is_set():
            self._connected.wait()
            if self._again_at is not None and time.monotonic() >= self._again_at:
                self._everything.set()
            if self._everything.is_set():
                self._everything.clear()
                self._do(self._all)
            elif self._tellings.again_at is not None and datetime.now(UTC) >= self._tellings.again_at:
                self._do(self._configure)
            heard = {(notice.channel, notice.payload) for notice in connection.notifies(timeout=0.5, stop_after=1)}
            heard |= {(notice.channel, notice.payload) for notice in connection.notifies(timeout=0)}
            if heard and not self._everything.is_set():
                self._do(partial(self._some, heard))

    def _do(self, deed: Callable[[], None]) -> None:
        """What fails is done again with everything else, after a moment."""
        try:
            deed()
        except (LinkBroken, NoAnswer, ActionFailed) as error:
            log.warning("wish_not_done", reason=f"{type(error).__name__}: {error}")
            self._again()
        except (psycopg.Error, SQLAlchemyError):
            self._again()
            raise
        except Exception:  # the edge: the thread outlives one wish that cannot be
            log.exception("wish_failed")
            self._again()

    def _again(self) -> None:
        self._actual = None
        self._everything.set()
        self._stopping.wait(PAUSE.total_seconds())

    def _refused(self) -> None:
        """Everything once more, later: what is not loaded yet will be, what cannot be is not asked for all the time."""
        if self._again_at is None:
            self._again_at = time.monotonic() + PAUSES[min(self._refusals, len(PAUSES) - 1)].total_seconds()

    def _all(self) -> None:
        self._actual, self._again_at = None, None
        self._configure()
        self._assert_members(None)
        self._command()
        supervision.carry_out(self._actions)
        self._refusals = self._refusals + 1 if self._again_at is not None else 0

    def _some(self, heard: set[tuple[str, str]]) -> None:
        channels = {channel for channel, _ in heard}
        if ASTERISK_CONFIG in channels:
            self._configure()
        people = [payload for channel, payload in heard if channel == MEMBERS]
        if people:
            self._assert_members([int(it) for it in people] if all(it.isdecimal() for it in people) else None)
        if paused := [int(payload) for channel, payload in heard if channel == PAUSED]:
            self._assert_pauses(paused)
        if COMMANDS in channels:
            self._command()
            supervision.carry_out(self._actions)

    def _configure(self) -> None:
        with transaction(EVERY_ORGANISATION) as session:
            configuration = asterisk_config.configuration(session)
            lines = self._tellings.into(session, configuration.queues, datetime.now(UTC), sounds=self._settings.sounds)
        configuration = replace(configuration, queues=lines)
        rendered = asterisk_config.render(self._settings, configuration)
        self._reloads |= {module: partial(self._actions.reload, module) for module in rendered.modules}
        self._reloads |= {queue: partial(self._actions.reload_queue, QueueName(queue)) for queue in rendered.queues}
        for name, reload in list(self._reloads.items()):  # what is not done stays due: the files are written
            try:
                reload()
            except ActionFailed as refusal:
                log.error("reload_refused", name=name, reason=str(refusal))
                self._refused()
            else:
                del self._reloads[name]
        if rendered.files:
            log.info("asterisk_configured", files=len(rendered.files), modules=list(rendered.modules))
        if rendered.restart:
            log.warning("asterisk_restart_needed")

    def _assert_members(self, people: Collection[int] | None) -> None:
        if self._actual is None:
            self._actual = self._found()
        with transaction(EVERY_ORGANISATION) as session:
            wanted = members.desired(session, people)
        agents: set[Interface] | None = None if people is None else {interface_of(person) for person in people}
        self._take_all(members.difference(wanted, self._actual, agents), self._actual)
        with transaction(EVERY_ORGANISATION) as session:
            members.note_joined(session, self._actual, people)

    def _assert_pauses(self, people: Collection[int]) -> None:
        """Of agents who stay where they are."""
        if self._actual is None:
            self._assert_members(people)
            return
        with transaction(EVERY_ORGANISATION) as session:
            pauses = members.pauses(session, people)
        wanted = members.paused_as(pauses, self._actual)
        self._take_all(members.difference(wanted, self._actual, {place[1] for place in wanted}), self._actual)

    def _take_all(self, steps: Iterable[Step], actual: dict[Place, Member]) -> None:
        """A member who is as wanted already is seen to be so; any other that is refused is asked for again."""
        refused = False
        for step in steps:
            if self._take(step):
                actual = members.after(actual, step)
            else:
                refused = True
        self._actual = self._found() if refused else actual
        if refused:
            self._refused()

    def _found(self) -> dict[Place, Member]:
        """The members that Asterisk has."""
        places = self._actions.queue_places()
        found = [Member(it.queue, it.agent, it.name, it.penalty, it.paused, it.reason) for it in places]
        return {member.place: member for member in found}

    def _take(self, step: Step) -> bool:
        """Whether Asterisk has done it."""
        try:
            match step:
                case AddMember(it):
                    self._actions.queue_add(
                        it.queue, it.agent, name=it.name, penalty=it.penalty, paused=it.paused, reason=it.reason
                    )
                case RemoveMember(queue, agent):
                    self._actions.queue_remove(queue, agent)
                case PauseMember(queue, agent, paused, reason):
                    self._actions.queue_pause(agent, paused=paused, reason=reason, queue=queue)
                case ChangePenalty(queue, agent, penalty):
                    self._actions.queue_penalty(queue, agent, penalty)
        except ActionFailed as refusal:  # the member is as wanted already, or the queue is not loaded yet
            log.warning("member_step_refused", step=type(step).__name__, reason=str(refusal))
            return False
        return True

    def _command(self) -> None:
        """Each is marked before Asterisk is asked: who was sent back already is not torn from a new talk."""
        due: list[tuple[AgentCommand, CallRow]] = []
        with transaction(EVERY_ORGANISATION) as session:
            for command in commands.open_commands(session):
                call = calls.find(session, command.call)
                if commands.too_late(command):
                    commands.done(command, "too_late")
                elif call is None or call.state == CallState.ENDED:
                    commands.done(command, "call_gone")
                else:
                    commands.done(command, "asked")
                    due.append((command, call))
        for number, (command, call) in enumerate(due):
            try:
                outcome = self._fulfil(command, call)
            except NotAsked:
                _reopen(command for command, _ in due[number:])
                raise
            with transaction(EVERY_ORGANISATION) as session:
                commands.done(session.merge(command), outcome)

    def _fulfil(self, command: AgentCommand, call: CallRow) -> str:
        """How it went."""
        try:
            match Wish(command.deed):
                case Wish.REQUEUE:  # the dialplan's `requeue` is the head of the queue, and says so to the caller
                    self._actions.redirect(call.channel, "requeue")
                    return "requeued"
                case Wish.STOP_RINGING:
                    return "stopped" if self._actions.stop_ringing(interface_of(command.person_id)) else "not_ringing"
                case Wish.PAUSE_RECORDING | Wish.RESUME_RECORDING as wish:
                    muted = wish is Wish.PAUSE_RECORDING
                    recorded = self._actions.mute_recording(
                        CallId(call.id), interface_of(command.person_id), muted=muted
                    )
                    return ("paused" if muted else "resumed") if recorded else "not_recorded"
                case Wish.TELL_CONFERENCE | Wish.TELL_CONFERENCE_OVER as wish:
                    return self._tell_conference(command, call, begins=wish is Wish.TELL_CONFERENCE)
        except NotAsked:
            raise
        except (ActionFailed, NoAnswer, LinkBroken) as error:
            reason = f"{type(error).__name__}: {error}"
            log.warning("wish_refused", wish=command.deed, channel=call.channel, reason=reason)
            return str(error)

    def _tell_conference(self, command: AgentCommand, call: CallRow, *, begins: bool) -> str:
        """What is kept out of the talk's recording stays out of that of the number outside, which begins later."""
        kind = ConferenceBegan if begins else ConferenceEnded
        identity, agent = CallId(call.id), interface_of(command.person_id)
        if not self._actions.tell(kind, call.channel, identity, agent=agent, to=command.party or ""):
            return "call_gone"
        with transaction(EVERY_ORGANISATION) as session:
            paused = begins and desks.recording_paused_since(session, call.id) is not None
        if paused:
            self._actions.mute_recording(identity, agent, muted=True)
        return "told"


def _reopen(unasked: Iterable[AgentCommand]) -> None:
    """Asterisk has not heard of them: they wait for the next connection."""
    with transaction(EVERY_ORGANISATION) as session:
        for command in unasked:
            commands.reopen(session, session.merge(command))
