"""Which role of PostgreSQL reads whose rows, as stored."""

from typing import Any

from sqlalchemy import CheckConstraint, Connection, MetaData, event
from sqlalchemy.orm import Mapped, mapped_column

from appeals.published.views import STATEMENTS
from db import Base, OfOrganisation, created_at


class PublishedReader(OfOrganisation, Base):
    """A role that may read the published views of one organisation."""

    __tablename__ = "published_reader"
    __table_args__ = (CheckConstraint("role ~ '^[a-z][a-z0-9_]{2,30}$'", name="role"),)

    role: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[created_at]


@event.listens_for(Base.metadata, "after_create")
def _publish(metadata: MetaData, connection: Connection, **_options: Any) -> None:
    """Tables made at once get their views as well; an installation has them from its migrations."""
    if {"appeal", "assignment", "topic", "published_reader"} <= metadata.tables.keys():
        for statement in STATEMENTS:
            connection.exec_driver_sql(statement)
