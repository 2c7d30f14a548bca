"""Recordings over HTTP: the player of a call, the question why, and the sound itself.

Sound is served by us and not by an address of the store, so that each listening is allowed and written down first.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from calls import directory
from calls import queries as calls
from calls.model import interface_of
from db import NotFound, transaction
from db.store import StoreAway
from recordings import queries, words
from recordings.keeping import queries as kept
from recordings.keeping.model import due_on, order, rule_for
from recordings.listening import check_genuine, check_stored, note_listening, sound_of
from recordings.model import ListeningKind, RecordingState, Why
from recordings.ranges import Part, asked_part
from recordings.tables import Listening, Recording
from staff.access import DbSession, may
from staff.audit import audit
from staff.rights import has
from staff.tables import Person
from web.forms import Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import is_part, render, see_other
from web.problems import NotAllowed, Unavailable

router = APIRouter(prefix="/recordings")

Reader = Annotated[Person, may("calls.read_own")]
Listener = Annotated[Person, may("recordings.listen_own")]
Downloader = Annotated[Person, may("recordings.download")]

_A_SITTING = timedelta(hours=8)  # how long one answer to "why" opens a recording


class WhyForm(BaseModel):
    """What somebody listens for."""

    why: Why
    note: str = Field("", max_length=500)


Asked = Annotated[Submitted[WhyForm], submitted(WhyForm)]


@router.get("/of")
def of_call(request: Request, session: DbSession, person: Reader, call: UUID, listening: int | None = None) -> Response:
    """The recordings of a call: a part for the call's page; alone, a page."""
    recordings = queries.of_call(session, call)
    if not recordings:
        calls.get(session, call)  # NotFound for a call that is not known here
    if not has(person, "calls.read") and not any(_took_part(person, recording) for recording in recordings):
        raise NotFound(f"call {call}")
    opened = _opened(session, person, listening) if listening else None
    return render(
        request,
        "recordings/_of_call.html" if is_part(request) else "recordings/of_call.html",
        call=call,
        segments=[_segment(session, person, recording, listening=opened) for recording in recordings],
        still_on=not recordings and calls.is_on(session, call),
        keeping=_keeping(session, person, call, recordings),
        **_log_of(session, call),
    )


@router.get("/{recording_id}")
def segment(
    request: Request, session: DbSession, person: Reader, recording_id: int, listening: int | None = None
) -> Response:
    """One segment: a part that the page asks for until it can be played."""
    recording = _visible(session, person, recording_id)
    opened = _opened(session, person, listening) if listening else None
    return render(
        request, "recordings/_segment.html", each=_segment(session, person, recording, listening=opened), words=words
    )


@router.post("/{recording_id}/listen")
def listen(request: Request, person: Listener, recording_id: int, form: Asked) -> Response:
    """Writes down who listens and why, then opens the sound."""
    _check_genuine(person, recording_id, form)
    with transaction(person.organisation_id) as session:
        recording = _audible(session, person, recording_id)
        listening = _noted(request, session, person, recording, form=form, kind=ListeningKind.LISTENED)
        if is_part(request):
            each = _segment(session, person, recording, listening=listening, form=form)
            log_of = _log_of(session, recording.call)
            return render(request, "recordings/_opened.html", status=200 if listening else 422, each=each, **log_of)
        if listening is None:
            return _asked_again(request, session, person, recording, form)
        return see_other(f"/recordings/of?call={recording.call}&listening={listening.id}")


@router.post("/{recording_id}/download")
def download(request: Request, person: Downloader, recording_id: int, form: Asked) -> Response:
    """Writes down who takes the recording away and why, then gives the file."""
    _check_genuine(person, recording_id, form)
    with transaction(person.organisation_id) as session:
        recording = _audible(session, person, recording_id)
        listening = _noted(request, session, person, recording, form=form, kind=ListeningKind.DOWNLOADED)
        if listening is None:
            return _asked_again(request, session, person, recording, form)
        return see_other(f"/recordings/{recording.id}/file?listening={listening.id}")


@router.get("/{recording_id}/audio")
def audio(
    session: DbSession,
    person: Listener,
    recording_id: int,
    listening: int,
    range_: Annotated[str, Header(alias="Range")] = "",
) -> Response:
    """The sound, or the part of it that is asked for, to who has said why."""
    recording = _audible(session, person, recording_id)
    _opened(session, person, listening, recording=recording, kind=ListeningKind.LISTENED)
    return _sound(recording, asked_part(range_, recording.size or 0))


@router.get("/{recording_id}/file")
def file(session: DbSession, person: Downloader, recording_id: int, listening: int) -> Response:
    """The whole recording, to be kept."""
    recording = _audible(session, person, recording_id)
    _opened(session, person, listening, recording=recording, kind=ListeningKind.DOWNLOADED)
    answer = _sound(recording, None)
    answer.headers["Content-Disposition"] = f'attachment; filename="{recording.file_name}"'
    return answer


