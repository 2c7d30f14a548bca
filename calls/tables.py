"""The journal of events, the places of its readers, and the ledger of calls made from it."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from calls.model import CallState, Direction, LegOutcome, VisitOutcome
from db import Base, OfOrganisation, identity


class JournalRow(Base):
    """One event of one node, written once by the node's listener and never changed."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_call", "call", "seq", postgresql_where=text("call IS NOT NULL")),
        Index("ix_journal_at", "at", postgresql_using="brin"),
    )

    node: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, 3 ... without gaps
    at: Mapped[datetime]  # Asterisk's clock
    kind: Mapped[str]  # a class of calls.events
    call: Mapped[UUID | None]
    organisation_id: Mapped[int | None]  # no foreign key: the journal accepts whatever Asterisk said
    body: Mapped[dict[str, Any]]


class JournalPlace(Base):
    """How far one node's spool is in the journal; moves in the transaction that inserts the events."""

    __tablename__ = "journal_place"

    node: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str]  # name of the spool file
    offset: Mapped[int]  # bytes of it that are in the journal
    seq: Mapped[int]  # the last one given
    queue_log_file: Mapped[int] = mapped_column(server_default="0")  # inode of Asterisk's queue_log
    queue_log_offset: Mapped[int] = mapped_column(server_default="0")  # everything before it is in the journal


class ReaderPlace(Base):
    """How far one reader is in one node's journal; 0 rebuilds. Moves in the transaction of the reader's work."""

    __tablename__ = "reader_place"

    reader: Mapped[str] = mapped_column(primary_key=True)
    node: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    error: Mapped[str | None]  # why the reader stands still; NULL while it runs
    failed_at: Mapped[datetime | None]  # since when it stands still
    failures: Mapped[int] = mapped_column(server_default="0")  # in a row
    recovered_at: Mapped[datetime | None]  # when it last ran again after it had stood still


class UnexpectedRow(Base):
    """An event that did not fit the state of its call: recorded, counted, read on."""

    __tablename__ = "unexpected_event"

    reader: Mapped[str] = mapped_column(primary_key=True)
    node: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    call: Mapped[UUID | None]
    reason: Mapped[str]


FILTERED: Final = ("agent", "queue", "topic", "language", "result", "fate", "recorded")  # what the list filters by


def _for_the_list(name: str, *columns: str, more: tuple[str, ...] = (), where: str | None = None) -> Index:
    """An index in the list's order that has all that is filtered, so that no row is fetched to be left out."""
    beside = [*more, *(each for each in ("arrived_at", *FILTERED) if each not in columns)]
    only = None if where is None else text(where)
    keys = (text(each) if each.startswith("(") else each for each in columns)
    return Index(name, "organisation_id", *keys, "id", postgresql_include=beside, postgresql_where=only)


def _by_part(name: str, *columns: str, least: int) -> Index:
    """For the list of somebody's calls: those of at least so many, not of the last one alone."""
    more = ("agents", "waited", "talked")
    return _for_the_list(name, *columns, "arrived_at", more=more, where=f"cardinality(agents) >= {least}")


