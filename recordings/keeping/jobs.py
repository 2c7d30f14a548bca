"""Proposing by the clock, and the rq job that carries an act out."""

from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from db import EVERY_ORGANISATION, after_commit, transaction
from db.store import NotGone, StoreAway
from recordings import asking
from recordings.keeping import carrying_out, queries, service
from staff.queries import organisations

AT_ONCE = 200  # deletions in one job, so that recordings that wait to be stored have their turn
_LEASE = timedelta(minutes=1)
_TIME_LIMIT = timedelta(minutes=15)


def propose() -> dict[str, int]:
    """Drafts an act for each organisation where something is due and no proposal waits."""
    proposed = 0
    with transaction(EVERY_ORGANISATION) as session:
        known = organisations(session)
    for organisation in known:
        with transaction(EVERY_ORGANISATION) as session:
            proposed += service.propose(session, organisation)
    return {"proposed": proposed}


def ask_for_due(node: str) -> dict[str, int]:
    """Asks workers for approved acts that are not done; one that was lost with Redis or a worker is asked for again."""
    now = datetime.now(UTC)
    with transaction(EVERY_ORGANISATION) as session:
        acts = queries.due_acts(session, asked_before=now - _LEASE)
        for act in acts:
            act.asked_at = now
            _ask(session, act.id, node)
    return {"asked_for": len(acts)}


def carry_out(act_id: int, node: str) -> None:
    """The job: the act's next deletions; then it asks for itself again while any are left."""
    with transaction(EVERY_ORGANISATION) as session:
        items = carrying_out.begin(session, act_id, at_most=AT_ONCE)
    refused = 0
    for item in items:
        try:
            with transaction(EVERY_ORGANISATION) as session:
                carrying_out.delete(session, item)
        except (NotGone, StoreAway) as error:
            with transaction(EVERY_ORGANISATION) as session:
                carrying_out.note_refusal(session, item, error)
            refused += 1
            if isinstance(error, StoreAway):
                return  # asked for again when the lease is over
    with transaction(EVERY_ORGANISATION) as session:
        left = carrying_out.finish(session, act_id)
        if left > refused and items:
            queries.act(session, act_id).asked_at = datetime.now(UTC)
            _ask(session, act_id, node)


def _ask(session: Session, act_id: int, node: str) -> None:
    after_commit(session, partial(_asked, act_id, node))


def _asked(act_id: int, node: str) -> None:
    asking.ask(node, carry_out, act_id, node, limit=_TIME_LIMIT, told=f"carry out act {act_id}")
