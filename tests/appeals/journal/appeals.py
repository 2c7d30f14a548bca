"""Appeals of every kind for tests of the journal, written without the card."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from appeals.journal import listing, spelled
from appeals.journal.conditions import Asker
from appeals.journal.model import Asked
from appeals.tables import Appeal, Applicant
from staff.tables import Person

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SURNAMES = ("Іваненко", "Ярема", "Євтушенко", "Андрієнко", "Ґудзь", "Гончар", "Щур")
KINDS, SOURCES = ("application", "complaint", "suggestion"), ("phone", "reception", "letter")
STATES = ("registered", "in_work", "to_be_verified", "closed", "closed")
PROBLEMS, TOPICS = ("", "p1.12", "p1.16"), ("water", "heating", "roads")
RESULTS = ("satisfied", "refused", "explained")
DAY = timedelta(days=1)


def appeal_of(by: Person, number: int, **changes: object) -> Appeal:
    """The appeal with this running number; what it holds follows from the number."""
    at = NOON - timedelta(minutes=number * 7)
    closed = STATES[number % 5] == "closed"
    applicant = Applicant(
        organisation_id=by.organisation_id, surname=SURNAMES[number % 7], given_name="Олена", patronymic="",
        phone=f"+38067{number % 4:07}" if number % 4 else None, email="", address="",
    )  # fmt: skip
    values: dict[str, object] = {
        "organisation_id": by.organisation_id, "number": f"26-{number:06}", "submission": uuid4(),
        "kind": KINDS[number % 3], "source": SOURCES[number % 2], "state": STATES[number % 5],
        "topic": TOPICS[number % 3], "problem": PROBLEMS[number % 3], "substance": f"Немає води {number}",
        "address": f"вул. Нова, {number}", "answer": "так", "result": RESULTS[number % 3] if closed else None,
        "registered_by": by.id, "registered_at": at, "received_at": at - DAY * (number % 3),
        "due_at": at + DAY * (number % 6 - 2) if number % 4 else None,
        "attention_at": at + DAY * (number % 6 - 2) - DAY if number % 4 else None,
        "closed_at": at + DAY * (number % 2) if closed else None, "long_control": number % 9 == 0,
    }  # fmt: skip
    return Appeal(**(values | changes), applicant=applicant)


def written(session: Session, by: Person, numbers: Sequence[int], **changes: object) -> list[Appeal]:
    """So many appeals with their words."""
    made = [appeal_of(by, number, **changes) for number in numbers]
    session.add_all(made)
    session.flush()
    spelled.write(session, made)
    return made


def walked(session: Session, asker: Asker, asked: Asked, rows: int) -> tuple[list[int], list[int], set[int]]:
    """All appeals page by page to the end, all of them page by page back from it, each number told meanwhile."""
    page = listing.page(session, asked, asker, rows=rows)
    there, counts = list(page.appeals), {page.count}
    while page.after:
        page = listing.page(session, asked, asker, after=str(page.after), rows=rows)
        there += page.appeals
        counts.add(page.count)
    back = list(page.appeals)
    while page.before:
        page = listing.page(session, asked, asker, before=str(page.before), rows=rows)
        back = [*page.appeals, *back]
        counts.add(page.count)
    return there, back, counts


def found(session: Session, asker: Asker, **filters: str) -> list[str]:
    """The numbers that the filters find, the newest first."""
    page = listing.page(session, Asked(filters), asker, rows=200)
    by_id = {appeal.id: appeal.number for appeal in (session.get_one(Appeal, each) for each in page.appeals)}
    return [by_id[each] for each in page.appeals]
