"""Registering and deeds: the rules of the pages, once for each call, and never over somebody's head."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select

from appeals.tables import Appeal
from db import EVERY_ORGANISATION, transaction
from run.host.servers import Servers
from run.settings import Settings
from run.storage import connect_store
from staff.model import Role
from tests.appeals.attachments.samples import photo
from tests.appeals.exchange.conftest import System, Systems, card
from tests.appeals.workflow.conftest import City

TODAY = datetime.now(UTC).date()


def registered() -> int:
    """How many appeals there are."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalar(select(func.count()).select_from(Appeal)) or 0


def wrong(answer: Any) -> set[str]:
    """The fields that an answer names."""
    assert answer.headers["content-type"] == "application/problem+json"
    return {each["field"] for each in answer.json()["errors"]}


def test_an_appeal_is_registered_once_however_often_and_in_parallel_it_is_sent(city: City, system: Systems) -> None:
    program = system(Role.CHANCELLERY)
    name = {"Idempotency-Key": str(uuid4())}
    sent = card(problem="p1.10", codes={"category": ["7.1"], "sign": ["2.2"]}, received_on=str(TODAY))
    with ThreadPoolExecutor(4) as at_once:
        answers = list(at_once.map(lambda _: program.post("/appeals", json=sent, headers=name), range(4)))
    assert sorted(each.status_code for each in answers) == [200, 200, 200, 201], [each.text for each in answers]
    assert len({each.json()["number"] for each in answers}) == registered() == 1
    address = answers[0].headers["location"]
    told = system(Role.SUPERVISOR).get(address.removeprefix("/api/v1")).json()
    assert (told["problem"], told["substance"], told["source"]) == ("p1.10", sent["substance"], "letter")
    assert told["applicant"]["phone"] == "+380671234567"
    assert [each["text"] for each in told["addresses"]] == ["вул. Прибузька, 12"]
    assert {(each["section"], each["code"]) for each in told["codes"]} >= {("category", "7.1"), ("sign", "2.2")}
    other = program.post("/appeals", json=sent | {"substance": "Інша справа"}, headers=name)
    assert (other.status_code, registered()) == (409, 1)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"kind": "rumour"}, "kind"),
    ({"topic": "nothing"}, "topic"),
    ({"substance": ""}, "substance"),
    ({"applicant": {"surname": "К", "phone": "12"}}, "applicant.phone"),
    ({"applicant": {"surname": "К", "email": "somewhere"}}, "applicant.email"),
    ({"applicant": {"given_name": "Марія"}}, "applicant.surname"),
    ({"applicant": {"kind": "organisation", "code": "12345678"}}, "applicant.title"),
    ({"applicant": {"id": 1 << 40, "surname": "К"}}, "applicant.id"),
    ({"problem": "p99"}, "problem"),
    ({"codes": {"category": ["0.0"]}}, "codes.category"),
    ({"codes": {"result": ["9.1"]}}, "codes.result"),
    ({"received_on": "2099-01-01"}, "received_on"),
    ({"against": "Невідомо хто"}, "against"),
    ({"addresses": [{"text": ""}]}, "addresses.0.text"),
    ({"addresses": [{"text": "x", "home": 1}]}, "addresses.0.home"),
    ({"submission": "x"}, "submission"),
    ({"substance": "a\x00b"}, "substance"),
]


def test_what_is_wrong_is_named_and_nothing_is_saved(city: City, system: Systems) -> None:
    program = system(Role.OPERATOR)
    for changes, field in WRONG:
        answer = program.registers(**changes)
        assert answer.status_code == 422, (changes, answer.text)
        assert wrong(answer) == {field}, changes
    assert registered() == 0


def test_without_a_name_or_with_nonsense_nothing_is_registered(system: Systems) -> None:
    program = system(Role.OPERATOR)
    assert wrong(program.post("/appeals", json=card())) == {"header.idempotency-key"}
    bare = {"Idempotency-Key": str(uuid4())}
    for body in (b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"kind": 1e999}'):
        assert program.post("/appeals", content=body, headers=bare).status_code == 422, body
    assert program.post("/appeals", content=b"x" * 1_100_000, headers=bare).status_code == 413
    assert registered() == 0


def test_somebody_known_is_named_by_their_id(city: City, system: Systems) -> None:
    program = system(Role.OPERATOR)
    number = city.appeal().number
    [known] = program.get("/applicants?q=Коваль").json()["items"]
    made = program.registers(applicant={"id": known["id"]}).json()["number"]
    both = [program.get(f"/appeals/{each}").json()["applicant"]["id"] for each in (number, made)]
    assert both[0] == both[1] == known["id"]


