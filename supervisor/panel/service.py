"""The help panel: linking an account by a code that is used once, and what a linked person may do from the group.

Every answer is in the words of the person who asked; whoever is not linked learns nothing of an alarm.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db import Conflict, NotFound
from staff.audit import audit
from staff.rights import has
from staff.tables import Person
from supervisor.alarms import service as alarms
from supervisor.alarms import summary
from supervisor.alarms.model import State
from supervisor.alarms.tables import Alarm
from supervisor.panel import queries, questions, works
from supervisor.panel.model import Reply
from supervisor.panel.tables import TelegramAccount
from web.languages import FALLBACK, catalogue, later

COMMANDS: Final = frozenset({"/alarms", "/questions", "/work"})
CODE_GOOD_FOR: Final = timedelta(minutes=10)
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is taken for another
_PRESSED = re.compile(r"(take|answer|pass|close|to):(\d{1,18})(?::(\d{1,18}))?")
_ASKED_ABOUT = re.compile(r"#(\d{1,18})\b")  # in our own question, which the answer is a reply to

NOT_LINKED = later("Your account is not linked. In Holos open My settings, Telegram, and send me the code from there.")
NOT_ALLOWED = later("You may not do this.")
LINKED = later("Linked: %(name)s. What %(organisation)s sends here can now be taken from here.")
WRONG_CODE = later("This code is not known. A code is good for ten minutes and once.")
GONE = later("This alarm does not exist any more.")
NOT_NOW = later("Too late: somebody else has it, or it is closed.")
TAKEN = later("Alarm %(number)s is with %(name)s.")
CLOSED = later("Alarm %(number)s is closed by %(name)s.")
WRITTEN = later("Alarm %(number)s: the answer of %(name)s is written down.")
WRITE = later("What was done about alarm #%(number)s? Reply to this message.")
TO_WHOM = later("Who is to have alarm %(number)s?")
NOTHING = later("No alarms that are not closed.")
KEYS = {"answer": later("Answer"), "pass": later("Pass on"), "close": later("Close")}


def make_code(session: Session, person: Person) -> str:
    """A code to send to the bot; an older one is good no more."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    values = {"code_hash": _hash(code), "code_until": datetime.now(UTC) + CODE_GOOD_FOR}
    session.execute(
        insert(TelegramAccount)
        .values(organisation_id=person.organisation_id, person_id=person.id, **values)
        .on_conflict_do_update(index_elements=["person_id"], set_=values)
    )
    return code


def unlink(session: Session, person: Person) -> None:
    """The account opens nothing any more."""
    session.execute(delete(TelegramAccount).where(TelegramAccount.person_id == person.id))
    audit(session, person, "telegram.unlinked", f"person:{person.id}")


def link(session: Session, organisation: int, code: str, *, telegram_id: int, name: str, called: str) -> Reply:
    """The account that sent a good code is the person's from now on, and nobody else's."""
    row = queries.with_code(session, organisation, _hash(code), datetime.now(UTC))
    if row is None:
        return Reply(catalogue(FALLBACK).gettext(WRONG_CODE))
    person = session.get_one(Person, row.person_id)
    before = (TelegramAccount.organisation_id == organisation, TelegramAccount.telegram_id == telegram_id)
    session.execute(
        update(TelegramAccount)
        .where(*before, TelegramAccount.person_id != person.id)
        .values(telegram_id=None, telegram_name=None, linked_at=None)
    )
    row.telegram_id, row.telegram_name, row.linked_at = telegram_id, name, datetime.now(UTC)
    row.code_hash = row.code_until = None
    session.flush()
    audit(session, person, "telegram.linked", f"person:{person.id}")
    return Reply(_words(person)(LINKED) % {"name": person.name, "organisation": called})


def press(session: Session, organisation: int, telegram_id: int, pressed: str, *, private: bool = False) -> Reply:
    """What a key under a message does. Nothing for an account that nobody linked. `private`: nobody reads along."""
    person = queries.whose(session, organisation, telegram_id)
    if person is None:
        return Reply(catalogue(FALLBACK).gettext(NOT_LINKED), alone=True)
    if questions.PRESSED.fullmatch(pressed):
        return questions.press(session, person, pressed, private=private)
    if works.PRESSED.fullmatch(pressed):
        return works.press(session, person, pressed)
    say = _words(person)
    found = _PRESSED.fullmatch(pressed)
    if found is None or not has(person, "alarms.take"):
        return Reply(say(NOT_ALLOWED), alone=True)
    deed, number, other = found[1], int(found[2]), found[3]
    try:
        return _done(session, person, deed, number, int(other) if other else None)
    except NotFound:
        return Reply(say(GONE), alone=True)
    except Conflict:
        return Reply(say(NOT_NOW), alone=True)


