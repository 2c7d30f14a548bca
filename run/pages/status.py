"""The status page: servers, processes, channels for messages, jobs, readers, disk, our count and Asterisk's."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from redis.exceptions import RedisError
from sqlalchemy.orm import Session
from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import Response

import acd.queries
import notify.queries
import staff.channels.words
import staff.queries
from acd.desk import named
from acd.queues.model import OPERATORS_A_LEADER
from acd.queues.teams import queries as teams
from calls import jobs as ledger
from calls import words
from notify.model import Health, health
from notify.tables import Channel
from recordings import jobs, spool
from recordings.model import room_of
from run import parts
from run.metrics import asterisk
from run.metrics.process import told
from run.pages import queries
from run.parts import Part, Sign
from staff.access import DbSession, may
from staff.rights import has
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
    "appeals.addresses": later("Addresses: streets that were entered twice"),
    "appeals.attachments": later("Attachments: compare with the store"),
    "appeals.escalation": later("Late appeals: open measures, tell by the steps"),
    "appeals.notices": later("SMS to citizens about their appeals"),
    "appeals.feedback": later("Asking citizens for marks"),
    "staff.trail": later("Seals of the trail of business rows"),
    "staff.trail_verified": later("Rows compared with their trail"),
    "appeals.applicants": later("Words by which applicants are found, likely duplicates"),
    "appeals.bot": later("Answers to citizens in their chats, talks that are over"),
    "appeals.cabinet": later("Citizens' cabinet: forget drafts and sessions that are over"),
    "appeals.maps": later("Extracts of maps to be read"),
    "appeals.xml": later("Files of appeals of other bodies to be taken in"),
    "appeals.journal": later("Journal of appeals: words to look for, files to make"),
    "appeals.works_spoken": later("Emergency works: speak for the menus what callers are told"),
    "appeals.terms": later("Terms of open appeals after a change of rules or calendar"),
    "staff.temporary": later("Temporary operators: end those whose time is over"),
    "staff.sign_ins": later("Sign-ins: forget those that are over"),
    "recordings.room": later("Recordings: room on the disk"),
    "alarms.troubles": later("Alarms: trouble with Holos itself"),
    "recordings.retention": later("Recordings: propose those whose time is over"),
    "recordings.acts": later("Recordings: carry out approved acts of deletion"),
    "recordings.ledger": later("Recordings: verify the ledger"),
}

PARTS: dict[str, str] = {
    parts.POSTGRES: later("everything that must last"),
    parts.REDIS: later("live news and jobs"),
    parts.STORE: later("the store of the recordings"),
    parts.ASTERISK: later("telephony"),
    "web": later("pages and desks"),
    "agi": later("menus that callers walk"),
    "listener": later("what Asterisk tells, into the journal"),
    "worker": later("recordings into the store"),
    "scheduler": later("jobs by the clock"),
    "notifier": later("alarms and messages"),
    "bot": later("the help panel in Telegram"),
}

SIGNS: dict[str, tuple[str, str]] = {  # words and tone
    Sign.WELL: (later("in order"), "good"),
    Sign.ILL: (later("does not answer"), "bad"),
    Sign.NOT_KNOWN: (later("not known"), "warn"),
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
    "measures_opened": later("measures opened"),
    "escalations_told": later("people told"),
    "citizens_told": later("citizens told"),
    "marks_asked_for": later("citizens asked for a mark"),
    "rows_sealed": later("changes of rows sealed"),
    "applicants_spelled": later("applicants made findable"),
    "applicants_compared": later("applicants compared"),
    "pairs_found": later("likely duplicates found"),
    "appeals_spelled": later("appeals read for the search"),
    "streets_twice": later("streets entered twice"),
    "terms_looked_at": later("open appeals looked at"),
    "terms_moved": later("terms moved"),
    "works_spoken": later("texts spoken"),
    "accounts_ended": later("accounts ended"),
    "chats_answered": later("answers to chats"),
    "talks_forgotten": later("talks forgotten"),
    "drafts_forgotten": later("drafts forgotten"),
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
        parts=_parts(session, request.app.state),
        part_words=PARTS,
        ways=[(way, _health(way)) for way in notify.queries.channels(session)],
        way_words=staff.channels.words,
        may_see_ways=has(person, "channels.manage"),
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


def _parts(session: Session, state: State) -> list[dict[str, Any]]:
    """Servers and processes as they are now; since when as they say, else as the scheduler found."""
    try:
        all_told = told(state.redis)
    except RedisError:
        all_told = None
    found = parts.servers(state.settings, state.redis)
    found = [*found, parts.asterisk(state.settings, all_told), *parts.processes(state.settings, all_told)]
    kept = queries.part_states(session)
    since = {row.name: (row.sign, row.since) for row in kept.values()} | {
        parts.POSTGRES: (Sign.WELL, queries.postgres_since(session))
    }
    return [_shown(part, *since.get(part.name, ("", None))) for part in found]


def _shown(part: Part, sign: str, since: datetime | None) -> dict[str, Any]:
    """One part with its words; what was found earlier is said of it only while it is still so."""
    words_of_sign, tone = SIGNS[part.sign]
    some = part.sign is Sign.ILL and 0 < part.there < part.wanted
    return {
        "name": part.name,
        "words": later("fewer than wanted") if some else words_of_sign,
        "tone": "warn" if some else tone,
        "since": part.since or (since if sign == part.sign else None),
        "there": part.there,
        "wanted": part.wanted,
        "counted": part.wanted > 1 and part.sign is not Sign.NOT_KNOWN,
    }


def _health(way: Channel) -> Health:
    return health(
        enabled=way.enabled,
        failures=way.failures,
        ever=way.last_success_at is not None or way.last_failure_at is not None,
    )


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
