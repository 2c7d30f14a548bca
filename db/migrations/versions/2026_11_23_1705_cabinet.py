"""cabinet"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e5b0c2f7a119"
down_revision = "5be20c7f1d93"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = (
    "cabinet", "cabinet_form", "cabinet_account", "cabinet_code", "cabinet_session", "cabinet_draft", "cabinet_appeal",
)  # fmt: skip
SOURCES_BEFORE = "'phone', 'reception', 'letter', 'email'"
SOURCES = f"{SOURCES_BEFORE}, 'site'"


def _sources(sources: str) -> None:
    """The channels that an appeal may have come through."""
    op.drop_constraint(op.f("ck_appeal_source"), "appeal", type_="check")
    op.create_check_constraint(op.f("ck_appeal_source"), "appeal", f"source IN ({sources})")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _text(name: str, *, default: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="" if default else None)


def _row(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _time(name: str, *, now: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()") if now else None)


def _to(table: str, column: str, other: str, **more: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), **more)


def _organisation(table: str) -> sa.ForeignKeyConstraint:
    return _to(table, "organisation_id", "organisation", ondelete="RESTRICT")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _sources(SOURCES)
    _arrangement()
    _accounts()
    _what_is_theirs()
    for table in TABLES[1:]:
        op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
    for table in TABLES:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    op.execute('REVOKE UPDATE, DELETE ON "cabinet_form" FROM holos_app')
    op.execute('REVOKE DELETE ON "cabinet_appeal" FROM holos_app')


def _arrangement() -> None:
    op.create_table(
        "cabinet",
        _row("organisation_id"),
        _row("mail_channel_id", nullable=True),
        _row("person_id"),
        _text("file_kind", default=True),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_cabinet")),
        _organisation("cabinet"),
        _to("cabinet", "mail_channel_id", "channel", ondelete="RESTRICT"),
        _to("cabinet", "person_id", "person"),
    )
    op.create_table(
        "cabinet_form",
        _id(),
        _row("version"),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        _row("made_by"),
        _time("made_at", now=True),
        _row("organisation_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabinet_form")),
        sa.UniqueConstraint("organisation_id", "version", name=op.f("uq_cabinet_form_organisation_id_version")),
        sa.CheckConstraint("version > 0", name=op.f("ck_cabinet_form_version")),
        _organisation("cabinet_form"),
        _to("cabinet_form", "made_by", "person"),
    )


def _accounts() -> None:
    op.create_table(
        "cabinet_account",
        _id(),
        _text("email"),
        _text("language"),
        *(_text(name, default=True) for name in ("surname", "given_name", "patronymic", "phone", "address")),
        _row("applicant_id", nullable=True),
        _time("created_at", now=True),
        _row("organisation_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabinet_account")),
        sa.UniqueConstraint("organisation_id", "email", name=op.f("uq_cabinet_account_organisation_id_email")),
        sa.CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name=op.f("ck_cabinet_account_email")),
        _organisation("cabinet_account"),
        _to("cabinet_account", "applicant_id", "applicant"),
    )
    op.create_index(op.f("ix_cabinet_account_applicant_id"), "cabinet_account", ["applicant_id"])
    op.create_table(
        "cabinet_code",
        _text("token_hash"),
        _text("email"),
        _text("code_hash"),
        sa.Column("tries", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        _time("until_at"),
        _row("organisation_id"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_cabinet_code")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_cabinet_code_tries")),
        _organisation("cabinet_code"),
    )
    op.create_table(
        "cabinet_session",
        _text("token_hash"),
        _row("account_id"),
        _text("csrf"),
        _time("created_at", now=True),
        _time("seen_at", now=True),
        _time("expires_at"),
        _row("organisation_id"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_cabinet_session")),
        _organisation("cabinet_session"),
        _to("cabinet_session", "account_id", "cabinet_account", ondelete="CASCADE"),
    )
    op.create_index(op.f("ix_cabinet_session_account_id"), "cabinet_session", ["account_id"])


def _what_is_theirs() -> None:
    op.create_table(
        "cabinet_draft",
        _id(),
        sa.Column("token_hash", sa.Text(), nullable=True),
        _row("account_id", nullable=True),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        _time("saved_at", now=True),
        _row("organisation_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cabinet_draft")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_cabinet_draft_token_hash")),
        sa.UniqueConstraint("account_id", name=op.f("uq_cabinet_draft_account_id")),
        sa.CheckConstraint("num_nonnulls(token_hash, account_id) = 1", name=op.f("ck_cabinet_draft_whose")),
        _organisation("cabinet_draft"),
        _to("cabinet_draft", "account_id", "cabinet_account", ondelete="CASCADE"),
    )
    op.create_table(
        "cabinet_appeal",
        _row("appeal_id"),
        _row("account_id"),
        _text("reply"),
        _text("phone", default=True),
        _row("organisation_id"),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_cabinet_appeal")),
        sa.CheckConstraint("reply IN ('email', 'post')", name=op.f("ck_cabinet_appeal_reply")),
        _organisation("cabinet_appeal"),
        _to("cabinet_appeal", "appeal_id", "appeal", ondelete="RESTRICT"),
        _to("cabinet_appeal", "account_id", "cabinet_account"),
    )
    op.create_index(op.f("ix_cabinet_appeal_account_id"), "cabinet_appeal", ["account_id"])


def downgrade() -> None:
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("UPDATE appeal SET source = 'email' WHERE source = 'site'")
    _sources(SOURCES_BEFORE)