class CallRow(OfOrganisation, Base):
    """A call as the ledger knows it."""

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint("(state = 'ended') = (fate IS NOT NULL)", name="fate"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_at"),
        *(_for_the_list(f"ix_call_{name}", name, "arrived_at") for name in FILTERED if name != "recorded"),
        _for_the_list("ix_call_page", "arrived_at"),
        _for_the_list("ix_call_longest_waits", "waited"),
        _for_the_list("ix_call_longest_talks", "talked"),
        *(_for_the_list(f"ix_call_waits_of_{name}", name, "waited") for name in ("topic", "queue")),
        *(  # nobody waits or talks in calls of most fates: among all calls they stand at the very end
            _for_the_list(f"ix_call_{name}", "fate", column, where="fate IS NOT NULL")
            for name, column in (("waits_of_fate", "waited"), ("talks_of_fate", "talked"))
        ),
        _for_the_list("ix_call_unrecorded", "arrived_at", where="recorded IS false"),
        _for_the_list("ix_call_talks_of_agent", "agent", "talked"),
        _by_part("ix_call_passed_on_first", "(agents[1])", least=1),
        _by_part("ix_call_passed_on_second", "(agents[2])", least=1),
        _by_part("ix_call_passed_on_further", least=3),
        Index("ix_call_caller", "organisation_id", "caller", "arrived_at"),
        Index(
            "ix_call_caller_end",
            "organisation_id",
            "caller_end",
            postgresql_ops={"caller_end": "text_pattern_ops"},
            postgresql_include=["id", "arrived_at", *FILTERED],
        ),
        Index("ix_call_dialled", "organisation_id", "dialled", "arrived_at", "id"),
        Index("ix_call_open", "node", "organisation_id", postgresql_where=text("state <> 'ended'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    node: Mapped[str]
    channel: Mapped[str]  # Uniqueid of the caller's channel, as in queue_log
    source: Mapped[str]
    trunk: Mapped[str | None]  # the address of the trunk it came from or went to; NULL where none was used
    direction: Mapped[str] = mapped_column(server_default=Direction.IN)
    caller: Mapped[str]  # the citizen's number, whoever called whom; "" when withheld
    caller_end: Mapped[str | None] = mapped_column(Computed("reverse(caller)", persisted=True))  # found by last digits
    dialled: Mapped[str]  # the organisation's own
    language: Mapped[str]
    topic: Mapped[str | None]
    menu_path: Mapped[list[str]]  # keys accepted, "hotline:1"
    queue: Mapped[str | None]  # the last one visited
    agent: Mapped[str | None]  # who talks now, or talked last; Interface
    agents: Mapped[list[str]] = mapped_column(server_default="{}")  # who took part, where it was not `agent` alone
    state: Mapped[str] = mapped_column(default=CallState.ARRIVED)
    fate: Mapped[str | None]
    arrived_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]  # first visit
    offered_at: Mapped[datetime | None]  # first ring
    answered_at: Mapped[datetime | None]  # first answer
    ended_at: Mapped[datetime | None]
    waited: Mapped[timedelta]  # in queues, all visits
    talked: Mapped[timedelta]  # with agents, hold included
    held: Mapped[timedelta]
    waits: Mapped[int]  # visits to queues
    transfers: Mapped[int]
    cause: Mapped[int | None]  # Q.850, of the caller's channel
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))  # while it is not ended

    # Facts of other domains, set through calls.service so that one table filters the list of calls.
    result: Mapped[str | None]  # of the wrap-up
    recorded: Mapped[bool] = mapped_column(server_default=text("false"))  # something can be played


class LegRow(OfOrganisation, Base):
    """One agent's part in a call: offered, perhaps answered, left."""

    __tablename__ = "call_leg"
    __table_args__ = (Index("ix_call_leg_agent", "organisation_id", "agent", "offered_at"),)

    call: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1 is the first in this call
    agent: Mapped[str]
    queue: Mapped[str | None]
    offered_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    talked: Mapped[timedelta]
    outcome: Mapped[str] = mapped_column(default=LegOutcome.OFFERED)


class VisitRow(OfOrganisation, Base):
    """One visit of a call to a queue; what Asterisk's queue_log counts."""

    __tablename__ = "call_visit"
    __table_args__ = (
        Index("ix_call_visit_queue", "organisation_id", "queue", "joined_at", postgresql_include=["call", "outcome"]),
        Index("ix_call_visit_waiting", "queue", postgresql_where=text("outcome = 'waiting'")),
    )

    call: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    queue: Mapped[str]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    agent: Mapped[str | None]
    outcome: Mapped[str] = mapped_column(default=VisitOutcome.WAITING)


class Topic(OfOrganisation, Base):
    """What a call is about; one directory for menus, wrap-up and appeals."""

    __tablename__ = "topic"
    __table_args__ = (UniqueConstraint("organisation_id", "code"),)

    id: Mapped[identity]
    code: Mapped[str]
    name: Mapped[dict[str, str]]  # by language
    position: Mapped[int] = mapped_column(server_default="0")
    disabled_at: Mapped[datetime | None]  # chosen no more; what was keeps its name
