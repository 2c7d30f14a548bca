"""SMS by a plain HTTP gateway: one POST a message, the names of the fields as the gateway wants them.

What became of a message the gateway says by a request of its own (`sms_http_reports`), or when it is asked.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx

from notify.far.sms_http_reports import REFERENCE, status_of
from notify.model import Later, Letter, PartOutcome, Refused, Sent

_ABOUT_US = frozenset({401, 402, 403, 404, 405, 407, 408, 425, 429})  # way, account or pace, not the message
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_LONGEST_ANSWER = 200  # characters that are kept
_SCHEMES = ("http://", "https://")


class HttpGateway:
    """One gateway."""

    def __init__(self, settings: Mapping[str, Any], secret: str, *, patience: timedelta) -> None:
        self._url = str(httpx.URL(settings["url"]))
        if not self._url.startswith(_SCHEMES):
            raise ValueError("the gateway's address begins with http:// or https://")
        self._body = settings.get("body", "json")
        if self._body not in {"json", "form"}:
            raise ValueError(f"body is json or form, not {self._body!r}")
        self._names = {name: str(settings.get(name, name)) for name in ("to", "text", "from", "key")}
        self._sender = str(settings.get("sender", ""))
        self._settings = settings
        self._status_url = str(settings.get("status_url") or "")
        if self._status_url and (REFERENCE not in self._status_url or not self._status_url.startswith(_SCHEMES)):
            raise ValueError(f"the address that is asked begins with http and contains {REFERENCE}")
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self._client = httpx.AsyncClient(timeout=patience.total_seconds(), headers=headers, follow_redirects=False)

    async def send(self, letter: Letter) -> Sent:
        """Hands the message over, with its key, so that the gateway may know a repetition. Later, Refused."""
        names = self._names
        fields = {names["to"]: letter.recipient, names["text"]: letter.text, names["key"]: letter.key}
        if self._sender:
            fields[names["from"]] = self._sender
        try:
            if self._body == "json":
                answer = await self._client.post(self._url, json=fields)
            else:
                answer = await self._client.post(self._url, data=fields)
        except httpx.HTTPError as error:  # one that was silent after it had the message may have taken it
            doubtful = not isinstance(error, _NEVER_LEFT)
            raise Later(str(error) or type(error).__name__, everything=True, doubtful=doubtful) from error
        if answer.is_success:
            reference = _reference(answer)
            return Sent(reference, parts=(reference,) if reference else ())
        why = f"{answer.status_code} {answer.text[:_LONGEST_ANSWER]}".strip()
        if answer.is_client_error and answer.status_code not in _ABOUT_US:
            raise Refused(why)
        raise Later(why, pause=_pause(answer.headers.get("Retry-After", "")), everything=True)

    async def ask(self, reference: str) -> tuple[PartOutcome, str] | None:
        """What became of a message; None while the gateway does not know, or does not answer."""
        if not self._status_url:
            return None
        try:
            answer = await self._client.get(self._status_url.replace(REFERENCE, quote(reference, safe="")))
            said = answer.json() if answer.is_success else None
        except (httpx.HTTPError, ValueError):
            return None
        return status_of(self._settings, said) if isinstance(said, dict) else None

    async def close(self) -> None:
        """Lets go of connections."""
        await self._client.aclose()


def _reference(answer: httpx.Response) -> str:
    """The gateway's name for the message, `{"id": ...}`; many give none."""
    try:
        said = answer.json()
    except ValueError:
        return ""
    return str(said.get("id", ""))[:_LONGEST_ANSWER] if isinstance(said, dict) else ""


def _pause(written: str) -> timedelta | None:
    """How long the gateway wants to be left alone: seconds or a date (RFC 9110, 10.2.3)."""
    try:
        if written.isdecimal():
            pause = timedelta(seconds=int(written))
        else:
            pause = parsedate_to_datetime(written) - datetime.now(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    return max(timedelta(), min(pause, timedelta(days=1)))
