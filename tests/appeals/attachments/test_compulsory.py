"""Kinds that the work on a problem must be shown by (U-109): data of the organisation, asked for by the workflow."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from appeals.attachments import service
from appeals.attachments.tables import Attachment, CompulsoryKind
from appeals.tables import Appeal
from db import EVERY_ORGANISATION, transaction
from tests.appeals.attachments.conftest import Matter
from tests.client import Client

TODAY = datetime.now(UTC).date()


@pytest.fixture
def lift(matter: Matter) -> Matter:
    """The appeal is about a lift (p1.19, below p1), for which a photo afterwards and an act are asked for."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Appeal).values(problem="p1.19"))
        for problem, kind in (("p1", "a2"), ("p1.19", "a3"), ("p1.18", "a4")):
            session.add(
                CompulsoryKind(
                    organisation_id=matter.by.organisation_id, problem=problem, kind=kind,
                    valid_from=TODAY - timedelta(days=2),
                )
            )  # fmt: skip
    return matter


def test_what_the_problem_and_those_above_it_ask_for_is_missing_until_it_is_attached(lift: Matter):
    assert lift.missing() == ["a2", "a3"]
    photo = lift.attached(kind="a2")
    lift.attached(kind="a1")
    assert lift.missing() == ["a3"]
    lift.browser("olena").post(f"{lift.at}/{photo.id}/take-back", data={"why": "не той під’їзд"})
    assert lift.missing() == ["a2", "a3"]


def test_each_assignment_is_shown_by_its_own_files(lift: Matter):
    lift.attached(kind="a2")
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Attachment).values(assignment_id=7))
    assert lift.missing(7) == ["a3"]
    assert lift.missing(8) == ["a2", "a3"]
    assert lift.missing() == ["a3"]


def test_an_appeal_about_something_else_needs_nothing(lift: Matter):
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Appeal).values(problem=""))
    assert lift.missing() == []


def test_a_rule_that_is_over_or_of_another_organisation_asks_for_nothing(lift: Matter):
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(CompulsoryKind).values(valid_until=TODAY - timedelta(days=2)))
    assert lift.missing() == []


def test_a_kind_out_of_use_is_no_longer_asked_for(lift: Matter):
    admin = lift.browser("admin.khm")
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    assert admin.post(f"/classifier/{lift.kinds['a3']}/retire", data={"last_day": yesterday}).status_code in {303, 422}
    with transaction(EVERY_ORGANISATION) as session:
        offered = {each.code for each in service.offered(session, lift.by.organisation_id)}
    assert lift.missing() == [code for code in ("a2", "a3") if code in offered]


def test_the_administrator_asks_for_a_kind_and_takes_it_back(matter: Matter, client: Callable[[str], Client]):
    admin = client("admin.khm")
    assert admin.post("/attachments/compulsory", data={"kind": "a3"}).status_code == 303
    assert matter.missing() == ["a3"]
    assert admin.post("/attachments/compulsory", data={"kind": "a3"}).status_code == 422
    assert admin.post("/attachments/compulsory", data={"kind": "nothing"}).status_code == 422
    assert admin.post("/attachments/compulsory", data={"kind": "a3", "problem": "nothing"}).status_code == 422
    with transaction(EVERY_ORGANISATION) as session:
        [rule] = session.scalars(select(CompulsoryKind))
    assert client("iryna").post(f"/attachments/compulsory/{rule.id}/end").status_code == 403
    assert admin.post(f"/attachments/compulsory/{rule.id}/end").status_code == 303
    assert matter.missing() == []
