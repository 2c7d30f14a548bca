"""The desk over HTTP: the shift, its keys, who may press them, to whom a call can be handed."""

from uuid import UUID

import pytest

from tests.acd.conftest import SEAT
from tests.acd.desks import SCRIPT, SignedIn
from tests.centre import Centre

UNKNOWN = UUID(int=1)  # no call has it


def test_a_shift_over_http(queues: Centre, client: SignedIn):
    olena = client("olena")
    assert olena.get("/desk").status_code == 200
    assert olena.get("/desk/state").json()["state"] == "offline"
    started = olena.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT).json()
    assert started["phone"]["user"] == f"agent{queues.people['olena'].id}"
    assert len(started["phone"]["secret"]) >= 24
    assert olena.post("/desk/ready", headers=SCRIPT).json()["state"] == "ready"
    paused = olena.post("/desk/pause", data={"reason": "lunch"}, headers=SCRIPT).json()
    assert (paused["state"], paused["reason_text"]) == ("paused", "Обід")
    seen = olena.post("/desk/seen", data={"seat": "another-seat"}, headers=SCRIPT).json()
    assert seen["here"] is False
    assert olena.post("/desk/shift/end", headers=SCRIPT).json()["shift"] is None


def test_the_secret_is_given_to_the_place_that_starts_the_shift_only(queues: Centre, client: SignedIn):
    olena = client("olena")
    secret = olena.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT).json()["phone"]["secret"]
    assert secret not in olena.get("/desk").text
    assert secret not in olena.get("/desk/state").text
    assert secret not in olena.post("/desk/seen", data={"seat": SEAT}, headers=SCRIPT).text


@pytest.mark.parametrize("deed", ["ready", "shift/end", "pause"])
def test_what_does_not_fit_is_refused(queues: Centre, client: SignedIn, deed: str):
    answer = client("olena").post(f"/desk/{deed}", data={"reason": "lunch"}, headers=SCRIPT)
    assert answer.status_code == 409, "no shift is running"


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("/desk/shift", {"seat": "x"}),
        ("/desk/shift", {}),
        ("/desk/lost-call", {"call": "not-a-call"}),
        (f"/desk/wrap-up/{UNKNOWN}", {"result": "invented"}),
        (f"/desk/calls/{UNKNOWN}/notes", {"text": ""}),
        (f"/desk/calls/{UNKNOWN}/notes", {"text": "x" * 4001}),
    ],
)
def test_wrong_types_are_named(queues: Centre, client: SignedIn, url: str, data: dict[str, str]):
    assert client("olena").post(url, data=data, headers=SCRIPT).status_code == 422


def test_colleagues_and_queues_to_hand_over_to(queues: Centre, client: SignedIn):
    olena, andrii = client("olena"), client("andrii")
    for person in (olena, andrii):
        person.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT)
    targets = olena.get("/desk/targets").json()
    assert [each["dial"] for each in targets["people"]] == [f"agent{queues.people['andrii'].id}"]
    assert [each["dial"] for each in targets["queues"]] == ["khm-general"]


@pytest.mark.parametrize("login", ["mykola", "admin.khm"])
def test_the_desk_is_not_for_everybody(queues: Centre, client: SignedIn, login: str):
    assert client(login).get("/desk").status_code == 403
    assert client(login).post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT).status_code == 403
