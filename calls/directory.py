"""Names as people know them: of topics, of operators."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.model import person_of
from calls.tables import Topic
from staff.tables import Person
from web.languages import audience


def choices(session: Session) -> dict[str, str]:
    """Codes and names in the audience's language, in the directory's order."""
    topics = session.scalars(select(Topic).order_by(Topic.position, Topic.id))
    return {topic.code: topic.name.get(audience().language) or next(iter(topic.name.values())) for topic in topics}


def operators(session: Session, agents: Iterable[str]) -> dict[str, str]:
    """Names by interface; a phone that is nobody's is named as Asterisk names it."""
    known = {agent: person_of(agent) for agent in agents}
    ids = [person for person in known.values() if person is not None]
    names = {person.id: person.name for person in session.scalars(select(Person).where(Person.id.in_(ids)))}
    return {agent: names.get(person or 0, agent) for agent, person in known.items()}
