"""The page of keeping: the ledger's state and its newest entries; whether acts need two persons."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from db import store
from recordings.keeping import service
from recordings.ledger import jobs as ledger_jobs
from recordings.ledger import queries as ledger
from recordings.ledger import words as ledger_words
from staff import queries as people
from staff.access import DbSession, may
from staff.tables import Person
from web.languages import gettext as _
from web.pages import is_part, render, see_other

router = APIRouter(prefix="/recordings/keeping")

Reader = Annotated[Person, may("recordings.keeping")]
Deleter = Annotated[Person, may("recordings.delete")]

SHOWN = 50  # entries of the ledger
_ACTS = "/recordings/keeping/acts"


@router.get("")
def keeping(request: Request, session: DbSession, person: Reader) -> Response:
    """The ledger's state and its newest entries."""
    entries = ledger.latest(session, at_most=SHOWN)
    return render(
        request,
        "recordings/_ledger.html" if is_part(request) else "recordings/keeping.html",
        entries=entries,
        verified=_verified(person.organisation_id),
        encrypted=store.encrypts(),
        words=ledger_words,
        names=people.names(session, [int(each.details["person"]) for each in entries if "person" in each.details]),
    )


@router.post("/policy")
def set_policy(session: DbSession, person: Deleter, two_persons: Annotated[bool, Form()]) -> Response:
    """One person or two; from two to one when two persons want it."""
    try:
        two = service.set_policy(session, two_persons=two_persons, by=person)
    except service.SamePerson:
        return see_other(_ACTS, notice=_("You asked that one person be enough; another person must confirm."))
    asked = two and not two_persons
    return see_other(_ACTS, notice=_("Another person must confirm that one is enough") if asked else _("Saved"))


def _verified(organisation: int) -> dict[str, Any] | None:
    told = ledger_jobs.last_verification(organisation)
    return None if told is None else told | {"at": datetime.fromisoformat(told["at"])}
