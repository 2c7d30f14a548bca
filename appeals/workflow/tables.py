"""Who carries an appeal out, and what was done with it and with their work, as stored."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, UniqueConstraint, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from appeals.executors.tables import Executor
from appeals.tables import Appeal
from appeals.workflow.model import WITH_EXECUTOR, Corrected, Deed, Outcome, Part, Stage, Work
from db import Base, OfOrganisation, created_at, identity, one_of

STILL_ASSIGNED = f"state <> '{Work.WITHDRAWN.value}'"
_ACTIVE = text(STILL_ASSIGNED)
REWORKED = literal_column("(assignment.reworks > 0)", Boolean())  # in words, so that its index serves
_WITH_EXECUTOR = text(f"state IN ({', '.join(sorted(repr(work.value) for work in WITH_EXECUTOR))})")


class Assignment(OfOrganisation, Base):
    """One executor's piece of work on an appeal."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint(one_of("role", Part), name="role"),
        CheckConstraint(one_of("state", Work), name="state"),
        CheckConstraint(f"outcome IS NULL OR {one_of('outcome', Outcome)}", name="outcome"),
        CheckConstraint("reworks >= 0", name="reworks"),
        CheckConstraint("(outcome IS NULL) = (reported_by IS NULL)", name="reported_by"),
        CheckConstraint("state NOT IN ('done', 'accepted') OR (outcome IS NOT NULL AND report <> '')", name="report"),
        CheckConstraint("(outcome IS NOT DISTINCT FROM 'later') = (later_on IS NOT NULL)", name="later_on"),
        Index(
            "uq_assignment_executor",
            "appeal_id", "executor_id",
            unique=True, postgresql_include=["organisation_id"], postgresql_where=_ACTIVE,
        ),
        Index(
            "uq_assignment_main",
            "appeal_id",
            unique=True,
            postgresql_where=text(f"role = '{Part.MAIN.value}' AND {STILL_ASSIGNED}"),
        ),
        Index("ix_assignment_appeal_id", "appeal_id", "id"),
        Index(
            "ix_assignment_executor",
            "executor_id", "appeal_id",
            postgresql_include=["organisation_id"], postgresql_where=_ACTIVE,
        ),
        Index("ix_assignment_with_executor", "executor_id", "id", postgresql_where=_WITH_EXECUTOR),
        Index("ix_assignment_state", "organisation_id", "state", "appeal_id"),
        Index("ix_assignment_reworked", "organisation_id", "appeal_id", postgresql_where=text("reworks > 0")),
    )  # fmt: skip

    id: Mapped[identity]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"))
    executor_id: Mapped[int] = mapped_column(ForeignKey("executor.id"))
    role: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=Work.ASSIGNED)
    task: Mapped[str] = mapped_column(server_default="")  # this executor's part of the matter
    due_at: Mapped[datetime | None]  # a term of its own; NULL: the appeal's
    reworks: Mapped[int] = mapped_column(server_default="0")
    outcome: Mapped[str | None]
    report: Mapped[str] = mapped_column(server_default="")
    later_on: Mapped[date | None]  # when what cannot be done now can be
    reported_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    on_behalf: Mapped[bool] = mapped_column(server_default=text("false"))  # entered for an executor without access
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))  # the one it was passed on from
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # NULL: a rule
    assigned_at: Mapped[created_at]
    taken_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    appeal: Mapped[Appeal] = relationship(lazy="raise")
    executor: Mapped[Executor] = relationship(lazy="raise")


class AppealDeed(OfOrganisation, Base):
    """What was done with an appeal or one of its assignments: appended, never changed."""

    __tablename__ = "appeal_deed"
    __table_args__ = (
        UniqueConstraint("submission"),
        CheckConstraint(one_of("deed", Deed), name="deed"),
        Index("ix_appeal_deed_appeal_id", "appeal_id", "id"),
        Index("ix_appeal_deed_assignment_id", "assignment_id", "id"),
    )

    id: Mapped[identity]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"))
    at: Mapped[created_at]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who; NULL: a rule
    executor_id: Mapped[int | None] = mapped_column(ForeignKey("executor.id"))  # for whom, of whose work
    to_executor_id: Mapped[int | None] = mapped_column(ForeignKey("executor.id"))  # to whom it was passed on
    deed: Mapped[str]
    was: Mapped[str] = mapped_column(server_default="")  # state before, of the assignment or of the appeal
    became: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    result: Mapped[str] = mapped_column(server_default="")
    body: Mapped[str] = mapped_column(server_default="")  # to which it was forwarded; the chancellery's number
    until_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(server_default=text("false"))  # after the term that the law gives this deed
    submission: Mapped[UUID | None]  # of the form: sent twice, it is done once


