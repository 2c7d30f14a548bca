"""What the demonstration organisations have after calls of every kind: what pages show where people have worked."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from appeals import service as appeals
from appeals.addresses import service as directory
from appeals.addresses.service import keep_file
from appeals.attachments import receiving
from appeals.attachments import service as attachments
from appeals.executors.queries import find as find_executor
from appeals.maps import service as maps
from appeals.maps.model import Stage
from appeals.model import Kind, Source
from appeals.questions import service as questions
from appeals.tables import Appeal, Applicant
from appeals.webhooks import service as webhooks
from appeals.webhooks.model import CHOSEN
from appeals.workflow import service as workflow
from appeals.workflow.model import Order, Told
from appeals.xml import service as xml
from calls import queries as calls
from calls.model import CallId, NodeName
from db import EVERY_ORGANISATION, transaction
from recordings import jobs
from recordings.keeping import service as keeping
from recordings.tables import Recording
from run.demo import addresses, cabinet, executors, letters, loading
from run.development import scenes
from run.host.servers import Servers
from run.replay import replay
from run.settings import Settings
from run.storage import connect_store
from staff.keys import service as keys
from staff.keys.model import Scope
from staff.model import Role
from staff.queries import find_by_login
from staff.tables import Person
from tests.appeals.attachments.samples import paper, photo
from tests.calls.streams import capture, captures
from tests.centre import PASSWORD
from tests.pages.a_call import answered_call
from tests.pages.alarming import alarming
from tests.pages.belongings.calls import owed_call
from tests.pages.belongings.supervision import planned
from tests.recordings.speech import conversation, write_leg

BASIS, CASE = "Номенклатура справ, індекс 02-14", "Справа № 757/412/26, запит суду"


def live(servers: Servers, settings: Settings, spool: Path) -> None:
    """Calls, one of them recorded; an appeal from it that somebody works on; rules, letters, alarms, other systems."""
    loading.load(PASSWORD)
    addresses.load()
    executors.load(PASSWORD)
    cabinet.load()
    with transaction(EVERY_ORGANISATION) as session:
        olena = find_by_login(session, "olena")
        assert olena is not None
    streams = [[capture(name, organisation=olena.organisation_id)] for name in captures()]
    replay(streams, NodeName("captured"), spool / "spool")
    calls = [answered_call(olena, at=datetime.now(UTC) - timedelta(minutes=minutes)) for minutes in range(5, 300, 25)]
    servers.start("s3")
    jobs.connect(settings.redis_url.get_secret_value(), spool=spool)
    connect_store(settings)
    _record(calls[0], spool)
    _register(olena, calls[0])
    _keep(olena, calls[0])
    _attach(olena)
    letters.load()
    with transaction(EVERY_ORGANISATION) as session:
        alarming(session, olena, calls[0])
        planned(session, olena)
        owed_call(session, olena, scenes.NUMBER)
        _exchange(session)


def _exchange(session: Session) -> None:
    """A key, a webhook and files of others; a question to a specialist."""
    admin, iryna = find_by_login(session, "admin.khm"), find_by_login(session, "iryna")
    assert admin is not None
    assert iryna is not None
    _ask(session)
    keys.make(
        session, name=scenes.SYSTEM, roles=[Role.EXECUTOR], scopes=[Scope.READ, Scope.WORK], per_minute=60,
        valid_until=None, by=admin,
    )  # fmt: skip
    xml.keep(session, "ода.xml", scenes.OF_OTHERS.encode(), 1, language="uk", by=iryna)
    webhooks.add(
        session, name=scenes.SYSTEM, url=scenes.RECEIVER, events=CHOSEN, executor=None, personal=False, by=admin
    )
    keep_file(session, "houses", "будинки.csv", scenes.HOUSES.encode(), by=admin)
    looked_at(session, admin)


def looked_at(session: Session, by: Person) -> None:
    """An extract that was read and waits to be saved."""
    extract = maps.keep_extract(session, "місто.osm.pbf", b"x", settlement="", with_addresses=True, by=by)
    extract.stage = Stage.LOOKED
    extract.outcome = {
        "added": {"streets": 12, "houses": 340}, "changed": {"houses": 7}, "left": 20, "left_out": 1, "shapes": 1240,
        "examples": [["This is no number of a house: %(value)s", "15//2"]],
    }  # fmt: skip


def _ask(session: Session) -> None:
    """A question of the supervisor to the waterworks about the one appeal."""
    iryna = find_by_login(session, "iryna")
    waterworks = find_executor(session, "ВК")
    assert iryna is not None
    of_calls = (Appeal.organisation_id == iryna.organisation_id, Appeal.source == Source.PHONE)
    appeal = session.scalars(select(Appeal).where(*of_calls)).one()
    assert waterworks is not None
    questions.ask(session, waterworks, scenes.QUESTION, appeal=appeal, by=iryna)


def _record(call: CallId, spool: Path) -> None:
    for leg, speech in zip(("rx", "tx"), conversation(), strict=True):
        write_leg(spool / f"{call}.1.{leg}.wav", speech)
    with transaction(EVERY_ORGANISATION) as session:
        expected = session.scalars(select(Recording.id).where(Recording.call == call)).one()
    jobs.store_recording(expected)


def _keep(by: Person, call: CallId) -> None:
    """A rule of retention, a hold on the call's number and the draft of an act."""
    with transaction(EVERY_ORGANISATION) as session:
        kept = timedelta(days=1095)
        today = datetime.now(UTC).date()
        keeping.set_rule(session, topic="", fate="", keeps=kept, basis=BASIS, valid_from=today, by=by)
        known = calls.get(session, call)
        keeping.place_hold(session, known, whole_number=True, why=CASE, until=None, by=by)
        keeping.draft(session, call, reason=scenes.REQUEST, by=by)


def _attach(by: Person) -> None:
    """A photo before and one after the work, and an act, of the newest appeal."""
    with transaction(by.organisation_id) as session:
        number = session.scalars(select(Appeal.number).order_by(Appeal.id.desc())).first() or ""
        kinds = {each.code: each.id for each in attachments.offered(session, by.organisation_id)}
    for kind, sent, name in (("a1", photo(), "до.jpg"), ("a2", photo(), "після.jpg"), ("a3", paper(), "акт.pdf")):
        receiving.receive(number, io.BytesIO(sent), name, kind=kinds[kind], submission=uuid4(), limit=10_000_000, by=by)


def _register(by: Person, call: CallId) -> None:
    """An appeal from the call, given to the water works; and a person whose password may be made anew."""
    with transaction(by.organisation_id) as session:
        appeal = appeals.register(
            session,
            Appeal(
                kind=Kind.COMPLAINT,
                topic="water",
                substance=scenes.EARLIER,
                address="вул. Прибузька, 12",
                source=Source.PHONE,
                call_id=call,
            ),
            Applicant(
                surname="Коваленко", given_name="Марія", patronymic="", phone=scenes.NUMBER, email="", address=""
            ),
            by=by,
            submission=uuid4(),
        )
        directory.note(session, appeal, [(appeal.address, None)])
        executor = find_executor(session, scenes.WATER_WORKS)
        assert executor is not None
        workflow.assign(session, appeal.number, [Order(executor=executor.id, task=scenes.EARLIER)], Told(), by=by)
        session.add(
            Person(
                organisation_id=by.organisation_id, login=scenes.LOGIN, name=scenes.NEWCOMER, password_hash="-",
                roles=[Role.MANAGER], language="uk",
            )
        )  # fmt: skip
