"""What is installed is what was chosen: each library in one version, known by its hash, from no address of its own."""

import json
import re

import pytest

from run.host.release import SOURCE


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_each_python_library_has_a_version_and_hashes(name: str):
    entries = re.split(r"^(?=[\w.-]+==)", (SOURCE / name).read_text().replace("\\\n", ""), flags=re.MULTILINE)
    head, *libraries = entries
    assert len(libraries) > 20
    assert [entry.split()[0] for entry in libraries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"^\s*[^#\s]", head, re.MULTILINE), "something without a version"


def test_each_javascript_library_has_a_version_and_a_hash():
    packages = json.loads((SOURCE / "package-lock.json").read_text())["packages"]
    libraries = {place: package for place, package in packages.items() if place and not package.get("link")}
    assert len(libraries) > 10
    assert [place for place, package in libraries.items() if not package.get("integrity", "").startswith("sha")] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock", "package-lock.json", ".npmrc"])
def test_no_lock_names_an_address(name: str):
    kept = [line for line in (SOURCE / name).read_text().splitlines() if '"url"' not in line]
    assert [line for line in kept if "://" in line or line.startswith("-")] == []
