"""The page of the menu editor: the draft with one part opened, what is wrong with it and what is different."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from calls import words as call_words
from ivr import catalogue, editing, queries, words
from ivr.editor import service
from ivr.editor.difference import differences
from ivr.editor.draft import Draft, draft, faults_of, prompts_of, surroundings
from ivr.editor.offered import menu_titles, offered, typed_at
from ivr.faults import Fault, Surroundings
from ivr.gaps import Gap, uncovered
from ivr.model import Menus
from ivr.service import ChangedMeanwhile
from ivr.tree import tree
from staff import queries as staff
from staff.public_holidays import public_holidays
from staff.tables import Organisation, Person
from web.forms import Submitted, blank
from web.languages import audience
from web.languages import gettext as _
from web.pages import render, see_other

MOST_SHOWN = 200  # faults and changes in one list
MOST_GAPS = 5  # of one roster
YEARS = 5  # before and after this one: holidays are shown


@dataclass(frozen=True, slots=True)
class Editing:
    """An administrator at the draft."""

    request: Request
    session: Session
    person: Person

    def saved(self, form: Submitted[Any], place: str, change: Callable[[Menus], Menus], *, then: str = "") -> Response:
        """The part changed in the draft, or its form again with what was typed; `then` is the form opened next."""
        if form.value is None:
            return self.page(open=place, form=form, status=422)
        menus = draft(self.session).menus
        seen = getattr(form.value, "seen", editing.fingerprint(menus, place))  # a new part was shown to nobody
        try:
            service.change_draft(
                self.session, self.person.organisation_id, change, place=place, seen=seen, by=self.person.id
            )
        except ChangedMeanwhile:
            return self.page(open=place, form=form, status=409, changed=True)
        address = f"/menus/draft?open={then}#open" if then else f"/menus/draft#{words.anchor(place)}"
        return see_other(address, notice=_("Saved in the draft. Callers hear it once it is published."))

    def refused(self, form: Submitted[Any], field: str, why: str, *, status: int = 422) -> Response:
        """The whole draft as it is, with what is wrong beside the field."""
        form.refuse(field, why)
        return self.page(form=form, status=status)

    def surroundings(self) -> Surroundings:
        """What the organisation has, for the check before publishing."""
        organisation = staff.organisation(self.session, self.person.organisation_id)
        known = prompts_of(self.session, organisation, draft(self.session).menus)
        return surroundings(self.session, organisation, known, self.request.app.state.queue_names(self.session))

    def page(
        self, *, open: str = "", form: Submitted[Any] | None = None, status: int = 200, changed: bool = False
    ) -> Response:
        """The whole draft; `open` is the part whose form stands in its place, `changed` by somebody else meanwhile."""
        organisation = staff.organisation(self.session, self.person.organisation_id)
        current = draft(self.session)
        menus = current.menus
        known = prompts_of(self.session, organisation, menus, current.before)
        queues = self.request.app.state.queue_names(self.session)
        found = faults_of(menus, surroundings(self.session, organisation, known, queues))
        numbers = [row for row, _organisation in queries.numbers(self.session)]
        typed = typed_at(menus, open)
        lists = offered(
            self.session, organisation, menus, known, queues=queues, typed=form.typed if form else typed or {}
        )
        changes = differences(current.before, menus) if current.row else []
        return render(
            self.request,
            "ivr/draft.html",
            status=status,
            draft=current,
            menus=menus,
            nodes=tree(menus, numbers[0].menu if numbers else ""),
            open=open if typed is not None or open.startswith("new-") else "",
            form=form or blank(**(typed or {})),
            seen=editing.fingerprint(menus, open) if open else "",
            changed=changed,
            by=_by(self.session, current),
            faults=found[:MOST_SHOWN],
            fault_count=len(found),
            wrong=_by_place(found),
            changes=changes[:MOST_SHOWN],
            change_count=len(changes),
            gaps=_gaps(menus, organisation),
            most_gaps=MOST_GAPS,
            offered=lists,
            topics=lists.topics | lists.queues,
            menu_words=call_words.MENUS,
            menu_titles=menu_titles(menus, current.before),
            words=catalogue.shown(known, reading(organisation)),
            missing={name for name, entry in known.items() if not entry.words},
            calendar=_calendar(organisation, self.request) if open == "hours" else None,
            labels=words,
        )


def reading(organisation: Organisation) -> list[str]:
    """The languages in which a prompt's words are shown to the reader, the best first."""
    return [audience().language, organisation.default_language, *organisation.languages]


def as_file(written: dict[str, Any], name: str) -> Response:
    """A document as a file to be kept or carried to another installation."""
    content = json.dumps(written, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="menus-{name}.json"'}
    return Response(content, media_type="application/json", headers=headers)


def _by(session: Session, current: Draft) -> str:
    return staff.names(session, [current.row.changed_by]).get(current.row.changed_by, "") if current.row else ""


def _by_place(found: list[Fault]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for fault in found:
        places.setdefault(fault.place, []).append(words.fault(fault))
    return places


def _gaps(menus: Menus, organisation: Organisation) -> dict[str, list[Gap]]:
    """When callers would be led to each roster and find nobody on duty."""
    found = uncovered(menus, at=datetime.now(UTC), zone=organisation.time_zone, country=organisation.country)
    return {roster.name: [gap for gap in found if gap.roster == roster.name] for roster in menus.rosters}


def _calendar(organisation: Organisation, request: Request) -> dict[str, Any]:
    """The national days off of the year asked for, of this year otherwise."""
    now = datetime.now(organisation.zone).year
    years = {str(year): year for year in range(now - YEARS, now + YEARS + 1)}
    year = years.get(request.query_params.get("year", ""), now)
    return {"year": year, "days": sorted(public_holidays(organisation.country, year, audience().language).items())}
