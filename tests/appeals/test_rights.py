"""U-41: what each role sees of one appeal and of who made it, class by class; a look at somebody leaves a line."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from appeals import service
from appeals.applicants import service as applicants
from appeals.classifier.model import Section
from appeals.classifier.tables import ClassifierEntry
from appeals.model import Kind, Source
from appeals.particulars.model import Particulars
from appeals.rights.model import FIELDS, PERMISSIONS, FieldClass, of_code, sees
from appeals.tables import Appeal
from db import EVERY_ORGANISATION, transaction
from staff.model import Role
from staff.model import may as roles_may
from staff.tables import Audit
from tests.appeals.applicants.people import Browser, somebody
from tests.centre import PEOPLE, Centre

SHOWN = {  # words of one appeal by the class of the field they stand in
    FieldClass.SERVICE: ("Немає води другий день",),
    FieldClass.PERSONAL: ("Коваленко", "maria@example.org", "Прибузька"),
    FieldClass.SPECIAL: ("Ветеран праці", "Пенсіонер"),
}
CLASSES = {
    Role.OPERATOR: {FieldClass.SERVICE, FieldClass.PERSONAL, FieldClass.SPECIAL},
    Role.SUPERVISOR: {FieldClass.SERVICE, FieldClass.PERSONAL, FieldClass.SPECIAL},
    Role.MANAGER: {FieldClass.SERVICE, FieldClass.PERSONAL},
    Role.ADMINISTRATOR: {FieldClass.SERVICE},  # the rest is masked
}


@pytest.fixture
def appeal(centre: Centre) -> Appeal:
    """An appeal of somebody with a benefit and a status."""
    olena = centre.people["olena"]
    with transaction(olena.organisation_id) as session:
        whose = {"organisation_id": olena.organisation_id, "valid_from": date(2020, 1, 1)}
        category = ClassifierEntry(**whose, section=Section.CATEGORY, code="7.6", name={"uk": "Ветеран праці"})
        social = ClassifierEntry(**whose, section=Section.SOCIAL, code="8.1", name={"uk": "Пенсіонер"})
        session.add_all([category, social])
        session.flush()
        codes = {Section.CATEGORY: [category.id], Section.SOCIAL: [social.id]}
        made = service.register(
            session,
            Appeal(
                kind=Kind.COMPLAINT, topic="water", substance="Немає води другий день", address="", source=Source.PHONE
            ),
            somebody("Коваленко Марія", "+380671234567", email="maria@example.org", address="вул. Прибузька, 4"),
            by=olena,
            submission=uuid4(),
            particulars=Particulars(codes=codes),
        )
        applicants.add_note(session, made.applicant, "Удома після 18:00", by=olena)
        session.refresh(made)
        return made


@pytest.mark.parametrize("role", CLASSES)
def test_an_appeal_and_its_applicant_show_each_role_the_classes_allowed(client: Browser, appeal: Appeal, role: Role):
    login = next(login for login, theirs in PEOPLE["khm"].items() if theirs is role)
    browser = client(login)
    browser.post("/language", data={"language": "uk"})
    pages = (f"/appeals/{appeal.number}", f"/appeals/applicants/{appeal.applicant_id}")
    for url in pages:
        answer = browser.get(url)
        if role is Role.ADMINISTRATOR and url == pages[1]:
            assert answer.status_code == 403
            continue
        page = answer.text
        for kind, words in SHOWN.items():
            for word in words:
                assert (word in page) is (kind in CLASSES[role]), (url, kind, word)


def test_a_look_at_somebody_is_written_down_with_what_it_is_for(client: Browser, appeal: Appeal):
    client("iryna").get(f"/appeals/applicants/{appeal.applicant_id}?why=duplicates")
    client("iryna").get(f"/appeals/applicants/{appeal.applicant_id}?why=curiosity")
    client("iryna").get(f"/appeals/{appeal.number}?why=applicant")
    with transaction(EVERY_ORGANISATION) as session:
        looks = session.scalars(select(Audit.details).where(Audit.deed == "applicant.opened").order_by(Audit.id)).all()
        [opened] = session.scalars(select(Audit.details).where(Audit.deed == "appeal.opened"))
    assert [look["reason"] for look in looks] == ["duplicates", "search"]
    assert opened == {"reason": "applicant"}


def test_each_field_has_a_class_and_each_class_that_is_not_public_a_permission():
    assert set(PERMISSIONS) == set(FieldClass) - {FieldClass.PUBLIC}
    assert set(FIELDS.values()) == set(FieldClass)
    assert of_code(Section.SOCIAL) == "code.social"
    assert of_code(Section.QUESTION) == "appeal.codes"
    manager = frozenset({Role.MANAGER})
    assert sees(lambda permission: roles_may(manager, permission), "applicant.name")
    assert not sees(lambda permission: roles_may(manager, permission), "code.category")
    with pytest.raises(KeyError):
        sees(lambda _: True, "appeal.invented")
