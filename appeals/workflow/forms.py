"""What is sent with a deed, and how a refusal is told beside the form."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from appeals.model import Kind, Result
from appeals.terms import service as terms
from appeals.terms import words as term_words
from appeals.terms.calendar import end_of_day
from appeals.workflow import words
from appeals.workflow.model import Deed, Outcome, Told
from appeals.workflow.service import Changed, NotDone
from db import Conflict
from staff import queries as staff
from web.forms import Day, Submitted
from web.languages import audience
from web.languages import gettext as _

Row = Annotated[int, Field(ge=1, lt=2**63)]
Executor = Annotated[str, Field(max_length=400)]  # "code · name", as it was offered, or one of them
MOST: Final = 200  # executors given an appeal at once


class DeedTold(BaseModel):
    """A deed with everything that one may need; which of it the table says."""

    deed: Deed
    assignment: Row | None = None
    reason: str = Field("", max_length=4000)
    report: str = Field("", max_length=10_000)
    outcome: Outcome | None = None
    later_on: Day | None = None
    until: Day | None = None
    result: Result | None = None
    body: str = Field("", max_length=500)
    executor: Executor = ""
    co: list[Executor] = Field([], max_length=MOST)
    task: str = Field("", max_length=4000)
    kind: Kind | None = None
    text: str = Field("", max_length=10_000)
    number: str = Field("", max_length=40)
    topic: str = Field("", max_length=64)
    problem: str = Field("", max_length=16, description="a minus takes it away")
    address: str = Field("", max_length=500)


class DeedForm(DeedTold):
    """The same, with what its page showed last and the name of the form."""

    seen: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    submission: UUID | None = None

    def told(self) -> Told:
        """What is said with the deed; a day lasts to its end by the organisation's clocks."""
        return Told(
            reason=self.reason,
            report=self.report,
            outcome=self.outcome,
            later_on=self.later_on,
            result=self.result,
            until=self.until_at,
            body=self.body,
            kind=self.kind,
            text=self.text,
            number=self.number,
            topic=self.topic,
            problem=self.problem,
            address=self.address,
            seen=self.seen,
            submission=self.submission,
        )

    @property
    def until_at(self) -> datetime | None:
        """The last second of the day."""
        return end_of_day(self.until, audience().zone) if self.until is not None else None


BLANK: Final[dict[str, Any]] = dict.fromkeys(DeedForm.model_fields, "") | {"co": []}


def refuse(session: Session, form: Submitted[Any], why: Exception) -> int:
    """Tells the reason beside the field it is about; the status of the answer."""
    match why:
        case NotDone():
            field = words.FIELDS.get(why.why, "deed")
            if why.why == "no_until" and form.typed.get("outcome") == Outcome.LATER:
                field = "later_on"
            form.refuse(field, _(words.REFUSALS[why.why]))
            return 409 if field == "deed" else 422
        case terms.NotMoved():
            form.refuse("reason" if why.why == "no_reason" else "until", _(term_words.REFUSALS[why.why]))
            return 422
        case Changed():
            form.refuse("deed", _changed(session, why))
            return 409
        case _:
            form.refuse("until", _("An extension is asked for already"))
            return 409


REFUSED: Final = (NotDone, Changed, terms.NotMoved, Conflict)


def _changed(session: Session, why: Changed) -> str:
    last = why.last
    who = staff.names(session, {last.person_id} if last and last.person_id else set())
    name = next(iter(who.values()), _("Somebody"))
    return words.changed(name, last.deed if last else "")
