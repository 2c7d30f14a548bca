"""A taken port is named, with the setting that would choose another and the process that has it."""

import socket
from collections.abc import Iterator

import pytest

from run.host.machine import Port, ports, refuse_shared, refuse_taken
from run.host.release import SOURCE
from run.host.services import SERVICES
from run.host.steps import Refused
from run.settings import Settings


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening


def test_a_taken_port_is_named_with_its_setting_and_its_process(taken: socket.socket) -> None:
    number = taken.getsockname()[1]
    with pytest.raises(Refused) as refusal:
        refuse_taken([Port("HOLOS_WEB_PORT", "web", number, "127.0.0.1")])
    said = str(refusal.value)
    assert f"127.0.0.1:{number}" in said
    assert "HOLOS_WEB_PORT=" in said
    assert "(pid " in said


def test_a_taken_datagram_port_is_named() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as telephone:
        telephone.bind(("127.0.0.1", 0))
        number = telephone.getsockname()[1]
        with pytest.raises(Refused, match="UDP"):
            refuse_taken([Port("HOLOS_SIP_PORT", "asterisk", number, "127.0.0.1", datagram=True)])


def test_a_port_that_is_free_again_is_no_complaint(taken: socket.socket) -> None:
    number = taken.getsockname()[1]
    taken.close()
    refuse_taken([Port("HOLOS_WEB_PORT", "web", number, "127.0.0.1")])


def test_two_settings_that_ask_for_one_port_are_named() -> None:
    settings = Settings(_env_file=None, s3_port=5033, ami_port=5038)
    with pytest.raises(Refused, match=r"5038: HOLOS_AMI_PORT \(asterisk\) and HOLOS_S3_PORT \(s3\)"):
        refuse_shared(ports(settings))


def test_every_port_belongs_to_a_process_and_a_setting() -> None:
    names = {service.name for service in SERVICES}
    fields = {f"HOLOS_{name.upper()}" for name in Settings.model_fields}
    for port in ports(Settings(_env_file=None)):
        assert port.service in names
        assert port.setting in fields


def test_no_two_ports_are_the_same() -> None:
    refuse_shared(ports(Settings(_env_file=None)))


def test_the_readme_tells_every_port() -> None:
    text = (SOURCE / "README.md").read_text()
    for port in ports(Settings(_env_file=None)):
        assert port.setting in text
    store = [port.number for port in ports(Settings(_env_file=None)) if port.service == "s3"]
    assert f"{store[0]}–{store[-2]}, {store[-1]}" in text
