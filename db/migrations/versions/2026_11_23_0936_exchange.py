"""exchange"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e3b0a51c77d2"
down_revision = "3f8a51c7e0d4"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("api_key", "published_reader", "webhook", "webhook_message")
SCOPES = "ARRAY['read', 'personal', 'special', 'register', 'work']"
VIEWS = (
    "CREATE SCHEMA IF NOT EXISTS published",
    "GRANT USAGE ON SCHEMA published TO PUBLIC",
    """
CREATE OR REPLACE VIEW published.appeal WITH (security_barrier = true) AS
SELECT appeal.number AS number,
    appeal.kind AS kind,
    appeal.problem AS problem,
    appeal.topic AS topic,
    appeal.source AS source,
    nullif(line.sign, '') AS sign,
    district.name AS district,
    appeal.state AS state,
    appeal.result AS result,
    appeal.registered_at AS registered_at,
    appeal.received_at AS received_at,
    appeal.closed_at AS closed_at,
    appeal.due_at AS due_at,
    appeal.term_variant AS term_variant,
    appeal.due_by_hand AS due_by_hand,
    appeal.long_control AS long_control,
    coalesce(coalesce(appeal.closed_at, now()) > appeal.due_at, false) AS overdue,
    earlier.number AS reopens
FROM public.appeal
JOIN public.appeal_line AS line ON line.appeal_id = appeal.id
LEFT JOIN public.district ON district.id = line.district_id
LEFT JOIN public.appeal AS earlier ON earlier.id = appeal.reopens_id
WHERE appeal.organisation_id = (SELECT reader.organisation_id FROM public.published_reader AS reader WHERE reader.role = session_user)
    """,
    """
CREATE OR REPLACE VIEW published.assignment WITH (security_barrier = true) AS
SELECT assignment.id AS id,
    appeal.number AS appeal,
    executor.code AS executor,
    assignment.role AS role,
    assignment.state AS state,
    assignment.outcome AS outcome,
    assignment.later_on AS later_on,
    assignment.reworks AS reworks,
    assignment.on_behalf AS on_behalf,
    coalesce(assignment.due_at, appeal.due_at) AS due_at,
    assignment.assigned_at AS assigned_at,
    assignment.taken_at AS taken_at,
    assignment.done_at AS done_at
FROM public.assignment
JOIN public.appeal ON appeal.id = assignment.appeal_id
JOIN public.executor ON executor.id = assignment.executor_id
WHERE assignment.organisation_id = (SELECT reader.organisation_id FROM public.published_reader AS reader WHERE reader.role = session_user)
    """,
    """
CREATE OR REPLACE VIEW published.deed WITH (security_barrier = true) AS
SELECT deed.id AS id,
    appeal.number AS appeal,
    deed.assignment_id AS assignment,
    deed.at AS at,
    deed.deed AS deed,
    deed.was AS was,
    deed.became AS became,
    deed.result AS result,
    deed.until_at AS until_at,
    deed.late AS late,
    executor.code AS executor,
    other.code AS to_executor
FROM public.appeal_deed AS deed
JOIN public.appeal ON appeal.id = deed.appeal_id
LEFT JOIN public.executor ON executor.id = deed.executor_id
LEFT JOIN public.executor AS other ON other.id = deed.to_executor_id
WHERE deed.organisation_id = (SELECT reader.organisation_id FROM public.published_reader AS reader WHERE reader.role = session_user)
    """,
    """
CREATE OR REPLACE VIEW published.executor WITH (security_barrier = true) AS
SELECT executor.code AS code,
    executor.name AS name,
    executor.kind AS kind,
    parent.code AS parent,
    executor.connected AS connected,
    executor.active AS active
FROM public.executor
LEFT JOIN public.executor AS parent ON parent.id = executor.parent_id
WHERE executor.organisation_id = (SELECT reader.organisation_id FROM public.published_reader AS reader WHERE reader.role = session_user)
    """,
    """
CREATE OR REPLACE VIEW published.classifier WITH (security_barrier = true) AS
SELECT entry.section AS section,
    entry.code AS code,
    entry.parent AS parent,
    entry.name AS name,
    entry.valid_from AS valid_from,
    entry.valid_until AS valid_until,
    entry.verified AS verified
