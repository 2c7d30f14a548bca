"""The pattern of registration indexes, how far they are counted, and the index of each appeal, as stored."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db import Base, OfOrganisation, identity


class IndexRule(OfOrganisation, Base):
    """Whether appeals of an organisation get an index beside their number, and how it is written."""

    __tablename__ = "index_rule"
    __table_args__ = (CheckConstraint("pattern LIKE '%{number}%'", name="pattern"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), primary_key=True)
    since: Mapped[datetime | None]  # what is registered from then on gets one; NULL: nothing does
    pattern: Mapped[str]
    by_source: Mapped[bool] = mapped_column(server_default=text("false"))  # each channel is counted by itself
    signs: Mapped[dict[str, str]]  # of the sources


class IndexCounter(OfOrganisation, Base):
    """The last running number of a year, of all appeals or of a source; its row lock makes it unique."""

    __tablename__ = "index_counter"
    __table_args__ = (UniqueConstraint("organisation_id", "year", "source"),)

    id: Mapped[identity]
    year: Mapped[int]
    source: Mapped[str]  # "": of all
    last: Mapped[int]


class AppealIndex(OfOrganisation, Base):
    """The index of an appeal; it is given once and stays."""

    __tablename__ = "appeal_index"
    __table_args__ = (UniqueConstraint("organisation_id", "written"),)

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"), primary_key=True)
    written: Mapped[str]
