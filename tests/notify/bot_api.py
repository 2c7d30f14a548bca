"""Telegram's Bot API as bots and channels meet it: gives news until they are confirmed, notes what is said."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

GROUP_CHAT = {"id": -1001234567890, "type": "supergroup", "title": "Duty"}
LONG_POLL = 1.0  # seconds


class BotApi:
    """Telegram: gives the news it was told to give, until each is confirmed, and notes what the bot says."""

    def __init__(self) -> None:
        self.news: list[dict[str, Any]] = []
        self.said: list[tuple[str, dict[str, str]]] = []
        self._told = threading.Condition()
        self.fails_once = False
        self.wants_a_pause: int | None = None  # once; seconds
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._requests())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def tell(self, **update: Any) -> None:
        with self._told:
            self.news.append({"update_id": 1000 + len(self.news), **update})
            self._told.notify_all()

    def presses(self, who: int, data: str) -> None:
        message = {"message_id": 7, "date": 1_790_000_000, "chat": GROUP_CHAT, "text": "Alarm"}
        user = {"id": who, "is_bot": False, "first_name": "X"}
        self.tell(callback_query={"id": "1", "from": user, "chat_instance": "1", "data": data, "message": message})

    def writes(self, who: int, text: str, *, private: bool = False, reply_to: str = "") -> None:
        chat = {"id": who, "type": "private", "first_name": "X"} if private else GROUP_CHAT
        user = {"id": who, "is_bot": False, "first_name": "X"}
        message: dict[str, Any] = {
            "message_id": 8, "date": 1_790_000_000, "chat": chat, "from": user, "text": text,
        }  # fmt: skip
        if reply_to:
            bot = {"id": 123456, "is_bot": True, "first_name": "Bot"}
            message["reply_to_message"] = {
                "message_id": 6, "date": 1_790_000_000, "chat": chat, "from": bot, "text": reply_to,
            }  # fmt: skip
        self.tell(message=message)

    def texts(self, method: str) -> list[str]:
        return [fields.get("text", "") for each, fields in self.said if each == method]

    def _answer(self, method: str, fields: dict[str, str]) -> tuple[int, Any]:
        if method == "getUpdates":
            if self.fails_once:
                self.fails_once = False
                return 500, {"ok": False, "error_code": 500, "description": "Internal Server Error"}
            if self.wants_a_pause is not None:
                pause, self.wants_a_pause = self.wants_a_pause, None
                return 429, {"ok": False, "error_code": 429, "description": "x", "parameters": {"retry_after": pause}}
            return 200, {"ok": True, "result": self._news(int(fields.get("offset", 0)))}
        self.said.append((method, fields))
        if method == "sendMessage":
            return 200, {"ok": True, "result": {"message_id": 9, "date": 1_790_000_000, "chat": GROUP_CHAT}}
        return 200, {"ok": True, "result": True}

    def _news(self, offset: int) -> list[dict[str, Any]]:
        """What is not confirmed; where there is nothing, it is waited for a moment, as Telegram does for longer."""

        def unconfirmed() -> list[dict[str, Any]]:
            return [each for each in self.news if each["update_id"] >= offset]

        with self._told:
            self._told.wait_for(unconfirmed, timeout=LONG_POLL)
            return unconfirmed()

    def _requests(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Request(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                code, said = api._answer(self.path.rpartition("/")[2], dict(parse_qsl(body)))
                whole = json.dumps(said).encode()
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(whole)))
                self.end_headers()
                self.wfile.write(whole)

            def log_message(self, *_: object) -> None:
                return

        return Request