FROM public.classifier_entry AS entry
WHERE entry.organisation_id = (SELECT reader.organisation_id FROM public.published_reader AS reader WHERE reader.role = session_user)
    """,
    """
CREATE OR REPLACE VIEW published.topic WITH (security_barrier = true) AS
SELECT topic.code AS code,
    topic.name AS name
FROM public.topic
WHERE topic.organisation_id = (SELECT reader.organisation_id FROM public.published_reader AS reader WHERE reader.role = session_user)
    """,
    "GRANT SELECT ON published.appeal TO PUBLIC",
    "GRANT SELECT ON published.assignment TO PUBLIC",
    "GRANT SELECT ON published.deed TO PUBLIC",
    "GRANT SELECT ON published.executor TO PUBLIC",
    "GRANT SELECT ON published.classifier TO PUBLIC",
    "GRANT SELECT ON published.topic TO PUBLIC",
)


def _of_organisation(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
        ),
    ]


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "api_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("per_minute", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("valid_until", moment, nullable=True),
        sa.Column("last_used_at", moment, nullable=True),
        sa.Column("last_used_from", sa.Text(), server_default="", nullable=False),
        sa.Column("revoked_at", moment, nullable=True),
        sa.Column("revoked_by", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(f"scopes <@ {SCOPES} AND scopes <> '{{}}'", name=op.f("ck_api_key_scopes")),
        sa.CheckConstraint("per_minute BETWEEN 1 AND 6000", name=op.f("ck_api_key_per_minute")),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name=op.f("ck_api_key_revoked_by")),
        _to("api_key", "person_id", "person", "RESTRICT"),
        _to("api_key", "created_by", "person"),
        _to("api_key", "revoked_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
        *_of_organisation("api_key"),
    )
    op.create_index(op.f("ix_api_key_person_id"), "api_key", ["person_id"])
    op.create_table(
        "published_reader",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("made_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role ~ '^[a-z][a-z0-9_]{2,30}$'", name=op.f("ck_published_reader_role")),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_published_reader")),
        *_of_organisation("published_reader"),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("executor_id", sa.BigInteger(), nullable=True),
        sa.Column("personal", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("last_success_at", moment, nullable=True),
        sa.Column("last_failure_at", moment, nullable=True),
        sa.Column("last_failure", sa.Text(), nullable=True),
        sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("resting_until", moment, nullable=True),
        sa.CheckConstraint(
            "events <@ ARRAY['appeal.registered', 'appeal.changed'] AND events <> '{}'", name=op.f("ck_webhook_events")
        ),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_webhook_failures")),
        _to("webhook", "executor_id", "executor"),
        _to("webhook", "created_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_webhook_organisation_id_name")),
        *_of_organisation("webhook"),
    )
    op.create_index(op.f("ix_webhook_executor_id"), "webhook", ["executor_id"])
    op.create_table(
        "webhook_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("webhook_id", sa.BigInteger(), nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "event IN ('appeal.registered', 'appeal.changed', 'ping')", name=op.f("ck_webhook_message_event")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'dead')", name=op.f("ck_webhook_message_state")
        ),
        sa.CheckConstraint("(event = 'ping') = (appeal_id IS NULL)", name=op.f("ck_webhook_message_appeal_id")),
        sa.CheckConstraint("state <> 'dead' OR last_error IS NOT NULL", name=op.f("ck_webhook_message_reason")),
        _to("webhook_message", "webhook_id", "webhook", "CASCADE"),
        _to("webhook_message", "appeal_id", "appeal", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_message")),
        sa.UniqueConstraint("name", name=op.f("uq_webhook_message_name")),
        *_of_organisation("webhook_message"),
    )
    still_open = sa.text("state IN ('sending', 'waiting')")
    for name, columns, where in (
        ("due", ["webhook_id", "due_at", "id"], still_open),
        ("order", ["webhook_id", "appeal_id", "id"], still_open),
        ("list", ["webhook_id", "id"], None),
        ("appeal_id", ["appeal_id"], None),
    ):
        op.create_index(f"ix_webhook_message_{name}", "webhook_message", columns, postgresql_where=where)
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    for statement in VIEWS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP SCHEMA published CASCADE")
    for table in reversed(TABLES):
        op.drop_table(table)
