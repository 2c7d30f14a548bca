"""The words of notices to citizens; an organisation words each anew, language by language, on the page Wording."""

from typing import Final

from appeals.notices.model import About
from notify.model import Template
from web.languages import later

ABOUT: dict[str, str] = {
    About.REGISTERED: later("The appeal is registered"),
    About.MOVED: later("Its term was moved"),
    About.CLOSED: later("The appeal is closed"),
}
HINTS: dict[str, str] = {
    About.REGISTERED: later("With its number; not if it was answered at once, in the talk"),
    About.MOVED: later("Extended or shortened by people; not when rules or the calendar move it"),
    About.CLOSED: later("With the result"),
}
TEMPLATES: Final = {
    About.REGISTERED: Template(
        "citizen_registered",
        later("To a citizen: the appeal is registered"),
        subject=later("Your appeal %(number)s"),
        text=later("%(organisation)s: your appeal is registered under the number %(number)s."),
        to_citizens=True,
    ),
    About.MOVED: Template(
        "citizen_moved",
        later("To a citizen: the term was moved"),
        subject=later("Your appeal %(number)s"),
        text=later("%(organisation)s: the term of your appeal %(number)s is now %(until)s."),
        to_citizens=True,
    ),
    About.CLOSED: Template(
        "citizen_closed",
        later("To a citizen: the appeal is closed"),
        subject=later("Your appeal %(number)s"),
        text=later("%(organisation)s: your appeal %(number)s is closed: %(result)s."),
        to_citizens=True,
    ),
}
MAILED: Final = Template(
    "citizen_answered",
    later("To a citizen by e-mail: the answer"),
    subject=later("The answer to appeal %(number)s"),
    text=later("%(organisation)s has closed your appeal %(number)s: %(result)s.\n\n%(answer)s"),
    to_citizens=True,
)
