"""Deeds: what they change, what they refuse, that nothing is done twice and nobody's deed overwritten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from appeals.model import OPEN, State
from appeals.routing import service as routing
from appeals.tables import Appeal
from appeals.terms import queries as term_queries
from appeals.terms import service as terms
from appeals.terms.model import Refusal as NotMovedBecause
from appeals.workflow import ending, queries, service
from appeals.workflow.model import (
    APPEALS,
    ASSIGNMENTS,
    Deed,
    Order,
    Outcome,
    Part,
    Refusal,
    Told,
    Work,
)
from appeals.workflow.service import Changed, NotDone
from appeals.workflow.tables import AppealDeed, Assignment
from db import EVERY_ORGANISATION, NotFound, transaction
from staff.model import PERMISSIONS, Role
from staff.tables import Audit, Person
from tests.appeals.workflow.conftest import City
from web.problems import NotAllowed

Now = Callable[[int], Assignment]
DAY = timedelta(days=1)
DONE = Told(report="Полагоджено", outcome=Outcome.DONE)

PIECES = {
    Deed.TAKE: service.take,
    Deed.FINISH: service.finish,
    Deed.DECLINE: service.decline,
    Deed.ASK_LATER: service.ask_later,
    Deed.ANSWER_FOR: service.answer_for,
    Deed.RETURN: service.send_back,
    Deed.ACCEPT: service.accept,
    Deed.WITHDRAW: service.withdraw,
}
ENDS = {
    Deed.CLOSE: ending.close,
    Deed.EXPLAIN: ending.explain,
    Deed.FORWARD: ending.forward,
    Deed.RETURN_TO_AUTHOR: ending.return_to_author,
    Deed.NOT_SUBJECT: ending.leave_unconsidered,
    Deed.CANCEL: ending.cancel,
    Deed.REOPEN: ending.reopen,
}


def do(deed: Deed, which: int, told: Told, by: Person) -> Assignment:
    """One deed in a transaction of its own."""
    with transaction(by.organisation_id) as session:
        return PIECES[deed](session, which, told, by=by)


def end(deed: Deed, number: str, told: Told, by: Person) -> Appeal:
    """One deed on the appeal in a transaction of its own."""
    with transaction(by.organisation_id) as session:
        return ENDS[deed](session, number, told, by=by)


def stored(appeal: Appeal) -> Appeal:
    """The appeal as it is now."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.get_one(Appeal, appeal.id)


def history(appeal: Appeal) -> list[AppealDeed]:
    """What was done with it."""
    with transaction(EVERY_ORGANISATION) as session:
        return list(queries.history(session, appeal.id))


def later(days: int) -> datetime:
    """So many days from now."""
    return datetime.now(UTC) + days * DAY


def test_the_whole_way_of_an_appeal(city: City, now: Now) -> None:
    """U-60, U-110: assigned, taken, done, returned, done again, accepted and closed; each step in the history."""
    appeal = city.appeal()
    assert appeal.state == State.REGISTERED
    [work] = city.given(appeal, "water")
    assert stored(appeal).state == State.ASSIGNED
    do(Deed.TAKE, work.id, Told(), city.vasyl)
    assert stored(appeal).state == State.IN_WORK
    do(Deed.FINISH, work.id, DONE, city.vasyl)
    assert stored(appeal).state == State.TO_BE_VERIFIED
    until = later(2)
    do(Deed.RETURN, work.id, Told(reason="Тиск слабкий", until=until), city.olena)
    returned = now(work.id)
    assert (returned.state, returned.reworks, returned.due_at) == (Work.RETURNED, 1, until)
    assert stored(appeal).state == State.RETURNED
    do(Deed.TAKE, work.id, Told(), city.vasyl)
    do(Deed.FINISH, work.id, Told(report="Замінено кран", outcome=Outcome.DONE), city.vasyl)
    end(Deed.CLOSE, appeal.number, Told(result="satisfied", report="Тиск відновлено"), city.olena)
    closed = stored(appeal)
    assert (closed.state, closed.result, closed.answer) == (State.CLOSED, "satisfied", "Тиск відновлено")
    assert closed.closed_at is not None
    assert now(work.id).state == Work.ACCEPTED
    told = [(each.deed, each.was, each.became) for each in history(appeal)]
    assert told == [
        ("assign", "", "assigned"),
        ("take", "assigned", "in_work"),
        ("finish", "in_work", "done"),
        ("return", "done", "returned"),
        ("take", "returned", "in_work"),
        ("finish", "in_work", "done"),
        ("accept", "done", "accepted"),
        ("close", "to_be_verified", "closed"),
    ]
    with transaction(EVERY_ORGANISATION) as session:
        codes = session.scalars(text("SELECT code FROM appeal_code JOIN classifier_entry ON id = entry_id "
                                     "WHERE appeal_code.section = 'result'")).all()  # fmt: skip
        deeds = session.scalars(select(Audit.deed).where(Audit.subject == f"appeal:{appeal.number}")).all()
    assert codes == ["9.1"]
    assert {"work.assign", "work.take", "work.return", "work.close"} <= set(deeds)


