"""Organisations, people and their sign-ins as stored."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, created_at, identity
from staff.model import Role
from web.languages import Audience


class Organisation(Base):
    """A customer: a city, an agency. Everything else belongs to one."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("code ~ '^[a-z][a-z0-9]{0,15}$'", name="code"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("warn_at BETWEEN 1 AND 100", name="warn_at"),
        CheckConstraint("default_language = ANY (languages)", name="default_language"),
    )

    id: Mapped[identity]
    code: Mapped[str] = mapped_column(unique=True)  # in queue names and dialplan contexts
    name: Mapped[dict[str, str]]  # by language
    time_zone: Mapped[str]  # IANA, "Europe/Kyiv"
    country: Mapped[str]  # ISO 3166, "UA": formats numbers, chooses the holidays
    languages: Mapped[list[str]]
    default_language: Mapped[str]
    capacity: Mapped[int]  # channels at once before callers are refused
    warn_at: Mapped[int] = mapped_column(server_default="80")  # per cent of them in use before an alarm is raised
    created_at: Mapped[created_at]

    @property
    def zone(self) -> ZoneInfo:
        """Its clocks."""
        return ZoneInfo(self.time_zone)

    def today(self) -> date:
        """The day by its clocks."""
        return datetime.now(self.zone).date()

    def called(self, language: str = "") -> str:
        """Its name in this language, else in its own."""
        return self.name.get(language) or self.name[self.default_language]

    def audience(self, language: str = "") -> Audience:
        """Whoever reads what it sends: in this language, else in its own, by its clocks."""
        return Audience(language or self.default_language, self.zone, self.country)


class Person(OfOrganisation, Base):
    """Somebody who signs in."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(f"roles <@ ARRAY{[role.value for role in Role]}", name="roles"),
        Index("uq_person_login", func.lower(text("login")), unique=True),
    )

    id: Mapped[identity]
    login: Mapped[str]  # unique over all organisations, case-insensitive
    name: Mapped[str]
    password_hash: Mapped[str]  # argon2id
    roles: Mapped[list[str]]
    language: Mapped[str]
    language_chosen: Mapped[bool] = mapped_column(server_default=text("false"))  # by the person, not given to them
    theme: Mapped[str] = mapped_column(server_default="auto")  # auto, light, dark
    disabled_at: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]  # of a temporary account: afterwards nobody signs in with it
    created_at: Mapped[created_at]

    @property
    def is_over(self) -> bool:
        """Whether a temporary account's time is over."""
        return self.valid_until is not None and self.valid_until <= datetime.now(UTC)


class SignIn(OfOrganisation, Base):
    """One browser's session; the cookie holds the token, the row only its hash."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[created_at]
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class Audit(OfOrganisation, Base):
    """Who did what to what: appended, never changed."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_page", "organisation_id", "id"),
        Index("ix_audit_deed", "organisation_id", "deed", "id"),
        Index("ix_audit_subject", "organisation_id", "subject", "id", postgresql_ops={"subject": "text_pattern_ops"}),
    )

    id: Mapped[identity]
    at: Mapped[created_at]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    deed: Mapped[str]  # "recording.listened"
    subject: Mapped[str]  # "recording:8f1c.../1"
    details: Mapped[dict[str, str]]


class SignInAttempts(Base):
    """Failed sign-ins of one login from one address, or of an address alone. Of no organisation."""

    __tablename__ = "sign_in_attempts"

    key: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of login (or nothing) and address
    failures: Mapped[int]
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
