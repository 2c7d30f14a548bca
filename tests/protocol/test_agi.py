"""AGI as bytes: pyst2's faults, each mended, and every conversation cut at every byte."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from asterisk.agi import AGIInvalidCommand, AGIUnknownError, AGIUsageError

from agi.session import HEADERS_WITHIN, NotAsterisk, Session
from ivr.model import CallerGone

HEADERS = b"agi_network: yes\nagi_network_script: menu\nagi_request: agi://127.0.0.1/menu\nagi_channel: PJSIP/x-1\n\n"


class Asterisk:
    """The other end of the line, byte by byte."""

    def __init__(self, ours: socket.socket, theirs: socket.socket) -> None:
        self.ours, self.theirs = ours, theirs
        self.heard = b""

    def session(self, headers: bytes = HEADERS, *, within: timedelta = HEADERS_WITHIN) -> Session:
        """Our side after these headers."""
        self.says(headers)
        return Session(self.ours, headers_within=within)

    def says(self, data: bytes) -> None:
        self.theirs.sendall(data)

    def hears(self) -> bytes:
        """Everything that was sent to Asterisk."""
        self.theirs.setblocking(False)
        while True:
            try:
                self.heard += self.theirs.recv(65536)
            except BlockingIOError:
                return self.heard


@pytest.fixture
def asterisk() -> Iterator[Asterisk]:
    ours, theirs = socket.socketpair()
    yield Asterisk(ours, theirs)
    ours.close()
    theirs.close()


def test_a_session_takes_no_signal_and_works_in_any_thread(asterisk: Asterisk) -> None:
    before = signal.getsignal(signal.SIGHUP)
    made: list[Session] = []
    thread = threading.Thread(target=lambda: made.append(asterisk.session()))
    thread.start()
    thread.join(5)
    assert made[0].env["agi_channel"] == "PJSIP/x-1"
    assert signal.getsignal(signal.SIGHUP) is before


def test_commands_are_bytes_and_letters_survive(asterisk: Asterisk, capsys: pytest.CaptureFixture[str]) -> None:
    agi = asterisk.session()
    asterisk.says(b"200 result=1\n")
    agi.set_variable("NAME", "Їжак Oʻzbek 🎈")
    assert asterisk.hears() == 'SET VARIABLE "NAME" "Їжак Oʻzbek 🎈"\n'.encode()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ('say "hi"', r'"say \"hi\""'),
        ("back\\slash", r'"back\\slash"'),
        ('"\nHANGUP\n', r'"\" HANGUP "'),
        ("a\r\nEXEC System rm\x00", '"a  EXEC System rm "'),
        ("line\u2028separator\x85", '"line separator "'),
    ],
)
def test_no_value_is_a_second_command(asterisk: Asterisk, value: str, sent: str) -> None:
    agi = asterisk.session()
    asterisk.says(b"200 result=1\n" * 3)
    agi.set_variable("X", value)
    assert asterisk.hears() == f'SET VARIABLE "X" {sent}\n'.encode()
    agi.stream_file(value)  # pyst2 does not quote this one at all
    agi.exec_command("UserEvent", "Name", value)
    assert asterisk.hears().count(b"\n") == 3


def test_applications_get_their_arguments(asterisk: Asterisk) -> None:
    agi = asterisk.session()
    asterisk.says(b"200 result=0\n")
    agi.exec_command("UserEvent", "MenuEntered", "Call: 1", "Menu: a,b")
    assert asterisk.hears() == b'EXEC UserEvent "MenuEntered,Call: 1,Menu: a b"\n'


def test_a_command_longer_than_asterisk_reads_is_not_sent(asterisk: Asterisk) -> None:
    agi = asterisk.session()
    with pytest.raises(ValueError, match="longer"):
        agi.set_variable("X", "я" * 1100)
    assert asterisk.hears() == b""


@pytest.mark.parametrize("reply", [b"HANGUP\n200 result=0\n", b"200 result=-1\n", b"200 result=-1 endpos=0\n",
                                   b"511 result=-1 Command Not Permitted on a dead channel\n",
                                   b"200 result=0 (hangup)\n", b""])  # fmt: skip
def test_a_hang_up_however_told_is_the_callers_end(asterisk: Asterisk, reply: bytes) -> None:
    agi = asterisk.session()
    asterisk.says(reply)
    asterisk.theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(CallerGone):
        agi.stream_file("welcome")
    with pytest.raises(CallerGone):
        agi.set_variable("NEXT", "queue")


def test_asterisk_that_has_closed_is_the_callers_end(asterisk: Asterisk) -> None:
    agi = asterisk.session()
    asterisk.theirs.close()
    with pytest.raises(CallerGone):
        agi.noop()


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (b"510 Invalid or unknown command\n", AGIInvalidCommand),
        (b"520-Invalid command syntax.\n Usage: X\n and more\n520 End of proper usage.\n", AGIUsageError),
        (b"520 Invalid command syntax.  Proper usage not available.\n", AGIUsageError),
        (b"999 what\n", AGIUnknownError),
        (b"\xff\xfe\n", AGIUnknownError),
        (b"\n", AGIUnknownError),
    ],
)  # fmt: skip
def test_refusals_leave_the_conversation_in_step(asterisk: Asterisk, reply: bytes, error: type[Exception]) -> None:
    agi = asterisk.session()
    asterisk.says(reply + b"200 result=1 (later)\n")
    with pytest.raises(error):
        agi.execute("NONSENSE")
    assert agi.get_variable("X") == "later"


@pytest.mark.parametrize(
    ("reply", "verb", "answer"),
    [
        (b"200 result=49 endpos=8000\n", lambda agi: agi.stream_file("a", "0123456789*#"), "1"),
        (b"200 result=35 endpos=8000\n", lambda agi: agi.stream_file("a", "0123456789*#"), "#"),
        (b"200 result=0 endpos=8000\n", lambda agi: agi.stream_file("a", "0123456789*#"), ""),
        (b"200 result=42\n", lambda agi: agi.wait_for_digit(5000), "*"),
        (b"200 result=0\n", lambda agi: agi.wait_for_digit(5000), ""),
        (b"200 result=26000123\n", lambda agi: agi.get_data("a", 5000, 8), "26000123"),
        (b"200 result= (timeout)\n", lambda agi: agi.get_data("a", 5000, 8), ""),
        (b"200 result=26 (timeout)\n", lambda agi: agi.get_data("a", 5000, 8), "26"),
        (b"200 result=1 (with (round) brackets)\n", lambda agi: agi.get_variable("X"), "with (round) brackets"),
        (b"200 result=0\n", lambda agi: agi.get_variable("X"), ""),
        (b"200 result=1 (a|b|)\n", lambda agi: agi.get_full_variable("${A}|${B}|"), "a|b|"),
    ],
)
def test_replies_cut_at_every_byte(reply: bytes, verb: Callable[[Session], str], answer: str) -> None:
    whole = HEADERS + reply
    for cut in range(1, len(whole)):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.sendall(whole[:cut])
            rest = threading.Timer(0.001, theirs.sendall, [whole[cut:]])
            rest.start()
            assert verb(Session(ours)) == answer, cut
            rest.join()


def test_ending_at_every_byte_ends_the_session() -> None:
    whole = HEADERS + b"200 result=1\n"
    for cut in range(len(whole)):
        ours, theirs = socket.socketpair()
        with ours:
            theirs.sendall(whole[:cut])
            theirs.close()
            with pytest.raises((CallerGone, NotAsterisk)):
                Session(ours).set_variable("A", "B")


@pytest.mark.parametrize(
    "headers",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\n",
        b"\x16\x03\x01\x02\x00\x01\n\n",
        b"agi_request: x\n" + b"agi_more: y\n" * 200,
        b"agi_request: " + b"x" * 10_000,
        b"agi_channel: without a request\n\n",
    ],
)
def test_whoever_does_not_speak_agi_is_refused(asterisk: Asterisk, headers: bytes) -> None:
    with pytest.raises(NotAsterisk):
        asterisk.session(headers)


def test_headers_that_drip_are_late(asterisk: Asterisk) -> None:
    dripping = threading.Event()

    def drip() -> None:
        while not dripping.wait(0.05):
            asterisk.says(b"a")

    threading.Thread(target=drip, daemon=True).start()
    with pytest.raises(TimeoutError):
        asterisk.session(b"agi_", within=timedelta(seconds=0.2))
    dripping.set()
