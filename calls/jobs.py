"""What the clock asks of the ledger: does it agree with Asterisk's own count?"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import structlog

from calls import queue_log
from calls.agreement import Agreement, Counts, agreement
from calls.model import NodeName
from db import EVERY_ORGANISATION, transaction
from web import facts

log = structlog.get_logger()

FACT = "calls.agreement"  # and the node
PERIOD = timedelta(hours=24)
SETTLED = timedelta(minutes=1)  # who joined later may be in one of the two and not yet in the other
LOOK_AGAIN = timedelta(seconds=1)  # between two looks


class Disagreement(RuntimeError):
    """The ledger and queue_log tell visits differently, and nothing explains it."""


def compare_with_queue_log(path: Path, node: NodeName, *, pause: timedelta = LOOK_AGAIN) -> dict[str, int]:
    """Compares the last 24 hours, visit by visit; how many each of the two counts. Disagreement.

    Visits that end while the two are being read look different for a moment, so only what two looks find counts.
    """
    if not path.exists():
        return {}  # Asterisk is on another machine, or new
    until = datetime.now(UTC).replace(microsecond=0) - SETTLED  # queue_log has whole seconds
    found = _look(path, node, until)
    if not all(queue.is_explained for queue in found):
        time.sleep(pause.total_seconds())
        found = _same(found, _look(path, node, until))
    for queue in found:
        if not queue.is_explained:
            log.error("queue_log_disagrees", queue=queue.queue, ours=str(queue.ours), asterisks=str(queue.asterisks))
    facts.keep(f"{FACT}:{node}", _as_fact(found, until), lasting=PERIOD)
    if not all(queue.is_explained for queue in found):
        raise Disagreement(_in_words(found))
    return {"in_ledger": _joined(found, "ours"), "in_queue_log": _joined(found, "asterisks")}


def _look(path: Path, node: NodeName, until: datetime) -> list[Agreement]:
    since = until - PERIOD
    entries = list(queue_log.entries_between(path, since, datetime.now(UTC)))
    with transaction(EVERY_ORGANISATION) as session:
        return agreement(session, node, entries, since, until)


def _same(first: Sequence[Agreement], second: Sequence[Agreement]) -> list[Agreement]:
    seen = {difference for queue in first for difference in queue.differences}
    return [
        Agreement(queue.queue, queue.ours, queue.asterisks, [it for it in queue.differences if it in seen])
        for queue in second
    ]


def _joined(found: Sequence[Agreement], whose: Literal["ours", "asterisks"]) -> int:
    counts: list[Counts] = [getattr(queue, whose) for queue in found]
    return sum(each.joined for each in counts)


def _in_words(found: Sequence[Agreement]) -> str:
    """For the log and whoever mends it."""
    reasons = Counter(it.reason for queue in found for it in queue.differences)
    ours, asterisks = _joined(found, "ours"), _joined(found, "asterisks")
    told = f"visits in {len(found)} queues: {ours} in the ledger, {asterisks} in queue_log"
    return "; ".join([told, *(f"{count} differ: {reason}" for reason, count in reasons.items())])


def _as_fact(found: Sequence[Agreement], until: datetime) -> dict[str, Any]:
    """For the status page: both counts of each queue and its differences, without naming a call."""
    return {
        "since": (until - PERIOD).isoformat(),
        "until": until.isoformat(),
        "queues": {
            queue.queue: {
                "ours": asdict(queue.ours),
                "asterisks": asdict(queue.asterisks),
                "differences": [
                    {"ours": ours, "asterisks": asterisks, "reason": reason, "visits": visits}
                    for (ours, asterisks, reason), visits in Counter(
                        (it.ours, it.asterisks, it.reason) for it in queue.differences
                    ).items()
                ],
            }
            for queue in found
        },
    }
