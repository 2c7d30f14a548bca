"""The draft as the editor needs it: what is changed, what it was begun from, and what still is wrong with it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ivr import catalogue, contents, document, editing, faults, queries
from ivr.catalogue import Entry
from ivr.faults import Fault, Surroundings
from ivr.model import Menus
from ivr.tables import MenuDocument, MenuDraft
from staff.tables import Organisation


@dataclass(frozen=True, slots=True)
class Draft:
    """The menus as they are being changed. Without a row nobody has changed anything yet."""

    row: MenuDraft | None
    published: MenuDocument | None
    menus: Menus

    @property
    def revision(self) -> int:
        """Counts the changes; 0 before the first."""
        return self.row.revision if self.row else 0

    @property
    def before(self) -> Menus:
        """What callers hear now."""
        return document.parse(self.published.document) if self.published else editing.FIRST


def draft(session: Session) -> Draft:
    """The draft of the transaction's organisation; what is published where there is none."""
    row, published = queries.find_draft(session), queries.find_document(session)
    source = row or published
    return Draft(row, published, document.parse(source.document) if source else editing.FIRST)


def prompts_of(session: Session, organisation: Organisation, *menus: Menus) -> dict[str, Entry]:
    """The organisation's prompts, and those that these menus name and nobody has."""
    named = set().union(*(contents.prompts(each) for each in menus))
    return catalogue.entries(session, organisation, named=named)


def surroundings(
    session: Session, organisation: Organisation, known: dict[str, Entry], queues: Collection[str]
) -> Surroundings:
    """What the organisation has, for the check before publishing."""
    numbers = {row.number: row.menu for row, _ in queries.numbers(session)}
    sounds = catalogue.sounds(known, organisation.languages)
    return Surroundings(languages=organisation.languages, queues=queues, numbers=numbers, sounds=sounds)


def faults_of(menus: Menus, here: Surroundings) -> list[Fault]:
    """Every reason why these menus cannot be published."""
    return [*faults.unsound(menus), *faults.out_of_place(menus, here)]
