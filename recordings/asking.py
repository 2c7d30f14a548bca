"""Asking the workers of a node, who see its spool."""

from collections.abc import Callable
from datetime import timedelta

from rq import Queue

from web import workers


def queue(node: str) -> Queue:
    """The queue of the workers that see this node's spool."""
    return workers.queue(_name(node))


def ask(
    node: str, job: Callable[..., None], *args: int | str, limit: timedelta, told: str, tries_again: int = 0
) -> bool:
    """Asks a worker of the node to do the job, as `told` there; whether anybody was asked: not without Redis."""
    return workers.ask(_name(node), job, *args, limit=limit, told=told, tries_again=tries_again)


def demand(node: str, job: Callable[..., None], *, limit: timedelta, told: str) -> dict[str, int]:
    """Asks for work of every day. ConnectionError without Redis: it is noted as a failed job then, not as done."""
    if not ask(node, job, limit=limit, told=told):
        raise ConnectionError(f"Redis is away, and nobody was asked to {told}")
    return {"asked_for": 1}


def _name(node: str) -> str:
    return f"recordings-{node}"
