"""What pages of appeals and of executors answer about attachments: files taken, files given out.

What is given out runs nothing in a browser, whatever is in it.
"""

from typing import Final
from urllib.parse import quote
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from appeals.attachments import opening, receiving, service, words
from appeals.attachments.model import LONGEST_NOTE, Refusal, Refused
from appeals.attachments.tables import Attachment
from db.store import StoreAway
from staff.tables import Person
from web.forms import Submitted
from web.languages import gettext as _
from web.problems import Unavailable

SEALED: Final = {  # what a file may do in a browser that opens it: nothing
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Encoding": "identity",  # files are packed already; else each is packed once more on its way
}


class FilesForm(BaseModel):
    """Files of one kind."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    attachment_kind: int = Field(ge=1, lt=2**63)
    attachment_note: str = Field("", max_length=LONGEST_NOTE)
    submission: UUID | None = None  # of a script that may have to send the file again
    files: list[UploadFile] = Field(min_length=1, max_length=50)


class BackForm(BaseModel):
    """Why something is taken back."""

    why: str = Field(min_length=3, max_length=LONGEST_NOTE)


def take(
    form: Submitted[FilesForm], number: str, *, limit: int, by: Person, assignment: int | None = None
) -> list[tuple[str, Refusal]]:
    """Attaches what was sent, of the appeal or of one assignment; the names of what was refused, and why."""
    given, wrong = form.value, list[tuple[str, Refusal]]()
    for each in given.files if given is not None else ():
        assert given is not None
        alone = len(given.files) == 1
        name = each.filename or ""
        try:
            receiving.receive(
                number,
                each.file,
                name,
                kind=given.attachment_kind,
                note=given.attachment_note,
                assignment=assignment,
                submission=given.submission if alone and given.submission else uuid4(),
                limit=limit,
                by=by,
            )
        except Refused as refused:
            wrong.append((name, refused.refusal))
        except service.NotOffered:
            form.refuse("attachment_kind", _("Choose one of the values offered"))
            break
    return wrong


def small(attachment: Attachment) -> Response:
    """The small picture."""
    try:
        picture = opening.small(attachment)
    except StoreAway as error:
        raise Unavailable from error
    return Response(picture, media_type="image/jpeg", headers={**SEALED, "Cache-Control": "private, max-age=300"})


def sent(attachment: Attachment, how: str) -> Response:
    """The file, "inline" or as an "attachment". Unavailable; NotGenuine."""
    try:
        pieces = opening.genuine(attachment)
    except StoreAway as error:
        raise Unavailable from error
    name = attachment.file_name
    plain = "".join(each if each.isascii() and (each.isalnum() or each in " .-_") else "_" for each in name)
    headers = {
        **SEALED,
        "Content-Disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Length": str(attachment.size),
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(pieces, media_type=attachment.media_type, headers=headers)


def wants_json(request: Request) -> bool:
    """Whether the script of the page asks, not a form."""
    return "application/json" in request.headers.get("accept", "")


def refuse(form: Submitted[FilesForm], wrong: list[tuple[str, Refusal]], limit: int) -> int | None:
    """Tells beside the field what was refused; the status of the answer, None where nothing was."""
    if wrong:
        form.refuse("files", " ".join(f"{name[:120]}: {words.refusal(why, limit=limit)}" for name, why in wrong))
    if not form.errors:
        return None
    form.typed["files"] = ""
    return 503 if Refusal.STORE_AWAY in {why for _name, why in wrong} else 422


def told(form: Submitted[FilesForm], wrong: list[tuple[str, Refusal]], limit: int) -> Response:
    """For the script of the page, which sends one file at a time: what is wrong, and whether to try again."""
    if wrong:
        _name, why = wrong[0]
        away = why is Refusal.STORE_AWAY
        return JSONResponse({"error": words.refusal(why, limit=limit), "again": away}, status_code=503 if away else 422)
    if form.errors:
        return JSONResponse({"error": " ".join(form.errors.values()), "again": False}, status_code=422)
    return JSONResponse({"error": "", "again": False})
