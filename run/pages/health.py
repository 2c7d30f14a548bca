"""For supervisors and load balancers: is the process alive, and can it work?"""

import urllib.request

from fastapi import APIRouter
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

import db
from run.settings import Settings

router = APIRouter()


@router.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return JSONResponse({"alive": True})


@router.get("/readyz")
def ready(request: Request) -> Response:
    """Which of the servers we need are there; 503 without PostgreSQL, for nothing works without it."""
    state = {
        "postgres": _postgres(),
        "redis": _redis(request),
        "s3": _store(request.app.state.settings),
    }
    return JSONResponse(state, status_code=200 if state["postgres"] else 503)


def _postgres() -> bool:
    try:
        with db.engine().connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _redis(request: Request) -> bool:
    try:
        return bool(request.app.state.redis.ping())
    except RedisError:
        return False


def _store(settings: Settings) -> bool:
    scheme = "https" if settings.s3_secure else "http"
    try:
        with urllib.request.urlopen(f"{scheme}://{settings.s3_endpoint}/", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True  # it refuses strangers, so it is there
    except OSError:
        return False
