"""The card's fields of particulars, as they are sent, as a draft keeps them, and as the card shows them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field

from appeals.classifier.model import SEVERAL, Section
from appeals.classifier.tables import ClassifierEntry
from appeals.particulars.model import CHOSEN, Particulars, usual
from web.forms import Day

Entry = Annotated[int, Field(ge=1, lt=2**63)]


class ParticularsForm(BaseModel):
    """Coded values by the ids of their entries, dates and numbers of the paper."""

    code_form: Entry | None = None
    code_sign: Entry | None = None
    code_subject: Entry | None = None
    code_type: Entry | None = None
    code_sex: Entry | None = None
    code_social: Entry | None = None
    code_category: list[Entry] = []
    code_question: list[Entry] = []
    signatories: int = Field(1, ge=1, le=1_000_000)
    received_on: Day | None = None
    signed_on: Day | None = None
    sent_by: str = Field("", max_length=300)
    covering_number: str = Field("", max_length=100)
    covering_on: Day | None = None
    more_questions: str = Field("", max_length=5000)

    def codes(self) -> dict[Section, list[int]]:
        """What was chosen, by section."""
        found = {section: getattr(self, f"code_{section.value}") for section in CHOSEN}
        return {section: value if isinstance(value, list) else [value] for section, value in found.items() if value}

    def particulars(self) -> Particulars:
        """Everything, as the service takes it."""
        return Particulars(
            codes=self.codes(),
            signatories=self.signatories,
            signed_on=self.signed_on,
            sent_by=self.sent_by,
            covering_number=self.covering_number,
            covering_on=self.covering_on,
            more_questions=self.more_questions,
        )


class ParticularsDraft(BaseModel):
    """The same half filled in: any text is right."""

    code_form: str = ""
    code_sign: str = ""
    code_subject: str = ""
    code_type: str = ""
    code_sex: str = ""
    code_social: str = ""
    code_category: list[str] = []
    code_question: list[str] = []
    signatories: str = ""
    received_on: str = ""
    signed_on: str = ""
    sent_by: str = ""
    covering_number: str = ""
    covering_on: str = ""
    more_questions: str = Field("", max_length=100_000)


BLANK: dict[str, Any] = {
    name: [] if name.removeprefix("code_") in SEVERAL else "" for name in ParticularsDraft.model_fields
}


def usual_codes(offered: Mapping[Section, Sequence[ClassifierEntry]], source: str) -> list[ClassifierEntry]:
    """What is meant where nothing is chosen, for appeals that come this way."""
    sections = (Section.FORM, Section.TYPE, Section.SUBJECT)
    found = [usual(offered[section], source) for section in sections]
    return [entry for entry in found if entry is not None]
