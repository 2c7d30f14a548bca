"""SMS by a plain HTTP gateway: one POST a message, the names of the fields as the gateway wants them."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from notify.model import Later, Letter, Refused, Sent

_ABOUT_US = frozenset({401, 402, 403, 404, 405, 407, 408, 425, 429})  # way, account or pace, not the message
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
_LONGEST_ANSWER = 200  # characters that are kept


class HttpGateway:
    """One gateway."""

    def __init__(self, settings: Mapping[str, Any], secret: str, *, patience: timedelta) -> None:
        self._url = str(httpx.URL(settings["url"]))
        if not self._url.startswith(("http://", "https://")):
            raise ValueError("the gateway's address begins with http:// or https://")
        self._body = settings.get("body", "json")
        if self._body not in {"json", "form"}:
            raise ValueError(f"body is json or form, not {self._body!r}")
        self._names = {name: str(settings.get(name, name)) for name in ("to", "text", "from", "key")}
        self._sender = str(settings.get("sender", ""))
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
            return Sent(_reference(answer))
        why = f"{answer.status_code} {answer.text[:_LONGEST_ANSWER]}".strip()
        if answer.is_client_error and answer.status_code not in _ABOUT_US:
            raise Refused(why)
        raise Later(why, pause=_pause(answer.headers.get("Retry-After", "")), everything=True)

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