def test_twenty_five_executors_at_once(city: City, now: Now) -> None:
    """U-104: it stays open until the last required answer, and each sees their own part."""
    from_now_on = [f"x{place}" for place in range(23)]
    with transaction(EVERY_ORGANISATION) as session:
        for code in from_now_on:
            session.execute(
                text("INSERT INTO executor (organisation_id, code, name) VALUES (:o, :c, :c)"),
                {"o": city.olena.organisation_id, "c": code},
            )
            city.executors[code] = session.scalar(text("SELECT id FROM executor WHERE code = :c"), {"c": code}) or 0
    appeal = city.appeal()
    made = city.given(appeal, "water", "roads", *from_now_on)
    assert len(made) == 25
    assert [each.role for each in made] == ["main"] + ["co"] * 24
    for each in made[2:]:
        do(Deed.ANSWER_FOR, each.id, DONE, city.olena)
        assert stored(appeal).state == State.IN_WORK
    with pytest.raises(NotDone) as refused:
        end(Deed.CLOSE, appeal.number, Told(result="satisfied", report="x"), city.olena)
    assert refused.value.why is Refusal.NOT_NOW
    for which, who in ((made[0], city.vasyl), (made[1], city.petro)):
        do(Deed.TAKE, which.id, Told(), who)
        do(Deed.FINISH, which.id, DONE, who)
    assert stored(appeal).state == State.TO_BE_VERIFIED
    with transaction(city.vasyl.organisation_id) as session, pytest.raises(NotFound):
        queries.own(session, made[1].id, city.vasyl.id, datetime.now(UTC).date())


def test_not_in_competence_and_another_executor(city: City, now: Now) -> None:
    """U-105: who, from, to, why are in the history; the control term is unchanged."""
    appeal = city.appeal()
    [work] = city.given(appeal, "water")
    do(Deed.DECLINE, work.id, Told(reason="Мережі на балансі ОСББ"), city.vasyl)
    assert stored(appeal).state == State.NOT_IN_COMPETENCE
    with transaction(city.olena.organisation_id) as session:
        order = Order(executor=city.executors["roads"])
        new = service.reassign(session, work.id, order, Told(reason="Це дорога"), by=city.olena)
    assert (now(new.id).role, now(new.id).state, new.replaces_id) == (Part.MAIN, Work.ASSIGNED, work.id)
    assert now(work.id).state == Work.WITHDRAWN
    assert (stored(appeal).state, stored(appeal).due_at) == (State.ASSIGNED, appeal.due_at)
    passed_on = next(each for each in history(appeal) if each.deed == Deed.REASSIGN)
    assert (passed_on.person_id, passed_on.executor_id, passed_on.to_executor_id, passed_on.reason) == (
        city.olena.id, city.executors["water"], city.executors["roads"], "Це дорога",
    )  # fmt: skip
    with transaction(city.vasyl.organisation_id) as session, pytest.raises(NotFound):
        queries.own(session, work.id, city.vasyl.id, datetime.now(UTC).date())


