"""What is wrong with menus: cycles, lost names, missing prompts, a thousand menus, and files that are none."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import time as clock
from typing import Any

import pytest

from calls.model import Language
from ivr import contents, document, faults
from ivr.demonstration import KHM
from ivr.document import BadDocument
from ivr.faults import Surroundings
from ivr.model import (
    Announcement,
    AskCallback,
    Duty,
    HangUp,
    Menu,
    Menus,
    Roster,
    Span,
    Speak,
    ToDuty,
    ToMenu,
    ToQueue,
    ToScript,
)
from ivr.tree import Node, tree

HERE = Surroundings(
    languages=["uk", "ru", "en"],
    queues={"general", "heating", "roads", "water"},
    numbers={"1580": "language"},
    sounds=dict.fromkeys(
        ("uk", "ru", "en"), frozenset(contents.prompts(KHM))
    ),
)  # fmt: skip


def menu(name: str, **more: Any) -> Menu:
    return Menu(name=name, question=("khm-topics",), choices=more.pop("choices", {}), **more)


def menus(*some: Menu, **more: Any) -> Menus:
    return replace(KHM, menus=some, **more)


def chain(length: int, *, end: int | None = None) -> Menus:
    """Menus that each lead to the next one by key and by silence; the last leads to number `end`, or to a person."""
    found = []
    for n in range(length):
        following = n + 1 if n + 1 < length else end
        leads = ToMenu(f"m{following}") if following is not None else HangUp()
        found.append(menu(f"m{n}", choices={"1": leads}, otherwise=leads, staffed=False))
    return menus(*found, menu("night", staffed=False))


def said(found: Menus) -> list[str]:
    return [str(fault) for fault in (*faults.unsound(found), *faults.out_of_place(found, HERE))]


def test_the_demonstration_is_without_fault() -> None:
    assert said(KHM) == []


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (menus(menu("a", choices={"1": ToMenu("b")})), "key:a:1: there is no menu b"),
        (menus(menu("a", choices={"1": Speak(Language.RUSSIAN, "b")})), "key:a:1: there is no menu b"),
        (menus(menu("a", choices={"1": Speak(Language.UZBEK, "a")})), "key:a:1: the organisation does not speak uz"),
        (menus(menu("a", choices={"1": ToQueue("gas")})), "key:a:1: there is no queue gas"),
        (menus(menu("a", choices={"1": ToScript("weather")})), "key:a:1: there is no self-service weather"),
        (menus(menu("a", choices={"1": ToDuty("night")})), "key:a:1: there is no roster night"),
        (menus(Menu(name="a", question=(), choices={})),
         "menu:a: the question has no prompt"),
        (menus(menu("a", greeting=("nobody-said-this",))),
         "prompt:nobody-said-this: the prompt nobody-said-this cannot be heard in: uk, ru, en"),
        (menus(menu("a", otherwise=AskCallback())),
         "key:a:otherwise: after too many wrong keys a person or a goodbye, not another question"),
        (menus(menu("night")), "key::closed: the menu night is itself only for opening hours"),
        (menus(menu("a"), announcements=(Announcement(prompts=("closed",), during=Span(clock(9), clock(8))),)),
         "announcements: 09:00–08:00 ends before it begins"),
        (menus(menu("a"), rosters=(Roster(name="night", duties=(Duty(queue="gas"),)),)),
         "roster:night: there is no queue gas"),
        (menus(menu("a")), "calls to 1580 begin with the menu language, which is not there"),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place(broken: Menus, reason: str) -> None:
    assert reason in said(broken)


def test_a_cycle_by_keys_is_no_fault_but_silence_must_arrive_somewhere() -> None:
    back = ToMenu("a")
    assert not [
        s for s in said(menus(menu("a", choices={"1": ToMenu("b")}), menu("b", choices={"9": back}))) if "round" in s
    ]
    round_and_round = said(chain(3, end=0))
    assert "key:m0:otherwise: who presses nothing goes round for ever: m0 → m1 → m2 → m0" in round_and_round
    itself = said(menus(menu("a", otherwise=ToMenu("a"), staffed=False)))
    assert "key:a:otherwise: who presses nothing goes round for ever: a → a" in itself


def test_a_thousand_menus_one_behind_the_other_are_checked_and_drawn() -> None:
    long = chain(998, end=0)
    begun = time.monotonic()
    assert document.parse(document.write(long)) == long
    told = said(long)
    nodes = tree(long, "m0")
    assert time.monotonic() - begun < 5
    (circle,) = [fault for fault in told if "round" in fault]
    assert len(circle) < 200, "a long way round is told by its ends"

    def names(node: Node) -> list[str]:
        return [node.menu.name, *(n for branch in node.branches if branch.behind for n in names(branch.behind))]

    drawn = [name for node in nodes for name in names(node)]
    assert sorted(drawn) == sorted(m.name for m in long.menus), "each menu is drawn once"


def test_more_than_a_thousand_menus_are_refused() -> None:
    with pytest.raises(BadDocument, match="there are 1001 menus, the most is 1000"):
        document.parse(document.write(chain(1000)))


def _with(change: Callable[[dict[str, Any]], object]) -> bytes:
    written = document.write(KHM)
    change(written)
    return json.dumps(written).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b'{"menus": [' * 50_000, "not JSON"),
        (b"[]", "not understood"),
        (b"{}", "not understood at menus"),
        (b"x" * 2_000_001, "larger than 2 MB"),
        (_with(lambda d: d["menus"].append(d["menus"][0])), "two menus are called language"),
        (_with(lambda d: d["menus"][0].update(name="No Name")), "No Name is no name of a menu"),
        (_with(lambda d: d["menus"][0]["choices"].update({"55": {"kind": "repeat"}})), "55 is no key"),
        (_with(lambda d: d["menus"][0]["choices"].update({"4": {"kind": "fly"}})), "not understood at menus.0.choices"),
        (_with(lambda d: d["hours"].update(weekly=[])), "the week needs seven days"),
        (_with(lambda d: d["hours"].update(closed={"2026-02-30": "x"})), "not understood at hours.closed"),
        (_with(lambda d: d["hours"].update(closed={"2026-02-03": "\x00"})), "not JSON"),
        (_with(lambda d: d["menus"][0].update(attempts=10**400)), "between 1 and 10"),
        (_with(lambda d: d.update(menus=[])), "there is no menu"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_with_the_reason(content: bytes, reason: str) -> None:
    with pytest.raises(BadDocument, match=reason):
        document.from_file(content)


def test_every_fault_has_a_place_that_is_mended_somewhere() -> None:
    broken = menus(menu("a", choices={"1": ToMenu("b"), "2": ToQueue("gas")}), general_queue="nowhere")
    places = {fault.place.partition(":")[0] for fault in (*faults.unsound(broken), *faults.out_of_place(broken, HERE))}
    assert places <= {"", "key", "menu", "hours", "closed", "announcements", "roster", "prompt"}
