"""Coroutines in tests: in a thread of their own, because a browser test before may have left a loop in this one."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def play(scene: Coroutine[Any, Any, Result], *, seconds: float = 10) -> Result:
    """What the coroutine returns. TimeoutError when it takes longer."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asyncio.wait_for(scene, seconds)).result()
