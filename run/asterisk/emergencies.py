"""What callers who wait are told of an emergency: once as soon as it begins, then in turn with what else is said.

app_queue says it, so nobody leaves the queue to hear it. The words come to Asterisk's disk by AGI's refresher, a moment
after they are in the database: before that nothing is told.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from ivr import prompts, queries
from ivr.tables import Emergency
from run.asterisk.queue_lines import AT_ONCE_EVERY, QueueLine
from staff.queries import organisations
from staff.tables import Organisation

AT_ONCE = timedelta(seconds=AT_ONCE_EVERY + 3)  # so long everybody who waits is told at once: nobody twice
KNOWN_BY_ALL = timedelta(minutes=2)  # after its beginning a new listener takes it for told
LOOKS_AGAIN = timedelta(seconds=1)  # for words that are not there yet


class Tellings:
    """Remembers since when each emergency can be heard; `again_at` is when something changes by itself."""

    def __init__(self) -> None:
        self._audible: dict[int, datetime] = {}
        self.again_at: datetime | None = None

    def into(self, session: Session, lines: Sequence[QueueLine], now: datetime, *, sounds: Path) -> list[QueueLine]:
        """The queues with what those are told who wait there at this moment (needs EVERY_ORGANISATION)."""
        of = {organisation.id: organisation for organisation in organisations(session)}
        running = {of[each.organisation_id].code: each for each in queries.emergencies(session) if each.until_at > now}
        files = {each.id: _files(session, of[each.organisation_id], each, sounds) for each in running.values()}
        self.again_at = min((self._next(each, now, files[each.id]) for each in running.values()), default=None)
        kept = {each.id for each in running.values()}
        self._audible = {number: since for number, since in self._audible.items() if number in kept}
        return [self._told(line, running, now) for line in lines]

    def _next(self, emergency: Emergency, now: datetime, files: Collection[Path]) -> datetime:
        """Notes since when it can be heard; when it is to be looked at again."""
        if emergency.id not in self._audible:
            if not files or not all(file.exists() for file in files):
                return min(now + LOOKS_AGAIN, emergency.until_at)
            late = now - emergency.since_at > KNOWN_BY_ALL
            self._audible[emergency.id] = now - AT_ONCE if late else now
        told = self._audible[emergency.id] + AT_ONCE
        return min(told, emergency.until_at) if told > now else emergency.until_at

    def _told(self, line: QueueLine, running: Mapping[str, Emergency], now: datetime) -> QueueLine:
        emergency = running.get(line.organisation)
        if emergency is None or emergency.id not in self._audible:
            return line
        if emergency.queues and line.name.removeprefix(f"{line.organisation}-") not in emergency.queues:
            return line
        at_once = emergency.prompt if now < self._audible[emergency.id] + AT_ONCE else ""
        return replace(line, messages=[*line.messages, emergency.prompt], at_once=at_once)


def _files(session: Session, organisation: Organisation, emergency: Emergency, sounds: Path) -> list[Path]:
    """Its sound in each language it was spoken in: a language that the organisation took up later has none."""
    spoken = {each.language for each in queries.typed_prompts(session) if each.prompt == emergency.prompt}
    folders = [f"{language}_{organisation.code}" for language in organisation.languages if language in spoken]
    return [prompts.path(sounds, folder, emergency.prompt) for folder in folders]
