"""The page of keeping: the ledger's state and its newest entries; whether acts need two persons."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from recordings import store
from recordings.keeping import service
from recordings.ledger import jobs as ledger_jobs
from recordings.ledger import queries as ledger
from recordings.ledger import words as ledger_words
from staff import queries as people
from staff.access import DbSession, may
from staff.tables import Person
from web.forms import Submitted, submitted
from web.languages import gettext as _
from web.pages import is_part, render, see_other

router = APIRouter(prefix="/recordings/keeping")

Reader = Annotated[Person, may("recordings.keeping")]
Deleter = Annotated[Person, may("recordings.delete")]

SHOWN = 50  # entries of the ledger


class PolicyForm(BaseModel):
    """Whether acts need two persons."""

    two_persons: bool = False


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
def set_policy(
    session: DbSession, person: Deleter, form: Annotated[Submitted[PolicyForm], submitted(PolicyForm)]
) -> Response:
    """One person or two."""
    wanted = form.value is not None and form.value.two_persons
    service.set_policy(session, two_persons=wanted, by=person)
    return see_other("/recordings/keeping/acts", notice=_("Saved"))


def _verified(organisation: int) -> dict[str, Any] | None:
    told = ledger_jobs.last_verification(organisation)
    return None if told is None else told | {"at": datetime.fromisoformat(told["at"])}
