"""Terms and working weeks by country, as they are shipped: rows of files, marked where nobody verified them yet."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from appeals import sheets
from appeals.terms.model import Deed, Start, Unit, Variant

HERE = Path(__file__).parent
RULE = ("deed", "variant", "kind", "problem", "amount", "unit", "start", "whole_days", "moves", "most_amount",
        "most_unit", "most_is_more", "verified", "valid_from", "basis")  # fmt: skip
WEEK = ("valid_from", "mo", "tu", "we", "th", "fr", "sa", "su", "public_holidays", "verified", "basis")


def rules(country: str) -> Iterator[dict[str, Any]]:
    """What the laws of a country say; nothing for a country without a file."""
    for row in _rows(f"{country.casefold()}_rules.csv", RULE):
        yield {
            "deed": Deed(row["deed"]),
            "variant": Variant(row["variant"]),
            "kind": row["kind"],
            "problem": row["problem"],
            "amount": int(row["amount"]),
            "unit": Unit(row["unit"]),
            "start": Start(row["start"]),
            "whole_days": row["whole_days"] == "true",
            "moves": row["moves"] == "true",
            "most_amount": int(row["most_amount"]) if row["most_amount"] else None,
            "most_unit": Unit(row["most_unit"]) if row["most_unit"] else None,
            "most_is_more": row["most_is_more"] == "true",
            "verified": row["verified"] == "true",
            "valid_from": date.fromisoformat(row["valid_from"]),
            "basis": row["basis"],
        }


def weeks(country: str) -> Iterator[dict[str, Any]]:
    """The usual working weeks of a country, and when its public holidays are days off."""
    for row in _rows(f"{country.casefold()}_weeks.csv", WEEK):
        yield {
            "valid_from": date.fromisoformat(row["valid_from"]),
            "hours": [row[day] for day in WEEK[1:8]],
            "public_holidays": row["public_holidays"] == "true",
            "verified": row["verified"] == "true",
            "basis": row["basis"],
        }


def _rows(name: str, columns: tuple[str, ...]) -> list[sheets.Row]:
    path = HERE / name
    return sheets.read(path.read_bytes(), needed=columns) if path.is_file() else []
