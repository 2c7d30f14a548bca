"""What one web process answers in a second, and what two do: pages of staff, asked for without a pause (U-22)."""

import http.client
import threading
import time
from collections.abc import Iterator
from typing import Final

from sqlalchemy import select

from bench import databases
from bench.figures import Measured
from run.host.replacing import children
from staff import sign_in
from staff.access import COOKIE
from staff.tables import Person
from tests.town.product import Product
from tests.town.waiting import wait_for

LOGIN: Final = "iryna"
ORGANISATION: Final = "khm"
PAGES: Final = ("/appeals", "/calls", "/appeals/new", "/status")
READERS: Final = 8
WARM, SECONDS = 3.0, 15.0
OF_EACH: Final = 20  # pages over one connection: the next one may come to another process
GOAL: Final = 1.2  # readers and PostgreSQL need a processor too


def webs() -> Iterator[Measured]:
    """The same readers with one process and with two."""
    table = Measured("webs", "Pages a second with one web process and with two", ("pages a second", "goal"))
    with databases.city() as product:
        product.servers.start("s3")
        token = _token(product)
        found = {processes: _with(product, processes, token) for processes in (1, 2)}
    for processes, pages in found.items():
        table.line(f"{processes} of them", f"{pages:.0f}", "")
    ratio = found[2] / found[1]
    table.line("ratio", f"{ratio:.2f}", f"≥ {GOAL}", met=ratio >= GOAL)
    table.remarks.append(
        f"{READERS} readers for {SECONDS:.0f} s, {', '.join(PAGES)} in turn. "
        "They and PostgreSQL run on the same processors."
    )
    yield table


def _token(product: Product) -> str:
    with product.office(ORGANISATION) as (session, _):
        return sign_in.open_session(session, session.scalars(select(Person).where(Person.login == LOGIN)).one())


def _with(product: Product, processes: int, token: str) -> float:
    """Pages a second."""
    product.special["web"] = {"HOLOS_WEB_PROCESSES": str(processes)}
    product.begin("web")
    product.wait_until_ready("web")
    if processes > 1:
        pid = product.pids()["web"]
        wait_for("each to serve", lambda: len(children(pid)) == processes, seconds=60)
    try:
        _asked(product, token, WARM)
        return _asked(product, token, SECONDS)
    finally:
        product.kill("web")


def _asked(product: Product, token: str, seconds: float) -> float:
    answered: list[int] = []
    until = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_reads, args=(product.settings.web_port, token, turn, until, answered))
        for turn in range(READERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answered) == READERS, "a reader was not answered"
    return sum(answered) / seconds


def _reads(port: int, token: str, turn: int, until: float, answered: list[int]) -> None:
    """One reader; how many pages they got."""
    got = 0
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("localhost", port, timeout=30)
        for _ in range(OF_EACH):
            if time.monotonic() >= until:
                break
            connection.request("GET", PAGES[(turn + got) % len(PAGES)], headers={"Cookie": f"{COOKIE}={token}"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            got += 1
        connection.close()
    answered.append(got)