def test_the_result_of_an_executor_without_access(city: City, now: Now) -> None:
    """U-108: the real executor and who entered it are both kept."""
    appeal = city.appeal()
    [work] = city.given(appeal, "heat")
    do(Deed.ANSWER_FOR, work.id, Told(report="Лист № 12: виконано", outcome=Outcome.DONE), city.olena)
    found = now(work.id)
    assert (found.executor_id, found.reported_by, found.on_behalf) == (city.executors["heat"], city.olena.id, True)
    assert stored(appeal).state == State.TO_BE_VERIFIED


def test_what_cannot_be_done_now_has_its_day(city: City, now: Now) -> None:
    appeal = city.appeal()
    [work] = city.given(appeal, "water")
    do(Deed.TAKE, work.id, Told(), city.vasyl)
    with pytest.raises(NotDone) as refused:
        do(Deed.FINISH, work.id, Told(report="Навесні", outcome=Outcome.LATER), city.vasyl)
    assert refused.value.why is Refusal.NO_UNTIL
    day = later(120).date()
    do(Deed.FINISH, work.id, Told(report="Навесні", outcome=Outcome.LATER, later_on=day), city.vasyl)
    assert now(work.id).later_on == day


def test_a_compulsory_attachment_must_be_there(city: City, now: Now) -> None:
    """U-109."""
    [work] = city.given(city.appeal(), "water")
    do(Deed.TAKE, work.id, Told(), city.vasyl)
    with transaction(city.vasyl.organisation_id) as session, pytest.raises(NotDone) as refused:
        service.finish(session, work.id, DONE, by=city.vasyl, lacking=["after"])
    assert refused.value.why is Refusal.NO_ATTACHMENTS
    assert now(work.id).state == Work.IN_WORK


def test_an_executor_asks_for_a_later_term(city: City, now: Now) -> None:
    """U-107: no reason, beyond the legal maximum: refused; asked twice: refused; granted it moves the term."""
    appeal = city.appeal()
    [work] = city.given(appeal, "water")
    assert appeal.due_at is not None
    until = appeal.due_at + 3 * DAY
    with pytest.raises(NotDone) as refused:
        do(Deed.ASK_LATER, work.id, Told(until=until), city.vasyl)
    assert refused.value.why is Refusal.NO_REASON
    with pytest.raises(terms.NotMoved) as beyond:
        do(Deed.ASK_LATER, work.id, Told(until=later(60), reason="Чекаємо труби"), city.vasyl)
    assert beyond.value.why is NotMovedBecause.BEYOND
    do(Deed.ASK_LATER, work.id, Told(until=until, reason="Чекаємо труби"), city.vasyl)
    with transaction(city.iryna.organisation_id) as session:
        assert [each.number for each in queries.waiting(session, "later")] == [appeal.number]
        asked = term_queries.open_request(session, appeal.id)
        assert asked is not None
        terms.decide_extension(session, asked.id, granted=True, decision="", by=city.iryna)
    assert stored(appeal).due_at == until
    assert (now(work.id).state, stored(appeal).state) == (Work.ASSIGNED, State.ASSIGNED)


@pytest.mark.parametrize("deed", PIECES)
def test_what_the_table_does_not_have_is_refused(city: City, now: Now, deed: Deed) -> None:
    """U-102: each deed on an assignment in each state; refused with a message, and nothing changed."""
    for state in Work:
        _is_done_or_refused(city, now, deed, state)


def _is_done_or_refused(city: City, now: Now, deed: Deed, state: Work) -> None:
    row = next(each for each in ASSIGNMENTS if each.deed is deed)
    [work] = city.given(city.appeal(), "water")
    with transaction(EVERY_ORGANISATION) as session:
        reported = {"outcome": "done", "report": "x", "reported_by": city.vasyl.id}
        session.execute(update(Assignment).where(Assignment.id == work.id).values(state=state, **reported))
    by = city.vasyl if row.permission == "assignments.work" else city.iryna
    told = Told(reason="x", report="x", outcome=Outcome.DONE, until=later(40))
    if state in row.sources:
        do(deed, work.id, told, by)
        assert now(work.id).state == (row.to or state), state
        return
    with pytest.raises((NotDone, NotFound)) as refused:
        do(deed, work.id, told, by)
    if isinstance(refused.value, NotDone):
        assert refused.value.why is Refusal.NOT_NOW, state
    else:
        assert state is Work.WITHDRAWN
    assert now(work.id).state == state


