"""Whoever did not get through is owed a call, once, until somebody has talked with them."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from acd.callbacks import service
from acd.callbacks.model import Rules
from staff.tables import Person as Employee
from tests.town.operators import Operator
from tests.town.people import Person, digits
from tests.town.town import Town
from tests.town.waiting import wait_for

OWED = "SELECT owed_call.*, person.login FROM owed_call LEFT JOIN person ON person.id = person_id WHERE number = %s"
ATTEMPTS = (
    "SELECT callback_attempt.*, call.fate, call.direction FROM callback_attempt"
    " JOIN owed_call ON owed_call.id = owed_call_id LEFT JOIN call ON call.id = callback_attempt.call"
    " WHERE number = %s ORDER BY asked_at"
)


@pytest.fixture(autouse=True)
def at_any_hour(town: Town) -> Iterator[None]:
    """Stories are told by day and by night: the city has no quiet hours meanwhile."""
    _rule(town, Rules(quiet_from=time(0), quiet_until=time(0)))
    yield
    _rule(town, Rules())


def _rule(town: Town, rules: Rules) -> None:
    with town.product.office("khm") as (session, _):
        iryna = session.scalars(select(Employee).where(Employee.login == "iryna")).one()
        service.change_rules(session, iryna, rules)


def _owed(town: Town, caller: Person, state: str, *, seconds: float = 10) -> dict[str, Any]:
    """The only row of the number, once it is in this state."""

    def there() -> dict[str, Any] | None:
        rows = town.product.rows(OWED, caller.number)
        return rows[0] if [row["state"] for row in rows] == [state] else None

    return wait_for(f"{caller.number} to be {state}", there, seconds=seconds) or {}


def _list(town: Town, who: str) -> Page:
    """The page of owed calls, in another tab of the person's."""
    page = town.agent(who).signs_in(to="/callbacks").page
    expect(page.locator("#callbacks")).to_be_visible()
    return page


def _numbers(page: Page) -> list[str]:
    return [digits(each) for each in page.locator("#callbacks tbody th a").all_inner_texts()]


def _is_offered_at_once(town: Town, caller: Person) -> Operator:
    """Olena comes, presses Ready, and it is this person's turn."""
    olena = town.agent("olena").signs_in().starts_shift()
    olena.part("ready").click()
    _is_offered(olena, caller)
    return olena


def _is_offered(operator: Operator, caller: Person, *, seconds: float = 15) -> None:
    """The desk offers to call this person back."""
    expect(operator.part("panel-callback")).to_be_visible(timeout=seconds * 1000)
    assert digits(operator.part("callback-number").inner_text()) == digits(caller.number)


def test_who_gave_up_and_calls_again_has_reached_us(town: Town) -> None:
    """The page says whom we owe a call; answered at the next call, the task closes by itself."""
    caller = town.caller("uk").asks_for("khm-heating").waits_in("khm-heating")
    caller.hangs_up()
    caller.ends_as("abandoned_in_queue")
    assert _owed(town, caller, "waiting")["reason"] == "gave_up"
    page = _list(town, "iryna")
    assert _numbers(page) == [digits(caller.number)]
    expect(page.locator('a[href="/callbacks"] .rail-count')).to_contain_text("1")

    olena = town.agent("olena").signs_in().goes_ready()
    caller.dials("1580").hears("khm-topics", "uk").presses("2")  # the language is remembered
    olena.phone_rings().answers()
    assert _owed(town, caller, "reached_us")["login"] == "olena"
    caller.hangs_up()
    caller.ends_as("answered")
    olena.wraps_up("settled").ends_shift()
    page.reload()
    assert _numbers(page) == []


def test_the_key_keeps_the_place_and_the_operator_calls(town: Town) -> None:
    """Who pressed 1 is called before who came later; the call is recorded, and the debt is paid."""
    asked = town.caller("uk").asks_for("khm-heating").waits_in("khm-heating")
    asked.presses("1").hears("callback-accepted", "uk").is_sent_away()
    asked.ends_as("callback_asked")
    _owed(town, asked, "waiting")
    later = town.caller("uk").asks_for("khm-heating").waits_in("khm-heating")

    olena = _is_offered_at_once(town, asked)
    olena.page.keyboard.press("F2")
    asked.is_called().answers().hears("recording-notice", "uk")
    asked.talks_with(olena, town.speech("uk"), seconds=5)
    paid = _owed(town, asked, "called_back")
    assert paid["login"] == "olena"
    asked.hangs_up()
    [attempt] = town.product.rows(ATTEMPTS, asked.number)
    assert (attempt["outcome"], attempt["direction"]) == ("answered", "out")
    olena.wraps_up("explained")

    olena.phone_rings().answers()  # now whoever waited behind
    assert olena.sees_card(of=later.number) == str(later.call["id"])
    later.hangs_up()
    olena.wraps_up("explained").ends_shift()
    _recorded(town, attempt["call"])


def _recorded(town: Town, call: object) -> None:
    stored = "SELECT duration FROM recording WHERE call = %s AND state = 'stored'"
    [row] = wait_for("the callback's recording", lambda: town.product.rows(stored, call), seconds=15)
    assert row["duration"] > timedelta(seconds=4)


