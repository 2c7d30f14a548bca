"""Rules of retention, legal holds, acts of deletion and their lists, as stored."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from calls.model import Fate
from db import Base, OfOrganisation, created_at, identity, one_of
from recordings.keeping.model import ActState, Outcome


def _of_a_person() -> ForeignKey:
    return ForeignKey("person.id", ondelete="RESTRICT")


class RetentionRule(OfOrganisation, Base):
    """How long recordings of a topic and a fate are kept, "" being any; changed by a rule that begins later."""

    __tablename__ = "retention_rule"
    __table_args__ = (
        UniqueConstraint("organisation_id", "topic", "fate", "valid_from"),
        CheckConstraint("keeps > interval '0'", name="keeps"),
        CheckConstraint(f"fate = '' OR {one_of('fate', Fate)}", name="fate"),
        CheckConstraint("valid_until >= valid_from", name="validity"),
        CheckConstraint("basis <> ''", name="basis"),
    )

    id: Mapped[identity]
    topic: Mapped[str]
    fate: Mapped[str]
    keeps: Mapped[timedelta]  # whole days
    basis: Mapped[str]  # the law, order or contract that says so
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # its last day
    made_by: Mapped[int | None] = mapped_column(_of_a_person())
    created_at: Mapped[created_at]


class LegalHold(OfOrganisation, Base):
    """Recordings of one call, or of all calls from one number, may not be deleted."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("(call IS NULL) <> (caller IS NULL)", name="of_what"),
        CheckConstraint("why <> ''", name="why"),
        CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="released"),
        Index("ix_legal_hold_call", "organisation_id", "call", postgresql_where=text("released_at IS NULL")),
        Index("ix_legal_hold_caller", "organisation_id", "caller", postgresql_where=text("released_at IS NULL")),
    )

    id: Mapped[identity]
    call: Mapped[UUID | None]
    caller: Mapped[str | None]
    why: Mapped[str]
    until: Mapped[date | None]  # its last day; without one it lasts until somebody releases it
    placed_by: Mapped[int] = mapped_column(_of_a_person())
    placed_at: Mapped[created_at]
    released_by: Mapped[int | None] = mapped_column(_of_a_person())
    released_at: Mapped[datetime | None]
    release_why: Mapped[str | None]


class DeletionAct(OfOrganisation, Base):
    """A list of recordings to be deleted, why, and who answers for it."""

    __tablename__ = "deletion_act"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        CheckConstraint(one_of("state", ActState), name="state"),
        CheckConstraint("state IN ('draft', 'withdrawn') OR approved_by IS NOT NULL", name="approved"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> approved_by", name="two_persons"),
        CheckConstraint("state <> 'withdrawn' OR withdrawn_why <> ''", name="withdrawn"),
        CheckConstraint("state <> 'done' OR done_at IS NOT NULL", name="done"),
    )

    id: Mapped[identity]
    number: Mapped[int]  # 1, 2, 3 ... in the organisation
    state: Mapped[str] = mapped_column(server_default=ActState.DRAFT)
    reason: Mapped[str] = mapped_column(server_default="")  # of an act drafted by hand; else each item has its rule
    drafted_by: Mapped[int | None] = mapped_column(_of_a_person())  # None: the scheduler, by the rules
    drafted_at: Mapped[created_at]
    approved_by: Mapped[int | None] = mapped_column(_of_a_person())
    approved_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(_of_a_person())
    confirmed_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(_of_a_person())
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str | None]
    done_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]  # when a worker was last asked to carry it out
    seal: Mapped[str | None]  # of the ledger's last entry when the act was done: paper bears witness of it


class DeletionItem(OfOrganisation, Base):
    """One recording on the list of an act."""

    __tablename__ = "deletion_item"
    __table_args__ = (
        UniqueConstraint("act_id", "recording_id"),
        CheckConstraint(one_of("outcome", Outcome), name="outcome"),
        CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name="settled"),
        Index("uq_deletion_item_open", "recording_id", unique=True, postgresql_where=text("outcome IS NULL")),
        Index("ix_deletion_item_waiting", "act_id", "id", postgresql_where=text("outcome IS NULL")),
    )

    id: Mapped[identity]
    act_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("deletion_act.id", ondelete="RESTRICT"))
    recording_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("recording.id", ondelete="RESTRICT"))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("retention_rule.id", ondelete="RESTRICT"))
    due_on: Mapped[date | None]
    begun_at: Mapped[datetime | None]  # from then on its object may be gone
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    last_error: Mapped[str | None]  # why the store did not delete it yet


class KeepingPolicy(OfOrganisation, Base):
    """What the organisation says of its acts; without a row one person approves."""

    __tablename__ = "keeping_policy"
    __table_args__ = (
        UniqueConstraint("organisation_id"),
        CheckConstraint("lowering_asked_by IS NULL OR two_persons", name="lowering"),
    )

    id: Mapped[identity]
    two_persons: Mapped[bool] = mapped_column(server_default=text("false"))
    lowering_asked_by: Mapped[int | None] = mapped_column(_of_a_person())  # who wants one person to be enough again
