"""The cabinet of an organisation, versions of its form, accounts, codes, sessions and drafts, as stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from appeals.applicants.model import ApplicantKind
from appeals.cabinet.model import Contact, Reply, Way
from db import Base, OfOrganisation, created_at, identity, one_of


class Cabinet(OfOrganisation, Base):
    """By which channel codes leave the house, and under which account appeals are registered; one an organisation."""

    __tablename__ = "cabinet"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    mail_channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="RESTRICT"))
    sms_channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # who registers: an account nobody signs in with
    file_kind: Mapped[str] = mapped_column(server_default="")  # a code of the classifier; "": no files are taken

    def channel(self, way: Way) -> int | None:
        """By which channel codes go this way; None where they do not."""
        return self.mail_channel_id if way is Way.EMAIL else self.sms_channel_id

    @property
    def is_open(self) -> bool:
        """Whether citizens may write and sign in: a code can reach them."""
        return any(self.channel(way) is not None for way in Way)


class CabinetForm(OfOrganisation, Base):
    """A version of the form: appended, never changed. The newest is asked."""

    __tablename__ = "cabinet_form"
    __table_args__ = (UniqueConstraint("organisation_id", "version"), CheckConstraint("version > 0", name="version"))

    id: Mapped[identity]
    version: Mapped[int]
    fields: Mapped[list[dict[str, Any]]]  # in their order: which, and whether it is required
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[created_at]


class CabinetAccount(OfOrganisation, Base):
    """A citizen whose e-mail or telephone is proven, with what the form is filled in with."""

    __tablename__ = "cabinet_account"
    __table_args__ = (
        UniqueConstraint("organisation_id", "email"),
        UniqueConstraint("organisation_id", "telephone"),
        CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name="email"),
        CheckConstraint("telephone ~ '^\\+[0-9]{5,15}$'", name="telephone"),
        CheckConstraint("num_nonnulls(email, telephone) > 0", name="proven"),
        CheckConstraint(one_of("author", ApplicantKind), name="author"),
    )

    id: Mapped[identity]
    email: Mapped[str | None]
    telephone: Mapped[str | None]  # E.164, proven; `phone` is only what was typed last
    language: Mapped[str]
    surname: Mapped[str] = mapped_column(server_default="")
    given_name: Mapped[str] = mapped_column(server_default="")
    patronymic: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")  # as typed
    address: Mapped[str] = mapped_column(server_default="")
    author: Mapped[str] = mapped_column(server_default=ApplicantKind.PERSON.value)
    title: Mapped[str] = mapped_column(server_default="")  # of the legal entity it last wrote for
    code: Mapped[str] = mapped_column(server_default="")
    applicant_id: Mapped[int | None] = mapped_column(ForeignKey("applicant.id"), index=True)  # as which person it wrote
    created_at: Mapped[created_at]


class CabinetCode(OfOrganisation, Base):
    """A code on its way to an e-mail or a telephone: good for the one browser that asked for it."""

    __tablename__ = "cabinet_code"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("num_nonnulls(email, telephone) = 1", name="recipient"),
    )

    token_hash: Mapped[str] = mapped_column(primary_key=True)  # of the browser's cookie
    email: Mapped[str | None]
    telephone: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(  # to which this contact is added; NULL: it opens its own
        ForeignKey("cabinet_account.id", ondelete="CASCADE"), index=True
    )
    code_hash: Mapped[str]  # with the token: who reads the table can try a million codes, and has no token
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    until_at: Mapped[datetime]

    @property
    def contact(self) -> Contact:
        """What it proves."""
        return Contact(Way.EMAIL, self.email) if self.email else Contact(Way.SMS, self.telephone or "")


class CabinetSession(OfOrganisation, Base):
    """One browser's session; the cookie holds the token, the row only its hash."""

    __tablename__ = "cabinet_session"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("cabinet_account.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[created_at]
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class CabinetDraft(OfOrganisation, Base):
    """What somebody has written and not yet sent: one of a browser before they sign in, several of an account."""

    __tablename__ = "cabinet_draft"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        UniqueConstraint("account_id", "submission"),
        CheckConstraint("num_nonnulls(token_hash, account_id) = 1", name="whose"),
    )

    id: Mapped[identity]
    token_hash: Mapped[str | None]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("cabinet_account.id", ondelete="CASCADE"))
    submission: Mapped[str] = mapped_column(server_default="")  # of the form: kept again, it is the same draft
    fields: Mapped[dict[str, Any]]
    saved_at: Mapped[created_at]
    forgotten_at: Mapped[datetime | None]  # thrown away, and may come back for a while


class CabinetAppeal(OfOrganisation, Base):
    """Which account sent an appeal. Nobody else's cabinet shows it, whoever has the same name and telephone."""

    __tablename__ = "cabinet_appeal"
    __table_args__ = (CheckConstraint(one_of("reply", Reply), name="reply"),)

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="RESTRICT"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("cabinet_account.id"), index=True)
    reply: Mapped[str]
    phone: Mapped[str] = mapped_column(server_default="")  # nobody has proven whose it is: no contact of the applicant
    code: Mapped[str] = mapped_column(server_default="")  # of a legal entity; proven by nothing either
