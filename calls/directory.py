"""Names as people know them: of topics, of operators."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from calls import queries
from calls.model import person_of
from calls.tables import Topic
from staff import queries as people
from web.languages import audience


def choices(session: Session) -> dict[str, str]:
    """Codes and names in the audience's language of the topics to choose from, in the directory's order."""
    return _named(topic for topic in queries.topics(session) if topic.disabled_at is None)


def names(session: Session) -> dict[str, str]:
    """As `choices`, with the topics that are switched off: whatever was about one of them keeps its name."""
    return _named(queries.topics(session))


def _named(topics: Iterable[Topic]) -> dict[str, str]:
    language = audience().language
    return {topic.code: topic.name.get(language) or next(iter(topic.name.values())) for topic in topics}


def operators(session: Session, agents: Iterable[str]) -> dict[str, str]:
    """Names by interface; a phone that is nobody's is named as Asterisk names it."""
    known = {agent: person_of(agent) for agent in agents}
    called = people.names(session, [person for person in known.values() if person is not None])
    return {agent: called.get(person or 0, agent) for agent, person in known.items()}
