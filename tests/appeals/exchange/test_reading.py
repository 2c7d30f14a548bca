"""Reading: the same appeals as the journal, by the same filters and keys, as far as the classes of fields allow."""

from urllib.parse import urlsplit

from sqlalchemy import select

from appeals.numbering import service as numbering
from appeals.workflow import service as workflow
from appeals.workflow.model import Told
from db import EVERY_ORGANISATION, transaction
from staff.keys.model import Scope
from staff.model import Role
from staff.tables import Audit
from tests.appeals.exchange.conftest import AT, System, Systems
from tests.appeals.workflow.conftest import City


def pages(program: System, url: str) -> list[str]:
    """The numbers of all pages, each followed by its `next`."""
    found: list[str] = []
    while url:
        answer = program.get(url)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        found += [each["number"] for each in told["items"]]
        url = (told["next"] or "").removeprefix(AT)
    return found


def looks(deed: str) -> list[Audit]:
    """What the trail says of such looks."""
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(Audit).where(Audit.deed == deed).order_by(Audit.id)))


def test_the_list_is_the_journal_page_by_page(city: City, system: Systems) -> None:
    numbers = [city.appeal().number for _ in range(5)]
    program = system(Role.MANAGER)
    assert pages(program, "/appeals?limit=2") == numbers[::-1]
    assert pages(program, "/appeals?limit=2&sort=registered") == numbers
    assert pages(program, f"/appeals?number={numbers[2]}") == [numbers[2]]
    assert pages(program, "/appeals?state=closed") == []
    whole = program.get("/appeals").json()
    assert (whole["count"], whole["next"]) == (5, None)
    assert {each["state"] for each in whole["items"]} == {"registered"}


def test_an_index_is_told_and_found_by(city: City, system: Systems) -> None:
    plain = city.appeal()
    with transaction(city.olena.organisation_id) as session:
        by = city.centre.people["admin.khm"]
        numbering.arrange(session, on=True, pattern="{letter}-{number}/{year}", by_source=False, signs={}, by=by)
    indexed = city.appeal()
    program = system(Role.MANAGER)
    [found] = program.get("/appeals?index=К-1/").json()["items"]
    assert found["number"] == indexed.number
    assert found["index"].startswith("К-1/2")
    assert program.get(f"/appeals/{indexed.number}").json()["index"] == found["index"]
    assert program.get(f"/appeals/{plain.number}").json()["index"] == ""


NONSENSE = {"status=open", "since=2026-02-30", "sort=colour", "limit=0", "limit=1000", "q=" + "я" * 300}


def test_a_filter_that_means_nothing_is_refused_and_not_passed_over(system: Systems) -> None:
    program = system(Role.MANAGER)
    for query in NONSENSE:
        answer = program.get(f"/appeals?{query}")
        assert answer.status_code == 422, query
        assert [each["field"] for each in answer.json()["errors"]] == [query.partition("=")[0]]


def test_a_key_without_the_scope_sees_nobody_and_one_with_it_leaves_a_line(city: City, system: Systems) -> None:
    appeal = city.appeal()
    blind, seeing = system(Role.OPERATOR, scopes=[Scope.READ]), system(Role.OPERATOR)
    for url in ("/appeals", f"/appeals/{appeal.number}"):
        text = blind.get(url).text
        assert not [word for word in ("Коваль", "koval@", "380671112233", "Прибузька") if word in text], url
        assert "Немає води" in text
    assert blind.get("/appeals?name=Коваль").status_code == 422
    assert not looks("appeals.searched")
    told = seeing.get("/appeals?name=Коваль").json()["items"]
    assert [each["applicant"]["surname"] for each in told] == ["Коваль"]
    [line] = looks("appeals.searched")
    assert (line.person_id, line.details["shown"]) == (seeing.key.person_id, appeal.number)
    whole = seeing.get(f"/appeals/{appeal.number}").json()
    assert whole["applicant"]["phone"] == "+380671112233"
    assert whole["addresses"] == [{"text": "вул. Прибузька, 12", "house": None, "district": None}]
    assert looks("appeal.opened")[-1].details == {"reason": "exchange"}


