"""The words of `supervisor.alarms.model` as people read them, and the messages of the ladder; for the catalogue."""

from typing import Final

from notify.model import Template
from supervisor.alarms.model import Kind, State, Trouble
from web.languages import later

KINDS: dict[str, str] = {
    Kind.UNRESOLVED: later("Unresolved call"),
    Kind.DISPUTED: later("Disputed call"),
    Kind.CALL: later("Call with a talk"),
    Kind.OWED_CALL: later("Owed call escalated"),
    Kind.COMPLAINT: later("Complaint"),
    Kind.SUGGESTION: later("Suggestion"),
    Kind.INSTALLATION: later("Trouble with Holos"),
    Kind.SURGE: later("Surge of calls"),
}
STATES: dict[str, str] = {
    State.OPEN: later("nobody has taken it"),
    State.TAKEN: later("taken"),
    State.CLOSED: later("closed"),
}
TONES: dict[str, str] = {State.OPEN: "bad", State.TAKEN: "warn", State.CLOSED: "neutral"}
TROUBLES: dict[str, str] = {
    Trouble.PROCESS: later("A process does not run"),
    Trouble.SERVER: later("A server does not answer"),
    Trouble.DISK: later("The disk of the recordings is almost full"),
    Trouble.DATA_DISK: later("The disk of the data is almost full"),
    Trouble.TRUNK: later("A trunk does not answer"),
    Trouble.REGISTRATION: later("A carrier does not accept our registration"),
    Trouble.ASTERISK: later("Asterisk is not heard"),
    Trouble.CLOCK: later("A clock is off"),
    Trouble.CLOCK_UNKEPT: later("Nobody keeps a machine's clock: no time server is asked"),
    Trouble.TASK_QUEUE: later("A queue of Asterisk's tasks was too long"),
    Trouble.READER: later("A reader of the journal stands still"),
    Trouble.JOB: later("A regular job fails or is late"),
    Trouble.RECORDINGS: later("Recordings wait to be stored for too long"),
    Trouble.OUTBOX: later("Messages wait to be sent for too long"),
    Trouble.ILL_CHANNEL: later("A channel for messages does not work"),
    Trouble.CHANNELS: later("The organisation's channels run out"),
    Trouble.TRUNK_CHANNELS: later("The channels of a trunk run out"),
    Trouble.INCIDENT: later("Incident mode is on"),
    Trouble.ROSTER: later("A duty roster has hours when nobody is on duty"),
    Trouble.NOBODY_ON_DUTY: later("A queue is on duty, and nobody is a member of it"),
}
DEEDS: dict[str, str] = {
    "raised": later("raised"),
    "marked": later("marked by the operator"),
    "told": later("told"),
    "not_told": later("could not be told"),
    "taken": later("taken"),
    "answered": later("answered"),
    "passed_on": later("passed on"),
    "closed": later("closed"),
    "ended": later("the trouble is over"),
    "withdrawn": later("owed again: operators call back"),
}
TAKE: Final = later("I take it")

CALL: Final = Template(
    "alarm_call",
    later("Alarm about a call"),
    subject=later("%(what)s: %(queue)s"),
    text=later(
        "%(what)s, alarm %(number)s.\nQueue: %(queue)s. Topic: %(topic)s.\nResult of %(when)s, talk %(talked)s.\n"
        "Who takes it: %(link)s"
    ),
)
OWED_CALL: Final = Template(
    "alarm_owed_call",
    later("Alarm about an owed call"),
    subject=later("%(what)s: %(queue)s"),
    text=later(
        "%(what)s, alarm %(number)s.\nQueue: %(queue)s. Topic: %(topic)s.\nThe citizen %(reason)s; missed calls: "
        "%(missed)s, attempts to call back: %(attempts)s.\nEscalated %(when)s.\nWho takes it: %(link)s"
    ),
)
APPEAL: Final = Template(
    "alarm_appeal",
    later("Alarm about an appeal"),
    subject=later("%(what)s %(appeal)s: %(topic)s"),
    text=later(
        "%(what)s %(appeal)s, alarm %(number)s.\nTopic: %(topic)s.\nRegistered %(when)s.\nWho takes it: %(link)s"
    ),
)
TROUBLE: Final = Template(
    "alarm_trouble",
    later("Alarm about Holos itself"),
    subject=later("Holos: %(what)s"),
    text=later("%(what)s %(place)s\nSince %(when)s, alarm %(number)s.\nWho takes it: %(link)s"),
)
SURGE: Final = Template(
    "alarm_surge",
    later("Surge of calls"),
    subject=later("%(what)s %(place)s"),
    text=later("%(what)s: %(place)s\nSince %(when)s, alarm %(number)s.\nWho takes it: %(link)s"),
)
OVER: Final = Template(
    "alarm_surge_over",
    later("End of a surge of calls"),
    subject=later("Over: %(what)s %(place)s"),
    text=later("Over: %(what)s: %(place)s\nIt began %(when)s, alarm %(number)s."),
)
WITHOUT_DATABASE: Final = Template(  # goes past the outbox, which is in the database: no organisation words it anew
    "alarm_without_database",
    later("Alarm about Holos itself"),
    subject=later("Holos: %(what)s"),
    text=later("%(what)s: PostgreSQL\nSince %(when)s. Calls go on; pages and desks wait until it is back.\n%(link)s"),
)
TEMPLATES: Final = (CALL, OWED_CALL, APPEAL, TROUBLE, SURGE, OVER)
