"""Three counts of the same calls: the ledger's, the board's, queue_log's by its own words; and where they differ."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from acd.callbacks.tables import OwedCall
from bench.counting import OfDay, OfQueue, count
from bench.figures import Measured
from calls import queue_log
from calls.agreement import Agreement, agreement
from calls.model import Direction, Fate, NodeName
from calls.tables import CallRow, JournalRow, ReaderPlace, UnexpectedRow

IN_QUEUES = (Fate.ANSWERED, Fate.ABANDONED_IN_QUEUE, Fate.CALLBACK_ASKED)  # what queue_log tells of a call's end
SHOWN = 3  # calls whose books are shown when they differ
OUTSIDE = (Fate.ABANDONED_IN_MENU, Fate.SELF_SERVICE, Fate.OUT_OF_HOURS, Fate.REFUSED)


@dataclass
class Accounts:
    """What was found."""

    log: OfDay
    fates: Counter[str]  # of the ledger; states of calls that have none
    queues: list[Agreement]  # of the ledger and queue_log, visit by visit
    board: dict[str, OfQueue]
    owed: dict[str, int]  # on the board, by queue
    paid: Counter[str]  # owed before and no longer, by queue
    misfits: int
    standing: list[str]  # readers that did not come to the end
    evidence: list[str]  # both books, line by line, of calls that they tell differently

    @property
    def outside(self) -> int:
        """The ledger's calls that came to no queue."""
        return self.fates.total() - sum(self.fates[fate] for fate in IN_QUEUES)


def gathered(
    session: Session, node: NodeName, log: Path, *, since: datetime, until: datetime, shown: Mapping[str, Any]
) -> Accounts:
    """Of calls that arrived in this time; `shown` are the board's figures, of a day that has no others."""
    fate = func.coalesce(CallRow.fate, CallRow.state)
    came_in = CallRow.node == node, CallRow.direction == Direction.IN
    of_time = *came_in, CallRow.arrived_at >= since, CallRow.arrived_at < until
    fates = session.execute(select(fate, func.count()).where(*of_time).group_by(fate))
    closed = OwedCall.first_missed_at >= since, OwedCall.closed_at.is_not(None)
    paid = session.execute(select(OwedCall.queue, func.count()).where(*closed).group_by(OwedCall.queue))
    queues = agreement(session, node, queue_log.entries_between(log, since, until), since, until)
    differing = [each.channel for queue in queues for each in queue.differences]
    with log.open() as lines:
        own = count(lines, since, until)
    return Accounts(
        log=own,
        fates=Counter({str(name): number for name, number in fates}),
        queues=queues,
        board={row["queue"]: _shown(row) for row in shown["queues"]},
        owed={row["queue"]: row["owed"] for row in shown["queues"]},
        paid=Counter({str(queue): number for queue, number in paid}),
        misfits=session.scalar(select(func.count()).select_from(UnexpectedRow)) or 0,
        standing=list(session.scalars(select(ReaderPlace.reader).where(ReaderPlace.error.is_not(None)))),
        evidence=[line for channel in sorted(set(differing))[:SHOWN] for line in _books(session, node, channel, log)],
    )


def _books(session: Session, node: NodeName, channel: str, log: Path) -> Iterator[str]:
    """A caller's lines in queue_log, then their call's in the journal."""
    with log.open() as lines:
        yield from (line.rstrip("\n") for line in lines if f"|{channel}|" in line)
    call = select(CallRow.id).where(CallRow.node == node, CallRow.channel == channel).scalar_subquery()
    for row in session.scalars(select(JournalRow).where(JournalRow.call == call).order_by(JournalRow.seq)):
        yield f"{row.at:%H:%M:%S.%f} {row.kind} {row.body}"


def _shown(row: Mapping[str, int]) -> OfQueue:
    return OfQueue(row["offered"], row["answered"], row["abandoned"], row["flowed_out"])


def three(found: Accounts, queue: Agreement) -> tuple[OfQueue, OfQueue, OfQueue]:
    """The queue in the ledger, on the board, in queue_log."""
    ours = queue.ours
    ledger = OfQueue(ours.joined, ours.answered, ours.abandoned, ours.flowed_out)
    return ledger, found.board.get(queue.queue, OfQueue()), found.log.queues.get(queue.queue, OfQueue())


def differences(found: Accounts) -> Iterator[str]:
    """What one of the three says and another does not; nothing when they agree."""
    for fate in IN_QUEUES:
        if found.fates[fate] != found.log.fates[fate]:
            yield f"{fate}: {found.fates[fate]} in the ledger, {found.log.fates[fate]} in queue_log"
    if found.outside != found.log.fates["in no queue"]:
        yield f"in no queue: {found.outside} in the ledger, {found.log.fates['in no queue']} in queue_log"
    for queue in found.queues:
        ledger, board, log = three(found, queue)
        if not ledger == board == log:
            yield f"{queue.queue}: {ledger} in the ledger, {board} on the board, {log} in queue_log"
        yield from (f"{queue.queue}: {difference}" for difference in queue.differences)
    for name in sorted(found.log.queues.keys() - {queue.queue for queue in found.queues}):
        yield f"{name} is in queue_log only"
    for name, owed in found.owed.items():
        if owed + found.paid[name] != found.log.owed[name]:
            paid = f"{owed} calls owed on the board and {found.paid[name]} paid"
            yield f"{name}: {paid}, {found.log.owed[name]} by queue_log"
    if found.misfits or found.standing:
        yield f"{found.misfits} events did not fit their calls; readers that stand still: {found.standing}"


def queue_rows(table: Measured, found: Accounts) -> None:
    """A row for each queue of a table whose columns begin with ledger, board, queue_log and end with the difference."""
    for queue in found.queues:
        counts = three(found, queue)
        agree = counts[0] == counts[1] == counts[2] and not queue.differences
        filled = [""] * (len(table.columns) - 4)
        cells = (*map(_told, counts), *filled, f"{len(queue.differences)} visits")
        table.line(f"{queue.queue}: offered / answered / abandoned / left for elsewhere", *cells, met=agree)


def _told(queue: OfQueue) -> str:
    return f"{queue.offered} / {queue.answered} / {queue.abandoned} / {queue.flowed_out}"
