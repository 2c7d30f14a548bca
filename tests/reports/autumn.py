"""An autumn of appeals for tests of reports: facts, the same as rows, and how a day's borders are drawn by hand."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from appeals.addresses.model import StreetKind
from appeals.addresses.tables import AppealAddress, District, House, Settlement, Street
from appeals.classifier.tables import ClassifierEntry
from appeals.executors.tables import Executor
from appeals.feedback.tables import Feedback
from appeals.particulars.tables import AppealCode
from appeals.tables import Appeal, Applicant
from appeals.workflow.tables import Assignment
from calls.tables import Topic
from staff.tables import Person

KYIV = ZoneInfo("Europe/Kyiv")
DAY = timedelta(days=1)
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))  # a month with a day of 25 hours
SEPTEMBER = (date(2026, 8, 31), date(2026, 9, 30))  # as many days before it
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PROBLEMS, TOPICS = ("p1", "p2", "p3", "p4", ""), ("water", "heating", "roads")
EXECUTORS = ("water", "roads", "heat")
HOUSES = ("Прибузька 4", "Прибузька 12", "Миру 65", "Садова 1")
DISTRICTS = {"Прибузька 4": "Центр", "Прибузька 12": "Центр", "Миру 65": "Дубове", "Садова 1": ""}
QUESTIONS = ("01a", "01b", "01.1", "02", "")  # 01 under two names
LONG_LISTS = [f"f{number:02}" for number in range(14)]  # problems of a longer list


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What is true of one appeal."""

    registered: datetime
    received: datetime
    due: datetime | None = None
    closed: datetime | None = None
    cancelled: bool = False
    problem: str = ""
    topic: str = "water"
    repeated: bool = False
    executors: tuple[tuple[str, int], ...] = ()  # with how often their work was returned
    withdrawn: tuple[tuple[str, int], ...] = ()
    houses: tuple[str, ...] = ()
    question: str = ""
    reopened: bool = False  # later
    source: str = "phone"
    mark: int | None = None

    @property
    def answered(self) -> bool:
        return self.closed is not None and not self.cancelled


@dataclass
class Autumn:
    """The facts, and the ids of what they name."""

    facts: list[Fact] = field(default_factory=list)
    appeals: list[int] = field(default_factory=list)
    ids: dict[tuple[str, str], int] = field(default_factory=dict)


def at(day: date, *clock: int) -> datetime:
    """A moment by the city's clocks."""
    return datetime.combine(day, time(*clock), KYIV).astimezone(UTC)


def within(moment: datetime | None, days: Sequence[date]) -> bool:
    """Whether it lies in these days by the city's calendar, first and last included."""
    return moment is not None and days[0] <= moment.astimezone(KYIV).date() <= days[1]


def end_of(days: Sequence[date]) -> datetime:
    """The moment after the last day, or now."""
    return min(at(days[1] + DAY), NOW)


