"""Who carries an appeal out, and what was done with it and with their work, as stored."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from appeals.executors.tables import Executor
from appeals.tables import Appeal
from appeals.workflow.model import WITH_EXECUTOR, Deed, Outcome, Part, Work
from db import Base, OfOrganisation, created_at, identity, one_of

STILL_ASSIGNED = f"state <> '{Work.WITHDRAWN.value}'"
_ACTIVE = text(STILL_ASSIGNED)
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
        Index("uq_assignment_executor", "appeal_id", "executor_id", unique=True, postgresql_where=_ACTIVE),
        Index(
            "uq_assignment_main",
            "appeal_id",
            unique=True,
            postgresql_where=text(f"role = '{Part.MAIN.value}' AND {STILL_ASSIGNED}"),
        ),
        Index("ix_assignment_appeal_id", "appeal_id", "id"),
        Index("ix_assignment_executor", "executor_id", "appeal_id", postgresql_where=_ACTIVE),
        Index("ix_assignment_with_executor", "executor_id", "id", postgresql_where=_WITH_EXECUTOR),
        Index("ix_assignment_state", "organisation_id", "state", "appeal_id"),
    )

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
    body: Mapped[str] = mapped_column(server_default="")  # to which it was forwarded
    until_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(server_default=text("false"))  # after the term that the law gives this deed
    submission: Mapped[UUID | None]  # of the form: sent twice, it is done once
