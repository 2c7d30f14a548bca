"""Which Asterisk serves: the machine's where it is new enough, else our own root; small programs stand in for both."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from run.host import asterisk_root, programs
from run.host.steps import Refused
from run.settings import Settings

MIRROR = "http://mirror.example/debian"
OWN = "Asterisk 22.10.1~dfsg+~cs6.15.60671435-1"
MAKES_A_ROOT = """
for place; do case $place in *asterisk.new) root=$place;; esac; done
mkdir -p "$root/usr/sbin" "$root/usr/lib64" "$root/usr/lib/x86_64-linux-gnu/asterisk/modules" "$root/usr/share/doc"
touch "$root/usr/sbin/asterisk"
printf '#!/bin/sh\\necho "{own}"\\n' >"$root/usr/lib64/ld-linux-x86-64.so.2"
chmod 755 "$root/usr/lib64/ld-linux-x86-64.so.2"
""".replace("{own}", OWN)

Program = Callable[[str, str], Path]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """`program("asterisk", "echo ...")` puts one on PATH, before all others; gives the file of its arguments."""
    place = tmp_path / "bin"
    place.mkdir()
    monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")

    def put(name: str, does: str) -> Path:
        called = tmp_path / f"{name}.called"
        script = place / name
        script.write_text(f'#!/bin/sh\nfor argument; do printf "%s\\n" "$argument"; done >{called}\n{does}\n')
        script.chmod(0o755)
        return called

    return put


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data=tmp_path / "data", software=tmp_path / "software", debian_mirror=MIRROR)


@pytest.mark.parametrize(
    ("says", "version"),
    [
        ("Asterisk 20.6.0~dfsg+~cs6.13.40431414-2build5", "20.6.0"),
        ("Asterisk certified/20.7-cert3", "20.7"),
        ("Asterisk certified-20.7-cert5", "20.7"),
        ("Asterisk 23.1.0", "23.1.0"),
    ],
)
def test_the_machines_asterisk_serves_where_it_is_new_enough(
    program: Program, settings: Settings, says: str, version: str
) -> None:
    asked, built = program("asterisk", f"echo '{says}'"), program("mmdebstrap", MAKES_A_ROOT)
    assert asterisk_root.install(settings) == f"{version} was there"
    assert not built.exists()
    own_file = str(settings.asterisk / "etc/asterisk.conf")
    assert asked.read_text().splitlines() == ["-C", own_file, "-V"], "never the machine's own configuration"
    assert programs.asterisk(settings, "-f") == [shutil.which("asterisk"), "-C", own_file, "-f"]
    assert programs.asterisk_directories(settings)["astdatadir"] == Path("/usr/share/asterisk")


@pytest.mark.parametrize("says", ["Asterisk 18.10.0~dfsg+~cs6.10.40431411-2", "Asterisk certified/16.8-cert14"])
def test_an_older_one_is_left_alone_and_said_to_be_too_old(program: Program, settings: Settings, says: str) -> None:
    program("asterisk", f"echo '{says}'")
    built = program("mmdebstrap", MAKES_A_ROOT)
    told = asterisk_root.install(settings)
    assert told.startswith("22.10.1 installed; the machine's own 1")
    assert told.endswith(" is too old")
    assert built.read_text().splitlines()[-3:] == ["forky", str(settings.software / "asterisk.new"), MIRROR]
    assert "--include=asterisk" in built.read_text().splitlines()
    loader = settings.software / "asterisk/usr/lib64/ld-linux-x86-64.so.2"
    assert programs.asterisk(settings, "-f")[0] == str(loader), "ours, though the machine has one"
    assert not (settings.software / "asterisk/usr/share/doc").exists()
    built.unlink()
    assert asterisk_root.install(settings) == "22.10.1 was there"
    assert not built.exists(), "a second time there is nothing to do"


@pytest.mark.parametrize("does", ["echo 'asterisk: error while loading shared libraries' >&2; exit 127", "echo GIT-x"])
def test_one_that_does_not_say_its_version_is_not_used(program: Program, settings: Settings, does: str) -> None:
    program("asterisk", does)
    program("mmdebstrap", MAKES_A_ROOT)
    assert asterisk_root.install(settings) == "22.10.1 installed"


def test_where_none_can_be_had_the_way_out_is_told(program: Program, settings: Settings) -> None:
    program("asterisk", "echo 'Asterisk 18.10.0'")
    program("mmdebstrap", "echo 'E: Unable to locate package asterisk' >&2; exit 1")
    with pytest.raises(Refused, match="Unable to locate package") as refused:
        asterisk_root.install(settings)
    assert "HOLOS_DEBIAN_MIRROR=" in str(refused.value)
    assert programs.asterisk_root(settings) is None, "half a root is none"


def test_without_a_mirror_of_the_settings_the_machines_own_is_asked(program: Program, settings: Settings) -> None:
    program(
        "apt-get", "echo 'http://mirror.example/security bookworm-security'; echo 'http://mirror.example/own bookworm'"
    )
    assert asterisk_root.machines_mirror() == "http://mirror.example/own"
    program("apt-get", "exit 0")
    with pytest.raises(Refused, match="HOLOS_DEBIAN_MIRROR"):
        asterisk_root.machines_mirror()
