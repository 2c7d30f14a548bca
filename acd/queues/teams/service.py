"""Every change of teams."""

from collections.abc import Collection

from sqlalchemy import delete
from sqlalchemy.orm import Session

from acd.queues.queries import agents
from acd.queues.tables import Team, TeamMember
from acd.queues.teams import queries
from db import Conflict


def add_team(session: Session, organisation: int, name: str) -> Team:
    """A team of nobody. Conflict if there is one of this name."""
    if any(each.team.name == name for each in queries.teams(session)):
        raise Conflict(f"team {name}")
    team = Team(organisation_id=organisation, name=name)
    session.add(team)
    session.flush()
    return team


def change_team(session: Session, team: Team, *, leader: int | None, people: Collection[int]) -> None:
    """The leader and everybody in it; who was in another team leaves that one."""
    known = {person.id for person in agents(session)}
    chosen = known & set(people)
    team.leader_id = leader if leader in known else None
    session.execute(delete(TeamMember).where(TeamMember.team_id == team.id))
    session.execute(delete(TeamMember).where(TeamMember.person_id.in_(chosen)))
    session.add_all(
        TeamMember(organisation_id=team.organisation_id, team_id=team.id, person_id=person) for person in sorted(chosen)
    )
    session.flush()


def remove_team(session: Session, team: Team) -> None:
    """The team is no more; its people stay."""
    session.delete(team)
    session.flush()
