"""The one table of deeds: in which state each may be done, by whom, what it needs and what becomes of it.

Pages draw their buttons from it, the documents their picture, the service asks it before each change. An assignment has
a state of its own; the appeal's state follows from those of its assignments until a deed on the appeal itself ends it.
In an organisation with a chancellery an appeal is *filed*: before anybody has it, it passes an editor and the
chancellery, and the chancellery does what dispatchers do elsewhere (Z-26).
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from appeals.model import OPEN, Kind, Result, State
from appeals.terms.model import Standing


class Part(StrEnum):
    """What an executor is for an appeal."""

    MAIN = "main"
    CO = "co"


class Work(StrEnum):
    """Where an assignment stands."""

    ASSIGNED = "assigned"
    IN_WORK = "in_work"
    DONE = "done"  # to be verified
    RETURNED = "returned"  # for rework
    NOT_IN_COMPETENCE = "not_in_competence"  # back with the dispatcher
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"  # given to another, taken back, or the appeal ended without it


class Stage(StrEnum):
    """Where an appeal stands on its way through the editor and the chancellery."""

    TO_FORMALISE = "to_formalise"
    FORMALISING = "formalising"  # an editor has begun
    SUBMITTED = "submitted"  # card, text and the reference to the call are at the chancellery
    SENT_BACK = "sent_back"  # to the editor
    ENTERED = "entered"  # in the chancellery's register, under its incoming number
    DISPATCHED = "dispatched"  # the answer went out under its outgoing number


class Reach(StrEnum):
    """How far the word is to a body that does not work here."""

    WAITING = "waiting"
    RETRYING = "retrying"  # it did not arrive, and is sent again
    TOLD = "told"
    FAILED = "failed"  # given up
    NOBODY = "nobody"  # has neither a mailbox nor a webhook


class Outcome(StrEnum):
    """What an executor reports (appendix A.3: for works)."""

    DONE = "done"
    EXPLAINED = "explained"
    REFUSED = "refused"
    LATER = "later"  # cannot be done in this period, with the day when it can


class Deed(StrEnum):
    """Everything that is done with an appeal under work."""

    ASSIGN = "assign"
    TAKE = "take"
    FINISH = "finish"
    DECLINE = "decline"  # not in our competence
    ASK_LATER = "ask_later"  # a later control term, decided with the terms
    ANSWER_FOR = "answer_for"  # the result of an executor without access
    REASSIGN = "reassign"
    PASS_ON = "pass_on"  # a head gives it to an executor below theirs
    WITHDRAW = "withdraw"
    RETURN = "return"  # for rework
    ACCEPT = "accept"
    CLOSE = "close"
    EXPLAIN = "explain"
    FORWARD = "forward"
    RETURN_TO_AUTHOR = "return_to_author"
    NOT_SUBJECT = "not_subject"
    CANCEL = "cancel"
    REOPEN = "reopen"
    FORMALISE = "formalise"
    SUBMIT = "submit"  # to the chancellery
    SEND_BACK = "send_back"  # to the editor
    ENTER = "enter"  # in the chancellery's register
    DISPATCH = "dispatch"  # the chancellery closes: the answer goes out
    CORRECT = "correct"  # what was entered wrongly on the card


class Corrected(StrEnum):
    """What of a card is put right after its registration."""

    KIND = "kind"
    TOPIC = "topic"
    PROBLEM = "problem"
    SUBSTANCE = "substance"
    ADDRESS = "address"  # the main one


class Need(StrEnum):
    """What must be told for a deed."""

    EXECUTORS = "executors"
    REASON = "reason"
    REPORT = "report"  # what was done, what is answered
    OUTCOME = "outcome"
    RESULT = "result"  # of the classifier's section 9
    UNTIL = "until"  # a day
    BODY = "body"  # to which it goes
    ATTACHMENTS = "attachments"  # the kinds that the problem asks for
    KIND = "kind"  # of the appeal, by the law
    TEXT = "text"  # the appeal in the words of a letter
    NUMBER = "number"  # of the chancellery's register; left empty, the next one
    CARD = "card"  # its fields as they should be; one that is not told stays as it is


class Refusal(StrEnum):
    """Why a deed is not done."""

    NOT_NOW = "not_now"  # the table has no such deed in this state
    NO_EXECUTOR = "no_executor"
    HAS_IT = "has_it"
    TWO_MAIN = "two_main"
    CLOSED_EXECUTOR = "closed_executor"
    NOT_BELOW = "not_below"  # a head passes work on within their own house only
    NOT_HEAD = "not_head"
    COMPLAINED_OF = "complained_of"  # a complaint is not sent to whom it is about (article 7)
    NO_REASON = "no_reason"
    NO_REPORT = "no_report"
    NO_OUTCOME = "no_outcome"
    NO_RESULT = "no_result"
    NO_UNTIL = "no_until"
    NO_BODY = "no_body"
    PAST = "past"
    NO_ATTACHMENTS = "no_attachments"
    UNANSWERED = "unanswered"  # others have not reported
    TOO_LATE = "too_late"
    NO_KIND = "no_kind"
    NO_TEXT = "no_text"
    INCOMPLETE = "incomplete"  # without the author's data that the law wants (appendix A.7)
    NUMBER_TAKEN = "number_taken"
    NO_TOPIC = "no_topic"  # of the directory
    NO_PROBLEM = "no_problem"  # of the classifier
    NOTHING_NEW = "nothing_new"


ACTIVE: Final = frozenset(Work) - {Work.WITHDRAWN}
WITH_EXECUTOR: Final = frozenset({Work.ASSIGNED, Work.IN_WORK, Work.RETURNED})
ANSWERED: Final = frozenset({Work.DONE, Work.ACCEPTED})
WITH_EDITOR: Final = frozenset({Stage.TO_FORMALISE, Stage.FORMALISING, Stage.SENT_BACK})
_ON_THE_WAY: Final = frozenset({State.WITH_EDITOR, State.AT_CHANCELLERY})
_UNBEGUN: Final = _ON_THE_WAY | {State.REGISTERED, State.REOPENED, State.ASSIGNED, State.NOT_IN_COMPETENCE}
NO_PROBLEM: Final = "-"  # what no code of the classifier is
_OFFICE: Final = "chancellery.work"
_CONCLUDED: Final = frozenset({State.CLOSED, State.RETURNED_TO_AUTHOR, State.NOT_SUBJECT})
_N: Final = Need

ENDS_WITH: Final[dict[State, Result]] = {  # the result that an end has of itself; who closes chooses one
    State.RETURNED_TO_AUTHOR: Result.RETURNED_TO_AUTHOR,
    State.FORWARDED: Result.FORWARDED,
    State.NOT_SUBJECT: Result.NOT_SUBJECT,
}
CHOSEN: Final = (Result.SATISFIED, Result.REFUSED, Result.EXPLAINED)


@dataclass(frozen=True, slots=True)
class OfAssignment:
    """A deed on one assignment: from these states to that one; `to` None leaves it as it is.

    `office`: the permission where the appeal is filed, None being the same one; "" is none at all. `of_heads`: of the
    executor's people only those who lead it.
    """

    deed: Deed
    sources: frozenset[Work]
    to: Work | None
    permission: str
    needs: tuple[Need, ...] = ()
    office: str | None = None
    of_heads: bool = False


@dataclass(frozen=True, slots=True)
class OfAppeal:
    """A deed on the appeal itself; `to` None: what its assignments make of it. `office` as with assignments."""

    deed: Deed
    sources: frozenset[State]
    to: State | None
    permission: str
    needs: tuple[Need, ...] = ()
    office: str | None = None


@dataclass(frozen=True, slots=True)
class OfFiling:
    """A deed on the way of a filed appeal to the chancellery's register."""

    deed: Deed
    sources: frozenset[Stage]
    to: Stage
    permission: str
    needs: tuple[Need, ...] = ()


