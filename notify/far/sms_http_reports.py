"""What a plain HTTP gateway says of delivery, by a request of its own or when it is asked; what people write to us.

A channel's settings name the fields (`report_id`, `report_status`, `answer_from`, `answer_text`, with dots into a JSON
object) and the words that mean delivered and failed; any other word means that nothing is final yet.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from notify.model import PartOutcome

REFERENCE: Final = "{id}"  # in the address that is asked
DELIVERED: Final = "delivered, delivrd, received, read"
FAILED: Final = "failed, undelivered, undeliv, undeliverable, rejected, rejectd, expired, deleted, error"
_MOST: Final = 1000  # reports in one request
_LONGEST: Final = 200
_NOT_A_DIGIT: Final = re.compile(r"[^0-9]")


def is_signed(header: str, secret: str, body: bytes) -> bool:
    """Whether a header holds the HMAC (RFC 2104, SHA-256) of the body under the channel's secret, in hexadecimal."""
    wanted = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    said = header.strip().lower().removeprefix("sha256=")
    return bool(secret) and hmac.compare_digest(said.encode(), wanted.encode())


def reports(settings: Mapping[str, Any], body: bytes, kind: str) -> list[tuple[str, PartOutcome, str]]:
    """The final reports of a request: references, outcomes, words. ValueError where nothing in it can be a report."""
    told = list(_told(body, kind))[:_MOST]
    named = [(_at(each, str(settings.get("report_id") or "id")), each) for each in told]
    if not any(reference for reference, _ in named):
        raise ValueError("no field names a message")
    found = []
    for reference, each in named:
        outcome = status_of(settings, each)
        if reference and outcome is not None:
            found.append((reference, *outcome))
    return found


def answers(settings: Mapping[str, Any], body: bytes, kind: str) -> list[tuple[str, str]]:
    """Who wrote to us, in full with a plus, and what. ValueError where nothing in the request names a sender."""
    found = []
    for each in list(_told(body, kind))[:_MOST]:
        sender = _at(each, str(settings.get("answer_from") or "from"))
        digits = _NOT_A_DIGIT.sub("", sender).removeprefix("00")
        if digits:
            found.append((f"+{digits}", _at(each, str(settings.get("answer_text") or "text"))))
    if not found:
        raise ValueError("no field names a sender")
    return found


def status_of(settings: Mapping[str, Any], said: Mapping[str, Any]) -> tuple[PartOutcome, str] | None:
    """What one report means; None while nothing is final."""
    word = _at(said, str(settings.get("report_status") or "status"))
    if word.casefold() in _words(settings.get("delivered") or DELIVERED):
        return PartOutcome.DELIVERED, word
    if word.casefold() in _words(settings.get("failed") or FAILED):
        return PartOutcome.FAILED, word
    return None


def _told(body: bytes, kind: str) -> Iterator[Mapping[str, Any]]:
    """One report, or several in a list, as JSON or as a web form."""
    try:
        text = body.decode()
        said = json.loads(text) if "json" in kind else dict(parse_qsl(text, max_num_fields=100))
    except (ValueError, RecursionError) as error:
        raise ValueError("neither JSON nor a form") from error
    if isinstance(said, dict) and len(said) == 1:
        (inner,) = said.values()
        said = inner if isinstance(inner, list) else said
    yield from (each for each in (said if isinstance(said, list) else [said]) if isinstance(each, dict))


def _at(said: Mapping[str, Any], path: str) -> str:
    """The text of a field, "" where there is none."""
    value: Any = said
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).replace("\x00", "")[:_LONGEST]


def _words(written: object) -> set[str]:
    return {word.strip().casefold() for word in str(written).split(",") if word.strip()}
