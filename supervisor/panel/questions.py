"""Questions to specialists in the help panel: a linked person of the executor lists, takes and answers them.

What is asked may name a citizen, so it is said in a talk of two only; in a group a question is a number.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from appeals.executors import queries as executors
from appeals.questions import queries, service
from appeals.questions.tables import Question
from db import Conflict, NotFound
from staff.queries import organisation
from staff.rights import has
from staff.tables import Person
from supervisor.panel.model import Reply
from web.languages import catalogue, later

PRESSED: Final = re.compile(r"q(take|answer):(\d{1,18})")
ASKED_ABOUT: Final = re.compile(r"#q(\d{1,18})\b")  # in our own message, which the answer is a reply to
MOST: Final = 10  # in one list

NOT_ALLOWED = later("You may not do this.")
GONE = later("This question does not exist any more, or is not yours.")
ANSWERED = later("Somebody has answered it already")
TAKEN = later("Question %(number)s is with %(name)s.")
WRITE = later("What is the answer to question #q%(number)s? Reply to this message.")
WRITTEN = later("Question %(number)s: the answer of %(name)s is written down, and whoever asked is told.")
NOTHING = later("No questions that wait.")
TAKE = later("Take")
ANSWER = later("Answer")


def press(session: Session, person: Person, pressed: str, *, private: bool) -> Reply:
    """What a key under a question does."""
    say, found = _words(person), PRESSED.fullmatch(pressed)
    if found is None or not has(person, "questions.answer"):
        return Reply(say(NOT_ALLOWED), alone=True)
    number = int(found[2])
    try:
        question = _own(session, person, number)
        if found[1] == "answer":
            return Reply(say(WRITE) % {"number": str(number)}, asks=True)
        service.take(session, number, by=person)
    except NotFound:
        return Reply(say(GONE), alone=True)
    except Conflict:
        return Reply(say(ANSWERED), alone=True)
    told = say(TAKEN) % {"number": str(number), "name": person.name}
    return Reply("\n".join([told, question.text] if private else [told]), keys=((f"qanswer:{number}", say(ANSWER)),))


def answer(session: Session, person: Person, number: int, text: str) -> Reply:
    """What was written in reply to our question about one."""
    say = _words(person)
    if not has(person, "questions.answer"):
        return Reply(say(NOT_ALLOWED))
    try:
        _own(session, person, number)
        service.answer(session, number, text.strip()[:2000], by=person)
    except NotFound:
        return Reply(say(GONE))
    except Conflict:
        return Reply(say(ANSWERED))
    return Reply(say(WRITTEN) % {"number": str(number), "name": person.name})


def listed(session: Session, person: Person, *, private: bool) -> Reply:
    """What the person's executors have not answered."""
    say = _words(person)
    if not has(person, "questions.answer"):
        return Reply(say(NOT_ALLOWED))
    rows = queries.waiting(session, _executors(session, person))[:MOST]
    if not rows:
        return Reply(say(NOTHING))
    lines = [f"{row.id}: {row.text}" if private else f"{row.id}" for row in rows]
    return Reply("\n".join(lines), keys=tuple((f"qtake:{row.id}", f"{say(TAKE)}: {row.id}") for row in rows))


def _own(session: Session, person: Person, number: int) -> Question:
    """The question, if it is to an executor of the person's. NotFound."""
    question = queries.get(session, number)
    if question.executor_id not in _executors(session, person):
        raise NotFound(f"question {number}")
    return question


def _executors(session: Session, person: Person) -> set[int]:
    zone = organisation(session, person.organisation_id).zone
    return set(executors.seen_by(session, person.id, datetime.now(zone).date()))


def _words(person: Person) -> Callable[[str], str]:
    return catalogue(person.language).gettext
