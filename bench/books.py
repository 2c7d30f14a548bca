"""What the product's books say after a run of calls: fates, recordings, what came out of order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from calls.model import CallState, Fate
from recordings.model import RecordingState
from tests.town.product import Product
from tests.town.waiting import wait_for

SETTLE = 120.0  # seconds for the last recordings to be stored
BRIEF = "1 second"  # who hangs up at the very answer has said nothing yet
_BRIEF = f"(r.state = 'missing' AND r.ended_at - r.answered_at < interval '{BRIEF}')"


@dataclass(frozen=True)
class Books:
    """What the product's books say afterwards."""

    fates: Counter[str]  # calls by fate; by state where they have none
    recordings: Counter[str]  # by state, but for talks that were over before they began
    brief: int  # talks that ended within BRIEF of the answer and left no sound
    missed: int  # offers that a robot's phone did not answer in time
    misfits: int  # events that did not fit their calls: they came out of order, or one was missing
    playable: Sequence[float]  # from each hang-up to the stored recording, seconds

    @property
    def answered(self) -> int:
        """Calls that an operator answered."""
        return self.fates[Fate.ANSWERED]

    @property
    def lost(self) -> int:
        """Calls whose end nobody knows."""
        return self.fates[Fate.LOST] + sum(self.fates[state] for state in CallState)

    @property
    def stored(self) -> int:
        """Recordings that can be played."""
        return self.recordings[RecordingState.STORED]

    @property
    def unstored(self) -> int:
        """Recordings of talks in any other state."""
        return self.recordings.total() - self.stored - self.recordings[RecordingState.NOT_NEEDED]


def of_calls(product: Product, missed: int) -> Books:
    """Of callers of the town, +99890...; `missed` offers were not answered in time."""
    calls = product.rows("SELECT coalesce(fate, state) AS fate FROM call WHERE caller LIKE %s", "+99890%")
    playable = product.rows(
        "SELECT EXTRACT(epoch FROM r.stored_at - c.ended_at)::float AS seconds FROM recording r "
        "JOIN call c ON c.id = r.call WHERE r.state = 'stored' AND c.ended_at IS NOT NULL"
    )
    return Books(
        fates=Counter(call["fate"] for call in calls),
        missed=missed,
        misfits=len(product.rows("SELECT seq FROM unexpected_event")),
        recordings=Counter(
            row["state"] for row in product.rows(f"SELECT r.state FROM recording r WHERE {_BRIEF} IS NOT TRUE")
        ),
        brief=len(product.rows(f"SELECT r.id FROM recording r WHERE {_BRIEF}")),
        playable=[row["seconds"] for row in playable],
    )


def wait_until_stored(product: Product) -> None:
    """Waits until every recording is in the store."""
    waiting = "SELECT count(*) AS n FROM recording WHERE state IN ('expected', 'recording', 'spooled')"
    wait_for("every recording", lambda: product.rows(waiting)[0]["n"] == 0, seconds=SETTLE, every=1)
