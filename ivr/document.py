"""The JSON document of an organisation's menus: read, written, and checked in words an administrator understands."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from calls.model import Language
from ivr.model import KEYS, Action, AskCallback, Menu, Menus, Say, Speak, ToMenu, ToQueue, ToScript

SCRIPTS = frozenset({"appeal-status"})  # agi.scripts has each of them; tests/rules compares
CODE = re.compile(r"[a-z][a-z0-9-]{0,30}")
PROMPT = re.compile(r"[a-z][a-z0-9-]{0,60}")

CALLBACK_PROMPTS = ("callback-confirm", "callback-number", "callback-accepted", "callback-refused")
WALK_PROMPTS = ("wrong-key", "nothing-pressed", "to-operator", "goodbye", "opens-at", "sorry")

_menus: TypeAdapter[Menus] = TypeAdapter(Menus)


class BadDocument(ValueError):
    """The document cannot be spoken; `faults` says where and why."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read(document: dict[str, Any]) -> Menus:
    """The menus of a document. BadDocument lists every fault found."""
    try:
        menus = _menus.validate_python(document)
    except ValidationError as error:
        raise BadDocument([f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]) from error
    faults = list(_faults(menus))
    if faults:
        raise BadDocument(faults)
    return menus


def write(menus: Menus) -> dict[str, Any]:
    """The menus as JSON values; `read` gives them back."""
    document: dict[str, Any] = _menus.dump_python(menus, mode="json")
    return document


def actions(menus: Menus) -> Iterator[tuple[str, Action]]:
    """Every action and where it stands."""
    for menu in menus.menus:
        for key, action in menu.choices.items():
            yield f"{menu.name}: key {key}", action
        yield f"{menu.name}: otherwise", menu.otherwise
    yield "closed", menus.closed.then


def prompts(menus: Menus) -> set[str]:
    """Every prompt that walking these menus may play, except spoken numbers and dates."""
    named = {menus.notice, *menus.closed.prompts, *WALK_PROMPTS, *CALLBACK_PROMPTS}
    for menu in menus.menus:
        named |= {*menu.greeting, *menu.question}
    for announcement in menus.announcements:
        named |= set(announcement.prompts)
    for _, action in actions(menus):
        if isinstance(action, Say):
            named |= set(action.prompts)
    return named


def queues(menus: Menus) -> set[str]:
    """Every queue that these menus lead to."""
    return {menus.general_queue} | {action.queue for _, action in actions(menus) if isinstance(action, ToQueue)}


def languages(menus: Menus) -> list[Language]:
    """The languages a caller can choose, in the order of the keys."""
    chosen = [action.language for _, action in actions(menus) if isinstance(action, Speak)]
    return list(dict.fromkeys(chosen))


def _faults(menus: Menus) -> Iterator[str]:
    names = [menu.name for menu in menus.menus]
    if not names:
        yield "there is no menu"
    yield from (f"two menus are called {name}" for name in sorted({n for n in names if names.count(n) > 1}))
    if len(menus.hours.weekly) != 7:
        yield "hours: the week needs seven days, Monday first"
    for menu in menus.menus:
        yield from _faults_of(menu)
    for place, action in actions(menus):
        if isinstance(action, ToMenu | Speak) and action.menu not in names:
            yield f"{place}: there is no menu {action.menu}"
        if isinstance(action, ToScript) and action.script not in SCRIPTS:
            yield f"{place}: there is no self-service {action.script}"
    if isinstance(menus.closed.then, ToMenu) and menus.closed.then.menu in names:
        night = menus.menu(menus.closed.then.menu)
        if night.staffed:
            yield f"closed: the menu {night.name} is itself only for opening hours"
    yield from (f"{name} is no name of a prompt" for name in sorted(prompts(menus)) if not PROMPT.fullmatch(name))
    yield from (f"{name} is no name of a queue" for name in sorted(queues(menus)) if not CODE.fullmatch(name))


def _faults_of(menu: Menu) -> Iterator[str]:
    if not CODE.fullmatch(menu.name):
        yield f"{menu.name} is no name of a menu"
    if not menu.question:
        yield f"{menu.name}: the question has no prompt"
    if not 1 <= menu.attempts <= 10:
        yield f"{menu.name}: between 1 and 10 attempts"
    if not 1 <= menu.waits.total_seconds() <= 60:
        yield f"{menu.name}: waits between 1 and 60 seconds"
    yield from (f"{menu.name}: {key} is no key" for key in menu.choices if len(key) != 1 or key not in KEYS)
    if isinstance(menu.otherwise, ToMenu | Speak | AskCallback) and menu.staffed:
        yield f"{menu.name}: after too many wrong keys a person or a goodbye, not another question"
