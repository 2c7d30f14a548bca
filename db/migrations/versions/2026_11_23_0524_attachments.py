"""attachments"""

import sqlalchemy as sa
from alembic import op

revision = "5e1d7c93a0f4"
down_revision = "b7e1f0c94a36"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("attachment", "appeal_link", "compulsory_kind", "attachment_fault")
MOMENT = sa.DateTime(timezone=True)
BEFORE = (
    "'form', 'sign', 'kind', 'sex', 'subject', 'type', 'category', 'social', 'result', 'question', 'cause', 'problem'"
)


def _organisation(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
        ),
    ]


def _of_appeal(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appeal_id"], ["appeal.id"], name=op.f(f"fk_{table}_appeal_id"), ondelete="RESTRICT"
        ),
        sa.Column("added_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f(f"fk_{table}_added_by")),
        sa.Column("added_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("taken_back_at", MOMENT, nullable=True),
        sa.Column("taken_back_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["taken_back_by"], ["person.id"], name=op.f(f"fk_{table}_taken_back_by")),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by IS NULL)", name=op.f(f"ck_{table}_taken_back")
        ),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("assignment_id", sa.BigInteger(), nullable=True),
        sa.Column("kind_id", sa.BigInteger(), nullable=False),
        sa.Column("submission", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(collation="C"), nullable=False),
        sa.Column("small_key", sa.Text(), nullable=True),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("taken_back_why", sa.Text(), server_default="", nullable=False),
        *_of_appeal("attachment"),
        *_organisation("attachment"),
        sa.CheckConstraint("file_name <> ''", name=op.f("ck_attachment_file_name")),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_size")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_attachment_sha256")),
        sa.CheckConstraint("(small_key IS NULL) = (width IS NULL)", name=op.f("ck_attachment_small_key")),
        sa.CheckConstraint("(width IS NULL) = (height IS NULL)", name=op.f("ck_attachment_measures")),
        sa.CheckConstraint(
            "taken_back_at IS NULL OR taken_back_why <> ''", name=op.f("ck_attachment_taken_back_why")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["classifier_entry.id"], name=op.f("fk_attachment_kind_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("submission", name=op.f("uq_attachment_submission")),
        sa.UniqueConstraint("object_key", name=op.f("uq_attachment_object_key")),
    )
    op.create_index("ix_attachment_appeal_id", "attachment", ["appeal_id", "id"])
    op.create_index(op.f("ix_attachment_kind_id"), "attachment", ["kind_id"])
    op.create_index("ix_attachment_checked_at", "attachment", ["organisation_id", "checked_at"])
    op.create_index(
        "ix_attachment_assignment_id",
        "attachment",
        ["assignment_id"],
        postgresql_where=sa.text("assignment_id IS NOT NULL"),
    )
    op.create_table(
        "appeal_link",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        *_of_appeal("appeal_link"),
        *_organisation("appeal_link"),
        sa.CheckConstraint("address ~ '^https?://'", name=op.f("ck_appeal_link_address")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_link")),
    )
    op.create_index("ix_appeal_link_appeal_id", "appeal_link", ["appeal_id", "id"])
    op.create_table(
        "compulsory_kind",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        *_organisation("compulsory_kind"),
        sa.CheckConstraint("kind <> ''", name=op.f("ck_compulsory_kind_kind")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_compulsory_kind_validity")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_compulsory_kind_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compulsory_kind")),
        sa.UniqueConstraint(
            "organisation_id", "problem", "kind", "valid_from",
            name=op.f("uq_compulsory_kind_organisation_id_problem_kind_valid_from"),
        ),
    )
    op.create_table(
        "attachment_fault",
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.BigInteger(), nullable=True),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("found_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        *_organisation("attachment_fault"),
        sa.CheckConstraint("fault IN ('missing', 'changed', 'orphan')", name=op.f("ck_attachment_fault_fault")),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name=op.f("fk_attachment_fault_attachment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("object_key", name=op.f("pk_attachment_fault")),
    )
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    _sections(f"{BEFORE}, 'attachment'")


def downgrade() -> None:
    op.execute("DELETE FROM classifier_entry WHERE section = 'attachment'")
    _sections(BEFORE)
    for table in reversed(TABLES):
        op.drop_table(table)


def _sections(listed: str) -> None:
    name = op.f("ck_classifier_entry_section")
    op.drop_constraint(name, "classifier_entry", type_="check")
    op.create_check_constraint(name, "classifier_entry", f"section IN ({listed})")
