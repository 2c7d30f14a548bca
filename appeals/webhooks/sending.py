"""Telling what waits: signed, to an address that is allowed, each receiver by itself: a slow one delays no other.

The body is written when it is sent: it tells the deed as it was and the appeal as it stands.
"""

import json
import socket
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import httpx
import structlog
from sqlalchemy.orm import Session

from appeals.exchange import telling
from appeals.exchange.telling import Eyes
from appeals.webhooks import model, queries, service
from appeals.webhooks.model import Network, NotAllowed, chosen_address
from appeals.webhooks.tables import Webhook, WebhookMessage
from db import EVERY_ORGANISATION, NotFound, transaction
from db.looking import Looker
from staff import queries as staff
from staff.audit import audit

log = structlog.get_logger()

LOOK_EVERY: Final = timedelta(seconds=1)
FORGET_EVERY: Final = timedelta(hours=1)
PATIENCE: Final = timedelta(seconds=5)  # for each step of an attempt
RECEIVERS: Final = 8  # told at once
LONGEST_ANSWER: Final = 4096  # bytes that are read of it
_VERSION: Final = "1"


class Teller(Looker):
    """One thread of the notifier, and one for each receiver that is told."""

    def __init__(self, inside: Sequence[Network] = ()) -> None:
        super().__init__("webhooks", LOOK_EVERY)
        self._inside = inside
        self._pool = ThreadPoolExecutor(RECEIVERS, thread_name_prefix="webhook")
        self._under_way: dict[int, Future[None]] = {}
        self._forgotten_at = datetime.now(UTC)

    def run(self) -> None:
        """Until it is stopped; what is under way is finished."""
        super().run()
        self._pool.shutdown(wait=True)

    def look(self) -> int:
        """Begins to tell whoever something is due for; how many messages that is."""
        self._under_way = {which: task for which, task in self._under_way.items() if not task.done()}
        now = datetime.now(UTC)
        begun = 0
        with transaction(EVERY_ORGANISATION) as session:
            leased = [
                (webhook, service.lease(session, webhook, at=now))
                for webhook in queries.due(session, now, busy=self._under_way.keys())[: RECEIVERS * 2]
            ]
            if now - self._forgotten_at > FORGET_EVERY:
                self._forgotten_at = now
                service.forget_old(session)
        for webhook, messages in leased:
            if messages:
                self._under_way[webhook.id] = self._pool.submit(self._tell_all, webhook, messages)
                begun += len(messages)
        return begun

    def finish(self) -> None:
        """Waits for what is under way."""
        for task in self._under_way.values():
            task.result()

    def _tell_all(self, webhook: Webhook, messages: Sequence[WebhookMessage]) -> None:
        """One after the other; after a failure the others wait for the receiver's rest."""
        well = True
        with httpx.Client(timeout=PATIENCE.total_seconds(), follow_redirects=False, trust_env=False) as client:
            for message in messages:
                try:
                    well = well and not self._stopping.is_set() and self._tell(client, webhook, message)
                    if not well:
                        _noted(message, lambda session, one=message: service.give_back(session, one))
                except Exception:  # the edge: the lease will be over, and it is told again
                    log.exception("webhook_failed", webhook=webhook.id, message=message.id)
                    well = False

    def _tell(self, client: httpx.Client, webhook: Webhook, message: WebhookMessage) -> bool:
        """One attempt and what came of it. Whether the receiver took it."""
        try:
            body = _body(webhook, message)
            status, said = _posted(client, webhook, message, body, inside=self._inside)
        except (NotAllowed, NotFound, httpx.HTTPError, OSError, ValueError) as error:
            why = str(error) or type(error).__name__
            _noted(message, lambda session: service.failed(session, message, why))
            return False
        if 200 <= status < 300:
            _noted(message, lambda session: _taken(session, webhook, message, status))
            return True
        _noted(message, lambda session: service.failed(session, message, f"{status} {said}".strip(), status=status))
        return False


def _taken(session: Session, webhook: Webhook, message: WebhookMessage, status: int) -> None:
    """It arrived; whose data went out with it is written down (U-41)."""
    service.sent(session, message, status)
    if webhook.personal and message.appeal_id is not None:
        audit(session, None, "webhook.told", f"webhook:{webhook.id}", appeal=str(message.facts.get("number", "")))


def _noted(message: WebhookMessage, note: Any) -> None:
    with transaction(message.organisation_id) as session:
        note(session)


def _body(webhook: Webhook, message: WebhookMessage) -> bytes:
    """What is told: the event with its facts, and the appeal as it stands."""
    told: dict[str, Any] = {
        "id": str(message.name),
        "version": _VERSION,
        "event": message.event,
        "at": message.created_at.isoformat(),
        "sequence": message.id,
        **{name: value for name, value in message.facts.items() if name != "number"},
        "appeal": None,
    }
    if message.appeal_id is not None:
        with transaction(message.organisation_id) as session:
            told["appeal"] = _appeal(session, webhook, message.appeal_id)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _appeal(session: Session, webhook: Webhook, appeal: int) -> dict[str, Any]:
    spoken = staff.organisation(session, webhook.organisation_id).default_language
    open_to = {"appeals.find", "appeals.read"} | ({"data.personal"} if webhook.personal else set())
    found = telling.lines(session, [appeal], Eyes(open_to.__contains__, spoken))
    if not found:
        raise NotFound(f"appeal {appeal}")
    return found[0].model_dump(mode="json")


def _posted(
    client: httpx.Client, webhook: Webhook, message: WebhookMessage, body: bytes, *, inside: Sequence[Network]
) -> tuple[int, str]:
    """The receiver's answer. The name is looked up once, and what it leads to is checked and used: nobody can lead
    us elsewhere in between. NotAllowed, OSError."""
    parts = urlsplit(webhook.url)
    host, encrypted = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if encrypted else 80)
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    address = chosen_address(found, encrypted=encrypted, inside=inside)
    literal = f"[{address}]" if ":" in address else address
    there = urlunsplit((parts.scheme, f"{literal}:{port}", parts.path or "/", parts.query, ""))
    moment = int(datetime.now(UTC).timestamp())
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "Holos",
        "webhook-id": str(message.name),
        "webhook-timestamp": str(moment),
        "webhook-signature": model.signature(webhook.secret, str(message.name), moment, body),
    }
    request = client.build_request("POST", there, content=body, headers=headers, extensions={"sni_hostname": host})
    answer = client.send(request, stream=True)
    try:
        said = next(answer.iter_bytes(LONGEST_ANSWER), b"")
    finally:
        answer.close()
    return answer.status_code, said[:200].decode("utf-8", "replace")
