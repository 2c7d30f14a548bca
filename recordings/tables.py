"""Recordings and who listened to them, as stored."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, created_at, identity, one_of
from recordings.keeping.tables import DeletionAct
from recordings.model import ListeningKind, Reason, RecordingState, Why

_UNSETTLED = "state IN ('expected', 'recording', 'spooled', 'failed')"


class Recording(OfOrganisation, Base):
    """The talk of one agent with the caller, recorded. The first of a call is expected before it enters a queue."""

    __tablename__ = "recording"
    __table_args__ = (
        UniqueConstraint("call", "segment"),
        CheckConstraint("segment > 0", name="segment"),
        CheckConstraint(one_of("state", RecordingState), name="state"),
        CheckConstraint(
            "state <> 'stored' OR (sha256 IS NOT NULL AND object_key IS NOT NULL AND size IS NOT NULL "
            "AND duration IS NOT NULL AND waves IS NOT NULL AND ended_at IS NOT NULL AND stored_at IS NOT NULL)",
            name="stored_is_known",
        ),
        CheckConstraint(one_of("reason", Reason), name="reason_known"),
        CheckConstraint("state NOT IN ('not_needed', 'missing', 'failed') OR reason IS NOT NULL", name="reason"),
        CheckConstraint("state <> 'deleted' OR (act_id IS NOT NULL AND deleted_at IS NOT NULL)", name="deleted_by_act"),
        Index("ix_recording_kept", "organisation_id", "ended_at", postgresql_where=text("state = 'stored'")),
        Index("ix_recording_stored", "organisation_id", "stored_at", postgresql_where=text("stored_at IS NOT NULL")),
        Index("ix_recording_unsettled", "due_at", postgresql_where=text(_UNSETTLED)),
        Index("ix_recording_organisation_id_state", "organisation_id", "state"),
    )

    id: Mapped[identity]
    call: Mapped[UUID]
    segment: Mapped[int]
    node: Mapped[str | None]  # whose spool holds the legs; known once Asterisk has started to write
    agents: Mapped[list[str]] = mapped_column(server_default="{}")  # interfaces of those who talk in this segment
    state: Mapped[str] = mapped_column(server_default=RecordingState.EXPECTED)
    notice_heard: Mapped[bool] = mapped_column(server_default=text("false"))  # the caller was told of the recording
    created_at: Mapped[created_at]
    started_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    stored_at: Mapped[datetime | None]
    duration: Mapped[timedelta | None]
    size: Mapped[int | None]  # bytes in the store
    sha256: Mapped[str | None]
    object_key: Mapped[str | None]
    codec: Mapped[str | None]  # "audio/webm; codecs=opus"
    levels: Mapped[dict[str, Any] | None]
    waves: Mapped[dict[str, Any] | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    due_at: Mapped[datetime | None]  # when to try (again)
    last_error: Mapped[str | None]
    reason: Mapped[str | None]  # why there is no recording
    act_id: Mapped[int | None] = mapped_column(ForeignKey(DeletionAct.id, ondelete="RESTRICT"))  # that deleted it
    deleted_at: Mapped[datetime | None]

    @property
    def file_name(self) -> str:
        """What the file is called when somebody downloads it."""
        return f"{self.call}.{self.segment}.webm"


class Listening(OfOrganisation, Base):
    """Who heard or took away a recording, when and what for: appended, never changed."""

    __tablename__ = "listening"
    __table_args__ = (
        CheckConstraint(one_of("why", Why), name="why"),
        CheckConstraint(one_of("kind", ListeningKind), name="kind"),
        CheckConstraint("why <> 'other' OR note <> ''", name="other_is_told"),
    )

    id: Mapped[identity]
    recording_id: Mapped[int] = mapped_column(ForeignKey("recording.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    at: Mapped[created_at]
    kind: Mapped[str]
    why: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str]  # from where
