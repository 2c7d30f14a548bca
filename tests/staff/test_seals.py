"""Seals stay what they were: a chain that was written years ago is still walked (U-45)."""

from datetime import UTC, datetime
from uuid import UUID

from db.chain import BEGINNING
from recordings.ledger import model as ledger
from staff.trail import model as trail

AT = datetime(2026, 11, 23, 9, 30, 0, 250, tzinfo=UTC)


def test_an_entry_of_the_ledger_is_sealed_as_it_always_was():
    written = ledger.Written(
        organisation=1,
        number=2,
        at=AT,
        kind="stored",
        call=UUID(int=7),
        recording=3,
        details={"size": "12", "key": "1/а.opus"},
    )
    assert ledger.seal(BEGINNING, written) == "0181b366d4f79df2513e2a9dfde013de67139b673f8d04f83a72365ed949c3cd"


def test_an_entry_of_the_trail_is_sealed_as_it_always_was():
    written = trail.Written(
        organisation=1,
        number=2,
        at=AT,
        of="appeal",
        row_key="5",
        deed="update",
        digest="d" * 64,
        form="f",
        outside=False,
    )
    assert trail.seal(BEGINNING, written) == "4b84164c69c88f6aeee6634eef33e7655dfd3d5e25159982dbefec657f85b8ef"
