"""Rules and proposals with the names of what they speak of: the parts that cards and pages show."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

import appeals.addresses.queries
from appeals.addresses import writing
from appeals.classifier import queries as classifier
from appeals.classifier import words as entry_words
from appeals.classifier.model import Section, tree
from appeals.executors.tables import Executor
from appeals.model import OPEN, Kind
from appeals.routing import queries, service, words
from appeals.routing.model import Proposal, Rule, scope_of
from appeals.tables import Appeal
from staff import queries as staff
from web.periods import midnight


@dataclass(frozen=True, slots=True)
class Names:
    """What rules speak of, in words. Addresses are in the organisation's language, `spoken`."""

    houses: Mapping[int, str]
    streets: Mapping[int, str]
    districts: Mapping[int, str]
    problems: Mapping[str, str]
    executors: Mapping[int, Executor]
    spoken: str

    def place(self, rule: Rule) -> str:
        """The rule's place; "" for the whole territory."""
        return (
            self.houses.get(rule.house_id or 0)
            or self.streets.get(rule.street_id or 0)
            or self.districts.get(rule.district_id or 0, "")
        )

    def problem(self, rule: Rule) -> str:
        """The rule's problem; "" for any."""
        return self.problems.get(rule.problem, rule.problem)

    def scope(self, rule: Rule) -> str:
        """The word for its place."""
        return words.SCOPES[scope_of(rule)]


def names(session: Session, organisation: int, rules: Iterable[Rule], more: Collection[int] = ()) -> Names:
    """The names for these rules, and of `more` executors."""
    listed = list(rules)
    language = staff.organisation(session, organisation).default_language
    houses = queries.houses(session, {each.house_id for each in listed if each.house_id is not None})
    wanted = {each.street_id for each in listed if each.street_id is not None}
    streets = appeals.addresses.queries.streets_of(session, wanted) if wanted else {}
    concerned = {each for rule in listed for each in (rule.executor_id, *rule.co_ids)} | set(more)
    return Names(
        houses={key: writing.house(house, language) for key, house in houses.items()},
        streets={key: writing.street(street, street.settlement, language) for key, street in streets.items()},
        districts=queries.districts(session, {each.district_id for each in listed if each.district_id is not None}),
        problems=problems_of(session),
        executors=queries.named(session, concerned),
        spoken=language,
    )


def problems_of(session: Session) -> dict[str, str]:
    """Names of the problems in force, and of their groups."""
    found = classifier.in_force(session, Section.PROBLEM, midnight().date())
    return {entry.code: entry_words.name(entry) for entry in found}


def told(session: Session, organisation: int, proposals: Collection[Proposal]) -> dict[str, Any]:
    """What the part with the proposals needs."""
    concerned = {
        each
        for proposal in proposals
        for each in (proposal.executor, *proposal.co, *(passed for passed, _ in proposal.passed))
    }
    rules = [proposal.rule for proposal in proposals]
    return {
        "proposals": proposals,
        "routing_names": names(session, organisation, rules, concerned) if proposals else None,
        "routing_words": words,
    }


def shown(session: Session, appeal: Appeal) -> dict[str, Any]:
    """What the page of an open appeal shows of its routing: who is proposed, and whom it complains of."""
    is_open = appeal.state in OPEN
    proposals = service.proposed_for(session, appeal) if is_open else []
    about = queries.complained_of(session, appeal.id) if appeal.kind == Kind.COMPLAINT else ()
    found = told(session, appeal.organisation_id, proposals)
    return found | {"routed": is_open, "is_complaint": appeal.kind == Kind.COMPLAINT, "complained_of": about}


def problems_listed(session: Session) -> dict[str, str]:
    """The problems in force as a list to choose from, each below its group."""
    found = classifier.in_force(session, Section.PROBLEM, midnight().date())
    return {entry.code: f"{'– ' * depth}{entry_words.name(entry)}" for entry, depth in tree(found)}
