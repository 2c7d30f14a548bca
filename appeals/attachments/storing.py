"""From what a browser sends to an object in the store: looked at, made anew, uploaded and read back.

No transaction is open meanwhile. The row is written afterwards (`service.attach`), so that none ever names an object
that is not there; an object without a row is what a crash in between leaves, and `verification` finds it.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from uuid import uuid4

import structlog

from appeals.attachments import content, pictures
from appeals.attachments.model import JPEG, SORTS, Refusal, Refused, shown_name
from db import NotFound, store

log = structlog.get_logger()

PREFIX: Final = "attachments"
SMALL: Final = ".small"
_PIECE: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file that is in the store and was read back from it."""

    file_name: str
    media_type: str
    size: int
    sha256: str
    object_key: str
    small_key: str | None = None
    width: int | None = None
    height: int | None = None


def store_file(organisation: int, sent: IO[bytes], name: str, *, limit: int) -> Stored:
    """The file, taken and stored under a key that nothing had before. Refused; StoreAway: nothing was kept."""
    with tempfile.TemporaryDirectory(prefix="holos-attachment-") as made:
        folder = Path(made)
        source = _received(sent, folder / "sent", limit)
        media_type = content.type_of(source)
        ending = SORTS[media_type].ending
        key = f"{prefix(organisation)}{_spread(uuid4().hex)}.{ending}"
        picture = pictures.remade(source, media_type, folder) if SORTS[media_type].is_picture else None
        kept = source if picture is None else picture.path
        size, sha256 = kept.stat().st_size, _checksum(kept)
        stored = Stored(
            file_name=shown_name(name, ending),
            media_type=media_type,
            size=size,
            sha256=sha256,
            object_key=key,
            small_key=key + SMALL if picture else None,
            width=picture.width if picture else None,
            height=picture.height if picture else None,
        )
        with _taken_away(stored):
            if picture is not None:
                store.put(key + SMALL, picture.small, kind=JPEG)
            store.put(key, kept, kind=media_type)
            _check_read_back(stored)
    return stored


def forget(stored: Stored) -> None:
    """Deletes an object that no row will name; what cannot be deleted now is found as an orphan."""
    for key in (stored.small_key, stored.object_key):
        try:
            if key is not None:
                store.delete(key)
        except (store.StoreAway, store.NotGone) as error:
            log.warning("attachment_left_in_the_store", key=key, error=str(error))


def prefix(organisation: int) -> str:
    """Under which everything of the organisation lies."""
    return f"{PREFIX}/{organisation}/"


def remake_small(object_key: str, media_type: str) -> None:
    """The small picture anew, from the whole one. NotFound; StoreAway; Refused."""
    with tempfile.TemporaryDirectory(prefix="holos-attachment-") as made:
        folder = Path(made)
        with (folder / "whole-one").open("wb") as file:
            for piece in store.read(object_key):
                file.write(piece)
        picture = pictures.remade(folder / "whole-one", media_type, folder)
        store.put(object_key + SMALL, picture.small, kind=JPEG)


def _received(sent: IO[bytes], path: Path, limit: int) -> Path:
    """The file on the disk, piece by piece, and no more of it than is allowed."""
    left = limit
    with path.open("wb") as file:
        while piece := sent.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise Refused(Refusal.TOO_LARGE)
            file.write(piece)
    return path


def _spread(name: str) -> str:
    """A folder for some thousand objects each: stores list folders."""
    return f"{name[:2]}/{name[2:4]}/{name}"


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_read_back(stored: Stored) -> None:
    """The store is believed only what it gives back."""
    try:
        unchanged = store.checksum(stored.object_key) == (stored.sha256, stored.size)
    except NotFound as error:
        raise store.StoreAway("what was sent is not there") from error
    if not unchanged:
        raise store.StoreAway("what was read back differs from what was sent")


@contextmanager
def _taken_away(stored: Stored) -> Iterator[None]:
    """What goes wrong in the block leaves no object behind, if the store still listens."""
    try:
        yield
    except store.StoreAway:
        forget(stored)
        raise
