"""versions of menus"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "3e71ba1a24bb"
down_revision = "b7e20c5f9a16"
branch_labels = None
depends_on = None

MINE = (
    "current_setting('holos.organisation', true) = 'every' OR organisation_id = "
    "NULLIF(NULLIF(current_setting('holos.organisation', true), 'every'), '')::bigint"
)
LANGUAGES = "language IN ('uk','uz','ru','en')"


def _organisation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
    )


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.add_column("menu_document", sa.Column("published_by", sa.BigInteger(), nullable=True))
    op.add_column("menu_document", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column("menu_document", sa.Column("restores", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_menu_document_published_by"), "menu_document", "person", ["published_by"], ["id"])
    op.create_table(
        "menu_draft",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("based_on", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("revision > 0", name=op.f("ck_menu_draft_revision")),
        _organisation("menu_draft"),
        _person("menu_draft", "changed_by"),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_menu_draft")),
    )
    op.create_table(
        "typed_prompt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sound", sa.LargeBinary(), nullable=False),
        sa.Column("typed_by", sa.BigInteger(), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(LANGUAGES, name=op.f("ck_typed_prompt_language")),
        _organisation("typed_prompt"),
        _person("typed_prompt", "typed_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_typed_prompt")),
    )
    op.create_index(op.f("ix_typed_prompt_organisation_id"), "typed_prompt", ["organisation_id"])
    op.create_index(
        "uq_typed_prompt_used",
        "typed_prompt",
        ["organisation_id", "prompt", "language"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "emergency",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_by", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("until_at > since_at", name=op.f("ck_emergency_until_at")),
        _organisation("emergency"),
        _person("emergency", "announced_by"),
        _person("emergency", "ended_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency")),
    )
    op.create_index(op.f("ix_emergency_organisation_id"), "emergency", ["organisation_id"])
    op.create_index(
        "uq_emergency_open",
        "emergency",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    for table in ("menu_draft", "typed_prompt", "emergency"):
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')


def downgrade() -> None:
    for table in ("emergency", "typed_prompt", "menu_draft"):
        op.drop_table(table)
    for column in ("restores", "note", "published_by"):
        op.drop_column("menu_document", column)
