"""What is understood of Asterisk's answers about its links, and of its log."""

from datetime import timedelta
from pathlib import Path

from calls import translate
from run.metrics.clock import clock
from run.metrics.task_processors import Overloads


def message(**headers: str) -> dict[str, str]:
    return headers


CONTACTS = [
    message(Event="ContactList", ObjectName="agent7;@5f2a", Status="Reachable", RoundtripUsec="1200"),
    message(Event="ContactList", ObjectName="agent8;@77aa", Status="Unreachable", RoundtripUsec="0"),
    message(
        Event="ContactList",
        ObjectName="trunk@@91cd",
        Uri="sip:carrier.example:5060",
        Status="Reachable",
        RoundtripUsec="18500",
    ),
    message(Event="ContactListComplete", EventList="Complete"),
]


def test_a_trunk_is_no_phone() -> None:
    assert translate.phones(CONTACTS) == {"reachable": 1, "unreachable": 1, "not_asked": 0, "other": 0}
    [trunk] = translate.far_ends(CONTACTS)
    assert (trunk.address, trunk.state) == ("carrier.example:5060", "reachable")
    assert trunk.round_trip == timedelta(microseconds=18500)


def test_registrations_are_counted_and_none_are_no_zeros() -> None:
    told = [message(Event="OutboundRegistrationDetail", Status=status) for status in ("Registered", "Rejected")]
    assert translate.registrations(told) == {"registered": 1, "unregistered": 0, "rejected": 1, "other": 0}
    assert translate.registrations([]) == {}


def test_overloads_are_counted_from_the_start_on_once_each_and_over_a_rotation(tmp_path: Path) -> None:
    log = tmp_path / "messages"
    line = (
        "WARNING[7] taskprocessor.c: The 'pjsip/distributor-0000a1' task processor queue reached 500 scheduled tasks.\n"
    )
    log.write_text(line)
    overloads = Overloads(log)
    overloads.read()
    assert overloads.number == 0, "what was before this listener is not its story"
    with log.open("a") as file:
        file.write("something else\n" + line)
    overloads.read()
    overloads.read()
    assert (overloads.number, overloads.last) == (1, "pjsip/distributor-0000a1")
    log.unlink()
    log.write_text(line)
    overloads.read()
    assert overloads.number == 2
    log.unlink()
    overloads.read()
    assert overloads.number == 2


def test_the_kernel_tells_of_the_clock() -> None:
    told = clock()
    assert told is None or abs(told.offset) < 10
