"""Files that citizens send: by the same rules as those of staff, all of a form or none."""

from collections.abc import Iterable, Sequence
from typing import Any

from starlette.datastructures import UploadFile

from appeals.attachments import storing, words
from appeals.attachments.model import Refusal, Refused
from appeals.attachments.storing import Stored
from appeals.cabinet.model import Field
from db.store import StoreAway
from web.forms import Submitted


def store(organisation: int, files: Sequence[UploadFile], form: Submitted[Any], *, limit: int) -> list[Stored] | None:
    """The files in the store; None, and none of them there, where one is refused: the form says which and why."""
    stored: list[Stored] = []
    wrong: list[str] = []
    for each in files:
        name = each.filename or ""
        try:
            stored.append(storing.store_file(organisation, each.file, name, limit=limit))
        except Refused as refused:
            wrong.append(f"{name[:120]}: {words.refusal(refused.refusal, limit=limit)}")
        except StoreAway:
            wrong.append(words.refusal(Refusal.STORE_AWAY, limit=limit))
            break
    if not wrong:
        return stored
    forget(stored)
    form.refuse(Field.FILES, " ".join(wrong))
    return None


def forget(stored: Iterable[Stored]) -> None:
    """Files that no row will name."""
    for each in stored:
        storing.forget(each)
