"""The JSON document of an organisation's menus: read, written, and refused where it cannot be spoken."""

import json
from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ivr import faults
from ivr.faults import Fault
from ivr.model import Menus
from web.languages import later

LARGEST = 2_000_000  # characters of a file; a thousand menus are a tenth of it

_menus: TypeAdapter[Menus] = TypeAdapter(Menus)


class BadDocument(ValueError):
    """The document cannot be spoken; `faults` says where and why."""

    def __init__(self, found: Iterable[Fault]) -> None:
        self.faults = list(found)
        super().__init__("; ".join(map(str, self.faults)))


def read(document: dict[str, Any]) -> Menus:
    """The menus of a document that can be spoken. BadDocument lists every fault found."""
    menus = parse(document)
    found = list(faults.unsound(menus))
    if found:
        raise BadDocument(found)
    return menus


def parse(document: Any) -> Menus:
    """The menus of a document that can at least be edited. BadDocument says what of it is not understood."""
    try:
        menus = _menus.validate_python(document)
    except ValidationError as error:
        words = later("not understood at %(place)s: %(reason)s")
        places = [(".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()[:20]]
        raise BadDocument(
            Fault(words, "", {"place": place[:120], "reason": reason[:200]}) for place, reason in places
        ) from error
    found = list(faults.unreadable(menus))
    if found:
        raise BadDocument(found)
    return menus


def from_file(content: bytes) -> Menus:
    """The menus of an uploaded file. BadDocument for whatever else was uploaded."""
    if len(content) > LARGEST:
        raise BadDocument([Fault(later("the file is larger than 2 MB"))])
    try:
        text = content.decode("utf-8-sig")
        if "\\u0000" in text:
            raise ValueError("a NUL is no text")
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadDocument([Fault(later("the file is not JSON"))]) from error
    return parse(document)


def write(menus: Menus) -> dict[str, Any]:
    """The menus as JSON values; `read` gives them back."""
    document: dict[str, Any] = _menus.dump_python(menus, mode="json")
    return document
