"""Every change to rules of routing, what they propose, and whom a complaint is about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

import appeals.executors.queries
from appeals.classifier import queries as classifier
from appeals.classifier.model import Section
from appeals.executors.model import within
from appeals.executors.tables import Executor
from appeals.routing import model, queries
from appeals.routing.model import Matter, Place, Proposal
from appeals.routing.tables import ComplainedOf, RoutingCo, RoutingRule
from appeals.tables import Appeal
from db import Conflict
from staff import queries as staff
from staff.audit import audit
from staff.tables import Person

DAY = timedelta(days=1)
EVERYWHERE = Place()
NEAR = 5  # executors that are offered for a word that several have in their names


class BeginsThen(Conflict):
    """Another rule for this place and problem begins that very day."""


class NotOpen(Conflict):
    """An executor is closed."""


class NotInOrder(Conflict):
    """The last day lies before the first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a new rule says."""

    place: Place = EVERYWHERE  # one of its three at most
    problem: str = ""
    executor_id: int
    co_ids: Sequence[int] = field(default=())
    basis: str = ""
    valid_from: date
    valid_until: date | None = None


def set_rule(session: Session, organisation: int, wanted: Wanted, *, replaces: bool, by: Person | None) -> RoutingRule:
    """A rule from a day on. With `replaces` the one before it for the same place and problem ends the day before.

    BeginsThen, NotOpen, NotInOrder.
    """
    until = wanted.valid_until
    if until is not None and until < wanted.valid_from:
        raise NotInOrder
    co = [each for each in dict.fromkeys(wanted.co_ids) if each != wanted.executor_id]
    if not queries.executors(session, {wanted.executor_id, *co}).active >= {wanted.executor_id, *co}:
        raise NotOpen
    if replaces:
        until = _make_room(queries.alike(session, wanted.place, wanted.problem), wanted)
    rule = RoutingRule(
        organisation_id=organisation, house_id=wanted.place.house, street_id=wanted.place.street,
        district_id=wanted.place.district, problem=wanted.problem, executor_id=wanted.executor_id, basis=wanted.basis,
        valid_from=wanted.valid_from, valid_until=until, made_by=by.id if by is not None else None,
    )  # fmt: skip
    session.add(rule)
    session.flush()
    session.add_all(RoutingCo(organisation_id=organisation, rule_id=rule.id, executor_id=each) for each in co)
    session.flush()
    if by is not None:
        audit(session, by, "routing.rule_set", f"routing_rule:{rule.id}", until=str(until or ""))
    return rule


def end_rule(session: Session, rule: RoutingRule, *, last_day: date, by: Person) -> None:
    """The rule's last day; one that would end before it began goes away."""
    audit(session, by, "routing.rule_ended", f"routing_rule:{rule.id}", until=str(last_day))
    if last_day < rule.valid_from:
        session.execute(delete(RoutingCo).where(RoutingCo.rule_id == rule.id))
        session.delete(rule)
    elif rule.valid_until is None or rule.valid_until > last_day:
        rule.valid_until = last_day
    session.flush()


def groups_of(session: Session, problem: str, on: date) -> tuple[str, ...]:
    """The codes above a problem, the nearest first."""
    return model.groups(problem, {each.code: each.parent for each in classifier.in_force(session, Section.PROBLEM, on)})


def propose(
    session: Session,
    places: Collection[Place],
    problem: str,
    on: date,
    *,
    complained_of: Collection[int] = (),
) -> list[Proposal]:
    """Who is to carry a matter out, for all its places together; nobody where no rule says so."""
    groups = groups_of(session, problem, on) if problem else ()
    rules = queries.candidates(session, places, (problem, *groups), on)
    concerned = {each for rule in rules for each in (rule.executor_id, *rule.co_ids)}
    known = queries.executors(session, None if complained_of else concerned)
    barred = frozenset(complained_of)
    return model.union(
        model.decide(rules, Matter(place=place, problem=problem, groups=groups, on=on, complained_of=barred), known)
        for place in places or (Place(),)
    )


def proposed_for(session: Session, appeal: Appeal) -> list[Proposal]:
    """Who is to carry the appeal out, by the rules of the day on which it was received."""
    zone = staff.organisation(session, appeal.organisation_id).zone
    found = queries.houses_of_appeal(session, appeal.id)
    known = queries.places_of(session, {each for each in found if each is not None})
    places = [known.get(house, Place()) if house is not None else Place() for house in found]
    barred = [each.id for each in queries.complained_of(session, appeal.id)]
    day = appeal.received_at.astimezone(zone).date()
    return propose(session, list(dict.fromkeys(places)), appeal.problem, day, complained_of=barred)


def may_go_to(session: Session, appeal: Appeal, executor: int) -> bool:
    """Whether the appeal may be sent there: a complaint goes neither to whom it is about nor to a part of it."""
    barred = {each.id for each in queries.complained_of(session, appeal.id)}
    return not barred or executor not in within(barred, queries.executors(session).parents)


def complain_of(session: Session, appeal: Appeal, executors: Collection[int], *, by: Person) -> None:
    """Whom the appeal complains of; nobody where none is named."""
    session.execute(delete(ComplainedOf).where(ComplainedOf.appeal_id == appeal.id))
    whose = {"organisation_id": appeal.organisation_id, "appeal_id": appeal.id}
    session.add_all(ComplainedOf(**whose, executor_id=each) for each in sorted(set(executors)))
    session.flush()
    names = ", ".join(sorted(queries.named(session, executors)[each].code for each in executors))
    audit(session, by, "appeal.complained_of", f"appeal:{appeal.number}", name=names)


def named(session: Session, written: str) -> tuple[Executor | None, Sequence[Executor]]:
    """The executor that is meant: by its code, or the only one with these words in its name; and those it may be."""
    by_code = appeals.executors.queries.find(session, written.strip())
    if by_code is not None:
        return by_code, (by_code,)
    found = queries.called(session, written.split(), at_most=NEAR) if written.strip() else ()
    same = [each for each in found if each.name.casefold() == written.strip().casefold()]
    return (found[0] if len(found) == 1 else same[0] if len(same) == 1 else None), found


def _make_room(known: Sequence[RoutingRule], wanted: Wanted) -> date | None:
    """Ends what came before, and says when the new rule ends because of what follows. BeginsThen."""
    if any(each.valid_from == wanted.valid_from for each in known):
        raise BeginsThen(str(wanted.valid_from))
    for each in known:
        over = each.valid_until is not None and each.valid_until < wanted.valid_from
        if each.valid_from < wanted.valid_from and not over:
            each.valid_until = wanted.valid_from - DAY
    following = min((each.valid_from for each in known if each.valid_from > wanted.valid_from), default=None)
    ends = [each for each in (wanted.valid_until, following - DAY if following else None) if each is not None]
    return min(ends, default=None)
