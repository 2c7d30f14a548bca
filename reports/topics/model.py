"""A tree of topics with its figures: what stands below an entry is counted with it. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from appeals.classifier.model import AnyEntry, tree


class Named(NamedTuple):
    """An entry of the tree: the latest version's name and depth, its own appeals and those below it too."""

    code: str
    depth: int
    own: int
    number: int
    versions: int  # under how many names its own appeals stand


def latest(versions: Iterable[AnyEntry]) -> dict[str, AnyEntry]:
    """Of each code the version that began last."""
    return {each.code: each for each in sorted(versions, key=lambda each: each.valid_from)}


def counted(versions: Iterable[AnyEntry], numbers: Mapping[str, tuple[int, int]]) -> list[Named]:
    """The tree of the latest versions in its order, with what has any; `numbers`: appeals and versions by code."""
    entries = tree(latest(versions).values())
    sums = {entry.code: numbers.get(entry.code, (0, 0))[0] for entry, _depth in entries}
    path: list[str] = []
    for entry, depth in entries:
        del path[depth:]
        for above in path:
            sums[above] += numbers.get(entry.code, (0, 0))[0]
        path.append(entry.code)
    found = []
    for entry, depth in entries:
        own, names = numbers.get(entry.code, (0, 0))
        if sums[entry.code]:
            found.append(Named(entry.code, depth, own, sums[entry.code], names))
    return found
