"""What is rendered is what Asterisk loads: nothing missing, nothing refused, changes without harm to calls."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from calls.model import Language
from run.asterisk import config as asterisk_config
from run.asterisk.config import Configuration, Number
from run.asterisk.queue_lines import QueueLine
from run.host.release import SOURCE
from tests.rules.test_dialplan import dialplan
from tests.telephony.asterisk import AMI_SECRET, Asterisk
from tests.telephony.conftest import AGENCY, CONFIGURATION, agent
from tests.town.manager import Manager
from tests.town.waiting import wait_for


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asterisk]:
    with Asterisk(tmp_path_factory.mktemp("fresh"), CONFIGURATION, first_port=22050, rtp_ports=20) as running:
        yield running


@pytest.fixture(scope="module")
def fresh_manager(fresh: Asterisk) -> Iterator[Manager]:
    address = ("127.0.0.1", fresh.settings.ami_port)
    manager = Manager(address, user=fresh.settings.ami_user, secret=AMI_SECRET, on_event=lambda _: None)
    yield manager
    manager.close()


def etc(asterisk: Asterisk, name: str) -> Path:
    return asterisk.settings.asterisk / "etc" / name


def test_nothing_is_refused_at_the_start(fresh: Asterisk) -> None:
    assert not re.findall(r".*(?:WARNING|ERROR).*", fresh.log())
    wanted = set(re.findall(r"^load = (\w+\.so)$", etc(fresh, "modules.conf").read_text(), re.MULTILINE))
    shown = fresh.cli("module show").splitlines()
    running = {line.split()[0] for line in shown if " Running " in line and ".so" in line}
    assert running == wanted


def test_every_application_and_function_of_the_dialplan_is_loaded(fresh: Asterisk) -> None:
    text = etc(fresh, "extensions.conf").read_text()
    steps = [step for _, _, step in dialplan(text)]
    inside = re.findall(r"\?([A-Z]\w+)\(", " ".join(steps))
    applications = {step.split("(")[0] for step in steps} | {name for name in inside if name != "Set"}
    shown = fresh.cli("core show applications")
    assert {name for name in applications if f" {name}:" not in shown} == set()
    functions = set(re.findall(r"\$\{([A-Z_]+)\(", text)) | set(re.findall(r"Set\(_*([A-Z_]+)\(", text))
    shown = fresh.cli("core show functions")
    assert {name for name in functions if not re.search(rf"^{name} ", shown, re.MULTILINE)} == set()


def test_every_action_that_we_ask_for_is_known(fresh: Asterisk) -> None:
    """An unknown one is refused each time, and written to Asterisk's security log."""
    sources = [file.read_text() for package in ("ami", "calls", "run") for file in (SOURCE / package).rglob("*.py")]
    asked = set(re.findall(r'(?:"Action": |_listed\(link, )"(\w+)"', "\n".join(sources)))
    assert {"Login", "PJSIPShowContacts"} <= asked
    shown = fresh.cli("manager show commands")
    assert {action for action in asked if not re.search(rf"^ *{action} ", shown, re.MULTILINE)} == set()


def test_rendered_again_nothing_changes(fresh: Asterisk) -> None:
    again = asterisk_config.render(fresh.settings, fresh.configuration)
    assert (list(again.files), list(again.modules), list(again.queues), again.restart) == ([], [], [], False)


def test_secrets_are_for_asterisk_only(fresh: Asterisk) -> None:
    for file in etc(fresh, ".").iterdir():
        assert file.stat().st_mode & 0o007 == 0, file


def test_an_agents_shift_reloads_phones_and_dialplan_only(fresh: Asterisk) -> None:
    more = replace(fresh.configuration, agents=[*fresh.configuration.agents, agent(9, AGENCY)])
    rendered = fresh.change(more)
    assert {file.name for file in rendered.files} == {"pjsip_agents.conf", "extensions.conf"}
    assert set(rendered.modules) == {"res_pjsip.so", "pbx_config.so"}
    assert (list(rendered.queues), rendered.restart) == ([], False)
    wait_for("the new phone", lambda: "agent9" in fresh.cli("pjsip show endpoint agent9"))
    assert "agent9" in fresh.cli("dialplan show from-agents-dtm")
    fresh.change(CONFIGURATION)
    wait_for("the phone to be gone", lambda: "Unable to find" in fresh.cli("pjsip show endpoint agent9"))


