"""The words of `calls.model` as people read them; messages for the catalogue."""

from calls.agreement import Reason
from calls.model import Fate, Language, LegOutcome, Source, VisitOutcome
from web.languages import later

FATES: dict[str, str] = {
    Fate.ANSWERED: later("answered"),
    Fate.ABANDONED_IN_MENU: later("gave up in the menu"),
    Fate.ABANDONED_IN_QUEUE: later("gave up in the queue"),
    Fate.REFUSED: later("refused, all lines busy"),
    Fate.OUT_OF_HOURS: later("out of hours"),
    Fate.CALLBACK_ASKED: later("asked to be called back"),
    Fate.SELF_SERVICE: later("settled by the menu"),
    Fate.NOT_REACHED: later("not reached"),
    Fate.LOST: later("lost"),
}
TONES: dict[str, str] = {
    Fate.ANSWERED: "good",
    Fate.ABANDONED_IN_MENU: "neutral",
    Fate.ABANDONED_IN_QUEUE: "warn",
    Fate.REFUSED: "bad",
    Fate.OUT_OF_HOURS: "neutral",
    Fate.CALLBACK_ASKED: "accent",
    Fate.SELF_SERVICE: "good",
    Fate.NOT_REACHED: "neutral",
    Fate.LOST: "bad",
}
ENDINGS: dict[str, str] = {
    Fate.ABANDONED_IN_MENU: later("hung up in the menu"),
    Fate.ABANDONED_IN_QUEUE: later("hung up before anybody answered"),
    Fate.REFUSED: later("was told that all lines are busy"),
    Fate.OUT_OF_HOURS: later("was told that the centre is closed"),
    Fate.CALLBACK_ASKED: later("asked to be called back"),
    Fate.SELF_SERVICE: later("settled by the menu"),
    Fate.NOT_REACHED: later("nobody answered"),
    Fate.LOST: later("the call was lost"),
}
RESULTS: dict[str, str] = {  # codes of the wrap-up
    "settled": later("settled"),
    "explained": later("explained"),
    "advised": later("advised"),
    "appeal_registered": later("appeal registered"),
    "passed_on": later("passed on"),
    "unresolved": later("unresolved"),
    "disputed": later("disputed"),
    "wrong_number": later("wrong number"),
    "silent": later("silent call"),
}
LANGUAGES: dict[str, str] = {
    Language.UKRAINIAN: later("Ukrainian"),
    Language.UZBEK: later("Uzbek"),
    Language.RUSSIAN: later("Russian"),
    Language.ENGLISH: later("English"),
}
SOURCES: dict[str, str] = {Source.TRUNK: later("by telephone"), Source.BROWSER: later("from the browser")}
LEGS: dict[str, str] = {
    LegOutcome.OFFERED: later("ringing"),
    LegOutcome.DIALLING: later("calling"),
    LegOutcome.TALKING: later("talking"),
    LegOutcome.NO_ANSWER: later("did not answer"),
    LegOutcome.TAKEN_BY_ANOTHER: later("taken by another"),
    LegOutcome.CALLER_LEFT: later("the caller hung up first"),
    LegOutcome.NOT_REACHED: later("nobody answered"),
    LegOutcome.ENDED_BY_CALLER: later("ended by the caller"),
    LegOutcome.ENDED_BY_AGENT: later("ended by the operator"),
    LegOutcome.TRANSFERRED: later("transferred"),
    LegOutcome.LOST: later("connection lost"),
}
VISITS: dict[str, str] = {
    VisitOutcome.WAITING: later("waiting"),
    VisitOutcome.ANSWERED: later("answered"),
    VisitOutcome.ABANDONED: later("gave up"),
    VisitOutcome.FLOWED_OUT: later("went elsewhere"),
    VisitOutcome.LOST: later("lost"),
}
DIFFERENCES: dict[str, str] = {
    Reason.ASTERISK_ENDED: later("Asterisk ended before the call did, and wrote no end of it"),
    Reason.LINK_LOST: later("the link to Asterisk was lost, and the call was over when it came back"),
    Reason.NOT_FOUND: later("no reason was found"),
}
CLOSED: dict[str, str] = {
    "night": later("outside working hours"),
    "weekend": later("weekend"),
    "holiday": later("public holiday"),
}
MENUS: dict[str, str] = {
    "language": later("choice of language"),
    "topics": later("choice of topic"),
    "night": later("when closed"),
}
SERVICES: dict[str, str] = {
    "information": later("information"),
    "appeal-status": later("where an appeal stands"),
    "current-works": later("emergency works under way"),
}
PROMPTS: dict[str, str] = {
    "khm-information": later("opening hours and services"),
    "khm-water-information": later("planned interruptions of water"),
    "khm-heating-announcement": later("announcement about heating"),
    "dtm-exams-information": later("day and place of the exam"),
    "dtm-certificates-announcement": later("announcement about certificates"),
}
SUPERVISED: dict[str, str] = {
    "listen": later("A supervisor listens to the talk of %(agent)s"),
    "whisper": later("A supervisor speaks to %(agent)s; the caller does not hear it"),
    "barge": later("A supervisor speaks to the caller and to %(agent)s"),
}
FALLBACKS: dict[str, str] = {  # Asterisk's AGISTATUS, and the dialplan's own TIMEOUT
    "FAILURE": later("it could not be reached"),
    "SUCCESS": later("it ended without saying where the call goes"),
    "TIMEOUT": later("it did not answer in time"),
}
LOSSES: dict[str, str] = {
    "asterisk restarted": later("Asterisk was restarted"),
    "gone while the link was lost": later("it ended while the link to Asterisk was lost"),
    "not known to Asterisk": later("Asterisk knew it no more"),
}


def queue_text(queue: str | None) -> str:
    """A queue as people call it: without the organisation's code, by which Asterisk keeps queues apart."""
    return (queue or "–").partition("-")[2] or queue or "–"
