"""The directory of topics as people choose from it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from calls.tables import Topic
from web.languages import audience


def choices(session: Session) -> dict[str, str]:
    """Codes and names in the audience's language, in the directory's order."""
    topics = session.scalars(select(Topic).order_by(Topic.position, Topic.id))
    return {topic.code: topic.name.get(audience().language) or next(iter(topic.name.values())) for topic in topics}
