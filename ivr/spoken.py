"""Numbers, dates, times and durations as sequences of prompts that were spoken beforehand.

Nothing is synthesised while a caller waits. Whole phrases are prompts of their own ("двадцять одна хвилина",
"о восьмій годині"), so gender, case and plural are right in each language and there are few joints to be heard.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

from calls.model import Language
from ivr.numerals import cardinal, form, ordinal, ordinal_genitive, ordinal_hour

UK, UZ, RU, EN = Language.UKRAINIAN, Language.UZBEK, Language.RUSSIAN, Language.ENGLISH

WEEKDAYS = {  # on Monday
    UK: ["у понеділок", "у вівторок", "у середу", "у четвер", "у п'ятницю", "у суботу", "у неділю"],
    RU: ["в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье"],
    UZ: [f"{day} kuni" for day in ("dushanba", "seshanba", "chorshanba", "payshanba", "juma", "shanba", "yakshanba")],
    EN: [f"on {day}" for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")],
}
UNITS = {  # one, few, many; the Slavic minute and second are feminine, hour too in Ukrainian, day is masculine
    "minutes": {
        UK: ("хвилина", "хвилини", "хвилин"),
        RU: ("минута", "минуты", "минут"),
        UZ: ("daqiqa",) * 3,
        EN: ("minute", "minutes", "minutes"),
    },
    "hours": {
        UK: ("година", "години", "годин"),
        RU: ("час", "часа", "часов"),
        UZ: ("soat",) * 3,
        EN: ("hour", "hours", "hours"),
    },
    "days": {UK: ("день", "дні", "днів"), RU: ("день", "дня", "дней"), UZ: ("kun",) * 3, EN: ("day", "days", "days")},
}
FEMININE = {("minutes", UK), ("minutes", RU), ("hours", UK)}
HUNDREDS = range(100, 1000, 100)


def local(at: datetime, zone: str) -> datetime:
    """The moment on the clock of the zone."""
    return at.astimezone(ZoneInfo(zone))


def number(value: int, language: Language) -> tuple[str, ...]:
    """How many, 0 to 999; more is spoken as 999, because nobody remembers it."""
    value = min(max(value, 0), 999)
    hundreds, rest = value // 100 * 100, value % 100
    if not hundreds:
        return (f"digits/{value}",)
    joint = ("and",) if language is EN and rest else ()
    return (f"digits/{hundreds}", *joint, *([f"digits/{rest}"] if rest else []))


def digits(text: str) -> tuple[str, ...]:
    """One by one, as telephone numbers are read; signs are left out."""
    return tuple(f"digits/{sign}" for sign in text if sign in "0123456789")


def duration(length: timedelta) -> tuple[str, ...]:
    """Minutes, hours or days, whichever one says; rounded up, because a promise must be kept."""
    minutes = max(1, -(-int(length.total_seconds()) // 60))
    if minutes <= 60:
        return (f"minutes-{minutes}",)
    hours = -(-minutes // 60)
    return (f"hours-{hours}",) if hours <= 24 else (f"days-{min(31, -(-hours // 24))}",)


def day(when: date) -> tuple[str, ...]:
    """The day of the month and the month: "п'ятого березня"."""
    return (f"day-{when.day}", f"month-{when.month}")


def clock(when: time, language: Language) -> tuple[str, ...]:
    """At which time: "о восьмій годині тридцять хвилин", "soat sakkiz oʻttiz daqiqada", "at eight thirty a.m."."""
    if language is EN:
        hour, half = (when.hour + 11) % 12 + 1, "am" if when.hour < 12 else "pm"
        return (f"clock-{hour}", *([f"past-{when.minute}"] if when.minute else []), half)
    if not when.minute:
        return (f"clock-{when.hour}",)
    return (f"{'hour' if language is UZ else 'clock'}-{when.hour}", f"past-{when.minute}")


def moment(when: datetime, language: Language) -> tuple[str, ...]:
    """The weekday, the date and the time of a moment in local time."""
    return (f"weekday-{when.weekday()}", *day(when.date()), *clock(when.time(), language))


def texts(language: Language) -> Iterator[tuple[str, str]]:
    """Every prompt that the functions above may name, with its words."""
    for n in (*range(101), *HUNDREDS[1:]):
        yield f"digits/{n}", cardinal(n, language)
    if language is EN:
        yield "and", "and"
    for unit, last in (("minutes", 60), ("hours", 24), ("days", 31)):
        one, few, many = UNITS[unit][language]
        for n in range(1, last + 1):
            feminine = (unit, language) in FEMININE
            plural = (one if n == 1 else many) if language is EN else form(n, one, few, many)
            yield f"{unit}-{n}", f"{cardinal(n, language, feminine=feminine)} {plural}"
    for n in range(1, 32):
        spoken = f"the {ordinal(n, EN)} of" if language is EN else ordinal_genitive(n, language)
        yield f"day-{n}", spoken
    months = get_month_names("wide", "format", language)  # CLDR's "format" is the genitive that follows a day
    yield from ((f"month-{n}", months[n]) for n in range(1, 13))
    yield from ((f"weekday-{n}", name) for n, name in enumerate(WEEKDAYS[language]))
    yield from _clock_texts(language)


def _clock_texts(language: Language) -> Iterator[tuple[str, str]]:
    exact: dict[Language, Callable[[int], str]] = {UK: _at_uk, RU: _at_ru, UZ: _at_uz, EN: _at_en}
    for n in range(24):
        yield f"clock-{n}", exact[language](n)
        if language is UZ:
            yield f"hour-{n}", f"soat {cardinal(n, UZ)}"
    for n in range(1, 60):
        if language is EN:
            yield f"past-{n}", f"oh {cardinal(n, EN)}" if n < 10 else cardinal(n, EN)
        elif language is UZ:
            yield f"past-{n}", f"{cardinal(n, UZ)} daqiqada"
        else:
            yield f"past-{n}", f"{cardinal(n, language, feminine=True)} {form(n, *UNITS['minutes'][language])}"
    if language is EN:
        yield from (("am", "A M"), ("pm", "P M"))


def _at_uk(hour: int) -> str:
    return f"{'об' if hour == 11 else 'о'} {ordinal_hour(hour)} годині"


def _at_ru(hour: int) -> str:
    return f"в {cardinal(hour, RU)} {form(hour, *UNITS['hours'][RU])}"


def _at_uz(hour: int) -> str:
    return f"soat {cardinal(hour, UZ)}da"


def _at_en(hour: int) -> str:
    return f"at {cardinal(hour, EN)}"
