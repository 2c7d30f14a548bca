"""Appeals and their drafts, as stored."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    MetaData,
    UniqueConstraint,
    event,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

import appeals.terms.tables  # noqa: F401 - what `Appeal.term_rule_id` points to is known wherever appeals are
from appeals.applicants.tables import Applicant as Applicant
from appeals.model import OPEN, WITH_RESULT, Kind, Result, Source, State
from appeals.terms.model import Variant
from db import Base, OfOrganisation, created_at, identity, one_of

STILL_OPEN = f"state IN ({', '.join(sorted(repr(state.value) for state in OPEN))})"
ENDED_WITH_RESULT = f"state IN ({', '.join(sorted(repr(state.value) for state in WITH_RESULT))})"


class Appeal(OfOrganisation, Base):
    """One matter under one number."""

    __tablename__ = "appeal"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        UniqueConstraint("submission"),
        CheckConstraint("number ~ '^[0-9]{2}-[0-9]{6}$'", name="number"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(one_of("source", Source), name="source"),
        CheckConstraint(one_of("result", Result), name="result"),
        CheckConstraint("substance <> ''", name="substance"),
        CheckConstraint(f"({ENDED_WITH_RESULT}) = (result IS NOT NULL)", name="closed_with_result"),
        CheckConstraint("result <> 'explained' OR answer <> ''", name="explained_with_answer"),
        Index("ix_appeal_registered_at", "organisation_id", "registered_at", "id"),
        Index("ix_appeal_call_id", "call_id"),
        Index("ix_appeal_number", "number"),  # row security leads into no index: the unique one would be read whole
        Index("ix_appeal_closed_at", "organisation_id", "closed_at", postgresql_where=text("closed_at IS NOT NULL")),
        Index("ix_appeal_due_at", "organisation_id", "due_at", "id", postgresql_where=text(STILL_OPEN)),
        Index("ix_appeal_attention_at", "organisation_id", "attention_at", postgresql_where=text(STILL_OPEN)),
    )

    id: Mapped[identity]
    number: Mapped[str]
    submission: Mapped[UUID]  # of the form: sent twice, it registers once
    kind: Mapped[str]
    topic: Mapped[str]  # code in the directory of topics
    substance: Mapped[str]
    address: Mapped[str]
    source: Mapped[str]
    state: Mapped[str]
    result: Mapped[str | None]
    answer: Mapped[str]
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"), index=True)
    call_id: Mapped[UUID | None]
    registered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[created_at]
    closed_at: Mapped[datetime | None]
    reopens_id: Mapped[int | None] = mapped_column(ForeignKey("appeal.id"), index=True)  # the one it goes on with

    received_at: Mapped[datetime] = mapped_column(server_default=func.now())  # a letter comes before it is registered
    problem: Mapped[str] = mapped_column(server_default="")  # code in the classifier
    term_variant: Mapped[str] = mapped_column(server_default=Variant.USUAL)
    due_at: Mapped[datetime | None]  # NULL: no rule gives a term
    attention_at: Mapped[datetime | None]  # when the last quarter of the term begins
    term_rule_id: Mapped[int | None] = mapped_column(ForeignKey("term_rule.id"))
    due_by_hand: Mapped[bool] = mapped_column(server_default=text("false"))  # decided by people: no rule moves it
    long_control: Mapped[bool] = mapped_column(server_default=text("false"))

    applicant: Mapped[Applicant] = relationship(lazy="raise")


class AppealDraft(OfOrganisation, Base):
    """What an operator has typed and not yet registered: one a person and call (or one without a call)."""

    __tablename__ = "appeal_draft"
    __table_args__ = (UniqueConstraint("person_id", "call_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    call_id: Mapped[UUID | None]
    fields: Mapped[dict[str, Any]]
    saved_at: Mapped[created_at]


class AppealNumbering(OfOrganisation, Base):
    """The last running number given in a year; its row lock makes numbers unique and without gaps."""

    __tablename__ = "appeal_numbering"
    __table_args__ = (UniqueConstraint("organisation_id", "year"),)

    id: Mapped[identity]
    year: Mapped[int]
    last: Mapped[int]


NUMBER_STAYS: Final = (
    "CREATE OR REPLACE FUNCTION appeal_number_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION USING MESSAGE = 'appeal ' || OLD.number || ' keeps its number'; END $$",
    "CREATE TRIGGER number_stays BEFORE UPDATE OF number ON appeal FOR EACH ROW"
    " WHEN (OLD.number IS DISTINCT FROM NEW.number) EXECUTE FUNCTION appeal_number_stays()",
)


@event.listens_for(Base.metadata, "after_create")
def _keep_numbers(_metadata: MetaData, connection: Connection, **_options: Any) -> None:
    """Tables made at once get the trigger as well; an installation has it from its migrations."""
    for statement in NUMBER_STAYS:
        connection.exec_driver_sql(statement)
