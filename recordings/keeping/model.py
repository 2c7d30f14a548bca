"""Which rule says how long a recording is kept, and the states of an act of deletion."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from db.validity import in_force

ANY: Final = ""  # as a topic or a fate: every one


class Rule(Protocol):
    """What a rule says; `keeping.tables.RetentionRule` is one."""

    @property
    def topic(self) -> str: ...
    @property
    def fate(self) -> str: ...
    @property
    def keeps(self) -> timedelta: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date | None: ...


AnyRule = TypeVar("AnyRule", bound=Rule)


def specificity(rule: Rule) -> int:
    """A rule of a topic goes before one of a fate, one of both before either, one of neither last."""
    return 2 * (rule.topic != ANY) + (rule.fate != ANY)


def order(rules: Iterable[AnyRule], on: date) -> list[AnyRule]:
    """The rules in force, the most specific first; of two alike the one that keeps longer."""
    return sorted((rule for rule in rules if in_force(rule, on)), key=lambda rule: (-specificity(rule), -rule.keeps))


def rule_for(rules: Iterable[AnyRule], *, topic: str | None, fate: str | None, on: date) -> AnyRule | None:
    """The rule that says how long a recording is kept; None: for ever."""
    for rule in order(rules, on):
        if rule.topic in (ANY, topic) and rule.fate in (ANY, fate):
            return rule
    return None


def due_on(day: date, rule: Rule) -> date:
    """The first day on which a recording made on `day` may be deleted."""
    return day + rule.keeps + timedelta(days=1)


class ActState(StrEnum):
    """How far an act of deletion is."""

    DRAFT = "draft"
    AWAITS_SECOND = "awaits_second"  # approved by one person; the organisation wants two
    APPROVED = "approved"  # may be carried out
    DONE = "done"
    WITHDRAWN = "withdrawn"


OPEN: Final = frozenset({ActState.DRAFT, ActState.AWAITS_SECOND})


class Outcome(StrEnum):
    """What became of one recording on the list of an act."""

    DELETED = "deleted"
    HELD = "held"  # somebody had put it under a hold meanwhile
    NOT_STORED = "not_stored"  # it was no longer in the store's books
    WITHDRAWN = "withdrawn"
