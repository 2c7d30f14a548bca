"""A mailbox by IMAP (RFC 9051), through the standard library: looked at, never changed."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import mktime
from typing import Any, Final

PATIENCE: Final = timedelta(seconds=30)  # for each answer
_SIZE: Final = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxAway(Exception):
    """The mail server is not there, does not know us, or says what nobody understands."""


class Folder:
    """An open folder."""

    def __init__(self, server: imaplib.IMAP4, folder: str) -> None:
        self._server = server
        _done(server.select(_quoted(folder), readonly=True))
        (self.validity,) = self._numbers("UIDVALIDITY")
        self.next_uid = next(iter(self._numbers("UIDNEXT")), 1)

    def newer_than(self, uid: int) -> list[int]:
        """The numbers of mails that came after that one, in order."""
        said = _done(self._server.uid("SEARCH", f"UID {uid + 1}:*"))
        found = [int(each) for each in (said[0] or b"").split()]
        return sorted(each for each in found if each > uid)  # "*" is the last one, however small its number

    def size(self, uid: int) -> int:
        """How many bytes it has; 0 for one that is gone."""
        said = _done(self._server.uid("FETCH", str(uid), "(RFC822.SIZE)"))
        match = _SIZE.search(b" ".join(each if isinstance(each, bytes) else each[0] for each in said if each))
        return int(match[1]) if match else 0

    def fetch(self, uid: int, most: int) -> tuple[bytes, datetime]:
        """The mail, or so much of its beginning, and when the server got it. It stays unread, as it was."""
        said = _done(self._server.uid("FETCH", str(uid), f"(INTERNALDATE BODY.PEEK[]<0.{most}>)"))
        pair = next((each for each in said if isinstance(each, tuple)), None)
        if pair is None:
            return b"", datetime.now(UTC)
        got = imaplib.Internaldate2tuple(pair[0])
        return pair[1], datetime.fromtimestamp(mktime(got), UTC) if got else datetime.now(UTC)

    def _numbers(self, name: str) -> Iterator[int]:
        for each in self._server.response(name)[1] or ():
            if each and each.isdigit():
                yield int(each)


@contextmanager
def folder(
    *, host: str, port: int, security: str, ca: str, user: str, secret: str, name: str, patience: timedelta = PATIENCE
) -> Iterator[Folder]:
    """The folder, opened for reading only. MailboxAway, whatever goes wrong."""
    context = ssl.create_default_context(cadata=ca or None)
    seconds = patience.total_seconds()
    try:
        server: imaplib.IMAP4
        if security == "tls":
            server = imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=seconds)
        else:
            server = imaplib.IMAP4(host, port, timeout=seconds)
        try:
            if security == "starttls":
                server.starttls(context)
            server.login(user, secret)
            yield Folder(server, name)
        finally:
            _leave(server)
    except (imaplib.IMAP4.error, OSError, EOFError, ValueError) as error:
        said = error.args[0] if error.args else ""
        told = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)
        raise MailboxAway(told.replace(secret, "…") if secret else told) from error


def _leave(server: imaplib.IMAP4) -> None:
    try:
        server.logout()
    except (imaplib.IMAP4.error, OSError, EOFError):
        return


def _done(answer: tuple[str, list[Any]]) -> list[Any]:
    status, said = answer
    if status != "OK":
        raise imaplib.IMAP4.error(said[0] if said else status)
    return said


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
