"""Passwords and keys, made once and kept in two files of the data directory.

`holos.env` is read by our processes; `owner.env` only by root: with what stands in it one may pass by row-level
security. Settings given in the environment of `make run` are kept in `holos.env`, so that a restart knows them.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from run.host import programs
from run.host.steps import Refused
from run.settings import Settings, files

SHARED = ("database_password", "redis_password", "ami_secret", "s3_secret_key", "demo_password", "metrics_token")
OWNERS = ("database_owner_password", "postgres_password", "s3_encryption_key")
_SHORT = {"demo_password": 8}  # bytes; typed by hand


def keep(data: Path, chosen: Mapping[str, str], *, group: int = -1) -> bool:
    """Completes both files with `chosen` settings (names without HOLOS_) and new secrets. Whether anything changed.

    A secret that is there is never replaced. `group` (a gid) may read holos.env.
    """
    data.mkdir(parents=True, exist_ok=True)
    ours = {name: value for name, value in chosen.items() if name in Settings.model_fields and name not in OWNERS}
    owners = {name: value for name, value in chosen.items() if name in OWNERS}
    shared = _complete(data / "holos.env", {"data": str(data)} | ours, SHARED, mode=0o640, group=group)
    return _complete(data / "owner.env", owners, OWNERS, mode=0o600) or shared


def given() -> dict[str, str]:
    """Settings in this process's environment, names without HOLOS_."""
    return {name[6:].lower(): value for name, value in os.environ.items() if name.startswith("HOLOS_")}


def of(data: Path) -> Settings:
    """The settings of a data directory, as its files say; the environment goes before them."""
    return Settings(_env_file=files(data), data=data)


def of_installed(data: Path) -> Settings:
    """The same, where make run has been; Refused elsewhere."""
    if not (data / "holos.env").exists():
        raise Refused(f"nothing is installed in {data}: make run")
    return of(data)


def _complete(file: Path, chosen: Mapping[str, str], names: tuple[str, ...], *, mode: int, group: int = -1) -> bool:
    values = _read(file)
    wanted = values | {name: value for name, value in chosen.items() if value}
    for name in names:
        if not wanted.get(name):
            wanted[name] = secrets.token_urlsafe(_SHORT.get(name, 24)).replace("-", "a").replace("_", "b")
    if wanted != values:
        text = "".join(f"HOLOS_{name.upper()}={value}\n" for name, value in sorted(wanted.items()))
        programs.write(file, text, mode=mode)
    os.chmod(file, mode)
    if os.geteuid() == 0:
        os.chown(file, 0, group)
    return wanted != values


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    lines = (line.partition("=") for line in file.read_text().splitlines() if line.startswith("HOLOS_"))
    return {name[6:].lower(): value for name, _, value in lines}
