"""What is given back from the store: only what is unchanged since it was stored."""

import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO, Final

import structlog

from appeals.attachments import storing
from appeals.attachments.model import Refused
from appeals.attachments.tables import Attachment
from db import Conflict, NotFound, store

log = structlog.get_logger()

_IN_MEMORY: Final = 2_000_000  # bytes
_PIECE: Final = 1 << 16


class NotGenuine(Conflict):
    """What the store gives back is not what was stored, or it gives back nothing."""


def genuine(attachment: Attachment) -> Iterator[bytes]:
    """The file, piece by piece, after all of it was compared with what was stored. NotGenuine; StoreAway."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 -- closed by who reads it to the end
    digest = hashlib.sha256()
    try:
        for piece in store.read(attachment.object_key):
            digest.update(piece)
            file.write(piece)
    except NotFound as error:
        log.error("attachment_missing_in_the_store", attachment=attachment.id)
        raise NotGenuine(f"attachment {attachment.id}") from error
    if digest.hexdigest() != attachment.sha256:
        log.error("attachment_changed_in_the_store", attachment=attachment.id)
        raise NotGenuine(f"attachment {attachment.id}")
    file.seek(0)
    return _pieces(file)


def small(attachment: Attachment) -> bytes:
    """The small picture, made again where it is lost. NotFound for what is no picture; StoreAway; NotGenuine."""
    if attachment.small_key is None:
        raise NotFound(f"attachment {attachment.id} is no picture")
    try:
        return b"".join(store.read(attachment.small_key))
    except NotFound:
        try:
            storing.remake_small(attachment.object_key, attachment.media_type)
        except (NotFound, Refused) as error:
            raise NotGenuine(f"attachment {attachment.id}") from error
        return b"".join(store.read(attachment.small_key))


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
