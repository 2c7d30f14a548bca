"""Works of the city for tests: entered without a browser, and as a form sends them."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from appeals import service as appeals
from appeals.addresses import queries as addresses
from appeals.addresses import service as of_addresses
from appeals.model import Kind as AppealKind
from appeals.model import Source
from appeals.tables import Appeal, Applicant
from appeals.works import answering, queries, service
from appeals.works.model import Kind
from appeals.works.service import Content
from appeals.works.tables import Work
from db import transaction
from staff.tables import Person
from tests.appeals.addresses.towns import house_at

KYIV = ZoneInfo("Europe/Kyiv")
HOUR = timedelta(hours=1)
BOILER = "К-4"
HOUSES = (("Прибузька", "4"), ("Прибузька", "12"), ("Проскурівська", "1"))
LOOKED_AFTER = (("Миру", "65"), ("Миру", "65А"))
SAID = {"uk": "Опалення не буде до вечора.", "ru": "Отопления не будет до вечера.", "en": "No heating until night."}


def entered(
    by: Person,
    *,
    kind: Kind = Kind.EMERGENCY,
    since: timedelta = -HOUR,
    lasts: timedelta | None = None,
    source: str = BOILER,
    what: str = "heating",
    said: dict[str, str] = SAID,
) -> int:
    """The id of a work that begins so long from now."""
    begins = datetime.now(UTC) + since
    with transaction(by.organisation_id) as session:
        facility = addresses.find_facility(session, source)
        keeper = addresses.find_enterprise(session, source)
        affected = next(each for each in queries.services(session) if each.code == what)
        content = Content(
            kind=kind,
            service_id=affected.id,
            reason="Прорив труби",
            contact="диспетчер 0382 700101",
            facility_id=facility.id if facility else None,
            enterprise_id=keeper.id if keeper else None,
            planned_from=begins,
            planned_until=begins + lasts if lasts else None,
            said=said,
        )
        return service.enter(session, content, by=by).id


def work(by: Person, work_id: int) -> Work:
    """The work as it is now."""
    with transaction(by.organisation_id) as session:
        return queries.get(session, work_id)


def house(by: Person, street: str, number: str) -> int:
    """The id of a house."""
    with transaction(by.organisation_id) as session:
        return house_at(session, street, number).id


def registered(by: Person, street: str, number: str, *, waits_for: int | None = None) -> Appeal:
    """An appeal about a house, which waits for a work if one is given."""
    appeal = Appeal(kind=AppealKind.COMPLAINT, topic="water", substance="Холодно", address="", source=Source.PHONE)
    applicant = Applicant(surname="Коваль", given_name="", patronymic="", email="", address="")
    with transaction(by.organisation_id) as session:
        made = appeals.register(session, appeal, applicant, by=by, submission=uuid4())
        of_addresses.note(session, made, [(f"вул. {street}, {number}", house_at(session, street, number).id)])
        answering.link_new(session, made, waits_for, by=by)
        return made


def form(by: Person, **changes: str) -> dict[str, str]:
    """An emergency at the boiler house, filled in rightly."""
    with transaction(by.organisation_id) as session:
        boiler = addresses.find_facility(session, BOILER)
        assert boiler is not None
        heating = next(each for each in queries.services(session) if each.code == "heating")
    filled = {
        "kind": "emergency",
        "service": str(heating.id),
        "reason": "Прорив труби",
        "contact": "диспетчер",
        "source": f"facility:{boiler.id}",
        "planned_from": f"{datetime.now(KYIV) - HOUR:%Y-%m-%dT%H:%M}",
    }
    return filled | SAID | changes