def test_a_deed_is_done_by_the_table_and_once(city: City, system: Systems) -> None:
    program = system(Role.SUPERVISOR)
    url = f"/appeals/{city.appeal().number}"
    assert program.does(url, "assign", seen="").status_code == 428
    seen = program.get(url).headers["etag"]
    name = {"If-Match": seen, "Idempotency-Key": str(uuid4())}
    sent = {"deed": "assign", "executor": "water", "co": ["roads"]}
    given = [program.post(f"{url}/deeds", json=sent, headers=name) for _ in range(2)]
    assert [each.status_code for each in given] == [200, 200], given[0].text
    assert given[0].json() == {"number": url.rpartition("/")[2], "state": "assigned"}
    told = program.get(url).json()
    assert [each["executor"] for each in told["assignments"]] == ["water", "roads"]
    late = program.does(url, "cancel", seen=seen, reason="помилка")
    assert late.status_code == 412, "somebody has done something since"
    co = told["assignments"][1]["id"]
    fresh = given[1].headers["etag"]
    assert program.does(url, "withdraw", seen=fresh, assignment=co).status_code == 422, "without a reason"
    gone = program.does(url, "withdraw", seen=fresh, assignment=co, reason="не їхнє")
    assert gone.status_code == 200, gone.text
    assert program.does(url, "withdraw", seen=gone.headers["etag"], assignment=co, reason="ще").status_code == 409
    assert program.does(url, "close", result="satisfied", report="Є").status_code == 409
    assert program.does(url, "dance").status_code == 422


def test_the_work_of_a_body_from_its_inbox_to_the_end(
    city: City, system: Systems, waterworks: System, servers: Servers, settings: Settings
) -> None:
    """U-03, U-60 by programs alone: given, taken, shown by a photo, reported, closed."""
    servers.start("s3")
    connect_store(settings)
    centre = system(Role.SUPERVISOR)
    number = centre.registers().json()["number"]
    assert centre.does(f"/appeals/{number}", "assign", executor="water").status_code == 200
    [told] = waterworks.get("/assignments").json()["items"]
    url = f"/assignments/{told['work']['id']}"
    assert [each["deed"] for each in told["work"]["deeds"]] == ["take", "decline", "ask_later"]
    assert waterworks.does(url, "close").status_code == 409, "no deed of an executor"
    taken = waterworks.does(url, "take", seen=waterworks.get(url).headers["etag"])
    assert taken.json() == {"number": number, "state": "in_work"}
    name = {"Idempotency-Key": str(uuid4())}
    files = {"file": ("після.jpg", photo(), "image/jpeg")}
    shown = [
        waterworks.post(f"{url}/attachments/upload", data={"kind": "a2"}, files=files, headers=name) for _ in range(2)
    ]
    assert [each.status_code for each in shown] == [201, 201], shown[0].text
    assert shown[0].json() == shown[1].json()
    assert len(waterworks.get(url).json()["attachments"]) == 1
    href = shown[0].json()["href"].removeprefix("/api/v1")
    assert waterworks.get(href).headers["content-type"] == "image/jpeg"
    assert centre.get(href.replace(url, f"/appeals/{number}")).status_code == 200
    bad = {"file": ("рахунок.exe", b"MZ\x90\x00", "image/jpeg")}
    refused = waterworks.post(f"{url}/attachments/upload", data={"kind": "a2"}, files=bad, headers=name | {
        "Idempotency-Key": str(uuid4())
    })  # fmt: skip
    assert (refused.status_code, wrong(refused)) == (422, {"file"})
    reported = waterworks.does(url, "finish", seen=taken.headers["etag"], outcome="done", report="Полагоджено")
    assert reported.json()["state"] == "to_be_verified"
    assert waterworks.get("/assignments").json()["items"] == []
    closed = centre.does(f"/appeals/{number}", "close", result="satisfied", report="Воду подано")
    assert closed.json()["state"] == "closed"
    whole = centre.get(f"/appeals/{number}").json()
    assert (whole["result"], whole["answer"]) == ("satisfied", "Воду подано")
    assert waterworks.does(url, "take").status_code == 409


def test_a_later_term_is_asked_for_and_a_wrong_day_is_told(city: City, waterworks: System) -> None:
    [work] = city.given(city.appeal(), "water")
    url = f"/assignments/{work.id}"
    until = str(TODAY + timedelta(days=40))
    asked = waterworks.does(url, "ask_later", until=until, reason="немає труб")
    assert asked.status_code in {200, 422}, asked.text
    assert wrong(waterworks.does(url, "ask_later", until="2020-01-01", reason="немає труб")) == {"until"}
