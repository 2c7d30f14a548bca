"""Keys and webhooks of other systems, files of appeals; how their pages are asked."""

from sqlalchemy.orm import Session

from appeals.webhooks import service as webhooks
from appeals.webhooks.model import CHOSEN
from appeals.webhooks.tables import WebhookMessage
from appeals.xml import service as xml
from appeals.xml.schema import NAMESPACE
from staff.keys import service as keys
from staff.keys.model import Scope
from staff.model import Role
from staff.tables import Person
from tests.pages.belongings.asking import Asked

EMPTY = f'<appeals xmlns="{NAMESPACE}" version="1" organisation="x" made-at="2026-11-23T08:00:00Z"/>'

NAMES_AN_OBJECT: dict[str, Asked] = {
    "GET /exchange/keys/{key_id}": Asked("/exchange/keys/{key}"),
    "POST /exchange/keys/{key_id}/follow": Asked("/exchange/keys/{key}/follow"),
    "POST /exchange/keys/{key_id}/revoke": Asked("/exchange/keys/{key}/revoke"),
    "GET /appeals/xml/{file_id}": Asked("/appeals/xml/{xml_file}"),
    "POST /appeals/xml/{file_id}/save": Asked("/appeals/xml/{xml_file}/save"),
    "POST /appeals/xml/{file_id}/discard": Asked("/appeals/xml/{xml_file}/discard"),
    "GET /exchange/webhooks/{webhook_id}": Asked("/exchange/webhooks/{webhook}"),
    "POST /exchange/webhooks/{webhook_id}": Asked(
        "/exchange/webhooks/{webhook}", {"name": "Водоканал", "url": "https://example.org", "events": "appeal.changed"}
    ),
    "POST /exchange/webhooks/{webhook_id}/secret": Asked("/exchange/webhooks/{webhook}/secret"),
    "POST /exchange/webhooks/{webhook_id}/ping": Asked("/exchange/webhooks/{webhook}/ping"),
    "POST /exchange/webhooks/{webhook_id}/replay": Asked("/exchange/webhooks/{webhook}/replay"),
    "POST /exchange/webhooks/{webhook_id}/messages/{message_id}/replay": Asked(
        "/exchange/webhooks/{webhook}/messages/{told}/replay"
    ),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "POST /exchange/keys": "somebody's own new key",
    "POST /appeals/xml/upload": "a file of one's own",
    "POST /exchange/webhooks": "somebody's own new webhook; its executor is looked for among one's own",
}


def key_of(session: Session, by: Person, name: str) -> int:
    """A key of an information system."""
    made, _secret = keys.make(
        session, name=name, roles=[Role.OPERATOR], scopes=[Scope.READ], per_minute=10, valid_until=None, by=by
    )
    return made.id


def xml_file(session: Session, by: Person, name: str) -> int:
    """A file of appeals that waits to be decided."""
    return xml.keep(session, f"{name}.xml", EMPTY.encode(), 0, language="uk", by=by).id


def webhook_of(session: Session, by: Person, name: str) -> dict[str, int]:
    """A webhook, and a message that it was told."""
    hook = webhooks.add(
        session, name=name, url="https://x.example", events=CHOSEN, executor=None, personal=False, by=by
    )
    message = WebhookMessage(
        organisation_id=by.organisation_id, webhook_id=hook.id, event="ping", state="dead", last_error=name
    )
    session.add(message)
    session.flush()
    return {"webhook": hook.id, "told": message.id}
