"""cabinet: legal entities, telephones, several drafts; files for the author"""

import sqlalchemy as sa
from alembic import op

revision = "9c41f7d2be60"
down_revision = "4f8ae03c91d2"
branch_labels = None
depends_on = None


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def _none(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=True)


def _row(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=True)


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _replies(replies: str) -> None:
    op.drop_constraint(op.f("ck_cabinet_appeal_reply"), "cabinet_appeal", type_="check")
    op.create_check_constraint(op.f("ck_cabinet_appeal_reply"), "cabinet_appeal", f"reply IN ({replies})")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    _telephones()
    _entities()
    _drafts()
    op.add_column("attachment", _time("for_author_at"))
    op.add_column("attachment", _row("for_author_by"))
    op.create_foreign_key(op.f("fk_attachment_for_author_by"), "attachment", "person", ["for_author_by"], ["id"])
    both = "(for_author_at IS NULL) = (for_author_by IS NULL)"
    op.create_check_constraint(op.f("ck_attachment_for_author"), "attachment", both)


def _telephones() -> None:
    op.add_column("cabinet", _row("sms_channel_id"))
    name = op.f("fk_cabinet_sms_channel_id")
    op.create_foreign_key(name, "cabinet", "channel", ["sms_channel_id"], ["id"], ondelete="RESTRICT")
    account, code = "cabinet_account", "cabinet_code"
    for table in (account, code):
        op.alter_column(table, "email", nullable=True)
        op.add_column(table, _none("telephone"))
    op.create_unique_constraint(
        op.f("uq_cabinet_account_organisation_id_telephone"), account, ["organisation_id", "telephone"]
    )
    op.create_check_constraint(op.f("ck_cabinet_account_telephone"), account, "telephone ~ '^\\+[0-9]{5,15}$'")
    op.create_check_constraint(op.f("ck_cabinet_account_proven"), account, "num_nonnulls(email, telephone) > 0")
    op.create_check_constraint(op.f("ck_cabinet_code_recipient"), code, "num_nonnulls(email, telephone) = 1")
    op.add_column(code, _row("account_id"))
    op.create_foreign_key(op.f("fk_cabinet_code_account_id"), code, account, ["account_id"], ["id"], ondelete="CASCADE")
    op.create_index(op.f("ix_cabinet_code_account_id"), code, ["account_id"])
    _replies("'email', 'sms', 'post'")


def _entities() -> None:
    op.add_column("cabinet_account", _text("author", "person"))
    op.add_column("cabinet_account", _text("title"))
    op.add_column("cabinet_account", _text("code"))
    op.create_check_constraint(
        op.f("ck_cabinet_account_author"), "cabinet_account", "author IN ('person', 'organisation')"
    )
    op.add_column("cabinet_appeal", _text("code"))


def _drafts() -> None:
    table = "cabinet_draft"
    op.add_column(table, _text("submission"))
    op.add_column(table, _time("forgotten_at"))
    op.execute("UPDATE cabinet_draft SET submission = coalesce(fields ->> 'submission', '')")
    op.drop_constraint(op.f("uq_cabinet_draft_account_id"), table, type_="unique")
    op.create_unique_constraint(op.f("uq_cabinet_draft_account_id_submission"), table, ["account_id", "submission"])


def downgrade() -> None:
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    op.drop_constraint(op.f("ck_attachment_for_author"), "attachment", type_="check")
    op.drop_column("attachment", "for_author_by")
    op.drop_column("attachment", "for_author_at")
    op.execute(
        "DELETE FROM cabinet_draft AS older USING cabinet_draft AS newer "
        "WHERE older.account_id = newer.account_id AND older.id < newer.id"
    )
    op.drop_constraint(op.f("uq_cabinet_draft_account_id_submission"), "cabinet_draft", type_="unique")
    op.create_unique_constraint(op.f("uq_cabinet_draft_account_id"), "cabinet_draft", ["account_id"])
    for column in ("forgotten_at", "submission"):
        op.drop_column("cabinet_draft", column)
    op.drop_column("cabinet_appeal", "code")
    op.drop_constraint(op.f("ck_cabinet_account_author"), "cabinet_account", type_="check")
    for column in ("code", "title", "author"):
        op.drop_column("cabinet_account", column)
    op.execute("UPDATE cabinet_appeal SET reply = 'post' WHERE reply = 'sms'")
    _replies("'email', 'post'")
    op.execute("DELETE FROM cabinet_code")
    op.drop_index(op.f("ix_cabinet_code_account_id"), "cabinet_code")
    op.drop_column("cabinet_code", "account_id")
    op.drop_constraint(op.f("ck_cabinet_code_recipient"), "cabinet_code", type_="check")
    for name in ("proven", "telephone"):
        op.drop_constraint(op.f(f"ck_cabinet_account_{name}"), "cabinet_account", type_="check")
    op.execute("UPDATE cabinet_account SET email = 'account-' || id || '@telephone.invalid' WHERE email IS NULL")
    op.drop_constraint(op.f("uq_cabinet_account_organisation_id_telephone"), "cabinet_account", type_="unique")
    for table in ("cabinet_account", "cabinet_code"):
        op.drop_column(table, "telephone")
        op.alter_column(table, "email", nullable=False)
    op.drop_column("cabinet", "sms_channel_id")
