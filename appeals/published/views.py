"""The views of the schema `published`, each column with the class of field that it tells (`appeals.rights`).

Texts that people wrote are in none: whatever their class, somebody's name may stand in them. A view runs with the
rights of its owner, under row-level security for the owner too, and shows a role the rows of its own organisation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SCHEMA: Final = "published"
_MINE: Final = "(SELECT reader.organisation_id FROM public.published_reader AS reader WHERE reader.role = session_user)"


@dataclass(frozen=True, slots=True)
class View:
    """One view: its columns, each with its field of `rights` and how it is read, and what it is read from."""

    name: str
    columns: Mapping[str, tuple[str, str]]
    source: str
    of: str  # whose organisation counts

    @property
    def statement(self) -> str:
        """As PostgreSQL is told of it."""
        read = ",\n    ".join(f"{expression} AS {name}" for name, (_field, expression) in self.columns.items())
        return (
            f"CREATE OR REPLACE VIEW {SCHEMA}.{self.name} WITH (security_barrier = true) AS\nSELECT {read}\n"
            f"FROM {self.source}\nWHERE {self.of}.organisation_id = {_MINE}"
        )


def _plain(table: str, field: str, *names: str) -> dict[str, tuple[str, str]]:
    return {name: (field, f"{table}.{name}") for name in names}


_WORK: Final = "appeal.work"
VIEWS: Final = (
    View(
        "appeal",
        {
            "number": ("appeal.number", "appeal.number"),
            **_plain("appeal", "appeal.codes", "kind", "problem"),
            "topic": ("appeal.topic", "appeal.topic"),
            "source": ("appeal.source", "appeal.source"),
            "sign": ("appeal.codes", "nullif(line.sign, '')"),
            "district": ("appeal.district", "district.name"),
            "state": ("appeal.state", "appeal.state"),
            "result": ("appeal.state", "appeal.result"),
            **_plain("appeal", "appeal.state", "registered_at", "received_at", "closed_at"),
            **_plain("appeal", "appeal.term", "due_at", "term_variant", "due_by_hand", "long_control"),
            "overdue": ("appeal.term", "coalesce(coalesce(appeal.closed_at, now()) > appeal.due_at, false)"),
            "reopens": ("appeal.number", "earlier.number"),
        },
        "public.appeal\nJOIN public.appeal_line AS line ON line.appeal_id = appeal.id\n"
        "LEFT JOIN public.district ON district.id = line.district_id\n"
        "LEFT JOIN public.appeal AS earlier ON earlier.id = appeal.reopens_id",
        "appeal",
    ),
    View(
        "assignment",
        {
            "id": (_WORK, "assignment.id"),
            "appeal": ("appeal.number", "appeal.number"),
            "executor": (_WORK, "executor.code"),
            **_plain("assignment", _WORK, "role", "state", "outcome", "later_on", "reworks", "on_behalf"),
            "due_at": ("appeal.term", "coalesce(assignment.due_at, appeal.due_at)"),
            **_plain("assignment", _WORK, "assigned_at", "taken_at", "done_at"),
        },
        "public.assignment\nJOIN public.appeal ON appeal.id = assignment.appeal_id\n"
        "JOIN public.executor ON executor.id = assignment.executor_id",
        "assignment",
    ),
    View(
        "deed",
        {
            "id": (_WORK, "deed.id"),
            "appeal": ("appeal.number", "appeal.number"),
            "assignment": (_WORK, "deed.assignment_id"),
            **_plain("deed", _WORK, "at", "deed", "was", "became", "result", "until_at", "late"),
            "executor": (_WORK, "executor.code"),
            "to_executor": (_WORK, "other.code"),
        },
        "public.appeal_deed AS deed\nJOIN public.appeal ON appeal.id = deed.appeal_id\n"
        "LEFT JOIN public.executor ON executor.id = deed.executor_id\n"
        "LEFT JOIN public.executor AS other ON other.id = deed.to_executor_id",
        "deed",
    ),
    View(
        "executor",
        {
            **_plain("executor", _WORK, "code", "name", "kind"),
            "parent": (_WORK, "parent.code"),
            **_plain("executor", _WORK, "connected", "active"),
        },
        "public.executor\nLEFT JOIN public.executor AS parent ON parent.id = executor.parent_id",
        "executor",
    ),
    View(
        "classifier",
        _plain(
            "entry", "appeal.codes", "section", "code", "parent", "name", "valid_from", "valid_until", "verified"
        ),
        "public.classifier_entry AS entry",
        "entry",
    ),
    View("topic", _plain("topic", "appeal.topic", "code", "name"), "public.topic", "topic"),
)  # fmt: skip
STATEMENTS: Final = (
    f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
    f"GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC",
    *(view.statement for view in VIEWS),
    *(f"GRANT SELECT ON {SCHEMA}.{view.name} TO PUBLIC" for view in VIEWS),
)
