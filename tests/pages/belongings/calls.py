"""Calls, owed calls and the desk; how their pages are asked."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from acd.callbacks.tables import OwedCall
from acd.tables import WrapUp
from staff.tables import Person
from tests.pages.belongings.asking import Asked

NAMES_AN_OBJECT: dict[str, Asked] = {
    "POST /desk/wrap-up/{call}": Asked("/desk/wrap-up/{call}", {"result": "settled"}),
    "POST /desk/calls/{call}/notes": Asked("/desk/calls/{call}/notes", {"text": "перша"}),
    "POST /desk/calls/{call}/caller-notes": Asked("/desk/calls/{call}/caller-notes", {"text": "друга"}),
    "GET /desk/calls/{call}/number": Asked("/desk/calls/{call}/number"),
    "GET /callbacks/{owed_id}": Asked("/callbacks/{owed}"),
    "POST /callbacks/{owed_id}/take": Asked("/callbacks/{owed}/take"),
    "POST /callbacks/{owed_id}/settle": Asked("/callbacks/{owed}/settle", {"note": "передзвонили"}),
    "POST /callbacks/{owed_id}/escalate": Asked("/callbacks/{owed}/escalate"),
    "POST /callbacks/{owed_id}/reopen": Asked("/callbacks/{owed}/reopen"),
    "POST /desk/callback/{owed_id}/accept": Asked("/desk/callback/{owed}/accept"),
    "POST /desk/callback/{owed_id}/give-back": Asked("/desk/callback/{owed}/give-back"),
    "POST /desk/callback/{owed_id}/seen": Asked("/desk/callback/{owed}/seen"),
    "GET /wrap-ups/of": Asked("/wrap-ups/of?call={call}"),
    "GET /calls/{call_id}": Asked("/calls/{call}"),
    "POST /desk/messages/{message_id}/read": Asked("/desk/messages/{message}/read"),
}

A_CALL_MAY_BE_UNKNOWN: dict[str, Asked] = {
    "GET /desk/calls/{call}/card": Asked("/desk/calls/{call}/card?number="),
    "POST /desk/recording": Asked("/desk/recording", {"call": "{call}", "paused": "true"}),
    "POST /desk/lost-call": Asked("/desk/lost-call", {"call": "{call}"}),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "POST /desk/seen": "the seat is the asker's own page, the lost call one that was at their desk",
    "POST /desk/shift": "the seat is the asker's own page",
    "POST /desk/pause": "reasons are looked for among one's own",
    "GET /call/{code}": "public: any organisation may be called",
    "POST /call/phone/seen": "the secret token is the proof",
    "POST /call/phone/back": "the secret token is the proof",
    "POST /call/phone/call": "the secret token is the proof, and the call must have come by its phone",
    "POST /call/{code}/number": "public: any organisation may be called",
    "GET /calls": "filters",
    "GET /callbacks": "filters; one that was just closed is looked for among one's own",
    "GET /callbacks.xlsx": "filters",
    "POST /callbacks/rules": "the asker's own organisation",
    "POST /desk/conference": "the asker's own talk; whom it names is only written down in it",
    "POST /desk/outgoing": "a telephone number, tried against one's own rules",
    "POST /desk/outgoing/hand-out": "a telephone number, tried against one's own rules",
}


def owed_call(session: Session, operator: Person, number: str) -> OwedCall:
    """Somebody who did not get through an hour ago."""
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    times = ("first_missed_at", "last_missed_at", "place_at", "due_at", "deadline_at")
    owed = OwedCall(
        organisation_id=operator.organisation_id,
        number=number,
        queue="khm-water",
        reason="gave_up",
        language="uk",
        topic="water",
        missed=1,
        **dict.fromkeys(times, an_hour_ago),
    )
    session.add(owed)
    session.flush()
    return owed


def wrap_up(call: UUID, person: Person) -> WrapUp:
    """What follows the call, begun."""
    now = datetime.now(UTC)
    return WrapUp(
        organisation_id=person.organisation_id,
        call=call,
        person_id=person.id,
        started_at=now,
        due_at=now + timedelta(1),
    )
