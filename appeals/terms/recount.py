"""Terms of open appeals after a change of rules or calendar: batch by batch, so that no lock lasts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

import structlog
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from appeals.terms import model, queries
from appeals.terms.calendar import Calendar
from appeals.terms.model import Matter, Unit
from appeals.terms.queries import Facts
from appeals.terms.tables import TermRecount, TermRule
from db import transaction
from staff import queries as staff

log = structlog.get_logger()

BATCH: Final = 10_000

_MOVED: Final = """
WITH moved AS (
    SELECT * FROM unnest(
        CAST(:ids AS bigint[]), CAST(:dues AS timestamptz[]), CAST(:attentions AS timestamptz[]),
        CAST(:rules AS bigint[]), CAST(:longs AS boolean[]), CAST(:befores AS timestamptz[])
    ) AS each (id, due_at, attention_at, rule_id, long, before)
), updated AS (
    UPDATE appeal SET due_at = moved.due_at, attention_at = moved.attention_at, term_rule_id = moved.rule_id,
        long_control = appeal.long_control OR moved.long
    FROM moved
    WHERE appeal.id = moved.id AND NOT appeal.due_by_hand AND appeal.due_at IS NOT DISTINCT FROM moved.before
    RETURNING appeal.id, moved.due_at, moved.rule_id
)
INSERT INTO term_change (organisation_id, appeal_id, change, due_at, rule_id)
SELECT :organisation, id, 'recomputed', due_at, rule_id FROM updated
"""  # who has moved a term since it was read keeps it


class Term(NamedTuple):
    """What the rules give an appeal now; nothing where none fits."""

    rule_id: int | None
    due_at: datetime | None
    attention_at: datetime | None
    is_long: bool


class Reckoning:
    """Terms of many appeals by one calendar: what was reckoned for one day and matter is the same for all of them."""

    def __init__(self, rules: Sequence[TermRule], calendar: Calendar) -> None:
        self._rules, self._calendar = rules, calendar
        self._chosen: dict[tuple[object, ...], TermRule | None] = {}
        self._ends: dict[tuple[object, ...], tuple[datetime, bool]] = {}

    def term(self, facts: Facts) -> Term:
        """The term of one appeal."""
        local = self._calendar.local(facts.received_at)
        day = local.date()
        matter = (day, facts.kind, facts.topic, facts.problem, facts.variant)
        if matter in self._chosen:
            rule = self._chosen[matter]
        else:
            about = Matter(kind=facts.kind, topic=facts.topic, problem=facts.problem, variant=facts.variant)
            rule = self._chosen[matter] = model.rule_for(self._rules, about, day)
        if rule is None:
            return Term(None, None, None, False)
        exact = rule.unit == Unit.HOUR or rule.start == model.Start.OPENING
        place = (rule.id, facts.received_at if exact else day)
        found = self._ends.get(place)
        if found is None:
            due_at = model.due(rule, facts.received_at, self._calendar)
            found = due_at, model.is_long(rule, facts.received_at, due_at, self._calendar)
            if not exact:
                self._ends[place] = found
        due_at, is_long = found
        return Term(rule.id, due_at, model.attention(facts.received_at, due_at), is_long)


def recount(organisation: int, asked_at: datetime, *, batch: int = BATCH) -> tuple[int, int]:
    """All open appeals of an organisation; how many were looked at, and how many of them moved.

    Each batch is a transaction. Who changes the rules meanwhile asks again, and all are looked at once more.
    """
    looked_at = moved = after = 0
    with transaction(organisation) as session:
        whose = staff.organisation(session, organisation)
        reckoning = Reckoning(queries.rules(session, organisation), queries.calendar(session, whose))
    while True:
        with transaction(organisation, relaxed=True) as session:
            found = queries.open_facts(session, organisation, after=after, at_most=batch)
            moved += _carry_out(session, organisation, found, reckoning)
        looked_at += len(found)
        if len(found) < batch:
            break
        after = found[-1].id
    with transaction(organisation) as session:
        done = {"done_at": datetime.now(UTC), "looked_at": looked_at, "moved": moved}
        mine = (TermRecount.organisation_id == organisation, TermRecount.asked_at == asked_at)
        session.execute(update(TermRecount).where(*mine).values(**done))
    log.info("terms_recounted", organisation=organisation, looked_at=looked_at, moved=moved)
    return looked_at, moved


def _carry_out(session: Session, organisation: int, found: Sequence[Facts], reckoning: Reckoning) -> int:
    changed = []
    for facts in found:
        term = reckoning.term(facts)
        if (term.rule_id, term.due_at, term.attention_at) != (facts.rule_id, facts.due_at, facts.attention_at):
            changed.append((facts, term))
    if changed:
        columns = {
            "ids": [facts.id for facts, _ in changed],
            "befores": [facts.due_at for facts, _ in changed],
            "dues": [term.due_at for _, term in changed],
            "attentions": [term.attention_at for _, term in changed],
            "rules": [term.rule_id for _, term in changed],
            "longs": [term.is_long for _, term in changed],
        }
        session.execute(text(_MOVED), columns | {"organisation": organisation})
    return len(changed)
