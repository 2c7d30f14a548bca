"""Lines of the journal, the words of appeals, people's views and columns, files and deeds, as stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    MetaData,
    Text,
    UniqueConstraint,
    event,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from appeals.journal.model import DeedState, ExportState, Format, Part
from appeals.journal.upkeep import STATEMENTS
from appeals.tables import STILL_OPEN
from appeals.workflow.tables import STILL_ASSIGNED
from db import Base, OfOrganisation, created_at, identity, one_of, table_of
from staff.model import Role

_BYTEWISE = Text(collation="C")  # the order of keys: what begins alike stands together
_ALPHABETICAL = Text(collation="und-x-icu")  # the order of names, Ukrainian letters included
# Words, not parameters: only so PostgreSQL sees at every planning that a partial index serves.
IS_OPEN = literal_column(f"(appeal_line.{STILL_OPEN})", Boolean())
IS_LONG = literal_column("(appeal_line.long_control)", Boolean())
IS_ASSIGNED = literal_column(f"(assignment.{STILL_ASSIGNED})", Boolean())
# What open appeals and those under long control are counted by without their rows, which lie scattered (0130).
_BESIDE = (
    "registered_at", "due_at", "attention_at", "state", "kind", "source", "topic", "problem", "result", "sign",
    "registered_by", "district_id", "long_control",
)  # fmt: skip
GROUPS = ("state", "kind", "source", "topic", "problem", "result", "sign", "registered_by", "district_id")


def _in_order(name: str, *columns: str) -> Index:
    return Index(f"ix_appeal_line_{name}", "organisation_id", *columns, "appeal_id")


class Line(OfOrganisation, Base):
    """What the journal finds and sorts an appeal by, in one narrow row; PostgreSQL keeps it (`upkeep`).

    Nothing is NULL: what is missing is "" or 0, and a moment that has not come stands behind all others.
    """

    __tablename__ = "appeal_line"
    __table_args__ = (
        *(_in_order(name, f"{name}_at") for name in ("registered", "received", "due", "closed")),
        _in_order("number", "number"),
        _in_order("index", "index"),
        _in_order("name", "name"),
        _in_order("phone", "phone"),
        _in_order("place", "street", "house_number"),
        _in_order("executor", "executor"),
        *(_in_order(name, name, "registered_at") for name in GROUPS),
        Index(
            "ix_appeal_line_open_due",
            "organisation_id", "due_at", "appeal_id",
            postgresql_include=[name for name in _BESIDE if name != "due_at"],
            postgresql_where=text(STILL_OPEN),
        ),
        Index(
            "ix_appeal_line_long_control",
            "organisation_id", "registered_at", "appeal_id",
            postgresql_include=[name for name in _BESIDE if name != "registered_at"],
            postgresql_where=text("long_control"),
        ),
        Index(  # of appeals that were found elsewhere: by words, by executors (0130)
            "ix_appeal_line_seen",
            "appeal_id",
            postgresql_include=["organisation_id", "registered_at", "due_at", "attention_at", "state"],
        ),
        Index("ix_appeal_line_unspelled", "appeal_id", postgresql_where=text("unspelled")),
    )  # fmt: skip

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[str] = mapped_column(_BYTEWISE)
    index: Mapped[str] = mapped_column(_BYTEWISE)  # of registration, beside the number
    registered_at: Mapped[datetime]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attention_at: Mapped[datetime]
    closed_at: Mapped[datetime]
    state: Mapped[str]
    kind: Mapped[str]
    source: Mapped[str]
    topic: Mapped[str]
    problem: Mapped[str]
    result: Mapped[str]
    sign: Mapped[str]  # first, repeated ...: code in the classifier
    registered_by: Mapped[int]
    long_control: Mapped[bool]
    name: Mapped[str] = mapped_column(_ALPHABETICAL)  # of the applicant
    phone: Mapped[str] = mapped_column(_BYTEWISE)
    street: Mapped[str] = mapped_column(_ALPHABETICAL)  # of the main address, else what was typed
    house_number: Mapped[int]
    district_id: Mapped[int]
    executor: Mapped[str] = mapped_column(_ALPHABETICAL)  # the main one's name, else the first one's; "": nobody has it
    unspelled: Mapped[bool]  # its words are still to be written


class Word(OfOrganisation, Base):
    """One word of an appeal, as `appeals.spelling` reads it. There are millions: no index that nothing asks for."""

    __tablename__ = "appeal_word"
    __table_args__ = (
        CheckConstraint(one_of("part", Part), name="part"),
        Index("ix_appeal_word_word", "organisation_id", "part", "word", "appeal_id"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(_BYTEWISE, primary_key=True)


class View(OfOrganisation, Base):
    """Filters, order and columns under a name: its owner's, and to open and copy for whom it is shared with."""

    __tablename__ = "journal_view"
    __table_args__ = (
        UniqueConstraint("person_id", "name"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint(one_of("role", Role), name="role"),
        CheckConstraint("shared::int + num_nonnulls(role, executor_id, team_id) <= 1", name="shared"),
    )

    id: Mapped[identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    name: Mapped[str]
    shared: Mapped[bool] = mapped_column(server_default=text("false"))  # with everybody here
    role: Mapped[str | None]  # with whom has it
    executor_id: Mapped[int | None] = mapped_column(ForeignKey("executor.id"))  # with who works for it
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="SET NULL"))  # with who is in it
    query: Mapped[dict[str, str]]
    columns: Mapped[list[str]] = mapped_column(server_default="{}")
    made_at: Mapped[created_at]


