"""Renders exactly what Asterisk loads, from the settings and the database, into `<data>/asterisk/etc`.

`configuration` reads the database into plain values, `render` turns values into files. Only changed files are
written, whole or not at all; the answer says what Asterisk must load again.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from sqlalchemy.orm import Session

from acd.tables import OutgoingLine
from calls.model import Language
from ivr.tables import DialledNumber
from run.asterisk import music_on_hold, queries
from run.asterisk.queue_lines import OFFER, QueueLine, queue_lines
from run.host import programs
from run.settings import Settings
from staff import tables as staff
from staff.queries import organisations as known_organisations
from staff.rights import has
from supervisor.supervision.model import endpoint_of
from supervisor.supervision.queries import phones_lent

TEMPLATES = Path(__file__).parents[2] / "asterisk-config"

LAST_NUMBER = 100  # places in a queue up to here are spoken; a later one is "after a hundred"
PATIENCE = 10  # seconds a caller waits for a silent AGI server before the fallback
APOLOGIES = 30  # refused callers at once who hear the apology; more get SIP 503 at once
SILENCE_LIMIT = 10  # seconds without sound from an agent's phone in a talk until it is taken for lost
SILENCE_LIMIT_HELD = 30  # while the caller is held, when some phones send nothing for a while

DIALPLAN_PROMPTS = (
    "static-greeting",
    "recording-notice",
    "all-lines-busy",
    "callback-accepted",
    OFFER,
    "callback-refused",
    "returning-to-queue",
    "queue-you-are-next",
    "queue-your-place",
    "queue-your-place-is-after",
    *(f"digits/{number}" for number in range(LAST_NUMBER + 1)),
)

RELOADS = {
    "pjsip.conf": "res_pjsip.so",
    "pjsip_agents.conf": "res_pjsip.so",
    "pjsip_visitors.conf": "res_pjsip.so",
    "pjsip_supervisors.conf": "res_pjsip.so",
    "extensions.conf": "pbx_config.so",
    "musiconhold.conf": "res_musiconhold.so",
    "manager.conf": "manager",
    "http.conf": "http",
    "logger.conf": "logger",
    "features.conf": "features",
    "say.conf": "app_playback.so",
    "rtp.conf": "res_rtp_asterisk.so",
}  # a change of any other file needs a restart
SECRET = re.compile(r"[A-Za-z0-9_-]{16,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Whose calls: `capacity` is how many may be here at once."""

    id: int
    code: str
    capacity: int
    language: Language = Language.ENGLISH  # in which it calls citizens, unless the agent's phone says another
    general_queue: str = ""
    shown: str = ""  # the number that citizens see when they are called; "" when nobody is
    prefixes: Sequence[str] = ()  # with which numbers outside must begin; none: any will do
    forbidden: Sequence[str] = ()  # with which they must not; of both the longer decides
    longest: int | None = None  # seconds after which a call to a citizen ends
    limited: bool = False  # only so many within an hour, which AGI counts

    @property
    def numbers_out(self) -> Sequence[str]:
        """Patterns of the numbers outside that may be dialled; Asterisk takes the one that says most."""
        return [f"_{prefix}!" for prefix in self.prefixes] or ["_[+0-9]XX!"]

    @property
    def numbers_forbidden(self) -> Sequence[str]:
        """Patterns of those that may not."""
        return [f"_{prefix}!" for prefix in self.forbidden if prefix not in self.prefixes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number that citizens dial."""

    number: str
    organisation: Organisation
    language: Language
    general_queue: str  # where a caller goes when the menu is away


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPhone:
    """An agent's phone while the agent is on a shift: a browser, or with `contact` a SIP phone at that address."""

    person_id: int
    organisation: str
    secret: str
    contact: str = ""
    dials_out: bool = False  # may call citizens
    hands_out: bool = False  # may transfer a caller to a number outside

    @property
    def endpoint(self) -> str:
        """The name Asterisk knows it by."""
        return f"agent{self.person_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A phone lent to a citizen's browser."""

    name: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorPhone:
    """A phone lent to a supervisor's board: a browser, or with `contact` a SIP phone at that address."""

    endpoint: str
    secret: str
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """Everything that Asterisk must know and the settings do not."""

    organisations: Sequence[Organisation] = ()
    numbers: Sequence[Number] = ()
    queues: Sequence[QueueLine] = ()
    agents: Sequence[AgentPhone] = ()
    visitors: Sequence[Visitor] = ()
    supervisors: Sequence[SupervisorPhone] = ()

    def __post_init__(self) -> None:
        lent = [*(visitor.secret for visitor in self.visitors), *(phone.secret for phone in self.supervisors)]
        for secret in (*(agent.secret for agent in self.agents), *lent):
            if not SECRET.fullmatch(secret):
                raise ValueError("a phone's secret is 16 to 128 letters, digits, - and _")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What changed, and what Asterisk must be told over AMI."""

    files: Sequence[Path] = ()
    modules: Sequence[str] = ()  # Action: Reload, Module: ...
    queues: Sequence[str] = ()  # Action: QueueReload, Queue: ..., Parameters: yes (never Members); "" is all queues
    restart: bool = False


def configuration(session: Session) -> Configuration:
    """What the database says, for every organisation (EVERY_ORGANISATION), in an order that does not change.

    The queue of callers whose menu is away is the one with the code "general", else the first of the organisation.
    A number whose organisation has no queue yet is not rendered: nobody could answer it.
    """
    rows = known_organisations(session)
    all_queues = queries.queues(session)
    general = {queue.organisation_id: queue.asterisk_name for queue in reversed(all_queues)}
    numbers, lines = queries.numbers(session), queries.outgoing_lines(session)
    organisations = {row.id: _organisation(row, general.get(row.id, ""), numbers, lines.get(row.id)) for row in rows}
    return Configuration(
        organisations=list(organisations.values()),
        numbers=[
            Number(
                number=row.number,
                organisation=organisations[row.organisation_id],
                language=Language(row.language),
                general_queue=general[row.organisation_id],
            )
            for row in numbers
            if row.organisation_id in general
        ],
        queues=queue_lines(session, all_queues, {row.id: row.code for row in rows}),
        agents=[
            AgentPhone(
                person_id=shift.person_id,
                organisation=organisations[shift.organisation_id].code,
                secret=shift.phone_secret,
                dials_out=bool(organisations[shift.organisation_id].shown) and has(person, "calls.dial_out"),
                hands_out=bool(organisations[shift.organisation_id].shown) and has(person, "calls.hand_out"),
            )
            for shift, person in queries.running_shifts(session)
        ],
        visitors=[Visitor(name=visitor.name, secret=visitor.secret) for visitor in queries.visitor_phones(session)],
        supervisors=[
            SupervisorPhone(endpoint=endpoint_of(phone.person_id), secret=phone.secret)
            for phone in phones_lent(session, datetime.now(UTC))
        ],
    )


def _organisation(
    row: staff.Organisation, general: str, numbers: Sequence[DialledNumber], line: OutgoingLine | None
) -> Organisation:
    """Nobody is called before there is a number to show and a queue for who loses the operator."""
    own = [number.number for number in numbers if number.organisation_id == row.id]
    shown = (line.shown if line else None) or next(iter(own), "")
    return Organisation(
        id=row.id,
        code=row.code,
        capacity=row.capacity,
        language=Language(row.default_language),
        general_queue=general,
        shown=shown if general else "",
        prefixes=line.prefixes if line else (),
        forbidden=line.forbidden if line else (),
        longest=round(line.longest.total_seconds()) if line and line.longest else None,
        limited=line is not None and (line.most_an_hour or line.most_of_person) is not None,
    )


def render(settings: Settings, configuration: Configuration) -> Rendered:
    """Writes the files that changed. ValueError if a secret could break out of its line."""
    make_directories(settings)
    etc = settings.asterisk / "etc"
    changed: list[Path] = []
    queues: list[str] = []
    for name, text in files(settings, configuration).items():
        before = (etc / name).read_text() if (etc / name).exists() else None
        if before == text:
            continue
        changed.append(programs.write(etc / name, text, mode=0o640))
        if name == "queues.conf" and before is not None:
            queues = changed_queues(before, text)
    names = {file.name for file in changed}
    if "queuerules.conf" in names:
        queues = [""]
    return Rendered(
        files=changed,
        modules=sorted({RELOADS[name] for name in names if name in RELOADS}),
        queues=queues,
        restart=bool(names - RELOADS.keys() - {"queues.conf", "queuerules.conf"}),
    )


def files(settings: Settings, configuration: Configuration) -> dict[str, str]:
    """Every file's name and text, without touching the disk."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    words = _words(settings, configuration)
    return {name[:-3]: environment.get_template(name).render(words) for name in environment.list_templates(["j2"])}


def make_directories(settings: Settings) -> None:
    """The directories Asterisk writes to and reads from, its prompts, documentation and music."""
    home = settings.asterisk
    for name in ("etc", "db", "run", "log", "spool", "spool/outgoing", "data", "data/keys"):
        (home / name).mkdir(parents=True, exist_ok=True)
    for directory in (settings.recordings_spool, settings.sounds):
        directory.mkdir(parents=True, exist_ok=True)
    documentation = programs.asterisk_directories(settings)["astdatadir"] / "documentation"
    for name, target in (("sounds", settings.sounds), ("documentation", documentation)):
        link = home / "data" / name
        if not (link.is_symlink() and link.readlink() == target):
            link.unlink(missing_ok=True)
            link.symlink_to(target)
    music_on_hold.write(home / "data" / "moh")


def changed_queues(before: str, after: str) -> list[str]:
    """The queue that is new or changed, or "" for all of them when there are several.

    Asterisk reads a changed file once: reloaded one by one, all queues but the first would stay as they were.
    """
    old, new = dict(_sections(before)), dict(_sections(after))
    shared = ("general", "waiting")
    everything = any(old.get(name) != new[name] for name in shared)
    changed = [name for name in new if name not in shared and (everything or old.get(name) != new[name])]
    changed += [name for name in old if name not in new]
    return changed if len(changed) < 2 else [""]


def _sections(text: str) -> Iterator[tuple[str, str]]:
    for section in re.split(r"^(?=\[)", text, flags=re.MULTILINE)[1:]:
        yield section[1 : section.index("]")], section


def _words(settings: Settings, configuration: Configuration) -> dict[str, Any]:
    return {
        **{name: getattr(configuration, name) for name in configuration.__dataclass_fields__},
        "home": settings.asterisk,
        "modules": programs.asterisk_directories(settings)["astmoddir"],
        "recordings": settings.recordings_spool,
        "ami_secret": settings.ami_secret.get_secret_value(),
        "agi_address": f"127.0.0.1:{settings.agi_port}",
        "languages": [language.value for language in Language],
        "last_number": LAST_NUMBER,
        "patience": PATIENCE,
        "apologies": APOLOGIES,
        "silence_limit": SILENCE_LIMIT,
        "silence_limit_held": SILENCE_LIMIT_HELD,
        **{
            name: getattr(settings, name)
            for name in ("node", "bind", "sip_port", "sip_socket_port", "rtp_first_port", "rtp_last_port")
        },
        **{name: getattr(settings, name) for name in ("trunk_addresses", "trunk_far_end", "ami_port", "ami_user")},
    }
