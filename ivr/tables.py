"""Menus, dialled numbers, remembered languages, prompts and emergency announcements as stored."""

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
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the installation itself
    note: Mapped[str] = mapped_column(server_default="")  # why, in the publisher's words
    restores: Mapped[int | None]  # the version that this one brings back


class MenuDraft(OfOrganisation, Base):
    """What an organisation's administrators are changing; callers hear nothing of it until it is published."""

    __tablename__ = "menu_draft"
    __table_args__ = (CheckConstraint("revision > 0", name="revision"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    document: Mapped[dict[str, Any]]  # may be unsound, never unreadable
    revision: Mapped[int]  # counts the changes
    based_on: Mapped[int]  # the version it was begun from; 0 before the first
    changed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


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


class TypedPrompt(OfOrganisation, Base):
    """Words an administrator typed for one prompt, and their sound. A studio recording of the prompt wins over it."""

    __tablename__ = "typed_prompt"
    __table_args__ = (
        Index(
            "uq_typed_prompt_used",
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
    words: Mapped[str]
    sha256: Mapped[str]  # of `sound`
    sound: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # 8 kHz a-law, levelled
    typed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    typed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    undone_at: Mapped[datetime | None]


class Emergency(OfOrganisation, Base):
    """An announcement that callers hear first, for a time. At most one is not ended; its time may be over."""

    __tablename__ = "emergency"
    __table_args__ = (
        Index("uq_emergency_open", "organisation_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("until_at > since_at", name="until_at"),
    )

    id: Mapped[identity]
    prompt: Mapped[str]
    since_at: Mapped[datetime] = mapped_column(server_default=func.now())
    until_at: Mapped[datetime]
    announced_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # NULL: a rule
    offers_callback: Mapped[bool] = mapped_column(server_default=text("false"))  # before the queue, at once
    queues: Mapped[list[str]] = mapped_column(server_default="{}")  # codes; only their callers hear it; none: everybody
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
