"""Pages of prompts: the words of each, whose voice says it in each language, and how an administrator changes them."""

import io
import shutil
import tempfile
import wave
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from calls.model import Language
from db import NotFound, transaction
from ivr import catalogue, contents, prompts, queries, service
from ivr.catalogue import Entry, Voice
from ivr.editor.draft import draft, prompts_of
from ivr.editor.page import reading
from ivr.sound import loudness, studio
from ivr.sound.speaking import LONGEST, Unspeakable, spoken, spoken_in
from staff import queries as staff
from staff.access import DbSession, may
from staff.audit import audit
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
SECTIONS = {
    catalogue.OWN: later("Our own"),
    "common": later("Said to every caller"),
    "appeals": later("The state of an appeal by its number"),
}


class Recording(BaseModel):
    """A studio recording as sent by a browser."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    recording: UploadFile


class WordsForm(BaseModel):
    """What a prompt says in one language."""

    words: str = Field(max_length=LONGEST)


class NewPromptForm(BaseModel):
    """A prompt that is not there yet: its name, and its words in some of the languages."""

    name: str = Field(max_length=61)
    uk: str = Field("", max_length=LONGEST)
    uz: str = Field("", max_length=LONGEST)
    ru: str = Field("", max_length=LONGEST)
    en: str = Field("", max_length=LONGEST)


@router.get("")
def prompts_page(request: Request, session: DbSession, person: Reader, show: str = "") -> Response:
    """Language by prompt: whose voice says each, and what nobody says yet."""
    organisation = staff.organisation(session, person.organisation_id)
    menus = draft(session).menus
    known, used = prompts_of(session, organisation, menus), contents.prompts(menus)
    sections = {
        section: [e for e in known.values() if e.section == section and _wanted(e, show, used, organisation.languages)]
        for section in SECTIONS
    }
    return render(
        request,
        "ivr/prompts.html",
        sections=sections,
        names=SECTIONS,
        reading=reading(organisation),
        show=show,
        spoken=organisation.languages,
        covered={code: sum(known[name].voice(code) is not Voice.MISSING for name in used) for code in Language},
        used=len(used),
        fragments=sum(p.section == "numbers" and p.heard_by == Language.ENGLISH for p in prompts.all_prompts()),
    )


@router.get("/new")
def new_prompt_page(request: Request, session: DbSession, person: Administrator, name: str = "") -> Response:
    """The form of a prompt that is not there yet."""
    return _new_page(request, session, person, blank(name=name[:61]))


@router.post("/new")
def add_prompt(
    request: Request, person: Administrator, form: Annotated[Submitted[NewPromptForm], submitted(NewPromptForm)]
) -> Response:
    """Speaks the words; the prompt can be chosen in menus at once."""
    name, own = form.typed["name"], person.organisation_id
    with transaction(own) as session:
        languages = _of_new(session, staff.organisation(session, own), form)
    said = spoken_in(languages, form, request.app.state.voices) if form.value is not None else {}
    with transaction(own) as session:
        if form.value is None:
            return _new_page(request, session, person, form, status=422)
        for language, (words, sound) in said.items():
            service.type_prompt(session, own, name, language, words=words, sound=sound, by=person.id)
        audit(session, person, "prompt.typed", f"prompt:{name}", languages=", ".join(said))
    return see_other(f"/menus/prompts/{name}", notice=_("The prompt can be chosen in menus now."))


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
    typed = queries.find_typed(session, prompt, language)
    if recording is not None or typed is not None:
        return _wav((recording or typed).sound)  # type: ignore[union-attr]
    path = prompts.path(request.app.state.sounds, language, prompt)
    _entry(session, staff.organisation(session, person.organisation_id), prompt)
    if prompt not in prompts.written(Language(language)) or not path.exists():
        raise NotFound(f"sound of {prompt}")
    return _wav(path.read_bytes())


@router.post("/{prompt}/{language}/upload")
def upload(
    request: Request,
    person: Administrator,
    *,
    prompt: str,
    language: Spoken,
    form: Annotated[Submitted[Recording], submitted(Recording)],
) -> Response:
    """Replaces the spoken prompt by a recording, or says beside the field why not."""
    own, levelled, name = person.organisation_id, b"", ""
    with transaction(own) as session:
        _entry(session, staff.organisation(session, own), prompt)
    if form.value is None or not form.value.recording.filename:
        form.refuse("recording", _("Choose a file"))
    else:
        name = form.value.recording.filename
        try:
            levelled = _levelled(form.value.recording)
        except studio.NotAPrompt as refusal:
            form.refuse("recording", _(REFUSALS[refusal.reason]))
    with transaction(own) as session:
        if form.value is None:
            return _page(request, session, person, prompt, wrong=language, form=form)
        service.replace_prompt(session, own, prompt, Language(language), sound=levelled, file_name=name, by=person.id)
        audit(session, person, "prompt.replaced", f"prompt:{prompt}/{language}", file=name[:200])
    return see_other(f"/menus/prompts/{prompt}", notice=_("Callers hear the recording from now on."))


@router.post("/{prompt}/{language}/undo")
def undo(request: Request, session: DbSession, person: Administrator, prompt: str, language: Spoken) -> Response:
    """Back to the machine's voice."""
    refused = _taken_back(request, session, person, prompt=prompt, language=language, take_back=service.undo_prompt)
    if refused is not None:
        return refused
    audit(session, person, "prompt.restored", f"prompt:{prompt}/{language}")
    return see_other(f"/menus/prompts/{prompt}", notice=_("Callers hear the spoken text again."))