class Taste(OfOrganisation, Base):
    """The columns a person has chosen, in their order."""

    __tablename__ = "journal_taste"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    columns: Mapped[list[str]]


class Export(OfOrganisation, Base):
    """A file of the journal that a worker makes; gone when its time is over."""

    __tablename__ = "journal_export"
    __table_args__ = (
        CheckConstraint(one_of("state", ExportState), name="state"),
        CheckConstraint("(state = 'done') = (object_key IS NOT NULL)", name="done"),
        CheckConstraint(one_of("format", Format), name="format"),
        Index("ix_journal_export_under_way", "state", postgresql_where=text("state IN ('waiting', 'running')")),
        Index("ix_journal_export_expires_at", "expires_at"),
    )

    id: Mapped[identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    query: Mapped[dict[str, str]]
    columns: Mapped[list[str]]
    codes: Mapped[bool]  # with a column of codes beside each of words
    format: Mapped[str] = mapped_column(server_default=Format.XLSX)
    language: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=ExportState.WAITING)
    rows: Mapped[int] = mapped_column(server_default="0")  # of all, once they are known
    written: Mapped[int] = mapped_column(server_default="0")
    size: Mapped[int] = mapped_column(server_default="0")  # bytes
    object_key: Mapped[str | None]
    asked_at: Mapped[created_at]
    told_at: Mapped[created_at]  # the last sign of life of who makes it
    expires_at: Mapped[datetime]


class Deed(OfOrganisation, Base):
    """What is done to many appeals, with what was there before: it can be undone for a while.

    A worker goes through those `marked`, an appeal a transaction, when it is done and once more when it is undone.
    """

    __tablename__ = "journal_deed"
    __table_args__ = (
        CheckConstraint(one_of("state", DeedState), name="state"),
        CheckConstraint("gone BETWEEN 0 AND cardinality(marked)", name="gone"),
        Index("ix_journal_deed_at_work", "state", postgresql_where=text("state IN ('running', 'undoing')")),
    )

    id: Mapped[identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    deed: Mapped[str]
    reason: Mapped[str]
    executor_id: Mapped[int | None] = mapped_column(ForeignKey("executor.id"))  # to whom they were given
    part: Mapped[str | None]  # as which executor
    state: Mapped[str] = mapped_column(server_default=DeedState.DONE)
    marked: Mapped[list[str]] = mapped_column(server_default="{}")  # numbers, in the order they are gone through
    gone: Mapped[int] = mapped_column(server_default="0")  # how many of them have been
    left: Mapped[list[str]] = mapped_column(server_default="{}")  # changed by others before it was undone
    language: Mapped[str] = mapped_column(server_default="")  # of what is written by a worker
    before: Mapped[dict[str, Any]]  # by the appeal's number: what it was before, or what was made
    refused: Mapped[dict[str, str]] = mapped_column(server_default="{}")  # why, by the appeal's number
    done_at: Mapped[created_at]
    told_at: Mapped[created_at]  # the last sign of life of who goes through them
    undone_at: Mapped[datetime | None]


@event.listens_for(Base.metadata, "after_create")
def _keep_lines(_metadata: MetaData, connection: Connection, **_options: Any) -> None:
    """Tables made at once get their triggers as well; an installation has them from its migrations."""
    for statement in STATEMENTS:
        connection.exec_driver_sql(statement)


__all__ = ["GROUPS", "IS_ASSIGNED", "IS_LONG", "IS_OPEN", "Deed", "Export", "Line", "Taste", "View", "Word", "table_of"]
