"""What pages of no single domain ask for."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, column, func, select, table
from sqlalchemy.orm import Session, aliased

from acd.desk import named
from acd.queries import open_queues
from acd.queues.model import Message
from acd.queues.queries import overflow_steps
from acd.tables import Queue
from calls.tables import JournalPlace, JournalRow, ReaderPlace
from ivr import catalogue, contents, document
from ivr import queries as menus
from ivr import words as menu_words
from ivr.editor.offered import menu_titles
from ivr.model import Speak
from ivr.tables import DialledNumber
from run.job_runs import JobRun
from run.part_states import PartState
from staff.queries import organisation as organisation_of
from web.languages import audience
from web.languages import gettext as _


def dialled_numbers(session: Session) -> dict[int, list[str]]:
    """The numbers citizens dial, by organisation; every organisation has a list, perhaps an empty one."""
    numbers: dict[int, list[str]] = defaultdict(list)
    wanted = select(DialledNumber.organisation_id, DialledNumber.number).order_by(DialledNumber.number)
    for organisation, number in session.execute(wanted):
        numbers[organisation].append(number)
    return numbers


def queue_names(session: Session, *, closed: bool = False) -> dict[str, dict[str, str]]:
    """Codes of the queues with their names by language, in their order on pages; of those closed too, if wanted."""
    wanted = select(Queue.code, Queue.name).order_by(Queue.position, Queue.id)
    rows = session.execute(wanted if closed else wanted.where(Queue.closed_at.is_(None)))
    return {row.code: row.name for row in rows}


def menus_leading_to(session: Session, queue: str) -> list[str]:
    """The parts of the published menus and rosters that lead to the queue of this code, in words."""
    row = menus.find_document(session)
    published = document.parse(row.document) if row else None
    titles = menu_titles(published) if published else {}
    places = [place for place, led_to in contents.led_to(published) if led_to == queue] if published else []
    return list(dict.fromkeys(menu_words.place(place, titles) for place in places))


def messages(session: Session, organisation_id: int) -> dict[str, Message]:
    """The prompts that a queue may say to whoever waits, by name; an emergency's are none of them."""
    organisation = organisation_of(session, organisation_id)
    known = catalogue.entries(session, organisation)
    shown = catalogue.shown(known, [audience().language, organisation.default_language, *organisation.languages])
    heard = catalogue.sounds(known, organisation.languages)
    return {
        name: Message(shown[name], tuple(code for code in organisation.languages if name not in heard[code]))
        for name in sorted(known)
    }


def prompt_uses(session: Session, prompt: str) -> list[str]:
    """Where callers hear this prompt now: parts of the published menus, then queues, in words."""
    row = menus.find_document(session)
    published = document.parse(row.document) if row else None
    titles = menu_titles(published) if published else {}
    places = [place for place, said in contents.said(published) if said == prompt] if published else []
    told = {step.queue_id for step in overflow_steps(session) if step.prompt == prompt}
    waiting = [named(queue.name) for queue in open_queues(session) if prompt in queue.messages or queue.id in told]
    uses = [menu_words.said_at(place, titles) for place in places]
    return list(dict.fromkeys([*uses, *(_("queue “%(queue)s”") % {"queue": name} for name in waiting)]))


def languages_needed(session: Session) -> dict[str, list[str]]:
    """What callers meet in each language of the transaction's organisation: its numbers and its menus, in words."""
    needed: dict[str, list[str]] = defaultdict(list)
    for number in menus.own_numbers(session):
        needed[number.language].append(_("number %(number)s") % {"number": number.number})
    row = menus.find_document(session)
    published = document.parse(row.document) if row else None
    titles = menu_titles(published) if published else {}
    for place, action in contents.actions(published) if published else ():
        if isinstance(action, Speak):
            needed[action.language].append(menu_words.place(place, titles))
    return dict(needed)


@dataclass(frozen=True, slots=True)
class ReaderState:
    """How far a reader of the journal is."""

    name: str
    node: str
    behind: int  # events
    since: datetime | None  # Asterisk's time of the oldest event that it has not read
    error: str | None
    stands_since: datetime | None
    recovered_at: datetime | None  # None for one that never stood still


def job_runs(session: Session) -> Sequence[JobRun]:
    """The last run of each of the scheduler's jobs."""
    return session.scalars(select(JobRun).order_by(JobRun.name)).all()


def part_states(session: Session) -> dict[str, PartState]:
    """What the scheduler found of each server and process when it looked last."""
    return {row.name: row for row in session.scalars(select(PartState))}


def postgres_since(session: Session) -> datetime:
    """When PostgreSQL was started."""
    started: datetime = session.scalars(select(func.pg_postmaster_start_time())).one()
    return started


def postgres_version(session: Session) -> str:
    """Which PostgreSQL answers."""
    return str(session.scalar(select(func.current_setting("server_version"))))


def migration(session: Session) -> str:
    """The last migration that the database has; "" where nobody wrote it down, or we may not read it."""
    readable = select(func.has_table_privilege(func.to_regclass("alembic_version"), "SELECT"))
    if not session.scalar(readable):
        return ""
    return str(session.scalar(select(column("version_num")).select_from(table("alembic_version"))) or "")


def reader_places(session: Session) -> list[ReaderState]:
    """Each reader's distance from the end of its node's journal."""
    unread = aliased(JournalRow)
    rows = session.execute(
        select(ReaderPlace, JournalPlace.seq, unread.at)
        .outerjoin(JournalPlace, JournalPlace.node == ReaderPlace.node)
        .outerjoin(unread, and_(unread.node == ReaderPlace.node, unread.seq == ReaderPlace.seq + 1))
        .order_by(ReaderPlace.reader, ReaderPlace.node)
    )
    return [
        ReaderState(
            place.reader,
            place.node,
            max(0, (last or 0) - place.seq),
            since,
            place.error,
            place.failed_at,
            place.recovered_at,
        )
        for place, last, since in rows
    ]