def test_an_appeal_is_told_with_its_work_and_what_may_be_done_now(city: City, system: Systems) -> None:
    appeal = city.appeal()
    work, _other = city.given(appeal, "water", "roads")
    with transaction(city.olena.organisation_id) as session:
        workflow.take(session, work.id, Told(), by=city.vasyl)
    answer = system(Role.SUPERVISOR).get(f"/appeals/{appeal.number}")
    told = answer.json()
    assert told["state"] == "in_work"
    assert [(each["executor"], each["role"], each["state"]) for each in told["assignments"]] == [
        ("water", "main", "in_work"), ("roads", "co", "assigned"),
    ]  # fmt: skip
    assert [each["deed"] for each in told["history"]] == ["assign", "assign", "take"]
    assert {each["deed"]: each["needs"] for each in told["deeds"]}["cancel"] == ["reason"]
    assert {each["deed"] for each in told["assignments"][1]["deeds"]} == {"answer_for", "reassign", "withdraw"}
    assert answer.headers["etag"] == f'"{told["history"][-1]["id"]}"'
    assert told["term"]["standing"] == "on_time"
    reading = system(Role.SUPERVISOR, scopes=[Scope.READ]).get(f"/appeals/{appeal.number}").json()
    assert reading["deeds"] == reading["assignments"][0]["deeds"] == [], "a key that only reads may do nothing"


def test_an_executors_system_sees_its_own_work_and_no_others(city: City, waterworks: System) -> None:
    appeal = city.appeal()
    own, others = city.given(appeal, "water", "roads")
    told = waterworks.get("/assignments").json()["items"]
    assert [each["work"]["id"] for each in told] == [own.id]
    assert told[0]["appeal"]["substance"] == "Немає води"
    assert told[0]["appeal"]["applicant"]["phone"] == "+380671112233"
    assert looks("assignments.listed")[-1].details == {"shown": str(own.id)}
    assert waterworks.get(f"/assignments/{others.id}").status_code == 404
    assert waterworks.get("/appeals").status_code == 403
    assert waterworks.get(f"/assignments/{own.id}").headers["etag"]


def test_directories_are_told(city: City, system: Systems) -> None:
    program = system(Role.OPERATOR)
    codes = [each["code"] for each in program.get("/executors").json()["items"]]
    assert sorted(codes) == ["heat", "lift", "roads", "water"]
    kinds = program.get("/classifier?section=kind").json()["items"]
    assert {each["section"] for each in kinds} == {"kind"}
    assert len(program.get("/classifier").json()["items"]) > len(kinds)
    assert program.get("/classifier?section=kind&on=1999-01-01").json()["items"] == []
    assert all(each["basis"] for each in program.get("/terms").json()["items"])
    assert program.get("/addresses?q=Прибузька").json() == {"items": []}
    city.appeal()
    [known] = program.get("/applicants?q=Коваль").json()["items"]
    assert program.get(f"/applicants/{known['id']}").json()["name"] == "Коваль Ольга"


def test_the_description_tells_every_call_and_how_it_is_answered(city: City, system: Systems) -> None:
    program = system(Role.SUPERVISOR)
    described = program.get("/openapi.json").json()
    assert urlsplit(described["servers"][0]["url"]).path == AT
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (method, path)
            assert operation["security"], (method, path)
            assert set(operation["responses"]) >= {"401", "403", "429"}, (method, path)
            refused = operation["responses"]["422"]["content"]
            assert set(refused) == {"application/problem+json"}, (method, path)
    names = {each["name"] for each in described["paths"]["/appeals"]["get"]["parameters"]}
    assert {"q", "state", "since", "until", "sort", "after", "limit"} <= names
    assert all(program.get(f"/appeals?{name}=").status_code == 200 for name in names)
