"""The audit trail over HTTP: who did what to what, and when."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from staff import queries, words
from staff.access import DbSession, may
from staff.queries import Trail
from staff.tables import Person
from staff.trail import jobs
from staff.trail.words import WRONGS
from web import periods
from web.forms import row_id
from web.pages import is_part, render

router = APIRouter(prefix="/audit")

PAGE = 50
LONGEST = 200  # characters of a subject that are looked for


class Asked(BaseModel):
    """What the address asks for; nonsense narrows nothing."""

    who: str = ""
    deed: str = ""
    kind: str = ""
    which: str = ""
    since: str = ""
    until: str = ""
    before: str = ""

    def trail(self) -> Trail:
        """As the query wants it."""
        kind = self.kind if self.kind in words.SUBJECTS else ""
        return Trail(
            person=row_id(self.who),
            deed=self.deed if self.deed in words.DEEDS else "",
            subject=f"{kind}:{self.which.strip()}"[:LONGEST] if kind else "",
            since=periods.beginning(self.since),
            until=periods.end(self.until),
        )


@router.get("")
def trail(
    request: Request,
    session: DbSession,
    person: Annotated[Person, may("audit.read")],
    asked: Annotated[Asked, Query()],
) -> Response:
    """Everything that was written down, newest first."""
    rows = queries.trail(session, asked.trail(), before=row_id(asked.before), at_most=PAGE + 1)
    shown = rows[:PAGE]
    subjects = [row.subject.removeprefix("person:") for row, _name in shown if row.subject.startswith("person:")]
    names = queries.names(session, [number for each in subjects if (number := row_id(each)) is not None])
    narrowed = {name: value for name, value in asked if value and name != "before"}
    return render(
        request,
        "staff/_audit.html" if is_part(request) else "staff/audit.html",
        rows=[(row, name, *words.about(row.subject, names)) for row, name in shown],
        after=shown[-1][0].id if len(rows) > PAGE else None,
        asked=asked,
        narrowed=len(narrowed),
        query=urlencode(narrowed),
        people=queries.people(session, disabled=True),
        words=words,
        codes=request.app.state.codes_of_deeds,
        compared=jobs.last(person.organisation_id),
        wrongs=WRONGS,
    )
