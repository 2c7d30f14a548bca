"""The caller hears which emergency works are under way, in the words written for callers, and may go on to an operator.

Where the caller lives is not known by their telephone, and is not asked: all are told, nothing personal is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

import appeals.works.queries
import ivr.queries
from agi.memory import Away, Memory
from calls.model import Language
from ivr import spoken
from ivr.prompts import WORK
from ivr.walk import Caller, Line, Settled

WITHIN = timedelta(seconds=2)  # the caller waits so long for PostgreSQL
TOLD = 5  # works; nobody listens to more


@dataclass(frozen=True, slots=True)
class _Works:
    count: int
    prompts: Sequence[str]  # of those that can be heard in the caller's language


class CurrentWorks:
    """For the callers of one line."""

    def __init__(self, memory: Memory, line: Line) -> None:
        self._memory, self._line = memory, line

    def __call__(self, caller: Caller, language: Language) -> Settled:
        """Settled once they were told; an operator when we cannot look, or who asks for one."""
        organisation = self._line.organisation
        try:
            works = self._memory.ask(
                organisation, partial(_works, organisation=organisation, language=language), within=WITHIN
            )
        except Away:
            caller.hears("works-unavailable")
            return "operator"
        if not works.count:
            caller.hears("works-none")
        else:
            caller.hears("works-under-way", *spoken.number(works.count, language))
            for prompt in works.prompts[:TOLD]:
                if pressed := caller.is_asked(prompt, wait=timedelta(milliseconds=300)):
                    return "operator" if pressed == "0" else "settled"
            if works.count > len(works.prompts[:TOLD]):
                caller.hears("works-more")
        return "operator" if caller.is_asked("works-operator", wait=timedelta(seconds=4)) == "0" else "settled"


def _works(session: Session, *, organisation: int, language: Language) -> _Works:
    """Emergency works under way. What is not spoken yet is counted, and told by an operator."""
    works = appeals.works.queries.emergencies(session, organisation)
    heard = {each.prompt for each in ivr.queries.typed_prompts(session) if each.language == language}
    named = [f"{WORK}{work.id}" for work in works]
    return _Works(len(works), [name for name in named if name in heard])
