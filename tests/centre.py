"""Two organisations and the people who work there, as tests know them."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import Session

from staff.model import Role
from staff.passwords import password_hash
from staff.tables import Organisation, Person

PASSWORD = "the heating is on again"

PEOPLE = {
    "khm": {
        "olena": Role.OPERATOR,
        "andrii": Role.OPERATOR,
        "iryna": Role.SUPERVISOR,
        "mykola": Role.MANAGER,
        "admin.khm": Role.ADMINISTRATOR,
        "vasyl": Role.EXECUTOR,
        "nadiia": Role.CHANCELLERY,
        "yurii": Role.EDITOR,
    },
    "dtm": {
        "anna": Role.OPERATOR,
        "bobur": Role.OPERATOR,
        "dilnoza": Role.SUPERVISOR,
        "karim": Role.MANAGER,
        "admin.dtm": Role.ADMINISTRATOR,
        "jasur": Role.EXECUTOR,
        "malika": Role.CHANCELLERY,
        "timur": Role.EDITOR,
    },
}


@cache
def _hash() -> str:
    return password_hash(PASSWORD)  # slow on purpose; once a run is enough


def organisation_khm(session: Session) -> Organisation:
    """A Ukrainian city."""
    return _added(
        session,
        Organisation(
            code="khm",
            name={"uk": "Хмельницький: контакт-центр", "ru": "Хмельницкий: контакт-центр", "en": "Khmelnytskyi"},
            time_zone="Europe/Kyiv",
            country="UA",
            languages=["uk", "ru", "en"],
            default_language="uk",
            capacity=300,
        ),
    )


def organisation_dtm(session: Session) -> Organisation:
    """An Uzbek agency."""
    return _added(
        session,
        Organisation(
            code="dtm",
            name={"uz": "Davlat test markazi", "ru": "Государственный центр тестирования", "en": "State Test Center"},
            time_zone="Asia/Tashkent",
            country="UZ",
            languages=["uz", "ru", "en"],
            default_language="uz",
            capacity=300,
        ),
    )


def _added(session: Session, organisation: Organisation) -> Organisation:
    session.add(organisation)
    session.flush()
    return organisation


def person(session: Session, organisation: Organisation, login: str, *roles: Role, language: str = "") -> Person:
    """Somebody who works there."""
    somebody = _somebody(organisation, login, *roles, language=language)
    session.add(somebody)
    session.flush()
    return somebody


def _somebody(organisation: Organisation, login: str, *roles: Role, language: str = "") -> Person:
    return Person(
        organisation_id=organisation.id,
        login=login,
        name=login.capitalize(),
        password_hash=_hash(),
        roles=sorted(roles),
        language=language or organisation.default_language,
    )


@dataclass(frozen=True)
class Centre:
    """Both organisations by code, all people by login."""

    organisations: dict[str, Organisation]
    people: dict[str, Person]

    @classmethod
    def made(cls, session: Session) -> "Centre":
        """Everything, written."""
        organisations = {"khm": organisation_khm(session), "dtm": organisation_dtm(session)}
        people = {
            login: _somebody(organisations[code], login, role)
            for code, logins in PEOPLE.items()
            for login, role in logins.items()
        }
        session.add_all(people.values())
        session.flush()
        return cls(organisations, people)
