"""python -m calls.diagram: the states of a call as a Mermaid diagram, drawn from TRANSITIONS, for docs/journal.md."""

from collections import defaultdict

from calls.events import CallArrived
from calls.model import CallState
from calls.state import TRANSITIONS


def diagram() -> str:
    """Every event that moves a call; events that only add to what is known are left out."""
    moves: dict[tuple[CallState, CallState], list[str]] = defaultdict(list)
    for (state, event), then in TRANSITIONS.items():
        if state is not then:
            moves[state, then].append(event.__name__)
    lines = ["stateDiagram-v2", f"    [*] --> {CallState.ARRIVED}: {CallArrived.__name__}"]
    for (state, then), events in moves.items():
        lines.append(f"    {state} --> {then}: {', '.join(sorted(events))}")
    lines.append(f"    {CallState.ENDED} --> [*]")
    return "\n".join(lines)


if __name__ == "__main__":
    print(diagram())
