"""The menus as a tree to be drawn: every key, what it does, and what lies behind it."""

from dataclasses import dataclass

from ivr.model import Action, Menu, Menus, Speak, ToMenu


@dataclass(frozen=True, slots=True)
class Branch:
    """What one key does. `behind` is the menu it leads to, unless that one is already drawn."""

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
    drawn: set[str] = set()
    nodes = [_node(menus, menus.menu(start), drawn)]
    nodes += [_node(menus, menu, drawn) for menu in menus.menus if menu.name not in drawn]
    return nodes


def _node(menus: Menus, menu: Menu, drawn: set[str]) -> Node:
    drawn.add(menu.name)
    keys = sorted({*menu.choices, "0", "*"}, key="1234567890*#".index)
    return Node(menu, tuple(_branch(menus, menu, key, drawn) for key in keys))


def _branch(menus: Menus, menu: Menu, key: str, drawn: set[str]) -> Branch:
    action = menu.action(key)
    assert action is not None, "only keys with a meaning are drawn"
    leads = action.menu if isinstance(action, ToMenu | Speak) else None
    behind = _node(menus, menus.menu(leads), drawn) if leads and leads not in drawn else None
    return Branch(key, action, behind)