def _done(session: Session, person: Person, deed: str, number: int, other: int | None) -> Reply:
    say, known = _words(person), {"number": str(number), "name": person.name}
    match deed:
        case "take":
            alarms.take(session, number, by=person)
            return Reply(say(TAKEN) % known, keys=_keys(person, number))
        case "answer":
            return Reply(say(WRITE) % known, asks=True)
        case "pass":
            people = [each for each in queries.linked(session, person.organisation_id) if each.id != person.id]
            takers = [each for each in people if has(each, "alarms.take")]
            return Reply(
                say(TO_WHOM) % known, keys=tuple((f"to:{number}:{each.id}", each.name) for each in takers[:20])
            )
        case "close":
            alarms.close(session, number, by=person)
            return Reply(say(CLOSED) % known)
        case _:
            people = [each for each in queries.linked(session, person.organisation_id) if each.id == other]
            if not people or not has(people[0], "alarms.take"):
                raise NotFound(f"person {other}")
            alarms.pass_on(session, number, people[0], by=person)
            return Reply(say(TAKEN) % (known | {"name": people[0].name}), keys=_keys(people[0], number))


def said(
    session: Session, organisation: int, telegram_id: int, text: str, *, reply_to: str = "", private: bool = False
) -> Reply | None:
    """What a message does: an answer to ours about an alarm, a question to a specialist or work on an appeal; a list.

    None for any other talk.
    """
    asked = _ASKED_ABOUT.search(reply_to)
    of_specialist, of_work = questions.ASKED_ABOUT.search(reply_to), works.ASKED_ABOUT.search(reply_to)
    command = text.split("@", maxsplit=1)[0].strip()
    if not (asked or of_specialist or of_work) and command not in COMMANDS:
        return None
    person = queries.whose(session, organisation, telegram_id)
    if person is None:
        return Reply(catalogue(FALLBACK).gettext(NOT_LINKED))
    if of_specialist is not None:
        return questions.answer(session, person, int(of_specialist[1]), text)
    if of_work is not None:
        return works.answer(session, person, of_work[1], int(of_work[2]), text)
    if command == "/questions":
        return questions.listed(session, person, private=private)
    if command == "/work":
        return works.listed(session, person)
    return _of_alarm(session, person, int(asked[1]) if asked else None, text)


def _of_alarm(session: Session, person: Person, number: int | None, text: str) -> Reply:
    """The answer to an alarm, or without a number their list."""
    say = _words(person)
    if not has(person, "alarms.take"):
        return Reply(say(NOT_ALLOWED))
    if number is None:
        return _list(session, person)
    try:
        alarms.answer(session, number, text.strip()[:2000], by=person)
    except NotFound:
        return Reply(say(GONE))
    except Conflict:
        return Reply(say(NOT_NOW))
    return Reply(say(WRITTEN) % {"number": str(number), "name": person.name}, keys=_keys(person, number))


def _list(session: Session, person: Person) -> Reply:
    rows = queries.unfinished(session, person.organisation_id)
    if not rows:
        return Reply(_words(person)(NOTHING))
    lines = [f"{alarm.id}: {summary.what(alarm, person.language)}" for alarm in rows]
    return Reply("\n".join(lines), keys=tuple(_take(alarm, person) for alarm in rows if alarm.state == State.OPEN))


def _take(alarm: Alarm, person: Person) -> tuple[str, str]:
    ((pressed, text),) = summary.buttons(alarm, person.language).items()
    return pressed, f"{text}: {alarm.id}"


def _keys(person: Person, number: int) -> tuple[tuple[str, str], ...]:
    say = _words(person)
    return tuple((f"{deed}:{number}", say(text)) for deed, text in KEYS.items())


def _words(person: Person) -> Callable[[str], str]:
    return catalogue(person.language).gettext


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().upper().encode()).hexdigest()
