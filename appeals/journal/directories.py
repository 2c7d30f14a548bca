"""What the journal's codes mean in the reader's language; read once a page or a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from sqlalchemy.orm import Session

from appeals import words
from appeals.addresses import queries as addresses
from appeals.addresses import writing
from appeals.addresses.tables import AppealAddress
from appeals.classifier import queries as classifier
from appeals.classifier import words as entry_words
from appeals.classifier.model import Section
from appeals.classifier.tables import ClassifierEntry
from appeals.journal.model import OPEN_ONES, RIGHTLY
from appeals.tables import Appeal
from appeals.terms import words as term_words
from appeals.terms.panel import Bar
from appeals.workflow import queries as work
from appeals.workflow.tables import Assignment
from calls import directory
from staff import queries as staff
from web.forms import row_id
from web.languages import gettext as _
from web.languages import later

LATE = "late"


class Row(NamedTuple):
    """An appeal as the journal shows it, and who has it: the main executor first."""

    appeal: Appeal
    addresses: Sequence[AppealAddress]
    sign: ClassifierEntry | None
    bar: Bar | None
    assignments: Sequence[Assignment] = ()
    registration_index: str = ""  # "" where none was given


@dataclass
class Directories:
    """Words by codes, each read when a column asks for it."""

    session: Session
    organisation: int

    @cached_property
    def topics(self) -> Mapping[str, str]:
        """Topics, those out of use included."""
        return directory.names(self.session)

    @cached_property
    def problems(self) -> Mapping[str, str]:
        """Problems and faults of the classifier."""
        return self._of(Section.PROBLEM)

    @cached_property
    def signs(self) -> Mapping[str, str]:
        """First, repeated and so on."""
        return self._of(Section.SIGN)

    @cached_property
    def questions(self) -> Mapping[str, str]:
        """Main questions of the classifier."""
        return self._of(Section.QUESTION)

    @cached_property
    def people(self) -> Mapping[str, str]:
        """Everybody who works or worked here, by their ids."""
        return {str(each.id): each.name for each in staff.people(self.session, disabled=True)}

    @cached_property
    def districts(self) -> Mapping[str, str]:
        """Districts by their ids."""
        return {str(each.id): each.name for each in addresses.districts(self.session)}

    def street(self, written: str) -> str:
        """The street with this id, as addresses write it."""
        number = row_id(written)
        found = addresses.streets_of(self.session, [number]) if number is not None else {}
        return next((writing.street(each, each.settlement, self.spoken) for each in found.values()), written)

    def executor(self, written: str) -> str:
        """The executor that a code or a name means, as the field offers it; what was written, if that is in doubt."""
        found = work.meant(self.session, written)
        return f"{found.code} · {found.name}" if found is not None else written

    @cached_property
    def states(self) -> Mapping[str, str]:
        """States, and one word for all that are open."""
        several = {OPEN_ONES: _("any open one"), RIGHTLY: _("any but cancelled")}
        return several | {code: _(word) for code, word in words.STATES.items()}

    @property
    def standings(self) -> Mapping[str, str]:
        """How an open one stands."""
        late = {LATE: _(later("Overdue or asking for attention"))}
        return late | {code: _(word) for code, word in term_words.STANDINGS.items()}

    @cached_property
    def spoken(self) -> str:
        """The language that addresses are written in."""
        return staff.organisation(self.session, self.organisation).default_language

    def meant(self, section: Section, meaning: str) -> str:
        """The code of the section's entry that stands for one of our own words; "" where none does."""
        return self._meanings.get((section, meaning), "")

    @cached_property
    def _meanings(self) -> Mapping[tuple[Section, str], str]:
        return {
            (section, meaning): entry.code
            for section in (Section.KIND, Section.FORM, Section.RESULT, Section.SIGN)
            for entry in reversed(classifier.versions(self.session, section))
            for meaning in entry.meaning.split()
        }

    def _of(self, section: Section) -> Mapping[str, str]:
        """Names by codes, of several versions the latest."""
        return {entry.code: entry_words.name(entry) for entry in classifier.versions(self.session, section)}
