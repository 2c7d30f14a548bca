"""E-mail by SMTP (RFC 5321). Where STARTTLS is asked for, nothing is said in the clear when the server has none."""

import ssl
from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import aiosmtplib

from notify.model import Later, Letter, Refused, Sent

_PERMANENT = 500  # RFC 5321, 4.2.1: from here on the same again is refused again


class _Server(aiosmtplib.SMTP):
    """One connection, which remembers whether the mail itself has left: without an answer it may have been taken."""

    was_given_it = False

    async def data(self, *said: Any, **options: Any) -> aiosmtplib.SMTPResponse:
        """The last step of a mail."""
        self.was_given_it = True
        return await super().data(*said, **options)


class Email:
    """One mail server."""

    def __init__(self, settings: Mapping[str, Any], secret: str, *, patience: timedelta) -> None:
        security = settings.get("security", "starttls")
        if security not in {"starttls", "tls", "none"}:
            raise ValueError(f"security is starttls, tls or none, not {security!r}")
        self._sender = str(settings["sender"])
        self._options: dict[str, Any] = {
            "hostname": str(settings["host"]),
            "port": int(settings.get("port") or (465 if security == "tls" else 587)),
            "username": settings.get("user") or None,
            "password": secret or None,
            "use_tls": security == "tls",
            "start_tls": security == "starttls",
            "tls_context": ssl.create_default_context(cadata=settings.get("ca") or None),
            "timeout": patience.total_seconds(),
        }

    async def send(self, letter: Letter) -> Sent:
        """Hands the mail to the server. Later, Refused."""
        server = _Server(**self._options)
        try:
            async with server:
                _, answer = await server.send_message(self._mail(letter))
        except aiosmtplib.SMTPRecipientsRefused as error:
            first = error.recipients[0]
            raise _said(first.code, first.message) from error
        except (aiosmtplib.SMTPDataError, aiosmtplib.SMTPRecipientRefused) as error:
            raise _said(error.code, error.message) from error
        except aiosmtplib.SMTPResponseException as error:  # the greeting, the sign-in or the sender: not this mail
            raise Later(f"{error.code} {error.message}", everything=True) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Later(str(error) or type(error).__name__, everything=True, doubtful=server.was_given_it) from error
        return Sent(answer[:200])

    async def close(self) -> None:
        """Each mail has a connection of its own."""

    def _mail(self, letter: Letter) -> EmailMessage:
        """Sent twice, it has the same Message-ID: mail programs show it once."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self._sender, letter.recipient, letter.subject
        mail["Date"] = format_datetime(letter.created_at)
        mail["Message-ID"] = f"<holos.{letter.id}@{self._sender.rpartition('@')[2].strip('> ')}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
        mail.set_content(letter.text, cte="base64")  # not every server takes eight bits
        return mail


def _said(code: int, message: str) -> Later | Refused:
    return Refused(f"{code} {message}") if code >= _PERMANENT else Later(f"{code} {message}")