def _works(*states: Work) -> frozenset[Work]:
    return frozenset(states)


ASSIGNMENTS: Final = (
    OfAssignment(Deed.TAKE, _works(Work.ASSIGNED, Work.RETURNED), Work.IN_WORK, "assignments.work"),
    OfAssignment(
        Deed.FINISH, _works(Work.IN_WORK), Work.DONE, "assignments.work", (_N.OUTCOME, _N.REPORT, _N.ATTACHMENTS)
    ),
    OfAssignment(Deed.DECLINE, WITH_EXECUTOR, Work.NOT_IN_COMPETENCE, "assignments.work", (_N.REASON,)),
    OfAssignment(Deed.ASK_LATER, WITH_EXECUTOR, None, "assignments.work", (_N.UNTIL, _N.REASON)),
    OfAssignment(Deed.PASS_ON, WITH_EXECUTOR, Work.WITHDRAWN, "assignments.work", (_N.EXECUTORS,), of_heads=True),
    OfAssignment(
        Deed.RETURN, _works(Work.DONE), Work.RETURNED, "appeals.verify", (_N.REASON, _N.UNTIL), office=_OFFICE
    ),
    OfAssignment(Deed.ACCEPT, _works(Work.DONE), Work.ACCEPTED, "appeals.verify", office=_OFFICE),
    OfAssignment(
        Deed.ANSWER_FOR,
        WITH_EXECUTOR,
        Work.DONE,
        "appeals.answer_for",
        (_N.OUTCOME, _N.REPORT, _N.ATTACHMENTS),
        office=_OFFICE,
    ),
    OfAssignment(
        Deed.REASSIGN,
        WITH_EXECUTOR | {Work.NOT_IN_COMPETENCE},
        Work.WITHDRAWN,
        "appeals.assign",
        (_N.EXECUTORS, _N.REASON),
        office=_OFFICE,
    ),
    OfAssignment(
        Deed.WITHDRAW,
        WITH_EXECUTOR | {Work.NOT_IN_COMPETENCE},
        Work.WITHDRAWN,
        "appeals.assign",
        (_N.REASON,),
        office=_OFFICE,
    ),
)
APPEALS: Final = (
    OfAppeal(Deed.ASSIGN, OPEN - _ON_THE_WAY, None, "appeals.assign", (_N.EXECUTORS,), office=_OFFICE),
    OfAppeal(
        Deed.CLOSE,
        frozenset({State.TO_BE_VERIFIED}),
        State.CLOSED,
        "appeals.verify",
        (_N.RESULT, _N.REPORT),
        office="",
    ),
    OfAppeal(
        Deed.DISPATCH,
        frozenset({State.TO_BE_VERIFIED}),
        State.CLOSED,
        "",
        (_N.RESULT, _N.REPORT, _N.NUMBER),
        office=_OFFICE,
    ),
    OfAppeal(
        Deed.EXPLAIN,
        frozenset({State.REGISTERED, State.REOPENED, State.NOT_IN_COMPETENCE}),
        State.CLOSED,
        "appeals.conclude",
        (_N.REPORT,),
        office=_OFFICE,
    ),
    OfAppeal(Deed.FORWARD, _UNBEGUN, State.FORWARDED, "appeals.conclude", (_N.BODY, _N.REASON), office=_OFFICE),
    OfAppeal(
        Deed.RETURN_TO_AUTHOR, _UNBEGUN, State.RETURNED_TO_AUTHOR, "appeals.conclude", (_N.REASON,), office=_OFFICE
    ),
    OfAppeal(Deed.NOT_SUBJECT, _UNBEGUN, State.NOT_SUBJECT, "appeals.conclude", (_N.REASON,), office=_OFFICE),
    OfAppeal(Deed.CORRECT, OPEN, None, "appeals.correct", (_N.CARD, _N.REASON)),
    OfAppeal(Deed.CANCEL, OPEN, State.CANCELLED, "appeals.cancel", (_N.REASON,)),
    OfAppeal(Deed.REOPEN, _CONCLUDED, None, "appeals.reopen", (_N.REASON,)),
)
FILINGS: Final = (
    OfFiling(Deed.FORMALISE, frozenset({Stage.TO_FORMALISE, Stage.SENT_BACK}), Stage.FORMALISING, "appeals.formalise"),
    OfFiling(Deed.SUBMIT, WITH_EDITOR, Stage.SUBMITTED, "appeals.formalise", (_N.KIND, _N.TEXT)),
    OfFiling(Deed.ENTER, frozenset({Stage.SUBMITTED}), Stage.ENTERED, _OFFICE, (_N.NUMBER,)),
    OfFiling(Deed.SEND_BACK, frozenset({Stage.SUBMITTED}), Stage.SENT_BACK, _OFFICE, (_N.REASON,)),
)

