"""Versions are compared part by part; parts are changed one by one and known by their fingerprints."""

from dataclasses import replace
from datetime import date, timedelta

from ivr import editing
from ivr.demonstration import DTM, KHM
from ivr.editor.difference import differences
from ivr.model import Announcement, Duty, Menus, Roster, Say, Span, ToQueue
from tests.ivr.test_duty import OFFICE

MANNERS = editing.Manners(
    greeting=("closed",), question=("khm-water",), attempts=2, waits=timedelta(seconds=7), staffed=False
)


def said(before: Menus, after: Menus) -> dict[tuple[str, str], tuple[object, object]]:
    return {
        (c.place, c.aspect): (c.before.said if c.before else None, c.after.said if c.after else None)
        for c in differences(before, after)
    }


def test_nothing_changed_is_no_difference() -> None:
    assert differences(KHM, KHM) == []
    assert differences(KHM, DTM) != []


def test_a_key_changed_added_and_taken_away() -> None:
    to_roads, heard = ToQueue("roads", "roads"), Say(("khm-information",))
    after = editing.with_action(KHM, "water", "1", to_roads)
    after = editing.with_action(after, "water", "7", heard)
    after = editing.with_action(after, "topics", "6", None)
    assert said(KHM, after) == {
        ("key:water:1", "action"): (KHM.menu("water").choices["1"], to_roads),
        ("key:water:7", "action"): (None, heard),
        ("key:topics:6", "action"): (heard, None),
    }


def test_a_menu_added_is_told_with_all_it_says() -> None:
    after = editing.with_manners(KHM, "gas", MANNERS)
    changed = said(KHM, after)
    assert changed["menu:gas", "question"] == (None, ("khm-water",))
    assert changed["menu:gas", "waits"] == (None, "7")
    assert said(after, editing.without_menu(after, "gas"))["menu:gas", "question"] == (("khm-water",), None)


def test_hours_holidays_rosters_and_announcements() -> None:
    moved = replace(
        OFFICE,
        closed={date(2026, 12, 25): "Різдво"},
        special={date(2026, 12, 26): (Span(OFFICE.weekly[0][0].since, OFFICE.weekly[0][0].until),)},
    )
    after = editing.with_hours(KHM, moved)
    after = editing.with_roster(after, Roster(name="night", duties=(Duty(queue="water"),)))
    after = editing.with_announcements(after, (*KHM.announcements, Announcement(prompts=("closed",))))
    changed = said(KHM, after)
    assert changed["hours", "weekday:0"] == ("00:00–24:00", "08:00–18:00")
    assert changed["hours", "closed:2026-12-25"] == (None, "Різдво")
    assert changed["hours", "special:2026-12-26"] == (None, "08:00–18:00")
    assert ("roster:night", "1") in changed
    assert ("announcements", "2") in changed
    assert ("announcements", "1") not in changed


def test_a_part_is_known_by_its_fingerprint_and_by_nothing_else() -> None:
    places = [
        "key:water:1", "key:water:7", "key:water:otherwise", "key::closed", "menu:water", "menu:topics", "hours",
        "closed", "announcements", "roster:night",
    ]  # fmt: skip
    changes = {
        "key:water:1": editing.with_action(KHM, "water", "1", ToQueue("roads")),
        "key:water:7": editing.with_action(KHM, "water", "7", ToQueue("roads")),
        "key:water:otherwise": editing.with_action(KHM, "water", "otherwise", ToQueue("roads")),
        "key::closed": editing.with_action(KHM, "", "closed", ToQueue("roads")),
        "menu:water": editing.with_manners(KHM, "water", MANNERS),
        "hours": editing.with_hours(KHM, OFFICE),
        "closed": editing.with_closed(KHM, prompts=(), says_opening=False, queue="water", notice="closed"),
        "announcements": editing.with_announcements(KHM, ()),
        "roster:night": editing.with_roster(KHM, Roster(name="night", duties=())),
    }
    for changed, after in changes.items():
        differing = [p for p in places if editing.fingerprint(KHM, p) != editing.fingerprint(after, p)]
        assert differing == [changed]
