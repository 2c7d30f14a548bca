"""Questions to specialists in the help panel: taken and answered by linked people of the executor, by nobody else."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from appeals.executors import service as executors
from appeals.executors.model import MemberRole
from appeals.executors.service import Said
from appeals.questions import service as questions
from appeals.questions.tables import Question
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from supervisor.panel import service
from tests.alarms.conftest import City

IRYNA, VASYL, STRANGER = 501, 503, 666
TEXT = "Чи ввімкнуть воду пані Коваль?"


@pytest.fixture
def question(city: City) -> int:
    """To the waterworks, where Vasyl works; he and a supervisor have linked accounts."""
    admin, vasyl, olena = (city.person(login) for login in ("admin.khm", "vasyl", "olena"))
    with transaction(city.id) as session:
        body = executors.add(session, city.id, "ВК", Said(name="Водоканал", connected=True), by=admin)
        executors.add_member(session, body, vasyl, MemberRole.WORKER, since=date(2026, 1, 1), by=admin)
        asked = questions.ask(session, body, TEXT, call=uuid4(), by=olena)
        for person, account in ((vasyl, VASYL), (city.person("iryna"), IRYNA)):
            code = service.make_code(session, person)
            service.link(session, city.id, code, telegram_id=account, name="X", called="Y")
        return asked.id


def row() -> Question:
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(Question)).one()


def pressed(city: City, who: int, key: str, *, private: bool = False) -> str:
    with transaction(city.id) as session:
        return service.press(session, city.id, who, key, private=private).text


def written(city: City, who: int, text: str, *, reply_to: str = "", private: bool = False) -> str:
    with transaction(city.id) as session:
        reply = service.said(session, city.id, who, text, reply_to=reply_to, private=private)
        return reply.text if reply is not None else ""


def test_a_specialist_takes_and_answers_and_it_is_in_the_trail_under_their_name(city: City, question: int) -> None:
    """Z-24: what is done in the panel is done to the question, under the linked person."""
    assert written(city, VASYL, "/questions") == str(question), "in a group a question is a number"
    assert TEXT in written(city, VASYL, "/questions", private=True)
    assert TEXT not in pressed(city, VASYL, f"qtake:{question}")
    assert TEXT in pressed(city, VASYL, f"qtake:{question}", private=True)
    asked = pressed(city, VASYL, f"qanswer:{question}")
    written(city, VASYL, "Сьогодні до шостої", reply_to=asked)
    vasyl = city.person("vasyl").id
    assert (row().taken_by, row().answered_by, row().answer) == (vasyl, vasyl, "Сьогодні до шостої")
    with transaction(EVERY_ORGANISATION) as session:
        deeds = session.execute(select(Audit.deed, Audit.person_id).where(Audit.subject == f"question:{question}"))
        assert ("question.answered", vasyl) in [tuple(each) for each in deeds]
    again = written(city, VASYL, "Ні, завтра", reply_to=asked)
    assert row().answer == "Сьогодні до шостої"
    assert again


@pytest.mark.parametrize("who", [STRANGER, IRYNA])
def test_nobody_else_learns_or_does_anything(city: City, question: int, who: int) -> None:
    said = [
        pressed(city, who, f"qtake:{question}", private=True),
        pressed(city, who, f"qanswer:{question}", private=True),
        written(city, who, "/questions", private=True),
        written(city, who, "Так", reply_to=f"What is the answer to question #q{question}?"),
    ]
    assert TEXT not in "".join(said)
    assert all(said)
    assert (row().taken_by, row().answered_by) == (None, None)


def test_another_executors_question_is_not_there(city: City, question: int) -> None:
    admin = city.person("admin.khm")
    with transaction(city.id) as session:
        body = executors.add(session, city.id, "ЕМ", Said(name="Електромережі", connected=True), by=admin)
        other = questions.ask(session, body, TEXT, call=uuid4(), by=city.person("olena")).id
    assert TEXT not in pressed(city, VASYL, f"qtake:{other}", private=True)
    with transaction(EVERY_ORGANISATION) as session:
        assert session.get_one(Question, other).taken_by is None
    assert pressed(city, VASYL, f"qtake:{10**17}")
