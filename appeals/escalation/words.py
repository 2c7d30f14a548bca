"""The words of escalation, and the messages of its steps; nothing in them names a citizen."""

from typing import Final

from appeals.escalation.model import Moment, Whom
from notify.model import Template
from web.languages import later

MOMENTS: dict[str, str] = {
    Moment.ATTENTION: later("the last quarter of the term begins"),
    Moment.OVERDUE: later("the term has ended"),
}
WHOM: dict[str, str] = {
    Whom.RESPONSIBLE: later("the responsible person"),
    Whom.HEAD: later("the head"),
    Whom.MANAGEMENT: later("the management"),
}
SOON: Final = Template(
    "term_soon",
    later("The term of an appeal runs out"),
    subject=later("Appeal %(number)s is due %(until)s"),
    text=later("Appeal %(number)s (%(topic)s) is due %(until)s: the last quarter of its term has begun. %(link)s"),
)
LATE: Final = Template(
    "term_late",
    later("An appeal is overdue"),
    subject=later("Appeal %(number)s is overdue"),
    text=later("Appeal %(number)s (%(topic)s) was due %(until)s. Find the cause and write down the measure. %(link)s"),
)
DIGEST: Final = Template(
    "term_digest",
    later("What is overdue, once a day"),
    subject=later("Overdue appeals: %(count)s"),
    text=later("Overdue appeals on %(day)s: %(count)s. %(listed)s %(link)s"),
)
TEMPLATES: Final = (SOON, LATE, DIGEST)
