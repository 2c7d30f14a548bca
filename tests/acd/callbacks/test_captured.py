"""Captured AMI streams, read: who of these real calls is owed one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text, update

from acd.callbacks import reader
from acd.tables import Queue
from calls.readers import Reader, read_on
from calls.tables import ReaderPlace
from db import EVERY_ORGANISATION, transaction
from run.replay import replay
from tests.calls.conftest import NODE
from tests.calls.streams import capture
from tests.calls.test_captures import FATES
from tests.centre import Centre

READER = Reader(reader.NAME, reader.read, reader.HEARS)
OWING = {"abandoned_in_queue", "refused", "out_of_hours", "callback_asked", "lost"}


@pytest.fixture
def city(centre: Centre) -> int:
    """The organisation of the captures' calls, with its general queue."""
    organisation = centre.organisations["khm"].id
    with transaction(EVERY_ORGANISATION) as session:
        queue = Queue(
            organisation_id=organisation, code="general", asterisk_name="khm-general", name={"uk": "Загальні"}
        )
        session.add(queue)
    return organisation


@pytest.fixture
def heard(city: int, tmp_path: Path) -> Callable[..., list[tuple[str, str]]]:
    """Replays a capture and reads it: numbers and reasons of who is owed a call."""

    def go(*names: str) -> list[tuple[str, str]]:
        replay([[capture(name, organisation=city)] for name in names], NODE, tmp_path / "replayed", strict=True)
        _read_all()
        return rows()

    return go


def _read_all() -> None:
    while read_on(READER, NODE, limit=7):
        pass


def rows() -> list[tuple[str, str]]:
    with transaction(EVERY_ORGANISATION) as session:
        asked = text("SELECT number, reason FROM owed_call WHERE closed_at IS NULL ORDER BY number")
        return [(row.number, row.reason) for row in session.execute(asked)]


@pytest.mark.parametrize("name", sorted(FATES))
def test_of_each_real_story_who_did_not_get_through_is_owed_a_call(
    heard: Callable[..., list[tuple[str, str]]], name: str
) -> None:
    owed = heard(name)
    fates = [fate.value for fate in FATES[name] if fate]
    if OWING.isdisjoint(fates):
        assert owed == []
    else:
        assert owed, f"nobody is owed a call after {fates}"


def test_set_to_zero_the_reader_makes_the_same_again(heard: Callable[..., list[tuple[str, str]]]) -> None:
    once = heard("abandoned_in_queue", "callback_asked", "answered", "refused", "out_of_hours")
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(text("DELETE FROM owed_call"))
        session.execute(update(ReaderPlace).where(ReaderPlace.reader == reader.NAME).values(seq=0))
    _read_all()
    assert rows() == once
    assert once
