"""People: added, changed, switched off, and nobody locks everybody out."""

import re
import threading
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import EVERY_ORGANISATION, transaction
from staff import queries, service
from staff.audit import audit
from staff.model import Role
from staff.passwords import password_is_right
from staff.tables import Audit, Organisation, Person
from tests.centre import PASSWORD, Centre, person
from tests.client import Client

NEW = {"name": "Марія Коваль", "login": "maria", "roles": ["operator", "supervisor"], "language": "uk"}


@pytest.fixture
def administrator(session: Session, khm: Organisation) -> Person:
    return person(session, khm, "admin", Role.ADMINISTRATOR)


def _add(session: Session, by: Person, login: str = "maria") -> tuple[Person, str]:
    return service.add_person(
        session, login=login, name="Марія", roles=frozenset({Role.OPERATOR}), language="uk", by=by
    )


def test_a_new_person_comes_in_with_the_password_made(session: Session, administrator: Person):
    maria, password = _add(session, administrator)
    assert password_is_right(maria.password_hash, password)
    assert [deed.deed for deed, _ in queries.deeds(session, f"person:{maria.id}")] == ["person.added"]


def test_a_login_is_unique_over_all_organisations(session: Session, administrator: Person, dtm: Organisation):
    person(session, dtm, "Anna", Role.OPERATOR)
    with pytest.raises(service.LoginTaken):
        _add(session, administrator, login="anna")
    assert session.scalar(select(func.count()).select_from(Person).where(func.lower(Person.login) == "anna")) == 1


def test_a_change_is_written_down_with_old_and_new(session: Session, administrator: Person):
    maria, _ = _add(session, administrator)
    service.change_person(
        session, maria, name="Марія К.", roles=frozenset({Role.SUPERVISOR}), language="uk", by=administrator
    )
    deed, who = queries.deeds(session, f"person:{maria.id}")[0]
    assert deed.details == {"name": "Марія → Марія К.", "roles": "operator → supervisor"}
    assert who == administrator.name


def test_what_was_done_to_a_person_is_told_in_the_readers_words(client: Callable[[str], Client], centre: Centre):
    admin, olena = client("admin.khm"), centre.people["olena"]
    admin.post("/language", data={"language": "en"})
    changed = {"name": olena.name, "roles": ["operator", "supervisor"], "language": "ru"}
    assert admin.post(f"/people/{olena.id}", data=changed).status_code == 303
    page = admin.get(f"/people/{olena.id}").text
    assert "Operator → Operator, Supervisor" in page
    assert "Українська → Русский" in page
    assert "operator → operator" not in page


def test_a_deed_without_words_is_shown_by_its_code(client: Callable[[str], Client], centre: Centre):
    olena = centre.people["olena"]
    with transaction(olena.organisation_id) as session:
        audit(session, olena, "person.cloned", f"person:{olena.id}")
    page = client("admin.khm").get(f"/people/{olena.id}")
    assert page.status_code == 200
    assert "person.cloned" in page.text


def test_the_last_administrator_stays(session: Session, administrator: Person):
    with pytest.raises(service.LastAdministrator):
        service.disable(session, administrator, by=administrator)
    with pytest.raises(service.LastAdministrator):
        service.change_person(
            session, administrator, name="x", roles=frozenset({Role.OPERATOR}), language="uk", by=administrator
        )


def test_two_administrators_cannot_switch_each_other_off_at_once(centre: Centre):
    with transaction(EVERY_ORGANISATION) as session:
        second = person(session, centre.organisations["khm"], "second", Role.ADMINISTRATOR)
    first = centre.people["admin.khm"]
    refused = []
    together = threading.Barrier(2)

    def switch_off(whom: int, by: Person) -> None:
        together.wait(5)
        try:
            with transaction(by.organisation_id) as session:
                service.disable(session, queries.get(session, whom), by=by)
        except service.LastAdministrator:
            refused.append(whom)

    threads = [
        threading.Thread(target=switch_off, args=(second.id, first)),
        threading.Thread(target=switch_off, args=(first.id, second)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(refused) == 1


def test_the_page_adds_somebody_and_shows_the_password_once(client: Callable[[str], Client]):
    browser = client("admin.khm")
    added = browser.post("/people", data=NEW)
    assert added.status_code == 303
    page = browser.get(added.headers["location"])
    assert "secret" in page.text
    assert "Марія Коваль" in browser.get("/people").text
    with transaction(EVERY_ORGANISATION) as session:
        maria = queries.find_by_login(session, "maria")
        assert maria is not None
        assert sorted(maria.roles) == ["operator", "supervisor"]
        assert maria.password_hash not in page.text
        assert password_is_right(maria.password_hash, _shown(page.text))
    assert browser.get(added.headers["location"]).status_code == 303, "shown again"


def test_a_new_password_is_shown_once_and_a_reload_makes_no_other(client: Callable[[str], Client], centre: Centre):
    browser, maria = client("admin.khm"), centre.people["olena"]
    answer = browser.post(f"/people/{maria.id}/password")
    assert answer.status_code == 303
    assert "path=/people/" in answer.headers["set-cookie"].lower()
    assert "httponly" in answer.headers["set-cookie"].lower()
    page = browser.get(answer.headers["location"])
    assert page.headers["cache-control"] == "no-store"
    shown = _shown(page.text)
    again = browser.get(answer.headers["location"])
    assert again.headers["location"] == f"/people/{maria.id}", "a reload shows the password again"
    with transaction(EVERY_ORGANISATION) as session:
        assert password_is_right(queries.get(session, maria.id).password_hash, shown), "the reload made another one"
        resets = select(func.count()).select_from(Audit).where(Audit.deed == "person.password_reset")
        assert session.scalar(resets) == 1


def _shown(page: str) -> str:
    found = re.search(r'<code class="secret">([^<]+)</code>', page)
    assert found is not None, "no password is shown"
    return found[1]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"login": "марія"}, "login"),
        ({"login": "ANDRII"}, "login"),
        ({"login": "anna"}, "login"),
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles"),
        ({"language": "de"}, "language"),
        ({"name": "a\x00b"}, "name"),
    ],
)
def test_wrong_input_is_told_beside_the_field_and_nothing_is_saved(
    client: Callable[[str], Client], wrong: dict[str, object], field: str
):
    browser = client("admin.khm")
    page = browser.post("/people", data={**NEW, **wrong})
    assert page.status_code == 422
    assert f'id="error-{field}"' in page.text
    assert f'href="#field-{field}"' in page.text
    if field != "name":
        assert "Марія Коваль" in page.text, "what was typed is kept"
    with transaction(EVERY_ORGANISATION) as session:
        assert queries.find_by_login(session, "maria") is None
        assert session.scalar(select(func.count()).select_from(Audit).where(Audit.deed == "person.added")) == 0


