"""The demonstration's registry: appeals at every stage of the work, loaded once."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from appeals.model import State
from appeals.tables import Appeal
from appeals.workflow.tables import Assignment
from db import EVERY_ORGANISATION, transaction
from run.demo import addresses, executors, registered
from tests.centre import PASSWORD, Centre


@pytest.fixture
def loaded(centre: Centre) -> Centre:
    addresses.load()
    executors.load(PASSWORD)
    assert registered.load() == ["khm", "dtm"]
    return centre


def test_a_newcomer_finds_appeals_at_every_stage(loaded: Centre) -> None:
    with transaction(loaded.organisations["khm"].id) as session:
        states = Counter(session.scalars(select(Appeal.state)))
        given_out = session.scalar(select(func.count()).select_from(Assignment))
    assert states.keys() >= {State.REGISTERED, State.IN_WORK, State.TO_BE_VERIFIED, State.CLOSED}
    assert sum(states.values()) >= 40
    assert given_out, "rules of routing name executors"


def test_loaded_again_nothing_changes(loaded: Centre) -> None:
    def count() -> int:
        with transaction(EVERY_ORGANISATION) as session:
            return session.scalar(select(func.count()).select_from(Appeal)) or 0

    before = count()
    assert registered.load() == []
    assert count() == before
