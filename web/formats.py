"""How times, durations, numbers and telephone numbers are written for the audience."""

import math
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import phonenumbers
from babel import dates, numbers
from markupsafe import Markup, escape

from web.languages import audience, gettext, locale

FRESH = timedelta(hours=20)  # younger than this, a time is told by its age
NO_BREAK = "\u00a0"
NOW = 5  # seconds: clocks differ, and nobody acts on less
MINUTE = 60


def moment(value: datetime) -> str:
    """Date and time in the organisation's zone: "21 Nov 2026, 14:03"."""
    return f"{day(value)}, {clock(value)}"


def day(value: date | datetime) -> str:
    """The date in the organisation's zone."""
    if isinstance(value, datetime):
        value = value.astimezone(audience().zone).date()
    return _day(value, audience().language)


@lru_cache(4096)
def _day(value: date, language: str) -> str:
    return str(dates.format_date(value, "medium", locale=language))


def clock(value: datetime, *, seconds: bool = False) -> str:
    """The time of day in the organisation's zone, 24 hours."""
    return value.astimezone(audience().zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def age(value: datetime) -> str:
    """How long ago, or in what time: "3 min ago"; within a few seconds "just now" or "now"."""
    passed = round((value - datetime.now(UTC)).total_seconds())
    if abs(passed) < NOW:
        return gettext("now") if passed > 0 else gettext("just now")
    return _age(passed if abs(passed) < MINUTE else round(passed / MINUTE) * MINUTE, audience().language)


@lru_cache(4096)
def _age(seconds: int, language: str) -> str:
    told = timedelta(seconds=seconds)
    return str(dates.format_timedelta(told, add_direction=True, format="short", threshold=1, locale=language))


def when(value: datetime | None) -> Markup:
    """A `<time>`: relative while fresh, else absolute; the full moment on hover. A dash for None."""
    if value is None:
        return Markup('<span class="quiet">–</span>')
    return _relative(value, Markup(" data-fresh"))


def due(value: datetime | None) -> Markup:
    """A `<time>` of what is to happen: as `when`, but "now" from its moment on, however long it has been waiting."""
    if value is None:
        return when(value)
    if value <= datetime.now(UTC):
        return _time(value, gettext("now"))
    return _relative(value, Markup(' data-fresh="due"'))


def _relative(value: datetime, mark: Markup) -> Markup:
    fresh = abs(datetime.now(UTC) - value) < FRESH
    return _time(value, age(value), mark) if fresh else _time(value, moment(value))


def _time(value: datetime, told: str, mark: str = "") -> Markup:
    return Markup('<time datetime="{}" title="{}"{}>{}</time>').format(
        value.astimezone(audience().zone).isoformat(timespec="seconds"), moment(value), mark, told
    )


def duration(value: timedelta | None) -> str:
    """Minutes and seconds, "3:12", with hours when there are any; a dash for None."""
    if value is None:
        return "–"
    total = round(value.total_seconds())
    sign = "−" if total < 0 else ""
    hours, rest = divmod(abs(total), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{sign}{hours}:{minutes:02}:{seconds:02}" if hours else f"{sign}{minutes}:{seconds:02}"


def whole_seconds(value: timedelta) -> int:
    """How many seconds, rounded up: who waits so long does not come too early."""
    return math.ceil(value.total_seconds())


def about(value: timedelta) -> str:
    """A long stretch of time in words, its largest unit only: "3 hours"; nothing shorter than a minute is counted."""
    if value < timedelta(minutes=1):
        return gettext("less than a minute")
    told = timedelta(minutes=round(value / timedelta(minutes=1)))
    return str(dates.format_timedelta(told, threshold=1, locale=locale()))


def number(value: float) -> str:
    """A number with the language's grouping: "1 204"."""
    return str(numbers.format_decimal(value, locale=locale()))


def percent(share: float) -> str:
    """A share of one as a whole percentage."""
    return str(numbers.format_percent(share, locale=locale()))


def exact_percent(share: float) -> str:
    """A share of one as a percentage of three decimals, cut off: what was away a second is not 100 %."""
    cut = math.floor(share * 100_000) / 100_000
    return str(numbers.format_percent(cut, format="#,##0.000\u00a0%", locale=locale()))


def month(value: date) -> str:
    """The month and its year: "November 2026"."""
    return str(dates.format_skeleton("yMMMM", value, locale=locale()))


def size(value: int) -> str:
    """Bytes in decimal units: "512 kB"."""
    amount, unit = float(value), "B"
    for larger in ("kB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{number(round(amount, 1 if amount < 10 else None))}{NO_BREAK}{unit}"


def phone(value: str | None) -> str:
    """A telephone number as people write it, national inside the organisation's country; unknown shapes unchanged."""
    if not value:
        return "–"
    try:
        parsed = phonenumbers.parse(value, audience().country)
    except phonenumbers.NumberParseException:
        return value
    if not phonenumbers.is_valid_number(parsed):
        return value
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL).replace(" ", NO_BREAK)


def phone_link(value: str | None) -> Markup:
    """The number, kept on one line and read as a number by machines."""
    return Markup('<span class="phone">{}</span>').format(escape(phone(value)))
