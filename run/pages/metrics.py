"""What Prometheus reads: the figures of every process and of the centre, for whoever shows the token."""

import math
import secrets
import threading
import time
from datetime import timedelta
from typing import Final

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from run.metrics.centre import OfCentre

router = APIRouter()

FRESH: Final = timedelta(seconds=1)  # another scrape within it gets the same answer

_one_at_a_time = threading.Lock()


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """The figures as text. Behind a proxy every request comes from loopback, so only a token proves the right."""
    token = request.app.state.settings.metrics_token.get_secret_value()
    shown = request.headers.get("authorization", "")
    if not token or not secrets.compare_digest(shown.encode(), f"Bearer {token}".encode()):
        return PlainTextResponse("a token is needed\n", status_code=401, headers={"WWW-Authenticate": "Bearer"})
    return Response(_figures(request.app.state), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _figures(state: State) -> bytes:
    """Gathered once for all who ask while they are fresh: a storm of scrapes costs one."""
    with _one_at_a_time:
        at, figures = getattr(state, "figures", (-math.inf, b""))
        if time.monotonic() - at >= state.figures_fresh.total_seconds():
            registry = CollectorRegistry(auto_describe=False)
            registry.register(OfCentre(state.settings, state.redis))
            figures = generate_latest(registry)
            state.figures = (time.monotonic(), figures)
        return bytes(figures)
