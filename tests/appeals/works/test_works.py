"""The register of works: life with history, houses drawn and edited, who is told, appeals answered together."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

import appeals.model
import appeals.queries
from appeals.addresses import queries as addresses
from appeals.addresses import service as of_addresses
from appeals.classifier import service as classifier
from appeals.executors import service as executors
from appeals.executors.service import Said
from appeals.particulars import queries as particulars
from appeals.tables import Appeal
from appeals.workflow import queries as of_work
from appeals.workflow import service as workflow
from appeals.workflow.model import Order, Told
from appeals.works import answering, houses, queries, service
from appeals.works.model import Change, Kind, Parity, State, Why
from db import Conflict, NotFound, transaction
from staff.tables import Person
from tests.appeals.addresses.towns import house_at, street_called
from tests.appeals.works.repairs import BOILER, HOUR, HOUSES, LOOKED_AFTER, entered, house, registered, work
from tests.centre import Centre

REASON = "кран не закрився"


@pytest.fixture
def olena(centre: Centre) -> Person:
    """An operator of the city."""
    return centre.people["olena"]


def named(by: Person, work_id: int) -> set[tuple[str, str]]:
    """The houses that a work reaches."""
    with transaction(by.organisation_id) as session:
        rows = queries.houses_of(session, work_id)
        return {(each.street.name, each.written_number.written("uk")) for each, why in rows if why != Why.EXCLUDED}


def told(by: Person, street: str, number: str) -> list[int]:
    """The works of which a caller from there is told."""
    with transaction(by.organisation_id) as session:
        return [
            each.id for each in queries.at_houses(session, [house_at(session, street, number).id], datetime.now(UTC))
        ]


def appeal(by: Person, number: str) -> Appeal:
    """The appeal as it is now."""
    with transaction(by.organisation_id) as session:
        return appeals.queries.get(session, number)


def finished(by: Person, made: int) -> None:
    """The work is over."""
    with transaction(by.organisation_id) as session:
        version = queries.get(session, made).version
        service.finish(session, made, datetime.now(UTC), "", version=version, by=by)


def test_a_work_lives_from_planned_to_finished_with_its_history(olena: Person) -> None:
    """U-114."""
    made = entered(olena, kind=Kind.PLANNED, since=HOUR, lasts=2 * HOUR)
    own, now = olena.organisation_id, datetime.now(UTC)
    with transaction(own) as session:
        service.begin(session, made, now - HOUR, version=1, by=olena)
    with transaction(own) as session:
        service.extend(session, made, now + 5 * HOUR, REASON, version=2, by=olena)
    with transaction(own) as session:
        service.extend(session, made, now + 6 * HOUR, REASON, version=3, by=olena)
        service.finish(session, made, now, "замінено", version=4, by=olena)
    is_now = work(olena, made)
    assert (is_now.state, is_now.actual_from, is_now.actual_until) == (State.FINISHED, now - HOUR, now)
    with transaction(own) as session:
        history = [(each.change, each.state, each.reason) for each in queries.changes(session, made)]
    assert history == [
        (Change.ENTERED, State.PLANNED, ""),
        (Change.BEGIN, State.IN_PROGRESS, ""),
        (Change.EXTEND, State.EXTENDED, REASON),
        (Change.EXTEND, State.EXTENDED, REASON),
        (Change.FINISH, State.FINISHED, "замінено"),
    ]
    with pytest.raises(Conflict), transaction(own) as session:
        service.cancel(session, made, REASON, version=5, by=olena)


def test_the_history_stays_as_it_was_written(olena: Person) -> None:
    made = entered(olena)
    for statement in ("UPDATE work_change SET reason = 'x'", "DELETE FROM work_change"):
        with pytest.raises(Exception, match="permission denied"), transaction(olena.organisation_id) as session:
            session.execute(text(statement))
    assert work(olena, made).state == State.IN_PROGRESS


def test_a_refused_deed_changes_nothing(olena: Person) -> None:
    made, now = entered(olena), datetime.now(UTC)
    with transaction(olena.organisation_id) as session:
        for wrong in (
            lambda: service.finish(session, made, now + HOUR, "", version=1, by=olena),
            lambda: service.finish(session, made, now - 9 * HOUR, "", version=1, by=olena),
            lambda: service.extend(session, made, now + HOUR, " ", version=1, by=olena),
            lambda: service.cancel(session, made, "", version=1, by=olena),
        ):
            with pytest.raises(service.NotTaken):
                wrong()
    assert (work(olena, made).state, work(olena, made).version) == (State.IN_PROGRESS, 1)


def test_the_object_or_the_enterprise_yields_its_houses(olena: Person) -> None:
    """U-115, U-95."""
    assert named(olena, entered(olena)) == set(HOUSES)
    assert named(olena, entered(olena, source="01")) == set(LOOKED_AFTER)


def test_an_excluded_house_is_not_affected_and_stays_out_when_the_set_is_drawn_anew(olena: Person) -> None:
    """U-115, U-130: whom a notice would concern is the set without it."""
    made, out = entered(olena), house(olena, *HOUSES[0])
    own = olena.organisation_id
    with transaction(own) as session:
        houses.exclude(session, made, out, by=olena)
        houses.exclude(session, made, out, by=olena)
    assert told(olena, *HOUSES[0]) == []
    assert told(olena, *HOUSES[1]) == [made]
    with transaction(own) as session:
        boiler = addresses.find_facility(session, BOILER)
        assert boiler is not None
        of_addresses.serve(session, boiler, house_at(session, "Миру", "65"), by=olena)
        houses.draw(session, queries.get(session, made))
        assert sorted(queries.affected(session, made)) == sorted(
            house_at(session, *each).id for each in (*HOUSES[1:], ("Миру", "65"))
        )
    with transaction(own) as session:
        houses.include(session, made, out, by=olena)
        changes = [each.details for each in queries.changes(session, made) if each.change == Change.HOUSES]
    assert told(olena, *HOUSES[0]) == [made]
    assert changes == [{"excluded": 1}, {"included": 1}], "what changes nothing is not written down"


def test_houses_are_added_one_by_one_and_by_a_range_of_a_street(olena: Person) -> None:
    made = entered(olena)
    with transaction(olena.organisation_id) as session:
        street = street_called(session, "Кам’янецька").id
        houses.add(session, made, houses.of_range(session, street, 2, 20, Parity.ALL), by=olena)
        sides = {side: houses.of_range(session, street, 1, 20, side) for side in (Parity.EVEN, Parity.ODD)}
        numbers = {side: [each.number for each in found] for side, found in sides.items()}
    assert numbers == {Parity.EVEN: [12], Parity.ODD: [1]}
    assert named(olena, made) == {*HOUSES, ("Кам’янецька", "12")}


def test_who_is_told(olena: Person) -> None:
    """U-100: an active work whose houses hold the address appears, a finished one does not; nor what is far off."""
    own = olena.organisation_id
    emergency = entered(olena)
    soon = entered(olena, kind=Kind.PLANNED, since=24 * HOUR, lasts=HOUR)
    entered(olena, kind=Kind.PLANNED, since=24 * 9 * HOUR, lasts=HOUR)
    assert told(olena, *HOUSES[0]) == [emergency, soon]
    assert told(olena, "Соборна", "5") == []
    finished(olena, emergency)
    with transaction(own) as session:
        service.cancel(session, soon, REASON, version=1, by=olena)
    assert told(olena, *HOUSES[0]) == []
    with transaction(own) as session:
        assert len(queries.of_house(session, house_at(session, *HOUSES[0]).id)) == 3, "its page has all of them (U-128)"


def test_overlapping_works_are_seen(olena: Person) -> None:
    one = entered(olena)
    other = entered(olena, kind=Kind.PLANNED, since=HOUR, lasts=HOUR)
    entered(olena, what="gas")
    entered(olena, source="01")
    with transaction(olena.organisation_id) as session:
        found = [(each.work.id, each.houses) for each in queries.overlapping(session, queries.get(session, one))]
        back = [each.work.id for each in queries.overlapping(session, queries.get(session, other))]
    assert found == [(other, 3)]
    assert back == [one], "an end that nobody knows lasts"


def test_two_people_edit_one_work_and_nobodys_change_is_lost(olena: Person, centre: Centre) -> None:
    made, own = entered(olena), olena.organisation_id
    andrii = centre.people["andrii"]
    before = work(olena, made)
    content = service.Content(
        kind=Kind.EMERGENCY, service_id=before.service_id, reason="Інша причина", contact="", facility_id=None,
        enterprise_id=None, planned_from=before.planned_from, planned_until=None, said=before.said,
    )  # fmt: skip
    with transaction(own) as session:
        service.edit(session, made, content, version=1, by=olena)
    for faster in (
        lambda session: service.edit(session, made, content, version=1, by=andrii),
        lambda session: service.finish(session, made, datetime.now(UTC), "", version=1, by=andrii),
    ):
        with pytest.raises(service.ChangedMeanwhile), transaction(own) as session:
            faster(session)
    is_now = work(olena, made)
    assert (is_now.reason, is_now.changed_by, is_now.version) == ("Інша причина", olena.id, 2)
    assert named(olena, made) == set(), "the object was taken out, and its houses with it"


def test_an_appeal_waits_for_its_work_and_is_answered_with_it(olena: Person) -> None:
    """U-116: linked instead of assigned, answered in one action when the work is over."""
    made, own = entered(olena), olena.organisation_id
    waiting = [registered(olena, *each, waits_for=made) for each in HOUSES]
    other = registered(olena, "Соборна", "5")
    with transaction(own) as session:
        assert queries.counts_of_appeals(session, [made]) == {made: 3}
    assert {appeal(olena, each.number).state for each in waiting} == {appeals.model.State.IN_WORK}
    with pytest.raises(Conflict), transaction(own) as session:
        answering.answer(session, made, {each.id for each in waiting}, "Опалення повернуто", by=olena)
    finished(olena, made)
    chosen = {each.id for each in (*waiting[:2], other)}
    with transaction(own) as session:
        outcome = answering.answer(session, made, chosen, "Опалення повернуто", by=olena)
    assert sorted(outcome.done) == sorted(each.number for each in waiting[:2])
    closed = appeal(olena, waiting[0].number)
    assert (closed.state, closed.result, closed.answer) == ("closed", "satisfied", "Опалення повернуто")
    assert closed.closed_at is not None
    assert appeal(olena, waiting[2].number).state == "in_work"
    assert appeal(olena, other.number).state == "registered", "who does not wait is not answered"
    with transaction(own) as session:
        again = answering.answer(session, made, {each.id for each in waiting}, "Інша відповідь", by=olena)
    assert (again.done, sorted(again.closed_before)) == (
        [waiting[2].number], sorted(each.number for each in waiting[:2])
    )  # fmt: skip
    assert appeal(olena, waiting[0].number).answer == "Опалення повернуто"


def test_it_is_closed_as_the_workflow_closes(olena: Person, centre: Centre) -> None:
    """Its code of the result, its line in the history; an executor who still has it has it no longer (U-116, U-102)."""
    made, own = entered(olena), olena.organisation_id
    waits = registered(olena, *HOUSES[0], waits_for=made)
    with transaction(own) as session:
        classifier.load_national(session, centre.organisations["khm"], today=datetime.now(UTC).date())
        by = centre.people["admin.khm"]
        water = executors.add(session, own, "ВК", Said(name="Водоканал"), by=by)
        workflow.assign(session, waits.number, [Order(executor=water.id)], Told(), by=olena)
    finished(olena, made)
    with transaction(own) as session:
        assert answering.answer(session, made, {waits.id}, "Опалення повернуто", by=olena).done == [waits.number]
    with transaction(own) as session:
        [given] = of_work.assignments(session, waits.id)
        assert given.state == "withdrawn"
        told = [(each.deed, each.became, each.result) for each in of_work.history(session, waits.id)]
        assert told == [("assign", "assigned", ""), ("withdraw", "withdrawn", ""), ("close", "closed", "satisfied")]
        codes = [entry.code for code, entry in particulars.codes(session, waits.id) if entry.section == "result"]
        assert codes == ["9.1"]


def test_one_that_cannot_be_answered_keeps_nobody_else_from_it(olena: Person) -> None:
    made, own = entered(olena), olena.organisation_id
    waiting = [registered(olena, *each, waits_for=made) for each in HOUSES]
    finished(olena, made)
    held, go_on = threading.Event(), threading.Event()

    def holds() -> None:
        with transaction(own) as session:
            queries.appeal_locked(session, waiting[1].id)
            held.set()
            go_on.wait(20)

    holder = threading.Thread(target=holds)
    holder.start()
    assert held.wait(20)
    chosen = {each.id for each in waiting}
    try:
        with transaction(own) as session:
            session.execute(text("SET LOCAL lock_timeout = '200ms'"))
            outcome = answering.answer(session, made, chosen, "Є", by=olena)
    finally:
        go_on.set()
        holder.join(20)
    assert (len(outcome.done), outcome.failed) == (2, [waiting[1].number])
    assert appeal(olena, waiting[1].number).state == "in_work"
    with transaction(own) as session:
        assert answering.answer(session, made, chosen, "Є", by=olena).done == [waiting[1].number]


def test_a_link_is_taken_back_and_never_made_to_what_is_over(olena: Person) -> None:
    made, own = entered(olena), olena.organisation_id
    waits = registered(olena, *HOUSES[0], waits_for=made)
    with transaction(own) as session:
        answering.unlink(session, waits, by=olena)
        answering.unlink(session, waits, by=olena)
    assert appeal(olena, waits.number).state == "registered"
    finished(olena, made)
    with pytest.raises(answering.Over), transaction(own) as session:
        answering.link(session, waits, made, by=olena)
    with pytest.raises(NotFound), transaction(own) as session:
        answering.link(session, waits, made + 1000, by=olena)
    late = registered(olena, *HOUSES[0], waits_for=made)
    assert appeal(olena, late.number).state == "registered", "a card whose work ended meanwhile registers all the same"


def test_an_appeal_of_a_work_called_off_is_explained(olena: Person) -> None:
    made, own = entered(olena), olena.organisation_id
    waits = registered(olena, *HOUSES[0], waits_for=made)
    with transaction(own) as session:
        service.cancel(session, made, "помилкове повідомлення", version=1, by=olena)
        answering.answer(session, made, {waits.id}, "Аварії не було", by=olena)
    assert appeal(olena, waits.number).result == "explained"


def test_the_works_of_one_organisation_are_not_there_for_another(olena: Person, centre: Centre) -> None:
    made = entered(olena)
    with transaction(centre.organisations["dtm"].id) as session:
        with pytest.raises(NotFound):
            queries.get(session, made)
        assert queries.count(session, queries.Filters()) == 0


def test_the_register_is_narrowed(olena: Person) -> None:
    now_on = entered(olena)
    planned = entered(olena, kind=Kind.PLANNED, since=24 * HOUR, lasts=HOUR, what="gas")
    over = entered(olena)
    finished(olena, over)
    now = datetime.now(UTC)

    def found(**narrowed: object) -> set[int]:
        with transaction(olena.organisation_id) as session:
            rows = queries.page(session, queries.Filters(**narrowed))  # type: ignore[arg-type]
            assert queries.count(session, queries.Filters(**narrowed)) == len(rows)  # type: ignore[arg-type]
            return {each.id for each in rows}

    assert found() == {now_on, planned, over}
    assert found(state=State.FINISHED) == {over}
    assert found(kind=Kind.PLANNED) == {planned}
    assert found(service=work(olena, planned).service_id) == {planned}
    assert found(since=now + timedelta(hours=1)) == {now_on, planned}, "an end that nobody knows lasts"
    assert found(until=now) == {now_on, over}
