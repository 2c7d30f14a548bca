"""The words of attachments: refusals, faults, sizes."""

from appeals.attachments.model import Fault, Refusal
from web.languages import gettext as _
from web.languages import later

REFUSALS: dict[Refusal, str] = {
    Refusal.EMPTY: later("The file is empty. Nothing was attached."),
    Refusal.TOO_LARGE: later("The file is larger than %(limit)s MB. Nothing was attached."),
    Refusal.EXECUTABLE: later("This is a program, whatever its name says. Programs are not attached."),
    Refusal.ARCHIVE: later("This is an archive. Unpack it and attach the files in it."),
    Refusal.NOT_ALLOWED: later(
        "Photos (JPEG, PNG, WebP), PDF, Word, Excel and OpenDocument files are attached. This is none."
    ),
    Refusal.BROKEN: later("The file cannot be read: it is damaged, or it is not what its name says."),
    Refusal.TOO_MANY_POINTS: later("The picture has too many points to be opened safely. Make it smaller."),
    Refusal.MOVING: later("This picture moves. Attach a still one."),
    Refusal.UNPACKS: later("The document unpacks to far too much and was not opened."),
    Refusal.MACROS: later("The document has macros. Save it without them, or as PDF."),
    Refusal.TOO_MANY: later("The appeal has as many files as one may have. Nothing was attached."),
    Refusal.STORE_AWAY: later(
        "The store of files does not answer. Nothing was saved; send the file again in a minute."
    ),
}  # fmt: skip
FAULTS: dict[str, str] = {
    Fault.MISSING: later("is not in the store"),
    Fault.CHANGED: later("is not what was stored"),
    Fault.ORPHAN: later("is in the store, and nothing names it"),
}


def refusal(refused: Refusal, *, limit: int) -> str:
    """Why the file is not taken; `limit` in bytes."""
    return (
        _(REFUSALS[refused]) % {"limit": limit // 1_000_000} if refused is Refusal.TOO_LARGE else _(REFUSALS[refused])
    )