def percentile(values: Iterable[timedelta], part: float) -> timedelta | None:
    """Between the two neighbours, as one draws it by hand."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def facts() -> list[Fact]:
    """At the borders of October to the microsecond, and two hundred more around it."""
    chance, ways = random.Random(6), random.Random(129)
    last = at(date(2026, 11, 1)) - timedelta(microseconds=1)
    edges = [at(OCTOBER[0]), at(OCTOBER[0]) - timedelta(microseconds=1), last, at(date(2026, 11, 1))]
    found = [Fact(registered=edge, received=edge, problem="p1", houses=("Миру 65",)) for edge in edges]
    found += [Fact(registered=edge - DAY, received=edge - DAY, due=edge, closed=edge, problem="p2") for edge in edges]
    found += [
        Fact(registered=edge - DAY, received=edge - DAY, due=edge, closed=edge + timedelta(microseconds=1))
        for edge in edges
    ]
    found.append(Fact(registered=last, received=last, due=last, executors=(("heat", 1),)))  # overdue at the very end
    for _ in range(200):
        registered = at(date(2026, 8, 20)) + timedelta(minutes=chance.randrange(80 * 1440))
        received = registered - timedelta(hours=chance.randrange(50))
        due = received + timedelta(hours=chance.randrange(24, 700)) if chance.random() < 0.85 else None
        closed = registered + timedelta(hours=chance.randrange(1, 900)) if chance.random() < 0.7 else None
        given = tuple((code, chance.choice((0, 0, 0, 1, 2))) for code in chance.sample(EXECUTORS, chance.randrange(3)))
        left = [code for code in EXECUTORS if code not in dict(given)]
        found.append(
            Fact(
                registered=registered,
                received=received,
                due=due,
                closed=closed if closed is not None and closed < NOW else None,
                cancelled=closed is not None and closed < NOW and chance.random() < 0.1,
                problem=chance.choice(PROBLEMS),
                topic=chance.choice(TOPICS),
                repeated=chance.random() < 0.3,
                executors=given,
                withdrawn=((left[0], 1),) if chance.random() < 0.1 else (),
                houses=tuple(chance.choices(HOUSES, k=chance.randrange(3))),
                question=chance.choice(QUESTIONS),
                reopened=closed is not None and closed < NOW - DAY and chance.random() < 0.2,
                source=ways.choice(("phone", "phone", "site", "letter", "reception")),  # nothing by e-mail
                mark=ways.choice((None, None, 1, 2, 3, 4, 5, 5)),
            )
        )
    return [each if each.answered else replace(each, reopened=False, mark=None) for each in found]


def planted(session: Session, by: Person, wanted: Sequence[Fact]) -> Autumn:
    """The facts as rows of that person's organisation; what goes on with one of them lies in no period of a test."""
    made = Autumn(list(wanted))
    _directories(session, by, made)
    rows = [_appeal(by, number, each) for number, each in enumerate(wanted, 1)]
    session.add_all(rows)
    session.flush()
    made.appeals = [each.id for each in rows]
    own: dict[str, Any] = {"organisation_id": by.organisation_id}
    for appeal, each in zip(rows, wanted, strict=True):
        for place, house in enumerate(each.houses):
            session.add(
                AppealAddress(
                    **own,
                    appeal_id=appeal.id,
                    position=place,
                    written=house,
                    house_id=made.ids["house", house],
                    detail=f"кв. {place}",
                )
            )
        codes = [("sign", "2.2" if each.repeated else "2.1"), *([("question", each.question)] if each.question else [])]
        for section, code in codes:
            session.add(AppealCode(**own, appeal_id=appeal.id, entry_id=made.ids[section, code], section=section))
        if each.mark is not None:
            session.add(_marked(appeal, each.mark))
        works = [*((*one, "in_work") for one in each.executors), *((*one, "withdrawn") for one in each.withdrawn)]
        for place, (code, reworks, state) in enumerate(works):
            role = "co" if place and state != "withdrawn" else "main"
            session.add(
                Assignment(
                    **own,
                    appeal_id=appeal.id,
                    executor_id=made.ids["executor", code],
                    role=role,
                    state=state,
                    reworks=reworks,
                    assigned_by=by.id,
                )
            )
    away = at(date(2020, 1, 1))
    later = [
        _appeal(by, len(rows) + number, Fact(registered=away, received=away), reopens_id=earlier.id)
        for number, earlier in enumerate((row for row, each in zip(rows, wanted, strict=True) if each.reopened), 1)
    ]
    mistaken = Fact(registered=away, received=away, closed=away, cancelled=True)
    plain = next((row for row, each in zip(rows, wanted, strict=True) if each.answered and not each.reopened), None)
    if plain is not None:
        later.append(_appeal(by, len(rows) + len(later) + 1, mistaken, reopens_id=plain.id))
    session.add_all(later)
    session.flush()
    return made


