"""The menus as a tree to be drawn: every key, what it does, and what lies behind it."""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.model import Action, Menu, Menus, Speak, ToMenu

DEEPEST = 5  # levels drawn inside one another; what lies deeper stands by itself, with a link to it


@dataclass(frozen=True, slots=True)
class Branch:
    """What one key does. `behind` is the menu it leads to, unless that one is drawn elsewhere."""

    key: str
    action: Action
    behind: "Node | None"


@dataclass(frozen=True, slots=True)
class Node:
    """One menu with its keys in the order of a telephone."""

    menu: Menu
    branches: tuple[Branch, ...]


def tree(menus: Menus, start: str) -> list[Node]:
    """The menu a call begins with and all behind it; menus no key leads to stand after it."""
    known = {menu.name: menu for menu in menus.menus}
    drawn: set[str] = set()
    first = [known[start]] if start in known else []
    nodes = []
    for menu in (*first, *menus.menus):
        if menu.name not in drawn:
            nodes.append(_node(known, menu, drawn, DEEPEST))
    return nodes


def _node(known: Mapping[str, Menu], menu: Menu, drawn: set[str], deep: int) -> Node:
    drawn.add(menu.name)
    keys = sorted({*menu.choices, "0", "*"}, key="1234567890*#".index)
    return Node(menu, tuple(_branch(known, menu, key, drawn, deep) for key in keys))


def _branch(known: Mapping[str, Menu], menu: Menu, key: str, drawn: set[str], deep: int) -> Branch:
    action = menu.action(key)
    assert action is not None, "only keys with a meaning are drawn"
    leads = action.menu if isinstance(action, ToMenu | Speak) else ""
    behind = None
    if leads in known and leads not in drawn and deep > 1:
        behind = _node(known, known[leads], drawn, deep - 1)
    return Branch(key, action, behind)
