"""All tables of the product in one metadata, and the rights on them that are narrower than usual."""

from collections.abc import Iterator

from sqlalchemy import Engine, text

import acd.callbacks.tables
import acd.queues.tables
import acd.tables
import acd.temporary.tables
import appeals.addresses.tables
import appeals.applicants.tables
import appeals.attachments.tables
import appeals.bot.tables
import appeals.cabinet.tables
import appeals.classifier.tables
import appeals.escalation.tables
import appeals.executors.tables
import appeals.feedback.tables
import appeals.inbound.tables
import appeals.journal.tables
import appeals.maps.tables
import appeals.notices.tables
import appeals.numbering.tables
import appeals.particulars.tables
import appeals.published.tables
import appeals.questions.tables
import appeals.routing.tables
import appeals.tables
import appeals.terms.tables
import appeals.webhooks.tables
import appeals.workflow.tables
import appeals.works.tables
import appeals.xml.tables
import calls.tables
import ivr.tables
import notify.tables
import recordings.keeping.tables
import recordings.ledger.tables
import recordings.tables
import reports.availability.tables
import run.job_runs
import run.part_states
import staff.keys.tables
import staff.tables
import staff.teams.tables
import staff.trail.tables
import supervisor.alarms.tables
import supervisor.panel.tables
import supervisor.supervision.tables
import supervisor.surge.tables
from db import Base, seals
from db.rls import EVERY, SETTING, policy, tables_of_organisations

METADATA = Base.metadata
DOMAINS = (  # named here so that each is imported: the metadata knows the tables of imported modules only
    acd.callbacks.tables,
    acd.queues.tables,
    acd.tables,
    acd.temporary.tables,
    appeals.addresses.tables,
    appeals.applicants.tables,
    appeals.attachments.tables,
    appeals.bot.tables,
    appeals.cabinet.tables,
    appeals.classifier.tables,
    appeals.escalation.tables,
    appeals.executors.tables,
    appeals.feedback.tables,
    appeals.inbound.tables,
    appeals.maps.tables,
    appeals.notices.tables,
    appeals.numbering.tables,
    appeals.journal.tables,
    appeals.particulars.tables,
    appeals.published.tables,
    appeals.questions.tables,
    appeals.routing.tables,
    appeals.tables,
    appeals.terms.tables,
    appeals.webhooks.tables,
    appeals.workflow.tables,
    appeals.works.tables,
    appeals.xml.tables,
    calls.tables,
    ivr.tables,
    notify.tables,
    recordings.keeping.tables,
    recordings.ledger.tables,
    recordings.tables,
    reports.availability.tables,
    run.job_runs,
    run.part_states,
    staff.keys.tables,
    staff.tables,
    staff.teams.tables,
    staff.trail.tables,
    supervisor.alarms.tables,
    supervisor.panel.tables,
    supervisor.supervision.tables,
    supervisor.surge.tables,
)

APPEND_ONLY = frozenset(
    {
        "journal",
        "audit",
        "listening",
        "recording_entry",
        "alarm_deed",
        "term_change",
        "applicant_change",
        "appeal_correction",
        "appeal_index",
        "appeal_deed",
        "cabinet_form",
        "work_change",
        "row_entry",
        "row_form",
        "measure_comment",
    }
)
"""Tables our processes may add to and read, but never change: what happened stays as it was written."""

KEPT = frozenset(
    {
        "appeal",
        "appeal_link",
        "appeal_particulars",
        "applicant",
        "applicant_category",
        "applicant_contact",
        "applicant_merge",
        "applicant_note",
        "assignment",
        "attachment",
        "cabinet_appeal",
        "extension_request",
        "feedback",
        "filing",
        "inbound_letter",
        "question",
        "term_measure",
        "work",
    }
)
"""Tables whose rows our processes may change and never delete: cancelled, ended, taken back, but there (U-11)."""

