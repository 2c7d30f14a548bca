"""The mails themselves in the S3 store, their files for whoever completes the card, and for the appeal afterwards."""

import io
import tempfile
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_OID, uuid5

import structlog

from appeals.attachments import queries as attached
from appeals.attachments import service as attachments
from appeals.attachments import storing
from appeals.attachments.model import Refused
from appeals.inbound import queries, reading, service
from appeals.inbound.model import LARGEST, Part
from appeals.inbound.tables import InboundLetter
from appeals.tables import Appeal
from db import EVERY_ORGANISATION, NotFound, store, transaction
from staff import queries as staff

log = structlog.get_logger()

AT_ONCE: Final = 20


def keep(key: str, raw: bytes) -> None:
    """The mail as it came. StoreAway."""
    with tempfile.TemporaryDirectory(prefix="holos-letter-") as place:
        file = Path(place, "letter.eml")
        file.write_bytes(raw)
        store.put(key, file, kind="message/rfc822")


def whole(letter: InboundLetter) -> bytes:
    """The mail as it came. NotFound for what was not kept; StoreAway."""
    if letter.object_key is None:
        raise NotFound(f"mail of letter {letter.id}")
    return b"".join(store.read(letter.object_key))


def part(letter: InboundLetter, number: int) -> Part:
    """One file of it. NotFound; StoreAway."""
    parts = reading.read(whole(letter)).parts
    if not 0 <= number < len(parts):
        raise NotFound(f"file {number} of letter {letter.id}")
    return parts[number]


def hand_over_all() -> int:
    """Files of letters that have become appeals become theirs; how many letters. StoreAway: later."""
    with transaction(EVERY_ORGANISATION) as session:
        due = queries.to_hand_over(session, at_most=AT_ONCE)
    for letter_id, organisation in due:
        try:
            _hand_over(letter_id, organisation)
        except store.StoreAway as error:
            log.warning("letter_not_handed_over", letter=letter_id, error=str(error))
        except Exception:  # the edge: the other letters must be handed over
            log.exception("letter_not_handed_over", letter=letter_id)
    return len(due)


def _hand_over(letter_id: int, organisation: int) -> None:
    """Each file once, however often this is begun anew: it has a name that follows from the letter."""
    with transaction(organisation) as session:
        letter = queries.letter(session, letter_id)
        kinds = attachments.offered(session, organisation)
    parts = reading.read(whole(letter)).parts if kinds and letter.object_key else ()
    for number, each in enumerate(parts):
        submission = uuid5(NAMESPACE_OID, f"letter {letter_id} file {number}")
        with transaction(organisation) as session:
            if attached.find_submission(session, submission) is not None:
                continue
        try:
            stored = storing.store_file(organisation, io.BytesIO(each.content), each.name, limit=LARGEST)
        except Refused as refused:
            log.warning("letter_file_refused", letter=letter_id, file=number, why=refused.refusal)
            continue
        with transaction(organisation) as session:
            by = staff.get(session, letter.decided_by or 0)
            appeal = session.get_one(Appeal, letter.appeal_id)
            attachments.attach(session, appeal, stored, kind=kinds[0].id, by=by, submission=submission)
    with transaction(organisation) as session:
        service.hand_over(session, queries.letter_locked(session, letter_id))
