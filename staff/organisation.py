"""Who an organisation is: its name, where its clocks and calendars are from, the languages it offers."""

from collections.abc import Mapping, Sequence
from functools import cache

import holidays
import phonenumbers
from babel.core import get_global
from sqlalchemy.orm import Session

from db import Conflict, notify
from db.notices import ASTERISK_CONFIG, FIGURES, MENUS
from staff.audit import audit
from staff.tables import Organisation, Person


class LanguageNeeded(Conflict):
    """Callers still choose a language that is to go."""

    def __init__(self, language: str, places: Sequence[str]) -> None:
        super().__init__(f"language {language}")
        self.language, self.places = language, places


@cache
def countries() -> frozenset[str]:
    """Countries whose numbers and whose public holidays are known, ISO 3166."""
    return frozenset(holidays.list_supported_countries(include_aliases=False)) & phonenumbers.SUPPORTED_REGIONS


@cache
def time_zones() -> tuple[str, ...]:
    """Zones of the IANA list that are a place's own."""
    return tuple(sorted(zone for zone in get_global("zone_territories") if not zone.startswith("Etc/")))


def change(
    session: Session,
    organisation: Organisation,
    *,
    names: Mapping[str, str],
    time_zone: str,
    country: str,
    languages: Sequence[str],
    default_language: str,
    needed: Mapping[str, Sequence[str]],
    by: Person,
) -> None:
    """Counts from the next call and the next page on. LanguageNeeded for one of `needed`, with the parts that need it,
    that is not among `languages`.
    """
    for language, places in needed.items():
        if language not in languages and places:
            raise LanguageNeeded(language, places)
    after = {
        "name": "; ".join(f"{code}: {name}" for code, name in sorted(names.items())),
        "time_zone": time_zone,
        "country": country,
        "languages": ", ".join(languages),
        "default_language": default_language,
    }
    before = {
        "name": "; ".join(f"{code}: {name}" for code, name in sorted(organisation.name.items())),
        "time_zone": organisation.time_zone,
        "country": organisation.country,
        "languages": ", ".join(organisation.languages),
        "default_language": organisation.default_language,
    }
    changes = {field: f"{before[field]} → {after[field]}" for field in after if before[field] != after[field]}
    if not changes:
        return
    organisation.name, organisation.time_zone, organisation.country = dict(names), time_zone, country
    organisation.languages, organisation.default_language = list(languages), default_language
    audit(session, by, "organisation.changed", f"organisation:{organisation.id}", **changes)
    session.flush()
    notify(session, ASTERISK_CONFIG)
    notify(session, MENUS)
    notify(session, FIGURES, str(organisation.id))
