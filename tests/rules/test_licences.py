"""Only libraries whose licence permits the use come along."""

import pytest

from run.development.licences import Library, inventory


def test_every_library_has_a_licence_that_permits_the_use():
    libraries = inventory()
    assert len(libraries) > 60
    doubtful = [f"{each.name}: {each.licence or 'unknown'}" for each in libraries if not each.is_permitted]
    assert not doubtful, "\n".join(doubtful)


def test_an_unknown_licence_is_noticed():
    assert not Library("x", "1", "Commercial", "Python").is_permitted
    assert not Library("x", "1", "", "Python").is_permitted
    assert not Library("x", "1", "Commercial, limited", "Python").is_permitted
    assert not Library("x", "1", "Unpythonic", "Python").is_permitted
    assert not Library("x", "1", "MIT AND Commercial", "JavaScript").is_permitted


@pytest.mark.parametrize("licence", ["MIT", "Apache-2.0", "(MIT OR Commercial)", "BSD-3-Clause AND MIT", "LGPLv3"])
def test_a_known_licence_is_permitted(licence: str):
    assert Library("x", "1", licence, "Python").is_permitted
