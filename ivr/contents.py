"""What menus hold and name: every action with its place, prompts, queues, topics, languages.

A place says which part of the document something stands in, and so where it is mended: `menu:water`, `key:water:1`,
`key:water:otherwise`, `key::closed`, `hours`, `closed`, `announcements`, `roster:night`.
"""

import re
from collections.abc import Iterator

from calls.model import Language
from ivr.model import Action, Menus, Say, Speak, ToQueue

SCRIPTS = frozenset({"appeal-status", "current-works"})  # agi.scripts has each of them; tests/rules compares
CODE = re.compile(r"[a-z][a-z0-9-]{0,30}")  # of menus and rosters
QUEUE = re.compile(r"[a-z][a-z0-9_-]{0,31}")  # and of topics
PROMPT = re.compile(r"[a-z][a-z0-9-]{0,60}")

CALLBACK_PROMPTS = ("callback-confirm", "callback-number", "callback-accepted", "callback-refused")
WALK_PROMPTS = ("wrong-key", "nothing-pressed", "to-operator", "goodbye", "opens-at", "sorry")


def actions(menus: Menus) -> Iterator[tuple[str, Action]]:
    """Every action and its place."""
    for menu in menus.menus:
        for key, action in menu.choices.items():
            yield f"key:{menu.name}:{key}", action
        yield f"key:{menu.name}:otherwise", menu.otherwise
    yield "key::closed", menus.closed.then


def prompts(menus: Menus) -> set[str]:
    """Every prompt that walking these menus may play, except spoken numbers and dates."""
    return {*WALK_PROMPTS, *CALLBACK_PROMPTS, *(prompt for _, prompt in said(menus))}


def said(menus: Menus) -> Iterator[tuple[str, str]]:
    """Every prompt that the menus name, each with the place that says it."""
    yield from (("closed", prompt) for prompt in (menus.notice, *menus.closed.prompts))
    for menu in menus.menus:
        yield from ((f"menu:{menu.name}", prompt) for prompt in (*menu.greeting, *menu.question))
    for announcement in menus.announcements:
        yield from (("announcements", prompt) for prompt in announcement.prompts)
    for place, action in actions(menus):
        if isinstance(action, Say):
            yield from ((place, prompt) for prompt in action.prompts)


def queues(menus: Menus) -> set[str]:
    """Every queue that these menus lead to."""
    return {queue for _, queue in led_to(menus)}


def led_to(menus: Menus) -> Iterator[tuple[str, str]]:
    """Every queue, each with the place that leads there."""
    yield "closed", menus.general_queue
    for place, action in actions(menus):
        if isinstance(action, ToQueue):
            yield place, action.queue
    for roster in menus.rosters:
        yield from ((f"roster:{roster.name}", duty.queue) for duty in roster.duties)


def on_duty(menus: Menus) -> set[str]:
    """Every queue that a roster names."""
    return {duty.queue for roster in menus.rosters for duty in roster.duties}


def topics(menus: Menus) -> set[str]:
    """Every topic that a key or an announcement is about."""
    named = {getattr(action, "topic", None) for _, action in actions(menus)}
    return {topic for topic in named | {said.topic for said in menus.announcements} if topic is not None}


def languages(menus: Menus) -> list[Language]:
    """The languages a caller can choose, in the order of the keys."""
    chosen = [action.language for _, action in actions(menus) if isinstance(action, Speak)]
    return list(dict.fromkeys(chosen))
