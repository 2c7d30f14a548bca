"""What several tests of the journal need."""

import pytest

from staff.model import PERMISSIONS, Role


@pytest.fixture
def blind_manager(monkeypatch: pytest.MonkeyPatch) -> str:
    """A manager in an organisation whose managers see no personal data."""
    allowed = PERMISSIONS["data.personal"] - {Role.MANAGER}
    monkeypatch.setitem(PERMISSIONS, "data.personal", allowed)
    return "mykola"
