"""applicants"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b7e1f0c94a36"
down_revision = "d27f90b4e1c6"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = (
    "applicant_contact",
    "applicant_category",
    "applicant_note",
    "applicant_change",
    "applicant_word",
    "name_word",
    "name_trigram",
    "applicant_pair",
    "applicant_merge",
)
APPEND_ONLY = ("applicant_change",)
NOW = sa.text("now()")


def _id() -> sa.Column:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _whose(table: str) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    return (
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
        ),
    )


def _to(table: str, column: str, other: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _applicant()
    _of_applicants()
    _found_by()
    _alike()
    for table in TABLES:
        if table not in ("name_word", "name_trigram"):  # whose key begins with it
            op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    for table in APPEND_ONLY:
        op.execute(f'REVOKE UPDATE, DELETE ON "{table}" FROM holos_app')
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    for kind in ("phone", "email", "address"):
        backwards = "reverse(substr(phone, 2))" if kind == "phone" else "NULL"
        op.execute(
            "INSERT INTO applicant_contact (organisation_id, applicant_id, kind, value, backwards, since)"
            f" SELECT organisation_id, id, '{kind}', {kind}, {backwards}, created_at::date FROM applicant"
            f" WHERE {kind} <> ''"
        )


def _applicant() -> None:
    for name, default in (("kind", "person"), ("title", ""), ("code", ""), ("language", "")):
        op.add_column("applicant", sa.Column(name, sa.Text(), server_default=default, nullable=False))
    op.add_column("applicant", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    for name in ("spelled", "compared"):
        op.add_column("applicant", sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_foreign_key(op.f("fk_applicant_merged_into_id"), "applicant", "applicant", ["merged_into_id"], ["id"])
    for name, condition in (
        ("kind", "kind IN ('person', 'organisation')"),
        ("title", "(kind = 'organisation') = (title <> '')"),
        ("code", "kind = 'organisation' OR code = ''"),
        ("merged_into", "merged_into_id <> id"),
    ):
        op.create_check_constraint(op.f(f"ck_applicant_{name}"), "applicant", condition)
    for name, columns, where in (
        ("code", ["organisation_id", "code"], "code <> ''"),
        ("merged_into_id", ["merged_into_id"], "merged_into_id IS NOT NULL"),
        ("not_spelled", ["id"], "NOT spelled"),
        ("not_compared", ["id"], "NOT compared"),
    ):
        op.create_index(f"ix_applicant_{name}", "applicant", columns, postgresql_where=sa.text(where))


def _of_applicants() -> None:
    op.create_table(
        "applicant_contact",
        _id(),
        sa.Column("applicant_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(collation="C"), nullable=False),
        sa.Column("backwards", sa.Text(collation="C"), nullable=True),
        sa.Column("house_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("since", sa.Date(), server_default=sa.text("CURRENT_DATE"), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        *_whose("applicant_contact"),
        sa.CheckConstraint("kind IN ('phone', 'email', 'address')", name=op.f("ck_applicant_contact_kind")),
        sa.CheckConstraint("value <> ''", name=op.f("ck_applicant_contact_value")),
        sa.CheckConstraint("since <= until", name=op.f("ck_applicant_contact_since")),
        sa.CheckConstraint("kind = 'address' OR house_id IS NULL", name=op.f("ck_applicant_contact_house")),
        _to("applicant_contact", "applicant_id", "applicant"),
        _to("applicant_contact", "house_id", "house"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant_contact")),
        sa.UniqueConstraint(
            "applicant_id", "kind", "value", name=op.f("uq_applicant_contact_applicant_id_kind_value")
        ),
    )
    op.create_index(op.f("ix_applicant_contact_house_id"), "applicant_contact", ["house_id"])
    op.create_index(
        "ix_applicant_contact_value",
        "applicant_contact",
        ["value", "kind", "organisation_id"],
        postgresql_include=["applicant_id"],
    )
    op.create_index(
        "ix_applicant_contact_backwards",
        "applicant_contact",
        ["organisation_id", "backwards"],
        postgresql_include=["applicant_id"],
        postgresql_where=sa.text("backwards IS NOT NULL"),
    )
    op.create_table(
        "applicant_category",
        _id(),
        sa.Column("applicant_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), server_default="", nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        *_whose("applicant_category"),
        sa.CheckConstraint("since <= until", name=op.f("ck_applicant_category_since")),
        _to("applicant_category", "applicant_id", "applicant"),
        _to("applicant_category", "entry_id", "classifier_entry"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant_category")),
        sa.UniqueConstraint(
            "applicant_id", "entry_id", "since", name=op.f("uq_applicant_category_applicant_id_entry_id_since")
        ),
    )
    op.create_index(op.f("ix_applicant_category_entry_id"), "applicant_category", ["entry_id"])
    op.create_table(
        "applicant_note",
        _id(),
        sa.Column("applicant_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        *_whose("applicant_note"),
        sa.CheckConstraint("text <> ''", name=op.f("ck_applicant_note_text")),
        _to("applicant_note", "applicant_id", "applicant"),
        _to("applicant_note", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant_note")),
    )
    op.create_index(op.f("ix_applicant_note_applicant_id"), "applicant_note", ["applicant_id"])
    op.create_table(
        "applicant_change",
        _id(),
        sa.Column("applicant_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        *_whose("applicant_change"),
        sa.CheckConstraint(
            "change IN ('registered', 'corrected', 'added', 'ended', 'merged', 'merge_undone')",
            name=op.f("ck_applicant_change_change"),
        ),
        _to("applicant_change", "applicant_id", "applicant"),
        _to("applicant_change", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant_change")),
    )
    op.create_index("ix_applicant_change_applicant_id", "applicant_change", ["applicant_id", "id"])


def _found_by() -> None:
    op.create_table(
        "applicant_word",
        _id(),
        sa.Column("applicant_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.Text(collation="C"), nullable=False),
        sa.Column("second", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        *_whose("applicant_word"),
        _to("applicant_word", "applicant_id", "applicant", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant_word")),
    )
    op.create_index(op.f("ix_applicant_word_applicant_id"), "applicant_word", ["applicant_id"])
    op.create_index(
        "ix_applicant_word_first",
        "applicant_word",
        ["organisation_id", "place", "first", "second"],
        postgresql_include=["applicant_id", "key"],
    )
    op.create_table(
        "name_word",
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        *_whose("name_word"),
        sa.PrimaryKeyConstraint("organisation_id", "word", name=op.f("pk_name_word")),
    )
    op.create_table(
        "name_trigram",
        sa.Column("letters", sa.Text(collation="C"), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        *_whose("name_trigram"),
        sa.PrimaryKeyConstraint("organisation_id", "letters", "word", name=op.f("pk_name_trigram")),
    )


def _alike() -> None:
    op.create_table(
        "applicant_pair",
        _id(),
        sa.Column("one_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("likenesses", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.BigInteger(), nullable=True),
        *_whose("applicant_pair"),
        sa.CheckConstraint("one_id < other_id", name=op.f("ck_applicant_pair_order")),
        sa.CheckConstraint("settled_at IS NULL OR settled_by IS NOT NULL", name=op.f("ck_applicant_pair_settled")),
        _to("applicant_pair", "one_id", "applicant"),
        _to("applicant_pair", "other_id", "applicant"),
        _to("applicant_pair", "settled_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant_pair")),
        sa.UniqueConstraint("one_id", "other_id", name=op.f("uq_applicant_pair_one_id_other_id")),
    )
    op.create_index(op.f("ix_applicant_pair_other_id"), "applicant_pair", ["other_id"])
    op.create_index(
        "ix_applicant_pair_open",
        "applicant_pair",
        ["organisation_id", "id"],
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_table(
        "applicant_merge",
        _id(),
        sa.Column("kept_id", sa.BigInteger(), nullable=False),
        sa.Column("merged_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("moved", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        *_whose("applicant_merge"),
        sa.CheckConstraint("kept_id <> merged_id", name=op.f("ck_applicant_merge_two")),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_applicant_merge_undone")),
        _to("applicant_merge", "kept_id", "applicant"),
        _to("applicant_merge", "merged_id", "applicant"),
        _to("applicant_merge", "person_id", "person"),
        _to("applicant_merge", "undone_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applicant_merge")),
    )
    op.create_index(op.f("ix_applicant_merge_kept_id"), "applicant_merge", ["kept_id"])
    op.create_index(op.f("ix_applicant_merge_merged_id"), "applicant_merge", ["merged_id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for name in ("kind", "title", "code", "language", "merged_into_id", "spelled", "compared"):
        op.drop_column("applicant", name)
