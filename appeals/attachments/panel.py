"""What the page of an appeal shows of its attachments: a part of its own, brought into that page by one line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from appeals.attachments import queries, service
from appeals.attachments.model import ACCEPTED, Gallery, gallery
from appeals.attachments.queries import Attached
from appeals.attachments.tables import AppealLink, Attachment
from appeals.classifier.tables import ClassifierEntry
from appeals.model import Source
from appeals.tables import Appeal
from staff import queries as staff
from staff.rights import has
from staff.tables import Person
from web.forms import Submitted, blank

# Names of their own: the page of an appeal has other forms.
BLANK: Final = {"attachment_kind": "", "attachment_note": "", "link": "", "link_note": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Everything the part needs."""

    at: str  # the address below which everything of it lies
    gallery: Gallery[Attached]
    links: Sequence[AppealLink]
    taken_back: Sequence[Attachment]
    kinds: Sequence[ClassifierEntry]
    missing: Sequence[ClassifierEntry]
    names: dict[int, str]
    unsound: set[int]
    may_add: bool
    may_link: bool
    may_take_back: bool  # others' too
    may_show: bool  # to the author, who has a cabinet
    author: int  # under whose account the author's own files came
    viewer: int
    limit: int  # bytes of a file
    accepted: str
    form: Submitted[Any]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is attached."""
        shown = self.gallery
        return not (shown.before or shown.after or shown.pictures or shown.documents or self.links)


def panel(
    session: Session,
    appeal: Appeal,
    person: Person,
    *,
    limit: int,
    assignment: int | None = None,
    form: Submitted[Any] | None = None,
) -> Panel:
    """The attachments of an appeal as this person sees them; of one assignment: the appeal's own, and what shows it."""
    files = (
        queries.of_appeal(session, appeal.id) if assignment is None else queries.of_work(session, appeal.id, assignment)
    )
    links = queries.links(session, appeal.id)
    gone = [each for each in queries.taken_back(session, appeal.id) if assignment in (None, each.assignment_id)]
    people = {each.file.added_by for each in files} | {each.added_by for each in links}
    people |= {each.taken_back_by for each in gone if each.taken_back_by}
    return Panel(
        at=f"/appeals/{appeal.number}/attachments" if assignment is None else f"/assignments/{assignment}/attachments",
        gallery=gallery((each, each.kind.meaning) for each in files),
        links=links,
        taken_back=gone,
        kinds=service.offered(session, person.organisation_id),
        missing=service.missing_kinds(session, appeal, assignment),
        names=staff.names(session, people),
        unsound=queries.unsound(session, [each.file.id for each in files], person.organisation_id),
        may_add=assignment is not None or has(person, "attachments.add"),
        may_link=assignment is None and has(person, "attachments.add"),
        may_take_back=assignment is None and has(person, "attachments.take_back"),
        may_show=assignment is None and appeal.source == Source.SITE and has(person, "attachments.show"),
        author=appeal.registered_by,
        viewer=person.id,
        limit=limit,
        accepted=ACCEPTED,
        form=form or blank(**BLANK),
    )
