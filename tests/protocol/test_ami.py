"""The Manager protocol from its bytes up. Each fault of panoramisk that we mend has a test that fails without it."""

import pytest

from ami.stream import LONGEST, Frames, NotManager
from tests.calls.streams import capture, captures
from tests.protocol.manager import GREETING, STREAM, told


@pytest.mark.parametrize("cut", range(len(STREAM) + 1))
def test_a_stream_cut_anywhere_says_the_same(cut: int) -> None:
    assert told([STREAM[:cut], STREAM[cut:]]) == told([STREAM])


def test_a_stream_byte_by_byte_says_the_same() -> None:
    for name in captures()[:3]:
        data = capture(name)
        assert told([bytes([byte]) for byte in data]) == told([data])


def test_letters_of_two_bytes_survive_the_cut() -> None:
    heart = "Хмельницький".encode()
    at = STREAM.index(heart) + 1  # in the middle of the first letter
    assert told([STREAM[:at], STREAM[at:]])[1]["Caller"].startswith("Хмельницький")


def test_a_repeated_header_keeps_every_value() -> None:
    assert told([STREAM])[1]["Language"] == ["uk", "uz"]


def test_what_is_no_manager_is_left() -> None:
    with pytest.raises(NotManager):
        list(Frames().feed(b"SSH-2.0-OpenSSH_9.2\r\n"))


def test_a_message_without_end_is_not_kept_for_ever() -> None:
    frames = Frames()
    list(frames.feed(GREETING + b"x" * LONGEST))
    with pytest.raises(NotManager):
        list(frames.feed(b"x"))


def test_bytes_that_are_no_utf8_are_replaced_and_the_rest_is_read() -> None:
    assert told([GREETING + b"Event: X\r\nName: \xff\xfe\r\n\r\nEvent: Y\r\n\r\n"])[1]["Event"] == "Y"
