"""What the trail says, and where rows say something else."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db import seals
from staff.trail.tables import RowChange, RowEntry

_LOCK = 0x5452  # the trail's advisory locks; the second key is the organisation
_AT_ONCE = 2000  # rows fetched at a time


class Differs(NamedTuple):
    """A row that is not as its last entry says: what it is now, and what was entered."""

    row_key: str
    is_there: bool
    entered: str | None  # the last deed; None where nothing was


def wait_for_turn(session: Session, organisation: int) -> None:
    """Until the end of this transaction nobody else adds to the organisation's trail."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(:space, :organisation)"),
        {"space": _LOCK, "organisation": organisation % 2**31},
    )


def waiting(session: Session) -> Sequence[int]:
    """Organisations with changes that wait for their seal."""
    return session.scalars(select(RowChange.organisation_id).distinct()).all()


def unsealed(session: Session, organisation: int, *, at_most: int) -> Sequence[RowChange]:
    """Changes that wait, the first ones first."""
    asked = select(RowChange).where(RowChange.organisation_id == organisation).order_by(RowChange.id)
    return session.scalars(asked.limit(at_most)).all()


def last(session: Session, organisation: int) -> RowEntry | None:
    """The newest entry, or None."""
    mine = select(RowEntry).where(RowEntry.organisation_id == organisation)
    return session.scalars(mine.order_by(RowEntry.number.desc()).limit(1)).first()


def chain(session: Session, organisation: int) -> Iterator[RowEntry]:
    """Every entry from the first on."""
    entries = select(RowEntry).where(RowEntry.organisation_id == organisation).order_by(RowEntry.number)
    for entry in session.scalars(entries.execution_options(yield_per=_AT_ONCE)):
        session.expunge(entry)
        yield entry


def count(session: Session, table: str, organisation: int) -> int:
    """How many rows the table has."""
    asked = text(f'SELECT count(*) FROM "{table}" WHERE organisation_id = :organisation')
    return session.scalar(asked, {"organisation": organisation}) or 0


def differing(session: Session, table: str, key: Sequence[str], organisation: int) -> Sequence[Differs]:
    """Rows of the table that are not as their last entry, sealed or waiting, says; in one look at all of them.

    The digest is made of the columns that the row had at its entry.
    """
    found = session.execute(
        text(
            f"""
WITH entered AS (
    SELECT DISTINCT ON (row_key) row_key, deed, digest, form FROM (
        SELECT row_key, deed, digest, form, 0 AS waits, number AS place FROM row_entry
        WHERE organisation_id = :organisation AND of = :table
        UNION ALL
        SELECT row_key, deed, digest, form, 1, id FROM row_change WHERE organisation_id = :organisation AND of = :table
    ) AS every_one ORDER BY row_key, waits DESC, place DESC
), present AS (
    SELECT {seals.row_key(key)} AS row_key, content FROM (
        SELECT to_jsonb(one) AS content FROM "{table}" AS one WHERE organisation_id = :organisation OFFSET 0
    ) AS each
)
SELECT COALESCE(entered.row_key, present.row_key), present.row_key IS NOT NULL, entered.deed
FROM entered FULL JOIN present ON present.row_key = entered.row_key LEFT JOIN row_form ON row_form.hash = entered.form
WHERE NOT (entered.deed IS NOT DISTINCT FROM 'delete' AND present.row_key IS NULL) AND (
    entered.row_key IS NULL OR present.row_key IS NULL OR entered.deed = 'delete' OR entered.digest <> encode(sha256(
        convert_to((
            SELECT jsonb_object_agg(name, present.content -> name) FROM unnest(row_form.names) AS name
        )::text, 'UTF8')), 'hex')
)
ORDER BY 1"""
        ),
        {"organisation": organisation, "table": table},
    )
    return [Differs(*row) for row in found]
