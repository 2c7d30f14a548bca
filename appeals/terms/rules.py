"""Every change to rules of terms and to working calendars; each asks for the open appeals to be looked at anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from appeals.terms import queries, seeds
from appeals.terms.model import Deed, Start, Unit, Variant
from appeals.terms.tables import CalendarDay, TermRecount, TermRule, WorkingWeek
from db import Conflict
from staff.audit import audit, changes
from staff.hours import spans_of
from staff.tables import Organisation, Person

DAY = timedelta(days=1)


class BeginsThen(Conflict):
    """Another rule for the same appeals, or another week, begins that very day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a new rule says."""

    deed: Deed = Deed.ANSWER
    variant: Variant = Variant.USUAL
    kind: str = ""
    topic: str = ""
    problem: str = ""
    amount: int
    unit: Unit
    start: Start = Start.RECEIPT
    whole_days: bool = True
    moves: bool = True
    most_amount: int | None = None
    most_unit: Unit | None = None
    most_is_more: bool = False
    basis: str
    verified: bool = False
    valid_from: date


FIELDS = tuple(Wanted.__slots__)
_SAME = ("deed", "variant", "kind", "topic", "problem")


def set_rule(session: Session, wanted: Wanted, *, by: Person) -> TermRule:
    """A rule from a day on; the one before it for the same appeals ends the day before. BeginsThen."""
    known = [each for each in queries.rules(session, by.organisation_id) if _alike(each, wanted)]
    if any(each.valid_from == wanted.valid_from for each in known):
        raise BeginsThen(str(wanted.valid_from))
    for each in known:
        over = each.valid_until is not None and each.valid_until < wanted.valid_from
        if each.valid_from < wanted.valid_from and not over:
            each.valid_until = wanted.valid_from - DAY
    following = min((each.valid_from for each in known if each.valid_from > wanted.valid_from), default=None)
    rule = _row(by.organisation_id, wanted, by=by)
    rule.valid_until = following - DAY if following else None
    session.add(rule)
    session.flush()
    audit(session, by, "term.rule_set", f"term_rule:{rule.id}", term=f"{rule.amount} {rule.unit}", basis=rule.basis)
    ask(session, by.organisation_id)
    return rule


def end_rule(session: Session, rule: TermRule, *, last_day: date, by: Person) -> None:
    """The rule's last day; an appeal received later has another. Conflict before it began."""
    if last_day < rule.valid_from:
        raise Conflict(f"term rule {rule.id} begins later")
    rule.valid_until = last_day
    audit(session, by, "term.rule_ended", f"term_rule:{rule.id}", until=str(last_day))
    ask(session, rule.organisation_id)


def verify(session: Session, rule: TermRule, basis: str, *, by: Person) -> None:
    """Somebody has compared the rule with the official text, which says just this."""
    rule.verified, rule.basis = True, basis or rule.basis
    audit(session, by, "term.rule_verified", f"term_rule:{rule.id}", basis=rule.basis)


def set_week(
    session: Session, hours: Sequence[str], *, public_holidays: bool, basis: str, valid_from: date, by: Person
) -> WorkingWeek:
    """Other working hours from a day on. BeginsThen; ValueError for hours that are none."""
    for text in hours:
        spans_of(text)
    if any(week.valid_from == valid_from for week in queries.weeks(session)):
        raise BeginsThen(str(valid_from))
    week = WorkingWeek(
        organisation_id=by.organisation_id, valid_from=valid_from, hours=list(hours), public_holidays=public_holidays,
        basis=basis, verified=True, made_by=by.id,
    )  # fmt: skip
    session.add(week)
    session.flush()
    audit(session, by, "calendar.week_set", f"working_week:{valid_from}", basis=basis)
    ask(session, by.organisation_id)
    return week


def set_day(session: Session, day: date, hours: str, reason: str, *, by: Person) -> None:
    """A day that is not as its week has it. ValueError for hours that are none."""
    spans_of(hours)
    known = next((each for each in queries.days(session, day) if each.day == day), None)
    before = (known.hours, known.reason) if known is not None else (None, None)
    values = {"hours": hours, "reason": reason, "made_by": by.id}
    session.execute(
        insert(CalendarDay)
        .values(organisation_id=by.organisation_id, day=day, **values)
        .on_conflict_do_update(index_elements=["organisation_id", "day"], set_=values)
    )
    told = changes(hours=(before[0], hours), reason=(before[1], reason))
    audit(session, by, "calendar.day_set", f"calendar_day:{day}", **told)
    ask(session, by.organisation_id)


def forget_day(session: Session, day: CalendarDay, *, by: Person) -> None:
    """The day is again as its week has it."""
    session.delete(day)
    session.flush()
    audit(session, by, "calendar.day_forgotten", f"calendar_day:{day.day}", reason=day.reason)
    ask(session, day.organisation_id)


def load_national(session: Session, organisation: Organisation) -> int:
    """The terms and weeks of the organisation's country, where it has none of its own; how many rules came."""
    if not queries.has_calendar(session, organisation.id):
        for week in seeds.weeks(organisation.country):
            session.add(WorkingWeek(organisation_id=organisation.id, **week))
    known = queries.rules(session, organisation.id)
    missing = [
        each
        for each in map(_of_seed, seeds.rules(organisation.country))
        if not any(_alike(rule, each) for rule in known)
    ]
    session.add_all(_row(organisation.id, each, by=None) for each in missing)
    session.flush()
    ask(session, organisation.id)
    return len(missing)


def ask(session: Session, organisation: int) -> None:
    """The open appeals are to be looked at anew; the scheduler does it."""
    now = datetime.now(UTC)
    session.execute(
        insert(TermRecount)
        .values(organisation_id=organisation, asked_at=now)
        .on_conflict_do_update(index_elements=["organisation_id"], set_={"asked_at": now})
    )


def _of_seed(given: dict[str, object]) -> Wanted:
    return Wanted(**given)  # type: ignore[arg-type]


def _alike(rule: TermRule, wanted: Wanted) -> bool:
    return all(getattr(rule, name) == getattr(wanted, name) for name in _SAME)


def _row(organisation: int, wanted: Wanted, *, by: Person | None) -> TermRule:
    said = {name: getattr(wanted, name) for name in FIELDS}
    return TermRule(organisation_id=organisation, made_by=by.id if by else None, **said)
