"""chancellery"""

import sqlalchemy as sa
from alembic import op

revision = "d41c7be09a25"
down_revision = "4f0c6b2d91a7"
branch_labels = None
depends_on = None

SETTING = "current_setting('holos.organisation', true)"
MINE = f"(SELECT {SETTING}) = 'every' OR organisation_id = (SELECT NULLIF(NULLIF({SETTING}, 'every'), '')::bigint)"
TABLES = ("filing", "chancellery", "chancellery_numbering", "reopening_rule", "measure_comment")
STATES_BEFORE = (
    "'registered', 'reopened', 'assigned', 'in_work', 'not_in_competence', 'returned', 'to_be_verified', 'closed', "
    "'returned_to_author', 'forwarded', 'not_subject', 'cancelled'"
)
STATES = STATES_BEFORE.replace("'assigned'", "'with_editor', 'at_chancellery', 'assigned'", 1)
OPEN_BEFORE = (
    "state IN ('assigned', 'in_work', 'not_in_competence', 'registered', 'reopened', 'returned', 'to_be_verified')"
)
OPEN = (
    "state IN ('assigned', 'at_chancellery', 'in_work', 'not_in_competence', 'registered', 'reopened', 'returned', "
    "'to_be_verified', 'with_editor')"
)
DEEDS_BEFORE = (
    "'assign', 'take', 'finish', 'decline', 'ask_later', 'answer_for', 'reassign', 'withdraw', 'return', 'accept', "
    "'close', 'explain', 'forward', 'return_to_author', 'not_subject', 'cancel', 'reopen'"
)
ON_THE_WAY = "'formalise', 'submit', 'send_back', 'enter', 'dispatch'"
DEEDS = DEEDS_BEFORE.replace("'reassign'", "'reassign', 'pass_on'") + f", {ON_THE_WAY}"
NUMBER_STAYS = (
    "CREATE OR REPLACE FUNCTION appeal_number_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION USING MESSAGE = 'appeal ' || OLD.number || ' keeps its number'; END $$",
    "CREATE TRIGGER number_stays BEFORE UPDATE OF number ON appeal FOR EACH ROW"
    " WHEN (OLD.number IS DISTINCT FROM NEW.number) EXECUTE FUNCTION appeal_number_stays()",
)
UNDECIDED = {  # by the organisation's first language
    "uk": "Тимчасово: закон строку не встановлює, організація ще не вирішила",
    "uz": "Vaqtincha: qonun muddat belgilamaydi, tashkilot hali qaror qilmagan",
    "ru": "Временно: закон срока не устанавливает, организация ещё не решила",
    "en": "For now: no law sets a limit, the organisation has not decided yet",
}


def _organisation(table: str, *, key: bool = False) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f(f"fk_{table}_organisation_id"), ondelete="RESTRICT"
        ),
        *([sa.PrimaryKeyConstraint("organisation_id", name=op.f(f"pk_{table}"))] if key else []),
    ]