UNSEALED = {
    "address_import": "a file somebody looks at before it is taken",
    "appeal_draft": "nothing is registered yet",
    "appeal_file": "a file somebody looks at before it is taken in",
    "appeal_line": "made of the appeal by PostgreSQL",
    "appeal_numbering": "a counter; the numbers stand in the appeals",
    "appeal_word": "made of the appeal's words",
    "bot_talk": "nothing is registered yet",
    "cabinet_code": "goes to an e-mail or a telephone, and is over after ten minutes",
    "cabinet_draft": "nothing is registered yet",
    "cabinet_session": "somebody is signed in",
    "chancellery_numbering": "a counter; the numbers stand in the filings",
    "applicant_pair": "found anew by comparing",
    "applicant_word": "made of the applicant's names",
    "attachment_fault": "found anew by comparing with the store",
    "index_counter": "a counter; the indexes stand with the appeals",
    "journal_export": "a file made of the journal, gone after a day",
    "journal_taste": "which columns somebody likes",
    "journal_view": "filters under a name",
    "mailbox": "how far a mailbox is read; its settings are in the audit trail",
    "map_extract": "a file somebody looks at before it is taken",
    "map_ground": "which file the squares of a map were cut from",
    "map_tile": "cut anew from an extract",
    "name_trigram": "made of names",
    "name_word": "made of names",
    "published_reader": "roles of PostgreSQL, made past the program by whoever runs it",
    "street_trigram": "made of names of streets",
    "street_word": "made of names of streets",
    "term_recount": "a wish that a job fulfils",
    "webhook": "whom we tell; its settings are in the audit trail",
    "webhook_message": "news of what stands in the history, gone after a month",
}
"""Tables of appeals without a trail, each with its reason."""


def _sealed() -> Iterator[tuple[str, tuple[str, ...]]]:
    modules = {mapper.local_table: mapper.class_.__module__ for mapper in Base.registry.mappers}
    for table in tables_of_organisations(METADATA):
        if modules[table].startswith("appeals.") and table.name not in UNSEALED:
            yield table.name, tuple(column.name for column in table.primary_key)


SEALED = tuple(_sealed())
"""Business rows, by the columns of their keys: each change leaves an entry in the trail (`staff.trail`)."""

for _table, _ in SEALED:  # whatever empties tables one after the other empties the entries after the rows
    METADATA.tables[_table].add_is_dependent_on(METADATA.tables["row_change"])
    METADATA.tables[_table].add_is_dependent_on(METADATA.tables["row_form"])


def create(engine: Engine) -> None:
    """Makes all tables at once in an empty database, as the migrations would; `engine` is the owner's. For tests."""
    with engine.begin() as connection:
        METADATA.create_all(connection)
        for table in tables_of_organisations(METADATA):
            for statement in policy(table.name):
                connection.execute(text(statement))
        for name in APPEND_ONLY & METADATA.tables.keys():
            connection.execute(text(f'REVOKE UPDATE, DELETE ON "{name}" FROM holos_app'))
        for name in KEPT:
            connection.execute(text(f'REVOKE DELETE ON "{name}" FROM holos_app'))
    keep_trail(engine)


def keep_trail(engine: Engine, mark: str = "") -> int:
    """Has changes of business rows entered, where they are not yet; rows that are there first. How many tables.

    A table at a time, so that nobody waits for long. The `mark` says that it is us.
    """
    with engine.begin() as connection:
        connection.exec_driver_sql(seals.function())
        kept = set(connection.scalars(text(seals.has_triggers())))
    missing = [(table, key) for table, key in SEALED if table not in kept]
    for table, key in missing:
        with engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL timezone = 'UTC'")
            connection.exec_driver_sql(f"SET LOCAL {SETTING} = '{EVERY}'")
            connection.exec_driver_sql(f"SET LOCAL {seals.MARK} = '{mark}'")
            for statement in (*seals.triggers(table, key), *seals.present(table, key)):
                connection.exec_driver_sql(statement)
    return len(missing)
