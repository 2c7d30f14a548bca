"""What executors' and dispatchers' pages are told at once: one Redis channel an executor, one an organisation.

News are hints; pages ask for the rest.
"""

from collections.abc import Collection
from functools import partial

from sqlalchemy.orm import Session

from db import after_commit
from web import hints

OF_EXECUTOR, OF_ORGANISATION = "executor:", "appeals:"


def tell(session: Session, organisation: int, executors: Collection[int], kind: str) -> None:
    """Tells the pages of these executors and of the organisation's dispatchers, after the commit."""
    channels = [f"{OF_ORGANISATION}{organisation}", *(f"{OF_EXECUTOR}{each}" for each in sorted(executors))]
    for channel in channels:
        after_commit(session, partial(hints.send, channel, {"kind": kind}))
