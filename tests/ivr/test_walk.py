"""Callers who press every key there is, or none."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from calls.model import Language
from ivr.demonstration import DTM, KHM
from ivr.model import Action, AskCallback, Closed, HangUp, Menus, OpeningHours, Operator, Span, ToMenu, ToQueue
from ivr.rehearsal import SILENCE, Rehearsed, rehearse
from ivr.walk import LONGEST_WALK, Caller, End, Line, Settled, walk

UK, RU, UZ = Language.UKRAINIAN, Language.RUSSIAN, Language.UZBEK
NOON = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # a Monday, 12:00 in Kyiv
OFFICE = OpeningHours(weekly=(*((Span(time(8), time(17)),),) * 5, (), ()))


def line(menus: Menus = KHM, **more: object) -> Line:
    at_home = {"organisation": 1, "code": "khm", "zone": "Europe/Kyiv", "country": "UA", "language": UK}
    return Line(**{**at_home, "menu": "language", "menus": menus, **more})  # type: ignore[arg-type]


def settles(_caller: Caller, _language: Language) -> Settled:
    return "settled"


class Impatient(Rehearsed):
    """Presses the next key while an information is spoken, too."""

    def is_asked(self, *prompts: str, wait: timedelta, digits: int = 1) -> str:
        return super().is_asked(*prompts, wait=max(wait, timedelta(seconds=1)), digits=digits)


def calls(*keys: str, menus: Menus = KHM, at: datetime = NOON, **more: object) -> tuple[Rehearsed, End]:
    remembered = more.pop("remembered", None)
    scripts = {"appeal-status": more.pop("script", settles), "current-works": settles}
    caller, end = rehearse(line(menus, **more), keys, at=at, scripts=scripts, remembered=remembered)  # type: ignore[arg-type]
    assert end is not None
    return caller, end


@pytest.mark.parametrize(
    ("keys", "end"),
    [
        (("1", "2"), End("queue", UK, "heating", "heating")),
        (("2", "3"), End("queue", RU, "roads", "roads")),
        (("1", "4"), End("queue", UK, "general", "social")),
        (("1", "1", "2"), End("queue", UK, "water", "water")),
        (("1", "0"), End("queue", UK, "general")),
        (("1", "1", "0"), End("queue", UK, "water", "water")),
        (("1", "9", "3", "2"), End("queue", Language.ENGLISH, "heating", "heating")),
        (("0",), End("queue", UK, "general")),
    ],
)
def test_each_branch_leads_where_it_says(keys: tuple[str, ...], end: End) -> None:
    assert calls(*keys)[1] == end


def test_the_notice_of_recording_is_the_last_before_useful_information() -> None:
    caller, _ = calls("1", "2")
    assert caller.heard[-2:] == ["recording-notice", "khm-heating-announcement"]
    assert ("PromptHeard", {"prompt": "recording-notice"}) in caller.noted
    assert calls("1", "3")[0].heard[-1] == "recording-notice"


@pytest.mark.parametrize("keys", [("1", "2"), ("0",), (), ("7", "7"), ("1", "8", "8", "8"), ("1", "#", "#", "#")])
def test_nobody_reaches_a_queue_without_the_notice(keys: tuple[str, ...]) -> None:
    caller, end = calls(*keys)
    assert end.next == "queue"
    assert "recording-notice" in caller.heard


def test_wrong_keys_end_at_an_operator() -> None:
    caller, end = calls("1", "7", "8", "#")
    assert end == End("queue", UK, "general")
    assert caller.heard.count("wrong-key") == 2
    refused = [facts["key"] for name, facts in caller.noted if name == "KeyPressed" and not facts["accepted"]]
    assert refused == ["7", "8", "#"]


def test_silence_goes_on_in_the_numbers_language_and_ends_at_an_operator() -> None:
    caller, end = calls()
    assert end == End("queue", UK, "general")
    assert not [name for name, _ in caller.noted if name == "LanguageChosen"]
    assert [f["menu"] for name, f in caller.noted if name == "CallerSilent"] == ["language"] * 2 + ["topics"] * 3


def test_a_right_key_after_two_wrong_ones_forgives_them() -> None:
    caller, end = calls("1", "7", SILENCE, "6", "7", "8", "2")
    assert end.queue == "heating"
    assert "khm-information" in caller.heard


def test_star_repeats_the_question_without_the_greeting() -> None:
    caller, _ = calls("*", "*", "1", "2")
    assert caller.heard.count("khm-welcome") == 1
    assert caller.heard.count("choose-uk-1") == 3


def test_a_key_pressed_for_ever_ends_at_an_operator() -> None:
    caller, end = calls(*["*"] * 10_000)
    assert end == End("queue", UK, "general")
    assert caller.heard.count("choose-uk-1") == LONGEST_WALK
    assert calls(*["1", "9"] * 10_000)[1].next == "queue"


def test_a_remembered_language_is_not_asked_for_again() -> None:
    caller, end = calls("2", remembered=RU)
    assert end == End("queue", RU, "heating", "heating")
    assert caller.heard[:2] == ["khm-welcome", "khm-topics"]
    assert caller.noted[0] == ("LanguageChosen", {"language": RU, "remembered": True})


def test_a_remembered_language_can_be_changed() -> None:
    caller, end = calls("9", "1", "2", remembered=RU)
    assert end.language is UK
    assert ("LanguageChosen", {"language": UK, "remembered": False}) in caller.noted


def test_a_remembered_language_the_line_does_not_offer_is_asked_for() -> None:
    assert calls("1", "2", remembered=UZ)[0].heard[1] == "choose-uk-1"


def test_information_heard_and_then_silence_is_a_goodbye() -> None:
    caller, end = calls("1", "6")
    assert end == End("hangup", UK)
    assert caller.heard[-1] == "goodbye"
    assert ("SelfServiceUsed", {"service": "information", "settled": True}) in caller.noted


def test_a_key_pressed_while_information_is_spoken_is_a_choice() -> None:
    caller = Impatient(["1", "6", "2"])
    assert walk(caller, line(), now=lambda: NOON, scripts={}) == End("queue", UK, "heating", "heating")
    assert caller.heard.count("khm-topics") == 1, "who knows the key is not asked again"


def test_any_other_key_only_ends_the_information() -> None:
    caller = Impatient(["1", "6", "#", "2"])
    assert walk(caller, line(), now=lambda: NOON, scripts={}).queue == "heating"
    assert "wrong-key" not in caller.heard


def test_self_service_settles() -> None:
    caller, end = calls("1", "5")
    assert end.next == "hangup"
    assert ("SelfServiceUsed", {"service": "appeal-status", "settled": True}) in caller.noted


def ending_with(last: Action, *, menus: Menus = KHM) -> Menus:
    """The menu of topics says goodbye on a key, and does this with who presses nothing."""
    topics = menus.menu("topics")
    polite = replace(topics, choices={**topics.choices, "7": HangUp()}, otherwise=last)
    return replace(menus, menus=tuple(polite if menu is topics else menu for menu in menus.menus))


def services(caller: Rehearsed) -> list[str]:
    return [facts["service"] for name, facts in caller.noted if name == "SelfServiceUsed" and facts["settled"]]


def test_who_presses_the_key_of_the_goodbye_did_not_give_up() -> None:
    caller, end = calls("1", "7", menus=ending_with(Operator()))
    assert end == End("hangup", UK)
    assert caller.heard[-1] == "goodbye"
    assert services(caller) == ["goodbye"]


def test_a_goodbye_to_who_pressed_nothing_settles_nothing() -> None:
    caller, end = calls("1", menus=ending_with(HangUp()))
    assert (end.next, caller.heard[-1]) == ("hangup", "goodbye")
    assert services(caller) == []


def test_a_goodbye_behind_closed_doors_settles_nothing() -> None:
    night = replace(KHM.menu("night"), choices={"7": HangUp()})
    others = tuple(menu for menu in KHM.menus if menu.name != "night")
    shut = replace(KHM, hours=OFFICE, closed=Closed(then=ToMenu("night")), menus=(*others, night))
    caller, end = calls("1", "7", menus=shut, at=NIGHT)
    assert (end.next, caller.heard[-1]) == ("hangup", "goodbye")
    assert services(caller) == []


@pytest.mark.parametrize(("outcome", "last"), [("operator", "queue"), ("not_settled", "queue")])
def test_self_service_that_does_not_settle_leads_to_people(outcome: Settled, last: str) -> None:
    assert calls("1", "5", script=lambda *_: outcome)[1].next == last


NIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_out_of_hours_is_said_in_the_callers_language_with_the_next_opening() -> None:
    caller, end = calls("2", menus=replace(KHM, hours=OFFICE, closed=Closed()), at=NIGHT)
    assert end == End("hangup", RU)
    said = caller.heard[caller.heard.index("closed") :]
    assert said == ["closed", "opens-at", "weekday-0", "day-23", "month-11", "clock-8", "goodbye"]
    assert ("FoundClosed", {"reason": "night"}) in caller.noted


def test_a_holiday_is_said_with_the_next_working_day() -> None:
    shut = replace(KHM, hours=OFFICE, closed=Closed())
    morning = datetime(2026, 9, 1, 5, 0, tzinfo=UTC)  # Uzbekistan's Independence Day, a Tuesday, 10:00 in Tashkent
    caller, end = calls("2", menus=shut, at=morning, zone="Asia/Tashkent", country="UZ")
    assert end == End("hangup", RU)
    said = caller.heard[caller.heard.index("closed") :]
    assert said == ["closed", "opens-at", "weekday-2", "day-2", "month-9", "clock-8", "goodbye"]
    assert ("FoundClosed", {"reason": "holiday:2026-09-01"}) in caller.noted
    assert calls("2", "2", menus=shut, at=morning, zone="Europe/Kyiv", country="UA")[1].queue == "heating"


def test_the_night_has_a_menu_of_its_own() -> None:
    shut = replace(KHM, hours=OFFICE, closed=Closed(then=ToMenu("night")))
    assert ("SelfServiceUsed", {"service": "appeal-status", "settled": True}) in calls("1", "1", menus=shut, at=NIGHT)[
        0
    ].noted
    caller, end = calls("1", "2", "1", menus=shut, at=NIGHT)
    assert end.next == "hangup"
    assert ("CallbackAsked", {"number": "+380501112233"}) in caller.noted


def test_the_operator_key_out_of_hours_does_not_reach_an_empty_room() -> None:
    shut = replace(KHM, hours=OFFICE, closed=Closed(then=ToMenu("night")))
    caller, end = calls("1", "0", menus=shut, at=NIGHT)
    assert end.next == "hangup"
    assert [name for name, _ in caller.noted].count("FoundClosed") == 1


@pytest.mark.parametrize(("then", "queue"), [(Operator(), "general"), (ToQueue("roads", "roads"), "roads")])
def test_somebody_may_be_on_duty_at_night(then: Operator | ToQueue, queue: str) -> None:
    caller, end = calls("1", menus=replace(KHM, hours=OFFICE, closed=Closed(then=then)), at=NIGHT)
    assert (end.next, end.queue) == ("queue", queue)
    assert "recording-notice" in caller.heard


def test_a_callback_to_another_number() -> None:
    shut = replace(KHM, hours=OFFICE, closed=Closed(then=AskCallback()))
    assert ("CallbackAsked", {"number": "0382701234"}) in calls("1", "2", "0382701234", menus=shut, at=NIGHT)[0].noted
    refused, _ = calls("1", "2", "12", menus=shut, at=NIGHT)
    assert "callback-refused" in refused.heard


def test_announcements_by_day_and_hour() -> None:
    said = replace(DTM.announcements[0], topic=None, first_day=date(2026, 11, 23), last_day=date(2026, 11, 23))
    menus = replace(KHM, announcements=(replace(said, during=Span(time(9), time(13))),))
    assert calls("1", "3", menus=menus)[0].heard[-1] == "dtm-certificates-announcement"
    for at in (NOON.replace(hour=15), NOON.replace(day=24), NOON.replace(day=22)):
        assert calls("1", "3", menus=menus, at=at)[0].heard[-1] == "recording-notice"


def test_both_demonstrations_have_two_levels_and_four_branches() -> None:
    for menus in (KHM, DTM):
        kinds = {action.kind for action in menus.menu("topics").choices.values()}
        assert kinds >= {"queue", "menu", "script"}
        assert len(menus.menu("topics").choices) >= 6
