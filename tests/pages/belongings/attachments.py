"""Files and links of an appeal and of the work on it; how they are asked for."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeals.attachments.tables import AppealLink, Attachment, CompulsoryKind
from appeals.classifier import service as classifier
from appeals.classifier.model import Section
from appeals.classifier.tables import ClassifierEntry
from appeals.tables import Appeal
from appeals.workflow.tables import Assignment
from staff.tables import Person
from tests.pages.belongings.asking import Asked

NAMES_AN_OBJECT: dict[str, Asked] = {
    "GET /appeals/{number}/attachments": Asked("/appeals/{appeal}/attachments"),
    "POST /appeals/{number}/attachments/upload": Asked("/appeals/{appeal}/attachments/upload"),
    "POST /appeals/{number}/attachments/links": Asked(
        "/appeals/{appeal}/attachments/links", {"link": "https://example.org/photo"}
    ),
    "POST /appeals/{number}/attachments/links/{link_id}/take-back": Asked(
        "/appeals/{appeal}/attachments/links/{link}/take-back"
    ),
    "GET /appeals/{number}/attachments/{attachment_id}/small": Asked(
        "/appeals/{appeal}/attachments/{attachment}/small"
    ),
    "GET /appeals/{number}/attachments/{attachment_id}/picture": Asked(
        "/appeals/{appeal}/attachments/{attachment}/picture"
    ),
    "GET /appeals/{number}/attachments/{attachment_id}/file": Asked("/appeals/{appeal}/attachments/{attachment}/file"),
    "POST /appeals/{number}/attachments/{attachment_id}/take-back": Asked(
        "/appeals/{appeal}/attachments/{attachment}/take-back", {"why": "не той будинок"}
    ),
    "POST /appeals/{number}/attachments/{attachment_id}/for-author": Asked(
        "/appeals/{appeal}/attachments/{attachment}/for-author"
    ),
    "POST /appeals/{number}/attachments/{attachment_id}/not-for-author": Asked(
        "/appeals/{appeal}/attachments/{attachment}/not-for-author"
    ),
    "GET /assignments/{assignment_id}/attachments": Asked("/assignments/{assignment}/attachments"),
    "POST /assignments/{assignment_id}/attachments/upload": Asked("/assignments/{assignment}/attachments/upload"),
    "GET /assignments/{assignment_id}/attachments/{attachment_id}/small": Asked(
        "/assignments/{assignment}/attachments/{attachment}/small"
    ),
    "GET /assignments/{assignment_id}/attachments/{attachment_id}/picture": Asked(
        "/assignments/{assignment}/attachments/{attachment}/picture"
    ),
    "GET /assignments/{assignment_id}/attachments/{attachment_id}/file": Asked(
        "/assignments/{assignment}/attachments/{attachment}/file"
    ),
    "POST /assignments/{assignment_id}/attachments/{attachment_id}/take-back": Asked(
        "/assignments/{assignment}/attachments/{proof}/take-back", {"why": "не той будинок"}
    ),
    "POST /attachments/compulsory/{rule_id}/end": Asked("/attachments/compulsory/{compulsory}/end"),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "POST /attachments/compulsory": "the asker's own organisation; problems and kinds are looked for among one's own",
}


def attached(session: Session, by: Person, appeal: Appeal) -> dict[str, int]:
    """A picture, a link, and a kind that is compulsory."""
    today, whose = datetime.now(UTC).date(), {"organisation_id": by.organisation_id}
    code = f"f{by.organisation_id}"
    kind = classifier.add(session, Section.ATTACHMENT, code, name={"uk": "Фото", "uz": "Surat"}, today=today, by=by)
    of_appeal = {"appeal_id": appeal.id, "added_by": by.id, "note": by.name}
    file = Attachment(
        **whose, **of_appeal, kind_id=kind.id, submission=uuid4(), file_name=f"{by.name}.jpg", media_type="image/jpeg",
        size=1, sha256="0" * 64, object_key=f"attachments/none/{uuid4()}", small_key="attachments/none/small", width=1,
        height=1,
    )  # fmt: skip
    link = AppealLink(**whose, **of_appeal, address="https://example.org/video")
    rule = CompulsoryKind(**whose, kind=kind.code, valid_from=today)
    session.add_all([file, link, rule])
    session.flush()
    return {"attachment": file.id, "link": link.id, "compulsory": rule.id}


def proof(session: Session, work: Assignment, by: Person) -> Attachment:
    """A photo that the executor has sent of the work."""
    kind = session.scalars(
        select(ClassifierEntry.id).where(
            ClassifierEntry.organisation_id == by.organisation_id, ClassifierEntry.section == Section.ATTACHMENT
        )
    ).first()
    photo = Attachment(
        organisation_id=by.organisation_id, appeal_id=work.appeal_id, assignment_id=work.id, kind_id=kind,
        submission=uuid4(), file_name="work.jpg", media_type="image/jpeg", size=1, sha256="0" * 64,
        object_key=f"attachments/none/{uuid4()}", small_key="attachments/none/small", width=1, height=1,
        added_by=by.id,
    )  # fmt: skip
    session.add(photo)
    session.flush()
    return photo
