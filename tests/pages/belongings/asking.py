"""How a route is asked for an object."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Asked:
    """How a route is asked for an object: the address, and what else a form must have to be right."""

    address: str
    form: Mapping[str, Any] = field(default_factory=dict)
