"""Numbers, dates, times and durations, as a speaker of the language would say them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from calls.model import Language
from ivr import spoken
from ivr.numerals import cardinal, ordinal

UK, UZ, RU, EN = Language.UKRAINIAN, Language.UZBEK, Language.RUSSIAN, Language.ENGLISH
TEXTS = {language: dict(spoken.texts(language)) for language in Language}


def said(prompts: tuple[str, ...], language: Language) -> str:
    return " ".join(TEXTS[language][prompt] for prompt in prompts)


@pytest.mark.parametrize(
    ("minutes", "uk", "ru", "uz", "en"),
    [
        (1, "одна хвилина", "одна минута", "bir daqiqa", "one minute"),
        (2, "дві хвилини", "две минуты", "ikki daqiqa", "two minutes"),
        (5, "п'ять хвилин", "пять минут", "besh daqiqa", "five minutes"),
        (11, "одинадцять хвилин", "одиннадцать минут", "oʻn bir daqiqa", "eleven minutes"),
        (12, "дванадцять хвилин", "двенадцать минут", "oʻn ikki daqiqa", "twelve minutes"),
        (21, "двадцять одна хвилина", "двадцать одна минута", "yigirma bir daqiqa", "twenty-one minutes"),
        (42, "сорок дві хвилини", "сорок две минуты", "qirq ikki daqiqa", "forty-two minutes"),
    ],
)
def test_minutes_agree_in_gender_and_number(minutes: int, uk: str, ru: str, uz: str, en: str) -> None:
    prompts = spoken.duration(timedelta(minutes=minutes))
    assert [said(prompts, language) for language in (UK, RU, UZ, EN)] == [uk, ru, uz, en]


@pytest.mark.parametrize(
    ("length", "uk", "ru", "uz", "en"),
    [
        (timedelta(seconds=1), "одна хвилина", "одна минута", "bir daqiqa", "one minute"),
        (timedelta(minutes=60, seconds=1), "дві години", "два часа", "ikki soat", "two hours"),
        (timedelta(hours=21), "двадцять одна година", "двадцать один час", "yigirma bir soat", "twenty-one hours"),
        (timedelta(hours=25), "два дні", "два дня", "ikki kun", "two days"),
        (timedelta(days=500), "тридцять один день", "тридцать один день", "oʻttiz bir kun", "thirty-one days"),
    ],
)
def test_durations_are_rounded_up(length: timedelta, uk: str, ru: str, uz: str, en: str) -> None:
    assert [said(spoken.duration(length), language) for language in (UK, RU, UZ, EN)] == [uk, ru, uz, en]


def test_dates() -> None:
    day = spoken.day(date(2026, 3, 23))
    assert said(day, UK) == "двадцять третього березня"
    assert said(day, RU) == "двадцать третьего марта"
    assert said(day, UZ) == "yigirma uchinchi mart"
    assert said(day, EN) == "the twenty-third of March"


@pytest.mark.parametrize(
    ("at", "uk", "ru", "uz", "en"),
    [
        (time(8), "о восьмій годині", "в восемь часов", "soat sakkizda", "at eight A M"),
        (
            time(11, 30),
            "об одинадцятій годині тридцять хвилин",
            "в одиннадцать часов тридцать минут",
            "soat oʻn bir oʻttiz daqiqada",
            "at eleven thirty A M",
        ),
        (time(13, 5), "о тринадцятій годині п'ять хвилин", "в тринадцать часов пять минут",
         "soat oʻn uch besh daqiqada", "at one oh five P M"),
        (time(0), "о нульовій годині", "в ноль часов", "soat nolda", "at twelve A M"),
        (time(21, 1), "о двадцять першій годині одна хвилина", "в двадцать один час одна минута",
         "soat yigirma bir bir daqiqada", "at nine oh one P M"),
    ],
)  # fmt: skip
def test_times(at: time, uk: str, ru: str, uz: str, en: str) -> None:
    assert [said(spoken.clock(at, language), language) for language in (UK, RU, UZ, EN)] == [uk, ru, uz, en]


def test_a_moment_is_said_whole() -> None:
    friday = datetime(2026, 11, 27, 13, 30, tzinfo=UTC)
    assert {language: said(spoken.moment(friday, language), language) for language in Language} == {
        UK: "у п'ятницю двадцять сьомого листопада о тринадцятій годині тридцять хвилин",
        RU: "в пятницу двадцать седьмого ноября в тринадцать часов тридцать минут",
        UZ: "juma kuni yigirma yettinchi noyabr soat oʻn uch oʻttiz daqiqada",
        EN: "on Friday the twenty-seventh of November at one thirty P M",
    }


def test_how_many_is_said_in_each_language() -> None:
    assert {language: said(spoken.number(342, language), language) for language in Language} == {
        UK: "триста сорок два",
        RU: "триста сорок два",
        UZ: "uch yuz qirq ikki",
        EN: "three hundred and forty-two",
    }


def test_uzbek_numbers() -> None:
    words = {
        0: "nol",
        7: "yetti",
        10: "oʻn",
        19: "oʻn toʻqqiz",
        60: "oltmish",
        100: "yuz",
        101: "yuz bir",
        999: "toʻqqiz yuz toʻqson toʻqqiz",
        1000: "bir ming",
        2026: "ikki ming yigirma olti",
        150_000: "yuz ellik ming",
    }
    assert {n: cardinal(n, UZ) for n in words} == words
    ordinals = {1: "birinchi", 2: "ikkinchi", 6: "oltinchi", 7: "yettinchi", 20: "yigirmanchi", 30: "oʻttizinchi"}
    assert {n: ordinal(n, UZ) for n in ordinals} == ordinals


@pytest.mark.parametrize("language", Language)
def test_whatever_is_said_was_spoken_beforehand(language: Language) -> None:
    needed = {p for n in range(1000) for p in spoken.number(n, language)} | set(spoken.digits("+1234567890"))
    needed |= {p for minute in range(24 * 60) for p in spoken.clock(time(minute // 60, minute % 60), language)}
    needed |= {p for hours in range(1000) for p in spoken.duration(timedelta(minutes=hours * 7))}
    days = [date(2028, 1, 1) + timedelta(days=n) for n in range(366)]
    needed |= {p for day in days for p in spoken.moment(datetime.combine(day, time(8), UTC), language)}
    assert needed <= set(TEXTS[language])


def test_more_than_can_be_spoken_is_cut_down_not_refused() -> None:
    assert said(spoken.number(10**9, UK), UK) == "дев'ятсот дев'яносто дев'ять"
    assert said(spoken.number(-5, UK), UK) == "нуль"
    assert said(spoken.number(305, EN), EN) == "three hundred and five"
