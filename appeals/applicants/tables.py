"""Applicants, how they are reached, what they are entitled to, by which words they are found, as stored."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from appeals.addresses.tables import House
from appeals.applicants.model import ApplicantKind, Change, ContactKind
from appeals.classifier.tables import ClassifierEntry
from db import Base, OfOrganisation, created_at, identity, one_of

_BYTEWISE = Text(collation="C")  # the order of keys: what begins alike stands together


class Applicant(OfOrganisation, Base):
    """A citizen or an organisation that turned to us. Phone, e-mail and address are those of today; the others, and
    the former ones, are rows of `ApplicantContact`."""

    __tablename__ = "applicant"
    __table_args__ = (
        CheckConstraint("phone ~ '^\\+[0-9]{5,15}$'", name="phone"),
        CheckConstraint(one_of("kind", ApplicantKind), name="kind"),
        CheckConstraint("(kind = 'organisation') = (title <> '')", name="title"),
        CheckConstraint("kind = 'organisation' OR code = ''", name="code"),
        CheckConstraint("merged_into_id <> id", name="merged_into"),
        Index("ix_applicant_phone", "organisation_id", "phone"),
        Index("ix_applicant_code", "organisation_id", "code", postgresql_where=text("code <> ''")),
        Index("ix_applicant_merged_into_id", "merged_into_id", postgresql_where=text("merged_into_id IS NOT NULL")),
        Index("ix_applicant_not_spelled", "id", postgresql_where=text("NOT spelled")),
        Index("ix_applicant_not_compared", "id", postgresql_where=text("NOT compared")),
    )

    id: Mapped[identity]
    kind: Mapped[str] = mapped_column(default=ApplicantKind.PERSON.value, server_default=ApplicantKind.PERSON.value)
    title: Mapped[str] = mapped_column(default="", server_default="")  # an organisation's full name
    code: Mapped[str] = mapped_column(default="", server_default="")  # in the state's register of organisations
    surname: Mapped[str]  # of an organisation: of the person who speaks for it
    given_name: Mapped[str]
    patronymic: Mapped[str]
    phone: Mapped[str | None]  # E.164
    email: Mapped[str]
    address: Mapped[str]
    language: Mapped[str] = mapped_column(default="", server_default="")  # of the reply; "" is not known
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("applicant.id"))  # a duplicate of that one
    spelled: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # its words are written
    compared: Mapped[bool] = mapped_column(default=False, server_default=text("false"))  # with those like it
    created_at: Mapped[created_at]

    @property
    def name(self) -> str:
        """An organisation's title; a person's surname, given name and patronymic, as far as known."""
        return self.title or self.person_name

    @property
    def person_name(self) -> str:
        """Surname, given name and patronymic, as far as known."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)


class ApplicantContact(OfOrganisation, Base):
    """A telephone, an e-mail or an address of an applicant, from a day until another."""

    __tablename__ = "applicant_contact"
    __table_args__ = (
        UniqueConstraint("applicant_id", "kind", "value"),
        CheckConstraint(one_of("kind", ContactKind), name="kind"),
        CheckConstraint("value <> ''", name="value"),
        CheckConstraint("since <= until", name="since"),
        CheckConstraint("kind = 'address' OR house_id IS NULL", name="house"),
        Index("ix_applicant_contact_value", "value", "kind", "organisation_id", postgresql_include=["applicant_id"]),
        Index(
            "ix_applicant_contact_backwards",
            "organisation_id",
            "backwards",
            postgresql_include=["applicant_id"],
            postgresql_where=text("backwards IS NOT NULL"),
        ),
    )

    id: Mapped[identity]
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"))
    kind: Mapped[str]
    value: Mapped[str] = mapped_column(_BYTEWISE)  # E.164, or as typed
    backwards: Mapped[str | None] = mapped_column(_BYTEWISE)  # a telephone's digits, the last first
    house_id: Mapped[int | None] = mapped_column(ForeignKey("house.id"), index=True)
    detail: Mapped[str] = mapped_column(default="", server_default="")  # what follows the house: flat, entrance
    since: Mapped[date] = mapped_column(server_default=func.current_date())
    until: Mapped[date | None]  # its last day
    created_at: Mapped[created_at]

    house: Mapped[House | None] = relationship(lazy="raise")


