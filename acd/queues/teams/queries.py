"""Every team as it is now."""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from acd.queues.model import OPERATORS_A_LEADER
from acd.queues.queries import IS_AGENT, agents
from acd.tables import Shift
from db import NotFound
from staff.tables import Person
from staff.teams.tables import Team, TeamMember


@dataclass(frozen=True, slots=True)
class TeamNow:
    """A team, who is in it and how many of them are on a shift."""

    team: Team
    leader: Person | None
    people: list[Person]
    on_shift: int

    @property
    def too_many(self) -> bool:
        """Whether one leader has more operators on a shift than one can look after."""
        return self.on_shift > OPERATORS_A_LEADER


def teams(session: Session) -> list[TeamNow]:
    """Every team, by name."""
    people = {person.id: person for person in agents(session)}
    working = set(session.scalars(select(Shift.person_id).where(Shift.ended_at.is_(None))))
    of_team: dict[int, list[Person]] = defaultdict(list)
    for row in session.scalars(select(TeamMember)):
        if row.person_id in people:
            of_team[row.team_id].append(people[row.person_id])
    return [
        TeamNow(
            team,
            people.get(team.leader_id or 0),
            sorted(of_team[team.id], key=lambda person: person.name),
            sum(person.id in working and person.id != team.leader_id for person in of_team[team.id]),
        )
        for team in session.scalars(select(Team).order_by(Team.name)).all()
    ]


class Crowded(NamedTuple):
    """A team with more operators on a shift than one leader can look after."""

    name: str
    on_shift: int


def crowded(session: Session) -> list[Crowded]:
    """The teams that are too many for their leaders now, by name; one query, for boards ask it every second."""
    number = func.count(Shift.id)
    working = (
        select(Team.name, number)
        .join(TeamMember, and_(TeamMember.team_id == Team.id, TeamMember.person_id.is_distinct_from(Team.leader_id)))
        .join(Person, Person.id == TeamMember.person_id)
        .join(Shift, and_(Shift.person_id == Person.id, Shift.ended_at.is_(None)))
        .where(IS_AGENT)
        .group_by(Team.id)
        .having(number > OPERATORS_A_LEADER)
        .order_by(Team.name)
    )
    return [Crowded(*row) for row in session.execute(working)]


def team(session: Session, team_id: int) -> Team:
    """The team. NotFound."""
    found = session.get(Team, team_id)
    if found is None:
        raise NotFound(f"team {team_id}")
    return found


def people_of(session: Session, team_id: int) -> set[int]:
    """Everybody in the team, by id."""
    return set(session.scalars(select(TeamMember.person_id).where(TeamMember.team_id == team_id)))
