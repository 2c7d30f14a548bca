"""Every SELECT of an author's letters: they stand in the outbox, under keys that follow from the appeal."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeals.notices import queries as notices
from appeals.tables import Appeal
from appeals.terms.tables import ExtensionRequest
from appeals.workflow.words import DISPATCHED, FORWARDED, RETURNED_TO_AUTHOR
from notify import queries as outbox
from notify.model import MessageState
from notify.tables import Message

OF_THE_WORK: Final = (FORWARDED, RETURNED_TO_AUTHOR, DISPATCHED)
MOST_AGAIN: Final = 5  # times that one letter is sent once more
_LOST: Final = frozenset({MessageState.FAILED, MessageState.DEAD})


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter and how often it was sent, the first time first."""

    key: str
    tries: Sequence[Message]

    @property
    def last(self) -> Message:
        """As it stands now."""
        return self.tries[-1]

    @property
    def is_lost(self) -> bool:
        """Whether it did not arrive and nobody tries any more."""
        return self.last.state in _LOST

    @property
    def may_go_again(self) -> bool:
        """Whether it may be sent once more."""
        return self.is_lost and len(self.tries) <= MOST_AGAIN


def again(key: str, number: int) -> str:
    """The key of a letter that is sent once more, for that time."""
    return f"{key}:again:{number}"


def of_appeal(session: Session, appeal: Appeal) -> list[Letter]:
    """Everything its author was told by itself, the first letter first."""
    extended = select(ExtensionRequest.id).where(ExtensionRequest.appeal_id == appeal.id)
    keys = [
        *(f"work:{appeal.id}:{template.code}" for template in OF_THE_WORK),
        *(f"term:extended:{each}" for each in session.scalars(extended)),
        *notices.keys_of(session, appeal.id),
    ]
    tries = {key: [key, *(again(key, number) for number in range(1, MOST_AGAIN + 1))] for key in keys}
    found = outbox.with_keys(session, appeal.organisation_id, [each for group in tries.values() for each in group])
    letters = [Letter(key, [found[each] for each in group if each in found]) for key, group in tries.items()]
    return sorted((each for each in letters if each.tries), key=lambda each: each.tries[0].id)
