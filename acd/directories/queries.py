"""The entries of a directory."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from acd import queries as desk
from acd.directories.model import Directory
from acd.tables import PauseReason
from calls import queries as calls
from calls.tables import Topic
from db import NotFound

Entry = PauseReason | Topic


def entries(session: Session, directory: Directory) -> Sequence[Entry]:
    """Every entry in its order, also those switched off."""
    return desk.pause_reasons(session) if directory is Directory.PAUSES else calls.topics(session)


def entry(session: Session, directory: Directory, code: str) -> Entry:
    """The entry with this code. NotFound."""
    found = next((each for each in entries(session, directory) if each.code == code), None)
    if found is None:
        raise NotFound(f"{directory} {code}")
    return found
