"""The plain statement that somebody would write by hand for a page of the journal, over the appeals themselves."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import psycopg

from appeals.journal.model import Asked
from bench.registered import ZONE

PLAIN_ORDERS: Final = {
    "number": "a.number", "registered": "a.registered_at", "received": "a.received_at", "due": "a.due_at",
    "closed": "a.closed_at", "name": "p.surname, p.given_name", "phone": "p.phone", "address": "s.name, h.number",
    "district": "h.district_id", "kind": "a.kind", "topic": "a.topic", "problem": "a.problem", "source": "a.source",
    "sign": "a.registered_at", "standing": "a.due_at", "long": "a.long_control", "state": "a.state",
    "result": "a.result", "registered_by": "r.name", "executor": "e.name", "index": "i.written",
}  # fmt: skip


def by_hand(connection: "psycopg.Connection[Any]", asked: Asked) -> float:
    """The rows of a page by one statement over the appeals themselves."""
    conditions, values = ["true"], list[Any]()
    for name, value in asked.filters.items():
        for condition, given in _condition(name, value):
            conditions.append(condition)
            values += given
    order = ", ".join(f"{each} {'DESC' if asked.falling else ''}" for each in PLAIN_ORDERS[asked.key].split(", "))
    statement = (
        "SELECT a.*, p.*, d.written, s.name, h.number FROM appeal a JOIN applicant p ON p.id = a.applicant_id "
        "JOIN person r ON r.id = a.registered_by LEFT JOIN appeal_address d ON d.appeal_id = a.id "
        "LEFT JOIN house h ON h.id = d.house_id LEFT JOIN street s ON s.id = h.street_id "
        "LEFT JOIN assignment w ON w.appeal_id = a.id AND w.role = 'main' LEFT JOIN executor e ON e.id = w.executor_id "
        "LEFT JOIN appeal_index i ON i.appeal_id = a.id "
        f"WHERE {' AND '.join(conditions)} ORDER BY {order}, a.id LIMIT 51"
    )
    begun = time.perf_counter()
    try:
        connection.execute(statement.encode(), values).fetchall()
    except psycopg.errors.QueryCanceled:
        return 20.0
    return time.perf_counter() - begun


def _condition(name: str, value: str) -> Iterator[tuple[str, list[Any]]]:
    columns = {"since": "registered_at", "until": "registered_at"}
    still = "a.state NOT IN ('closed', 'cancelled')"
    match name:
        case "q":
            yield from (("a.substance ILIKE %s", [f"%{word}%"]) for word in value.split())
        case "name":
            yield "p.surname || ' ' || p.given_name ILIKE %s", [f"%{value}%"]
        case "address":
            yield "s.name ILIKE %s AND h.number = %s", [value.rpartition(",")[0], int(value.rpartition(",")[2])]
        case "phone":
            yield "p.phone = %s", [value]
        case "district":
            yield "h.district_id = %s", [int(value)]
        case "standing":
            late = {"overdue": "a.due_at < now()", "on_time": "a.attention_at > now()"}
            yield f"{still} AND {late.get(value, 'a.attention_at <= now()')}", []
        case "long":
            yield "a.long_control", []
        case "executor" if value == "-":
            yield "w.id IS NULL", []
        case "executor":
            of_it = "SELECT x.appeal_id FROM assignment x JOIN executor y ON y.id = x.executor_id WHERE y.code = %s"
            yield f"a.id IN ({of_it})", [value]
        case "state" if value == "open":
            yield still, []
        case "registered_by":
            yield "a.registered_by = %s", [int(value) if value != "me" else 1]
        case _ if name in columns or name.endswith(("_from", "_to")):
            column = columns.get(name, f"{name.partition('_')[0]}_at")
            operator = ">=" if name == "since" or name.endswith("_from") else "<"
            yield f"a.{column} {operator} %s", [datetime.fromisoformat(value).replace(tzinfo=ZONE)]
        case _:
            yield f"a.{name} = %s", ["" if value == "-" else value]
