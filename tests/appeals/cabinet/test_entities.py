"""Legal entities write too (Z-19): with name, code, address and who speaks for them, and by no code of another's."""

from collections.abc import Callable

from sqlalchemy import select

from appeals.applicants.tables import Applicant
from appeals.cabinet.model import Asked, Fault, Field, fault
from appeals.cabinet.tables import CabinetAccount
from db import EVERY_ORGANISATION, transaction
from tests.appeals.cabinet.conftest import Citizen, sent
from tests.appeals.cards import form as card
from tests.client import Client

Visits = Callable[..., Citizen]
ENTITY = {"author": "organisation", "title": "ОСББ «Прибузьке»", "code": "38901234"}


def authors() -> list[Applicant]:
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(Applicant).order_by(Applicant.id)))


def test_a_legal_entity_writes_with_everything_the_law_wants_of_it(
    citizen: Visits, client: Callable[[str], Client]
) -> None:
    halyna = citizen().signs_in()
    for field in ("title", "code", "address", "surname", "given_name"):
        refused = halyna.sends(**ENTITY | {field: ""})
        assert (refused.status_code, f'id="error-{field}"' in refused.text) == (422, True), field
        assert 'value="organisation" selected' in refused.text
    assert sent() == []
    number = halyna.registers(**ENTITY)
    [author] = authors()
    assert (author.kind, author.title, author.person_name) == ("organisation", ENTITY["title"], "Сидоренко Галина")
    assert (author.code, author.email) == ("", "halyna@example.org"), "a code is not proven by typing it"
    page = client("olena").get(f"/appeals/{number}").text
    assert ENTITY["code"] in page.partition("код юридичної особи, не підтверджено")[0][-120:]
    again = halyna.page()
    assert f'value="{ENTITY["code"]}"' in again
    assert 'value="organisation" selected' in again, "who writes again need not say for whom"


def test_the_same_entity_is_one_applicant_and_its_writer_another(citizen: Visits) -> None:
    halyna = citizen().signs_in()
    halyna.registers(substance="Перша справа", **ENTITY)
    halyna.registers(substance="Особисте", author="person")
    halyna.registers(substance="Друга справа", **ENTITY | {"title": "осбб «Прибузьке»"})
    halyna.registers(substance="Ще особисте", author="person")
    entity, person = authors()
    assert (entity.kind, person.kind, person.name) == ("organisation", "person", "Сидоренко Галина")
    assert [appeal.applicant_id for appeal, _ in sent()] == [entity.id, person.id, entity.id, person.id]
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(CabinetAccount)).one().applicant_id == person.id


def test_nobody_is_taken_for_an_entity_by_its_code(citizen: Visits, client: Callable[[str], Client]) -> None:
    """Neither the stranger for the entity that staff know, nor the entity for the stranger later."""
    known = card(
        applicant_kind="organisation", title="КП «Тепло»", code="11112222", surname="Бойко", source="letter",
        email="real@example.org", phone="",
    )  # fmt: skip
    assert client("olena").post("/appeals", data=known).status_code == 303
    thief = citizen("thief@example.org").signs_in()
    thief.registers(author="organisation", title="КП «Тепло»", code="11112222")
    thief.registers(author="organisation", title="КП «Вода»", code="33334444")
    theirs = card(
        applicant_kind="organisation", title="КП «Водоканал»", code="33334444", surname="Бойко", source="letter",
        email="water@example.org", phone="", substance="Про дозвіл на роботи",
    )  # fmt: skip
    assert client("olena").post("/appeals", data=theirs).status_code == 303
    told = [(each.code, each.email) for each in authors()]
    assert told == [
        ("11112222", "real@example.org"), ("", "thief@example.org"), ("", "thief@example.org"),
        ("33334444", "water@example.org"),
    ]  # fmt: skip


def test_who_may_write_for_an_entity_is_asked_for_its_address() -> None:
    needed = [Asked(field, required=True) for field in (Field.TOPIC, Field.SUBSTANCE, Field.SURNAME)]
    assert fault([*needed, Asked(Field.AUTHOR, required=True)]) is Fault.NO_PLACE_FOR_ENTITY
    with_place = [*needed, Asked(Field.AUTHOR, required=True), Asked(Field.ADDRESS, required=False)]
    assert fault(with_place) is None