@pytest.mark.parametrize("deed", ENDS)
def test_what_the_table_does_not_have_is_refused_of_appeals(city: City, deed: Deed) -> None:
    """U-102: each deed on an appeal in each state."""
    for state in State:
        _ends_or_is_refused(city, deed, state)


def _ends_or_is_refused(city: City, deed: Deed, state: State) -> None:
    row = next(each for each in APPEALS if each.deed is deed)
    appeal = city.appeal()
    ended = {} if state in OPEN else {"closed_at": datetime.now(UTC)}
    result = {"closed": "satisfied", "returned_to_author": "returned_to_author", "forwarded": "forwarded",
              "not_subject": "not_subject"}.get(state)  # fmt: skip
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Appeal).where(Appeal.id == appeal.id).values(state=state, result=result, **ended))
    told = Told(reason="x", report="x", body="Облрада", result="refused")
    if state in row.sources:
        found = end(deed, appeal.number, told, city.iryna)
        assert found.state == (row.to or State.REOPENED), state
        return
    with pytest.raises(NotDone) as refused:
        end(deed, appeal.number, told, city.iryna)
    assert refused.value.why is Refusal.NOT_NOW, state
    assert stored(appeal).state == state


@pytest.mark.parametrize("deed", [*PIECES, *ENDS])
def test_who_may_not_is_not_let(city: City, deed: Deed) -> None:
    row = next(each for each in (*ASSIGNMENTS, *APPEALS) if each.deed is deed)
    [work] = city.given(city.appeal(), "water")
    with transaction(EVERY_ORGANISATION) as session:
        number = queries.number_of(session, work.id)
    logins = {"olena": Role.OPERATOR, "iryna": Role.SUPERVISOR, "mykola": Role.MANAGER, "vasyl": Role.EXECUTOR}
    logins |= {"admin.khm": Role.ADMINISTRATOR, "nadiia": Role.CHANCELLERY, "yurii": Role.EDITOR}
    for login in (each for each, role in logins.items() if role not in PERMISSIONS[row.permission]):
        tried = partial(do, deed, work.id) if deed in PIECES else partial(end, deed, number)
        with pytest.raises(NotAllowed):
            tried(Told(), city.centre.people[login])


def test_another_executors_assignment_is_not_there(city: City) -> None:
    """U-40: nor is that of another organisation, nor one's own once it was taken away."""
    [work] = city.given(city.appeal(), "water")
    for who in (city.petro, city.centre.people["jasur"]):
        for deed in (Deed.TAKE, Deed.FINISH, Deed.DECLINE, Deed.ASK_LATER):
            with pytest.raises(NotFound):
                do(deed, work.id, Told(reason="x", report="x", outcome=Outcome.DONE, until=later(9)), who)


def test_executors_that_cannot_have_it(city: City) -> None:
    appeal = city.appeal()
    city.given(appeal, "water")
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(text("UPDATE executor SET active = false WHERE code = 'lift'"))
    co = Part.CO
    for order, why in (
        (Order(executor=city.executors["water"], part=co), Refusal.HAS_IT),
        (Order(executor=city.executors["roads"]), Refusal.TWO_MAIN),
        (Order(executor=city.executors["lift"], part=co), Refusal.CLOSED_EXECUTOR),
        (Order(executor=city.executors["roads"], part=co, until=later(-1)), Refusal.PAST),
    ):
        with transaction(city.olena.organisation_id) as session, pytest.raises(NotDone) as refused:
            service.assign(session, appeal.number, [order], Told(), by=city.olena)
        assert refused.value.why is why
    with transaction(city.olena.organisation_id) as session, pytest.raises(NotFound):
        service.assign(
            session, appeal.number, [Order(executor=city.executors["foreign"], part=co)], Told(), by=city.olena
        )


