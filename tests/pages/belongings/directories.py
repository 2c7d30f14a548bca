"""Classifier, addresses, executors, rules that lead to them, works; most are made in `tests.pages.directory`."""

from sqlalchemy.orm import Session

from appeals.classifier import service as classifier
from appeals.classifier.model import Section
from appeals.classifier.tables import ClassifierEntry
from staff.tables import Organisation, Person
from tests.pages.belongings.asking import Asked

NAMES_AN_OBJECT: dict[str, Asked] = {
    "GET /executors/{executor_id}": Asked("/executors/{executor}"),
    "POST /executors/{executor_id}": Asked("/executors/{executor}", {"name": "Водоканал", "kind": "enterprise"}),
    "POST /executors/{executor_id}/close": Asked("/executors/{executor}/close"),
    "POST /executors/{executor_id}/open": Asked("/executors/{executor}/open"),
    "POST /executors/{executor_id}/members": Asked(
        "/executors/{executor}/members", {"person": "{person}", "role": "head", "since": "2026-11-23"}
    ),
    "POST /executors/{executor_id}/members/{member_id}/end": Asked(
        "/executors/{executor}/members/{member}/end", {"last_day": "2100-01-01"}
    ),
    "POST /executors/absences/{absence_id}/end": Asked("/executors/absences/{away}/end"),
    "POST /routing/{rule_id}/end": Asked("/routing/{route}/end"),
    "GET /classifier/{entry_id}": Asked("/classifier/{entry}"),
    "POST /classifier/{entry_id}": Asked("/classifier/{entry}", {"uk": "Лист"}),
    "POST /classifier/{entry_id}/retire": Asked("/classifier/{entry}/retire", {"last_day": "2100-01-01"}),
    "GET /appeals/addresses/streets/{street_id}": Asked("/appeals/addresses/streets/{street}"),
    "POST /appeals/addresses/streets/{street_id}/name": Asked(
        "/appeals/addresses/streets/{street}/name", {"kind": "street", "name": "Нова", "deed": "correct"}
    ),
    "POST /appeals/addresses/streets/{street_id}/names": Asked(
        "/appeals/addresses/streets/{street}/names", {"other_kind": "lane", "other_name": "Інша", "sort": "also"}
    ),
    "POST /appeals/addresses/streets/{street_id}/names/{name_id}/remove": Asked(
        "/appeals/addresses/streets/{street}/names/{street_name}/remove"
    ),
    "POST /appeals/addresses/streets/{street_id}/houses": Asked(
        "/appeals/addresses/streets/{street}/houses", {"number": "77"}
    ),
    "GET /appeals/addresses/houses/{house_id}": Asked("/appeals/addresses/houses/{house}"),
    "POST /appeals/addresses/houses/{house_id}": Asked("/appeals/addresses/houses/{house}"),
    "POST /appeals/addresses/houses/{house_id}/enterprise": Asked(
        "/appeals/addresses/houses/{house}/enterprise", {"enterprise": "{enterprise}"}
    ),
    "GET /appeals/addresses/enterprises/{enterprise_id}": Asked("/appeals/addresses/enterprises/{enterprise}"),
    "POST /appeals/addresses/enterprises/{enterprise_id}": Asked(
        "/appeals/addresses/enterprises/{enterprise}", {"name": "ЖЕУ"}
    ),
    "GET /appeals/addresses/facilities/{facility_id}": Asked("/appeals/addresses/facilities/{facility}"),
    "POST /appeals/addresses/facilities/{facility_id}/houses": Asked(
        "/appeals/addresses/facilities/{facility}/houses", {"address": "Нова, 1"}
    ),
    "POST /appeals/addresses/facilities/{facility_id}/houses/{house_id}/remove": Asked(
        "/appeals/addresses/facilities/{facility}/houses/{house}/remove"
    ),
    "GET /appeals/addresses/map/{extract_id}": Asked("/appeals/addresses/map/{extract}"),
    "POST /appeals/addresses/map/{extract_id}/save": Asked("/appeals/addresses/map/{extract}/save"),
    "POST /appeals/addresses/map/{extract_id}/discard": Asked("/appeals/addresses/map/{extract}/discard"),
    "GET /appeals/addresses/import/{file_id}": Asked("/appeals/addresses/import/{address_file}"),
    "POST /appeals/addresses/import/{file_id}/save": Asked("/appeals/addresses/import/{address_file}/save"),
    "POST /appeals/addresses/import/{file_id}/discard": Asked("/appeals/addresses/import/{address_file}/discard"),
    "GET /works/{work_id}": Asked("/works/{work}"),
    "GET /works/{work_id}/edit": Asked("/works/{work}/edit"),
    "POST /works/{work_id}": Asked("/works/{work}"),
    "POST /works/{work_id}/begin": Asked("/works/{work}/begin", {"version": "1"}),
    "POST /works/{work_id}/extend": Asked("/works/{work}/extend", {"version": "1"}),
    "POST /works/{work_id}/finish": Asked("/works/{work}/finish", {"version": "1"}),
    "POST /works/{work_id}/cancel": Asked("/works/{work}/cancel", {"version": "1"}),
    "POST /works/{work_id}/houses": Asked("/works/{work}/houses", {"address": "Нова, 1"}),
    "POST /works/{work_id}/streets": Asked("/works/{work}/streets", {"street": "Нова"}),
    "POST /works/{work_id}/houses/{house_id}/exclude": Asked("/works/{work}/houses/{house}/exclude"),
    "POST /works/{work_id}/houses/{house_id}/include": Asked("/works/{work}/houses/{house}/include"),
    "POST /works/{work_id}/answer": Asked("/works/{work}/answer", {"answer": "Полагоджено"}),
    "POST /appeals/{number}/linked-work": Asked("/appeals/{appeal}/linked-work", {"work": "{work}"}),
    "POST /appeals/{number}/linked-work/unlink": Asked("/appeals/{appeal}/linked-work/unlink"),
    "GET /works/services/{service_id}": Asked("/works/services/{work_service}"),
    "POST /works/services/{service_id}": Asked(
        "/works/services/{work_service}", {f"name_{code}": "Вода" for code in ("uk", "uz", "ru", "en")}
    ),
    "POST /works/services/{service_id}/off": Asked("/works/services/{work_service}/off"),
    "POST /works/services/{service_id}/on": Asked("/works/services/{work_service}/on"),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "GET /appeals/addresses": "filters",
    "GET /appeals/addresses/suggest": "words: streets and houses of one's own, perhaps none",
    "POST /appeals/addresses/streets": "somebody's own new street",
    "POST /appeals/addresses/enterprises": "somebody's own new enterprise",
    "POST /appeals/addresses/facilities": "somebody's own new object; its enterprise is looked for among one's own",
    "POST /appeals/addresses/import": "a file of one's own",
    "GET /works": "filters",
    "GET /works/here": "houses: works of one's own there, perhaps none",
    "POST /works": "somebody's own new work; its service and object are looked for among one's own",
    "POST /works/services": "somebody's own new service",
    "GET /executors": "filters",
    "POST /executors": "somebody's own new executor; the one above it is looked for among one's own",
    "POST /executors/import": "a file of one's own",
    "POST /executors/import/carry-out": "the asker's own organisation",
    "POST /executors/absences": "people are looked for among one's own",
    "GET /routing": "filters",
    "POST /routing/import": "a file of one's own; places and executors are looked for among one's own",
    "POST /routing/import/carry-out": "a file of one's own; places and executors are looked for among one's own",
    "POST /routing": "a new rule; places and executors are looked for among one's own",
    "GET /routing/try": "an address, tried against one's own rules",
    "GET /appeals/map/ground/{zoom}/{x}/{y}": "a square of one's own map, perhaps nothing",
    "POST /appeals/addresses/map/upload": "a file of one's own",
    "GET /appeals/map/seen": "filters, and a part of the earth",
    "GET /appeals/map/houses": "a part of the earth: houses of one's own there, perhaps none",
    "GET /appeals/map/nearest": "a place: the nearest house of one's own, perhaps none",
    "GET /appeals/map/here": "a house of one's own, perhaps none, and a place",
    "GET /classifier": "filters",
    "POST /classifier": "the asker's own organisation",
    "POST /classifier/import": "the asker's own organisation",
    "POST /classifier/import/carry-out": "the asker's own organisation",
}


def entry_of(session: Session, by: Person) -> ClassifierEntry:
    """A value of the classifier."""
    today = session.get_one(Organisation, by.organisation_id).today()
    name = {"uk": "Анонімне", "uz": "Anonim"}
    return classifier.add(session, Section.SUBJECT, f"{by.organisation_id}.1", name=name, today=today, by=by)
