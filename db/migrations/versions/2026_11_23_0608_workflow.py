"""workflow"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c7d2e94b10fa"
down_revision = "c7e41d9b5a30"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("assignment", "appeal_deed")
STATES = (
    "'registered', 'reopened', 'assigned', 'in_work', 'not_in_competence', 'returned', 'to_be_verified', 'closed', "
    "'returned_to_author', 'forwarded', 'not_subject', 'cancelled'"
)
RESULTS = "'satisfied', 'refused', 'explained', 'returned_to_author', 'forwarded', 'not_subject'"
WITH_RESULT = "state IN ('closed', 'forwarded', 'not_subject', 'returned_to_author')"
OPEN = (
    "state IN ('assigned', 'in_work', 'not_in_competence', 'registered', 'reopened', 'returned', 'to_be_verified')"
)
OPEN_BEFORE = "state IN ('in_work', 'registered', 'to_be_verified')"
DEEDS = (
    "'assign', 'take', 'finish', 'decline', 'ask_later', 'answer_for', 'reassign', 'withdraw', 'return', 'accept', "
    "'close', 'explain', 'forward', 'return_to_author', 'not_subject', 'cancel', 'reopen'"
)
MEANINGS = {
    ("result", "9.4"): "returned_to_author",
    ("result", "9.5"): "forwarded",
    ("result", "9.6"): "not_subject",
    ("sign", "2.2"): "repeated",
    ("result", "yuborildi"): "forwarded",
    ("result", "koribchiqilmadi"): "not_subject",
    ("sign", "takroriy"): "repeated",
}


def _own(table: str, at: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(at, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _appeals(states: str, results: str, with_result: str, still_open: str) -> None:
    """The states that an appeal may have, and the indexes of those that are open."""
    for name in ("state", "result", "closed_with_result"):
        op.drop_constraint(op.f(f"ck_appeal_{name}"), "appeal", type_="check")
    op.create_check_constraint(op.f("ck_appeal_state"), "appeal", f"state IN ({states})")
    op.create_check_constraint(op.f("ck_appeal_result"), "appeal", f"result IN ({results})")
    op.create_check_constraint(
        op.f("ck_appeal_closed_with_result"), "appeal", f"({with_result}) = (result IS NOT NULL)"
    )
    op.drop_index("ix_appeal_due_at", table_name="appeal")
    op.drop_index("ix_appeal_attention_at", table_name="appeal")
    where = sa.text(still_open)
    op.create_index("ix_appeal_due_at", "appeal", ["organisation_id", "due_at", "id"], postgresql_where=where)
    op.create_index("ix_appeal_attention_at", "appeal", ["organisation_id", "attention_at"], postgresql_where=where)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    _appeals(STATES, RESULTS, WITH_RESULT, OPEN)
    op.add_column("appeal", sa.Column("reopens_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_appeal_reopens_id"), "appeal", "appeal", ["reopens_id"], ["id"])
    op.create_index(op.f("ix_appeal_reopens_id"), "appeal", ["reopens_id"])
    op.create_table(
        "assignment",
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("executor_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="assigned", nullable=False),
        sa.Column("task", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", moment, nullable=True),
        sa.Column("reworks", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), server_default="", nullable=False),
        sa.Column("later_on", sa.Date(), nullable=True),
        sa.Column("reported_by", sa.BigInteger(), nullable=True),
        sa.Column("on_behalf", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("replaces_id", sa.BigInteger(), nullable=True),
        sa.Column("assigned_by", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", moment, nullable=True),
        sa.Column("done_at", moment, nullable=True),
        *_own("assignment", "assigned_at"),
        _to("assignment", "appeal_id", "appeal", "CASCADE"),
        _to("assignment", "executor_id", "executor"),
        _to("assignment", "reported_by", "person"),
        _to("assignment", "replaces_id", "assignment"),
        _to("assignment", "assigned_by", "person"),
        sa.CheckConstraint("role IN ('main', 'co')", name=op.f("ck_assignment_role")),
        sa.CheckConstraint(
            "state IN ('assigned', 'in_work', 'done', 'returned', 'not_in_competence', 'accepted', 'withdrawn')",
            name=op.f("ck_assignment_state"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('done', 'explained', 'refused', 'later')",
            name=op.f("ck_assignment_outcome"),
        ),
        sa.CheckConstraint("reworks >= 0", name=op.f("ck_assignment_reworks")),
        sa.CheckConstraint("(outcome IS NULL) = (reported_by IS NULL)", name=op.f("ck_assignment_reported_by")),
        sa.CheckConstraint(
            "state NOT IN ('done', 'accepted') OR (outcome IS NOT NULL AND report <> '')",
            name=op.f("ck_assignment_report"),
        ),
        sa.CheckConstraint(
            "(outcome IS NOT DISTINCT FROM 'later') = (later_on IS NOT NULL)", name=op.f("ck_assignment_later_on")
        ),
    )
    active, with_executor = "state <> 'withdrawn'", "state IN ('assigned', 'in_work', 'returned')"
    op.create_index(
        "uq_assignment_executor",
        "assignment",
        ["appeal_id", "executor_id"],
        unique=True,
        postgresql_where=sa.text(active),
    )
    op.create_index(
        "uq_assignment_main",
        "assignment",
        ["appeal_id"],
        unique=True,
        postgresql_where=sa.text(f"role = 'main' AND {active}"),
    )
    op.create_index("ix_assignment_appeal_id", "assignment", ["appeal_id", "id"])
    op.create_index(
        "ix_assignment_with_executor", "assignment", ["executor_id", "id"], postgresql_where=sa.text(with_executor)
    )
    op.create_index("ix_assignment_state", "assignment", ["organisation_id", "state", "appeal_id"])
    op.create_table(
        "appeal_deed",
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("assignment_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("executor_id", sa.BigInteger(), nullable=True),
        sa.Column("to_executor_id", sa.BigInteger(), nullable=True),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("was", sa.Text(), server_default="", nullable=False),
        sa.Column("became", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("until_at", moment, nullable=True),
        sa.Column("late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("submission", postgresql.UUID(), nullable=True),
        *_own("appeal_deed", "at"),
        _to("appeal_deed", "appeal_id", "appeal", "CASCADE"),
        _to("appeal_deed", "assignment_id", "assignment", "CASCADE"),
        _to("appeal_deed", "person_id", "person"),
        _to("appeal_deed", "executor_id", "executor"),
        _to("appeal_deed", "to_executor_id", "executor"),
        sa.CheckConstraint(f"deed IN ({DEEDS})", name=op.f("ck_appeal_deed_deed")),
        sa.UniqueConstraint("submission", name=op.f("uq_appeal_deed_submission")),
    )
    op.create_index("ix_appeal_deed_appeal_id", "appeal_deed", ["appeal_id", "id"])
    op.create_index("ix_appeal_deed_assignment_id", "appeal_deed", ["assignment_id", "id"])
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    op.execute('REVOKE UPDATE, DELETE ON "appeal_deed" FROM holos_app')
    entry = sa.table("classifier_entry", *(sa.column(name, sa.Text()) for name in ("section", "code", "meaning")))
    for (section, code), meaning in MEANINGS.items():
        mine = (entry.c.section == section, entry.c.code == code, entry.c.meaning == "")
        op.execute(entry.update().where(*mine).values(meaning=meaning))


def downgrade() -> None:
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("UPDATE appeal SET state = 'registered' WHERE state IN ('reopened', 'assigned', 'not_in_competence')")
    op.execute("UPDATE appeal SET state = 'in_work' WHERE state = 'returned'")
    op.execute(
        "UPDATE appeal SET state = 'closed', result = 'refused' "
        "WHERE state IN ('returned_to_author', 'forwarded', 'not_subject')"
    )
    op.drop_column("appeal", "reopens_id")
    _appeals(
        "'registered', 'in_work', 'to_be_verified', 'closed', 'cancelled'",
        "'satisfied', 'refused', 'explained'",
        "state = 'closed'",
        OPEN_BEFORE,
    )
