"""An organisation's own wording of its messages, language by language."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from notify import queries
from notify.model import Template, faults_of_wording
from notify.tables import Wording
from web.languages import catalogue


def worded(session: Session, organisation: int, template: Template, language: str) -> tuple[str, str]:
    """Subject and text of a template in a language, with its placeholders: the organisation's own, else ours."""
    own = queries.wording(session, organisation, template.code, language)
    words = catalogue(language)
    return (own.subject, own.text) if own else (words.gettext(template.subject), words.gettext(template.text))


def word(session: Session, organisation: int, template: Template, language: str, *, subject: str, text: str) -> None:
    """Gives the organisation its own wording. ValueError for a placeholder that nobody would fill in."""
    if faults := faults_of_wording(f"{subject} {text}", f"{template.subject} {template.text}"):
        raise ValueError(", ".join(faults))
    values = {"subject": subject, "text": text}
    key = {"organisation_id": organisation, "template": template.code, "language": language}
    session.execute(
        insert(Wording)
        .values(**key, **values)
        .on_conflict_do_update(index_elements=["organisation_id", "template", "language"], set_=values)
    )


def forget_wording(session: Session, organisation: int, template: Template, language: str) -> None:
    """Ours again."""
    ours = (Wording.organisation_id == organisation, Wording.template == template.code, Wording.language == language)
    session.execute(delete(Wording).where(*ours))