class AppealCorrection(OfOrganisation, Base):
    """One field of a card that was put right after the registration (U-106): appended, never changed."""

    __tablename__ = "appeal_correction"
    __table_args__ = (CheckConstraint(one_of("field", Corrected), name="field"),)

    id: Mapped[identity]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), index=True)
    deed_id: Mapped[int] = mapped_column(ForeignKey("appeal_deed.id", ondelete="CASCADE"))  # with who, when and why
    field: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]


class Filing(OfOrganisation, Base):
    """The way of an appeal through the editor and the chancellery: where it stands, both numbers, how long it took."""

    __tablename__ = "filing"
    __table_args__ = (
        UniqueConstraint("organisation_id", "incoming"),
        UniqueConstraint("organisation_id", "outgoing"),
        CheckConstraint(one_of("stage", Stage), name="stage"),
        CheckConstraint("returns >= 0", name="returns"),
        CheckConstraint("stage <> 'entered' OR incoming IS NOT NULL", name="incoming"),
        CheckConstraint("(stage = 'dispatched') = (outgoing IS NOT NULL)", name="outgoing"),
        CheckConstraint("(outgoing IS NULL) = (dispatched_at IS NULL)", name="dispatched_at"),
        Index("ix_filing_stage", "organisation_id", "stage", "moved_at"),
        Index("ix_filing_entered_at", "organisation_id", "entered_at"),
    )

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), primary_key=True)
    stage: Mapped[str] = mapped_column(server_default=Stage.TO_FORMALISE)
    recorded: Mapped[str]  # the words that were taken down, before the editor's
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who has it, or had it last
    incoming: Mapped[str | None]  # its number in the chancellery's register
    outgoing: Mapped[str | None]  # of the answer
    returns: Mapped[int] = mapped_column(server_default="0")  # to the editor
    begun_at: Mapped[created_at]
    moved_at: Mapped[created_at]  # since when it stands where it stands
    editing: Mapped[timedelta] = mapped_column(server_default="0")  # with the editor, all times together
    checking: Mapped[timedelta] = mapped_column(server_default="0")  # at the chancellery before it was entered
    entered_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]

    appeal: Mapped[Appeal] = relationship(lazy="raise")


class Chancellery(OfOrganisation, Base):
    """Whether appeals of an organisation pass an editor and a chancellery, and how the chancellery numbers."""

    __tablename__ = "chancellery"
    __table_args__ = (
        CheckConstraint("incoming LIKE '%{number}%' AND incoming LIKE '%{year}%'", name="incoming"),
        CheckConstraint("outgoing LIKE '%{number}%' AND outgoing LIKE '%{year}%'", name="outgoing"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    since: Mapped[datetime | None]  # what is registered from then on is filed; NULL: nothing is
    incoming: Mapped[str]
    outgoing: Mapped[str]


class ChancelleryNumbering(OfOrganisation, Base):
    """The last number given in a register in a year; its row lock makes numbers unique and without gaps."""

    __tablename__ = "chancellery_numbering"
    __table_args__ = (UniqueConstraint("organisation_id", "register", "year"),)

    id: Mapped[identity]
    register: Mapped[str]
    year: Mapped[int]
    last: Mapped[int]


class ReopeningRule(OfOrganisation, Base):
    """Within how many days of its closing an appeal may be reopened, from a day on; NULL is for ever."""

    __tablename__ = "reopening_rule"
    __table_args__ = (
        UniqueConstraint("organisation_id", "valid_from"),
        CheckConstraint("days > 0", name="days"),
        CheckConstraint("basis <> ''", name="basis"),
    )

    id: Mapped[identity]
    days: Mapped[int | None]
    basis: Mapped[str]  # the law and its article, or the organisation's own decision
    verified: Mapped[bool] = mapped_column(server_default=text("false"))
    valid_from: Mapped[date]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[created_at]
