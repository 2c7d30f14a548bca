"""compose.yaml describes the processes of `make run`, no others, with settings that exist."""

import re
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from run.development.settings_page import PAGE, page
from run.host.release import SOURCE
from run.host.services import SERVICES
from run.settings import Settings

SHORT = {"prepare", "fill"}  # they end when their work is done


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((SOURCE / "compose.yaml").read_text())
    return document


def test_the_processes_are_the_same(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) - SHORT == {service.name for service in SERVICES}
    for name, container in compose["services"].items():
        if name not in SHORT:
            assert container["command"] == [name]
            assert container["restart"] == "always"


def test_the_settings_are_those_of_the_settings_class(compose: dict[str, Any]) -> None:
    known = {f"HOLOS_{name.upper()}": field for name, field in Settings.model_fields.items()}
    for container in compose["services"].values():
        for name, value in container["environment"].items():
            assert name in known
            if value is None:
                continue  # passed on as it is, where it is given
            assert name in str(value), "a container's setting is the one of the host"
            default = re.fullmatch(r"\$\{\w+:-(.*)\}", str(value))
            assert default is not None
            assert default[1].replace('["', "['").replace('"]', "']").lower() == _text(known[name].default), name


def _text(default: object) -> str:
    return str(default).lower()


NOT_CHOSEN_THERE = {
    "data": "the volume",
    "software": "in the image",
    "debian_mirror": "when the image is built",
    "ami_user": "between two containers",
    "ami_through": "of tests that cut the link",
    "ami_capture": "of tests that keep the bytes",
}


def test_whatever_an_installation_may_choose_reaches_the_containers(compose: dict[str, Any]) -> None:
    passed_on = set(compose["services"]["web"]["environment"])
    secrets = {name for name, field in Settings.model_fields.items() if field.annotation is SecretStr}
    wanted = Settings.model_fields.keys() - secrets - NOT_CHOSEN_THERE.keys()
    assert passed_on == {f"HOLOS_{name.upper()}" for name in wanted}, "secrets stand in holos.env"


def test_every_port_can_be_chosen(compose: dict[str, Any]) -> None:
    ports = {f"HOLOS_{name.upper()}" for name in Settings.model_fields if name.endswith("_port")}
    assert ports <= set(compose["services"]["web"]["environment"])


def test_those_that_are_asked_have_a_health_check(compose: dict[str, Any]) -> None:
    for service in SERVICES:
        checked = "healthcheck" in compose["services"][service.name]
        assert checked == (service.ready is not None), service.name


def test_stopping_waits_as_long_as_without_containers(compose: dict[str, Any]) -> None:
    for service in SERVICES:
        container = compose["services"][service.name]
        assert container.get("stop_signal", "SIGTERM") == service.stop_signal.name
        if service.stop_within > 20:
            assert container["stop_grace_period"] == f"{service.stop_within}s"


def test_the_image_is_built_by_the_same_steps() -> None:
    steps = (SOURCE / "Dockerfile").read_text()
    assert "run/bootstrap.sh" in steps
    assert "run.up install" in steps


def test_every_setting_is_documented() -> None:
    assert PAGE.read_text() == page(), "write it again: python -m run.development.settings_page"
