"""Z-43: the full card of a call, as a program gets it and as the Excel file has it, field by field."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from acd.tables import WrapUp
from appeals import service as appeals
from appeals.model import Kind, Source
from appeals.tables import Appeal, Applicant
from calls.model import CallId
from db import EVERY_ORGANISATION, transaction
from recordings import jobs
from run.settings import Settings
from staff.keys.model import Scope
from staff.model import Role
from staff.tables import Audit
from tests.appeals.exchange.conftest import AT, Systems, system
from tests.appeals.workflow.conftest import City, city
from tests.centre import Centre
from tests.client import Client
from tests.pages.a_call import abandoned_call, answered_call, topic

__all__ = ["city", "system"]


@pytest.fixture
def topics(centre: Centre) -> None:
    """What callers of the city choose."""
    topic(centre.organisations["khm"].id)


@pytest.fixture
def call(city: City, settings: Settings) -> CallId:
    """A call that was answered, wrapped up, and led to a complaint."""
    jobs.connect(settings.redis_url.get_secret_value(), spool=settings.recordings_spool)
    made, olena, now = answered_call(city.olena), city.olena, datetime.now(UTC)
    matter = {
        "kind": Kind.COMPLAINT,
        "topic": "water",
        "substance": "Немає води",
        "address": "",
        "source": Source.PHONE,
    }
    with transaction(olena.organisation_id) as session:
        wrap_up = {"person_id": olena.id, "result": "appeal_registered", "topic": "water", "note": "=Немає води"}
        whose = {"organisation_id": olena.organisation_id, "call": made}
        session.add(WrapUp(**whose, **wrap_up, started_at=now, due_at=now, finished_at=now))
        appeals.register(
            session,
            Appeal(**matter, call_id=made),
            Applicant(surname="Коваль", given_name="Ольга", patronymic="", phone="+380671234567", address="", email=""),
            by=olena,
            submission=uuid4(),
        )
    return made


def test_a_program_gets_every_field_of_a_call(call: CallId, city: City, system: Systems) -> None:
    program = system(Role.SUPERVISOR)
    card = program.get(f"/calls/{call}").json()
    [leg], [visit], [recording], [said], [appeal] = (
        card[name] for name in ("legs", "visits", "recordings", "said", "appeals")
    )
    assert (card["caller"], card["direction"], card["source"]) == ("+380671234567", "in", "trunk")
    assert (card["topic"], card["menu_path"], card["queue"]) == ("water", ["hotline:1"], "khm-water")
    assert (card["fate"], card["state"]) == ("answered", "ended")
    moments = [
        datetime.fromisoformat(card[f"{name}_at"]) for name in ("arrived", "queued", "offered", "answered", "ended")
    ]
    assert moments == sorted(moments)
    assert (card["waited"], card["talked"], card["held"]) == (23, 14, 2)
    assert (leg["operator"], leg["outcome"], leg["talked"]) == (city.olena.name, "ended_by_caller", 14)
    assert (visit["queue"], visit["outcome"]) == ("khm-water", "answered")
    assert recording["segment"] == 1
    assert (said["operator"], said["result"], said["note"]) == (city.olena.name, "appeal_registered", "=Немає води")
    assert (appeal["kind"], appeal["topic"], appeal["state"]) == ("complaint", "water", "registered")
    with transaction(EVERY_ORGANISATION) as session:
        [look] = session.scalars(select(Audit).where(Audit.deed == "calls.opened"))
    assert look.details["shown"] == str(call)


def test_calls_of_a_period_page_by_page_and_numbers_only_to_who_may_see_them(
    call: CallId, city: City, system: Systems
) -> None:
    other = abandoned_call(city.olena.organisation_id)
    blind = system(Role.SUPERVISOR, scopes=[Scope.READ])
    first = blind.get("/calls?limit=1").json()
    second = blind.get(first["next"].removeprefix(AT)).json()
    assert [each["id"] for page in (first, second) for each in page["items"]] == [str(other), str(call)]
    assert second["next"] is None
    assert {each["caller"] for page in (first, second) for each in page["items"]} == {None}
    assert [each["note"] for each in second["items"][0]["said"]] == [None]
    assert blind.get("/calls?until=2020-01-01").json()["items"] == []
    assert blind.get("/calls?since=soon").status_code == 422
    assert system(Role.OPERATOR).get("/calls").status_code == 403
    agency = system(Role.SUPERVISOR, of="admin.dtm")
    assert agency.get(f"/calls/{call}").status_code == 404
    assert agency.get("/calls").json()["items"] == []


def test_the_excel_file_has_the_same(call: CallId, city: City, client: Callable[[str], Client]) -> None:
    abandoned_call(city.olena.organisation_id)
    iryna = client("iryna")
    iryna.post("/language", data={"language": "en"})
    assert "/reports/call-cards.xlsx" in iryna.get("/calls").text
    file = iryna.get("/reports/call-cards.xlsx?fate=answered")
    [head, row] = CalamineWorkbook.from_filelike(io.BytesIO(file.content)).get_sheet_by_index(0).to_python()
    told = dict(zip(head, row, strict=True))
    assert (told["Caller"], told["Keys pressed"]) == ("+380671234567", "hotline:1")
    assert (told["Waited, seconds"], told["Talked, seconds"]) == (23, 14)
    assert f"{city.olena.name}: =Немає води" in told["What the operators said"]
    assert "Complaint" in told["Appeals"]
    assert told["Arrived"] < told["Answered"] < told["Ended"]
    assert client("olena").get("/reports/call-cards.xlsx").status_code == 403
    assert "/reports/call-cards.xlsx" not in client("olena").get("/calls").text
