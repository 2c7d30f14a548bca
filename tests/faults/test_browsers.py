"""Operators' browsers are killed whatever they do: no caller is lost, the board knows, and who comes back works on."""

from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import expect

from tests.town.operators import Operator
from tests.town.people import Person
from tests.town.supervisors import Boards
from tests.town.town import Town
from tests.town.waiting import wait_for

NOTICED = 15  # seconds until Asterisk has noticed that a phone brings no sound any more: ten, and what follows
LOST = "Your phone at the other place broke off during a call. The caller hears an apology and is first in the queue."


def test_killed_in_each_state(town: Town) -> None:
    """In a consult with the caller on hold, in a talk of three, ringing, talking, in the wrap-up, ready and paused."""
    boards = Boards(town)
    with ThreadPoolExecutor(2) as threads:
        walks = [
            threads.submit(town.caller(country).asks_for, queue)
            for country, queue in (("uk", "khm-roads"), ("uz", "dtm-appeals"))
        ]
        andrii, olena, bobur, anna = (
            town.agent(login).signs_in().starts_shift() for login in ("andrii", "olena", "bobur", "anna")
        )
        citizen, applicant = (walk.result() for walk in walks)
    _asks(andrii, olena, "Олена")
    _asks(bobur, anna, "Анна").joins_all_three()
    for operator in (andrii, anna):
        town.loses(operator)

    andrii = _comes_back_from_a_talk(town, boards, citizen)
    andrii = _loses_the_browser_while_it_rings(town, boards, andrii, citizen)
    expect(bobur.part("consult")).to_be_hidden(timeout=NOTICED * 1000)  # whoever was asked is out of the talk of three
    olena.is_in("ready")
    town.loses(olena)
    wait_for("the board to know that nobody can ring her", lambda: not boards.row(olena)["phone"], every=0.2)
    boards.show(olena, "ready")
    bobur.is_in("talking")
    applicant.forgets_what_was_heard()
    applicant.hears_voice(bobur.voice)
    town.loses(bobur)
    citizen.forgets_what_was_heard()
    citizen.hears_voice(andrii.voice)
    citizen.hangs_up()
    citizen.ends_as("answered")
    andrii = _loses_the_browser_between_calls(town, boards, andrii)

    applicant.hears("returning-to-queue", "uz", seconds=NOTICED)  # nobody had to come back for that
    applicant.waits_in("dtm-appeals")
    boards.show(bobur, "paused", "phone_lost")
    bobur = _comes_back(town, "bobur").is_in("paused").goes_ready()
    bobur.phone_rings().answers()
    applicant.hangs_up()
    applicant.ends_as("answered")
    bobur.is_in("wrap_up").wraps_up().ends_shift()
    andrii.ends_shift()


def _asks(operator: Operator, colleague: Operator, name: str) -> Operator:
    """Answers whoever waits and asks a colleague about them."""
    colleague.goes_ready()
    operator.goes_ready().phone_rings().answers().consults(name)
    colleague.phone_rings().answers().is_in("consulting")
    return operator


def _comes_back_from_a_talk(town: Town, boards: Boards, caller: Person) -> Operator:
    """Andrii is there before Asterisk has noticed anything: his caller waits no longer for that."""
    andrii = _comes_back(town, "andrii")
    expect(andrii.part("notice")).to_contain_text(andrii.in_their_language(LOST))
    caller.hears("returning-to-queue", "uk")
    caller.waits_in("khm-roads")
    andrii.is_in("paused")
    boards.show(andrii, "paused", "phone_lost")
    return andrii.goes_ready()


def _loses_the_browser_while_it_rings(town: Town, boards: Boards, andrii: Operator, caller: Person) -> Operator:
    """The caller stays in the queue; nobody says of him that he declined."""
    andrii.phone_rings()
    town.loses(andrii)
    boards.show(andrii, "paused", "phone_lost")
    caller.waits_in("khm-roads")
    andrii = _comes_back(town, "andrii").is_in("paused").goes_ready()
    andrii.phone_rings().answers()
    assert andrii.sees_card(of=caller.number) == str(caller.call["id"])
    return andrii


def _loses_the_browser_between_calls(town: Town, boards: Boards, andrii: Operator) -> Operator:
    """The wrap-up waits for him; a pause goes on."""
    andrii.is_in("wrap_up")
    town.loses(andrii)
    andrii = _comes_back(town, "andrii").is_in("wrap_up").wraps_up("settled").is_in("ready")
    andrii.part("pause").click()
    andrii.page.locator("[data-pause=lunch]").click()
    andrii.is_in("paused")
    town.loses(andrii)
    boards.show(andrii, "paused", "lunch")
    return _comes_back(town, "andrii").is_in("paused").goes_ready()


def _comes_back(town: Town, login: str) -> Operator:
    """Signs in in another browser, which knows nothing of the first, and takes the shift there."""
    operator = town.agent(login).signs_in()
    operator.part("start-shift").click()
    expect(operator.part("phone-lamp")).to_have_attribute("data-lamp", "on")
    return operator
