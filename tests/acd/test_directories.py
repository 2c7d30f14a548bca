"""Reasons of pauses and topics, kept by the administrator: offered from the next moment on, and never lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from acd.directories import service
from acd.tables import PauseReason
from calls.tables import Topic
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from tests.acd.conftest import SEAT
from tests.acd.desks import SCRIPT, SignedIn
from tests.centre import Centre

PAUSES, TOPICS = "/organisation/directories/pauses", "/organisation/directories/topics"
TEA = {"code": "tea", "name_uk": "Чай", "name_ru": "Чай", "name_en": "Tea", "name_uz": "Choy", "minutes": "15"}


def reasons() -> dict[str, PauseReason]:
    with transaction(EVERY_ORGANISATION) as session:
        return {each.code: each for each in session.scalars(select(PauseReason).order_by(PauseReason.position))}


def offered(client: SignedIn, kind: str) -> list[str]:
    return [name for _code, name in client("olena").get("/desk/directories", headers=SCRIPT).json()[kind]]


def test_a_new_reason_is_offered_and_taken_at_once(queues: Centre, client: SignedIn, monkeypatch: pytest.MonkeyPatch):
    olena = client("olena")
    olena.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT)
    assert client("admin.khm").post(PAUSES, data=TEA).status_code == 303
    assert reasons()["tea"].lasts == timedelta(minutes=15)
    assert offered(client, "pauses") == ["Обід", "Чай"]
    assert olena.post("/desk/pause", data={"reason": "tea"}, headers=SCRIPT).json()["reason_text"] == "Чай"
    with transaction(EVERY_ORGANISATION) as session:
        (said,) = session.scalars(select(Audit).where(Audit.subject == "pause_reason:tea"))
    assert (said.deed, said.details["uk"]) == ("pause_reason.added", "Чай")


def test_desks_are_told(desk, told):
    admin = desk.olena
    names = {"uk": "Чай"}
    service.add(desk.session, service.Directory.PAUSES, "tea", names, by=admin)
    assert (f"board:{desk.organisation.id}", {"kind": "directories"}) in told


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({**TEA, "code": "lunch"}, "code"),
        ({**TEA, "code": "phone_lost"}, "code"),  # a reason of Holos's own
        ({**TEA, "code": "Чай"}, "code"),
        ({**TEA, "name_uk": ""}, "name_uk"),
        ({**TEA, "minutes": "0"}, "minutes"),
        ({**TEA, "minutes": "довго"}, "minutes"),
    ],
)
def test_what_is_filled_in_wrongly_is_told_beside_the_field(
    queues: Centre, client: SignedIn, typed: dict[str, str], field: str
):
    answer = client("admin.khm").post(PAUSES, data=typed)
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert set(reasons()) == {"lunch"}


def test_a_reason_switched_off_is_chosen_no_more_and_keeps_its_name(queues: Centre, client: SignedIn):
    admin, olena = client("admin.khm"), client("olena")
    olena.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT)
    olena.post("/desk/pause", data={"reason": "lunch"}, headers=SCRIPT)
    assert admin.post(f"{PAUSES}/lunch/off").status_code == 303
    assert offered(client, "pauses") == []
    assert olena.get("/desk/state", headers=SCRIPT).json()["reason_text"] == "Обід", "the pause goes on"
    olena.post("/desk/ready", headers=SCRIPT)
    assert olena.post("/desk/pause", data={"reason": "lunch"}, headers=SCRIPT).status_code == 404
    assert admin.post(f"{PAUSES}/lunch/on").status_code == 303
    assert offered(client, "pauses") == ["Обід"]


def test_names_times_and_the_order_are_changed(queues: Centre, client: SignedIn):
    admin = client("admin.khm")
    admin.post(PAUSES, data=TEA)
    assert admin.post(f"{PAUSES}/tea", data={**TEA, "name_uk": "Кава", "minutes": ""}).status_code == 303
    assert (reasons()["tea"].name["uk"], reasons()["tea"].lasts) == ("Кава", None)
    assert admin.post(f"{PAUSES}/tea/up").status_code == 303
    assert list(reasons()) == ["tea", "lunch"]
    assert admin.post(f"{PAUSES}/tea/up").status_code == 303, "the first stays the first"
    page = admin.get(f"{PAUSES}/tea").text
    assert 'value="Кава"' in page
    assert admin.post(f"{PAUSES}/tea", data={"name_uk": ""}).status_code == 422
    with transaction(EVERY_ORGANISATION) as session:
        said = list(session.scalars(select(Audit.deed).where(Audit.subject == "pause_reason:tea").order_by(Audit.id)))
    assert said == ["pause_reason.added", "pause_reason.changed", "pause_reason.moved"]


def test_a_topic_is_for_the_next_wrap_up_and_card_and_switched_off_for_journals_only(queues: Centre, client: SignedIn):
    admin = client("admin.khm")
    assert admin.post(TOPICS, data={**TEA, "code": "light", "name_uk": "Світло"}).status_code == 303
    assert offered(client, "topics") == ["Світло"]
    assert "Світло" in client("olena").get("/appeals/new").text
    admin.post(f"{TOPICS}/light/off")
    assert offered(client, "topics") == []
    assert "Світло" not in client("olena").get("/appeals/new").text
    assert "Світло" in client("iryna").get("/calls").text, "calls of before are found by it"
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(Topic.disabled_at)).one() is not None


@pytest.mark.parametrize("language", ["uk", "uz", "ru", "en"])
def test_the_pages_are_there_in_each_language_also_empty(queues: Centre, client: SignedIn, language: str):
    admin = client("admin.dtm")
    admin.post("/language", data={"language": language})
    for address in (PAUSES, TOPICS):
        answer = admin.get(address)
        assert answer.status_code == 200
        assert 'class="empty"' in answer.text
    assert admin.get("/organisation/directories/colours").status_code in {404, 422}
    assert admin.get(f"{PAUSES}/lunch").status_code == 404, "it is another organisation's"


def test_directories_are_the_administrators(queues: Centre, client: SignedIn):
    for login in ("olena", "iryna", "mykola"):
        assert client(login).get(PAUSES).status_code == 403
        assert client(login).post(PAUSES, data=TEA).status_code == 403
