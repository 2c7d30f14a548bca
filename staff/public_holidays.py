"""A country's days off and its working Saturdays, from the `holidays` data: for opening hours and for legal terms."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import cast

import holidays


@lru_cache(maxsize=64)
def public_holidays(country: str, year: int, language: str | None = None) -> Mapping[date, str]:
    """The days off of a country's calendar, named in the language where the data has it, else in English."""
    known = cast(Mapping[date, str], holidays.country_holidays(country, years=year))
    spoken = getattr(known, "supported_languages", ())
    if language is None or not spoken:
        return known
    chosen = language if language in spoken else "en_US" if "en_US" in spoken else None
    return cast(Mapping[date, str], holidays.country_holidays(country, years=year, language=chosen))


def worked_weekends(country: str, year: int) -> frozenset[date]:
    """Saturdays and Sundays of that year that are worked in exchange for another day off."""
    return frozenset(day for day in getattr(public_holidays(country, year), "weekend_workdays", ()) if day.year == year)
