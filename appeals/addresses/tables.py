"""Settlements, streets and their names, houses, enterprises and objects, and the addresses of appeals, as stored."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import LargeBinary, Text

from appeals.addresses.model import FacilityKind, HouseNumber, StreetKind
from db import Base, OfOrganisation, created_at, identity, one_of

_BYTEWISE = Text(collation="C")  # the order of keys: what begins alike stands together


class Settlement(OfOrganisation, Base):
    """A city, a town, a village; addresses of the main one leave its name out."""

    __tablename__ = "settlement"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        CheckConstraint("name <> ''", name="name"),
        Index("uq_settlement_main", "organisation_id", unique=True, postgresql_where=text("main")),
    )

    id: Mapped[identity]
    name: Mapped[str]
    main: Mapped[bool] = mapped_column(server_default=text("false"))


class District(OfOrganisation, Base):
    """A part of a settlement; a house lies in one, a street may run through several."""

    __tablename__ = "district"
    __table_args__ = (UniqueConstraint("settlement_id", "name"), CheckConstraint("name <> ''", name="name"))

    id: Mapped[identity]
    settlement_id: Mapped[int] = mapped_column(ForeignKey("settlement.id"))
    name: Mapped[str]


class Street(OfOrganisation, Base):
    """A street by its name of today."""

    __tablename__ = "street"
    __table_args__ = (
        UniqueConstraint("settlement_id", "kind", "name"),
        CheckConstraint(one_of("kind", StreetKind), name="kind"),
        CheckConstraint("name <> ''", name="name"),
        Index("ix_street_name", "organisation_id", "name", "id"),
    )

    id: Mapped[identity]
    settlement_id: Mapped[int] = mapped_column(ForeignKey("settlement.id"))
    kind: Mapped[str]
    name: Mapped[str]
    named_on: Mapped[date | None]  # since when it is called so, where that is known

    settlement: Mapped[Settlement] = relationship(lazy="raise")


class StreetName(OfOrganisation, Base):
    """A former name of a street, or another one that people use: in another language, or their own."""

    __tablename__ = "street_name"
    __table_args__ = (
        UniqueConstraint("street_id", "kind", "name", "until", postgresql_nulls_not_distinct=True),
        CheckConstraint(one_of("kind", StreetKind), name="kind"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("since < until", name="since"),
        CheckConstraint("former OR (since IS NULL AND until IS NULL)", name="former"),
    )

    id: Mapped[identity]
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id", ondelete="CASCADE"))
    kind: Mapped[str]
    name: Mapped[str]
    former: Mapped[bool]  # else people use it beside the street's own
    since: Mapped[date | None]
    until: Mapped[date | None]  # the day of the next name, where that is known


class StreetWord(OfOrganisation, Base):
    """One word of one reading of a street's name, for what begins as typed."""

    __tablename__ = "street_word"
    __table_args__ = (
        Index("ix_street_word_word", "organisation_id", "word", postgresql_include=["street_id", "name_id", "key"]),
    )

    id: Mapped[identity]
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id", ondelete="CASCADE"), index=True)
    name_id: Mapped[int | None] = mapped_column(ForeignKey("street_name.id", ondelete="CASCADE"), index=True)
    word: Mapped[str] = mapped_column(_BYTEWISE)
    key: Mapped[str]  # the whole reading


class StreetTrigram(OfOrganisation, Base):
    """Three letters of one reading of a street's name, for what was mistyped."""

    __tablename__ = "street_trigram"
    __table_args__ = (
        Index(
            "ix_street_trigram_letters",
            "organisation_id",
            "letters",
            postgresql_include=["street_id", "name_id", "key"],
        ),
    )

    id: Mapped[identity]
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id", ondelete="CASCADE"), index=True)
    name_id: Mapped[int | None] = mapped_column(ForeignKey("street_name.id", ondelete="CASCADE"), index=True)
    letters: Mapped[str] = mapped_column(_BYTEWISE)
    key: Mapped[str]


class House(OfOrganisation, Base):
    """A house of a street, by its number."""

    __tablename__ = "house"
    __table_args__ = (
        UniqueConstraint("street_id", "key"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="point"),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="on_earth"),
        Index("ix_house_number", "street_id", "number"),
        Index("ix_house_place", "organisation_id", "latitude", "longitude"),  # what a part of a map shows
    )

    id: Mapped[identity]
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    number: Mapped[int]
    letter: Mapped[str]
    fraction: Mapped[str]  # what follows the stroke in 12/2
    part: Mapped[str]  # корпус
    key: Mapped[str]  # of `HouseNumber`
    postal_code: Mapped[str]
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]

    street: Mapped[Street] = relationship(lazy="raise")
    district: Mapped[District | None] = relationship(lazy="raise")

    @property
    def written_number(self) -> HouseNumber:
        """Its number."""
        return HouseNumber(self.number, self.letter, self.fraction, self.part)


class Enterprise(OfOrganisation, Base):
    """A housing enterprise, which looks after houses."""

    __tablename__ = "enterprise"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        CheckConstraint("code <> ''", name="code"),
        CheckConstraint("name <> ''", name="name"),
    )

    id: Mapped[identity]
    code: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str]


class HouseEnterprise(OfOrganisation, Base):
    """Which enterprise looks after a house from a day, up to the day of the next one (U-95)."""

    __tablename__ = "house_enterprise"
    __table_args__ = (
        CheckConstraint("since < until", name="since"),
        ExcludeConstraint(
            (func.int8range(text("house_id"), text("house_id"), text("'[]'")), "&&"),
            (func.daterange(text("since"), text("until")), "&&"),
            name="ex_house_enterprise_one_at_a_time",
        ),
    )

    id: Mapped[identity]
    house_id: Mapped[int] = mapped_column(ForeignKey("house.id", ondelete="CASCADE"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    since: Mapped[date | None]  # none: longer than anybody wrote down
    until: Mapped[date | None]


class Facility(OfOrganisation, Base):
    """A boiler house, a pump station, a main, a lift: what serves houses."""

    __tablename__ = "facility"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        CheckConstraint(one_of("kind", FacilityKind), name="kind"),
        CheckConstraint("code <> ''", name="code"),
        CheckConstraint("name <> ''", name="name"),
    )

    id: Mapped[identity]
    kind: Mapped[str]
    code: Mapped[str]
    name: Mapped[str]
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)


class FacilityHouse(OfOrganisation, Base):
    """A house that an object serves."""

    __tablename__ = "facility_house"
    __table_args__ = (UniqueConstraint("facility_id", "house_id"),)

    id: Mapped[identity]
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    house_id: Mapped[int] = mapped_column(ForeignKey("house.id", ondelete="CASCADE"), index=True)


class AppealAddress(OfOrganisation, Base):
    """One of the addresses of an appeal (U-98): as typed, and the house if it is one we know."""

    __tablename__ = "appeal_address"
    __table_args__ = (UniqueConstraint("appeal_id", "position"), CheckConstraint("written <> ''", name="written"))

    id: Mapped[identity]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"))
    position: Mapped[int]  # from 0, the main one
    written: Mapped[str]
    house_id: Mapped[int | None] = mapped_column(ForeignKey("house.id"), index=True)
    detail: Mapped[str]  # what follows the house: flat, entrance

    house: Mapped[House | None] = relationship(lazy="raise")


class AddressImport(OfOrganisation, Base):
    """A file that somebody looks at before it changes the directory."""

    __tablename__ = "address_import"
    __table_args__ = (CheckConstraint("subject IN ('houses', 'facilities')", name="subject"),)

    id: Mapped[identity]
    subject: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[created_at]
