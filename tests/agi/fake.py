"""Asterisk's side of FastAGI for tests without telephony: answers commands, presses keys at questions."""

import contextlib
import re
import socket
import time
import uuid
from collections.abc import Sequence
from typing import Self


class Channel:
    """One channel in the menu. `keys` are pressed one at each wait for a digit; afterwards nothing is pressed."""

    def __init__(
        self,
        address: tuple[str, int],
        keys: Sequence[str] = (),
        *,
        dialled: str = "1580",
        caller: str = "+380501112233",
        source: str = "trunk",
    ) -> None:
        self.call = uuid.uuid4()
        self.dialled, self.caller, self.source = dialled, caller, source
        self.keys = list(keys)
        self.variables: dict[str, str] = {}
        self.heard: list[str] = []
        self.told: list[str] = []
        self.reactions: list[float] = []  # seconds from a key to the next prompt
        self._pressed_at: float | None = None
        self.connection = socket.create_connection(address, timeout=20)
        self.connection.sendall(b"agi_network: yes\nagi_network_script: menu\nagi_request: agi://127.0.0.1/menu\n\n")
        self._file = self.connection.makefile("r", encoding="utf-8", newline="\n")

    def walks(self) -> Self:
        """Answers until the server closes."""
        with contextlib.suppress(ConnectionError):  # killed: as good as closed
            while self.steps():
                pass
        return self

    def steps(self) -> bool:
        """Answers one command; False when the server has closed."""
        line = self._file.readline().strip()
        if line:
            self.connection.sendall(self._answer(line).encode() + b"\n")
        return bool(line)

    def _answer(self, line: str) -> str:
        words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line)
        command, *rest = [quoted or bare for quoted, bare in words]
        match command, rest:
            case "GET", ["FULL", "VARIABLE", *_]:
                return f"200 result=1 ({self.call}|{self.dialled}|{self.caller}|{self.source})"
            case "GET", ["DATA", prompt, *_]:
                self.heard.append(prompt)
                return f"200 result={self.keys.pop(0)}" if self.keys else "200 result= (timeout)"
            case "SET", ["VARIABLE", name, value]:
                self.variables[name] = value
                return "200 result=1"
            case "STREAM", ["FILE", prompt, *_]:
                self.heard.append(prompt)
                if self._pressed_at is not None:
                    self.reactions.append(time.monotonic() - self._pressed_at)
                    self._pressed_at = None
                return "200 result=0 endpos=8000"
            case "WAIT", _:
                if not self.keys:
                    return "200 result=0"
                self._pressed_at = time.monotonic()
                return f"200 result={ord(self.keys.pop(0))}"
            case "EXEC", ["UserEvent", said]:
                self.told.append(said.split(",")[0])
                return "200 result=0"
        return "510 Invalid or unknown command"

    def close(self) -> None:
        """Hangs up without a word."""
        self._file.close()
        self.connection.close()
