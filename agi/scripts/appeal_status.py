"""The caller keys in the number of the appeal and hears where it stands. Nothing personal is said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from agi.memory import Away, Memory
from appeals import queries
from appeals.model import TOLD, State
from calls.model import Language
from ivr import spoken
from ivr.walk import Caller, Line, Settled

DIGITS = 8
ATTEMPTS = 2
WITHIN = timedelta(seconds=2)  # the caller waits so long for PostgreSQL


@dataclass(frozen=True, slots=True)
class _Appeal:
    number: str
    state: str
    result: str | None
    registered_at: datetime


class AppealStatus:
    """For the callers of one line."""

    def __init__(self, memory: Memory, line: Line) -> None:
        self._memory, self._line = memory, line

    def __call__(self, caller: Caller, language: Language) -> Settled:
        """Settled once a state was heard; an operator when we cannot look."""
        question: tuple[str, ...] = ("enter-appeal-number",)
        for _ in range(ATTEMPTS):
            number = caller.is_asked(*question, wait=timedelta(seconds=6), digits=DIGITS)
            if number in ("", "0"):
                return "operator" if number else "not_settled"
            try:
                appeal = self._memory.ask(self._line.organisation, partial(_find, number=number), within=WITHIN)
            except Away:
                caller.hears("appeal-unavailable")
                return "operator"
            if appeal is not None:
                caller.hears(*self._told(appeal, language))
                return "settled"
            question = ("appeal-not-found", "enter-appeal-number")
        return "not_settled"

    def _told(self, appeal: _Appeal, language: Language) -> tuple[str, ...]:
        registered = spoken.local(appeal.registered_at, self._line.zone).date()
        state = TOLD.get(State(appeal.state), appeal.state).replace("_", "-")
        return (
            "appeal-number",
            *spoken.digits(appeal.number),
            "appeal-registered-on",
            *spoken.day(registered),
            f"appeal-state-{state}",
            *((f"appeal-result-{appeal.result.replace('_', '-')}",) if appeal.result else ()),
        )


def _find(session: Session, number: str) -> _Appeal | None:
    appeal = queries.find_by_number(session, number)
    return _Appeal(appeal.number, appeal.state, appeal.result, appeal.registered_at) if appeal else None
