"""What browsers ask of the web, by the template of the route: never by the address, which may name a citizen's call."""

import time

from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from run.metrics.process import REGISTRY

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

REQUESTS = Counter(
    "holos_web_requests",
    "Requests answered, by the route's template and the answer's status.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
SECONDS = Histogram(
    "holos_web_request_duration_seconds",
    "From a request's arrival to the beginning of its answer.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
    registry=REGISTRY,
)
STREAMS = Gauge("holos_web_live_streams", "Pages that hear live news from this process now.", registry=REGISTRY)


class Measured:
    """The outermost ASGI layer: counts each answer when it begins, so that a live stream counts as any other."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        arrived = time.perf_counter()

        async def measured(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = _route(scope)
                method = scope["method"] if scope["method"] in METHODS else "other"
                REQUESTS.labels(method, route, message["status"]).inc()
                SECONDS.labels(route).observe(time.perf_counter() - arrived)
            await send(message)

        await self.app(scope, receive, measured)


def _route(scope: Scope) -> str:
    """The template, "/calls/{call_id}"; one word for all files, another for whatever is no route of ours."""
    if (route := scope.get("route")) is not None and hasattr(route, "path"):
        return f"{scope.get('root_path', '')}{route.path}"
    return "static" if scope["path"].startswith("/static/") else "unknown"
