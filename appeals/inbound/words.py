"""The words of letters, and what an author is told whose letter is returned."""

from typing import Final

from appeals.inbound.model import Fault, Machine, State
from notify.model import Template
from web.languages import later

STATES: dict[str, str] = {
    State.WAITING: later("To be completed"),
    State.REGISTERED: later("Registered"),
    State.RETURNED: later("Returned"),
    State.SPAM: later("Spam"),
    State.PASSED_OVER: later("Written by machines"),
}
MACHINES: dict[str, str] = {
    Machine.AUTOMATIC: later("an automatic answer"),
    Machine.LIST: later("a mailing list"),
    Machine.BOUNCE: later("a report that a mail was not delivered"),
    Machine.OUR_OWN: later("a mail of our own"),
}
FAULTS: dict[str, str] = {
    Fault.MALFORMED: later("The mail is malformed: look at it as it came"),
    Fault.CUT: later("The text is longer than is kept here: look at the mail as it came"),
    Fault.TOO_LARGE: later("The mail is too large: its files stayed in the mailbox"),
    Fault.TOO_MANY: later("The mail has more files than are kept here"),
}
MISSING: dict[str, str] = {
    "name": later("surname, given name and patronymic"),
    "residence": later("place of residence"),
    "substance": later("substance of the matter"),
    "contact": later("address for the answer"),
}
REGISTERED: Final = Template(
    "chat_registered",
    later("In a chat: the appeal is registered"),
    subject=later("Your appeal %(number)s"),
    text=later(
        "%(organisation)s: what you wrote on %(day)s (entry %(entry)s) is registered as appeal %(number)s. Write this "
        "number here to learn where it stands."
    ),
)
RETURNED: Final = Template(
    "letter_returned",
    later("A letter is returned to its author"),
    subject=later("Your letter is returned"),
    text=later(
        "%(organisation)s returns your letter of %(day)s. An appeal must state: %(missing)s. %(note)s\n\n"
        "Write to us again with what is missing, or call us."
    ),
)
