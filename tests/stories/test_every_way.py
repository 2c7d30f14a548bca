"""Every way through the menus of both demonstration organisations, walked by real callers side by side."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from calls.model import Language
from ivr.demonstration import MENUS, NUMBERS
from ivr.model import Action, AskCallback, Menu, Menus, Operator, Repeat, Say, Speak, ToMenu, ToQueue, ToScript
from tests.town import arranged
from tests.town.people import Person
from tests.town.town import Town

AT_ONCE = 12  # callers: all ways of the day in two turns
PATIENCE = 40  # seconds for what is said after something longer

OPERATORS = {"khm": "olena", "dtm": "anna"}


@dataclass(frozen=True)
class Way:
    """The keys from the welcome to an action, each with the prompt after which it is pressed."""

    code: str
    language: Language
    keys: tuple[tuple[str, str], ...]
    menu: Menu
    action: Action

    def __str__(self) -> str:
        return f"{self.code} {self.language} {'-'.join(key for _, key in self.keys)}"


def _first(menu: Menu) -> str:
    """The prompt by which a caller knows that they are in the menu."""
    return (menu.greeting or menu.question)[0]


def _ways(code: str, start: str) -> list[Way]:
    """Every key of every menu that is reached from `start`, in the organisation's languages in turn."""
    menus = MENUS[code]
    languages = {key: action for key, action in menus.menu("language").choices.items() if isinstance(action, Speak)}
    found: list[Way] = []
    for number, (menu, keys, action) in enumerate(_leaves(menus, menus.menu(start), ())):
        key, spoken = list(languages.items())[number % len(languages)]
        way = ((f"{code}-welcome", key), *keys)
        found.append(Way(code, spoken.language, way, menu, action))
    return found


def _leaves(
    menus: Menus, menu: Menu, keys: tuple[tuple[str, str], ...]
) -> Iterator[tuple[Menu, tuple[tuple[str, str], ...], Action]]:
    for key, action in menu.choices.items():
        way = (*keys, (_first(menu), key))
        if isinstance(action, ToMenu) and action.menu != "language":
            yield from _leaves(menus, menus.menu(action.menu), way)
        else:
            yield menu, way, action


def test_by_day(town: Town) -> None:
    """Every key of every menu leads where the document says, in the language chosen, and the ledger says the same."""
    _all_walk(town, [way for code in MENUS for way in _ways(code, "topics")])


def test_by_night(town: Town) -> None:
    """Whoever finds the centre closed can hear of an appeal, ask to be called back, or hear the menu again."""
    with ExitStack() as night:
        for code in MENUS:
            night.enter_context(arranged.closed(town, code))
        _all_walk(town, [way for code in MENUS for way in _ways(code, "night")])


def _all_walk(town: Town, ways: list[Way]) -> None:
    appeals = {code: arranged.registered_appeal(town, code, by=login) for code, login in OPERATORS.items()}
    callers = [town.caller("uk" if way.code == "khm" else "uz") for way in ways]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        walks = [
            threads.submit(_walks, caller, way, appeals[way.code]) for caller, way in zip(callers, ways, strict=True)
        ]
    problems = [f"{way}: {problem}" for way, walk in zip(ways, walks, strict=True) if (problem := walk.exception())]
    assert not problems, "\n".join(problems)


def _walks(caller: Person, way: Way, appeal: str) -> None:
    """Presses the keys, meets what the action promises, hangs up if need be; the ledger tells the same."""
    caller.dials(NUMBERS[way.code][0])
    language = NUMBERS[way.code][1]
    for prompt, key in way.keys:
        caller.hears(prompt, language, seconds=PATIENCE).presses(key)
        language = way.language
    _ENDS[type(way.action)](caller, way, appeal)
    assert caller.call["language"] == way.language


def _to_queue(caller: Person, way: Way, appeal: str) -> None:
    assert isinstance(way.action, ToQueue)
    _waits(caller, way, way.action.queue)
    assert caller.call["topic"] == way.action.topic


def _to_an_operator(caller: Person, way: Way, appeal: str) -> None:
    caller.hears("to-operator", way.language)
    _waits(caller, way, MENUS[way.code].general_queue)


def _waits(caller: Person, way: Way, queue: str) -> None:
    """Before the queue the notice of recording and then, in the same language, what is worth knowing of the topic."""
    caller.hears(MENUS[way.code].notice, way.language, seconds=PATIENCE)
    topic = getattr(way.action, "topic", None)
    for said in MENUS[way.code].announcements:
        if topic is not None and said.topic == topic:
            caller.hears(said.prompts[0], way.language, seconds=PATIENCE)
    caller.waits_in(f"{way.code}-{queue}", seconds=PATIENCE)
    caller.hangs_up()
    caller.ends_as("abandoned_in_queue")


def _information(caller: Person, way: Way, appeal: str) -> None:
    assert isinstance(way.action, Say)
    caller.hears(way.action.prompts[0], way.language)
    _asked_again(caller, way, fate="self_service")


def _state_of_an_appeal(caller: Person, way: Way, appeal: str) -> None:
    caller.hears("enter-appeal-number", way.language, seconds=PATIENCE).presses(*appeal)
    caller.hears("appeal-number", way.language).hears("appeal-state-registered", way.language, seconds=PATIENCE)
    _asked_again(caller, way, fate="self_service")


def _script(caller: Person, way: Way, appeal: str) -> None:
    assert isinstance(way.action, ToScript)
    {"appeal-status": _state_of_an_appeal, "current-works": _works_under_way}[way.action.script](caller, way, appeal)


def _works_under_way(caller: Person, way: Way, appeal: str) -> None:
    caller.hears("works-operator", way.language, seconds=PATIENCE)
    _asked_again(caller, way, fate="self_service")


def _another_language(caller: Person, way: Way, appeal: str) -> None:
    caller.hears(MENUS[way.code].menu("language").question[0], way.language, seconds=PATIENCE)
    caller.hangs_up()
    caller.ends_as("abandoned_in_menu")


def _repeated(caller: Person, way: Way, appeal: str) -> None:
    _asked_again(caller, way, fate="abandoned_in_menu")


def _asked_again(caller: Person, way: Way, *, fate: str) -> None:
    caller.hears(way.menu.question[0], way.language, seconds=PATIENCE)
    caller.hangs_up()
    caller.ends_as("out_of_hours" if not way.menu.staffed and fate == "abandoned_in_menu" else fate)


def _callback(caller: Person, way: Way, appeal: str) -> None:
    caller.hears("callback-confirm", way.language).presses("1").hears("callback-accepted", way.language)
    caller.is_sent_away()
    caller.ends_as("callback_asked")


_ENDS: dict[type[Action], Callable[[Person, Way, str], None]] = {
    ToQueue: _to_queue,
    Operator: _to_an_operator,
    Say: _information,
    ToScript: _script,
    ToMenu: _another_language,
    Repeat: _repeated,
    AskCallback: _callback,
}
