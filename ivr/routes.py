"""The page of menus: what each key does, opening hours, and what a caller who presses these keys would hear."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from calls import directory
from calls import words as call_words
from calls.events import FoundClosed
from calls.model import Language
from ivr import catalogue, contents, faults, prompts, queries, rehearsal, snapshot, words
from ivr.catalogue import Entry, Voice
from ivr.editor.draft import draft
from ivr.editor.offered import menu_titles, named
from ivr.editor.page import reading
from ivr.model import Menus
from ivr.rehearsal import Heard, Noted, Pressed, rehearse
from ivr.tables import DialledNumber
from ivr.tree import tree
from ivr.walk import End, Line
from staff import queries as staff
from staff.access import DbSession, may
from staff.rights import has
from staff.tables import Organisation, Person
from web.forms import Submitted
from web.languages import gettext as _
from web.pages import render

router = APIRouter(prefix="/menus")

Reader = Annotated[Person, may("menus.read")]

CODES = frozenset(language.value for language in Language)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the story: what it is, the prompt or the keys, the words and their language."""

    kind: Literal["heard", "missing", "pressed", "silent", "closed"]
    name: str
    language: str = ""
    said: str = ""


@router.get("")
def menus_page(
    request: Request,
    session: DbSession,
    person: Reader,
    *,
    of: str = "",
    number: str = "",
    at: str = "",
    known: str = "",
    keys: str = "",
) -> Response:
    """The menus as a tree, and a rehearsal when its form was sent; `of` the draft for those who may change it."""
    organisation = staff.organisation(session, person.organisation_id)
    current = draft(session)
    drafted = of == "draft" and has(person, "menus.edit")
    numbers = [row for row, _organisation in queries.numbers(session)]
    if not numbers or (current.published is None and not drafted):
        return render(request, "ivr/menus.html", published=None)
    menus = current.menus if drafted else current.before
    chosen = _chosen(numbers, number)
    line = _line(session, organisation, chosen, menus)
    form, moment = _asked(chosen, at, known, keys, line.zone)
    form.typed["of"] = "draft" if drafted else ""
    heard = catalogue.entries(session, organisation, named=contents.prompts(menus), emergencies=True)
    rehearsed = "keys" in request.query_params and not form.errors
    story, end, unsound = _story(line, moment, known, keys, heard) if rehearsed else ([], None, "")
    return render(
        request,
        "ivr/menus.html",
        status=422 if form.errors else 200,
        published=current.published,
        draft=current.row,
        drafted=drafted,
        urgent=queries.emergency_now(session),
        menus=menus,
        nodes=tree(menus, chosen.menu),
        topics=directory.names(session) | named(request.app.state.queue_names(session, closed=True)),
        numbers=numbers,
        weekdays=words.WEEKDAYS,
        menu_words=call_words.MENUS,
        menu_titles=menu_titles(menus),
        words=catalogue.shown(heard, reading(organisation)),
        labels=words,
        form=form,
        rehearsed=rehearsed,
        story=story,
        end=end,
        unsound=unsound,
    )


def _line(session: Session, organisation: Organisation, number: DialledNumber, menus: Menus) -> Line:
    return Line(
        organisation=organisation.id,
        code=organisation.code,
        zone=organisation.time_zone,
        country=organisation.country,
        language=Language(number.language),
        menu=number.menu,
        menus=menus,
        urgent=snapshot.urgent(queries.emergency_now(session)),
    )


def _chosen(numbers: list[DialledNumber], number: str) -> DialledNumber:
    return next((row for row in numbers if row.number == number), numbers[0])


def _asked(chosen: DialledNumber, at: str, known: str, keys: str, zone: str) -> tuple[Submitted[Any], datetime]:
    moment, wrong = datetime.now(ZoneInfo(zone)), ""
    if at:
        try:
            moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone))
        except ValueError:
            wrong = _("Write a date that exists")
    typed = {"number": chosen.number, "at": at or moment.strftime("%Y-%m-%dT%H:%M"), "known": known, "keys": keys}
    return Submitted(typed=typed, errors={"at": wrong} if wrong else {}), moment


def _story(
    line: Line, at: datetime, known: str, keys: str, heard: Mapping[str, Entry]
) -> tuple[list[Step], End | None, str]:
    """What is heard and pressed, in order, with the words in the language of that moment; or why it cannot be told."""
    remembered = Language(known) if known in CODES else None
    pressed = keys.replace(",", " ").split()[:100]
    unsound = next(iter(faults.unsound(line.menus)), None)
    if unsound is not None or line.menu not in {menu.name for menu in line.menus.menus}:
        return [], None, words.fault(unsound) if unsound else _("the number begins with a menu that is not there")
    caller, end = rehearse(line, pressed, at=at, scripts=rehearsal.PRETENDED, remembered=remembered)
    steps: list[Step] = []
    for step in caller.story:
        match step:
            case Heard(prompt=prompt, language=language) if prompt in heard:
                entry = heard[prompt]
                silent = entry.voice(language) is Voice.MISSING
                steps.append(Step("missing" if silent else "heard", prompt, language, entry.words.get(language, "")))
            case Heard(prompt=prompt, language=language):  # a number or a date: one line, however many pieces
                said = prompts.words(language).get(prompt, prompt)
                if steps and (steps[-1].kind, steps[-1].name) == ("heard", ""):
                    said = f"{steps.pop().said} {said}"
                steps.append(Step("heard", "", language, said))
            case Pressed(keys=said):
                steps.append(Step("pressed" if said else "silent", said))
            case Noted(event=event, facts=facts) if event is FoundClosed:
                steps.append(Step("closed", facts["reason"].partition(":")[0]))
            case Noted():
                pass
    return steps, end, ""