def _appeal(by: Person, number: int, of: Fact, **more: Any) -> Appeal:
    applicant = Applicant(
        organisation_id=by.organisation_id, surname="Коваль", given_name="Олена", patronymic="", phone=None, email="",
        address="",
    )  # fmt: skip
    state = "cancelled" if of.cancelled else "closed" if of.answered else "in_work"
    return Appeal(
        organisation_id=by.organisation_id, number=f"26-{number:06}", submission=uuid4(), kind="complaint",
        source=of.source, state=state, topic=of.topic, problem=of.problem, substance="Немає води", address="",
        answer="так", result="satisfied" if of.answered else None, registered_by=by.id, registered_at=of.registered,
        received_at=of.received, due_at=of.due, attention_at=of.due and of.due - DAY, closed_at=of.closed,
        applicant=applicant, **more,
    )  # fmt: skip


def _marked(appeal: Appeal, mark: int) -> Feedback:
    return Feedback(
        organisation_id=appeal.organisation_id, appeal_id=appeal.id, closed_at=appeal.closed_at, mark=mark,
        marked_at=appeal.closed_at, settled="yes" if mark > 2 else "no", way="link", comment="",
    )  # fmt: skip


def _directories(session: Session, by: Person, made: Autumn) -> None:
    own: dict[str, Any] = {"organisation_id": by.organisation_id}
    begun, renamed = date(2026, 1, 1), date(2026, 10, 11)
    entries = [
        ("sign", "2.1", "", "phone"),
        ("sign", "2.2", "", "repeated"),
        ("cause", "c1", "", ""),
        ("cause", "c2", "", ""),
    ]
    entries += [("question", "01", "", ""), ("question", "01.1", "01", ""), ("question", "02", "", "")]
    entries += [("problem", code, "", "") for code in (*PROBLEMS[:3], *LONG_LISTS)]  # p4 is in no directory any more
    rows = {
        (section, code): ClassifierEntry(
            **own, section=section, code=code, parent=parent, name={"uk": f"Назва {code}"}, meaning=meaning,
            valid_from=begun, valid_until=renamed - DAY if (section, code) == ("question", "01") else None,
        )
        for section, code, parent, meaning in entries
    }  # fmt: skip
    rows["question", "01a"] = rows.pop(("question", "01"))
    rows["question", "01b"] = ClassifierEntry(
        **own, section="question", code="01", name={"uk": "Нова назва 01"}, valid_from=renamed
    )
    executors = {code: Executor(**own, code=code, name=f"Виконавець {code}", connected=False) for code in EXECUTORS}
    town = Settlement(**own, name="Хмельницький", main=True)
    session.add_all([*rows.values(), *executors.values(), town])
    session.add_all(Topic(**own, code=code, name={"uk": f"Тема {code}"}) for code in TOPICS)
    session.flush()
    made.ids |= {key: row.id for key, row in rows.items()}
    made.ids |= {("executor", code): row.id for code, row in executors.items()}
    for name in sorted(set(DISTRICTS.values()) - {""}):
        district = District(**own, settlement_id=town.id, name=name)
        session.add(district)
        session.flush()
        made.ids["district", name] = district.id
    for house in HOUSES:
        _house(session, own, town, house, made)


def _house(session: Session, own: dict[str, Any], town: Settlement, house: str, made: Autumn) -> None:
    street, number = house.split()
    if ("street", street) not in made.ids:
        row = Street(**own, settlement_id=town.id, kind=StreetKind.STREET, name=street)
        session.add(row)
        session.flush()
        made.ids["street", street] = row.id
    built = House(
        **own, street_id=made.ids["street", street], number=int(number), letter="", fraction="", part="", key=number,
        postal_code="", district_id=made.ids.get(("district", DISTRICTS[house])),
    )  # fmt: skip
    session.add(built)
    session.flush()
    made.ids["house", house] = built.id
