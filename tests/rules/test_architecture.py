"""The page of the architecture names every process and every package: a newcomer finds each of them there."""

import re

from run.host.release import SOURCE
from run.host.services import SERVICES

PAGE = (SOURCE / "ARCHITECTURE.md").read_text("utf-8")
NAMED = set(re.findall(r"`([\w-]+)`", PAGE))


def test_every_process_has_its_row():
    assert [service.name for service in SERVICES if f"\n| `{service.name}` |" not in PAGE] == []


def test_every_package_is_named():
    packages = {path.parent for path in [*SOURCE.glob("*/__init__.py"), *SOURCE.glob("*/*/__init__.py")]}
    ours = {path for path in packages if path.relative_to(SOURCE).parts[0] != "tests"}
    assert sorted(path.name for path in ours if path.name not in NAMED) == []
