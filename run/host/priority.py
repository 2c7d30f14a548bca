"""Who goes first when every processor is busy (docs/decisions/0052-priorities.md).

What a person waits for at this moment goes before sound already under way, and takes little beside it, in short pieces.
The figures are those of nice(1): the lower, the sooner. Where the kernel shares time among sessions first, the session
has to be told as well (sched(7), "The autogroup feature").
"""

from collections.abc import Sequence

NICENESS = {"postgres": -10, "redis": -10, "web": -10, "agi": -10, "listener": -10}
_SCRIPT = 'echo "$0" 2>/dev/null >/proc/self/autogroup; exec nice -n "$0" "$@"'


def in_turn(name: str, command: Sequence[str]) -> list[str]:
    """The command of a process that leads a session, with its priority; runs all the same without the right to it."""
    niceness = NICENESS.get(name, 0)
    return ["sh", "-c", _SCRIPT, str(niceness), *command] if niceness else list(command)