class ApplicantCategory(OfOrganisation, Base):
    """A benefit category or a social status of an applicant, by the classifier, from a day until another."""

    __tablename__ = "applicant_category"
    __table_args__ = (
        UniqueConstraint("applicant_id", "entry_id", "since"),
        CheckConstraint("since <= until", name="since"),
    )

    id: Mapped[identity]
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("classifier_entry.id"), index=True)
    document: Mapped[str] = mapped_column(default="", server_default="")  # that proves it
    since: Mapped[date]
    until: Mapped[date | None]  # its last day

    entry: Mapped[ClassifierEntry] = relationship(lazy="raise")


class ApplicantNote(OfOrganisation, Base):
    """What somebody wrote about an applicant, for colleagues."""

    __tablename__ = "applicant_note"
    __table_args__ = (CheckConstraint("text <> ''", name="text"),)

    id: Mapped[identity]
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    at: Mapped[created_at]


class ApplicantChange(OfOrganisation, Base):
    """What happened to a field of an applicant: appended, never changed."""

    __tablename__ = "applicant_change"
    __table_args__ = (
        Index("ix_applicant_change_applicant_id", "applicant_id", "id"),
        CheckConstraint(one_of("change", Change), name="change"),
    )

    id: Mapped[identity]
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"))
    at: Mapped[created_at]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    change: Mapped[str]
    field: Mapped[str]  # or a kind of contact, or "category"
    before: Mapped[str]
    after: Mapped[str]
    why: Mapped[str] = mapped_column(server_default="")


class ApplicantWord(OfOrganisation, Base):
    """Two words of one reading of an applicant's name, for what begins as typed."""

    __tablename__ = "applicant_word"
    __table_args__ = (
        Index(
            "ix_applicant_word_first",
            "organisation_id",
            "place",
            "first",
            "second",
            postgresql_include=["applicant_id", "key"],
        ),
    )

    id: Mapped[identity]
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id", ondelete="CASCADE"), index=True)
    place: Mapped[int]  # of the first word: 0 is the surname
    first: Mapped[str] = mapped_column(_BYTEWISE)
    second: Mapped[str] = mapped_column(_BYTEWISE)
    key: Mapped[str]  # the whole reading


class NameWord(OfOrganisation, Base):
    """A word that somebody's name has: what is mistyped is mended among these, not among all people."""

    __tablename__ = "name_word"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    word: Mapped[str] = mapped_column(_BYTEWISE, primary_key=True)


class NameTrigram(OfOrganisation, Base):
    """Three letters of such a word."""

    __tablename__ = "name_trigram"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    letters: Mapped[str] = mapped_column(_BYTEWISE, primary_key=True)
    word: Mapped[str] = mapped_column(_BYTEWISE, primary_key=True)


class ApplicantPair(OfOrganisation, Base):
    """Two applicants who are likely one; `settled_at` when somebody said that they are not, or made them one."""

    __tablename__ = "applicant_pair"
    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        CheckConstraint("one_id < other_id", name="order"),
        CheckConstraint("settled_at IS NULL OR settled_by IS NOT NULL", name="settled"),
        Index("ix_applicant_pair_open", "organisation_id", "id", postgresql_where=text("settled_at IS NULL")),
    )

    id: Mapped[identity]
    one_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"), index=True)
    likenesses: Mapped[list[str]]
    found_at: Mapped[created_at]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    one: Mapped[Applicant] = relationship(lazy="raise", foreign_keys=[one_id])
    other: Mapped[Applicant] = relationship(lazy="raise", foreign_keys=[other_id])


class ApplicantMerge(OfOrganisation, Base):
    """A duplicate made one with another, and everything that must be known to part them again."""

    __tablename__ = "applicant_merge"
    __table_args__ = (
        CheckConstraint("kept_id <> merged_id", name="two"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
    )

    id: Mapped[identity]
    kept_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[created_at]
    undo_until: Mapped[datetime]
    before: Mapped[dict[str, Any]]  # fields of the kept one that the merge changed: before and after
    moved: Mapped[dict[str, Any]]  # by table, ids of rows that went over to the kept one
    why: Mapped[str] = mapped_column(server_default="")
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