def _id(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _states(states: str, deeds: str, still_open: str) -> None:
    """The states that an appeal may have, the deeds, and the indexes of what is open."""
    op.drop_constraint(op.f("ck_appeal_state"), "appeal", type_="check")
    op.create_check_constraint(op.f("ck_appeal_state"), "appeal", f"state IN ({states})")
    op.drop_constraint(op.f("ck_appeal_deed_deed"), "appeal_deed", type_="check")
    op.create_check_constraint(op.f("ck_appeal_deed_deed"), "appeal_deed", f"deed IN ({deeds})")
    where = sa.text(still_open)
    for name, table, columns in (
        ("ix_appeal_due_at", "appeal", ["organisation_id", "due_at", "id"]),
        ("ix_appeal_attention_at", "appeal", ["organisation_id", "attention_at"]),
        ("ix_appeal_line_open_due", "appeal_line", ["organisation_id", "due_at", "appeal_id"]),
    ):
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns, postgresql_where=where)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    now, none = sa.text("now()"), sa.text("'0'")
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    _states(STATES, DEEDS, OPEN)
    op.create_table(
        "filing",
        sa.Column("appeal_id", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.Text(), server_default="to_formalise", nullable=False),
        sa.Column("recorded", sa.Text(), nullable=False),
        sa.Column("editor_id", sa.BigInteger(), nullable=True),
        sa.Column("incoming", sa.Text(), nullable=True),
        sa.Column("outgoing", sa.Text(), nullable=True),
        sa.Column("returns", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("begun_at", moment, server_default=now, nullable=False),
        sa.Column("moved_at", moment, server_default=now, nullable=False),
        sa.Column("editing", sa.Interval(), server_default=none, nullable=False),
        sa.Column("checking", sa.Interval(), server_default=none, nullable=False),
        sa.Column("entered_at", moment, nullable=True),
        sa.Column("dispatched_at", moment, nullable=True),
        *_organisation("filing"),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_filing")),
        _to("filing", "appeal_id", "appeal", "CASCADE"),
        _to("filing", "editor_id", "person"),
        sa.CheckConstraint(
            "stage IN ('to_formalise', 'formalising', 'submitted', 'sent_back', 'entered', 'dispatched')",
            name=op.f("ck_filing_stage"),
        ),
        sa.CheckConstraint("returns >= 0", name=op.f("ck_filing_returns")),
        sa.CheckConstraint("stage <> 'entered' OR incoming IS NOT NULL", name=op.f("ck_filing_incoming")),
        sa.CheckConstraint("(stage = 'dispatched') = (outgoing IS NOT NULL)", name=op.f("ck_filing_outgoing")),
        sa.CheckConstraint("(outgoing IS NULL) = (dispatched_at IS NULL)", name=op.f("ck_filing_dispatched_at")),
        sa.UniqueConstraint("organisation_id", "incoming", name=op.f("uq_filing_organisation_id_incoming")),
        sa.UniqueConstraint("organisation_id", "outgoing", name=op.f("uq_filing_organisation_id_outgoing")),
    )
    op.create_index("ix_filing_stage", "filing", ["organisation_id", "stage", "moved_at"])
    op.create_index("ix_filing_entered_at", "filing", ["organisation_id", "entered_at"])
    op.create_table(
        "chancellery",
        sa.Column("since", moment, nullable=True),
        sa.Column("incoming", sa.Text(), nullable=False),
        sa.Column("outgoing", sa.Text(), nullable=False),
        *_organisation("chancellery", key=True),
        *(
            sa.CheckConstraint(
                f"{name} LIKE '%{{number}}%' AND {name} LIKE '%{{year}}%'", name=op.f(f"ck_chancellery_{name}")
            )
            for name in ("incoming", "outgoing")
        ),
    )
    op.create_table(
        "chancellery_numbering",
        *_id("chancellery_numbering"),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        *_organisation("chancellery_numbering"),
        sa.UniqueConstraint(
            "organisation_id", "register", "year", name=op.f("uq_chancellery_numbering_organisation_id_register_year")
        ),
    )
    op.create_table(
        "reopening_rule",
        *_id("reopening_rule"),
        sa.Column("days", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        *_organisation("reopening_rule"),
        _to("reopening_rule", "made_by", "person"),
        sa.CheckConstraint("days > 0", name=op.f("ck_reopening_rule_days")),
        sa.CheckConstraint("basis <> ''", name=op.f("ck_reopening_rule_basis")),
        sa.UniqueConstraint("organisation_id", "valid_from", name=op.f("uq_reopening_rule_organisation_id_valid_from")),
    )
    op.create_table(
        "measure_comment",
        *_id("measure_comment"),
        sa.Column("measure_id", sa.BigInteger(), nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("at", moment, server_default=now, nullable=False),
        *_organisation("measure_comment"),
        _to("measure_comment", "measure_id", "term_measure", "CASCADE"),
        _to("measure_comment", "cause_id", "classifier_entry", "RESTRICT"),
        _to("measure_comment", "person_id", "person"),
        sa.CheckConstraint("text <> ''", name=op.f("ck_measure_comment_text")),
    )
    op.create_index(op.f("ix_measure_comment_measure_id"), "measure_comment", ["measure_id"])
    for table in TABLES:
        if table != "chancellery":
            op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY of_organisation ON "{table}" USING ({MINE}) WITH CHECK ({MINE})')
    op.execute('REVOKE UPDATE, DELETE ON "measure_comment" FROM holos_app')
    op.execute('REVOKE DELETE ON "filing" FROM holos_app')
    for statement in NUMBER_STAYS:
        op.execute(statement)
    op.add_column("notice_policy", sa.Column("mail_channel_id", sa.BigInteger(), nullable=True))
    op.add_column("notice_policy", sa.Column("mailed_since", moment, nullable=True))
    op.create_foreign_key(
        op.f("fk_notice_policy_mail_channel_id"),
        "notice_policy",
        "channel",
        ["mail_channel_id"],
        ["id"],
        ondelete="RESTRICT",
    )
    op.create_check_constraint(
        op.f("ck_notice_policy_mailed_since"), "notice_policy", "(mail_channel_id IS NULL) = (mailed_since IS NULL)"
    )
    for language, basis in UNDECIDED.items():  # the limit that there was until now
        op.execute(
            sa.text(
                "INSERT INTO reopening_rule (organisation_id, days, basis, valid_from) "
                "SELECT id, 90, :basis, '2020-01-01' FROM organisation WHERE default_language = :language"
            ).bindparams(basis=basis, language=language)
        )


def downgrade() -> None:
    op.execute("SELECT set_config('holos.organisation', 'every', true)")
    op.execute("DROP TRIGGER number_stays ON appeal")
    op.execute("DROP FUNCTION appeal_number_stays")
    op.drop_column("notice_policy", "mailed_since")
    op.drop_column("notice_policy", "mail_channel_id")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("UPDATE appeal SET state = 'registered' WHERE state IN ('with_editor', 'at_chancellery')")
    op.execute(f"DELETE FROM appeal_deed WHERE deed IN ('pass_on', {ON_THE_WAY})")
    _states(STATES_BEFORE, DEEDS_BEFORE, OPEN_BEFORE)
