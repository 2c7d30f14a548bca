"""Rules of routing as stored, and whom a complaint is about."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, created_at, identity


class RoutingRule(OfOrganisation, Base):
    """Who carries out what: for a house, a street, a district or everywhere; ended, never changed."""

    __tablename__ = "routing_rule"
    __table_args__ = (
        CheckConstraint("num_nonnulls(house_id, street_id, district_id) <= 1", name="one_place"),
        CheckConstraint("valid_until >= valid_from", name="validity"),
        Index("ix_routing_rule_house_id", "house_id", postgresql_where=text("house_id IS NOT NULL")),
        Index("ix_routing_rule_street_id", "street_id", postgresql_where=text("street_id IS NOT NULL")),
        Index("ix_routing_rule_district_id", "district_id", postgresql_where=text("district_id IS NOT NULL")),
        Index(
            "ix_routing_rule_everywhere",
            "organisation_id",
            "problem",
            postgresql_where=text("num_nonnulls(house_id, street_id, district_id) = 0"),
        ),
        Index("ix_routing_rule_executor_id", "executor_id"),
    )

    id: Mapped[identity]
    house_id: Mapped[int | None] = mapped_column(ForeignKey("house.id"))
    street_id: Mapped[int | None] = mapped_column(ForeignKey("street.id"))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    problem: Mapped[str] = mapped_column(server_default="")  # a code of the classifier, or of a group; "" is any
    executor_id: Mapped[int] = mapped_column(ForeignKey("executor.id"))
    basis: Mapped[str] = mapped_column(server_default="")  # the order or decision that says so
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # its last day
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[created_at]


class RoutingCo(OfOrganisation, Base):
    """A co-executor whom a rule names beside the main one."""

    __tablename__ = "routing_co"

    rule_id: Mapped[int] = mapped_column(ForeignKey("routing_rule.id", ondelete="CASCADE"), primary_key=True)
    executor_id: Mapped[int] = mapped_column(ForeignKey("executor.id"), primary_key=True)


class ComplainedOf(OfOrganisation, Base):
    """An executor that an appeal complains of: it is not sent there (law on appeals, article 7)."""

    __tablename__ = "complained_of"
    __table_args__ = (UniqueConstraint("appeal_id", "executor_id"),)

    id: Mapped[identity]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"))
    executor_id: Mapped[int] = mapped_column(ForeignKey("executor.id"), index=True)
