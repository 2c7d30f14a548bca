"""Which teams there are, and whose they are."""

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from staff.teams.tables import Team, TeamMember


def names(session: Session) -> dict[int, str]:
    """What every team is called, by name."""
    rows = session.execute(select(Team.id, Team.name).order_by(Team.name, Team.id))
    return {row.id: row.name for row in rows}


def of_person(person: int) -> Select[int]:
    """The teams that somebody is in or leads, as a question within another one."""
    mine = select(TeamMember.team_id).where(TeamMember.person_id == person, TeamMember.team_id == Team.id)
    return select(Team.id).where(or_(Team.leader_id == person, mine.exists()))
