"""Files of others that were sent, as stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from appeals.xml.model import State
from db import Base, OfOrganisation, created_at, identity, one_of


class AppealFile(OfOrganisation, Base):
    """A file of appeals: kept until somebody decides, then taken in by a worker, row by row."""

    __tablename__ = "appeal_file"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("done BETWEEN 0 AND rows", name="done"),
        Index("ix_appeal_file_person_id", "person_id", "id"),
    )

    id: Mapped[identity]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    file_name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    rows: Mapped[int]
    state: Mapped[str] = mapped_column(server_default=State.KEPT)
    language: Mapped[str]  # in which what is wrong is told
    done: Mapped[int] = mapped_column(server_default="0")
    registered: Mapped[int] = mapped_column(server_default="0")  # of those done; the others were here already
    faults: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")  # of rows that were left out
    created_at: Mapped[created_at]
    told_at: Mapped[datetime] = mapped_column(server_default=func.now())  # the last sign of life of who takes it in
