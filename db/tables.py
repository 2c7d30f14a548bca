"""The base of every mapped class, and the column that separates organisations."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Interval, MetaData, Table, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

__all__ = ["Base", "OfOrganisation", "created_at", "identity", "one_of"]

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

identity = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
created_at = Annotated[datetime, mapped_column(server_default=func.now())]


class Base(DeclarativeBase):
    """Every table; times are timestamptz, durations are interval, texts are unlimited."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        int: BigInteger(),
        datetime: DateTime(timezone=True),
        timedelta: Interval(),
        list[str]: ARRAY(Text()),
        dict[str, Any]: JSONB(),
        dict[str, str]: JSONB(),
        list[dict[str, Any]]: JSONB(),
    }


class OfOrganisation:
    """A row that belongs to one organisation; `db.rls` puts every such table under row-level security."""

    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )


def table_of(mapped: type[Base]) -> Table:
    """The table behind a mapped class: for statements that make no objects, at a third of the cost."""
    table = mapped.__table__
    assert isinstance(table, Table)
    return table


def one_of(column: str, values: type[StrEnum]) -> str:
    """The condition that a column holds one of an enum's values, for a CHECK."""
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"
