"""appeals, applicants and the work on them are never deleted"""

from alembic import op

revision = "f41c7b92d0e8"
down_revision = "e3b0a51c77d2"
branch_labels = None
depends_on = None

KEPT = (
    "appeal", "appeal_link", "appeal_particulars", "applicant", "applicant_category", "applicant_contact",
    "applicant_merge", "applicant_note", "assignment", "attachment", "extension_request", "inbound_letter", "question",
    "term_measure", "work",
)  # fmt: skip


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in KEPT:
        op.execute(f'REVOKE DELETE ON "{table}" FROM holos_app')


def downgrade() -> None:
    for table in KEPT:
        op.execute(f'GRANT DELETE ON "{table}" TO holos_app')
