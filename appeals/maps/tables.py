"""Points that people have moved, an organisation's map in tiles, and extracts on their way into it, as stored."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import LargeBinary

from appeals.maps.model import Stage
from db import Base, OfOrganisation, created_at, identity, one_of


class AppealPoint(OfOrganisation, Base):
    """Where an address of an appeal is, told by hand: elsewhere than its house, or where no house stands (U-99)."""

    __tablename__ = "appeal_point"
    __table_args__ = (
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="on_earth"),
        CheckConstraint("position >= 0", name="position"),
    )

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # of the address; 0 is the main one
    latitude: Mapped[float]
    longitude: Mapped[float]
    placed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[created_at]


class MapTile(OfOrganisation, Base):
    """One square of an organisation's map: what is drawn there, as gzipped JSON."""

    __tablename__ = "map_tile"
    __table_args__ = (UniqueConstraint("organisation_id", "zoom", "x", "y"),)

    id: Mapped[identity]
    zoom: Mapped[int]
    x: Mapped[int]
    y: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class MapGround(OfOrganisation, Base):
    """Which map an organisation has; its number is in the addresses of tiles, so that browsers may keep them."""

    __tablename__ = "map_ground"
    __table_args__ = (UniqueConstraint("organisation_id"),)

    id: Mapped[identity]
    file_name: Mapped[str]
    credit: Mapped[str]  # whose data they are, as the map says
    latitude: Mapped[float]  # of its middle
    longitude: Mapped[float]
    made_at: Mapped[created_at]


class MapExtract(OfOrganisation, Base):
    """An OpenStreetMap extract that somebody has sent, until they send another or throw it away."""

    __tablename__ = "map_extract"
    __table_args__ = (
        CheckConstraint(one_of("stage", Stage), name="stage"),
        Index("ix_map_extract_under_way", "stage", postgresql_where=text("stage IN ('looking', 'saving')")),
    )

    id: Mapped[identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str]
    settlement: Mapped[str]  # of addresses that name none
    with_addresses: Mapped[bool]  # else it is the map alone
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    stage: Mapped[str] = mapped_column(server_default=Stage.LOOKING)
    outcome: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    sent_at: Mapped[created_at]
    told_at: Mapped[created_at]  # the last sign of life of who works on it