def _sound(recording: Recording, part: Part | None) -> Response:
    """Streams from the store; no part asked for is the whole, with 200 (RFC 9110, 14.2)."""
    size = recording.size or 0
    headers = {"Accept-Ranges": "bytes", "ETag": f'"{recording.sha256}"', "Content-Type": "audio/webm"}
    if part is not None and not part.exists:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    whole = part is None
    first, length = (0, size) if part is None else (part.first, part.length)
    if not whole:
        headers["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
    try:
        pieces = sound_of(recording, offset=first, length=length)
    except StoreAway as error:
        raise Unavailable from error
    headers |= {"Content-Length": str(length), "Cache-Control": "private, no-store"}
    return StreamingResponse(pieces, status_code=200 if whole else 206, headers=headers)


def _check_genuine(person: Person, recording_id: int, form: Submitted[WhyForm]) -> None:
    """Only what the store gives back unchanged is opened, and only to who says why. NotGenuine; Unavailable.

    The whole object is read, so no transaction is open meanwhile; a stored recording never changes.
    """
    if form.value is not None and form.value.why is Why.OTHER and not form.value.note:
        form.refuse("note", _("Say in own words what for"))
    if form.value is None:
        return
    with transaction(person.organisation_id) as session:
        recording = _audible(session, person, recording_id)
    try:
        check_genuine(recording)
    except StoreAway as error:
        raise Unavailable from error


def _noted(
    request: Request,
    session: Session,
    person: Person,
    recording: Recording,
    *,
    form: Submitted[WhyForm],
    kind: ListeningKind,
) -> Listening | None:
    """The line in the log; None when no reason was given."""
    if form.value is None:
        return None
    audit(session, person, f"recording.{kind}", f"recording:{recording.call}/{recording.segment}")
    return note_listening(
        session,
        recording,
        person_id=person.id,
        kind=kind,
        why=form.value.why,
        note=form.value.note,
        address=request.client.host if request.client else "",
    )


def _asked_again(
    request: Request, session: Session, person: Person, recording: Recording, form: Submitted[WhyForm]
) -> Response:
    """The page of the segment with the form and what is wrong in it."""
    return render(
        request,
        "recordings/of_call.html",
        status=422,
        call=recording.call,
        segments=[_segment(session, person, recording, form=form)],
        keeping=None,
        **_log_of(session, recording.call),
    )


def _opened(
    session: Session,
    person: Person,
    listening_id: int,
    *,
    recording: Recording | None = None,
    kind: ListeningKind | None = None,
) -> Listening:
    """The person's own line in the log, written not long ago. NotAllowed for any other."""
    listening = queries.find_listening(session, listening_id)
    mine = listening is not None and listening.person_id == person.id
    if listening is None or not mine or listening.at < datetime.now(UTC) - _A_SITTING:
        raise NotAllowed("nobody has said why")
    if (recording is not None and listening.recording_id != recording.id) or (kind and listening.kind != kind):
        raise NotAllowed("this was opened for something else")
    return listening


def _took_part(person: Person, recording: Recording) -> bool:
    return interface_of(person.id) in recording.agents


def _visible(session: Session, person: Person, recording_id: int) -> Recording:
    recording = queries.get(session, recording_id)
    if not has(person, "calls.read") and not _took_part(person, recording):
        raise NotFound(f"recording {recording_id}")
    return recording


def _audible(session: Session, person: Person, recording_id: int) -> Recording:
    """A recording the person may hear and that can be heard. NotFound for others' calls; Conflict while it is not."""
    recording = _visible(session, person, recording_id)
    if not has(person, "recordings.listen") and not _took_part(person, recording):
        raise NotAllowed("recordings.listen")
    check_stored(recording)
    return recording


def _segment(
    session: Session,
    person: Person,
    recording: Recording,
    *,
    listening: Listening | None = None,
    form: Submitted[Any] | None = None,
) -> dict[str, Any]:
    """What the template of one segment needs."""
    own = _took_part(person, recording)
    whys = {why: text for why, text in words.WHYS.items() if own or why != Why.OWN_CALL}
    return {
        "recording": recording,
        "operators": list(directory.operators(session, recording.agents).values()),
        "act": kept.find_act(session, recording.act_id),
        "opened": listening if listening is not None and listening.recording_id == recording.id else None,
        "audible": has(person, "recordings.listen") or (own and has(person, "recordings.listen_own")),
        "downloadable": has(person, "recordings.download"),
        "whys": whys,
        "form": form or blank(why=Why.OWN_CALL if own and not has(person, "recordings.listen") else "", note=""),
    }


def _keeping(session: Session, person: Person, call: UUID, recordings: Sequence[Recording]) -> dict[str, Any] | None:
    """Holds on the call, or until when it is kept; None where nothing is stored, and for who is not to know."""
    stored = [each.ended_at for each in recordings if each.state == RecordingState.STORED and each.ended_at]
    if not stored or not has(person, "recordings.keeping"):
        return None
    zone, known = audience().zone, calls.find(session, call)
    today = datetime.now(zone).date()
    rules = order(kept.rules(session), today)
    topic, fate = (known.topic, known.fate) if known is not None else (None, None)
    rule = rule_for(rules, topic=topic, fate=fate, on=today)
    return {
        "holds": kept.holds_of(session, person.organisation_id, call, today=today),
        "until": None if rule is None else due_on(max(stored).astimezone(zone).date(), rule) - timedelta(days=1),
        "basis": "" if rule is None else rule.basis,
    }


def _log_of(session: Session, call: UUID) -> dict[str, Any]:
    listenings: Sequence[queries.Heard] = queries.listenings(session, call)
    return {"listenings": listenings, "words": words}
