"""A log line is a fixed event name and fields, so that it can be searched for and counted."""

import ast
import re

from tests.rules.sources import modules, name, tree

LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


def test_each_log_line_is_a_name_and_fields():
    lines = [(path, node) for path in modules() for node in ast.walk(tree(path)) if _is_a_line(node)]
    assert len(lines) > 50
    assert [name(path, node) for path, node in lines if not _is_fixed(node)] == []


def _is_a_line(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LEVELS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
    )


def _is_fixed(node: ast.AST) -> bool:
    assert isinstance(node, ast.Call)
    event = node.args[0] if len(node.args) == 1 else None
    return isinstance(event, ast.Constant) and bool(re.fullmatch(r"[a-z][a-z0-9_]*", str(event.value)))
