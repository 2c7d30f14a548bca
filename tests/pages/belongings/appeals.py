"""Appeals, the work on them, questions about them; how their pages are asked."""

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from appeals import service
from appeals.model import Kind, Source
from appeals.tables import Appeal, Applicant
from appeals.workflow import service as workflow
from appeals.workflow.model import Order, Told
from appeals.workflow.tables import Assignment
from staff.tables import Person
from tests.pages.belongings.asking import Asked

CARD = {"surname": "Коваль", "kind": "complaint", "topic": "water", "substance": "Немає води другий день"}

NAMES_AN_OBJECT: dict[str, Asked] = {
    "GET /appeals/of-call": Asked("/appeals/of-call?call={call}"),
    "GET /appeals/begun/{call}": Asked("/appeals/begun/{call}"),
    "GET /appeals/{number}": Asked("/appeals/{appeal}"),
    "POST /appeals/{number}/open-data": Asked("/appeals/{appeal}/open-data", {"purpose": "request"}),
    "POST /appeals/{number}/point": Asked("/appeals/{appeal}/point", {"latitude": "46.97", "longitude": "31.99"}),
    "POST /appeals/{number}/letters/again": Asked("/appeals/{appeal}/letters/again", {"letter": "{letter}"}),
    "GET /appeals/{number}/mark": Asked("/appeals/{appeal}/mark"),
    "POST /appeals/{number}/mark": Asked("/appeals/{appeal}/mark", {"mark": "5", "settled": "yes"}),
    "DELETE /appeals/{number}": Asked("/appeals/{appeal}"),
    "POST /appeals/{number}/complained-of": Asked("/appeals/{appeal}/complained-of"),
    "GET /appeals/{number}/work": Asked("/appeals/{appeal}/work"),
    "POST /appeals/{number}/work": Asked("/appeals/{appeal}/work", {"deed": "assign"}),
    "GET /assignments/{assignment_id}": Asked("/assignments/{assignment}"),
    "POST /assignments/{assignment_id}/point": Asked(
        "/assignments/{assignment}/point", {"latitude": "46.97", "longitude": "31.99"}
    ),
    "POST /assignments/{assignment_id}": Asked("/assignments/{assignment}", {"deed": "take"}),
    "POST /questions": Asked("/questions", {"executor": "{executor}", "text": "Чи є вода?", "appeal": "{appeal}"}),
    "GET /questions/{question_id}": Asked("/questions/{question}"),
    "POST /questions/{question_id}/take": Asked("/questions/{question}/take"),
    "POST /questions/{question_id}/answer": Asked("/questions/{question}/answer", {"answer": "Є"}),
    "GET /appeals/{number}/card": Asked("/appeals/{appeal}/card"),
    "GET /appeals/{number}/card.pdf": Asked("/appeals/{appeal}/card.pdf"),
}

A_CALL_MAY_BE_UNKNOWN: dict[str, Asked] = {
    "GET /questions/of": Asked("/questions/of?call={call}"),
    "GET /appeals/card": Asked("/appeals/card?call={call}"),
    "GET /appeals/draft": Asked("/appeals/draft?call={call}"),
    "POST /appeals/draft/discard": Asked("/appeals/draft/discard?call={call}"),
    "POST /appeals/draft": Asked("/appeals/draft?call={call}", {"surname": "Коваль"}),
    "POST /appeals/card/address": Asked(
        "/appeals/card/address", {**CARD, "call": "{call}", "submission": str(uuid4())}
    ),
    "POST /appeals": Asked("/appeals", {**CARD, "call": "{call}", "submission": str(uuid4())}),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "GET /appeals/new": "a telephone number: one's own applicants of it, perhaps none",
    "GET /appeals/of": "a telephone number: one's own appeals of it, perhaps none",
    "GET /appeals/executor": "kind, problem and addresses: by one's own rules",
    "GET /appeals/work": "which list of one's own",
    "GET /appeals/editing": "which list of one's own",
    "GET /appeals/chancellery": "which list of one's own; a number of one's own register, perhaps none",
    "POST /organisation/chancellery": "the asker's own organisation",
    "POST /organisation/numbering": "the asker's own organisation",
    "GET /appeals/work-executors": "words: executors of one's own, perhaps none",
    "GET /assignments": "which group of one's own",
}


def appealed(session: Session, by: Person, call: UUID, *, caller: str, surname: str) -> Appeal:
    """An appeal that was registered in the call."""
    appeal = Appeal(kind=Kind.COMPLAINT, topic="water", substance="...", address="", source=Source.PHONE, call_id=call)
    applicant = Applicant(surname=surname, given_name="", patronymic="", email="", address="", phone=caller)
    return service.register(session, appeal, applicant, by=by, submission=uuid4())


def assigned(session: Session, appeal: Appeal, executor: int, by: Person) -> Assignment:
    """The appeal is given to the executor."""
    return workflow.assign(session, appeal.number, [Order(executor=executor)], Told(), by=by)[0]
