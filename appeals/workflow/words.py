"""The words of the work on appeals: states, deeds, what is asked for, why a deed is not done; what authors are told."""

from typing import Final

import appeals.words
from appeals.workflow.model import CHOSEN, Corrected, Deed, Group, Outcome, Part, Reach, Refusal, Stage, Work
from notify.model import Template
from web.languages import gettext as _
from web.languages import later

PARTS: dict[str, str] = {Part.MAIN: later("main executor"), Part.CO: later("co-executor")}
WORKS: dict[str, str] = {
    Work.ASSIGNED: later("new"),
    Work.IN_WORK: later("in work"),
    Work.DONE: later("to be verified"),
    Work.RETURNED: later("returned for rework"),
    Work.NOT_IN_COMPETENCE: later("not in competence"),
    Work.ACCEPTED: later("accepted"),
    Work.WITHDRAWN: later("taken back"),
}
TONES: dict[str, str] = {
    Work.ASSIGNED: "accent",
    Work.IN_WORK: "accent",
    Work.DONE: "warn",
    Work.RETURNED: "warn",
    Work.NOT_IN_COMPETENCE: "warn",
    Work.ACCEPTED: "good",
    Work.WITHDRAWN: "neutral",
}
STAGES: dict[str, str] = {
    Stage.TO_FORMALISE: later("waits for the editor"),
    Stage.FORMALISING: later("an editor has begun"),
    Stage.SUBMITTED: later("at the chancellery"),
    Stage.SENT_BACK: later("back from the chancellery"),
    Stage.ENTERED: later("in the register"),
    Stage.DISPATCHED: later("answer dispatched"),
}
STAGE_TONES: dict[str, str] = {
    Stage.TO_FORMALISE: "accent",
    Stage.FORMALISING: "accent",
    Stage.SUBMITTED: "accent",
    Stage.SENT_BACK: "warn",
    Stage.ENTERED: "neutral",
    Stage.DISPATCHED: "good",
}
OUTCOMES: dict[str, str] = {
    Outcome.DONE: later("done"),
    Outcome.EXPLAINED: later("explained"),
    Outcome.REFUSED: later("refused"),
    Outcome.LATER: later("cannot be done in this period"),
}
HOW: dict[str, str] = OUTCOMES | {result: appeals.words.RESULTS[result] for result in CHOSEN}  # it ended
BUTTONS: dict[str, str] = {  # what one does
    Deed.ASSIGN: later("Give to executors"),
    Deed.TAKE: later("Take to work"),
    Deed.FINISH: later("Report as done"),
    Deed.DECLINE: later("Not in our competence"),
    Deed.ASK_LATER: later("Ask for a later term"),
    Deed.ANSWER_FOR: later("Enter the result for the executor"),
    Deed.REASSIGN: later("Give to another executor"),
    Deed.PASS_ON: later("Pass on within the house"),
    Deed.WITHDRAW: later("Take back"),
    Deed.RETURN: later("Return for rework"),
    Deed.ACCEPT: later("Accept this part"),
    Deed.CLOSE: later("Accept and close"),
    Deed.EXPLAIN: later("Explained: close"),
    Deed.FORWARD: later("Forward to the body in charge"),
    Deed.RETURN_TO_AUTHOR: later("Return to the author"),
    Deed.NOT_SUBJECT: later("Not subject to consideration"),
    Deed.CANCEL: later("Cancel: entered by mistake"),
    Deed.REOPEN: later("Reopen"),
    Deed.FORMALISE: later("Begin to formalise"),
    Deed.SUBMIT: later("Send to the chancellery"),
    Deed.SEND_BACK: later("Back to the editor"),
    Deed.ENTER: later("Enter in the register"),
    Deed.DISPATCH: later("Dispatch the answer and close"),
    Deed.CORRECT: later("Correct the card"),
}
DONE: dict[str, str] = {  # what was done
    Deed.ASSIGN: later("given to an executor"),
    Deed.TAKE: later("taken to work"),
    Deed.FINISH: later("reported as done"),
    Deed.DECLINE: later("not in the executor’s competence"),
    Deed.ASK_LATER: later("later term asked for"),
    Deed.ANSWER_FOR: later("result entered for the executor"),
    Deed.REASSIGN: later("given to another executor"),
    Deed.PASS_ON: later("passed on within the house"),
    Deed.WITHDRAW: later("taken back from the executor"),
    Deed.RETURN: later("returned for rework"),
    Deed.ACCEPT: later("part accepted"),
    Deed.CLOSE: later("accepted and closed"),
    Deed.EXPLAIN: later("explained and closed"),
    Deed.FORWARD: later("forwarded to the body in charge"),
    Deed.RETURN_TO_AUTHOR: later("returned to the author"),
    Deed.NOT_SUBJECT: later("not subject to consideration"),
    Deed.CANCEL: later("cancelled: entered by mistake"),
    Deed.REOPEN: later("reopened"),
    Deed.FORMALISE: later("an editor has begun to formalise it"),
    Deed.SUBMIT: later("sent to the chancellery"),
    Deed.SEND_BACK: later("sent back to the editor"),
    Deed.ENTER: later("entered in the chancellery’s register"),
    Deed.DISPATCH: later("answer dispatched, closed"),
    Deed.CORRECT: later("card corrected"),
}
RESULTS: dict[str, str] = {result: appeals.words.RESULTS[result] for result in CHOSEN}
REASONS: dict[str, str] = {  # what is asked as the reason of a deed
    Deed.DECLINE: later("Why it is not yours, and whose it may be"),
    Deed.ASK_LATER: later("Why; the author reads it when the term is extended"),
    Deed.REASSIGN: later("Why"),
    Deed.WITHDRAW: later("Why"),
    Deed.RETURN: later("What is to be done anew"),
    Deed.FORWARD: later("Why; the author reads it"),
    Deed.RETURN_TO_AUTHOR: later("What is missing, and what the author should do; the author reads it"),
    Deed.NOT_SUBJECT: later("On which ground of the law"),
    Deed.CANCEL: later("Why"),
    Deed.REOPEN: later("What was not done"),
    Deed.SEND_BACK: later("What is to be formalised otherwise"),
    Deed.CORRECT: later("Why; whoever has the appeal reads it"),
}
REPORTS: dict[str, str] = {  # what is asked as its report
    Deed.FINISH: later("What was done"),
    Deed.ANSWER_FOR: later("What the executor has done or answered"),
    Deed.CLOSE: later("The answer to the author"),
    Deed.EXPLAIN: later("What was explained"),
    Deed.DISPATCH: later("The answer to the author"),
}
REFUSALS: dict[str, str] = {
    Refusal.NOT_NOW: later("This cannot be done in the state it has now"),
    Refusal.NO_EXECUTOR: later("Choose at least one executor"),
    Refusal.HAS_IT: later("This executor has the appeal already"),
    Refusal.TWO_MAIN: later("One executor is the main one, the others are co-executors"),
    Refusal.CLOSED_EXECUTOR: later("This executor gets no work any more"),
    Refusal.NOT_BELOW: later("A head passes work on to executors of their own house"),
    Refusal.NOT_HEAD: later("Only the head of the executor passes its work on"),
    Refusal.COMPLAINED_OF: later("A complaint is not sent to whom it is about, nor to a part of it"),
    Refusal.NO_REASON: later("Write the reason"),
    Refusal.NO_REPORT: later("Write what was done or answered"),
    Refusal.NO_OUTCOME: later("Choose how it ended"),
    Refusal.NO_RESULT: later("Choose the result"),
    Refusal.NO_UNTIL: later("Choose the day"),
    Refusal.NO_BODY: later("Write to which body"),
    Refusal.PAST: later("This day is past"),
    Refusal.NO_ATTACHMENTS: later("A compulsory attachment is missing"),
    Refusal.UNANSWERED: later("Not every executor has reported"),
    Refusal.TOO_LATE: later("It was closed too long ago; register a new appeal"),
    Refusal.NO_KIND: later("Choose the kind"),
    Refusal.NO_TEXT: later("Write the text of the appeal"),
    Refusal.INCOMPLETE: later(
        "The law wants the author’s name and place of residence, of an organisation its name and address: "
        "complete them first"
    ),
    Refusal.NUMBER_TAKEN: later("The register has this number already"),
    Refusal.NO_TOPIC: later("Choose one of the values offered"),
    Refusal.NO_PROBLEM: later("Choose one of the values offered"),
    Refusal.NOTHING_NEW: later("Nothing was changed on the card"),
}
FIELDS: dict[str, str] = {  # where a refusal is told
    Refusal.NO_EXECUTOR: "executor",
    Refusal.HAS_IT: "executor",
    Refusal.TWO_MAIN: "executor",
    Refusal.CLOSED_EXECUTOR: "executor",
    Refusal.NOT_BELOW: "executor",
    Refusal.COMPLAINED_OF: "executor",
    Refusal.NO_REASON: "reason",
    Refusal.NO_REPORT: "report",
    Refusal.NO_OUTCOME: "outcome",
    Refusal.NO_RESULT: "result",
    Refusal.NO_UNTIL: "until",
    Refusal.NO_BODY: "body",
    Refusal.PAST: "until",
    Refusal.NO_ATTACHMENTS: "report",
    Refusal.NO_KIND: "kind",
    Refusal.NO_TEXT: "text",
    Refusal.INCOMPLETE: "text",
    Refusal.NUMBER_TAKEN: "number",
    Refusal.NO_TOPIC: "topic",
    Refusal.NO_PROBLEM: "problem",
    Refusal.NOTHING_NEW: "text",
}
KINDS: dict[str, str] = appeals.words.KINDS
CORRECTED: dict[str, str] = {  # what of a card was put right
    Corrected.KIND: later("Kind"),
    Corrected.TOPIC: later("Topic"),
    Corrected.PROBLEM: later("Problem"),
    Corrected.SUBSTANCE: later("What was asked"),
    Corrected.ADDRESS: later("Address"),
}
QUEUES: dict[str, str] = {
    "verify": later("To be verified"),
    "back": later("Back from executors"),
    "later": later("Extension asked for"),
    "unassigned": later("Without an executor"),
    "formalise": later("To formalise"),
    "sent_back": later("Sent back by the chancellery"),
    "submitted": later("Sent to the chancellery"),
    "to_enter": later("To enter in the register"),
    "to_give": later("To give to an executor"),
    "given": later("With executors"),
    "to_dispatch": later("Answers to dispatch"),
}
EMPTY: dict[str, str] = {
    "verify": later("What executors report as done stands here until it is accepted or returned."),
    "back": later("What is not in an executor’s competence comes back here."),
    "later": later("Requests for a later term stand here until they are decided."),
    "unassigned": later("Registered appeals that nobody has yet stand here."),
    "formalise": later("What operators register stands here until it is sent to the chancellery."),
    "sent_back": later("What the chancellery wants formalised otherwise stands here with the reason."),
    "submitted": later("What was sent stands here until the chancellery enters it or sends it back."),
    "to_enter": later("What editors send stands here until it has a number of the register or goes back."),
    "to_give": later("Entered appeals that nobody has yet stand here, and those that executors gave back."),
    "given": later("What executors work on stands here."),
    "to_dispatch": later("What executors have answered stands here until the answer goes out."),
}
DESKS: dict[str, tuple[str, str]] = {  # what a list of lists is called, and what stands under it
    "editor": (later("Editor"), later("From what was taken down to an appeal in the words of the law")),
    "chancellery": (later("Chancellery"), later("Number, executor, answer: whose term ends first stands on top")),
}
GROUPS: dict[str, str] = {
    Group.OVERDUE: later("Overdue"),
    Group.RETURNED: later("Returned"),
    Group.SOON: later("Due soon"),
    Group.NEW: later("New"),
    Group.IN_WORK: later("In work"),
}
ICONS: dict[str, str] = {
    Group.OVERDUE: "exclamation-triangle",
    Group.RETURNED: "arrow-counterclockwise",
    Group.SOON: "hourglass-split",
    Group.NEW: "inbox",
    Group.IN_WORK: "tools",
}

