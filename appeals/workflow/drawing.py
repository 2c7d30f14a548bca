"""python -m appeals.workflow.drawing: states of assignments, filed appeals and appeals, for docs/workflow.md."""

from appeals.model import State
from appeals.workflow.model import (
    APPEALS,
    ASSIGNMENTS,
    FILINGS,
    Deed,
    OfAppeal,
    OfAssignment,
    OfFiling,
    Stage,
    Work,
    permission_of,
)
from staff.model import PERMISSIONS, Role

OTHERWISE = {
    Deed.ASK_LATER: "as it is",
    Deed.ASSIGN: "by its assignments",
    Deed.CORRECT: "as it is",
    Deed.REOPEN: "as it is; a new one begins as reopened",
}
Row = OfAssignment | OfAppeal | OfFiling


def drawn() -> str:
    """The pictures and the table."""
    work = _picture([f"[*] --> {Work.ASSIGNED}: {Deed.ASSIGN}", *_arrows(ASSIGNMENTS)])
    closing = f"{Stage.ENTERED} --> {Stage.DISPATCHED}: {Deed.DISPATCH}"
    filing = _picture([f"[*] --> {Stage.TO_FORMALISE}", *_arrows(FILINGS), closing])
    ends = _picture(_arrows(APPEALS))
    parts = ["## The states of an assignment", "", work, "", "## The way to a chancellery", "", filing, ""]
    parts += ["## How an appeal ends", "", ends, "", *_table()]
    return "\n".join(parts)


def _picture(arrows: list[str]) -> str:
    return "\n".join(["```mermaid", "stateDiagram-v2", *(f"    {arrow}" for arrow in arrows), "```"])


def _arrows(rows: tuple[Row, ...]) -> list[str]:
    """One arrow a state that the deed leaves for another."""
    return [f"{state} --> {row.to}: {row.deed}" for row in rows if row.to is not None for state in _ordered(row)]


def _ordered(row: Row) -> list[str]:
    order = [*Work] if isinstance(row, OfAssignment) else [*Stage] if isinstance(row, OfFiling) else [*State]
    return [state.value for state in order if state in row.sources]


def _table() -> list[str]:
    head = "| deed | on | in the states | becomes | who | who, where there is a chancellery | needs |"
    lines = ["## The table", "", head, "|---|---|---|---|---|---|---|"]
    for row in (*ASSIGNMENTS, *FILINGS, *APPEALS):
        on = {OfAssignment: "assignment", OfAppeal: "appeal", OfFiling: "filed appeal"}[type(row)]
        becomes = row.to or OTHERWISE[row.deed]
        whose = [_who(row, filed=filed) for filed in (False, True)]
        needs = ", ".join(row.needs) or "–"
        lines.append(f"| {row.deed} | {on} | {', '.join(_ordered(row))} | {becomes} | {' | '.join(whose)} | {needs} |")
    return lines


def _who(row: Row, *, filed: bool) -> str:
    permission = permission_of(row, filed=filed)
    if not permission or (isinstance(row, OfFiling) and not filed):
        return "nobody"
    heads = " (heads)" if isinstance(row, OfAssignment) and row.of_heads else ""
    return ", ".join(role + heads for role in Role if role in PERMISSIONS[permission])


if __name__ == "__main__":
    print(drawn())
