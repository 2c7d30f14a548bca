"""The field in the top line: a telephone number, a name, an appeal's number or a page, whatever one has at hand."""

import re
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import appeals.queries
import appeals.words
import calls.words
import staff.queries
import staff.words
from appeals.applicants import service as applicants
from appeals.journal import listing as journal
from appeals.journal import queries as journal_queries
from appeals.journal import service as journal_service
from appeals.journal.columns import SEARCH
from appeals.journal.conditions import Asker
from appeals.journal.model import Asked
from appeals.numbering import queries as numbering
from calls import directory, listing, story
from calls.model import interface_of
from staff.access import DbSession, SignedIn
from staff.model import Role
from staff.rights import has
from staff.tables import Person
from web.forms import telephone
from web.languages import gettext as _
from web.pages import render
from web.shell import Group, Place, groups_of

router = APIRouter()

DIGITS = re.compile(r"^[+\d][\d\s()-]*$")
CALL_ID = re.compile(r"^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$", re.IGNORECASE)
LONGEST = 64  # characters that the journals look at
SHORTEST = 2  # characters of a page's name
SHOWN = 5  # of each kind; the rest is in its own list


@router.get("/search")
def search(request: Request, session: DbSession, person: SignedIn, q: str = "") -> Response:
    """What there is under these words, by kind; of each kind what the reader may open, and nothing else."""
    asked = q.strip()[:LONGEST]
    found = {"people": _people, "appeals": _appeals, "calls": _calls, "applicants": _applicants}
    kinds = {kind: look(session, person, asked) if asked else [] for kind, look in found.items()}
    agents = [call.agent for call in kinds["calls"] if call.agent]
    return render(
        request,
        "search/page.html",
        asked=asked,
        pages=_pages(request, asked),
        found={kind: rows[:SHOWN] for kind, rows in kinds.items()},
        more={kind: len(rows) > SHOWN for kind, rows in kinds.items()},
        query=urlencode({"q": asked}),
        manages_people=has(person, "people.manage"),
        reads_calls=has(person, "calls.read"),
        topics=directory.names(session),
        names=directory.operators(session, agents),
        caller_text=story.caller_text,
        role_words=staff.words.ROLES,
        appeal_words=appeals.words,
        call_words=calls.words,
    )


def _pages(request: Request, asked: str) -> list[tuple[Group, Place]]:
    """Pages by their own name or by that of their group, each with its group."""
    wanted = asked.casefold()
    if len(wanted) < SHORTEST:
        return []
    every = [(group, place) for group, places in groups_of(request) for place in places]
    return [
        (group, place) for group, place in every if any(wanted in _(each.label).casefold() for each in (place, group))
    ]


def _people(session: Session, person: Person, asked: str) -> list[Any]:
    """Everybody for those who manage people, operators for those who read their calls."""
    if has(person, "people.manage"):
        return list(staff.queries.people(session, containing=asked, disabled=True))
    if not has(person, "calls.read"):
        return []
    roles = (Role.OPERATOR, Role.SUPERVISOR)
    found = [each for role in roles for each in staff.queries.people(session, containing=asked, role=role)]
    return list({each.id: each for each in found}.values())


def _applicants(session: Session, person: Person, asked: str) -> list[Any]:
    """By name, telephone or address, whichever way they are written; the look is written down (U-127)."""
    if not has(person, "applicants.read"):
        return []
    organisation = staff.queries.organisation(session, person.organisation_id)
    return list(applicants.suggest(session, organisation, asked, by=person, at_most=SHOWN + 1))


def _appeals(session: Session, person: Person, asked: str) -> list[Any]:
    """By the registration index, by a number, with or without its dash and year, by a telephone, else by words."""
    if not has(person, "appeals.read"):
        return []
    indexed = numbering.with_index(session, person.organisation_id, asked)
    if indexed:
        return [row.appeal for row in journal_queries.rows(session, indexed)]
    if not DIGITS.match(asked):
        asker = Asker.of(person, personal=has(person, "data.personal"))
        wanted = Asked({SEARCH: asked})
        found = journal.page(session, wanted, asker, rows=SHOWN + 1)
        rows: list[Any] = [row.appeal for row in journal_queries.rows(session, found.appeals)]
        if asker.personal and rows:
            journal_service.note_search(
                session, person, [SEARCH], count=found.count, shown=[row.number for row in rows]
            )
        return rows
    numbered = appeals.queries.numbered(session, asked)
    of_phone = appeals.queries.appeals_of(session, telephone(asked) or "", at_most=SHOWN + 1)
    return [*numbered, *(each for each in of_phone if each not in numbered)]


def _calls(session: Session, person: Person, asked: str) -> list[Any]:
    """By a telephone number or its end, or by a call's whole id; operators find those they talked in."""
    own = "" if has(person, "calls.read") else interface_of(person.id)
    if not has(person, "calls.read_own") or not (DIGITS.match(asked) or CALL_ID.match(asked)):
        return []
    filters = listing.Filters(text=asked, agent=own)
    return list(listing.page(session, person.organisation_id, filters, rows=SHOWN + 1).rows)
