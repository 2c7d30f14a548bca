"""The product's processes beside a test."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from run.settings import Settings


@contextmanager
def running(
    settings: Settings, module: str, *arguments: str, environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m module` with these settings; ended with the block, if it has not ended before."""
    told = os.environ | {"HOLOS_DATA": str(settings.data)} | (environment or {})
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], env=told)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(30)
