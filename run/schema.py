"""All tables of the product in one metadata, and the rights on them that are narrower than usual."""

from sqlalchemy import Engine, text

import acd.callbacks.tables
import acd.queues.tables
import acd.tables
import acd.temporary.tables
import appeals.addresses.tables
import appeals.applicants.tables
import appeals.attachments.tables
import appeals.classifier.tables
import appeals.escalation.tables
import appeals.executors.tables
import appeals.inbound.tables
import appeals.notices.tables
import appeals.particulars.tables
import appeals.questions.tables
import appeals.routing.tables
import appeals.tables
import appeals.terms.tables
import appeals.workflow.tables
import calls.tables
import ivr.tables
import notify.tables
import recordings.keeping.tables
import recordings.ledger.tables
import recordings.tables
import reports.availability.tables
import run.job_runs
import run.part_states
import staff.tables
import supervisor.alarms.tables
import supervisor.panel.tables
import supervisor.supervision.tables
import supervisor.surge.tables
from db import Base
from db.rls import policy, tables_of_organisations

METADATA = Base.metadata
DOMAINS = (  # named here so that each is imported: the metadata knows the tables of imported modules only
    acd.callbacks.tables,
    acd.queues.tables,
    acd.tables,
    acd.temporary.tables,
    appeals.addresses.tables,
    appeals.applicants.tables,
    appeals.attachments.tables,
    appeals.classifier.tables,
    appeals.escalation.tables,
    appeals.executors.tables,
    appeals.inbound.tables,
    appeals.notices.tables,
    appeals.particulars.tables,
    appeals.questions.tables,
    appeals.routing.tables,
    appeals.tables,
    appeals.terms.tables,
    appeals.workflow.tables,
    calls.tables,
    ivr.tables,
    notify.tables,
    recordings.keeping.tables,
    recordings.ledger.tables,
    recordings.tables,
    reports.availability.tables,
    run.job_runs,
    run.part_states,
    staff.tables,
    supervisor.alarms.tables,
    supervisor.panel.tables,
    supervisor.supervision.tables,
    supervisor.surge.tables,
)

APPEND_ONLY = frozenset(
    {"journal", "audit", "listening", "recording_entry", "alarm_deed", "term_change", "applicant_change", "appeal_deed"}
)
"""Tables our processes may add to and read, but never change: what happened stays as it was written."""


def create(engine: Engine) -> None:
    """Makes all tables at once in an empty database, as the migrations would; `engine` is the owner's. For tests."""
    with engine.begin() as connection:
        METADATA.create_all(connection)
        for table in tables_of_organisations(METADATA):
            for statement in policy(table.name):
                connection.execute(text(statement))
        for name in APPEND_ONLY & METADATA.tables.keys():
            connection.execute(text(f'REVOKE UPDATE, DELETE ON "{name}" FROM holos_app'))
