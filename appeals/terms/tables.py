"""Rules of terms, working calendars, what happened to the terms of appeals, and requests to extend them, as stored."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from appeals.terms.model import Change, Deed, Start, Unit, Variant
from db import Base, OfOrganisation, created_at, identity, one_of


class TermRule(OfOrganisation, Base):
    """Within what time a deed is due for such appeals, "" being any; changed by a rule that begins later."""

    __tablename__ = "term_rule"
    __table_args__ = (
        UniqueConstraint(
            "organisation_id", "deed", "variant", "kind", "topic", "problem", "valid_from", name="uq_term_rule_alike"
        ),
        CheckConstraint(one_of("deed", Deed), name="deed"),
        CheckConstraint(one_of("variant", Variant), name="variant"),
        CheckConstraint(one_of("unit", Unit), name="unit"),
        CheckConstraint(one_of("start", Start), name="start"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("most_amount > 0", name="most_amount"),
        CheckConstraint(f"most_unit IS NULL OR {one_of('most_unit', Unit)}", name="most_unit"),
        CheckConstraint("(most_amount IS NULL) = (most_unit IS NULL)", name="most"),
        CheckConstraint("valid_until >= valid_from", name="validity"),
        CheckConstraint("basis <> ''", name="basis"),
    )

    id: Mapped[identity]
    deed: Mapped[str] = mapped_column(server_default=Deed.ANSWER)
    variant: Mapped[str] = mapped_column(server_default=Variant.USUAL)
    kind: Mapped[str] = mapped_column(server_default="")
    topic: Mapped[str] = mapped_column(server_default="")
    problem: Mapped[str] = mapped_column(server_default="")  # a code of the classifier
    amount: Mapped[int]
    unit: Mapped[str]
    start: Mapped[str] = mapped_column(server_default=Start.RECEIPT)
    whole_days: Mapped[bool] = mapped_column(server_default=text("true"))  # of hours: until the end of the last day
    moves: Mapped[bool] = mapped_column(server_default=text("true"))  # a last day off, to the next working one
    most_amount: Mapped[int | None]  # the legal maximum with extensions; NULL: none is allowed
    most_unit: Mapped[str | None]
    most_is_more: Mapped[bool] = mapped_column(server_default=text("false"))  # beyond the term, else from the receipt
    basis: Mapped[str]  # the law and its article, the order, the organisation's own decision
    verified: Mapped[bool] = mapped_column(server_default=text("false"))  # against the official text
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # its last day
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[created_at]


class WorkingWeek(OfOrganisation, Base):
    """The working hours of Monday to Sunday from a day on; changed by one that begins later."""

    __tablename__ = "working_week"
    __table_args__ = (
        UniqueConstraint("organisation_id", "valid_from"),
        CheckConstraint("cardinality(hours) = 7", name="hours"),
    )

    id: Mapped[identity]
    valid_from: Mapped[date]
    hours: Mapped[list[str]]  # as staff.hours reads them; "" is a day off
    public_holidays: Mapped[bool]  # those of the country are days off
    basis: Mapped[str]
    verified: Mapped[bool] = mapped_column(server_default=text("false"))
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[created_at]


class CalendarDay(OfOrganisation, Base):
    """A day that is not as its week has it: a day off, a moved working day, a short one."""

    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("organisation_id", "day"), CheckConstraint("reason <> ''", name="reason"))

    id: Mapped[identity]
    day: Mapped[date]
    hours: Mapped[str]  # "" is a day off
    reason: Mapped[str]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[created_at]


class TermChange(OfOrganisation, Base):
    """What happened to the term of an appeal: appended, never changed."""

    __tablename__ = "term_change"
    __table_args__ = (
        Index("ix_term_change_appeal_id", "appeal_id", "id"),
        Index("ix_term_change_at", "organisation_id", "at"),
        CheckConstraint(one_of("change", Change), name="change"),
    )

    id: Mapped[identity]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"))
    at: Mapped[created_at]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # NULL: a rule
    change: Mapped[str]
    due_at: Mapped[datetime | None]  # by then; of a request: the term asked for
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("term_rule.id"))
    reason: Mapped[str] = mapped_column(server_default="")


class ExtensionRequest(OfOrganisation, Base):
    """Somebody asks for a later term; who may decide says yes or no. At most one waits."""

    __tablename__ = "extension_request"
    __table_args__ = (
        Index("uq_extension_request_open", "appeal_id", unique=True, postgresql_where=text("decided_at IS NULL")),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("(decided_at IS NULL) = (granted IS NULL)", name="granted"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by"),
    )

    id: Mapped[identity]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"))
    until_at: Mapped[datetime]
    reason: Mapped[str]
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[created_at]
    granted: Mapped[bool | None]
    decision: Mapped[str] = mapped_column(server_default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class TermRecount(OfOrganisation, Base):
    """Since when rules or calendar of an organisation have changed without its open appeals; how it went last."""

    __tablename__ = "term_recount"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]  # of the last whole one
    looked_at: Mapped[int] = mapped_column(server_default="0")  # open appeals
    moved: Mapped[int] = mapped_column(server_default="0")  # of them, with another term now
