"""An organisation's directories of addresses and executors with one thing of each kind, known by the words given."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from appeals.addresses import service
from appeals.addresses.model import FacilityKind, HouseNumber, StreetKind
from appeals.executors import service as executors
from appeals.executors.model import MemberRole
from appeals.executors.service import Said
from appeals.maps import service as maps
from appeals.questions import service as questions
from appeals.routing import service as routing
from appeals.tables import Appeal
from appeals.works import service as works
from appeals.works.model import Kind
from staff.tables import Person


def directory(session: Session, by: Person, word: str) -> dict[str, int]:
    """A street with another name, a house, an enterprise, an object and a file, by the names of `Belongings`."""
    own = by.organisation_id
    settlement = service.add_settlement(session, own, word)
    street = service.add_street(session, settlement, StreetKind.STREET, word, by=by)
    other = service.add_name(session, street, StreetKind.LANE, word, former=True, until=None, by=by)
    house = service.add_house(session, street, HouseNumber(12), by=by)
    enterprise = service.add_enterprise(session, own, code=word, name=word, phone="", by=by)
    facility = service.add_facility(
        session, own, kind=FacilityKind.LIFT, code=word, name=word, enterprise=enterprise, by=by
    )
    service.serve(session, facility, house, by=by)
    file = service.keep_file(session, "houses", f"{word}.csv", f"street;house\n{word};7\n".encode(), by=by)
    extract = maps.keep_extract(session, f"{word}.osm.pbf", b"x", settlement=word, with_addresses=True, by=by)
    extract.stage, extract.outcome = "looked", {"added": {}, "changed": {}, "left": 0, "left_out": 0, "shapes": 1}
    return {
        "street": street.id,
        "street_name": other.id,
        "house": house.id,
        "enterprise": enterprise.id,
        "facility": facility.id,
        "address_file": file.id,
        "extract": extract.id,
    }


def executing(session: Session, by: Person, worker: Person, word: str, appeal: Appeal) -> dict[str, int]:
    """An executor with somebody who is away, and a rule that leads to it, by the names of `Belongings`."""
    today, own = datetime.now(UTC).date(), by.organisation_id
    executor = executors.add(session, own, word, Said(name=word, head=word, connected=True), by=by)
    member = executors.add_member(session, executor, worker, MemberRole.HEAD, since=today, by=by)
    away = executors.add_absence(session, worker, None, since=today, until=today, reason=word, by=by)
    wanted = routing.Wanted(executor_id=executor.id, basis=word, valid_from=today)
    rule = routing.set_rule(session, own, wanted, replaces=False, by=by)
    question = questions.ask(session, executor, word, appeal=appeal, by=by)
    found = {"executor": executor.id, "member": member.id, "away": away.id, "route": rule.id}
    return found | {"question": question.id}


def worked(session: Session, by: Person, word: str) -> dict[str, int]:
    """An emergency work and the service it affects, known by the word, by the names of `Belongings`."""
    affected = works.add_service(session, f"of_{by.organisation_id}", {"uk": word, "uz": word}, by=by)
    content = works.Content(
        kind=Kind.EMERGENCY,
        service_id=affected.id,
        reason=word,
        contact=word,
        facility_id=None,
        enterprise_id=None,
        planned_from=datetime.now(UTC) - timedelta(hours=1),
        planned_until=None,
        said={"uk": word},
    )
    return {"work": works.enter(session, content, by=by).id, "work_service": affected.id}
