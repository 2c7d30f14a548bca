"""Far ends of messages: a mail server with STARTTLS, and an HTTP server that is told how to answer."""

import json
import ssl
import threading
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as Talk

from tests.town.ports import free_ports


class MailServer:
    """Takes mail over STARTTLS only; `says` and `drops` are changed by the test."""

    def __init__(self, authority: trustme.CA, *, encrypted: bool = True) -> None:
        self.mails: list[Message] = []
        self.said_in_the_clear = False
        self.recipient_answer = "250 OK"
        self.data_answer = "250 taken as 4711"
        self.drops = False
        self.ca = authority.cert_pem.bytes().decode()
        context: ssl.SSLContext | None = None
        if encrypted:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("127.0.0.1").configure_cert(context)
        (self.port,) = free_ports(1, first=26400, last=26900)
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, tls_context=context, require_starttls=encrypted
        )

    async def handle_RCPT(  # noqa: N802 -- the library calls it so
        self, server: SMTP, talk: Talk, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.recipient_answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: SMTP, talk: Talk, envelope: Envelope) -> str:  # noqa: N802
        if self.drops:
            assert server.transport is not None
            server.transport.abort()
            return "421 gone"
        self.said_in_the_clear = talk.ssl is None
        if self.data_answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(BytesParser(policy=default).parsebytes(envelope.content))
        return self.data_answer

    def settings(self, **more: Any) -> dict[str, Any]:
        """Of a channel that leads here."""
        return {"host": "127.0.0.1", "port": self.port, "sender": "centre@city.example", "ca": self.ca, **more}

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


class HttpEnd:
    """Notes what is posted and answers as it was told; the last answer is given again."""

    def __init__(self) -> None:
        self.posted: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.headers: list[Mapping[str, str]] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = [(200, {}, b"")]
        self.asked: list[str] = []  # addresses of questions
        self.states: dict[str, dict[str, str]] = {}  # what it answers to a question, by the end of the address
        self.may_answer = threading.Event()
        self.may_answer.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._requests())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, code: int, body: object = None, **headers: str) -> None:
        """From here on, this."""
        said = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.answers = [(code, {name.replace("_", "-"): value for name, value in headers.items()}, said)]

    def telegram(self, code: int, description: str = "", **parameters: int) -> None:
        """From here on, as the Bot API says it."""
        if code == 200:
            chat = {"id": -100, "type": "group", "title": "Duty"}
            self.answer(200, {"ok": True, "result": {"message_id": 77, "date": 1_790_000_000, "chat": chat}})
        else:
            body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
            self.answer(code, body)

    def _requests(self) -> type[BaseHTTPRequestHandler]:
        end = self

        class Request(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                is_json = self.headers.get_content_type() == "application/json"
                end.posted.append(json.loads(body) if is_json else dict(parse_qsl(body)))
                end.paths.append(self.path)
                end.headers.append(dict(self.headers))
                end.may_answer.wait(30)
                code, headers, said = end.answers[0]
                self.send_response(code)
                for name, value in {**headers, "Content-Length": str(len(said))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said)

            def do_GET(self) -> None:
                end.asked.append(self.path)
                said = json.dumps(end.states.get(self.path.rpartition("/")[2], {})).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                return

        return Request

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.may_answer.set()
        self._server.shutdown()
        self._server.server_close()
