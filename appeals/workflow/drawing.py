"""python -m appeals.workflow.drawing: states of assignments and appeals, the table of deeds, for docs/workflow.md."""

from appeals.model import State
from appeals.workflow.model import APPEALS, ASSIGNMENTS, Deed, OfAppeal, OfAssignment, Work
from staff.model import PERMISSIONS, Role

OTHERWISE = {
    Deed.ASK_LATER: "as it is",
    Deed.ASSIGN: "by its assignments",
    Deed.REOPEN: "as it is; a new one begins as reopened",
}


def drawn() -> str:
    """Both pictures and the table."""
    work = _picture([f"[*] --> {Work.ASSIGNED}: {Deed.ASSIGN}", *_arrows(ASSIGNMENTS)])
    ends = _picture(_arrows(APPEALS))
    parts = ["## The states of an assignment", "", work, "", "## How an appeal ends", "", ends, "", *_table()]
    return "\n".join(parts)


def _picture(arrows: list[str]) -> str:
    return "\n".join(["```mermaid", "stateDiagram-v2", *(f"    {arrow}" for arrow in arrows), "```"])


def _arrows(rows: tuple[OfAssignment, ...] | tuple[OfAppeal, ...]) -> list[str]:
    """One arrow a state that the deed leaves for another."""
    return [f"{state} --> {row.to}: {row.deed}" for row in rows if row.to is not None for state in _ordered(row)]


def _ordered(row: OfAssignment | OfAppeal) -> list[str]:
    order = [*Work] if isinstance(row, OfAssignment) else [*State]
    return [state.value for state in order if state in row.sources]


def _table() -> list[str]:
    lines = ["## The table", "", "| deed | on | in the states | becomes | who | needs |", "|---|---|---|---|---|---|"]
    for row in (*ASSIGNMENTS, *APPEALS):
        on = "assignment" if isinstance(row, OfAssignment) else "appeal"
        becomes = row.to or OTHERWISE[row.deed]
        who = ", ".join(role for role in Role if role in PERMISSIONS[row.permission])
        needs = ", ".join(row.needs) or "–"
        lines.append(f"| {row.deed} | {on} | {', '.join(_ordered(row))} | {becomes} | {who} | {needs} |")
    return lines


if __name__ == "__main__":
    print(drawn())
