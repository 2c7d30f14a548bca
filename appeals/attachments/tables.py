"""Attachments, links, which kinds a problem asks for, and what the look at the store has found, as stored."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from appeals.attachments.model import SORTS, Fault
from db import Base, OfOrganisation, created_at, identity, one_of


class Attachment(OfOrganisation, Base):
    """A file of an appeal. Its object was in the store and read back before the row was written; neither is deleted."""

    __tablename__ = "attachment"
    __table_args__ = (
        UniqueConstraint("submission"),
        UniqueConstraint("object_key"),
        Index("ix_attachment_appeal_id", "appeal_id", "id"),
        Index("ix_attachment_assignment_id", "assignment_id", postgresql_where=text("assignment_id IS NOT NULL")),
        Index("ix_attachment_checked_at", "organisation_id", "checked_at"),
        CheckConstraint("file_name <> ''", name="file_name"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("(small_key IS NULL) = (width IS NULL)", name="small_key"),
        CheckConstraint("(width IS NULL) = (height IS NULL)", name="measures"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by IS NULL)", name="taken_back"),
        CheckConstraint("taken_back_at IS NULL OR taken_back_why <> ''", name="taken_back_why"),
        CheckConstraint("(for_author_at IS NULL) = (for_author_by IS NULL)", name="for_author"),
    )

    id: Mapped[identity]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="RESTRICT"))
    assignment_id: Mapped[int | None]  # whose work it shows; NULL: the appeal's own
    kind_id: Mapped[int] = mapped_column(ForeignKey("classifier_entry.id", ondelete="RESTRICT"), index=True)
    submission: Mapped[UUID]  # of the form: a file sent twice is attached once
    file_name: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    media_type: Mapped[str]  # by content
    size: Mapped[int]  # bytes
    sha256: Mapped[str]
    object_key: Mapped[str] = mapped_column(Text(collation="C"))  # in the order in which the store lists
    small_key: Mapped[str | None]  # of a picture: the small one, which can be made again
    width: Mapped[int | None]
    height: Mapped[int | None]
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[created_at]
    checked_at: Mapped[datetime] = mapped_column(server_default=func.now())  # when the object was last read whole
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_back_why: Mapped[str] = mapped_column(server_default="")
    for_author_at: Mapped[datetime | None]  # marked by staff: its author has it with the answer
    for_author_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    @property
    def field(self) -> str:
        """What of an appeal it is, among the classes of fields."""
        return "appeal.files_of_answer" if self.for_author_at is not None else "appeal.files"

    @property
    def is_picture(self) -> bool:
        """Whether it can be looked at in the page."""
        return self.media_type in SORTS and SORTS[self.media_type].is_picture


class AppealLink(OfOrganisation, Base):
    """Where a photo or a video of an appeal lies on the Internet."""

    __tablename__ = "appeal_link"
    __table_args__ = (
        Index("ix_appeal_link_appeal_id", "appeal_id", "id"),
        CheckConstraint("address ~ '^https?://'", name="address"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by IS NULL)", name="taken_back"),
    )

    id: Mapped[identity]
    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="RESTRICT"))
    address: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    added_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[created_at]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CompulsoryKind(OfOrganisation, Base):
    """What work on such a problem must be shown by before it is done; "" is any problem."""

    __tablename__ = "compulsory_kind"
    __table_args__ = (
        UniqueConstraint("organisation_id", "problem", "kind", "valid_from"),
        CheckConstraint("kind <> ''", name="kind"),
        CheckConstraint("valid_until >= valid_from", name="validity"),
    )

    id: Mapped[identity]
    problem: Mapped[str] = mapped_column(server_default="")  # a code of the classifier; what stands below it too
    kind: Mapped[str]  # a code of the classifier, section "attachment"
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]  # its last day
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[created_at]


class AttachmentFault(OfOrganisation, Base):
    """Where rows and store disagree; gone once they agree again."""

    __tablename__ = "attachment_fault"
    __table_args__ = (CheckConstraint(one_of("fault", Fault), name="fault"),)

    object_key: Mapped[str] = mapped_column(primary_key=True)
    fault: Mapped[str]
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id", ondelete="CASCADE"))
    size: Mapped[int] = mapped_column(server_default="0")  # of an orphan
    found_at: Mapped[created_at]
    seen_at: Mapped[created_at]  # last
