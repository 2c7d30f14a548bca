"""The rendered dialplan names only what exists: contexts, prompts, events and their fields; and it stays short."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from acd.queues.model import OverflowDeed
from calls import events
from calls.model import Language
from ivr import spoken
from run.asterisk.config import (
    DIALPLAN_PROMPTS,
    TEMPLATES,
    AgentPhone,
    Configuration,
    Number,
    Organisation,
    Visitor,
    files,
)
from run.asterisk.queue_lines import OverflowLine, QueueLine
from run.settings import Settings

CITY = Organisation(id=1, code="khm", capacity=30, general_queue="khm-general", shown="1580")
CONFIGURATION = Configuration(
    organisations=[CITY],
    numbers=[Number(number="1580", organisation=CITY, language=Language.UKRAINIAN, general_queue="khm-general")],
    queues=[
        QueueLine(name="khm-general", organisation="khm"),
        QueueLine(
            name="khm-steps",
            organisation="khm",
            languages=["uk", "ru"],
            widens_after=5,
            steps=[
                OverflowLine(deed=OverflowDeed.CALLBACK, wait=30),
                OverflowLine(deed=OverflowDeed.QUEUE, to="khm-general", wait=60),
                OverflowLine(deed=OverflowDeed.ANNOUNCEMENT, to="all-lines-busy", wait=60),
            ],
            most=20,
            too_long=OverflowLine(deed=OverflowDeed.CALLBACK),
        ),
    ],
    agents=[AgentPhone(person_id=12, organisation="khm", secret="a-secret-of-a-shift")],
    visitors=[Visitor(name="visitor01", secret="a-secret-of-one-call")],
)
LONGEST = 10  # lines of an extension
JUMP = re.compile(r"(?:Goto|Gosub|GotoIf|GosubIf)\((.*)\)$")
TARGET = re.compile(
    r"(?:^|[?:(])([a-z][a-z-]*)(?:-\$\{(?:SOURCE|STEP_DO|FULL)\})?,(?:s|\w+|\$\{\w+\}|left-\$\{\w+\}|to-\$\{\w+\}),\w+"
)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    settings = Settings(_env_file=None, data=tmp_path_factory.mktemp("data"), software=Path("/"))
    return files(settings, CONFIGURATION)


def dialplan(text: str) -> Iterator[tuple[str, str, str]]:
    """Every step: context, extension, application with its arguments."""
    context = extension = ""
    for line in text.splitlines():
        if found := re.fullmatch(r"\[([\w-]+)\]", line):
            context = found[1]
        elif found := re.fullmatch(r"exten => ([^,]+),1(?:\(\w+\))?,(.*)", line):
            extension = found[1]
            yield context, extension, found[2]
        elif found := re.fullmatch(r" same => n(?:\(\w+\))?,(.*)", line):
            yield context, extension, found[1]
        else:
            known = not line or line.startswith((";", "include => from-agents-"))
            assert known or context in ("general", "globals"), line


def steps(rendered: dict[str, str]) -> list[tuple[str, str, str]]:
    return list(dialplan(rendered["extensions.conf"]))


def test_no_extension_is_longer_than_ten_lines(rendered: dict[str, str]) -> None:
    lengths: dict[tuple[str, str], int] = {}
    for context, extension, _ in steps(rendered):
        lengths[context, extension] = lengths.get((context, extension), 0) + 1
    assert {place: length for place, length in lengths.items() if length > LONGEST} == {}


def test_every_jump_has_a_target(rendered: dict[str, str]) -> None:
    contexts = {context for context, _, _ in steps(rendered)}
    named = {
        target for _, _, step in steps(rendered) if (jump := JUMP.match(step)) for target in TARGET.findall(jump[1])
    }
    options = set(re.findall(r"[bU]\((\w+)(?:\^|\))", rendered["extensions.conf"]))
    kept = set(
        re.findall(r"(?:CONNECTED_LINE_SEND_SUB|hangup_handler_push\))=([\w-]+),s,1", rendered["extensions.conf"])
    )
    named |= options | kept | set(re.findall(r"^context = ([\w-]+)$", "".join(rendered.values()), re.MULTILINE))
    assert {"caller-of", "overflow"} <= named, "completed by a variable"
    named |= {f"overflow-{deed}" for deed in OverflowDeed if deed is not OverflowDeed.WIDER}
    named |= {"caller-of-trunk", "caller-of-browser"}
    named -= {"caller-of", "overflow"}
    assert named - contexts == set()
    assert {"queue", "fallback", "arrival", "from-trunk", "while-waiting", "offered", "answered"} <= named


def test_a_queues_rules_are_taken_step_by_step(rendered: dict[str, str]) -> None:
    taken = [(place, step) for context, place, step in steps(rendered) if context == "overflow-of" and "_DO=" in step]
    assert taken == [
        ("_[a-z]!", "Set(STEP_DO=)"),
        ("khm-steps.0", "Set(STEP_DO=callback)"),
        ("khm-steps.1", "Set(STEP_DO=queue)"),
        ("khm-steps.2", "Set(STEP_DO=announcement)"),
    ]


def test_a_caller_comes_into_another_queue_at_one_place_only(rendered: dict[str, str]) -> None:
    """Where the first step of its rules is set as well."""
    assert {context for context, _, step in steps(rendered) if "QUEUE_NAME=" in step} == {"into-queue"}


def test_every_prompt_is_listed_and_every_listed_prompt_is_used(rendered: dict[str, str]) -> None:
    played = {
        prompt
        for _, _, step in steps(rendered)
        for prompts in re.findall(r"Playback\(([^)]*)\)", step)
        for prompt in prompts.split("&")
    }
    played.discard("${STEP_TO}")  # of the organisation's own choice
    played |= set(re.findall(r"^(?:queue-\w+|periodic-announce) = (\S+)$", rendered["queues.conf"], re.MULTILINE))
    played |= set(re.findall(r"^entry = \S+/sounds/(\S+)$", rendered["musiconhold.conf"], re.MULTILINE))
    assert {prompt for prompt in DIALPLAN_PROMPTS if not prompt.startswith("digits/")} == played


@pytest.mark.parametrize("language", Language)
def test_every_prompt_has_words_in_every_language(language: Language) -> None:
    texts = tomllib.loads((TEMPLATES / "prompts" / f"{language}.toml").read_text())["common"].keys()
    numbers = dict(spoken.texts(language)).keys()
    assert set(DIALPLAN_PROMPTS) <= texts | numbers


def test_every_event_is_one_of_ours_with_all_its_fields(rendered: dict[str, str]) -> None:
    told = set()
    for _, _, step in steps(rendered):
        if found := re.search(r"UserEvent\((\w+)(.*)\)$", step):
            kind = getattr(events, found[1])
            named = {name.lower() for name in re.findall(r",(\w+): ", found[2])}
            unsaid = {"at", "channel"}  # Asterisk's own headers of every event
            assert named == {field.name for field in fields(kind)} - unsaid, found[1]
            told.add(found[1])
    assert told == {
        "CallArrived", "CallRefused", "PromptHeard", "FellBack", "RecordingStarted", "CallerRequeued", "CallbackAsked",
        "SupervisorJoined", "SupervisorLeft", "ConsultStarted", "CallPlaced", "CallOverflowed",
    }  # fmt: skip


def test_what_a_caller_wrote_is_never_executed(rendered: dict[str, str]) -> None:
    """ExecIf and friends parse their arguments again: raw headers may stand in Set and in functions only."""
    for _, _, step in steps(rendered):
        if re.search(r"PJSIP_HEADER\(read|\$\{GIVEN\}|CALLERID\(name\)|remote_uri", step):
            assert step.startswith("Set(") or "LEN(${GIVEN})" in step or "GROUP_COUNT(${GIVEN}" in step, step
    assert "CALLERID(name)" not in rendered["extensions.conf"]


def test_nothing_dangerous_is_loaded(rendered: dict[str, str]) -> None:
    loaded = set(re.findall(r"^load = (\w+)\.so$", rendered["modules.conf"], re.MULTILINE))
    dangerous = {"func_shell", "app_system", "func_env", "func_curl", "res_ari", "app_disa", "chan_iax2", "func_db",
                 "res_pjsip_endpoint_identifier_anonymous", "app_externalivr", "app_originate"}  # fmt: skip
    assert loaded
    assert not loaded & dangerous
    assert "autoload = no" in rendered["modules.conf"]


def test_the_manager_has_the_least_rights(rendered: dict[str, str]) -> None:
    text = rendered["manager.conf"]
    assert "bindaddr = 127.0.0.1" in text
    for rights in re.findall(r"^(?:read|write) = (.*)$", text, re.MULTILINE):
        assert not {"command", "config", "all", "dialplan", "verbose", "dtmf"} & set(rights.split(","))
    filters = re.findall(r"^eventfilter(.*)$", text, re.MULTILINE)
    assert filters
    assert all(re.fullmatch(r"\(name\(\w+\)\) =", line) for line in filters), "compared by hash, never by pattern"


@pytest.mark.parametrize(
    "secret", ["short", "line\nbreak-in-a-long-secret", "semicolon;comment-0123", "[section]0123456789"]
)
def test_a_secret_cannot_break_out_of_its_line(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        Configuration(visitors=[Visitor(name="visitor01", secret=secret)])
