"""What must follow at once when somebody's access changes: their live news end, and with them what their role held."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy.orm import Session
from starlette.requests import Request

from db import after_commit
from staff import queries
from staff.rights import permissions
from staff.tables import Person
from web import live


@contextmanager
def access_may_change(request: Request, session: Session, person: Person) -> Iterator[None]:
    """Around a change of a person's roles, sessions or access.

    Streams of sessions that ended with it are told "signed-out". If permissions were lost, the remaining streams end as
    well and ask again, and `app.state.on_access_lost(session, person)` takes back what higher packages gave.
    """
    sessions, could = queries.sessions_of(session, person.id), permissions(person)
    yield
    session.flush()
    left = queries.sessions_of(session, person.id)
    redis = request.app.state.redis
    after_commit(session, partial(live.end_streams, redis, sessions - left, "signed-out"))
    if could - permissions(person):
        after_commit(session, partial(live.end_streams, redis, left, "access-changed"))
        request.app.state.on_access_lost(session, person)
