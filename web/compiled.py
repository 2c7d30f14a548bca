"""What is compiled beforehand and lies beside the code: templates and catalogues, so that a process begins at once.

`web.compiling` makes it. It counts only for the very sources it was made from; what is not there is compiled at the
start of each process.
"""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

PLACE = Path(__file__).parent / "built"


def named(what: str, sources: Iterable[Path]) -> Path:
    """Where something made of these sources lies, or would."""
    digest = hashlib.sha256()
    for source in sorted(sources):
        digest.update(f"{source.name}\0".encode() + hashlib.sha256(source.read_bytes()).digest())
    return PLACE / f"{what}-{digest.hexdigest()[:16]}"


def keep(place: Path, content: bytes) -> None:
    """Writes it so that nobody reads half of it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_name(f".{place.name}.new")
    unfinished.write_bytes(content)
    unfinished.replace(place)


class Templates(BytecodeCache):
    """Jinja's bytecode by the names of templates; Jinja itself compares each with its source."""

    def __init__(self, place: Path, *, keeps: bool = False) -> None:
        self._place, self._keeps = place, keeps

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was compiled of this template, if anything was."""
        with suppress(FileNotFoundError), (self._place / bucket.key).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps it, where that is wanted."""
        if self._keeps:
            keep(self._place / bucket.key, bucket.bytecode_to_string())

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Wherever the code lies, a template has one name."""
        return name.replace("/", "~")
