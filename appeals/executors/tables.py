"""Executors, their people and the absences of these people, as stored. Nothing is deleted: appeals name them."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from appeals.executors.model import Kind, MemberRole
from db import Base, OfOrganisation, created_at, identity, one_of


class Executor(OfOrganisation, Base):
    """A body, a department or an enterprise that carries appeals out; closed ones stay for the appeals they had."""

    __tablename__ = "executor"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint("code <> ''", name="code"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("parent_id <> id", name="parent"),
        CheckConstraint("phone = '' OR phone ~ '^\\+[0-9]{5,15}$'", name="phone"),
        Index("ix_executor_parent_id", "parent_id"),
    )

    id: Mapped[identity]
    code: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default=Kind.BODY)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("executor.id"))
    head: Mapped[str] = mapped_column(server_default="")  # who leads it, as a letter would address them
    email: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")  # E.164
    connected: Mapped[bool] = mapped_column(server_default=text("false"))  # works here; else it is written to
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[created_at]


class ExecutorMember(OfOrganisation, Base):
    """A person works for an executor from a day on; `valid_until` is the last one."""

    __tablename__ = "executor_member"
    __table_args__ = (
        CheckConstraint(one_of("role", MemberRole), name="role"),
        CheckConstraint("valid_until >= valid_from", name="validity"),
        ExcludeConstraint(
            (func.int8range(text("executor_id"), text("executor_id"), text("'[]'")), "&&"),
            (func.int8range(text("person_id"), text("person_id"), text("'[]'")), "&&"),
            (func.daterange(text("valid_from"), text("valid_until"), text("'[]'")), "&&"),
            name="ex_executor_member_once_at_a_time",
        ),
        Index("ix_executor_member_executor_id", "executor_id"),
        Index("ix_executor_member_person_id", "person_id"),
    )

    id: Mapped[identity]
    executor_id: Mapped[int] = mapped_column(ForeignKey("executor.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(server_default=MemberRole.WORKER)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    created_at: Mapped[created_at]


class Absence(OfOrganisation, Base):
    """A person is away from one day to another, the last one included; somebody may stand in."""

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("until >= since", name="until"),
        CheckConstraint("substitute_id <> person_id", name="substitute"),
        ExcludeConstraint(
            (func.int8range(text("person_id"), text("person_id"), text("'[]'")), "&&"),
            (func.daterange(text("since"), text("until"), text("'[]'")), "&&"),
            name="ex_absence_one_at_a_time",
        ),
        Index("ix_absence_until", "organisation_id", "until"),
        Index("ix_absence_substitute_id", "substitute_id"),
    )

    id: Mapped[identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    since: Mapped[date]
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(server_default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[created_at]
