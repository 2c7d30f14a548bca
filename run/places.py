"""Where people go: the places of all domains, in the groups of the rail. A person's first one is their home."""

from typing import Final

from web.languages import later
from web.shell import Group, Place

TELEPHONY: Final = Group(
    "telephony",
    later("Telephony"),
    (
        Place("/desk", later("Desk"), "desk.use", icon="headset"),
        Place("/board", later("Board"), "board.read", icon="speedometer2"),
        Place("/calls", later("Calls"), "calls.read_own", icon="telephone"),
        Place(
            "/callbacks",
            later("Owed calls"),
            "callbacks.read",
            icon="telephone-outbound",
            number_url="/callbacks/count",
        ),
        Place("/surge", later("Surge"), "surge.read", icon="megaphone"),
    ),
)

APPEALS: Final = Group(
    "appeals",
    later("Citizens' appeals"),
    (
        Place("/assignments", later("Assignments"), "assignments.work", icon="tools"),
        Place(
            "/appeals/editing",
            later("Editor"),
            "appeals.formalise",
            icon="pencil-square",
            number_url="/appeals/editing/count",
        ),
        Place(
            "/appeals/chancellery",
            later("Chancellery"),
            "chancellery.work",
            icon="envelope-paper",
            number_url="/appeals/chancellery/count",
        ),
        Place("/appeals", later("Appeals"), "appeals.find", icon="inbox"),
        Place("/appeals/work", later("Work on appeals"), "appeals.assign", icon="clipboard-check"),
        Place(
            "/appeals/inbound",
            later("From the mailbox"),
            "appeals.register",
            icon="envelope",
            number_url="/appeals/inbound/count",
        ),
        Place(
            "/questions",
            later("Questions"),
            "questions.read",
            icon="question-circle",
            number_url="/questions/number",
        ),
        Place("/appeals/map", later("Map"), "appeals.read", icon="map"),
        Place("/appeals/applicants", later("Applicants"), "applicants.read", icon="person-vcard"),
        Place("/works", later("Works"), "works.read", icon="cone-striped"),
    ),
)

CONTROL: Final = Group(
    "control",
    later("Reports and control"),
    (
        Place("/reports", later("Reports"), "reports.read", icon="bar-chart-line"),
        Place("/alarms", later("Alarms"), "alarms.read", icon="bell", number_url="/alarms/number"),
        Place("/recordings/backlog", later("Storing"), "recordings.backlog", icon="hdd-stack"),
        Place("/recordings/keeping", later("Keeping"), "recordings.keeping", icon="archive"),
        Place("/status", later("Status"), "status.read", icon="activity"),
        Place("/audit", later("Audit"), "audit.read", icon="journal-text"),
    ),
)

DIRECTORIES: Final = Group(
    "directories",
    later("Directories and addresses"),
    (
        Place("/classifier", later("Directories"), "directories.read", icon="journal-text"),
        Place("/appeals/addresses", later("Addresses"), "addresses.read", icon="geo-alt"),
        Place("/executors", later("Executors"), "executors.read", icon="diagram-2"),
        Place("/opt-outs", later("No SMS"), "sms.opt_out", icon="bell-slash"),
    ),
    rare=True,
)

ADMINISTRATION: Final = Group(
    "administration",
    later("Administration"),
    (
        Place("/menus", later("Menus"), "menus.read", icon="diagram-3"),
        Place("/queues", later("Queues"), "queues.read", icon="sliders"),
        Place("/outgoing", later("Calls out"), "outgoing.arrange", icon="telephone-plus"),
        Place("/people", later("People"), "people.manage", icon="people"),
        Place("/organisation", later("Organisation"), "organisation.manage", icon="building"),
        Place("/channels", later("Channels"), "channels.manage", icon="send"),
        Place("/citizens-form", later("Form for citizens"), "cabinet.arrange", icon="ui-checks"),
        Place("/exchange", later("Exchange"), "exchange.manage", icon="arrow-left-right"),
    ),
    rare=True,
)

GROUPS: Final = (TELEPHONY, APPEALS, CONTROL, DIRECTORIES, ADMINISTRATION)
