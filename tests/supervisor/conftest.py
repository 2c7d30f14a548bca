"""A desk's world, as the tests of desks have it: supervisors look at the same people."""

from tests.acd.conftest import desk, told

__all__ = ["desk", "told"]
