"""What programs are told, as JSON. A field that is not open to a key is null."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from appeals.applicants.model import ApplicantKind
from appeals.classifier.model import Section
from appeals.model import Kind, Result, Source, State
from appeals.terms.model import Standing, Unit, Variant
from appeals.workflow.model import Deed, Need, Outcome, Part, Work


class ProblemField(BaseModel):
    """One field that is wrong."""

    field: str = Field(description="the way to it: `applicant.phone`")
    detail: str


class Problem(BaseModel):
    """What went wrong (RFC 9457); words are in the language of Accept-Language: uk, uz, ru or en."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ProblemField]


class Term(BaseModel):
    """By when it is due, and how it stands."""

    due_at: datetime | None
    standing: Standing | None
    variant: Variant
    long_control: bool


class Address(BaseModel):
    """One address of an appeal, by its name of today."""

    text: str
    house: int | None = Field(description="the id of the house in our directory, where it is known there")
    district: str | None


class Applicant(BaseModel):
    """Who turned to us."""

    id: int
    kind: ApplicantKind
    name: str
    surname: str
    given_name: str
    patronymic: str
    title: str
    code: str
    phone: str | None
    email: str | None
    address: str | None
    language: str


class Holder(BaseModel):
    """An executor who has the appeal."""

    assignment: int
    executor: str = Field(description="the executor's code")
    name: str
    role: Part
    state: Work


class AppealLine(BaseModel):
    """An appeal as lists have it."""

    number: str
    index: str = Field(description="the registration index beside the number; empty where none was given")
    kind: Kind
    state: State
    result: Result | None
    topic: str
    problem: str
    source: Source
    substance: str | None
    registered_at: datetime
    received_at: datetime
    closed_at: datetime | None
    term: Term
    executors: list[Holder]
    applicant: Applicant | None
    addresses: list[Address] | None


class Appeals(BaseModel):
    """A page of appeals."""

    items: list[AppealLine]
    count: int = Field(description="how many there are in all, counted to 10 001")
    next: str | None = Field(description="the address of the next page")


class Coded(BaseModel):
    """A coded value with the version of its words that the card keeps."""

    section: Section
    code: str
    name: dict[str, str]


class Paper(BaseModel):
    """What the paper of the appeal says."""

    signatories: int
    signed_on: date | None
    sent_by: str
    covering_number: str
    covering_on: date | None
    more_questions: str


class Allowed(BaseModel):
    """A deed that is open to this key now, and what must be told with it."""

    deed: Deed
    needs: list[Need]


class Piece(BaseModel):
    """One executor's work on an appeal."""

    id: int
    executor: str
    name: str
    role: Part
    state: Work
    task: str
    due_at: datetime | None
    reworks: int
    outcome: Outcome | None
    report: str
    later_on: date | None
    on_behalf: bool
    assigned_at: datetime
    taken_at: datetime | None
    done_at: datetime | None
    deeds: list[Allowed]


class Happened(BaseModel):
    """One line of the history."""

    id: int
    at: datetime
    deed: Deed
    assignment: int | None
    executor: str | None
    to: str | None
    was: str
    became: str
    reason: str
    result: str
    body: str
    until: datetime | None
    late: bool


class File(BaseModel):
    """An attachment."""

    id: int
    kind: str = Field(description="code of the classifier's section `attachment`")
    name: str
    media_type: str
    size: int
    sha256: str
    note: str
    assignment: int | None
    added_at: datetime
    href: str


class Appeal(AppealLine):
    """An appeal as a whole."""

    answer: str | None
    codes: list[Coded]
    paper: Paper | None
    assignments: list[Piece]
    history: list[Happened]
    attachments: list[File]
    reopens: str | None = Field(description="the number of the appeal that this one goes on with")
    deeds: list[Allowed]


class AssignmentLine(BaseModel):
    """A piece of work with the appeal it is part of, as its executor sees it."""

    work: Piece
    appeal: AppealLine


class Assignment(AssignmentLine):
    """The same with what was done and what is attached."""

    history: list[Happened]
    attachments: list[File]


class Assignments(BaseModel):
    """What waits for the executors that the key's account works for, the first due on top."""

    items: list[AssignmentLine]


class Suggestion(BaseModel):
    """An address to choose."""

    text: str
    street: int
    house: int | None
    formerly: str
    district: str


class Suggestions(BaseModel):
    """Addresses for what was typed, the likeliest first."""

    items: list[Suggestion]


class Applicants(BaseModel):
    """Applicants for what was typed, the likeliest first."""

    items: list[Applicant]


class ClassifierEntry(BaseModel):
    """One version of a code."""

    section: Section
    code: str
    parent: str
    name: dict[str, str]
    valid_from: date
    valid_until: date | None
    verified: bool = Field(description="whether it was compared with the official text")


class Classifier(BaseModel):
    """The classifier as it is on a day."""

    items: list[ClassifierEntry]


class Topic(BaseModel):
    """A topic by which calls and appeals are told apart."""

    code: str
    name: str


class Topics(BaseModel):
    """All topics in use."""

    items: list[Topic]


class Executor(BaseModel):
    """A body, a department or an enterprise that carries appeals out."""

    code: str
    name: str
    kind: str
    parent: str | None
    connected: bool
    active: bool


class Executors(BaseModel):
    """All executors, closed ones where they are asked for."""

    items: list[Executor]


class TermRule(BaseModel):
    """Within what time a deed is due for such appeals; an empty kind, topic or problem is any."""

    id: int
    deed: str
    variant: Variant
    kind: str
    topic: str
    problem: str
    amount: int
    unit: Unit
    most_amount: int | None = Field(description="the legal maximum with extensions")
    most_unit: Unit | None
    basis: str
    verified: bool = Field(description="whether it was compared with the official text")
    valid_from: date
    valid_until: date | None


class TermRules(BaseModel):
    """The rules of terms in force on a day."""

    items: list[TermRule]


class Registered(BaseModel):
    """The number that an appeal got."""

    number: str
    state: State
    waits_for_work: bool


class Done(BaseModel):
    """What a deed led to: the appeal it is about, or the new one that goes on with it."""

    number: str
    state: State
