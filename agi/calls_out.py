"""`agi://.../calls-out`: whether an agent may still call somebody outside within this hour. Silence lets them."""

from datetime import UTC, datetime, timedelta

import structlog

from acd.outgoing import queries
from agi.memory import Away, Memory
from agi.session import Session
from calls.model import interface_at, person_of

log = structlog.get_logger()

ASKING = timedelta(seconds=0.8)  # an agent may wait so long before it rings


class CallsOut:
    """Says REFUSED to the dialplan when a limit is reached, whatever the agent's phone was told before."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def __call__(self, agi: Session) -> None:
        """One call. Without PostgreSQL nobody is refused: the organisation's channels bound it still."""
        told = str(agi.get_full_variable("${ORGANISATION}|${CHANNEL(endpoint)}|${ARG1}") or "")
        organisation, endpoint, number = [*told.split("|"), "", ""][:3]
        person = person_of(interface_at(endpoint))
        if person is None or not organisation.isdecimal():
            log.warning("calls_out_unknown_phone", endpoint=endpoint)
            return
        now = datetime.now(UTC)
        try:
            refused = self._memory.ask(
                int(organisation),
                lambda session: queries.limit_reached(session, int(organisation), person, number=number, now=now),
                within=ASKING,
            )
        except Away:
            log.warning("calls_out_not_counted", agent=person)
            return
        if refused is not None:
            log.warning("call_out_refused", organisation=int(organisation), agent=person, why=str(refused.why))
            agi.set_variable("REFUSED", str(refused.why))
