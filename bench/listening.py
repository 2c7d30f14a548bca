"""Supervisors who listen all the time: each asks for an agent's talk as the board does, and for another after it.

Their phones are one SIPp that takes whatever rings, says something, and stays until it is sent away.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.desks import Seat
from run.demo import caller_audio, scenarios
from run.demo.telephones import ROBOTS, Sipp, Telephones
from supervisor.supervision.model import Mode, Purpose

LOOKS_EVERY = 1.0  # seconds
SIGN_OF_LIFE = 45.0  # seconds, from a page whose phone is lent


def scenario_of(capture: Path) -> str:
    """A phone that takes whatever rings and stays."""
    return scenarios.scenario(
        "A supervisor's phone takes the call and stays",
        scenarios.invited(),
        scenarios.answer(),
        scenarios.speak(capture),
        scenarios.take(request="BYE"),
        scenarios.agree(),
    )


def phones(here: Path, *, port: int, seconds: float) -> Telephones:
    """The phones of all supervisors, at ROBOTS:`port`; nothing they hear lasts longer than so many seconds."""
    here.mkdir(parents=True, exist_ok=True)
    capture = caller_audio.write_capture(here / "supervisor.pcap", caller_audio.SILENCE, {}, seconds=seconds)
    scenario = scenario_of(capture)
    arguments = ["-i", ROBOTS, "-mi", "127.0.3.1", "-p", str(port), "-mp", "60000"]
    return Telephones([Sipp(here, "supervisors", scenario, arguments)])


@dataclass
class Supervisors:
    """All of them, each in a thread of their own, from `begin` to `end`."""

    url: str
    cookie: str
    answers: Counter[str] = field(default_factory=Counter)  # of the web process, to what they asked
    _threads: list[threading.Thread] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def begin(self, seats: Sequence[Seat]) -> None:
        """They open their boards."""
        for seat in seats:
            self._threads.append(threading.Thread(target=self._works, args=(seat,), daemon=True, name=seat.login))
            self._threads[-1].start()

    def end(self) -> None:
        """They close them; a talk they are in ends for them."""
        self._over.set()
        for thread in self._threads:
            thread.join(30)

    def _works(self, seat: Seat) -> None:
        headers = {"X-CSRF-Token": seat.csrf, "X-Requested-With": "desk", "Accept": "application/json"}
        cookies = {self.cookie: seat.token}
        with httpx.Client(base_url=self.url, cookies=cookies, headers=headers, timeout=30) as board:
            self._asks(board, "/board/phone")
            seen = time.monotonic()
            while not self._over.wait(LOOKS_EVERY):
                try:
                    if time.monotonic() - seen > SIGN_OF_LIFE:
                        seen = time.monotonic()
                        self._asks(board, "/board/phone/seen")
                    if board.get("/board/supervisions/mine").json()["present"] is None:
                        self._listens(board)
                except httpx.HTTPError as error:
                    self.answers[type(error).__name__] += 1
            self._asks(board, "/board/phone/back")

    def _listens(self, board: httpx.Client) -> None:
        """To somebody who talks; the talk may be over when it is asked for."""
        talking = [agent["id"] for agent in board.get("/board/figures").json()["agents"] if agent["state"] == "talking"]
        if talking:
            self._asks(
                board, "/board/supervisions", agent=str(random.choice(talking)), mode=Mode.LISTEN,
                purpose=Purpose.QUALITY,
            )  # fmt: skip

    def _asks(self, board: httpx.Client, path: str, **fields: str) -> None:
        answer = board.post(path, data=fields)
        self.answers[f"{path}: {answer.status_code}"] += 1
