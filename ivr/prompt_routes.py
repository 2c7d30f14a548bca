"""Pages of prompts: whose voice says each in each language, and how to replace it by a studio recording."""

import io
import shutil
import tempfile
import wave
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from calls.model import Language
from db import NotFound
from ivr import loudness, prompts, queries, service, studio
from ivr.prompts import Prompt
from staff import queries as staff
from staff.access import DbSession, may
from staff.service import audit
from staff.tables import Organisation, Person
from web.forms import Submitted, blank, submitted
from web.languages import gettext as _
from web.languages import later
from web.pages import render, see_other

router = APIRouter(prefix="/menus/prompts")

Reader = Annotated[Person, may("menus.read")]
Administrator = Annotated[Person, may("prompts.replace")]
Spoken = Literal["uk", "uz", "ru", "en"]

REFUSALS = {
    studio.NotAPrompt.TOO_LARGE: later("The file is larger than 20 MB. Nothing was changed."),
    studio.NotAPrompt.NO_SOUND: later("There is no sound in this file. Nothing was changed."),
    studio.NotAPrompt.TOO_LONG: later("The recording is longer than three minutes. Nothing was changed."),
    studio.NotAPrompt.SILENT: later("The recording is silent. Nothing was changed."),
}
SECTIONS = {"common": later("Said to every caller"), "appeals": later("The state of an appeal by its number")}


class Recording(BaseModel):
    """A studio recording as sent by a browser."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    recording: UploadFile


@router.get("")
def prompts_page(request: Request, session: DbSession, person: Reader) -> Response:
    """Every prompt in every language: spoken by the machine, or by a person."""
    organisation = staff.organisation(session, person.organisation_id)
    replaced = {(r.prompt, r.language) for r in queries.studio_recordings(session)}
    sections: dict[str, list[str]] = {}
    for name, prompt in _mine(organisation).items():
        sections.setdefault(prompt.section, []).append(name)
    return render(
        request,
        "ivr/prompts.html",
        sections=sections,
        names=SECTIONS,
        texts={name: prompt.words for name, prompt in _mine(organisation).items()},
        spoken=organisation.languages,
        replaced=replaced,
        fragments=sum(p.section == "numbers" and p.heard_by == Language.ENGLISH for p in prompts.all_prompts()),
    )


@router.get("/{prompt}")
def prompt_page(request: Request, session: DbSession, person: Reader, prompt: str) -> Response:
    """One prompt: its words and its voice in each language."""
    return _page(request, session, person, prompt)


@router.get("/{prompt}/{language}/sound.wav")
def sound(
    request: Request, session: DbSession, person: Reader, *, prompt: str, language: Spoken, machine: bool = False
) -> Response:
    """What callers of this organisation hear; `machine` asks for the spoken text whatever they hear."""
    recording = None if machine else queries.find_recording(session, prompt, language)
    if recording is not None:
        return _wav(recording.sound)
    path = prompts.path(request.app.state.sounds, language, prompt)
    if prompt not in _mine(staff.organisation(session, person.organisation_id)) or not path.exists():
        raise NotFound(f"sound of {prompt}")
    return _wav(path.read_bytes())


@router.post("/{prompt}/{language}/upload")
def upload(
    request: Request,
    session: DbSession,
    person: Administrator,
    *,
    prompt: str,
    language: Spoken,
    form: Annotated[Submitted[Recording], submitted(Recording)],
) -> Response:
    """Replaces the spoken prompt by a studio recording, or says beside the field why not."""
    organisation = staff.organisation(session, person.organisation_id)
    if prompt not in _mine(organisation):
        raise NotFound(f"prompt {prompt}")
    if form.value is None or not form.value.recording.filename:
        form.refuse("recording", _("Choose a file"))
        return _page(request, session, person, prompt, wrong=language, form=form)
    file_name = form.value.recording.filename
    try:
        levelled = _levelled(form.value.recording)
    except studio.NotAPrompt as refusal:
        form.refuse("recording", _(REFUSALS[refusal.reason]))
        return _page(request, session, person, prompt, wrong=language, form=form)
    service.replace_prompt(
        session, organisation.id, prompt, Language(language), sound=levelled, file_name=file_name, by=person.id
    )
    audit(session, person, "prompt.replaced", f"prompt:{prompt}/{language}", file=file_name[:200])
    return see_other(f"/menus/prompts/{prompt}", notice=_("Callers hear the recording from now on."))


@router.post("/{prompt}/{language}/undo")
def undo(session: DbSession, person: Administrator, prompt: str, language: Spoken) -> Response:
    """Back to the machine's voice."""
    service.undo_prompt(session, person.organisation_id, prompt, Language(language))
    audit(session, person, "prompt.restored", f"prompt:{prompt}/{language}")
    return see_other(f"/menus/prompts/{prompt}", notice=_("Callers hear the spoken text again."))


def _page(
    request: Request,
    session: Session,
    person: Person,
    prompt: str,
    *,
    wrong: str = "",
    form: Submitted[Any] | None = None,
) -> Response:
    organisation = staff.organisation(session, person.organisation_id)
    if prompt not in _mine(organisation):
        raise NotFound(f"prompt {prompt}")
    return render(
        request,
        "ivr/prompt.html",
        status=422 if wrong else 200,
        name=prompt,
        texts={language: prompts.written(Language(language))[prompt].words for language in organisation.languages},
        recordings={r.language: r for r in queries.studio_recordings(session) if r.prompt == prompt},
        wrong=wrong,
        form=form or blank(),
        nothing=blank(),
    )


def _mine(organisation: Organisation) -> dict[str, Prompt]:
    """The prompts that this organisation's callers may hear: the common ones and its own."""
    written = prompts.written(Language(organisation.default_language))
    return {name: p for name, p in written.items() if p.section in (*SECTIONS, organisation.code)}


def _levelled(upload: UploadFile) -> bytes:
    """The upload as a prompt, by way of a file that is gone afterwards."""
    if upload.size is not None and upload.size > studio.LARGEST:
        raise studio.NotAPrompt(studio.NotAPrompt.TOO_LARGE)
    with tempfile.TemporaryDirectory(prefix="holos-studio-") as directory:
        path = Path(directory) / "upload"
        with path.open("wb") as file:
            shutil.copyfileobj(upload.file, file)
        return studio.prompt_from(path)


def _wav(sound: bytes) -> Response:
    """As browsers play it: 16-bit PCM."""
    body = io.BytesIO()
    with wave.open(body, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(loudness.RATE)
        wav.writeframes(loudness.from_a_law(sound))
    return Response(body.getvalue(), media_type="audio/wav", headers={"Cache-Control": "private, max-age=0"})
