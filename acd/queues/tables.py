"""Skills, rules of queues, numbers favoured, and the reason of each offer as stored."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from acd.queues.model import LEVELS, OverflowDeed, PriorityKind, SkillKind
from db import Base, OfOrganisation, created_at, identity, one_of


class Skill(OfOrganisation, Base):
    """What an agent may be able to do: a language, or a topic of the organisation's own."""

    __tablename__ = "skill"
    __table_args__ = (
        UniqueConstraint("organisation_id", "kind", "code"),
        CheckConstraint(one_of("kind", SkillKind), name="kind"),
        CheckConstraint("code ~ '^[a-z][a-z0-9_]{0,31}$'", name="code"),
    )

    id: Mapped[identity]
    kind: Mapped[str]
    code: Mapped[str]
    name: Mapped[dict[str, str]]  # by language
    position: Mapped[int] = mapped_column(server_default="0")


class AgentSkill(OfOrganisation, Base):
    """How well a person does it."""

    __tablename__ = "agent_skill"
    __table_args__ = (CheckConstraint(f"level BETWEEN {LEVELS[0]} AND {LEVELS[-1]}", name="level"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id", ondelete="CASCADE"), primary_key=True, index=True)
    level: Mapped[int]


class QueueSkill(OfOrganisation, Base):
    """A topic's skill that a queue asks of its agents; the language is the caller's."""

    __tablename__ = "queue_skill"

    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id", ondelete="CASCADE"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skill.id", ondelete="CASCADE"), primary_key=True, index=True)


class OverflowStep(OfOrganisation, Base):
    """What a queue does with a caller after a time, or with one who finds it too long."""

    __tablename__ = "overflow_step"
    __table_args__ = (
        CheckConstraint("(after IS NULL) <> (longer_than IS NULL)", name="when"),
        CheckConstraint("after > interval '0'", name="after"),
        CheckConstraint("longer_than > 0", name="longer_than"),
        CheckConstraint(one_of("deed", OverflowDeed), name="deed"),
        CheckConstraint("(deed = 'queue') = (target_id IS NOT NULL)", name="target"),
        CheckConstraint("(deed = 'announcement') = (prompt IS NOT NULL)", name="prompt"),
        CheckConstraint("deed <> 'wider' OR after IS NOT NULL", name="wider"),
        CheckConstraint("target_id <> queue_id", name="elsewhere"),
    )

    id: Mapped[identity]
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id", ondelete="CASCADE"), index=True)
    after: Mapped[timedelta | None]  # since the caller joined this queue
    longer_than: Mapped[int | None]  # callers who wait there when this one comes
    deed: Mapped[str]
    target_id: Mapped[int | None] = mapped_column(ForeignKey("queue.id", ondelete="CASCADE"), index=True)
    prompt: Mapped[str | None]  # of the catalogue of prompts


class PriorityRule(OfOrganisation, Base):
    """Who stands before others: Asterisk's QUEUE_PRIO is the highest that applies."""

    __tablename__ = "priority_rule"
    __table_args__ = (
        CheckConstraint(one_of("kind", PriorityKind), name="kind"),
        CheckConstraint("raises BETWEEN 1 AND 4", name="raises"),  # 5 is a transferred caller, 10 one who came back
        CheckConstraint("(kind = 'repeat') = (times IS NOT NULL AND within IS NOT NULL)", name="repeat"),
        CheckConstraint("times > 0", name="times"),
    )

    id: Mapped[identity]
    kind: Mapped[str]
    queue_id: Mapped[int | None] = mapped_column(ForeignKey("queue.id", ondelete="CASCADE"), index=True)  # None: all
    times: Mapped[int | None]  # calls without an answer
    within: Mapped[timedelta | None]
    raises: Mapped[int]


class FavouredNumber(OfOrganisation, Base):
    """The number of somebody with a benefit."""

    __tablename__ = "favoured_number"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)  # acd.callbacks.numbers.international; older ones as typed
    reason: Mapped[str]
    until: Mapped[date | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[created_at]


class OfferReason(OfOrganisation, Base):
    """Why this agent was rung for this call: what was so at that moment."""

    __tablename__ = "offer_reason"
    __table_args__ = (
        UniqueConstraint("call", "person_id", "at"),
        Index("ix_offer_reason_person", "person_id", "at"),
    )

    id: Mapped[identity]
    call: Mapped[UUID]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    queue: Mapped[str]  # Queue.asterisk_name
    at: Mapped[datetime]
    language: Mapped[str]  # the caller's
    language_level: Mapped[int | None]
    skills: Mapped[dict[str, str]]  # levels by the codes of the skills that the queue asks for
    penalty: Mapped[int]
    free: Mapped[int]  # ready members of the queue, this one included
    better: Mapped[int]  # of those, how many had a lower penalty
    idle: Mapped[timedelta]  # ready since
    longer_idle: Mapped[int]  # of those with the same penalty, how many were ready for longer
    waited: Mapped[timedelta]  # the caller, in this queue, up to the offer
    widened: Mapped[bool] = mapped_column(server_default=text("false"))  # this agent is rung only since it widened
