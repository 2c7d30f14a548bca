"""The working calendar over HTTP: weeks from a day on, and the days that are not as their week has them."""

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.terms import queries, rules, words
from staff import queries as staff
from staff.access import DbSession, may
from staff.public_holidays import public_holidays, worked_weekends
from staff.tables import Person
from web.forms import Day, Submitted, blank, submitted
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other
from web.periods import midnight

router = APIRouter(prefix="/terms/calendar")

Reader = Annotated[Person, may("directories.read")]
Keeper = Annotated[Person, may("directories.edit")]
SHOWN = timedelta(days=90)  # of the past
DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")


class WeekForm(BaseModel):
    """A working week from a day on; a day without hours is off."""

    mo: str = Field("", max_length=100)
    tu: str = Field("", max_length=100)
    we: str = Field("", max_length=100)
    th: str = Field("", max_length=100)
    fr: str = Field("", max_length=100)
    sa: str = Field("", max_length=100)
    su: str = Field("", max_length=100)
    public_holidays: bool = False
    week_basis: str = Field(min_length=3, max_length=500)
    valid_from: Day


class DayForm(BaseModel):
    """One day that is not as its week has it."""

    day: Day
    hours: str = Field("", max_length=100)
    reason: str = Field(min_length=3, max_length=300)


@router.get("")
def page(request: Request, session: DbSession, person: Reader) -> Response:
    """The weeks, the days of their own, the country's days off ahead."""
    return _page(request, session, person, blank())


@router.post("/week")
def set_week(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[WeekForm], submitted(WeekForm)]
) -> Response:
    """Other working hours from a day on."""
    given = form.value
    if given is not None:
        try:
            rules.set_week(
                session,
                [getattr(given, day) for day in DAYS],
                public_holidays=given.public_holidays,
                basis=given.week_basis,
                valid_from=given.valid_from,
                by=person,
            )
        except rules.BeginsThen:
            form.refuse("valid_from", _("Another week begins that day"))
        except ValueError:
            form.refuse("mo", _("Write hours, for example 09:00–13:00"))
        else:
            return see_other("/terms/calendar", notice=_("The week is set; open appeals are being reckoned anew"))
    return _page(request, session, person, form, status=422)


@router.post("/day")
def set_day(
    request: Request, session: DbSession, person: Keeper, form: Annotated[Submitted[DayForm], submitted(DayForm)]
) -> Response:
    """A day off, a moved working day, a short one."""
    if form.value is not None:
        try:
            rules.set_day(session, form.value.day, form.value.hours, form.value.reason, by=person)
        except ValueError:
            form.refuse("hours", _("Write hours, for example 09:00–13:00"))
        else:
            return see_other("/terms/calendar", notice=_("The day is set; open appeals are being reckoned anew"))
    return _page(request, session, person, form, status=422)


@router.post("/days/{day_id}/forget")
def forget_day(session: DbSession, person: Keeper, day_id: int) -> Response:
    """The day is again as its week has it."""
    rules.forget_day(session, queries.day(session, day_id), by=person)
    return see_other("/terms/calendar", notice=_("The day is as its week has it; open appeals are being reckoned anew"))


def _page(request: Request, session: Session, person: Person, form: Submitted[Any], *, status: int = 200) -> Response:
    today, weeks = midnight().date(), queries.weeks(session)
    current = next((week for week in weeks if week.valid_from <= today), None)
    shown = dict(zip(DAYS, current.hours if current else [""] * 7, strict=True))
    shown |= {"public_holidays": "true" if current is None or current.public_holidays else "", "week_basis": ""}
    shown |= {"valid_from": today.isoformat(), "day": "", "hours": "", "reason": ""}
    form.typed = shown | form.typed
    return render(
        request,
        "appeals/terms/calendar.html",
        status=status,
        weeks=weeks,
        current=current,
        days=queries.days(session, today - SHOWN),
        national=_national(session, person, today) if current is None or current.public_holidays else [],
        today=today,
        names=dict(zip(DAYS, words.WEEKDAYS, strict=True)),
        recount=queries.recount(session, person.organisation_id),
        form=form,
    )


def _national(session: Session, person: Person, today: date) -> list[tuple[date, str]]:
    """The country's days off of this year and the next, and its weekends that are worked."""
    country, language = staff.organisation(session, person.organisation_id).country, audience().language
    found = []
    for year in (today.year, today.year + 1):
        found += list(public_holidays(country, year, language).items())
        found += [(day, _("worked instead of another day")) for day in worked_weekends(country, year)]
    return sorted(each for each in found if each[0] >= today)
