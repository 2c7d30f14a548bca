"""The words of the cabinet: fields, why some cannot be left out, steps, what leaves by e-mail."""

from typing import Final

from appeals.applicants.model import ApplicantKind
from appeals.cabinet.model import Fault, Field, Reply, Step
from notify.model import Template
from web.languages import later

REGISTRAR: Final = later("Citizens' cabinet")
MANY_TODAY: Final = later("You have sent many appeals today. Send this one tomorrow, or call us.")
TOO_LATE: Final = later("The code is too old, or was typed wrongly too often. Ask for another one.")
KEPT_MANY: Final = later("You keep as many drafts as one may. Send one, or throw one away, then keep this one.")

FIELDS: dict[str, str] = {
    Field.KIND: later("What it is"),
    Field.TOPIC: later("What it is about"),
    Field.PROBLEM: later("Problem"),
    Field.SUBSTANCE: later("What happened, and what you ask for"),
    Field.ADDRESS: later("Address"),
    Field.AUTHOR: later("For whom you write"),
    Field.SURNAME: later("Surname"),
    Field.GIVEN_NAME: later("Given name"),
    Field.PATRONYMIC: later("Patronymic"),
    Field.PHONE: later("Phone"),
    Field.REPLY: later("How you want the answer"),
    Field.FILES: later("Photos and documents"),
}
WHAT_FOR: dict[str, str] = {  # beside the fields in the editor
    Field.KIND: later("Application, complaint or suggestion; without it each is an application"),
    Field.TOPIC: later("Of the directory of topics"),
    Field.PROBLEM: later("Of the classifier: routing finds the executor by it"),
    Field.SUBSTANCE: later("The text of the appeal"),
    Field.ADDRESS: later("Streets and houses are offered; routing, terms and works go by it. The law wants it too"),
    Field.AUTHOR: later("For themselves, or for a legal entity: its name, its code, its address and who speaks for it"),
    Field.SURNAME: later("Whose appeal it is"),
    Field.GIVEN_NAME: later("The law wants it of a written appeal"),
    Field.PATRONYMIC: later("Not everybody has one: better not required"),
    Field.PHONE: later("For the executor to call; what proves the account is known anyway"),
    Field.REPLY: later("By e-mail, by SMS or by post: what reaches the account; without it as the account was proven"),
    Field.FILES: later("As many kinds and sizes as staff may attach; places are taken out of photos"),
}
WHY_NEEDED: dict[str, str] = {
    Field.TOPIC: later("Always asked: term and executor follow from the topic, no appeal is registered without one."),
    Field.SUBSTANCE: later("Always asked: there is no appeal without its text."),
    Field.SURNAME: later("Always asked: an appeal without its author is anonymous, and is not considered by law."),
}
FAULTS: dict[str, str] = {
    Fault.LACKS_NEEDED: later("Topic, text and surname cannot be left out: nothing is registered without them"),
    Fault.NEEDED_OPTIONAL: later("Topic, text and surname are always required"),
    Fault.TWICE: later("A field is asked twice"),
    Fault.NO_PLACE_FOR_POST: later("Who may choose an answer by post must be asked for the address"),
    Fault.NO_PLACE_FOR_ENTITY: later("Who may write for a legal entity must be asked for its address"),
}
AUTHORS: dict[str, str] = {
    ApplicantKind.PERSON: later("for myself, as a person"),
    ApplicantKind.ORGANISATION: later("for a legal entity"),
}
REPLIES: dict[str, str] = {Reply.EMAIL: later("by e-mail"), Reply.SMS: later("by SMS"), Reply.POST: later("by post")}
STEPS: dict[str, str] = {
    Step.REGISTERED: later("registered"),
    Step.REOPENED: later("registered anew, because the matter was not settled"),
    Step.IN_WORK: later("in work"),
    Step.CHECKED: later("what was done is being checked"),
    Step.LATER: later("the term was moved"),
    Step.FORWARDED: later("forwarded to the body in charge"),
    Step.RETURNED: later("returned to you"),
    Step.CLOSED: later("considered: the answer is here"),
    Step.CANCELLED: later("cancelled: entered by mistake"),
}

CODE: Final = Template(
    "cabinet_code",
    later("To a citizen by e-mail: the code for the cabinet"),
    subject=later("Your code for the cabinet"),
    text=later(
        "%(code)s is your code for the cabinet of %(organisation)s. It is good for ten minutes, in the browser that "
        "asked for it.\n\nDid not ask for it? Then ignore this letter: nobody signs in without the code."
    ),
)
CODE_BY_SMS: Final = Template(
    "cabinet_code_sms",
    later("To a citizen by SMS: the code for the cabinet"),
    subject=later("Your code for the cabinet"),
    text=later("%(code)s is your code for the cabinet, good for ten minutes. Tell it to nobody. %(organisation)s"),
)
REGISTERED: Final = Template(
    "cabinet_registered",
    later("To a citizen by e-mail: the number of an appeal from the cabinet"),
    subject=later("Your appeal %(number)s"),
    text=later(
        "%(organisation)s: your appeal is registered under the number %(number)s.\n\nWhat becomes of it you see after "
        "signing in: %(link)s"
    ),
)
REGISTERED_BY_SMS: Final = Template(
    "cabinet_registered_sms",
    later("To a citizen by SMS: the number of an appeal from the cabinet"),
    subject=later("Your appeal %(number)s"),
    text=later("%(organisation)s: your appeal is registered under the number %(number)s. %(link)s"),
)
TEMPLATES: Final = (CODE, CODE_BY_SMS, REGISTERED, REGISTERED_BY_SMS)
