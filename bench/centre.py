"""The product loaded for a benchmark: one organisation, forty robots at its queue of appeals, everybody ready."""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select, update

from acd.tables import Queue, QueueMember, Shift
from bench import listener
from bench.callbacks import Dialling
from bench.desks import Desks, Seat
from run.demo.telephones import ROBOTS
from run.settings import Settings
from staff import sign_in
from staff.access import COOKIE
from staff.tables import Person, SignIn
from tests.town.product import Product
from tests.town.town import SOUNDS

WEB_PROCESSES: Final[int] = Settings.model_fields["web_processes"].default  # as `make run` starts them
RTP_PORTS = 3400
ROBOTS_PORT = 15080  # on ROBOTS, of all robots' phones
SUPERVISORS_PORT = 15081  # there as well, of all supervisors' phones
ORGANISATION, DIALLED, QUEUE = "dtm", "1414", "appeals"
KEYS = {3.0: "1", 6.0: "3"}  # Uzbek, appeals; seconds after the answer
KEYS_TO_SCREEN = {3.0: "1", 6.0: "2"}  # Uzbek, certificates: no robot answers there
PROMPTS = (("dtm-welcome", "choose-uz-1", "choose-ru-2", "choose-en-3"), ("dtm-topics",), "recording-notice")


class Centre:
    """The running product with its robots."""

    def __init__(
        self,
        here: Path,
        first_port: int,
        robots: int,
        *,
        queues: Sequence[str] = (QUEUE,),
        arrange: Callable[[Product], None] = lambda product: None,
        **more: object,
    ) -> None:
        self.product = Product(
            here / "product",
            first_port=first_port,
            rtp_ports=RTP_PORTS,
            durable=True,
            web_processes=WEB_PROCESSES,
            **more,
        )
        self.product.own = {"listener": "bench.listener"}
        self.robots, self.queues, self.arrange = robots, queues, arrange
        self.people: list[int] = []
        self.desks: Desks | None = None

    def start(self) -> None:
        """Everything runs; the robots are people, on no shift yet."""
        self.product.start(SOUNDS, before_asterisk=self._hire)

    def robots_sit_down(self, *, dialling: Dialling | None = None) -> None:
        """All robots take calls; with telephones for it they call citizens back too."""
        with self.product.office(ORGANISATION) as (session, _):
            seats = []
            for person in session.scalars(select(Person).where(Person.id.in_(self.people))):
                token = sign_in.open_session(session, person)
                session.flush()
                csrf = session.scalars(select(SignIn.csrf).where(SignIn.person_id == person.id)).one()
                seats.append(Seat(person.login, token, csrf))
        self.desks = Desks(self.product.settings.public_url, COOKIE, seats, dialling=dialling)
        self.desks.wait(60)
        if (
            dialling is not None
        ):  # a SIP phone at a fixed address never registers, and whose phone did not is offered none
            with self.product.office(ORGANISATION) as (session, _):
                session.execute(update(Shift).where(Shift.person_id.in_(self.people)).values(phone_reachable=True))

    def close(self) -> None:
        """Everything ends."""
        if self.desks is not None:
            self.desks.close()
        self.product.stop()

    def _hire(self) -> None:
        with self.product.office(ORGANISATION) as (session, organisation):
            queues = session.scalars(select(Queue).where(Queue.code.in_(self.queues))).all()
            for number in range(1, self.robots + 1):
                person = Person(
                    organisation_id=organisation.id,
                    login=f"robot{number:02}",
                    name=f"Robot {number}",
                    password_hash="-",
                    roles=["operator"],
                    language="uz",
                )
                session.add(person)
                session.flush()
                for queue in queues:
                    session.add(QueueMember(organisation_id=organisation.id, queue_id=queue.id, person_id=person.id))
                self.people.append(person.id)
        people = f"{min(self.people)}-{max(self.people)}" if self.people else "0-0"
        phones = {listener.ROBOTS: f"{people}@{ROBOTS}:{ROBOTS_PORT}"}
        self.product.special = {"listener": {**phones, listener.SUPERVISORS: f"{ROBOTS}:{SUPERVISORS_PORT}"}}
        self.arrange(self.product)


@contextmanager
def centre(first_port: int, robots: int, **more: Any) -> Iterator[Centre]:
    """A product for one benchmark, in a directory that goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="holos-bench-", ignore_cleanup_errors=True) as place:
        here = Path(place)
        here.chmod(0o755)
        running = Centre(here, first_port, robots, **more)
        try:
            running.start()
            yield running
        except BaseException:
            print(running.product.last_words(lines=4), file=sys.stderr)
            raise
        finally:
            running.close()
