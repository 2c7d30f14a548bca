"""The FastAPI application without its routes: guard, compression, static files, problems."""

from collections.abc import Iterable

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Lifespan

from web import assets, words
from web.guard import Guard, Policy
from web.problems import answer_problems
from web.shell import Shell
from web.signposts import Signposts


def application(
    *, routers: Iterable[APIRouter], shell: Shell, policy: Policy, lifespan: Lifespan[FastAPI] | None = None
) -> FastAPI:
    """The application with the routers of the domains and the frame they are shown in."""
    app = FastAPI(
        title="Holos",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        middleware=[Middleware(GZipMiddleware, minimum_size=800), Middleware(Guard, policy=policy)],
    )
    app.state.shell = shell
    app.state.policy = policy
    answer_problems(app)
    app.mount("/static", assets.KeptFiles(directory=assets.STATIC, check_dir=False), name="static")
    app.router.routes.append(Signposts(route for router in (words.router, *routers) for route in router.routes))
    return app