def test_a_form_sent_twice_is_done_once(city: City, now: Now) -> None:
    appeal = city.appeal()
    orders, sent = [Order(executor=city.executors["water"])], Told(submission=uuid4())
    for _ in range(2):
        with transaction(city.olena.organisation_id) as session:
            [work] = service.assign(session, appeal.number, orders, sent, by=city.olena)
    seen = history(appeal)[-1].id
    for deed, told in (
        (Deed.TAKE, Told(submission=uuid4(), seen=seen)),
        (Deed.DECLINE, Told(reason="x", submission=uuid4())),
    ):
        for _ in range(2):
            do(deed, work.id, told, city.vasyl)
    assert [each.deed for each in history(appeal)] == ["assign", "take", "decline"]
    cancelled = Told(reason="x", submission=uuid4())
    for _ in range(2):
        end(Deed.CANCEL, appeal.number, cancelled, city.iryna)
    assert [each.deed for each in history(appeal)] == ["assign", "take", "decline", "withdraw", "cancel"]


def test_nobodys_deed_is_overwritten_silently(city: City) -> None:
    """Two dispatchers with the same page: the second is told who was faster, and with what."""
    appeal = city.appeal()
    [work] = city.given(appeal, "water")
    seen = history(appeal)[-1].id
    end(Deed.FORWARD, appeal.number, Told(body="Облрада", reason="Належить їй", seen=seen), city.iryna)
    order = Order(executor=city.executors["roads"], part=Part.CO)
    with transaction(city.olena.organisation_id) as session, pytest.raises(Changed) as changed:
        service.assign(session, appeal.number, [order], Told(seen=seen), by=city.olena)
    assert changed.value.last is not None
    assert (changed.value.last.deed, changed.value.last.person_id) == (Deed.FORWARD, city.iryna.id)
    with pytest.raises(NotFound):
        do(Deed.TAKE, work.id, Told(), city.vasyl)


def test_two_at_the_same_moment_do_not_both_win(city: City) -> None:
    appeal = city.appeal()
    outcomes: list[str] = []
    together = Barrier(2)

    def give(code: str, by: Person) -> None:
        together.wait()
        try:
            with transaction(by.organisation_id) as session:
                service.assign(session, appeal.number, [Order(executor=city.executors[code])], Told(), by=by)
            outcomes.append("given")
        except NotDone as refused:
            outcomes.append(refused.why)

    threads = [Thread(target=give, args=each) for each in (("water", city.olena), ("roads", city.iryna))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["given", "two_main"]


def test_the_history_is_never_changed(city: City) -> None:
    city.given(city.appeal(), "water")
    with transaction(EVERY_ORGANISATION) as session, pytest.raises(Exception, match="permission denied"):
        session.execute(update(AppealDeed).values(reason="x"))


def test_the_registration_gives_it_at_once_by_rule(city: City, now: Now) -> None:
    """U-03: whom the rules of routing name has it with the registration; sent twice, once."""
    today = datetime.now(UTC).date() - DAY
    with transaction(city.olena.organisation_id) as session:
        wanted = routing.Wanted(
            executor_id=city.executors["water"], co_ids=[city.executors["roads"]], basis="x", valid_from=today
        )
        routing.set_rule(session, city.olena.organisation_id, wanted, replaces=False, by=city.olena)
    appeal = city.appeal()
    with transaction(city.olena.organisation_id) as session:
        mine = session.get_one(Appeal, appeal.id)
        work, other = service.begin(session, mine, by=city.olena)
        assert service.begin(session, mine, by=city.olena) == []
    assert [(now(each.id).executor_id, each.role) for each in (work, other)] == [
        (city.executors["water"], "main"), (city.executors["roads"], "co"),
    ]  # fmt: skip
    assert stored(appeal).state == State.ASSIGNED


def test_a_complaint_is_not_sent_to_whom_it_is_about(city: City) -> None:
    """Article 7 of the law."""
    appeal = city.appeal()
    with transaction(city.olena.organisation_id) as session:
        routing.complain_of(session, session.get_one(Appeal, appeal.id), [city.executors["water"]], by=city.olena)
    with pytest.raises(NotDone) as refused:
        city.given(appeal, "water")
    assert refused.value.why is Refusal.COMPLAINED_OF
