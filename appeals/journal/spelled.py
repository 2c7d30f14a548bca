"""The words of an appeal as they are looked for, written beside it: no index of PostgreSQL's own finds them (0101)."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from sqlalchemy import ARRAY, BigInteger, any_, delete, insert, literal, update
from sqlalchemy.orm import Session

from appeals import spelling
from appeals.journal import queries
from appeals.journal.model import LONGEST_WORD, Part
from appeals.journal.tables import Line, Word, table_of
from appeals.tables import Appeal

AT_ONCE: Final = 500  # appeals
MOST: Final = 2_000  # words of one appeal: a novel is found by its beginning


def words(text: str) -> list[str]:
    """Every word of every reading of a text, each once."""
    found: dict[str, None] = {}
    for token in text.split():
        for reading in spelling.readings(token):
            found.update(dict.fromkeys(word[:LONGEST_WORD] for word in reading.split()))
        if len(found) >= MOST:
            break
    return list(found)[:MOST]


def write(session: Session, appeals: Sequence[Appeal]) -> None:
    """The words of these appeals anew; their applicants are loaded."""
    ids = literal([appeal.id for appeal in appeals], ARRAY(BigInteger))
    session.execute(delete(Word).where(Word.appeal_id == any_(ids)))
    written: dict[int, list[str]] = {}
    for address in queries.written_addresses(session, [appeal.id for appeal in appeals]):
        written.setdefault(address.appeal_id, []).append(address.written)
    rows = [
        {"organisation_id": appeal.organisation_id, "appeal_id": appeal.id, "part": part.value, "word": word}
        for appeal in appeals
        for part, word in _of(appeal, written.get(appeal.id, ()))
    ]
    if rows:
        session.execute(insert(table_of(Word)), rows)
    session.execute(update(Line).where(Line.appeal_id == any_(ids)).values(unspelled=False))


def _of(appeal: Appeal, addresses: Collection[str]) -> Iterator[tuple[Part, str]]:
    yield from ((Part.SUBSTANCE, word) for word in words(appeal.substance))
    yield from ((Part.NAME, word) for word in words(appeal.applicant.name))
    yield from ((Part.ADDRESS, word) for word in words(" ".join(addresses)))


def write_waiting(session: Session, *, at_most: int = AT_ONCE) -> int:
    """The words of appeals that have changed since; how many there were."""
    waiting = queries.unspelled(session, at_most=at_most)
    if waiting:
        write(session, waiting)
    return len(waiting)