def test_nobody_answers_and_it_is_tried_again_later(town: Town) -> None:
    """An attempt counts, the next is due by the rule, and the operator goes on."""
    asked = _asks(town)
    olena = _is_offered_at_once(town, asked)
    olena.part("callback-call").click()
    asked.is_called().rejects()
    owed = _owed(town, asked, "waiting")
    assert owed["attempts"] == 1
    [attempt] = town.product.rows(ATTEMPTS, asked.number)
    assert attempt["outcome"] in {"busy", "no_answer"}
    assert owed["due_at"] > attempt["ended_at"] + timedelta(minutes=2)
    olena.is_in("ready")
    olena.ends_shift()


def test_of_two_operators_one_calls(town: Town) -> None:
    """Both press "Call" on the list at once: one is offered it, the other is told."""
    caller = town.caller("uk").asks_for("khm-general").waits_in("khm-general")
    caller.hangs_up()
    owed = _owed(town, caller, "waiting")
    operators = [town.agent(login).signs_in().starts_shift() for login in ("olena", "andrii")]
    lists = []
    for operator in operators:
        page = operator.new_page()
        page.goto("/callbacks")
        lists.append(page)
    for page in lists:  # neither waits for the answer
        page.evaluate(f"document.querySelector('form[action=\"/callbacks/{owed['id']}/take\"]').submit()")
    taken = _owed(town, caller, "offered")
    holder = next(operator for operator in operators if operator.login == taken["login"])
    other = next(operator for operator in operators if operator is not holder)
    _is_offered(holder, caller)
    expect(other.part("panel-callback")).to_be_hidden()
    told = other.in_their_language("Somebody else has this callback, or it is closed.")
    expect(lists[operators.index(other)].locator(".notice", has_text=told)).to_be_visible()
    holder.part("callback-decline").click()
    _owed(town, caller, "waiting")
    for operator in operators:
        operator.ends_shift()


def test_in_quiet_hours_nobody_is_rung(town: Town) -> None:
    """The call waits for the morning, and the list says so."""
    caller = town.caller("uk").asks_for("khm-heating").waits_in("khm-heating")
    caller.hangs_up()
    owed = _owed(town, caller, "waiting")
    _rule(town, Rules(quiet_from=time(0), quiet_until=time(23, 59, 59)))
    olena = town.agent("olena").signs_in().starts_shift()
    page = olena.new_page()
    page.goto("/callbacks")
    page.locator(f'form[action="/callbacks/{owed["id"]}/take"] button').click()
    told = "It is too late in the day to ring citizens. The call is due in the morning."
    expect(page.locator(".notice")).to_contain_text(olena.in_their_language(told))
    expect(olena.part("panel-callback")).to_be_hidden()
    assert _owed(town, caller, "waiting")["attempts"] == 0
    olena.ends_shift()


def test_the_listener_is_killed_while_we_call(town: Town) -> None:
    """Nothing is lost and nobody is rung twice: the journal catches up, and the answer closes the task."""
    asked = _asks(town)
    olena = _is_offered_at_once(town, asked)
    olena.part("callback-call").click()
    asked.is_called()
    town.product.kill("listener")
    town.product.begin("listener")
    town.product.wait_until_ready("listener")
    asked.answers()
    assert _owed(town, asked, "called_back", seconds=30)["login"] == "olena"
    asked.hangs_up()
    [attempt] = town.product.rows(ATTEMPTS, asked.number)
    assert attempt["outcome"] == "answered"
    olena.is_in("wrap_up", seconds=20)
    olena.wraps_up("settled").ends_shift()


def test_the_listener_is_away_until_the_call_is_over(town: Town) -> None:
    """For the page the exchange never made the call: it stays hers, and counts as answered once that is known."""
    asked = _asks(town)
    olena = _is_offered_at_once(town, asked)
    town.product.kill("listener")
    olena.part("callback-call").click()
    asked.is_called()
    asked.answers()
    expect(olena.part("call-keys")).to_be_visible(timeout=20_000)
    with olena.page.expect_response("**/give-back", timeout=20_000):
        olena.part("hang-up").click()
    [attempt] = town.product.rows(ATTEMPTS, asked.number)
    assert attempt["outcome"] is None, "nobody knows yet that the exchange has not made the call"
    assert _owed(town, asked, "dialling")["attempts"] == 0
    town.product.begin("listener")
    town.product.wait_until_ready("listener")
    assert _owed(town, asked, "called_back", seconds=30)["login"] == "olena"
    [attempt] = town.product.rows(ATTEMPTS, asked.number)
    assert attempt["outcome"] == "answered"
    olena.is_in("wrap_up", seconds=20)
    olena.wraps_up("settled").ends_shift()


def test_the_operators_browser_dies_before_the_call(town: Town) -> None:
    """Offered and never dialled: the task is open for somebody else."""
    asked = _asks(town)
    olena = _is_offered_at_once(town, asked)
    town.goes_home(olena)
    assert _owed(town, asked, "waiting", seconds=40)["attempts"] == 0
    town.agent("olena").signs_in().is_in("paused").ends_shift()


def _asks(town: Town) -> Person:
    """Somebody who pressed the key."""
    asked = town.caller("uk").asks_for("khm-heating").waits_in("khm-heating")
    asked.presses("1").hears("callback-accepted", "uk").is_sent_away()
    asked.ends_as("callback_asked")
    _owed(town, asked, "waiting")
    return asked