def test_people_of_another_organisation_are_not_there(centre: Centre, client: Callable[[str], Client]):
    browser, anna = client("admin.khm"), centre.people["anna"]
    assert browser.get(f"/people/{anna.id}").status_code == 404
    for deed in ("", "/disable", "/enable", "/password"):
        assert browser.post(f"/people/{anna.id}{deed}", data=NEW).status_code == 404
    assert "Anna" not in browser.get("/people").text


def test_rights_change_with_the_next_request(centre: Centre, client: Callable[[str], Client]):
    administrator, mykola = client("admin.khm"), client("mykola")
    assert mykola.get("/people").status_code == 403
    answer = administrator.post(
        f"/people/{centre.people['mykola'].id}",
        data={"name": "Mykola", "roles": ["manager", "administrator"], "language": "uk"},
    )
    assert answer.status_code == 303
    assert mykola.get("/people").status_code == 200
    assert administrator.post(f"/people/{centre.people['mykola'].id}/disable").status_code == 303
    assert mykola.get("/people").status_code == 303


def test_ones_own_password(client: Callable[[str], Client], centre: Centre):
    here, elsewhere = client("olena"), client("olena")
    new = "a much longer sentence"
    wrong = here.post("/me/password", data={"present": "no", "new": new, "repeated": new})
    assert wrong.status_code == 422
    assert 'id="error-present"' in wrong.text
    assert (
        'id="error-repeated"'
        in here.post("/me/password", data={"present": PASSWORD, "new": new, "repeated": new + "x"}).text
    )
    assert (
        'id="error-new"'
        in here.post("/me/password", data={"present": PASSWORD, "new": "short", "repeated": "short"}).text
    )
    assert here.post("/me/password", data={"present": PASSWORD, "new": new, "repeated": new}).status_code == 303
    assert here.get("/me").status_code == 200
    assert elsewhere.get("/me").status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        assert password_is_right(queries.get(session, centre.people["olena"].id).password_hash, new)


def test_language_and_theme_stay_with_the_person(client: Callable[[str], Client]):
    browser = client("olena")
    assert 'lang="uk"' in browser.get("/me").text
    assert browser.post("/language", data={"language": "ru", "next": "/me"}).headers["location"] == "/me"
    browser.post("/theme", data={"theme": "dark", "next": "/me"})
    browser.cookies.delete("holos_language")
    page = client("olena").get("/me").text
    assert 'lang="ru"' in page
    assert 'data-bs-theme="dark"' in page
    assert "Мои настройки" in page


def test_a_language_chosen_before_the_sign_in_survives_it(anybody: Client, centre: Centre):
    """What an administrator gave them is only a beginning: they have never chosen a language themselves."""
    anybody.post("/language", data={"language": "en", "next": "/sign-in"})
    _signs_in(anybody, "olena")
    assert 'lang="en"' in anybody.get("/me").text


def test_ones_own_choice_wins_over_the_sign_in_page(app: FastAPI, anybody: Client, centre: Centre):
    _signs_in(anybody, "olena")
    anybody.post("/language", data={"language": "ru", "next": "/me"}, headers=_token(anybody))
    another = Client(app)
    another.post("/language", data={"language": "en", "next": "/sign-in"})
    _signs_in(another, "olena")
    assert 'lang="ru"' in another.get("/me").text


def test_the_language_of_who_was_here_before_is_nobodys_choice(anybody: Client, centre: Centre):
    anybody.post("/language", data={"language": "en", "next": "/sign-in"})
    _signs_in(anybody, "olena")
    anybody.post("/sign-out", headers=_token(anybody))
    _signs_in(anybody, "andrii")
    assert 'lang="uk"' in anybody.get("/me").text


def _signs_in(browser: Client, login: str) -> None:
    assert browser.post("/sign-in", data={"login": login, "password": PASSWORD}).status_code == 303


def _token(browser: Client) -> dict[str, str]:
    found = re.search(r'<meta name="csrf-token" content="([^"]+)"', browser.get("/me").text)
    assert found is not None
    return {"X-CSRF-Token": found[1]}
