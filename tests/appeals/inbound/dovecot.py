"""A mail server of another hand: Debian's Dovecot, with a mailbox for whoever knows the password."""

import getpass
import imaplib
import os
import pwd
import shutil
import ssl
import subprocess
import tempfile
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import trustme

from tests.town.ports import free_ports
from tests.town.waiting import wait_for

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "/usr/sbin/dovecot"
SECRET = "a-long-password"
USER = "centre"

CONFIGURATION = """
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{place}/certificate.pem
ssl_key = <{place}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{place}/mail/%u
first_valid_uid = 1
passdb {{
  driver = static
  args = password={secret}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={place}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {encrypted}
    ssl = yes
  }}
}}
"""


class Dovecot:
    """Listens in the clear with STARTTLS, and by TLS."""

    def __init__(self, authority: trustme.CA) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="holos-dovecot-")  # whose mails are another user's
        self._place = place = Path(self._folder.name)
        place.chmod(0o755)
        self.plain, self.encrypted = free_ports(2, first=27900, last=28000)
        self.ca = authority.cert_pem.bytes().decode()
        issued = authority.issue_cert("127.0.0.1")
        issued.private_key_pem.write_to_path(str(place / "key.pem"))
        issued.cert_chain_pems[0].write_to_path(str(place / "certificate.pem"))

    def settings(self, **more: Any) -> dict[str, Any]:
        """Of a mailbox here."""
        return {
            "name": "Пошта міста", "address": "centre@city.example", "host": "127.0.0.1", "port": self.encrypted,
            "security": "tls", "ca": self.ca, "user": USER, "secret": SECRET, "folder": "INBOX", "enabled": True,
        } | more  # fmt: skip

    def feed(self, mail: EmailMessage | bytes, *, at: datetime | None = None) -> None:
        """A mail arrives, now or as if it had then."""
        with self._open(USER) as server:
            raw = mail if isinstance(mail, bytes) else mail.as_bytes()
            status, said = server.append("INBOX", "", imaplib.Time2Internaldate(at or datetime.now(UTC)), raw)
            assert status == "OK", said

    def unseen(self) -> int:
        """How many mails nobody has read."""
        with self._open(USER) as server:
            server.select("INBOX", readonly=True)
            return len(server.search(None, "UNSEEN")[1][0].split())

    def begin_anew(self) -> None:
        """The folder is made anew, as after a loss of the server's indexes: other numbers for the same mails."""
        for file in (self._place / "mail" / USER).glob("dovecot*"):
            file.unlink()

    def _open(self, user: str) -> imaplib.IMAP4_SSL:
        context = ssl.create_default_context(cadata=self.ca)
        server = imaplib.IMAP4_SSL("127.0.0.1", self.encrypted, ssl_context=context, timeout=20)
        server.login(user, SECRET)
        return server

    def __enter__(self) -> Self:
        owner = pwd.getpwnam("nobody" if getpass.getuser() == "root" else getpass.getuser())
        (self._place / "mail").mkdir()
        os.chown(self._place / "mail", owner.pw_uid, owner.pw_gid)
        facts = {"place": self._place, "secret": SECRET, "uid": owner.pw_uid, "gid": owner.pw_gid}
        file = self._place / "dovecot.conf"
        file.write_text(CONFIGURATION.format(plain=self.plain, encrypted=self.encrypted, **facts))
        self._process = subprocess.Popen([PROGRAM, "-F", "-c", str(file)])
        try:
            wait_for("Dovecot", self._answers, seconds=20)
        except AssertionError:
            self.__exit__(None, None, None)
            raise
        return self

    def _answers(self) -> bool:
        try:
            self._open(USER).logout()
        except (OSError, imaplib.IMAP4.error):
            return False
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._folder.cleanup()
