"""A file that changes a directory: sent, looked at, and only then carried out.

It goes to the page and back with the seal of what it was to change: nothing happens but what somebody has seen, and
nothing of it is kept here meanwhile.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile

from appeals.sheets import BadSheet, Fault
from web.forms import Submitted, blank
from web.languages import gettext as _
from web.languages import later

LARGEST: Final = 500_000  # bytes: of ten thousand rules, two thousand executors, a national classifier the half at most
REFUSED: dict[str, str] = {
    Fault.TOO_LARGE: later("The file is too large"),
    Fault.UNREADABLE: later("The file is neither CSV nor Excel"),
    Fault.EMPTY: later("The file has no rows"),
    Fault.NO_COLUMN: later("Columns are missing or stand there twice: %s"),
}


class Changes(Protocol):
    """What a file would change."""

    @property
    def faults(self) -> Sequence[Any]:
        """The rows for which nothing is changed."""


Plan = TypeVar("Plan", bound=Changes)


class FileForm(BaseModel):
    """A file."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: UploadFile


class SeenForm(BaseModel):
    """The file that was looked at, and what it was to change then."""

    sent: str = Field(max_length=LARGEST * 2)
    seen: str = Field(max_length=64)


@dataclass(frozen=True, slots=True)
class Preview(Generic[Plan]):
    """What the page shows: the form, and the plan of the file where it has one."""

    form: Submitted[Any]
    plan: Plan | None = None
    content: bytes = b""
    seal: str = ""
    is_as_seen: bool = False  # and may be carried out

    @property
    def status(self) -> int:
        """Of the answer."""
        return 200 if self.plan is not None and not self.plan.faults else 422

    def shown(self) -> dict[str, Any]:
        """For the page."""
        sent = base64.b64encode(self.content).decode()
        return {"form": self.form, "plan": self.plan, "sent": sent, "seal": self.seal}


def look(
    form: Submitted[Any], planned: Callable[[bytes], Plan], told: Callable[[Plan], Iterable[str]]
) -> Preview[Plan]:
    """What the file would change. `told` says each change in words that differ when it is another one."""
    if form.value is None or not form.value.file.filename:
        form.refuse("file", _("Choose a file"))
        return Preview(form)
    return _preview(form, form.value.file.file.read(LARGEST + 1), planned, told)


def once_more(
    form: Submitted[Any], planned: Callable[[bytes], Plan], told: Callable[[Plan], Iterable[str]]
) -> Preview[Plan]:
    """What the file that was seen would change now; by now it may be something else."""
    if form.value is None:
        return Preview(blank())
    try:
        content = base64.b64decode(form.value.sent, validate=True)
    except binascii.Error:
        return Preview(blank())
    return _preview(form, content, planned, told, seen=form.value.seen)


def _preview(
    form: Submitted[Any],
    content: bytes,
    planned: Callable[[bytes], Plan],
    told: Callable[[Plan], Iterable[str]],
    *,
    seen: str = "",
) -> Preview[Plan]:
    try:
        if len(content) > LARGEST:
            raise BadSheet(Fault.TOO_LARGE)
        plan = planned(content)
    except BadSheet as bad:
        form.refuse("file", refusal(bad))
        return Preview(form)
    seal = hashlib.sha256("\n".join(told(plan)).encode()).hexdigest()
    return Preview(form, plan, content, seal, is_as_seen=seen == seal and not plan.faults)


def refusal(bad: BadSheet) -> str:
    """Why a table that was sent is not taken, in the reader's language."""
    told = _(REFUSED[bad.fault])
    return told % ", ".join(bad.about) if bad.fault is Fault.NO_COLUMN else told
