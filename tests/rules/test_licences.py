"""Only libraries whose licence permits the use come along."""

from run.licences import Library, inventory


def test_every_library_has_a_licence_that_permits_the_use():
    libraries = inventory()
    assert len(libraries) > 60
    doubtful = [f"{each.name}: {each.licence or 'unknown'}" for each in libraries if not each.is_permitted]
    assert not doubtful, "\n".join(doubtful)


def test_an_unknown_licence_is_noticed():
    assert not Library("x", "1", "Commercial", "Python").is_permitted
    assert not Library("x", "1", "", "Python").is_permitted
