"""What pages show of works: one work with all about it, those of a house, of an appeal, of the addresses in a card."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from appeals.addresses import queries as addresses
from appeals.addresses import writing
from appeals.tables import Appeal
from appeals.workflow import queries as workflow
from appeals.works import model, queries, words
from appeals.works.forms import shown
from appeals.works.model import Why
from appeals.works.tables import Work
from staff import queries as staff
from staff.rights import has
from staff.tables import Person
from web.forms import Submitted
from web.languages import gettext as _


def sources(session: Session) -> dict[str, str]:
    """Objects and enterprises to draw houses from, by what the form sends."""
    found = {
        f"facility:{each.what.id}": f"{each.what.name} ({each.what.code})" for each in addresses.facilities(session)
    }
    return found | {
        f"enterprise:{each.id}": f"{each.name} ({each.code})" for each in addresses.all_enterprises(session)
    }


def source_of(session: Session, work: Work) -> tuple[str, str] | None:
    """What the houses were drawn from: its name and its page."""
    if work.facility_id is not None:
        facility = addresses.get_facility(session, work.facility_id)
        return facility.name, f"/appeals/addresses/facilities/{facility.id}"
    if work.enterprise_id is not None:
        enterprise = addresses.get_enterprise(session, work.enterprise_id)
        return enterprise.name, f"/appeals/addresses/enterprises/{enterprise.id}"
    return None


def of_work(session: Session, person: Person, work: Work, form: Submitted[Any]) -> dict[str, Any]:
    """Everything on the page of one work."""
    spoken = staff.organisation(session, person.organisation_id).default_language
    now = shown(datetime.now(UTC))
    fields = ("extend_reason", "finish_reason", "cancel_reason", "address", "house", "street", "first", "last")
    form.typed = (
        dict.fromkeys(fields, "")
        | {"begin_at": now, "finish_at": now, "extend_until": shown(work.planned_until), "parity": "all"}
        | {"answer": words.told(work.said, spoken, spoken)[0]}
        | form.typed
    )
    houses = [(house, writing.house(house, spoken), why) for house, why in queries.houses_of(session, work.id)]
    history = queries.changes(session, work.id)
    appeals = queries.linked(session, work.id)
    return {
        "work": work,
        "form": form,
        "spoken": spoken,
        "source": source_of(session, work),
        "houses": [each for each in houses if each[2] != Why.EXCLUDED],
        "excluded": [each for each in houses if each[2] == Why.EXCLUDED],
        "history": history,
        "people": staff.names(session, {each.person_id for each in history} | {work.changed_by}),
        "overlapping": queries.overlapping(session, work) if work.state in model.OPEN else [],
        "appeals": appeals if has(person, "appeals.read") else [],
        "linked": len(appeals),
        "waiting": [each for each in appeals if each.link.answered_at is None],
        "deeds": [deed.value for deed in model.deeds(model.State(work.state))],
        "is_open": work.state in model.OPEN,
        "words": words,
    }


def of_house(session: Session, house: int) -> dict[str, Any]:
    """What the page of a house shows of its works."""
    return {"works": queries.of_house(session, house), "words_of_works": words}


def of_appeal(session: Session, appeal: Appeal) -> dict[str, Any]:
    """The work an appeal waits for, or those at its houses that it could wait for."""
    found = queries.link_of(session, appeal.id)
    houses = [each.house_id for each in addresses.addresses_of(session, appeal.id) if each.house_id is not None]
    filed = workflow.is_filed(session, appeal.number)
    return {
        "link": found,
        "waits_for": queries.get(session, found.work_id) if found is not None else None,
        "works_here": queries.at_houses(session, houses, datetime.now(UTC)) if found is None and not filed else [],
        "words_of_works": words,
    }


def at_addresses(
    session: Session, person: Person, houses: Collection[int], language: str, chosen: int | None
) -> dict[str, Any]:
    """The block of the card: what callers from these houses are told, in the caller's language."""
    spoken = staff.organisation(session, person.organisation_id).default_language
    works = queries.at_houses(session, houses, datetime.now(UTC))
    return {
        "works": [(work, *words.told(work.said, language, spoken)) for work in works],
        "chosen": chosen if chosen in {work.id for work in works} else None,
        "waiting": queries.counts_of_appeals(session, [work.id for work in works]),
        "words": words,
    }


def differences(session: Session, form: Submitted[Any], now_typed: dict[str, Any]) -> Sequence[tuple[str, str]]:
    """Where what stands there now differs from what was typed: a field's words, and what stands there."""
    named = sources(session) | {str(each.id): words.service(each) for each in queries.services(session)}
    kinds = {kind: _(text) for kind, text in words.KINDS.items()}
    found = []
    for name, stands in now_typed.items():
        if name != "version" and str(form.typed.get(name, "")) != str(stands):
            label = _(words.FIELDS[name]) if name in words.FIELDS else f"{_(words.FIELDS['said'])} ({name})"
            said = {"service": named, "source": named, "kind": kinds}.get(name, {}).get(str(stands), str(stands))
            found.append((label, said.replace("T", " ") if name.startswith("planned_") else said))
    return found
