"""Ten minutes with three hundred callers at once who do as they like, forty operators, two supervisors who listen.

Afterwards everything must add up: each kind's ends by SIPp with its fates by the ledger, calls back to citizens with
the telephones at their homes, queues with queue_log and the board, talks with recordings; and what it cost beside bare
Asterisk, which records and does nothing else.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.accounts import differences
from bench.citizens import Counted, Kind
from bench.figures import Measured, milliseconds, percentile
from bench.running import Run
from bench.soaking import LISTENERS, Found, Soak, bare, product
from calls.model import Fate
from tests.town.ports import thousand

RATIO = 1.3
SHOWN_WITHIN = 0.2  # seconds from the offer to the card: the goal


def soak(size: Soak) -> Iterator[Measured]:
    """Bare Asterisk first, then the product."""
    with tempfile.TemporaryDirectory(prefix="holos-bench-") as place, thousand() as ports:
        here = Path(place)
        theirs, dialled = bare(here, ports, size)
        found = product(here, ports, size)
    yield fates(size, found)
    yield screen(size, found)
    yield cost(size, found, theirs, dialled)


def fates(size: Soak, found: Found) -> Measured:
    """Does each caller's end by SIPp stand in the ledger, and the same visits in queue_log and on the board?"""
    columns = ("SIPp: sent away + hung up", "ledger", "difference")
    title = f"{size.load.calls} callers at once for {size.minutes:g} minutes: every end"
    table = Measured("soak", title, columns=columns)
    for kind, counted in found.counted.items():
        ledger = found.fates[kind.prefix]
        wrong = misfit(kind, counted, ledger)
        told = ", ".join(f"{number} {fate}" for fate, number in ledger.most_common())
        table.line(kind.name, f"{counted.sent_away} + {counted.hung_up}", told, str(wrong), met=not wrong)
    begun = sum(counted.begun for counted in found.counted.values())
    over = sum(counted.over for counted in found.counted.values())
    ledger_calls = sum(each.total() for each in found.fates.values())
    table.line("all", str(over), str(ledger_calls), str(abs(over - ledger_calls)), met=over == ledger_calls)
    table.line("calls that did not end as a call ends", str(begun - over), "", "0", met=begun == over)
    callbacks(table, found)
    table.line("lost, by the ledger", "", str(found.books.lost), "0", met=not found.books.lost)
    table.line("events out of order", "", str(found.books.misfits), "0", met=not found.books.misfits)
    table.line("offers that a robot's phone missed", "", str(found.books.missed), "")
    table.line("recordings stored and verified", "", str(found.books.stored), "")
    table.line("talks without one", "", str(found.unrecorded), "0", met=not found.unrecorded)
    table.line("– over within a second, without a sound", "", str(found.books.brief), "")
    table.line("recordings in another state", "", str(found.books.unstored), "0", met=not found.books.unstored)
    table.line("sound files left in the spool", "", str(found.spool), "0", met=not found.spool)
    bad = {each: number for each, number in found.listenings.items() if each in ("refused", "not_answered")}
    share = found.listened / (found.lasted * LISTENERS)
    told = f"{found.listenings.total()} talks, {share:.0%} of the time"
    table.line(f"{LISTENERS} supervisors listened to", "", told, str(sum(bad.values())), met=not bad and share > 0)
    differing = list(differences(found.accounts))
    table.line("ledger, board and queue_log", "", "", str(len(differing)), met=not differing)
    table.remarks.append(
        "Each kind of caller has numbers of its own. A kind's difference is the calls by which SIPp's count and the "
        "ledger's fates cannot both be true: who is sent away has another end than who hangs up, but for those who "
        "hang up when they like, whom an operator may have answered before."
    )
    table.remarks += [f"{told}." for told in differing[:20]]
    table.remarks += [f"    {line}" for line in found.accounts.evidence]
    return table


