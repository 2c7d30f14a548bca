"""Some hundred real calls that come to every end there is, on a real Asterisk: its Manager's stream and its queue_log.

Citizens of every kind (`bench.citizens`) meet robots who answer in two queues and transfer some of them from one to the
other, a queue where nobody answers, and an organisation that is closed and has few lines.

`python -m bench.mixed DIRECTORY CALLS` keeps a small run as the capture of a test.
"""

import gzip
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from appeals import service as appeals
from appeals.model import Kind as AppealKind
from appeals.model import Source
from appeals.tables import Appeal, Applicant
from bench import robots
from bench.centre import ORGANISATION, QUEUE, ROBOTS_PORT, Centre, centre
from bench.citizens import APPEAL, Citizens, Counted, Crowd, Kind, call
from ivr import service as ivr
from ivr.demonstration import MENUS
from ivr.model import OpeningHours
from staff.tables import Person
from tests.town.ports import thousand
from tests.town.product import Product
from tests.town.waiting import wait_for

SECOND_QUEUE = "exams"  # where robots transfer callers to
QUEUES = (QUEUE, SECOND_QUEUE)
TRANSFERS = 0.2  # of the talks
ROBOTS, TALKS = 20, (4.0, 9.0)
CLOSED, LINES = "khm", 1  # the organisation that is closed, and how many it has
NEVER = OpeningHours(weekly=((),) * 7, public_holidays=False)


@dataclass(frozen=True)
class Recorded:
    """What is left of a run."""

    captures: Sequence[Path]  # of Asterisk's Manager, one for each connection
    queue_log: Path
    counted: dict[Kind, Counted]  # by SIPp


def arrange(product: Product) -> None:
    """An appeal that somebody asks about; an organisation with few lines, which is closed."""
    with product.office(ORGANISATION) as (session, organisation):
        anna = session.scalars(select(Person).where(Person.login == "anna")).one()
        appeal = Appeal(
            kind=AppealKind.COMPLAINT, topic=QUEUE, substance="Natija", address="", source=Source.PHONE, call_id=None
        )
        who = Applicant(surname="Karimova", given_name="Lola", patronymic="", phone=None, email="", address="")
        registered = appeals.register(session, appeal, who, by=anna, submission=uuid4())
        assert registered.number.replace("-", "") == APPEAL, registered.number
        organisation.capacity = 2000
    with product.office(CLOSED) as (session, organisation):
        organisation.capacity = LINES
        ivr.publish(session, organisation.id, replace(MENUS[CLOSED], hours=NEVER))


def record(here: Path, ports: int, crowd: Crowd, *, sitting: int = ROBOTS) -> Recorded:
    """The run; its files are kept in `here`."""
    capture, log = here / "ami", here / "queue_log"
    with centre(ports, sitting, queues=QUEUES, arrange=arrange, ami_capture=capture) as running:
        running.robots_sit_down()
        citizens = _calls(running, here, crowd)
        settings = running.product.settings
        shutil.copy(settings.asterisk / "log" / "queue_log", log)
    return Recorded(sorted(capture.iterdir()), log, citizens.counted())


def _calls(running: Centre, here: Path, crowd: Crowd) -> Citizens:
    """Until every call is over, in the ledger too."""
    product = running.product
    answering = robots.answer(
        here, port=ROBOTS_PORT, talks=TALKS, transfers=TRANSFERS, queue=f"{ORGANISATION}-{SECOND_QUEUE}"
    )
    citizens = call(here, f"127.0.0.1:{product.settings.sip_port}", crowd)
    try:
        wait_for("every caller to have hung up", lambda: citizens.over, seconds=400, every=1)
        open_calls = "SELECT count(*) AS n FROM call WHERE state <> 'ended'"
        wait_for("the ledger to end every call", lambda: product.rows(open_calls)[0]["n"] == 0, seconds=30, every=0.5)
    except AssertionError:
        print(product.says("core show channels verbose"), product.says("queue show"), file=sys.stderr)
        raise
    finally:
        citizens.stop()
        answering.stop()
    return citizens


def _keep(directory: Path, calls: int) -> None:
    """The capture and the log of a small run, compressed; SIPp's counts are printed."""
    with tempfile.TemporaryDirectory(prefix="holos-bench-") as place, thousand() as ports:
        recorded = record(Path(place), ports, Crowd(rate=2, together=calls, calls=calls), sitting=6)
        directory.mkdir(parents=True, exist_ok=True)
        [capture] = recorded.captures
        for path, name in ((capture, "day.ami.gz"), (recorded.queue_log, "day.queue_log.gz")):
            (directory / name).write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        for kind, counted in recorded.counted.items():
            print(f"{kind.name}: {counted}")


if __name__ == "__main__":
    _keep(Path(sys.argv[1]), int(sys.argv[2]))
