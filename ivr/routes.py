"""The page of menus: what each key does, opening hours, and what a caller who presses these keys would hear."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from calls import directory
from calls import words as call_words
from calls.model import Language
from ivr import document, prompts, queries, rehearsal
from ivr.rehearsal import Heard, Noted, Pressed, rehearse
from ivr.tables import DialledNumber
from ivr.tree import tree
from ivr.walk import End, Line
from staff import queries as staff
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted
from web.languages import audience, later
from web.languages import gettext as _
from web.pages import render

router = APIRouter(prefix="/menus")

Reader = Annotated[Person, may("menus.read")]

WEEKDAYS = (
    later("Monday"),
    later("Tuesday"),
    later("Wednesday"),
    later("Thursday"),
    later("Friday"),
    later("Saturday"),
    later("Sunday"),
)
CODES = frozenset(language.value for language in Language)
Step = tuple[str, str, str]  # what it is, the prompt or the keys, the words


@router.get("")
def menus_page(
    request: Request,
    session: DbSession,
    person: Reader,
    *,
    number: str = "",
    at: str = "",
    known: str = "",
    keys: str = "",
) -> Response:
    """The menus as a tree, and a rehearsal when its form was sent."""
    organisation = staff.organisation(session, person.organisation_id)
    published = queries.find_document(session)
    numbers = [row for row, _organisation in queries.numbers(session)]
    if published is None or not numbers:
        return render(request, "ivr/menus.html", published=None)
    menus = document.read(published.document)
    chosen = _chosen(numbers, number)
    line = Line(
        organisation=organisation.id,
        code=organisation.code,
        zone=organisation.time_zone,
        country=organisation.country,
        language=Language(chosen.language),
        menu=chosen.menu,
        menus=menus,
    )
    form, moment = _asked(chosen, at, known, keys, line.zone)
    rehearsed = "keys" in request.query_params and not form.errors
    story, end = _story(line, moment, known, keys) if rehearsed else ([], None)
    return render(
        request,
        "ivr/menus.html",
        status=422 if form.errors else 200,
        published=published,
        menus=menus,
        nodes=tree(menus, chosen.menu),
        topics=directory.choices(session),
        menu_words=call_words.MENUS,
        numbers=numbers,
        weekdays=WEEKDAYS,
        words=prompts.words(_shown(organisation.languages)),
        form=form,
        rehearsed=rehearsed,
        story=story,
        end=end,
    )


def _chosen(numbers: list[DialledNumber], number: str) -> DialledNumber:
    return next((row for row in numbers if row.number == number), numbers[0])


def _shown(languages: list[str]) -> Language:
    """The prompts' words in the reader's language, even if callers are not offered it."""
    language = audience().language
    return Language(language if language in CODES else languages[0])


def _asked(chosen: DialledNumber, at: str, known: str, keys: str, zone: str) -> tuple[Submitted[Any], datetime]:
    moment, wrong = datetime.now(ZoneInfo(zone)), ""
    if at:
        try:
            moment = datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone))
        except ValueError:
            wrong = _("Write a date that exists")
    typed = {"number": chosen.number, "at": at or moment.strftime("%Y-%m-%dT%H:%M"), "known": known, "keys": keys}
    return Submitted(typed=typed, errors={"at": wrong} if wrong else {}), moment


def _story(line: Line, at: datetime, known: str, keys: str) -> tuple[list[Step], End | None]:
    """What is heard and pressed, in order, with the words in the language of that moment."""
    remembered = Language(known) if known in CODES else None
    pressed = keys.replace(",", " ").split()[:100]
    caller, end = rehearse(line, pressed, at=at, scripts=rehearsal.PRETENDED, remembered=remembered)
    steps: list[Step] = []
    for step in caller.story:
        match step:
            case Heard(prompt=prompt, language=language) if prompt in prompts.written(language):
                steps.append(("heard", prompt, prompts.words(language)[prompt]))
            case Heard(prompt=prompt, language=language):  # a number or a date: one line, however many pieces
                said = prompts.words(language).get(prompt, prompt)
                if steps and steps[-1][:2] == ("heard", ""):
                    said = f"{steps.pop()[2]} {said}"
                steps.append(("heard", "", said))
            case Pressed(keys=said):
                steps.append(("pressed" if said else "silent", said, ""))
            case Noted():
                pass
    return steps, end
