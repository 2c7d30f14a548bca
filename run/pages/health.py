"""For supervisors and load balancers: is the process alive, and can it work?"""

import urllib.request

import redis
from fastapi import APIRouter
from redis.exceptions import RedisError
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
        "postgres": postgres_answers(),
        "redis": redis_answers(request.app.state.redis),
        "s3": store_answers(request.app.state.settings),
    }
    return JSONResponse(state, status_code=200 if state["postgres"] else 503)


def postgres_answers() -> bool:
    """Whether PostgreSQL does what it is asked."""
    try:
        with db.transaction(db.EVERY_ORGANISATION):
            return True
    except SQLAlchemyError:
        return False


def redis_answers(client: "redis.Redis") -> bool:
    """Whether Redis does."""
    try:
        return bool(client.ping())
    except RedisError:
        return False


def store_answers(settings: Settings) -> bool:
    """Whether somebody answers where the S3 store should be."""
    scheme = "https" if settings.s3_secure else "http"
    try:
        with urllib.request.urlopen(f"{scheme}://{settings.s3_endpoint}/", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True  # it refuses strangers, so it is there
    except OSError:
        return False
