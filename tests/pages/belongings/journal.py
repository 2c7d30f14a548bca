"""Views, files and deeds of the journal of appeals; how they are asked for."""

from sqlalchemy.orm import Session

from appeals.journal import service as journal
from appeals.journal.model import Asked as JournalAsked
from appeals.journal.tables import Deed as JournalDeed
from staff.tables import Person
from tests.pages.belongings.asking import Asked

NAMES_AN_OBJECT: dict[str, Asked] = {
    "POST /appeals/views/{view_id}/copy": Asked("/appeals/views/{view}/copy"),
    "POST /appeals/views/{view_id}/forget": Asked("/appeals/views/{view}/forget"),
    "GET /appeals/exports/{export_id}": Asked("/appeals/exports/{export}"),
    "GET /appeals/exports/{export_id}/file": Asked("/appeals/exports/{export}/file"),
    "POST /appeals/exports/{export_id}/give-up": Asked("/appeals/exports/{export}/give-up"),
    "GET /appeals/bulk/{deed_id}": Asked("/appeals/bulk/{bulk}"),
    "POST /appeals/bulk/{deed_id}/undo": Asked("/appeals/bulk/{bulk}/undo"),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "GET /appeals": "filters; a view, a deed done to many are looked for among one's own",
    "POST /appeals/columns": "the asker's own",
    "POST /appeals/views": "somebody's own new view",
    "POST /appeals/bulk": "appeals are looked for among one's own",
    "POST /appeals/bulk/give": "appeals and the executor are looked for among one's own",
    "GET /appeals/board/executors": "words: executors of one's own, perhaps none",
    "POST /appeals/export": "filters",
}


def of_journal(session: Session, operator: Person, supervisor: Person) -> dict[str, int]:
    """A view, a file in the store, and what was done to many appeals."""
    view = journal.keep_view(session, operator, operator.name, JournalAsked(), columns=[])
    columns: list[str] = ["number"]
    export = journal.ask_for_file(session, operator, JournalAsked(), columns=columns, codes=False, language="uk")
    export.state, export.object_key = "done", "nothing/there"
    deed = JournalDeed(
        organisation_id=operator.organisation_id, person_id=supervisor.id, deed="long_on", reason="-", before={}
    )
    session.add(deed)
    session.flush()
    return {"view": view.id, "export": export.id, "bulk": deed.id}
