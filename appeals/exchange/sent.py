"""What programs send, as JSON: the fields of the pages' own forms under names of theirs."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from appeals.applicants.forms import Language
from appeals.applicants.model import LONGEST_NAME, ApplicantKind
from appeals.classifier.model import Section
from appeals.model import Kind, Source
from appeals.registering import MOST_ADDRESSES
from appeals.workflow.forms import DeedTold
from web.forms import Day

Code = Annotated[str, Field(max_length=64)]
Id = Annotated[int, Field(ge=1, lt=2**63)]


class NewApplicant(BaseModel):
    """Who turns to us: a person by the surname, an organisation by its title."""

    model_config = ConfigDict(extra="forbid")

    id: Id | None = Field(None, description="somebody known, as the suggestions told")
    kind: ApplicantKind = ApplicantKind.PERSON
    title: str = Field("", max_length=300)
    code: str = Field("", max_length=20)
    surname: str = Field("", max_length=LONGEST_NAME)
    given_name: str = Field("", max_length=LONGEST_NAME)
    patronymic: str = Field("", max_length=LONGEST_NAME)
    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=254)
    language: Language = ""


class NewAddress(BaseModel):
    """An address as people write it; the house where it was chosen from the suggestions."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=500)
    house: Id | None = None


class NewAppeal(BaseModel):
    """What is registered. An explanation settles it at once."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    topic: Code
    problem: str = Field("", max_length=16)
    substance: str = Field(min_length=3, max_length=10_000)
    source: Source
    applicant: NewApplicant
    addresses: list[NewAddress] = Field([], max_length=MOST_ADDRESSES)
    received_on: Day | None = None
    against: str = Field("", max_length=300, description="whom a complaint is about: an executor's code or name")
    explanation: str = Field("", max_length=10_000)
    codes: dict[Section, list[Code]] = Field({}, description="codes of the classifier by section")
    signatories: int = Field(1, ge=1, le=1_000_000)
    signed_on: Day | None = None
    sent_by: str = Field("", max_length=300)
    covering_number: str = Field("", max_length=100)
    covering_on: Day | None = None
    more_questions: str = Field("", max_length=5000)


class NewDeed(DeedTold):
    """A deed by the table of the workflow; what it needs, `deeds` of the appeal or of the piece of work tell.

    A dispatcher's deed on one piece of work names it as `assignment`; executors are named by their codes.
    """

    model_config = ConfigDict(extra="forbid")
