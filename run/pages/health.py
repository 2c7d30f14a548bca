"""For supervisors and load balancers: is the process alive, and can it work?"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from run import parts
from run.version import VERSION, release

router = APIRouter()


@router.get("/healthz")
def alive() -> Response:
    """The process answers, and says of which code it is."""
    return JSONResponse({"alive": True, "version": VERSION, "release": release()})


@router.get("/readyz")
def ready(request: Request) -> Response:
    """Which of the servers we need are there; 503 without PostgreSQL, for nothing works without it."""
    state = {
        "postgres": parts.postgres_answers(),
        "redis": parts.redis_answers(request.app.state.redis),
        "s3": parts.store_answers(request.app.state.settings),
    }
    return JSONResponse(state, status_code=200 if state["postgres"] else 503)
