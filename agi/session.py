"""One AGI conversation: pyst2's vocabulary of commands over our own reading, writing and quoting.

pyst2 0.5.1 installs a signal handler (only possible in the main thread), mixes str and bytes, quotes without
escaping (a quote and a line feed in a value are a second command), does not know the HANGUP line, reads for ever at
the end of the stream and copies everything to stderr. tests/protocol has a test for each.
"""

import re
import socket
import time
from datetime import timedelta
from typing import Any, Final

from asterisk.agi import AGI, AGIInvalidCommand, AGIUnknownError, AGIUsageError

from ivr.model import CallerGone

LONGEST_LINE: Final = 4096
LONGEST_COMMAND: Final = 2000  # Asterisk's own buffer holds 2048
MOST_HEADERS: Final = 100
ANSWER_WITHIN: Final = timedelta(seconds=10)  # of a command that plays nothing
PLAY_WITHIN: Final = timedelta(minutes=4)  # the longest prompt is three minutes
HEADERS_WITHIN: Final = timedelta(seconds=3)

_PLAYS = (
    "STREAM FILE",
    "GET DATA",
    "WAIT FOR DIGIT",
    "CONTROL STREAM FILE",
    "GET OPTION",
    "RECORD FILE",
    "SAY ",
    "EXEC",
)
_BARE = re.compile(r"[A-Za-z0-9_./:&#*+-]+")
_REPLY = re.compile(r"(\d{3})(?:[ -](.*))?")


class NotAsterisk(ValueError):
    """Whoever connected does not speak AGI: too much, too slow, or something else."""


class Quoted(str):
    """A value that is already quoted."""

    __slots__ = ()


class Lines:
    """Lines from a socket: none longer than `LONGEST_LINE`, each before its deadline, nothing after the end."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()

    def next(self, within: timedelta) -> str:
        """The next line without its end. CallerGone at the end of the stream, TimeoutError when it is late."""
        deadline = time.monotonic() + within.total_seconds()
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > LONGEST_LINE:
                raise NotAsterisk("a line without an end")
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no answer in time")
            self._connection.settimeout(left)
            try:
                received = self._connection.recv(4096)
            except ConnectionError as error:
                raise CallerGone from error
            if not received:
                raise CallerGone
            self._buffer += received
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line.rstrip(b"\r").decode("utf-8", "replace")


class Session(AGI):  # type: ignore[misc]  # pyst2 has no types
    """A conversation with Asterisk about one channel. Every command raises CallerGone once the caller hung up."""

    def __init__(self, connection: socket.socket, *, headers_within: timedelta = HEADERS_WITHIN) -> None:
        # Not super().__init__: it takes over SIGHUP and writes to stderr.
        self._connection = connection
        self._lines = Lines(connection)
        self._gone = False
        self._within, self._headers_within = ANSWER_WITHIN, headers_within
        self.env: dict[str, str] = {}
        self._get_agi_env()

    def _get_agi_env(self) -> None:
        deadline = time.monotonic() + self._headers_within.total_seconds()
        for _ in range(MOST_HEADERS):
            line = self._lines.next(timedelta(seconds=deadline - time.monotonic()))
            if not line:
                if "agi_request" not in self.env:
                    raise NotAsterisk("no agi_request")
                return
            name, colon, value = line.partition(":")
            if not colon or not name.startswith("agi_"):
                raise NotAsterisk("not a header of AGI")
            self.env[name.strip()] = value.strip()
        raise NotAsterisk("too many headers")

    def test_hangup(self) -> None:
        """CallerGone when Asterisk said HANGUP."""
        if self._gone:
            raise CallerGone

    def execute(self, command: str, *args: Any) -> dict[str, tuple[str, str]]:
        """Sends one command and reads its reply."""
        self.test_hangup()
        self._within = PLAY_WITHIN if command.upper().startswith(_PLAYS) else ANSWER_WITHIN
        self.send_command(command, *args)
        return self.get_result()

    def send_command(self, command: str, *args: Any) -> None:
        """One line, whatever the arguments hold."""
        words = [
            _one_line(command).strip(),
            *(str(arg) if isinstance(arg, Quoted) else self._bare(arg) for arg in args),
        ]
        line = " ".join(word for word in words if word).encode("utf-8", "replace")
        if len(line) > LONGEST_COMMAND:
            raise ValueError("a command longer than Asterisk reads")
        try:
            self._connection.sendall(line + b"\n")
        except ConnectionError as error:
            raise CallerGone from error

    def get_result(self, stdin: object = None) -> dict[str, tuple[str, str]]:
        """The reply's `key=value (data)` pairs; `result` is always there."""
        line = self._lines.next(self._within)
        if line == "HANGUP":  # sent between replies, whenever the caller hangs up
            self._gone = True
            raise CallerGone
        match = _REPLY.fullmatch(line)
        if match is None:
            raise AGIUnknownError(0, "not a reply of AGI")
        code, rest = int(match[1]), match[2] or ""
        if code == 200:
            return self._understood(rest)
        if code == 510:
            raise AGIInvalidCommand(rest)
        if code == 511:  # the channel is dead
            self._gone = True
            raise CallerGone
        if code == 520:
            raise AGIUsageError(self._usage(line))
        raise AGIUnknownError(code, "an unknown code")

    def _understood(self, rest: str) -> dict[str, tuple[str, str]]:
        result: dict[str, tuple[str, str]] = {"result": ("", "")}
        match = re.match(r"result=(-?[^\s(]*)\s*(?:\((.*)\))?", rest)
        if match:
            result["result"] = (match[1], match[2] or "")
        if end := re.search(r"endpos=(\d+)\s*$", rest):
            result["endpos"] = (end[1], "")
        if result["result"][0] == "-1" or result["result"][1] == "hangup":
            self._gone = True
            raise CallerGone
        return result

    def _usage(self, line: str) -> str:
        told = [line]
        while line.startswith("520-") or not line.startswith("520"):
            line = self._lines.next(ANSWER_WITHIN)
            told.append(line)
            if len(told) > MOST_HEADERS:
                raise NotAsterisk("a usage without an end")
        return "\n".join(told)

    def _quote(self, string: Any) -> Quoted:
        escaped = _one_line(str(string)).replace("\\", "\\\\").replace('"', '\\"')
        return Quoted(f'"{escaped}"')

    def _bare(self, arg: Any) -> str:
        text = str(arg)
        return text if _BARE.fullmatch(text) else str(self._quote(text))

    def exec_command(self, command: str, *args: Any) -> dict[str, tuple[str, str]]:
        """An application with its arguments; commas separate them, so none may hold one."""
        return self.execute("EXEC", command, self._quote(",".join(str(arg).replace(",", " ") for arg in args)))


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]", " ", text)
