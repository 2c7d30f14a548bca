"""The status page: the scheduler's jobs, the journal's readers, channels in use, the disk, our count and Asterisk's."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

import acd.queries
import staff.queries
from acd.desk import named
from acd.queues.model import OPERATORS_A_LEADER
from acd.queues.teams import queries as teams
from calls import jobs as ledger
from calls import words
from recordings import jobs, spool
from recordings.model import room_of
from run.metrics import asterisk
from run.pages import queries
from staff.access import DbSession, may
from staff.tables import Person
from supervisor.capacity.model import Load
from supervisor.capacity.queries import of_organisation
from web import facts
from web.languages import later
from web.pages import is_part, render
from web.periods import midnight

router = APIRouter()

NOT_KNOWN = later("not known")

JOBS: dict[str, str] = {
    "calls.agreement": later("Calls: compare our count with Asterisk's"),
    "desk.silent_shifts": later("Desk: pause operators whose page fell silent"),
    "desk.recording_pauses": later("Desk: let recordings go on whose pause was forgotten"),
    "desk.callbacks": later("Desk: offer owed calls, escalate the overdue"),
    "recordings.due": later("Recordings: ask for what is due"),
    "recordings.sweep": later("Recordings: sweep up after crashes"),
    "surge.incidents": later("Surges: begin and end incidents by their thresholds"),
    "staff.temporary": later("Temporary operators: end those whose time is over"),
    "staff.sign_ins": later("Sign-ins: forget those that are over"),
    "recordings.room": later("Recordings: room on the disk"),
    "alarms.troubles": later("Alarms: trouble with Holos itself"),
    "recordings.retention": later("Recordings: propose those whose time is over"),
    "recordings.acts": later("Recordings: carry out approved acts of deletion"),
    "recordings.ledger": later("Recordings: verify the ledger"),
}

READERS: dict[str, str] = {
    "ledger": later("Calls: the state of every call"),
    "desk": later("Desk: what operators do"),
    "callbacks": later("Desk: who is owed a call"),
    "offers": later("Queues: why an operator was rung"),
    "recordings": later("Recordings: what is to be stored"),
    "languages": later("Menus: the language a caller chose last"),
    "supervision": later("Board: who takes part in whose call"),
}

COUNTS: dict[str, str] = {
    "asked_for": later("asked for"),
    "settled": later("ends found out afterwards"),
    "waiting_for_ledger": later("waiting for the ledger"),
    "adopted": later("found without an entry"),
    "never_recorded": later("talks never recorded"),
    "of_unknown_calls": later("of unknown calls"),
    "paused": later("paused"),
    "ended": later("shifts ended"),
    "resumed": later("let go on"),
    "callbacks_not_taken": later("callbacks not taken"),
    "callbacks_not_dialled": later("callbacks not dialled"),
    "let_go_on": later("operators let go on"),
    "escalated": later("escalated"),
    "callbacks_offered": later("callbacks offered"),
    "incidents_began": later("incidents begun"),
    "incidents_ended": later("incidents ended"),
    "accounts_ended": later("accounts ended"),
    "failures_forgotten": later("failures forgotten"),
    "sessions_forgotten": later("sessions forgotten"),
    "in_ledger": later("visits in the ledger"),
    "in_queue_log": later("visits in queue_log"),
    "percent_free": later("per cent free"),
    "raised": later("alarms raised"),
    "over": later("troubles over"),
    "proposed": later("proposed for deletion"),
}


@router.get("/status")
def status(request: Request, session: DbSession, person: Annotated[Person, may("status.read")]) -> Response:
    """What works by itself, and whether it does."""
    now = datetime.now(UTC)
    runs = queries.job_runs(session)
    free = spool.free_share(jobs.spool_folder())
    return render(
        request,
        "status/_parts.html" if is_part(request) else "status/page.html",
        channels=_channels(session, person, now),
        runs=[(run, run.is_late(now)) for run in runs if run.name in JOBS],
        readers=[place for place in queries.reader_places(session) if place.name in READERS],
        compared=_compared(session, request.app.state.settings.node),
        job_names=JOBS,
        count_names=COUNTS,
        reader_names=READERS,
        free=free,
        room=room_of(free),
        exchange=_exchange(request.app.state.settings.node),
        crowded=teams.crowded(session),
        most_a_leader=OPERATORS_A_LEADER,
    )


def _channels(session: Session, person: Person, now: datetime) -> Load:
    organisation = staff.queries.organisation(session, person.organisation_id)
    return of_organisation(session, organisation, since=midnight(), now=now)


def _exchange(node: str) -> dict[str, Any] | None:
    """Asterisk and its links as the node's listener told them last; None when it has told nothing lately."""
    told = facts.known(f"{asterisk.FACT}:{node}")
    if told is None:
        return None
    moments = {name: datetime.fromisoformat(told[name]) if told[name] else None for name in ("at", "linked")}
    return told | moments


def _compared(session: Session, node: str) -> dict[str, Any] | None:
    """The last comparison with queue_log, of this organisation's queues; None before the first."""
    fact = facts.known(f"{ledger.FACT}:{node}")
    if fact is None:
        return None
    found = fact["queues"]
    mine = [queue for queue in acd.queries.queues(session) if queue.asterisk_name in found]
    return {
        "since": datetime.fromisoformat(fact["since"]),
        "until": datetime.fromisoformat(fact["until"]),
        "queues": [_named(queue.name, found[queue.asterisk_name]) for queue in mine],
    }


def _named(names: dict[str, str], counted: dict[str, Any]) -> dict[str, Any]:
    """One queue with its name and the words of what is told differently."""
    differences = [
        difference
        | {
            "ours_text": words.VISITS.get(difference["ours"], NOT_KNOWN),
            "asterisks_text": words.VISITS.get(difference["asterisks"], NOT_KNOWN),
            "reason_text": words.DIFFERENCES[difference["reason"]],
        }
        for difference in counted["differences"]
    ]
    return {**counted, "name": named(names), "differences": differences}
