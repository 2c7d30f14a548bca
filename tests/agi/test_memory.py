"""What the server asks PostgreSQL for a caller: silence is respected, a mistake is this caller's alone."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from agi.memory import Away, Memory
from db import NotFound

SOON = timedelta(seconds=5)


def one(session: Session) -> int:
    """A question with an answer."""
    return session.execute(text("SELECT 1")).scalar_one()


def mistaken(session: Session) -> int:
    """A question of ours that is wrong."""
    return session.execute(text("SELECT nonsense")).scalar_one()


def nobody(session: Session) -> int:
    """A question about somebody who is not there."""
    raise NotFound("somebody")


def slow(session: Session) -> int:
    """A question that PostgreSQL takes its time for."""
    return session.execute(text("SELECT 1 FROM pg_sleep(0.5)")).scalar_one()


@pytest.mark.parametrize("question", [mistaken, nobody])
def test_a_mistaken_question_leaves_others_their_answers(database: Engine, question) -> None:
    memory = Memory()
    with pytest.raises(Away):
        memory.ask(1, question, within=SOON)
    assert memory.ask(1, one, within=SOON) == 1


def test_after_silence_nobody_asks_for_a_while(database: Engine) -> None:
    memory = Memory()
    assert memory.ask(1, one, within=SOON) == 1
    with pytest.raises(Away):
        memory.ask(1, slow, within=timedelta(seconds=0.05))
    with pytest.raises(Away):
        memory.ask(1, one, within=SOON)