OF_ASSIGNMENT: Final = {each.deed: each for each in ASSIGNMENTS}
OF_APPEAL: Final = {each.deed: each for each in APPEALS}
OF_FILING: Final = {each.deed: each for each in FILINGS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody says with a deed; `submission` names the form.

    `seen` is the last deed that the page showed, 0 where there was none, None where nobody looked at a page.
    """

    reason: str = ""
    report: str = ""
    outcome: Outcome | None = None
    later_on: date | None = None
    result: Result | None = None
    until: datetime | None = None
    body: str = ""
    kind: Kind | None = None
    text: str = ""
    number: str = ""
    topic: str = ""
    problem: str = ""  # `NO_PROBLEM` takes it away
    address: str = ""
    seen: int | None = None
    submission: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One executor who is to have the appeal; `until` is a term of its own within the appeal's."""

    executor: int
    part: Part = Part.MAIN
    task: str = ""
    until: datetime | None = None


def fault_of_telling(needs: Collection[Need], told: Told, now: datetime) -> Refusal | None:
    """What of that which a deed needs was not told; None where nothing is missing."""
    lacks = {
        Need.REASON: (not told.reason.strip(), Refusal.NO_REASON),
        Need.REPORT: (not told.report.strip(), Refusal.NO_REPORT),
        Need.OUTCOME: (told.outcome is None, Refusal.NO_OUTCOME),
        Need.RESULT: (told.result not in CHOSEN, Refusal.NO_RESULT),
        Need.UNTIL: (told.until is None, Refusal.NO_UNTIL),
        Need.BODY: (not told.body.strip(), Refusal.NO_BODY),
        Need.KIND: (told.kind is None, Refusal.NO_KIND),
        Need.TEXT: (not told.text.strip(), Refusal.NO_TEXT),
    }
    for need, (is_missing, refusal) in lacks.items():
        if need in needs and is_missing:
            return refusal
    if Need.OUTCOME in needs and (told.outcome is Outcome.LATER) != (told.later_on is not None):
        return Refusal.NO_UNTIL
    if Need.UNTIL in needs and told.until is not None and told.until <= now:
        return Refusal.PAST
    return None


def permission_of(row: OfAssignment | OfAppeal | OfFiling, *, filed: bool) -> str:
    """By which permission the deed is done with an appeal that is filed, or is not; "" where nobody does it."""
    if filed and not isinstance(row, OfFiling) and row.office is not None:
        return row.office
    return row.permission


def deeds_on_assignment(
    state: Work, may: Callable[[str], bool], *, filed: bool = False, heads: bool = False
) -> list[OfAssignment]:
    """What somebody may do with an assignment in this state, in the order of the table; `heads`: who leads there."""
    mine = [each for each in ASSIGNMENTS if state in each.sources and _is_theirs(each, may, filed=filed)]
    return [each for each in mine if heads or not each.of_heads]


def deeds_on_appeal(state: State, may: Callable[[str], bool], *, filed: bool = False) -> list[OfAppeal]:
    """What somebody may do with an appeal in this state, in the order of the table."""
    return [each for each in APPEALS if state in each.sources and _is_theirs(each, may, filed=filed)]


def deeds_on_filing(stage: Stage, may: Callable[[str], bool]) -> list[OfFiling]:
    """What somebody may do with a filed appeal at this stage, in the order of the table."""
    return [each for each in FILINGS if stage in each.sources and may(each.permission)]


def _is_theirs(row: OfAssignment | OfAppeal, may: Callable[[str], bool], *, filed: bool) -> bool:
    permission = permission_of(row, filed=filed)
    return bool(permission) and may(permission)


def derived(works: Collection[Work], *, reopened: bool = False, stage: Stage | None = None) -> State:
    """The state of an open appeal with such assignments: whoever must act next decides."""
    active = [work for work in works if work in ACTIVE]
    if not active:
        if stage in WITH_EDITOR:
            return State.WITH_EDITOR
        if stage is Stage.SUBMITTED:
            return State.AT_CHANCELLERY
        return State.REOPENED if reopened else State.REGISTERED
    if Work.NOT_IN_COMPETENCE in active:
        return State.NOT_IN_COMPETENCE
    if Work.RETURNED in active:
        return State.RETURNED
    if all(work is Work.ASSIGNED for work in active):
        return State.ASSIGNED
    return State.TO_BE_VERIFIED if ANSWERED.issuperset(active) else State.IN_WORK


class Group(StrEnum):
    """Where a piece of work stands in an executor's inbox, the most urgent first."""

    OVERDUE = "overdue"
    RETURNED = "returned"
    SOON = "soon"
    NEW = "new"
    IN_WORK = "in_work"


def group_of(work: Work, standing: Standing | None) -> Group:
    """The one group that a piece of work is in."""
    if standing is Standing.OVERDUE:
        return Group.OVERDUE
    if work is Work.RETURNED:
        return Group.RETURNED
    if standing is Standing.ATTENTION:
        return Group.SOON
    return Group.NEW if work is Work.ASSIGNED else Group.IN_WORK


def fault_of_executors(wanted: Iterable[tuple[int, Part]], present: Collection[tuple[int, Part]]) -> Refusal | None:
    """Why these executors cannot be added to those who have the appeal; None if they can.

    Nobody has an appeal twice, and one of all is the main one.
    """
    listed = list(wanted)
    if not listed:
        return Refusal.NO_EXECUTOR
    ids = [executor for executor, _part in [*present, *listed]]
    if len(ids) != len(set(ids)):
        return Refusal.HAS_IT
    main = sum(part is Part.MAIN for _executor, part in [*present, *listed])
    return None if main == 1 else Refusal.TWO_MAIN
