"""Times told by their age: the words of four languages, their plural forms, and what is due now."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from web import formats
from web.languages import LANGUAGES, Audience, speaking_to

AGES = {  # seconds from now: uk, uz, ru, en
    -7200: ("2 год тому", "2 soat oldin", "2 ч назад", "2 hr. ago"),
    -3590: ("1 год тому", "1 soat oldin", "1 ч назад", "1 hr. ago"),
    -300: ("5 хв тому", "5 daqiqa oldin", "5 мин. назад", "5 min. ago"),
    -59: ("59 с тому", "59 soniya oldin", "59 сек. назад", "59 sec. ago"),
    -3: ("щойно", "hozirgina", "только что", "just now"),
    0: ("щойно", "hozirgina", "только что", "just now"),
    3: ("зараз", "hozir", "сейчас", "now"),
    20: ("через 20 с", "20 soniyadan keyin", "через 20 сек.", "in 20 sec."),
    59.9: ("через 1 хв", "1 daqiqadan keyin", "через 1 мин.", "in 1 min."),
}
STRETCHES = {
    timedelta(0): ("менше хвилини", "bir daqiqadan kam", "меньше минуты", "less than a minute"),
    timedelta(seconds=59): ("менше хвилини", "bir daqiqadan kam", "меньше минуты", "less than a minute"),
    timedelta(minutes=1): ("1 хвилина", "1 daqiqa", "1 минута", "1 minute"),
    timedelta(minutes=22): ("22 хвилини", "22 daqiqa", "22 минуты", "22 minutes"),
    timedelta(minutes=59, seconds=50): ("1 година", "1 soat", "1 час", "1 hour"),
    timedelta(hours=3): ("3 години", "3 soat", "3 часа", "3 hours"),
    timedelta(hours=11): ("11 годин", "11 soat", "11 часов", "11 hours"),
    timedelta(hours=21): ("21 година", "21 soat", "21 час", "21 hours"),
    timedelta(days=2): ("2 дні", "2 kun", "2 дня", "2 days"),
    timedelta(days=5): ("5 днів", "5 kun", "5 дней", "5 days"),
}


def said(written: str) -> str:
    """What stands on the page."""
    return re.sub(r"<[^>]*>", "", written).replace("\u00a0", " ")


@pytest.mark.parametrize("place", range(4), ids=LANGUAGES)
def test_a_fresh_time_is_told_by_its_age_and_never_as_zero(place: int):
    with speaking_to(Audience(language=[*LANGUAGES][place])):
        for seconds, words in AGES.items():
            assert said(formats.when(datetime.now(UTC) + timedelta(seconds=seconds))) == words[place]


@pytest.mark.parametrize("place", range(4), ids=LANGUAGES)
def test_a_stretch_of_time_is_counted_in_the_languages_own_plurals(place: int):
    with speaking_to(Audience(language=[*LANGUAGES][place])):
        assert [formats.about(each).replace("\u00a0", " ") for each in STRETCHES] == [
            words[place] for words in STRETCHES.values()
        ]


@pytest.mark.parametrize(
    ("language", "now", "soon"),
    [
        ("uk", "зараз", "через 5 хв"),
        ("uz", "hozir", "5 daqiqadan keyin"),
        ("ru", "сейчас", "через 5 мин."),
        ("en", "now", "in 5 min."),
    ],
)
def test_what_is_due_is_due_now_however_long_it_waits(language: str, now: str, soon: str):
    with speaking_to(Audience(language=language)):
        moment = datetime.now(UTC)
        for late in (timedelta(0), timedelta(seconds=1), timedelta(hours=3), timedelta(days=3)):
            assert said(formats.due(moment - late)) == now
        assert said(formats.due(moment + timedelta(minutes=5))) == soon
        assert said(formats.due(None)) == "–"
