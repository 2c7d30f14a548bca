"""terms"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "7be2d40f19a6"
down_revision = "0c41a7e9b2d5"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = (
    "term_rule", "working_week", "calendar_day", "term_change", "extension_request", "term_recount", "appeal_code",
    "appeal_particulars",
)  # fmt: skip
OPEN = sa.text("state IN ('in_work', 'registered', 'to_be_verified')")
EVERY = "SELECT set_config('holos.organisation', 'every', true)"


def upgrade() -> None:
    op.create_table(
        "term_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("deed", sa.Text(), server_default="answer", nullable=False),
        sa.Column("variant", sa.Text(), server_default="usual", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("topic", sa.Text(), server_default="", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("start", sa.Text(), server_default="receipt", nullable=False),
        sa.Column("whole_days", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("moves", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("most_amount", sa.BigInteger(), nullable=True),
        sa.Column("most_unit", sa.Text(), nullable=True),
        sa.Column("most_is_more", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("basis <> ''", name=op.f("ck_term_rule_basis")),
        sa.CheckConstraint("deed IN ('answer', 'forward', 'return')", name=op.f("ck_term_rule_deed")),
        sa.CheckConstraint(
            "most_unit IS NULL OR most_unit IN ('hour', 'day', 'working_day', 'month')",
            name=op.f("ck_term_rule_most_unit"),
        ),
        sa.CheckConstraint("start IN ('receipt', 'opening')", name=op.f("ck_term_rule_start")),
        sa.CheckConstraint("unit IN ('hour', 'day', 'working_day', 'month')", name=op.f("ck_term_rule_unit")),
        sa.CheckConstraint("variant IN ('usual', 'simple', 'study')", name=op.f("ck_term_rule_variant")),
        sa.CheckConstraint("(most_amount IS NULL) = (most_unit IS NULL)", name=op.f("ck_term_rule_most")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_term_rule_amount")),
        sa.CheckConstraint("most_amount > 0", name=op.f("ck_term_rule_most_amount")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_term_rule_validity")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_term_rule_made_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_term_rule_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_rule")),
        sa.UniqueConstraint(
            "organisation_id", "deed", "variant", "kind", "topic", "problem", "valid_from", name="uq_term_rule_alike"
        ),
    )
    op.create_index(op.f("ix_term_rule_organisation_id"), "term_rule", ["organisation_id"], unique=False)
    op.create_table(
        "working_week",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("hours", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("public_holidays", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("cardinality(hours) = 7", name=op.f("ck_working_week_hours")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_working_week_made_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_working_week_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_week")),
        sa.UniqueConstraint("organisation_id", "valid_from", name=op.f("uq_working_week_organisation_id_valid_from")),
    )
    op.create_index(op.f("ix_working_week_organisation_id"), "working_week", ["organisation_id"], unique=False)
    op.create_table(
        "calendar_day",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_calendar_day_reason")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_calendar_day_made_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_calendar_day_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_day")),
        sa.UniqueConstraint("organisation_id", "day", name=op.f("uq_calendar_day_organisation_id_day")),
    )
    op.create_index(op.f("ix_calendar_day_organisation_id"), "calendar_day", ["organisation_id"], unique=False)
    op.create_table(
        "term_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rule_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "change IN ('set', 'recomputed', 'asked', 'extended', 'not_extended', 'shortened', 'long_control', 'no_long_control')",
            name=op.f("ck_term_change_change"),
        ),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_term_change_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_term_change_organisation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_term_change_person_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["term_rule.id"], name=op.f("fk_term_change_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_change")),
    )
    op.create_index("ix_term_change_appeal_id", "term_change", ["appeal_id", "id"], unique=False)
    op.create_index(op.f("ix_term_change_organisation_id"), "term_change", ["organisation_id"], unique=False)
    op.create_table(
        "extension_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decision", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_extension_request_reason")),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_extension_request_decided_by")),
        sa.CheckConstraint("(decided_at IS NULL) = (granted IS NULL)", name=op.f("ck_extension_request_granted")),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_extension_request_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_extension_request_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_extension_request_decided_by")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_extension_request_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_request")),
    )
    op.create_index(
        op.f("ix_extension_request_organisation_id"), "extension_request", ["organisation_id"], unique=False
    )
    op.create_index(
        "uq_extension_request_open",
        "extension_request",
        ["appeal_id"],
        unique=True,
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "term_recount",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("moved", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_term_recount_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_term_recount")),
    )
    op.create_table(
        "appeal_code",
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "section IN ('form', 'sign', 'kind', 'sex', 'subject', 'type', 'category', 'social', 'result', 'question', 'cause', 'problem')",
            name=op.f("ck_appeal_code_section"),
        ),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_code_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["classifier_entry.id"], name=op.f("fk_appeal_code_entry_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_appeal_code_organisation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("appeal_id", "entry_id", name=op.f("pk_appeal_code")),
    )
    op.create_index("ix_appeal_code_entry_id", "appeal_code", ["entry_id", "appeal_id"], unique=False)
    op.create_index(op.f("ix_appeal_code_organisation_id"), "appeal_code", ["organisation_id"], unique=False)
    op.create_index(
        "uq_appeal_code_single",
        "appeal_code",
        ["appeal_id", "section"],
        unique=True,
        postgresql_where=sa.text("section NOT IN ('category', 'question')"),
    )
    op.create_table(
        "appeal_particulars",
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("signatories", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("sent_by", sa.Text(), server_default="", nullable=False),
        sa.Column("covering_number", sa.Text(), server_default="", nullable=False),
        sa.Column("covering_on", sa.Date(), nullable=True),
        sa.Column("more_questions", sa.Text(), server_default="", nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("signatories >= 1", name=op.f("ck_appeal_particulars_signatories")),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f("fk_appeal_particulars_appeal_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_appeal_particulars_organisation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_appeal_particulars")),
    )
    op.create_index(
        op.f("ix_appeal_particulars_organisation_id"), "appeal_particulars", ["organisation_id"], unique=False
    )
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    op.execute('REVOKE UPDATE, DELETE ON "term_change" FROM holos_app')
    _appeal()


def _appeal() -> None:
    """What the term of an appeal follows from, and the term; those registered before were received when registered."""
    moment = sa.DateTime(timezone=True)
    op.add_column("appeal", sa.Column("received_at", moment, server_default=sa.text("now()"), nullable=False))
    op.add_column("appeal", sa.Column("problem", sa.Text(), server_default="", nullable=False))
    op.add_column("appeal", sa.Column("term_variant", sa.Text(), server_default="usual", nullable=False))
    op.add_column("appeal", sa.Column("due_at", moment, nullable=True))
    op.add_column("appeal", sa.Column("attention_at", moment, nullable=True))
    op.add_column("appeal", sa.Column("term_rule_id", sa.BigInteger(), nullable=True))
    for name in ("due_by_hand", "long_control"):
        op.add_column("appeal", sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_foreign_key(op.f("fk_appeal_term_rule_id"), "appeal", "term_rule", ["term_rule_id"], ["id"])
    op.execute(EVERY)
    op.execute("UPDATE appeal SET received_at = registered_at")
    with op.get_context().autocommit_block():
        for name, *more in (("due_at", "id"), ("attention_at",)):
            op.create_index(
                f"ix_appeal_{name}",
                "appeal",
                ["organisation_id", name, *more],
                postgresql_where=OPEN,
                postgresql_concurrently=True,
                if_not_exists=True,
            )


def downgrade() -> None:
    for name in ("attention_at", "due_at"):
        op.drop_index(f"ix_appeal_{name}", "appeal")
    op.drop_constraint(op.f("fk_appeal_term_rule_id"), "appeal")
    for name in (
        "received_at", "problem", "term_variant", "due_at", "attention_at", "term_rule_id", "due_by_hand", "long_control",
    ):  # fmt: skip
        op.drop_column("appeal", name)
    for table in reversed(TABLES):
        op.drop_table(table)
