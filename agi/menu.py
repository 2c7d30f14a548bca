"""`agi://.../menu`: from the first prompt to the queue. A mistake of ours never hangs up on a caller."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from asterisk.agi import AGIException
from sqlalchemy.orm import Session as Database

from acd.queues.priority.queries import entering
from agi.caller import LineCaller, PromptLength
from agi.memory import Away, Memory
from agi.scripts import offered
from agi.session import Session
from calls.model import CallId, Language, QueueName, Source
from ivr import prompts, queries
from ivr.model import CallerGone
from ivr.snapshot import Snapshot
from ivr.walk import End, Line, walk
from recordings import service as recordings

log = structlog.get_logger()

REMEMBERING = timedelta(seconds=0.3)  # a caller may wait so long for the language of last time
EXPECTING = timedelta(seconds=0.8)  # and for the row of the recording
BYTES_A_SECOND = 8000  # A-law
UNKNOWN_LENGTH = timedelta(seconds=30)  # of a sound we cannot see


class MenuScript:
    """Walks callers through the menus that `current` gives. `node` names this Asterisk in the recordings."""

    def __init__(self, current: Callable[[], Snapshot], memory: Memory, *, sounds: Path, node: str) -> None:
        self._current, self._memory, self._sounds, self._node = current, memory, sounds, node

    def __call__(self, agi: Session) -> None:
        """One caller. Returning without NEXT makes the dialplan fall back."""
        call, dialled, number, source = _facts(agi)
        line = self._current().lines.get(dialled)
        if call is None or line is None:
            log.warning("menu_unknown_number", dialled=dialled)
            return
        declared = source == Source.BROWSER
        length = self._length(line.code)
        caller = LineCaller(agi, call=call, number=number, declared=declared, code=line.code, length=length)
        structlog.contextvars.bind_contextvars(call=str(call))
        try:
            end = self._walk(caller, line)
            if end.next == "queue":
                self._expects_recording(line, call)
                self._enters_queue(caller, line, end)
        except CallerGone:
            log.info("caller_left_menu")
            raise
        except Exception:
            log.exception("menu_failed")
            end = _says_sorry(caller, line)
        _leaves(caller, line, end)
        log.info("menu_left", next=end.next, queue=end.queue, language=str(end.language))

    def _walk(self, caller: LineCaller, line: Line) -> End:
        return walk(
            caller,
            line,
            now=lambda: datetime.now(UTC),
            remembered=self._remembered(caller, line),
            scripts=offered(self._memory, line),
        )

    def _remembered(self, caller: LineCaller, line: Line) -> Language | None:
        number = caller.own_number
        if not number:
            return None
        try:
            return self._memory.ask(
                line.organisation,
                lambda session: queries.find_language(session, line.organisation, number),
                within=REMEMBERING,
            )
        except Away:
            return None

    def _expects_recording(self, line: Line, call: CallId) -> None:
        def expect(session: Database) -> None:
            recordings.expect(session, line.organisation, call, 1, notice_heard=True, node=self._node)

        try:
            self._memory.ask(line.organisation, expect, within=EXPECTING)
        except Away:
            log.warning("recording_not_announced")  # the sweeper finds it

    def _enters_queue(self, caller: LineCaller, line: Line, end: End) -> None:
        """Their priority, and how long they will wait, where that can be known: said once, before the queue begins."""
        try:
            priority, expected = self._memory.ask(
                line.organisation,
                lambda session: entering(session, end.queue or "", caller.own_number, line.zone),
                within=REMEMBERING,
            )
        except Away:
            return
        if priority:
            caller.sets(queue_prio=str(priority))
        if expected is not None:
            caller.hears(expected.prompt)

    def _length(self, code: str) -> PromptLength:
        def length(prompt: str, language: Language) -> timedelta:
            for folder in (f"{language}_{code}", str(language)):
                try:
                    size = os.stat(prompts.path(self._sounds, folder, prompt)).st_size
                except OSError:
                    continue
                return timedelta(seconds=size / BYTES_A_SECOND)
            return UNKNOWN_LENGTH

        return length


def _facts(agi: Session) -> tuple[CallId | None, str, str, str]:
    """Call, number dialled, caller and where they call from, in one question. The dialplan has cleaned them."""
    told = str(agi.get_full_variable("${CALL_ID}|${DIALLED}|${CALLERID(num)}|${SOURCE}") or "")
    call, dialled, number, source = [*told.split("|"), "", "", "", ""][:4]
    try:
        return CallId(UUID(call)), dialled, number, source
    except ValueError:
        return None, dialled, number, source


def _says_sorry(caller: LineCaller, line: Line) -> End:
    """To an operator, whatever went wrong; and if even that cannot be said, without a word."""
    try:
        caller.hears("sorry", line.menus.notice)
    except (AGIException, OSError, ValueError):
        log.exception("sorry_failed")
    return End("queue", line.language, line.menus.general_queue)


def _leaves(caller: LineCaller, line: Line, end: End) -> None:
    """NEXT comes last: the dialplan believes the others only with it."""
    if end.next == "queue":
        queue = QueueName(f"{line.code}-{end.queue}")
        caller.sets(queue_name=queue, topic=end.topic or "", language=end.language, noticed="1")
    caller.sets(next=end.next)