REACHES: dict[str, tuple[str, str, str]] = {  # word, tone, sign
    Reach.WAITING: (later("the body is being told"), "accent", "clock"),
    Reach.RETRYING: (later("the body is not reached yet, it is tried again"), "warn", "arrow-repeat"),
    Reach.TOLD: (later("the body was told"), "good", "check2"),
    Reach.FAILED: (later("the body was not reached"), "bad", "x-octagon"),
    Reach.NOBODY: (later("nobody told the body: no e-mail, no webhook"), "warn", "exclamation-triangle"),
}

FORWARDED: Final = Template(
    "appeal_forwarded",
    later("An appeal is forwarded to the body in charge"),
    subject=later("Appeal %(number)s is forwarded"),
    text=later(
        "%(organisation)s has forwarded your appeal %(number)s to the body in charge: %(body)s. The reason: %(reason)s"
    ),
)
RETURNED_TO_AUTHOR: Final = Template(
    "appeal_returned",
    later("An appeal is returned to its author"),
    subject=later("Appeal %(number)s is returned to you"),
    text=later("%(organisation)s returns your appeal %(number)s. What is missing, and what to do: %(reason)s"),
)
TO_A_BODY: Final = Template(
    "appeal_to_body",
    later("An appeal is given to a body that does not work here"),
    subject=later("Appeal %(number)s is given to you"),
    text=later(
        "%(organisation)s gives you appeal %(number)s. What is asked: %(substance)s Where: %(address)s Your part: "
        "%(task)s Due: %(until)s"
    ),
)
BACK_TO_A_BODY: Final = Template(
    "appeal_back_to_body",
    later("A body's part of an appeal comes back for rework"),
    subject=later("Appeal %(number)s comes back to you"),
    text=later("%(organisation)s asks you to do your part of appeal %(number)s again. Why: %(reason)s Due: %(until)s"),
)
NO_LONGER: Final = Template(
    "appeal_no_longer",
    later("A body need not work on an appeal any more"),
    subject=later("Appeal %(number)s is yours no longer"),
    text=later("%(organisation)s: you need do nothing more about appeal %(number)s. Why: %(reason)s"),
)
DISPATCHED: Final = Template(
    "appeal_dispatched",
    later("The chancellery answers an appeal"),
    subject=later("The answer to appeal %(number)s"),
    text=later(
        "%(organisation)s answers your appeal %(number)s, entered as %(incoming)s, by the letter %(outgoing)s: "
        "%(answer)s"
    ),
)
TEMPLATES: Final = (FORWARDED, RETURNED_TO_AUTHOR, TO_A_BODY, BACK_TO_A_BODY, NO_LONGER, DISPATCHED)


def of_body(deed: str, body: str) -> str:
    """What the history keeps beside a deed: a body, a number, or the fields that were put right."""
    return ", ".join(_(CORRECTED[field]) for field in body.split()) if deed == Deed.CORRECT else body


def changed(name: str, deed: str) -> str:
    """Who was faster, and with what."""
    told = _("%(name)s was faster: %(deed)s. Look at the new state, then decide.")
    return told % {"name": name, "deed": _(DONE.get(deed, deed))}