def test_members_and_their_pauses_outlive_a_changed_queue(fresh: Asterisk, fresh_manager: Manager) -> None:
    fresh_manager.ask("QueueAdd", Queue="dtm-exams", Interface="PJSIP/agent1", Paused="true")
    queues = [replace(queue, ring_timeout=queue.ring_timeout + 3) for queue in CONFIGURATION.queues[-1:]]
    rendered = fresh.change(replace(CONFIGURATION, queues=[*CONFIGURATION.queues[:-1], *queues]))
    assert list(rendered.queues) == ["dtm-exams"]
    assert not rendered.modules
    member = next(line for line in fresh.cli("queue show dtm-exams").splitlines() if "PJSIP/agent1" in line)
    assert "paused" in member


def test_a_new_queue_and_number_are_there_without_a_restart(fresh: Asterisk, fresh_manager: Manager) -> None:
    number = Number(number="1499", organisation=AGENCY, language=Language.RUSSIAN, general_queue="dtm-new_one")
    queue = QueueLine(name="dtm-new_one", organisation="dtm")
    changed = replace(CONFIGURATION.queues[0], service_target=77)
    queues = [changed, *CONFIGURATION.queues[1:], queue]
    more = replace(CONFIGURATION, numbers=[*CONFIGURATION.numbers, number], queues=queues)
    rendered = fresh.change(more)
    assert not rendered.restart
    assert list(rendered.queues) == [""]
    assert "within 77s" in fresh.cli(f"queue show {changed.name}")
    assert "dtm-new_one has 0 calls" in fresh.cli("queue show dtm-new_one")
    assert "'1499'" in fresh.cli("dialplan show from-trunk")
    fresh_manager.ask("QueueAdd", Queue="dtm-new_one", Interface="PJSIP/agent1")


def test_a_closed_queue_is_gone_with_its_members(fresh: Asterisk, fresh_manager: Manager) -> None:
    queue = QueueLine(name="dtm-closing", organisation="dtm", languages=["uz"])
    fresh.change(replace(CONFIGURATION, queues=[*CONFIGURATION.queues, queue]))
    for lane in queue.lanes:
        fresh_manager.ask("QueueAdd", Queue=lane, Interface="PJSIP/agent1")
    rendered = fresh.change(CONFIGURATION)
    assert not rendered.restart
    for lane in queue.lanes:
        assert "No such queue" in fresh.cli(f"queue show {lane}")


def test_the_manager_may_not_run_commands(fresh_manager: Manager) -> None:
    with pytest.raises(AssertionError, match="Permission denied"):
        fresh_manager.ask("Command", Command="core show channels")
    with pytest.raises(AssertionError, match="Permission denied"):
        fresh_manager.ask("UpdateConfig", SrcFilename="extensions.conf", DstFilename="extensions.conf")
    for module in ("res_pjsip.so", "pbx_config.so"):
        fresh_manager.ask("Reload", Module=module)
    fresh_manager.ask("QueueReload", Queue="dtm-general", Members="no", Rules="no", Parameters="yes")


def test_only_the_listeners_events_are_sent(fresh: Asterisk) -> None:
    text = etc(fresh, "manager.conf").read_text()
    assert not {"VarSet", "RTCPSent", "RTCPReceived", "Newexten"} & set(re.findall(r"name\((\w+)\)", text))


def test_an_organisation_without_anything_is_no_error(tmp_path: Path, fresh: Asterisk) -> None:
    settings = fresh.settings.model_copy(update={"data": tmp_path})
    assert asterisk_config.render(settings, Configuration(organisations=[AGENCY])).restart


def test_the_music_is_ours_and_calm(fresh: Asterisk) -> None:
    file = fresh.settings.asterisk / "data" / "moh" / "calm.alaw"
    assert 60 * 8000 < file.stat().st_size < 180 * 8000
    assert "calm" in fresh.cli("moh show files")
