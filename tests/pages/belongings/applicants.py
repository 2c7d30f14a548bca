"""Applicants with what is known of them, two alike and two made one; how their pages are asked."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from appeals.applicants import merging
from appeals.applicants import queries as applicants_known
from appeals.applicants import service as applicants
from appeals.classifier.tables import ClassifierEntry
from appeals.tables import Applicant
from staff.tables import Person
from tests.pages.belongings.asking import Asked

NAMES_AN_OBJECT: dict[str, Asked] = {
    "GET /appeals/applicants/{applicant_id}": Asked("/appeals/applicants/{applicant}"),
    "POST /appeals/applicants/{applicant_id}": Asked("/appeals/applicants/{applicant}", {"surname": "Коваль"}),
    "POST /appeals/applicants/{applicant_id}/contacts": Asked(
        "/appeals/applicants/{applicant}/contacts", {"contact": "email", "value": "a@example.org"}
    ),
    "POST /appeals/applicants/{applicant_id}/contacts/{contact_id}/end": Asked(
        "/appeals/applicants/{applicant}/contacts/{contact}/end"
    ),
    "POST /appeals/applicants/{applicant_id}/categories": Asked(
        "/appeals/applicants/{applicant}/categories", {"entry": "{entry}", "since": "2026-01-01"}
    ),
    "POST /appeals/applicants/{applicant_id}/categories/{category_id}/end": Asked(
        "/appeals/applicants/{applicant}/categories/{category}/end"
    ),
    "POST /appeals/applicants/{applicant_id}/notes": Asked("/appeals/applicants/{applicant}/notes", {"note": "перша"}),
    "GET /appeals/applicants/compare": Asked("/appeals/applicants/compare?kept={applicant}&merged={double}"),
    "POST /appeals/applicants/merge": Asked("/appeals/applicants/merge", {"kept": "{applicant}", "merged": "{double}"}),
    "POST /appeals/applicants/apart": Asked("/appeals/applicants/apart", {"kept": "{applicant}", "merged": "{double}"}),
    "POST /appeals/applicants/merges/{merge_id}/undo": Asked("/appeals/applicants/merges/{merge}/undo"),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "POST /appeals/find": "a telephone number: one's own applicants of it, perhaps none",
    "POST /appeals/card/unchosen": "one's own card, as it was",
    "POST /appeals/applicants/known": "one's own applicants: the one chosen, those of an address, perhaps none",
    "GET /appeals/applicants": "words: one's own applicants, perhaps none",
    "GET /appeals/applicants/suggest": "words: one's own applicants, perhaps none",
    "GET /appeals/applicants/duplicates": "a place in the list of one's own",
}


def applicants_of(session: Session, by: Person, surname: str, entry: ClassifierEntry) -> dict[str, int]:
    """Somebody with a contact and a category, somebody like them, and two who were made one."""
    today = datetime.now(UTC).date()
    known = [
        applicants.of_appeal(session, _called(by, surname, f"+{by.organisation_id % 90 + 10}555000{place}"), by=by)
        for place in range(4)
    ]
    applicants.add_category(session, known[0], entry.id, since=today, until=None, document=by.name, by=by)
    merge = merging.merge(session, known[2], known[3], {}, by=by)
    return {
        "applicant": known[0].id,
        "double": known[1].id,
        "contact": applicants_known.contacts(session, [known[0].id])[0].id,
        "category": applicants_known.categories(session, [known[0].id])[0].id,
        "merge": merge.id,
    }


def _called(by: Person, surname: str, phone: str) -> Applicant:
    """Somebody of this name and telephone."""
    names = {"surname": surname, "given_name": "", "patronymic": "", "phone": phone, "email": "", "address": ""}
    return Applicant(organisation_id=by.organisation_id, **names)
