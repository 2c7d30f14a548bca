"""Channels, letters, mailboxes, alarms, people who want no SMS; how their pages are asked."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from appeals.inbound.tables import InboundLetter, Mailbox
from notify.model import RefusedBy
from notify.tables import OptOut
from staff.tables import Person
from tests.pages.belongings.asking import Asked

NAMES_AN_OBJECT: dict[str, Asked] = {
    "GET /channels/{channel_id}": Asked("/channels/{channel}"),
    "POST /channels/{channel_id}": Asked("/channels/{channel}", {"name": "Пошта"}),
    "POST /channels/{channel_id}/test": Asked("/channels/{channel}/test", {"recipient": "duty@city.example"}),
    "GET /channels/{channel_id}/tests/{message_id}": Asked("/channels/{channel}/tests/{letter}"),
    "POST /channels/outbox/{message_id}/resend": Asked("/channels/outbox/{letter}/resend"),
    "POST /channels/outbox/{message_id}/give-up": Asked("/channels/outbox/{letter}/give-up"),
    "GET /appeals/inbound/{letter_id}": Asked("/appeals/inbound/{mail}"),
    "GET /appeals/inbound/{letter_id}/mail": Asked("/appeals/inbound/{mail}/mail"),
    "GET /appeals/inbound/{letter_id}/files/{number}": Asked("/appeals/inbound/{mail}/files/0"),
    "POST /appeals/inbound/{letter_id}/return": Asked("/appeals/inbound/{mail}/return", {"missing": "name"}),
    "POST /appeals/inbound/{letter_id}/spam": Asked("/appeals/inbound/{mail}/spam"),
    "POST /appeals/inbound/{letter_id}/undo": Asked("/appeals/inbound/{mail}/undo"),
    "GET /channels/mailboxes/{mailbox_id}": Asked("/channels/mailboxes/{mailbox}"),
    "POST /channels/mailboxes/{mailbox_id}": Asked("/channels/mailboxes/{mailbox}", {"name": "Скринька"}),
    "POST /opt-outs/{opt_out_id}/take-back": Asked("/opt-outs/{opt_out}/take-back"),
    "GET /alarms/of-call": Asked("/alarms/of-call?call={call}"),
    "POST /alarms/mark": Asked("/alarms/mark", {"call": "{call}", "kind": "disputed"}),
    "GET /alarms/{alarm_id}": Asked("/alarms/{alarm}"),
    "POST /alarms/{alarm_id}/take": Asked("/alarms/{alarm}/take"),
    "POST /alarms/{alarm_id}/answer": Asked("/alarms/{alarm}/answer", {"text": "Зателефонували"}),
    "POST /alarms/{alarm_id}/pass": Asked("/alarms/{alarm}/pass", {"to": "{person}"}),
    "POST /alarms/{alarm_id}/close": Asked("/alarms/{alarm}/close"),
    "POST /alarms/ladder/{step_id}/remove": Asked("/alarms/ladder/{step}/remove"),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "POST /channels": "somebody's own new channel",
    "GET /channels/outbox": "filters",
    "POST /channels/feedback": "the asker's own organisation's rules",
    "POST /channels/citizens": "the asker's own organisation; channels are looked for among one's own",
    "GET /opt-outs": "filters",
    "GET /appeals/inbound": "filters",
    "POST /channels/mailboxes": "somebody's own new mailbox",
    "POST /opt-outs": "a telephone number",
    "POST /sms/answers/{key}": "the secret in the address is the proof",
    "POST /sms/reports/{key}": "the secret in the address is the proof",
    "GET /channels/wordings/{code}/{language}": "the asker's own organisation's words of a message all have",
    "POST /channels/wordings/{code}/{language}": "the asker's own organisation's words of a message all have",
    "POST /channels/wordings/{code}/{language}/forget": "the asker's own organisation's words of a message all have",
    "GET /alarms": "filters",
    "POST /alarms/ladder": "a new step; channels are looked for among one's own",
    "POST /alarms/ladder/wanted": "the asker's own organisation's",
}


def mailed(session: Session, by: Person, surname: str) -> dict[str, int]:
    """A letter in a mailbox."""
    whose = {"organisation_id": by.organisation_id}
    box = Mailbox(**whose, name=by.name, address="x@x.example", host="127.0.0.1", port=1, security="none", user="x")
    box.secret = "x"
    session.add(box)
    session.flush()
    letter = InboundLetter(
        **whose, mailbox_id=box.id, message_id=surname, received_at=datetime.now(UTC), sender="a@b.example",
        sender_name=surname, reply_to="a@b.example", subject=surname, text=surname, size=1, object_key="nothing/there",
        parts=[{"name": surname, "kind": "image/png", "size": 1}],
    )  # fmt: skip
    session.add(letter)
    session.flush()
    return {"mail": letter.id, "mailbox": box.id}


def opted_out(session: Session, by: Person, phone: str) -> int:
    """Somebody who wants no SMS."""
    row = OptOut(organisation_id=by.organisation_id, phone=phone, way=RefusedBy.STAFF, person_id=by.id)
    session.add(row)
    session.flush()
    return row.id