@router.post("/{prompt}/{language}/words")
def type_words(
    request: Request,
    person: Administrator,
    *,
    prompt: str,
    language: Spoken,
    form: Annotated[Submitted[WordsForm], submitted(WordsForm)],
) -> Response:
    """Other words, spoken at once; or beside the field why they cannot be."""
    own, sound = person.organisation_id, b""
    with transaction(own) as session:
        _entry(session, staff.organisation(session, own), prompt)
    if form.value is not None:
        try:
            sound = spoken(form.value.words, Language(language), request.app.state.voices)
        except Unspeakable as problem:
            form.refuse("words", _(problem.words))
    with transaction(own) as session:
        if form.value is None:
            return _page(request, session, person, prompt, wrong=language, form=form)
        words = form.value.words
        service.type_prompt(session, own, prompt, Language(language), words=words, sound=sound, by=person.id)
        audit(session, person, "prompt.typed", f"prompt:{prompt}/{language}")
    return see_other(f"/menus/prompts/{prompt}", notice=_("Callers hear these words from now on."))


@router.post("/{prompt}/{language}/words/undo")
def undo_words(request: Request, session: DbSession, person: Administrator, prompt: str, language: Spoken) -> Response:
    """Back to the words that came with the product; a prompt of one's own falls silent in this language."""
    refused = _taken_back(request, session, person, prompt=prompt, language=language, take_back=service.untype_prompt)
    if refused is not None:
        return refused
    audit(session, person, "prompt.untyped", f"prompt:{prompt}/{language}")
    return see_other(f"/menus/prompts/{prompt}", notice=_("The typed words are taken back."))


def _taken_back(
    request: Request,
    session: Session,
    person: Person,
    *,
    prompt: str,
    language: Spoken,
    take_back: Callable[[Session, int, str, Language], None],
) -> Response | None:
    """The page with the reason where callers would hear nothing in place of it; then it stays. NotFound."""
    organisation = staff.organisation(session, person.organisation_id)
    words = _entry(session, organisation, prompt).words.get(language, "")
    with session.begin_nested() as tried:
        take_back(session, organisation.id, prompt, Language(language))
        silent = language in organisation.languages and not _is_heard(session, organisation, prompt, language)
        uses: list[str] = request.app.state.prompt_uses(session, prompt) if silent else []
        if uses:
            tried.rollback()
    if not uses:
        return None
    form = blank(words=words)
    told = _(
        "Callers hear this in: %(places)s. Let them hear something else first: other words here, or menus and queues"
        " without this prompt."
    )
    form.refuse("words", told % {"places": ", ".join(uses)})
    return _page(request, session, person, prompt, wrong=language, form=form)


def _is_heard(session: Session, organisation: Organisation, prompt: str, language: str) -> bool:
    return catalogue.entries(session, organisation, named=[prompt])[prompt].voice(language) is not Voice.MISSING


def _wanted(entry: Entry, show: str, used: Collection[str], languages: list[str]) -> bool:
    """Whether the table shows the prompt: all of them, those of the draft, or those that somebody would not hear."""
    if show == "used":
        return entry.name in used
    return show != "missing" or any(entry.voice(code) is Voice.MISSING for code in languages)


def _of_new(session: Session, organisation: Organisation, form: Submitted[Any]) -> list[Language]:
    """The languages in which a new prompt has words; what is wrong with it is refused."""
    if form.value is not None and not contents.PROMPT.fullmatch(form.typed["name"]):
        form.refuse("name", _("Small Latin letters, digits and dashes; a letter first"))
    elif form.value is not None and not catalogue.is_free(session, organisation, form.typed["name"]):
        form.refuse("name", _("There is one of this name already"))
    typed = [Language(code) for code in organisation.languages if form.typed[code]]
    if form.value is not None and not typed:
        form.refuse(organisation.languages[0], _("Fill in this field"))
    return typed


def _new_page(
    request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200
) -> Response:
    organisation = staff.organisation(session, person.organisation_id)
    return render(
        request, "ivr/new_prompt.html", status=status, form=form, spoken=organisation.languages, longest=LONGEST
    )


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
    entry = _entry(session, organisation, prompt)
    return render(
        request,
        "ivr/prompt.html",
        status=422 if wrong else 200,
        name=prompt,
        reading=reading(organisation),
        entry=entry,
        spoken=organisation.languages,
        shipped={code for code in organisation.languages if prompt in prompts.written(Language(code))},
        recordings={r.language: r for r in queries.studio_recordings(session) if r.prompt == prompt},
        typed={t.language: t for t in queries.typed_prompts(session) if t.prompt == prompt},
        wrong=wrong,
        form=form or blank(),
        nothing=blank(),
        longest=LONGEST,
    )


def _entry(session: Session, organisation: Organisation, prompt: str) -> Entry:
    """A prompt that this organisation's callers may hear, or will when its draft is published. NotFound otherwise."""
    current = draft(session)
    entry = prompts_of(session, organisation, current.menus, current.before).get(prompt)
    if entry is None or not contents.PROMPT.fullmatch(prompt):
        raise NotFound(f"prompt {prompt}")
    return entry


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
