"""Work on appeals in the help panel: a linked person of an executor takes, reports, gives back and passes it on.

An appeal is its number, topic and term here: what a citizen wrote stays behind the sign-in. What is done is done by
the one table of deeds, under the linked person.
"""

import re
from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from appeals.workflow import queries, service
from appeals.workflow.doing import lacking
from appeals.workflow.model import Order, Outcome, Refusal, Told, Work
from appeals.workflow.service import NotDone
from appeals.workflow.tables import Assignment
from appeals.workflow.words import REFUSALS
from calls.queries import topics
from db import Conflict, NotFound
from staff.queries import organisation
from staff.rights import has
from staff.tables import Person
from supervisor.panel.model import Reply
from web.languages import catalogue, later

PRESSED: Final = re.compile(r"w(take|done|explained|decline|pass|to):(\d{1,18})(?::(\d{1,18}))?")
ASKED_ABOUT: Final = re.compile(r"#w([a-z]+)(\d{1,18})\b")  # in our own message, which the answer is a reply to
MOST: Final = 10  # in one list
OUTCOMES: Final = {"done": Outcome.DONE, "explained": Outcome.EXPLAINED}

NOT_ALLOWED = later("You may not do this.")
GONE = later("This appeal is not with you any more.")
NOTHING = later("No appeals that wait for you.")
TAKEN = later("Appeal %(appeal)s is in work with %(name)s.")
REPORTED = later("Appeal %(appeal)s: the report of %(name)s is written down and will be verified.")
DECLINED = later("Appeal %(appeal)s is back with the dispatcher: %(name)s says that it is not theirs.")
TO_WHOM = later("To whom of your house does appeal %(appeal)s go?")
PASSED = later("Appeal %(appeal)s goes to %(executor)s.")
ASKS = {
    "done": later("What was done about appeal %(appeal)s? Reply to this message: %(mark)s"),
    "explained": later("What is explained to the author of appeal %(appeal)s? Reply to this message: %(mark)s"),
    "decline": later("Why is appeal %(appeal)s not yours? Reply to this message: %(mark)s"),
}
KEYS = {"done": later("Done"), "explained": later("Explained"), "decline": later("Not ours")}
TAKE, PASS_ON = later("Take"), later("Pass on")


def press(session: Session, person: Person, pressed: str) -> Reply:
    """What a key under a piece of work does."""
    say, found = _words(person), PRESSED.fullmatch(pressed)
    if found is None or not has(person, "assignments.work"):
        return Reply(say(NOT_ALLOWED), alone=True)
    try:
        return _pressed(session, person, found[1], int(found[2]), int(found[3] or 0))
    except (NotFound, Conflict) as refused:
        return Reply(say(_why(refused)), alone=True)


def _pressed(session: Session, person: Person, deed: str, which: int, other: int) -> Reply:
    say, work = _words(person), _own(session, person, which)
    known = {"appeal": work.appeal.number, "name": person.name}
    match deed:
        case "take":
            service.take(session, which, Told(), by=person)
            return Reply(say(TAKEN) % known, keys=_keys(session, person, which))
        case "pass":
            below = queries.below(session, work.executor_id)[:20]
            return Reply(say(TO_WHOM) % known, keys=tuple((f"wto:{which}:{each.id}", each.name) for each in below))
        case "to":
            new = service.pass_on(session, which, Order(executor=other), Told(), by=person)
            return Reply(say(PASSED) % (known | {"executor": queries.executor(session, new.executor_id).name}))
        case _:
            return Reply(say(ASKS[deed]) % (known | {"mark": f"#w{deed}{which}"}), asks=True)


def answer(session: Session, person: Person, deed: str, which: int, text: str) -> Reply:
    """What was written in reply to our question about a piece of work."""
    say, said = _words(person), text.strip()[:2000]
    if deed not in ASKS or not has(person, "assignments.work"):
        return Reply(say(NOT_ALLOWED))
    try:
        work = _own(session, person, which)
        known = {"appeal": work.appeal.number, "name": person.name}
        if deed == "decline":
            service.decline(session, which, Told(reason=said), by=person)
            return Reply(say(DECLINED) % known)
        told = Told(report=said, outcome=OUTCOMES[deed])
        service.finish(session, which, told, by=person, lacking=lacking(session, work))
    except (NotFound, Conflict) as refused:
        return Reply(say(_why(refused)))
    return Reply(say(REPORTED) % known)


def listed(session: Session, person: Person) -> Reply:
    """What waits for the person's executors, the first due on top."""
    say = _words(person)
    if not has(person, "assignments.work"):
        return Reply(say(NOT_ALLOWED))
    theirs = queries.seen_by(session, person.id, organisation(session, person.organisation_id).today())
    rows = queries.inbox(session, theirs.keys())[:MOST]
    if not rows:
        return Reply(say(NOTHING))
    named = {each.code: each.name for each in topics(session)}
    zone = organisation(session, person.organisation_id).zone
    lines, keys = [], []
    for each in rows:
        due, names = each.due_at or each.appeal.due_at, named.get(each.appeal.topic, {})
        told = [each.appeal.number, names.get(person.language) or next(iter(names.values()), each.appeal.topic)]
        lines.append(" · ".join([*told, f"{due.astimezone(zone):%d.%m.%Y %H:%M}"] if due else told))
        deed, text = ("done", KEYS["done"]) if each.state == Work.IN_WORK else ("take", TAKE)
        keys.append((f"w{deed}:{each.id}", f"{say(text)}: {each.appeal.number}"))
    return Reply("\n".join(lines), keys=tuple(keys))


def _keys(session: Session, person: Person, which: int) -> tuple[tuple[str, str], ...]:
    """What can be done with work that is taken; a head may pass it on within the house."""
    say, work = _words(person), _own(session, person, which)
    keys = [(f"w{deed}:{which}", say(text)) for deed, text in KEYS.items()]
    if queries.below(session, work.executor_id):
        keys.append((f"wpass:{which}", say(PASS_ON)))
    return tuple(keys)


def _own(session: Session, person: Person, which: int) -> Assignment:
    return queries.own(session, which, person.id, organisation(session, person.organisation_id).today())


def _why(refused: NotFound | Conflict) -> str:
    if isinstance(refused, NotFound):
        return GONE
    return REFUSALS[refused.why if isinstance(refused, NotDone) else Refusal.NOT_NOW]


def _words(person: Person) -> Callable[[str], str]:
    return catalogue(person.language).gettext
