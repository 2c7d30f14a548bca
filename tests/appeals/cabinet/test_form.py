"""The definition of the form is data: changed by the administrator, asked at once, never without what is needed."""

import re
from collections.abc import Callable

from sqlalchemy import select

from appeals.cabinet.model import NEEDED, USUAL, Asked, Fault, Field, definition, fault, ordered, stored
from appeals.cabinet.tables import CabinetForm
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from tests.appeals.cabinet.conftest import Citizen, sent
from tests.client import Client

Visits = Callable[..., Citizen]
FIELDS = tuple(Field)


def defined(*asked: Field, required: tuple[Field, ...] = (), seen: int = 0, deed: str = "save") -> dict[str, object]:
    """The editor's form with these fields in this order."""
    order = {field: place for place, field in enumerate(asked, 1)}
    return {
        "asked": [field.value for field in (*asked, *NEEDED)],
        "required": [field.value for field in (*required, *NEEDED)],
        "place": [str(order.get(field, 50)) for field in FIELDS],
        "seen": str(seen),
        "deed": deed,
    }


def asked_on(page: str) -> list[str]:
    """The fields that the public form asks, in order."""
    return [name for name in re.findall(r'id="field-(\w+)"', page) if name in set(FIELDS)]


def test_a_changed_definition_changes_the_form_at_once(citizen: Visits, client: Callable[[str], Client]) -> None:
    """U-87."""
    halyna, admin = citizen().signs_in(), client("admin.khm")
    assert asked_on(halyna.page()) == [each.field.value for each in USUAL]
    shown = (Field.SURNAME, Field.KIND, Field.TOPIC, Field.SUBSTANCE, Field.PHONE)
    answer = admin.post("/citizens-form", data=defined(*shown, required=(Field.PHONE, Field.KIND)))
    assert answer.status_code == 303, answer.text[:2000]
    page = halyna.page()
    assert asked_on(page) == [field.value for field in shown]
    assert re.search(r'id="field-phone"[^>]* required', page)
    refused = halyna.sends()
    assert (refused.status_code, 'id="error-phone"' in refused.text, sent()) == (422, True, [])
    assert halyna.registers(phone="0675514022", kind="complaint", address="вул. Тиха, 1")
    [(appeal, _)] = sent()
    assert (appeal.kind, appeal.address) == ("complaint", ""), "what is not asked is not taken"
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(Audit).where(Audit.deed == "cabinet.form_changed")).one().details["fields"]


def test_what_registration_needs_cannot_be_left_out_and_the_page_says_why(client: Callable[[str], Client]) -> None:
    admin = client("admin.khm")
    page = admin.get("/citizens-form").text
    assert page.count("Запитується завжди") == len(NEEDED)
    without = defined(Field.TOPIC, Field.SUBSTANCE) | {"asked": ["topic", "substance"]}
    answer = admin.post("/citizens-form", data=without)
    assert (answer.status_code, "вилучити не можна" in answer.text) == (422, True)
    post = admin.post("/citizens-form", data=defined(Field.TOPIC, Field.SUBSTANCE, Field.SURNAME, Field.REPLY))
    assert (post.status_code, "запитати адресу" in post.text) == (422, True)
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(CabinetForm)).all() == []


def test_looking_changes_nothing_and_a_colleagues_change_is_not_lost(
    citizen: Visits, client: Callable[[str], Client]
) -> None:
    halyna, admin = citizen().signs_in(), client("admin.khm")
    shown = (Field.SUBSTANCE, Field.TOPIC, Field.SURNAME)
    looked = admin.post("/citizens-form", data=defined(*shown, deed="look"))
    assert looked.status_code == 200
    assert asked_on(looked.text.partition('id="preview"')[2]) == [field.value for field in shown]
    assert asked_on(halyna.page()) == [each.field.value for each in USUAL]
    assert admin.post("/citizens-form", data=defined(*shown)).status_code == 303
    late = admin.post("/citizens-form", data=defined(Field.TOPIC, Field.SUBSTANCE, Field.SURNAME))
    assert (late.status_code, "Колега тим часом" in late.text) == (422, True)
    assert asked_on(halyna.page()) == [field.value for field in shown]
    for other in ("olena", "iryna", "mykola"):
        assert client(other).get("/citizens-form").status_code == 403


def test_the_rules_of_a_definition() -> None:
    assert fault(USUAL) is None
    assert definition(stored(USUAL)) == USUAL
    optional = [Asked(each.field, required=each.field is not Field.TOPIC) for each in USUAL]
    assert fault(optional) is Fault.NEEDED_OPTIONAL
    assert fault([each for each in USUAL if each.field is not Field.SURNAME]) is Fault.LACKS_NEEDED
    assert fault([*USUAL, USUAL[0]]) is Fault.TWICE
    places = {Field.SURNAME: (1, True), Field.SUBSTANCE: (7, True), Field.TOPIC: (7, True)}
    assert [each.field for each in ordered(places)] == [Field.SURNAME, Field.TOPIC, Field.SUBSTANCE]
