"""The demonstration's examples: alarms in every state, a channel that sends nothing; loaded once."""

from collections import Counter
from collections.abc import Callable

from sqlalchemy import func, select

from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from notify.sender import Sender
from notify.tables import Channel, Message
from run.demo import examples
from run.demo.alarms import EXAMPLES
from run.notifier import zones
from supervisor.alarms.jobs import Watch
from supervisor.alarms.model import State
from supervisor.alarms.tables import Alarm, AlarmDeed, AlarmStep
from tests.alarms.conftest import SITE
from tests.centre import Centre
from tests.client import Client
from tests.loop import play

Browser = Callable[[str], Client]
LOADED = (Alarm, AlarmDeed, AlarmStep, CallRow, Channel, Message)


def counted() -> list[int]:
    with transaction(EVERY_ORGANISATION) as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in LOADED]


async def _sent() -> int:
    return await Sender(zones).look()


def test_each_organisation_has_alarms_in_every_state_and_one_that_is_open(centre: Centre) -> None:
    assert examples.load(SITE) == list(EXAMPLES)
    with transaction(EVERY_ORGANISATION) as session:
        for organisation in centre.organisations.values():
            mine = session.scalars(select(Alarm).where(Alarm.organisation_id == organisation.id)).all()
            assert Counter(alarm.state for alarm in mine) == {State.OPEN: 1, State.TAKEN: 1, State.CLOSED: 2}
            known = set(session.scalars(select(CallRow.id).where(CallRow.organisation_id == organisation.id)))
            assert {alarm.call for alarm in mine if alarm.trouble is None} == known


def test_loaded_again_nothing_changes(centre: Centre) -> None:
    examples.load(SITE)
    before = counted()
    assert examples.load(SITE) == []
    assert counted() == before


def test_what_an_organisation_has_made_itself_stays_alone(centre: Centre) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        city = centre.organisations["khm"].id
        session.add(Channel(organisation_id=city, name="Пошта", kind="email", enabled=False))
    assert examples.load(SITE) == ["dtm"]


def test_nothing_is_sent_and_no_ladder_is_climbed(centre: Centre) -> None:
    examples.load(SITE)
    before = counted()
    assert Watch(SITE).look() == 0
    assert play(_sent()) == 0
    assert counted() == before
    with transaction(EVERY_ORGANISATION) as session:
        assert set(session.scalars(select(Channel.enabled))) == {False}
        assert set(session.scalars(select(Message.state))) == {"dead"}


def test_a_newcomer_finds_no_empty_page(centre: Centre, client: Browser) -> None:
    examples.load(SITE)
    iryna, admin = client("iryna"), client("admin.khm")
    with transaction(EVERY_ORGANISATION) as session:
        city = centre.organisations["khm"].id
        mine = session.scalars(select(Alarm).where(Alarm.organisation_id == city)).all()
    for alarm in mine:
        assert f"/alarms/{alarm.id}" in iryna.get("/alarms").text
        assert iryna.get(f"/alarms/{alarm.id}").status_code == 200
        assert alarm.call is None or iryna.get(f"/calls/{alarm.call}").status_code == 200
    assert EXAMPLES["khm"].channel in admin.get("/channels").text
    assert "duty@khm.example" in admin.get("/alarms/ladder").text