def callbacks(table: Measured, found: Found) -> None:
    """Calls back to citizens: by the telephones at their homes, and by the ledger."""
    back = found.called_back
    taken_up, busy = back.at_home
    answered, missed = back.placed[Fate.ANSWERED], back.placed[Fate.NOT_REACHED]
    wrong = abs(taken_up - answered) + abs(busy - missed) + back.placed.total() - answered - missed
    told = f"{answered} answered, {missed} not_reached"
    table.line("called back: taken up + busy", f"{taken_up} + {busy}", told, str(wrong), met=not wrong and answered > 0)
    table.line("citizens who were called back twice", "", str(back.twice), "0", met=not back.twice)
    owed = ", ".join(f"{number} {state}" for state, number in back.owed.most_common())
    tried = ", ".join(f"{number} {outcome}" for outcome, number in back.attempts.most_common())
    table.remarks.append(f"Who asked to be called back: {owed or 'nobody'}. Attempts: {tried or 'none'}.")


def screen(size: Soak, found: Found) -> Measured:
    """From an offer to its card at the operator's browser, for as long as the soak lasts."""
    table = Measured(
        "soak-card", f"From the offer to the card on the screen, {size.minutes:g} minutes beside all others"
    )
    painted = [card.painted for card in found.cards]
    if not painted:
        table.row("no card was seen", "not measured", "", f"p99 ≤ {SHOWN_WITHIN * 1000:.0f} ms", False)
        return table
    goal, worst = f"p99 ≤ {SHOWN_WITHIN * 1000:.0f} ms", percentile(painted, 0.99)
    table.row(f"median / p99 of {len(painted)} offers", milliseconds(painted), "", goal, worst <= SHOWN_WITHIN)
    table.row("– until the page asks for it", milliseconds([card.asked for card in found.cards]))
    table.row("– until it is answered", milliseconds([card.told - card.asked for card in found.cards]))
    table.row("– until it is painted", milliseconds([card.painted - card.told for card in found.cards]))
    table.remarks.append(
        "Chromium on the same machine, with callers of its own in a queue where no robot answers. From the moment at "
        "which Asterisk stamps the offer to the second frame after painting."
    )
    return table


def misfit(kind: Kind, counted: Counted, ledger: Counter[str]) -> int:
    """By how many calls the two differ; 0 when both can be true."""
    known = {fate: ledger[fate] for fate in kind.sent_away | kind.hung_up}
    strange = ledger.total() - sum(known.values())
    missing = abs(ledger.total() - counted.over)
    only_sent = sum(number for fate, number in known.items() if fate not in kind.hung_up)
    only_hung = sum(number for fate, number in known.items() if fate not in kind.sent_away)
    too_many = max(0, only_sent - counted.sent_away) + max(0, only_hung - counted.hung_up)
    return max(strange + too_many, missing)


def cost(size: Soak, found: Found, theirs: Run, dialled: dict[Kind, Counted]) -> Measured:
    """CPU a call, beside bare Asterisk with the same callers."""
    table = Measured("soak-cost", f"What a call costs, with {size.load.calls} callers for {size.minutes:g} minutes")
    placed = found.called_back.placed.total()
    ours, calls = found.run, sum(counted.over for counted in found.counted.values()) + placed
    bare_calls = sum(counted.over for counted in dialled.values())
    table.row("calls", str(calls), str(bare_calls))
    table.row("of them answered", str(found.books.fates[Fate.ANSWERED]))
    table.row("calls at once, at the most", str(ours.most_calls), str(theirs.most_calls))
    table.row("all processors busy, callers and robots included", f"{ours.busy:.0%}", f"{theirs.busy:.0%}")
    each, bare_each = ours.seconds / max(calls, 1), theirs.seconds / max(bare_calls, 1)
    ratio = each / bare_each
    table.row("CPU seconds a call, everything", f"{each:.2f}", f"{bare_each:.2f}")
    table.row("ratio", f"{ratio:.2f}", "1", f"≤ {RATIO}", ratio <= RATIO)
    for name in sorted(ours.cpu, key=ours.cpu.__getitem__, reverse=True):
        table.row(f"– {name}", f"{ours.cpu[name] / max(calls, 1):.3f}")
    table.remarks.append(
        "Until the last recording is stored. Bare Asterisk has the same callers, prompts, queues, talks and transfers, "
        "leaves two wav files of each talk, and knows neither capacity nor opening hours; nobody listens there and "
        f"nobody is called back ({placed} of our calls). The "
        f"{len(found.cards)} calls of the operator at the browser are in our cost and not in the number of calls."
    )
    return table
