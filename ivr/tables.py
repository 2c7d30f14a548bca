"""Menus, dialled numbers, remembered languages and studio recordings as stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, identity

LANGUAGES = "('uk','uz','ru','en')"


class MenuDocument(OfOrganisation, Base):
    """One published version of an organisation's menus; the highest version is spoken, older ones stay readable."""

    __tablename__ = "menu_document"
    __table_args__ = (UniqueConstraint("organisation_id", "version"), CheckConstraint("version > 0", name="version"))

    id: Mapped[identity]
    version: Mapped[int]
    document: Mapped[dict[str, Any]]  # ivr.document reads and checks it
    published_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DialledNumber(OfOrganisation, Base):
    """A number that citizens dial: whose it is, in which language it begins and with which menu."""

    __tablename__ = "dialled_number"
    __table_args__ = (
        CheckConstraint("number ~ '^[0-9+]{1,20}$'", name="number"),
        CheckConstraint(f"language IN {LANGUAGES}", name="language"),
    )

    number: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str]
    menu: Mapped[str]  # the name of a menu in the organisation's document


class CallerLanguage(OfOrganisation, Base):
    """The language somebody chose last, so that they are not asked again."""

    __tablename__ = "caller_language"
    __table_args__ = (CheckConstraint(f"language IN {LANGUAGES}", name="language"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str]
    chosen_at: Mapped[datetime]


class StudioRecording(OfOrganisation, Base):
    """A person's voice in place of the spoken text of one prompt. Undone recordings stay, with `undone_at`.

    The sound itself is here, so that a rebuilt machine has it with the database and needs no other copy.
    """

    __tablename__ = "studio_recording"
    __table_args__ = (
        Index(
            "uq_studio_recording_used",
            "organisation_id",
            "prompt",
            "language",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
        CheckConstraint(f"language IN {LANGUAGES}", name="language"),
    )

    id: Mapped[identity]
    prompt: Mapped[str]
    language: Mapped[str]
    sha256: Mapped[str]  # of `sound`
    sound: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # 8 kHz a-law, levelled
    file_name: Mapped[str]  # as the uploader called it, for people only
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    undone_at: Mapped[datetime | None]
