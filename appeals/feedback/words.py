"""The words of marks, and the message that asks for one."""

from typing import Final

from appeals.feedback.model import Settled, Way
from notify.model import Template
from web.languages import later

REGISTRAR: Final = later("Citizens, by their mark")
MARKS: Final[dict[int, str]] = {
    1: later("very bad"),
    2: later("bad"),
    3: later("middling"),
    4: later("good"),
    5: later("very good"),
}
SETTLED: Final[dict[str, str]] = {
    Settled.YES: later("yes, it is settled"),
    Settled.PARTLY: later("in part"),
    Settled.NO: later("no, it is not"),
}
TONES: Final[dict[str, str]] = {Settled.YES: "good", Settled.PARTLY: "warning", Settled.NO: "bad"}
WAYS: Final[dict[str, str]] = {
    Way.LINK: later("by the link of a message"),
    Way.CABINET: later("in the cabinet"),
    Way.PHONE: later("by phone"),
}
ASKED: Final = Template(
    "citizen_asked",
    later("To a citizen: was the matter settled?"),
    subject=later("Is your appeal %(number)s settled?"),
    text=later("%(organisation)s: your appeal %(number)s is closed. Is the matter settled? Tell us: %(link)s"),
    to_citizens=True,
)
