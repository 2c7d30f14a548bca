"""Two works in the demonstration organisations: an emergency at an object, and a planned one soon."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from appeals.addresses import queries as addresses
from appeals.works import queries, service
from appeals.works.model import Kind
from appeals.works.service import Content
from staff.tables import Organisation, Person

REASONS = {
    "uk": ("Прорив трубопроводу", "Заміна засувок"),
    "uz": ("Quvur yorilishi", "Zulfinlarni almashtirish"),
}
CONTACTS = {"uk": "Диспетчер тепломереж, 0382 70 01 01", "uz": "Issiqlik tarmoqlari dispetcheri, 71 200 01 01"}
SAID = (
    {
        "uk": "Через аварію на котельні немає опалення й гарячої води. Бригада на місці, час завершення уточнюється.",
        "uz": "Qozonxonadagi avariya sababli isitish va issiq suv yoʻq. Brigada joyida, tugash vaqti aniqlanmoqda.",
        "ru": "Из-за аварии на котельной нет отопления и горячей воды. Бригада на месте, время окончания уточняется.",
        "en": "A fault at the boiler house has cut off heating and hot water. A crew is there; the end is not known.",
    },
    {
        "uk": "Планові роботи на тепломережі: опалення не буде пів дня.",
        "uz": "Issiqlik tarmogʻida rejali ishlar: yarim kun isitish boʻlmaydi.",
        "ru": "Плановые работы на теплосети: отопления не будет полдня.",
        "en": "Planned work on the heating network: there will be no heating for half a day.",
    },
)


def load(session: Session, organisation: Organisation, by: Person) -> None:
    """The usual services, and two works at the first object; nothing where there are services or no object."""
    objects = addresses.facilities(session)
    if queries.services(session) or not objects:
        return
    service.load_services(session, organisation.id)
    heating = next(each for each in queries.services(session) if each.code == "heating")
    language = organisation.default_language if organisation.default_language in REASONS else "uk"
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    terms = ((now - timedelta(hours=1), None), (now + timedelta(days=1), now + timedelta(days=1, hours=5)))
    for kind, reason, said, (since, until) in zip(
        (Kind.EMERGENCY, Kind.PLANNED), REASONS[language], SAID, terms, strict=True
    ):
        content = Content(
            kind=kind,
            service_id=heating.id,
            reason=reason,
            contact=CONTACTS[language],
            facility_id=objects[0].what.id,
            enterprise_id=None,
            planned_from=since,
            planned_until=until,
            said={code: said[code] for code in organisation.languages},
        )
        service.enter(session, content, by=by)
