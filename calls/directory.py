"""Names as people know them: of topics, of operators."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from calls import queries
from calls.model import person_of
from staff import queries as people
from web.languages import audience


def choices(session: Session) -> dict[str, str]:
    """Codes and names in the audience's language, in the directory's order."""
    language = audience().language
    topics = queries.topics(session)
    return {topic.code: topic.name.get(language) or next(iter(topic.name.values())) for topic in topics}


def operators(session: Session, agents: Iterable[str]) -> dict[str, str]:
    """Names by interface; a phone that is nobody's is named as Asterisk names it."""
    known = {agent: person_of(agent) for agent in agents}
    names = people.names(session, [person for person in known.values() if person is not None])
    return {agent: names.get(person or 0, agent) for agent, person in known.items()}
