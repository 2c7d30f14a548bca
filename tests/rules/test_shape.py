"""The shape of the code: layers, sizes, imports at the top, one place for commits and for Asterisk's words."""

import ast
import subprocess
import sys
from pathlib import Path

from run.host.release import SOURCE
from tests.rules.sources import modules, name, routes, tree

LONGEST_MODULE = 500  # lines
LONGEST_FUNCTION = 40  # lines, docstring and signature not counted
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "handler", "handlers", "misc", "core"}

AMI_WORDS = {
    "Uniqueid", "Linkedid", "DestUniqueid", "DestLinkedid", "DestChannel", "CallerIDNum", "CallerIDName",
    "ConnectedLineNum", "ConnectedLineName", "ChannelState", "ChannelStateDesc", "BridgeUniqueid", "BridgeID",
    "SwapUniqueid", "HoldTime", "TalkTime", "RingTime", "Wait", "DialStatus", "ChanVariable", "ContactStatus",
    "EndpointName", "OrigTransferer", "OrigTransfererUniqueid", "Transferer", "TransfererUniqueid", "Transferee",
    "TransfereeUniqueid", "TransferTargetChannel", "PausedReason", "OriginalPosition", "QueueEntry",
    "QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon", "QueueMemberPause", "AgentCalled", "AgentConnect",
    "AgentRingNoAnswer", "AgentComplete", "BridgeEnter", "BridgeLeave", "DialBegin", "DialEnd", "Newchannel",
    "BlindTransfer", "AttendedTransfer", "HangupRequest", "SoftHangupRequest",
}  # fmt: skip
AMI_WORDS_ALLOWED = "calls/translate/"


SELECTS_ELSEWHERE = {
    "db/engine.py": "says for whom the transaction works, and sends a NOTIFY",
    "calls/listing.py": "the journal's filters, order and paging by key: a subject of its own beside queries.py",
    "appeals/journal/listing.py": "the journal's order and paging by key: a subject of its own beside queries.py",
    "calls/journal.py": "the append-only journal is read and written by one module",
    "calls/readers.py": "a reader's place, locked for as long as its work takes",
    "acd/commands.py": "open wishes are locked by whoever asks for them",
    "acd/members.py": "the membership that Asterisk is told to have, with the steps towards it",
    "acd/visitors.py": "phones are locked while they are lent, one lender at a time",
}


def test_imports_point_down_the_layers():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]


def test_modules_and_functions_fit_a_screen():
    long = []
    for path in modules():
        lines = len(path.read_text("utf-8").splitlines())
        if lines > LONGEST_MODULE:
            long.append(f"{name(path)}: {lines} lines")
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > LONGEST_FUNCTION:
                long.append(f"{name(path, node)} {node.name}: {_length(node)} lines")
    assert not long, "\n".join(long)


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body
    if ast.get_docstring(function) is not None and len(body) > 1:
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def test_imports_stand_at_the_top():
    nested = [
        f"{name(path, inner)} in {node.name}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not nested, "\n".join(nested)


def test_only_the_database_package_commits():
    commits = [
        name(path, node)
        for path in modules()
        if not str(path.relative_to(SOURCE)).startswith("db/")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]
    assert not commits, "\n".join(commits)


def test_asterisks_header_names_stay_in_translate():
    elsewhere = [
        f"{name(path, node)}: {node.value}"
        for path in modules()
        if not str(path.relative_to(SOURCE)).startswith(AMI_WORDS_ALLOWED)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and node.value in AMI_WORDS
    ]
    assert not elsewhere, "\n".join(elsewhere)


def test_what_is_allowed_more_exists():
    assert (SOURCE / AMI_WORDS_ALLOWED).is_dir()


def test_the_list_of_handlers_modules_is_whole():
    found = {path for path in modules() if "APIRouter(" in path.read_text("utf-8")}
    assert {name(path) for path in found - set(routes())} == {"web/words.py"}


def test_modules_are_named_after_their_subject():
    vague = [name(path) for path in modules() if path.stem in FORBIDDEN_NAMES]
    assert not vague, "\n".join(vague)


def test_modules_and_public_things_say_what_they_are():
    silent = []
    for path in modules():
        if not ast.get_docstring(tree(path)):
            silent.append(name(path))
        for node in tree(path).body:
            public = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name[0] != "_"
            if public and not ast.get_docstring(node) and not _is_plain_data(node):
                silent.append(f"{name(path, node)} {node.name}")
    assert not silent, "\n".join(silent)


def _is_plain_data(node: ast.stmt) -> bool:
    """A dataclass of fields only: its name and theirs say it."""
    return (
        isinstance(node, ast.ClassDef)
        and any("dataclass" in ast.unparse(each) for each in node.decorator_list)
        and all(isinstance(each, ast.AnnAssign | ast.Assign | ast.Pass) for each in node.body)
    )


def test_handlers_hold_no_sql():
    with_sql = [
        name(path, node)
        for path in routes()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom | ast.Import) and _imports_sql(node) and path.name != "health.py"
    ]
    assert not with_sql, "\n".join(with_sql)


def _imports_sql(node: ast.ImportFrom | ast.Import) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] in {"sqlalchemy", "psycopg"} for alias in node.names)
    allowed = {"Session"}
    return (node.module or "").split(".")[0] in {"sqlalchemy", "psycopg"} and bool(
        {alias.name for alias in node.names} - allowed
    )


def test_sessions_are_asked_with_select():
    asked = [
        name(path, node)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "query"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "session"
    ]
    assert not asked, "\n".join(asked)


def test_selects_stand_in_queries():
    found = {name(path): lines for path in modules() if path.name != "queries.py" and (lines := _selects(tree(path)))}
    elsewhere = [f"{place}: lines {lines}" for place, lines in found.items() if place not in SELECTS_ELSEWHERE]
    assert not elsewhere, "\n".join(elsewhere)
    assert SELECTS_ELSEWHERE.keys() - found.keys() == set(), "no longer needed on the list"


def _selects(module: ast.Module) -> list[int]:
    """Lines with `select(...)`, or `text("SELECT ...")`."""
    return [
        node.lineno
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id == "select" or (node.func.id == "text" and node.args and _is_select(node.args[0]))
    ]


def _is_select(written: ast.expr) -> bool:
    begun = ast.unparse(written).lstrip("rf'\"\\n ").upper()
    return begun.startswith(("SELECT", "WITH"))


def test_channels_of_notify_are_named_once():
    spelt = [
        f"{name(path, node)}: {each.value}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"notify", "listen"}
        for each in node.args[:2]
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    assert not spelt, "db/notices.py has the names\n" + "\n".join(spelt)


def test_handlers_are_plain_functions():
    asynchronous = [
        f"{name(path, node)} {node.name}"
        for path in routes()
        for node in tree(path).body
        if isinstance(node, ast.AsyncFunctionDef) and "live" not in node.name
    ]
    assert not asynchronous, "\n".join(asynchronous)
