"""keeping of recordings"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "1aadf9b2441a"
down_revision = "f121ae47bf92"
branch_labels = None
depends_on = None

MINE = (
    "current_setting('holos.organisation', true) = 'every' OR organisation_id = "
    "NULLIF(NULLIF(current_setting('holos.organisation', true), 'every'), '')::bigint"
)
MADE = ("retention_rule", "legal_hold", "deletion_act", "deletion_item", "keeping_policy", "recording_entry")
STATES = "'expected', 'recording', 'spooled', 'stored', 'not_needed', 'missing', 'failed'"
FATES = (
    "'answered', 'abandoned_in_menu', 'abandoned_in_queue', 'refused', 'out_of_hours', 'callback_asked', "
    "'self_service', 'lost'"
)

HAPPENED = sa.text(
    """
    SELECT organisation_id, at, kind, call, recording_id, details FROM (
        SELECT organisation_id, stored_at AS at, 'stored' AS kind, call, id AS recording_id,
            jsonb_build_object('sha256', sha256, 'size', size::text, 'key', object_key) AS details, 0 AS place
        FROM recording WHERE state = 'stored'
        UNION ALL
        SELECT l.organisation_id, l.at, l.kind, r.call, l.recording_id,
            jsonb_build_object('listening', l.id::text, 'person', l.person_id::text, 'why', l.why), 1
        FROM listening l JOIN recording r ON r.id = l.recording_id
    ) happened
    ORDER BY organisation_id, at, place, recording_id
    """
)


def upgrade() -> None:
    _rules_and_holds()
    _acts()
    _recordings()
    _ledger()
    for table in MADE:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    op.execute('REVOKE UPDATE, DELETE ON "recording_entry" FROM holos_app')
    _enter_what_is_there()
    _list_of_calls()


def downgrade() -> None:
    _old_list_of_calls()
    op.drop_table("recording_entry")
    op.drop_index("ix_recording_kept", "recording")
    op.drop_constraint(op.f("ck_recording_deleted_by_act"), "recording")
    op.drop_constraint(op.f("ck_recording_state"), "recording")
    op.create_check_constraint(op.f("ck_recording_state"), "recording", f"state IN ({STATES})")
    op.drop_table("deletion_item")
    op.drop_column("recording", "deleted_at")
    op.drop_column("recording", "act_id")
    for table in ("keeping_policy", "deletion_act", "legal_hold", "retention_rule"):
        op.drop_table(table)


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _number(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(name: str, *, nullable: bool = True, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=nullable)


def _moment(name: str, *, now: bool = False) -> sa.Column[Any]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not now)


def _made(table: str, *parts: Any, people: tuple[str, ...] = ()) -> None:
    """A table of an organisation; `people` are its columns that name a person."""
    op.create_table(
        table,
        _id(),
        *parts,
        _number("organisation_id", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(_refers(table, column, "person") for column in people),
        _refers(table, "organisation_id", "organisation"),
    )
    op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="RESTRICT")


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _rules_and_holds() -> None:
    rule, hold = "retention_rule", "legal_hold"
    _made(
        rule,
        _text("topic", nullable=False),
        _text("fate", nullable=False),
        sa.Column("keeps", sa.Interval(), nullable=False),
        _text("basis", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        _number("made_by"),
        _moment("created_at", now=True),
        _check(rule, "keeps", "keeps > interval '0'"),
        _check(rule, "fate", f"fate = '' OR fate IN ({FATES})"),
        _check(rule, "validity", "valid_until >= valid_from"),
        _check(rule, "basis", "basis <> ''"),
        sa.UniqueConstraint(
            "organisation_id",
            "topic",
            "fate",
            "valid_from",
            name=op.f("uq_retention_rule_organisation_id_topic_fate_valid_from"),
        ),
        people=("made_by",),
    )
    _made(
        hold,
        sa.Column("call", sa.Uuid(), nullable=True),
        _text("caller"),
        _text("why", nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        _number("placed_by", nullable=False),
        _moment("placed_at", now=True),
        _number("released_by"),
        _moment("released_at"),
        _text("release_why"),
        _check(hold, "of_what", "(call IS NULL) <> (caller IS NULL)"),
        _check(hold, "why", "why <> ''"),
        _check(hold, "released", "(released_at IS NULL) = (released_by IS NULL)"),
        people=("placed_by", "released_by"),
    )
    for what in ("call", "caller"):
        open_ = sa.text("released_at IS NULL")
        op.create_index(f"ix_legal_hold_{what}", hold, ["organisation_id", what], postgresql_where=open_)


def _acts() -> None:
    act = "deletion_act"
    _made(
        act,
        _number("number", nullable=False),
        _text("state", nullable=False, default="draft"),
        _text("reason", nullable=False, default=""),
        _number("drafted_by"),
        _moment("drafted_at", now=True),
        _number("approved_by"),
        _moment("approved_at"),
        _number("confirmed_by"),
        _moment("confirmed_at"),
        _number("withdrawn_by"),
        _moment("withdrawn_at"),
        _text("withdrawn_why"),
        _moment("done_at"),
        _moment("asked_at"),
        _text("seal"),
        _check(act, "state", "state IN ('draft', 'awaits_second', 'approved', 'done', 'withdrawn')"),
        _check(act, "approved", "state IN ('draft', 'withdrawn') OR approved_by IS NOT NULL"),
        _check(act, "two_persons", "confirmed_by IS NULL OR confirmed_by <> approved_by"),
        _check(act, "withdrawn", "state <> 'withdrawn' OR withdrawn_why <> ''"),
        _check(act, "done", "state <> 'done' OR done_at IS NOT NULL"),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_deletion_act_organisation_id_number")),
        people=("drafted_by", "approved_by", "confirmed_by", "withdrawn_by"),
    )
    item = "deletion_item"
    _made(
        item,
        _number("act_id", nullable=False),
        _number("recording_id", nullable=False),
        _number("rule_id"),
        sa.Column("due_on", sa.Date(), nullable=True),
        _moment("begun_at"),
        _moment("settled_at"),
        _text("outcome"),
        _text("last_error"),
        _check(item, "outcome", "outcome IN ('deleted', 'held', 'not_stored', 'withdrawn')"),
        _check(item, "settled", "(outcome IS NULL) = (settled_at IS NULL)"),
        _refers(item, "act_id", "deletion_act"),
        _refers(item, "recording_id", "recording"),
        _refers(item, "rule_id", "retention_rule"),
        sa.UniqueConstraint("act_id", "recording_id", name=op.f("uq_deletion_item_act_id_recording_id")),
    )
    waits = sa.text("outcome IS NULL")
    op.create_index("uq_deletion_item_open", item, ["recording_id"], unique=True, postgresql_where=waits)
    op.create_index("ix_deletion_item_waiting", item, ["act_id", "id"], postgresql_where=waits)
    _made(
        "keeping_policy",
        sa.Column("two_persons", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_keeping_policy_organisation_id")),
    )


def _recordings() -> None:
    op.add_column("recording", _number("act_id"))
    op.add_column("recording", _moment("deleted_at"))
    op.create_foreign_key(
        op.f("fk_recording_act_id"), "recording", "deletion_act", ["act_id"], ["id"], ondelete="RESTRICT"
    )
    op.drop_constraint(op.f("ck_recording_state"), "recording")
    op.create_check_constraint(op.f("ck_recording_state"), "recording", f"state IN ({STATES}, 'deleted')")
    op.create_check_constraint(
        op.f("ck_recording_deleted_by_act"),
        "recording",
        "state <> 'deleted' OR (act_id IS NOT NULL AND deleted_at IS NOT NULL)",
    )
    stored = sa.text("state = 'stored'")
    op.create_index("ix_recording_kept", "recording", ["organisation_id", "ended_at"], postgresql_where=stored)


def _ledger() -> None:
    entry = "recording_entry"
    _made(
        entry,
        _number("number", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _text("kind", nullable=False),
        sa.Column("call", sa.Uuid(), nullable=True),
        _number("recording_id"),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _text("previous", nullable=False),
        _text("seal", nullable=False),
        _check(entry, "number", "number > 0"),
        _check(entry, "kind", "kind IN ('stored', 'listened', 'downloaded', 'held', 'released', 'deleted')"),
        _check(entry, "seal", "seal ~ '^[0-9a-f]{64}$' AND previous ~ '^[0-9a-f]{64}$'"),
        _refers(entry, "recording_id", "recording"),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_recording_entry_organisation_id_number")),
    )
    op.create_index(op.f("ix_recording_entry_recording_id"), entry, ["recording_id"])


def _enter_what_is_there() -> None:
    """The chains begin with what was stored and heard before there was a ledger."""
    connection = op.get_bind()
    connection.execute(sa.text("SELECT set_config('holos.organisation', 'every', true)"))
    entry = sa.table(
        "recording_entry",
        *(sa.column(name) for name in ("organisation_id", "number", "at", "kind", "call", "recording_id")),
        sa.column("details", postgresql.JSONB()),
        *(sa.column(name) for name in ("previous", "seal")),
    )
    entries = _chained(list(connection.execute(HAPPENED).mappings()))
    while rows := list(islice(entries, 1000)):
        connection.execute(entry.insert(), rows)


def _chained(happened: list[Any]) -> Iterator[dict[str, Any]]:
    organisation, number, before = None, 0, ""
    for row in happened:
        if row["organisation_id"] != organisation:
            organisation, number, before = row["organisation_id"], 0, "0" * 64
        number += 1
        at = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
        content = [before, organisation, number, at, row["kind"], str(row["call"]), row["recording_id"], row["details"]]
        written = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        seal = hashlib.sha256(written.encode()).hexdigest()
        yield {**row, "number": number, "previous": before, "seal": seal}
        before = seal


FILTERED = ("agent", "queue", "topic", "language", "result", "fate", "recorded")
LISTED = {f"ix_call_{name}": (name, "arrived_at") for name in FILTERED if name != "recorded"} | {
    "ix_call_page": ("arrived_at",),
    "ix_call_waited": ("waited",),
    "ix_call_talked": ("talked",),
}
REPLACED = ("ix_call_page", "ix_call_caller_end", "ix_call_agent", "ix_call_queue")


def _list_of_calls() -> None:
    """Indexes in the list's orders that hold all it filters by; who took part beside the last agent."""
    for name in REPLACED:
        op.drop_index(name, "call")
    computed = sa.Computed("reverse(caller)", persisted=True)
    op.add_column("call", sa.Column("caller_end", sa.Text(), computed, nullable=True))
    agents = sa.Column("agents", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
    op.add_column("call", agents)
    op.execute(
        """
        UPDATE call SET agents = took.agents FROM (
            SELECT call, array_agg(DISTINCT agent ORDER BY agent) AS agents FROM call_leg
            WHERE answered_at IS NOT NULL OR outcome IN ('dialling', 'not_reached') GROUP BY call
        ) AS took
        WHERE took.call = call.id AND took.agents IS DISTINCT FROM ARRAY[call.agent]
        """
    )
    for name, columns in LISTED.items():
        _listing(name, columns, [each for each in FILTERED if each not in columns])
    some = sa.text("cardinality(agents) > 0")
    _listing("ix_call_passed_on", ("arrived_at",), ["agents", *FILTERED], only=some)
    op.create_index(
        "ix_call_caller_end",
        "call",
        ["organisation_id", "caller_end"],
        postgresql_ops={"caller_end": "text_pattern_ops"},
    )
    op.create_index("ix_call_dialled", "call", ["organisation_id", "dialled", "arrived_at", "id"])


def _listing(name: str, columns: tuple[str, ...], beside: list[str], *, only: Any = None) -> None:
    op.create_index(
        name,
        "call",
        ["organisation_id", *columns, "id"],
        postgresql_include=beside,
        postgresql_where=only,
    )


def _old_list_of_calls() -> None:
    for name in (*LISTED, "ix_call_passed_on", "ix_call_caller_end", "ix_call_dialled"):
        op.drop_index(name, "call")
    op.drop_column("call", "agents")
    op.drop_column("call", "caller_end")
    op.create_index("ix_call_page", "call", ["organisation_id", "arrived_at", "id"])
    op.create_index("ix_call_agent", "call", ["organisation_id", "agent", "arrived_at"])
    op.create_index("ix_call_queue", "call", ["organisation_id", "queue", "arrived_at"])
    reversed_ = sa.text("reverse(caller) text_pattern_ops")
    op.create_index("ix_call_caller_end", "call", ["organisation_id", reversed_])
