"""Every change of teams."""

from collections.abc import Collection

from sqlalchemy import delete
from sqlalchemy.orm import Session

from acd.queues.queries import agents
from acd.queues.teams import queries
from db import Conflict
from staff.audit import audit, changes, moved
from staff.tables import Person
from staff.teams.tables import Team, TeamMember


def add_team(session: Session, name: str, *, by: Person) -> Team:
    """A team of nobody. Conflict if there is one of this name."""
    if any(each.team.name == name for each in queries.teams(session)):
        raise Conflict(f"team {name}")
    team = Team(organisation_id=by.organisation_id, name=name)
    session.add(team)
    session.flush()
    audit(session, by, "team.added", f"team:{team.id}", name=name)
    return team


def change_team(session: Session, team: Team, *, leader: int | None, people: Collection[int], by: Person) -> None:
    """The leader and everybody in it; who was in another team leaves that one."""
    names = {person.id: person.name for person in agents(session)}
    chosen, before = names.keys() & set(people), queries.people_of(session, team.id)
    leader = leader if leader in names else None
    told = changes(leader=(names.get(team.leader_id or 0), names.get(leader or 0)))
    told |= moved(*([names.get(person, f"person:{person}") for person in group] for group in (before, chosen)))
    team.leader_id = leader
    session.execute(delete(TeamMember).where(TeamMember.team_id == team.id))
    session.execute(delete(TeamMember).where(TeamMember.person_id.in_(chosen)))
    session.add_all(
        TeamMember(organisation_id=team.organisation_id, team_id=team.id, person_id=person) for person in sorted(chosen)
    )
    session.flush()
    if told:
        audit(session, by, "team.changed", f"team:{team.id}", name=team.name, **told)


def remove_team(session: Session, team: Team, *, by: Person) -> None:
    """The team is no more; its people stay."""
    audit(session, by, "team.removed", f"team:{team.id}", name=team.name)
    session.delete(team)
    session.flush()
