"""Every change of registration indexes: the rule, and the index that a new appeal is given."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from appeals.numbering import model, queries
from appeals.numbering.model import Fault
from appeals.numbering.tables import AppealIndex, IndexCounter, IndexRule
from appeals.tables import Appeal
from db import Conflict
from staff import queries as staff
from staff.audit import audit, changes
from staff.tables import Person


class Unfit(Conflict):
    """A pattern by which two appeals could have one index; `why` says the reason."""

    def __init__(self, why: Fault) -> None:
        super().__init__(why)
        self.why = why


def arrange(
    session: Session, *, on: bool, pattern: str, by_source: bool, signs: Mapping[str, str], by: Person
) -> IndexRule:
    """How what is registered from now on is indexed; what has an index keeps it. Unfit."""
    fault = model.fault_of(pattern, signs, by_source=by_source)
    if fault is not None:
        raise Unfit(fault)
    rule = queries.rule(session, by.organisation_id)
    if rule is None:
        rule = IndexRule(organisation_id=by.organisation_id, since=None, pattern=pattern, by_source=False, signs={})
        session.add(rule)
    before = _told(rule)
    rule.since = (rule.since or datetime.now(UTC)) if on else None
    rule.pattern, rule.by_source, rule.signs = pattern, by_source, dict(signs)
    session.flush()
    told = changes(**{name: (before[name], value) for name, value in _told(rule).items()})
    if told:
        audit(session, by, "numbering.arranged", "numbering:rules", **told)
    return rule


def give(session: Session, appeal: Appeal) -> str:
    """The index of a new appeal, "" where there are none; one registration is under way at a time, so none is skipped.

    A pattern may have been another one in this year: what is taken is passed over.
    """
    rule = queries.rule(session, appeal.organisation_id)
    if rule is None or rule.since is None:
        return ""
    year = datetime.now(staff.organisation(session, appeal.organisation_id).zone).year
    name, sign = appeal.applicant.title or appeal.applicant.surname, rule.signs.get(appeal.source, "")
    while True:
        number = _next(session, appeal.organisation_id, year, appeal.source if rule.by_source else "")
        written = model.written(rule.pattern, number=number, year=year, name=name, sign=sign)
        if not queries.is_taken(session, appeal.organisation_id, written):
            break
    session.add(AppealIndex(organisation_id=appeal.organisation_id, appeal_id=appeal.id, written=written))
    session.flush()
    return written


def _next(session: Session, organisation: int, year: int, source: str) -> int:
    """The next number of the year: behind those of the other way of counting too, which it may have had till now."""
    begins = queries.behind_the_others(organisation, year, source)
    counter = insert(IndexCounter).values(organisation_id=organisation, year=year, source=source, last=begins)
    counted = counter.on_conflict_do_update(
        index_elements=["organisation_id", "year", "source"],
        set_={"last": func.greatest(IndexCounter.last + 1, counter.excluded.last)},
    )
    last: int | None = session.scalar(counted.returning(IndexCounter.last))
    assert last is not None  # an upsert always returns its row
    return last


def _told(rule: IndexRule) -> Mapping[str, str]:
    signs = ", ".join(f"{source}={sign}" for source, sign in sorted(rule.signs.items()))
    return {"on": str(rule.since is not None), "pattern": rule.pattern, "by": str(rule.by_source), "signs": signs}
