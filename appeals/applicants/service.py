"""Every change to applicants: one function a deed. Each change of a field is written down beside the audit trail."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from appeals import spelling
from appeals.addresses.finding import house_named
from appeals.addresses.tables import House
from appeals.applicants import finding, queries
from appeals.applicants.model import FIELDS, PEOPLE, ApplicantKind, Change, ContactKind, is_same_name, spelled
from appeals.applicants.tables import (
    Applicant,
    ApplicantCategory,
    ApplicantChange,
    ApplicantContact,
    ApplicantNote,
    ApplicantWord,
    NameTrigram,
    NameWord,
)
from db import Conflict
from staff.audit import audit, changes
from staff.tables import Organisation, Person

AT_ONCE = 500  # applicants whose words are written in one statement


class Merged(Conflict):
    """A duplicate that was made one with another is not changed any more; the other one is."""


class ChangedMeanwhile(Conflict):
    """Somebody has changed the applicant since the form was opened."""


class Taken(Conflict):
    """Another applicant has this code of the state's register, or this one has the category already."""


def look_up(
    session: Session, phone: str, *, by: Person, at_most: int = PEOPLE, call: object = None
) -> Sequence[Applicant]:
    """The newest who turned to us from this phone; the look at the `at_most` to be shown is written down (U-41).

    One more than is shown tells that there are more.
    """
    found = queries.by_phone(session, phone, at_most=at_most + 1)
    if shown := found[:at_most]:
        during = {"call": str(call)} if call else {}
        audit(session, by, "applicant.found", "applicants:of_a_phone", **_named(shown), **during)
    return found


def suggest(
    session: Session, organisation: Organisation, typed: str, *, by: Person, at_most: int = finding.OFFERED
) -> Sequence[Applicant]:
    """Applicants for what is typed; the look is written down (U-92)."""
    found = finding.offers(session, organisation, typed, at_most=at_most)
    if found:
        audit(session, by, "applicant.suggested", "applicants:typed", **_named(found))
    return found


def living_at(session: Session, house: House, detail: str, *, by: Person) -> Sequence[Applicant]:
    """Applicants of the house, of the very flat where one is named; the look is written down (U-92)."""
    flat = _digits(detail)
    there = [each for each in queries.contacts_in(session, house.id) if not flat or flat == _digits(each.detail)]
    found = queries.all_of(session, {each.applicant_id for each in there}).values()
    shown = sorted((each for each in found if each.merged_into_id is None), key=lambda each: -each.id)[:PEOPLE]
    if shown:
        audit(session, by, "applicant.suggested", "applicants:typed", **_named(shown))
    return shown


def _digits(detail: str) -> str:
    return "".join(each for each in detail if each.isdigit())


def open_page(session: Session, applicant: int, *, why: str, by: Person) -> Applicant:
    """The applicant with everything about them; who looks and what for is written down (U-41). NotFound."""
    found = queries.get(session, applicant)
    audit(session, by, "applicant.opened", f"applicant:{found.id}", reason=why)
    return found


def _named(applicants: Iterable[Applicant]) -> dict[str, str]:
    return {"applicants": ", ".join(str(applicant.id) for applicant in applicants)}


def of_appeal(session: Session, typed: Applicant, *, chosen: int | None = None, by: Person) -> Applicant:
    """Whose the appeal is: the applicant `chosen` or known of this phone or code, with what is new; else the one typed.

    Names are never overwritten: people share phones, and a name belongs to all earlier appeals of its bearer.
    """
    known = _known(session, typed, chosen)
    if known is None:
        return _enter(session, typed)
    for kind in ContactKind:
        if value := getattr(typed, kind.value):
            _reach(session, known, kind, value, change=Change.REGISTERED, by=by)
    if typed.language and typed.language != known.language:
        _write(session, known, {"language": typed.language}, Change.REGISTERED, by=by)
    return known


def _enter(session: Session, typed: Applicant) -> Applicant:
    """Somebody new: the row, the contacts, the words to be found by. Others wait for their numbers meanwhile, so no
    question is asked whose answer is known."""
    typed.spelled = True
    session.add(typed)
    session.flush()
    given = [(kind, getattr(typed, kind.value)) for kind in ContactKind]
    session.add_all(new_contact(session, typed, kind, value) for kind, value in given if value)
    _write_words(session, typed, [typed])
    session.flush()
    return typed


def _known(session: Session, typed: Applicant, chosen: int | None) -> Applicant | None:
    """Somebody who is called as typed: the one chosen, else of the same code, else of the same phone."""
    candidates = [queries.find(session, chosen)]
    candidates += [queries.by_code(session, typed.organisation_id, typed.code or "")]
    candidates += queries.by_phone(session, typed.phone)
    same = (each for each in candidates if each is not None and is_the_same(each, typed, chosen=each.id == chosen))
    found = next(same, None)
    return queries.kept_of(session, found) if found is not None else None


def is_the_same(known: Applicant, typed: Applicant, *, chosen: bool = True) -> bool:
    """Whether a card means somebody known: by the code of an organisation, else by the name however it is spelled.

    Somebody who was chosen may be called on the card without the patronymic.
    """
    if known.kind != (typed.kind or ApplicantKind.PERSON):
        return False
    if typed.code and known.code:
        return typed.code == known.code
    name, key = spelling.key(known.name), spelling.key(typed.name)
    return name == key or (chosen and is_same_name(name, key) and len(name) >= len(key))


def _reach(
    session: Session, applicant: Applicant, kind: ContactKind, value: str, *, change: Change, by: Person | None
) -> ApplicantContact:
    """The contact among the applicant's, and the one of its kind that a card is filled in with."""
    before = getattr(applicant, kind.value)
    contact = queries.find_contact(session, applicant.id, kind, value)
    if contact is None:
        contact = new_contact(session, applicant, kind, value)
        session.add(contact)
        applicant.compared = False
        note_changes(session, applicant, {kind: ("", value)}, change, by=by)
    elif contact.until is not None:
        contact.until = None
        note_changes(session, applicant, {kind: ("", value)}, change, by=by)
    if before != value:
        setattr(applicant, kind.value, value)
    session.flush()
    return contact


def new_contact(session: Session, applicant: Applicant, kind: ContactKind, value: str) -> ApplicantContact:
    """A row of a contact; an address with the house it names."""
    house, detail = None, ""
    if kind is ContactKind.ADDRESS:
        organisation = session.get_one(Organisation, applicant.organisation_id)
        house, detail = house_named(session, organisation, value, None)
    return ApplicantContact(
        organisation_id=applicant.organisation_id,
        applicant_id=applicant.id,
        kind=kind,
        value=value,
        backwards=value[:0:-1] if kind is ContactKind.PHONE else None,
        house_id=house.id if house is not None else None,
        detail=detail,
    )


def correct(
    session: Session, applicant: Applicant, given: Mapping[str, str], *, seen: int, why: str, by: Person
) -> None:
    """Fields written otherwise, each with its history; the words follow. Merged, Taken; ChangedMeanwhile where the
    last change is not the one `seen`."""
    session.refresh(applicant, with_for_update=True)
    _refuse_merged(applicant)
    if queries.last_change(session, applicant.id) != seen:
        raise ChangedMeanwhile
    wanted = {name: value for name, value in given.items() if name in FIELDS and value != getattr(applicant, name)}
    if not wanted:
        return
    other = queries.by_code(session, applicant.organisation_id, wanted.get("code", ""))
    if other is not None and other.id != applicant.id:
        raise Taken
    told = changes(**{name: (getattr(applicant, name), value) for name, value in wanted.items()})
    _write(session, applicant, wanted, Change.CORRECTED, why=why, by=by)
    respell(session, [applicant.id])
    audit(session, by, "applicant.corrected", f"applicant:{applicant.id}", fields=", ".join(sorted(told)), because=why)


def _write(
    session: Session, applicant: Applicant, given: Mapping[str, Any], change: Change, *, why: str = "", by: Person
) -> None:
    for name, value in given.items():
        note_changes(session, applicant, {name: (getattr(applicant, name), value)}, change, why=why, by=by)
        setattr(applicant, name, value)
    applicant.compared = False
    session.flush()


def note_changes(
    session: Session,
    applicant: Applicant,
    told: Mapping[str, tuple[object, object]],
    change: Change,
    *,
    why: str = "",
    by: Person | None,
) -> None:
    """The history of fields that a deed changes: each with its value before and after."""
    of: dict[str, Any] = {"organisation_id": applicant.organisation_id, "applicant_id": applicant.id}
    of |= {"change": change, "why": why}
    of["person_id"] = by.id if by is not None else None
    pairs = [(field, str(before or ""), str(after or "")) for field, (before, after) in told.items()]
    rows = [of | {"field": field, "before": before, "after": after} for field, before, after in pairs]
    if rows:
        session.execute(insert(ApplicantChange), rows)


def add_contact(session: Session, applicant: Applicant, kind: ContactKind, value: str, *, by: Person) -> None:
    """One more way to reach the applicant, with which cards are filled in from now on. Merged."""
    _refuse_merged(applicant)
    _reach(session, applicant, kind, value, change=Change.ADDED, by=by)
    audit(session, by, "applicant.contact_added", f"applicant:{applicant.id}", kind=kind)


def end_contact(session: Session, applicant: Applicant, contact: ApplicantContact, *, on: date, by: Person) -> None:
    """The applicant is not reached so any more; the newest other one of its kind fills in cards. Merged."""
    _refuse_merged(applicant)
    if contact.until is not None:
        return
    contact.until = max(on, contact.since)
    session.flush()
    kind = ContactKind(contact.kind)
    if getattr(applicant, kind.value) == contact.value:
        left = [each for each in queries.contacts(session, [applicant.id]) if each.kind == kind and each.until is None]
        nothing = None if kind is ContactKind.PHONE else ""
        setattr(applicant, kind.value, left[0].value if left else nothing)
    note_changes(session, applicant, {kind: (contact.value, "")}, Change.ENDED, by=by)
    session.flush()
    audit(session, by, "applicant.contact_ended", f"applicant:{applicant.id}", kind=kind)


def add_category(
    session: Session, applicant: Applicant, entry: int, *, since: date, until: date | None, document: str, by: Person
) -> None:
    """A benefit category or a social status from a day on. Merged; Taken where it holds already."""
    _refuse_merged(applicant)
    for each in queries.categories(session, [applicant.id]):
        if each.entry_id == entry and (each.until is None or since <= each.until):
            raise Taken
    row = ApplicantCategory(
        organisation_id=applicant.organisation_id,
        applicant_id=applicant.id,
        entry_id=entry,
        since=since,
        until=until,
        document=document,
    )
    session.add(row)
    session.flush()
    note_changes(session, applicant, {"category": ("", entry)}, Change.ADDED, by=by)
    audit(session, by, "applicant.category_added", f"applicant:{applicant.id}")


def end_category(session: Session, applicant: Applicant, category: ApplicantCategory, *, on: date, by: Person) -> None:
    """The category holds no longer than this day. Merged."""
    _refuse_merged(applicant)
    category.until = max(on, category.since)
    session.flush()
    note_changes(session, applicant, {"category": (category.entry_id, "")}, Change.ENDED, by=by)
    audit(session, by, "applicant.category_ended", f"applicant:{applicant.id}")


def entitle(session: Session, applicant: Applicant, entries: Collection[int], *, since: date) -> None:
    """Categories and status chosen on a card are the applicant's from that day on, if they were not before."""
    held = {each.entry_id for each in queries.categories(session, [applicant.id])} if entries else set()
    whose = {"organisation_id": applicant.organisation_id, "applicant_id": applicant.id, "since": since}
    session.add_all(ApplicantCategory(**whose, entry_id=entry) for entry in entries if entry not in held)
    session.flush()


def add_note(session: Session, applicant: Applicant, text: str, *, by: Person) -> None:
    """Something that colleagues should know."""
    session.add(
        ApplicantNote(organisation_id=applicant.organisation_id, applicant_id=applicant.id, person_id=by.id, text=text)
    )
    session.flush()
    audit(session, by, "applicant.noted", f"applicant:{applicant.id}")


def _refuse_merged(applicant: Applicant) -> None:
    if applicant.merged_into_id is not None:
        raise Merged


def respell(session: Session, applicants: Sequence[int]) -> None:
    """Writes the words anew by which these applicants are found; who was made one with them is found by theirs too."""
    for begin in range(0, len(applicants), AT_ONCE):
        _respell(session, applicants[begin : begin + AT_ONCE])


def _respell(session: Session, ids: Collection[int]) -> None:
    session.execute(delete(ApplicantWord).where(ApplicantWord.applicant_id.in_(ids)))
    applicants = queries.all_of(session, ids)
    merged = queries.merged_into(session, [each.id for each in applicants.values() if each.merged_into_id is None])
    for applicant in applicants.values():
        if applicant.id in merged:
            _write_words(session, applicant, [applicant, *merged[applicant.id]])
        applicant.spelled = True
    session.flush()


def _write_words(session: Session, applicant: Applicant, bearers: Sequence[Applicant]) -> None:
    """The words of all these names find the applicant."""
    names = dict.fromkeys(name for each in bearers for name in (each.title, each.person_name) if name)
    readings = dict.fromkeys(key for name in names for key in spelling.readings(name) if key)
    of = {"organisation_id": applicant.organisation_id, "applicant_id": applicant.id}
    pairs = [(key, at) for key in readings for at in spelled(key)]
    rows = [of | {"key": key, "place": at.place, "first": at.first, "second": at.second} for key, at in pairs]
    if rows:
        session.execute(insert(ApplicantWord), rows)
        _learn(session, applicant.organisation_id, {at.first for _, at in pairs})


def _learn(session: Session, organisation: int, words: Collection[str]) -> None:
    """Words of names that nobody's had before, with their threes; in one order, so that no two wait for each other."""
    new = sorted(queries.unknown_words(session, organisation, words))
    if not new:
        return
    of = {"organisation_id": organisation}
    session.execute(upsert(NameWord).on_conflict_do_nothing(), [of | {"word": word} for word in new])
    threes = [of | {"word": word, "letters": letters} for word in new for letters in sorted(spelling.trigrams(word))]
    session.execute(upsert(NameTrigram).on_conflict_do_nothing(), threes)


def entitled(session: Session, applicant: Applicant, day: date) -> dict[str, list[str]]:
    """The entries of categories and status that hold on that day, by section, as a card has them."""
    found: dict[str, list[str]] = {}
    for each in queries.categories(session, [applicant.id]):
        if queries.is_in_force(each, day):
            found.setdefault(each.entry.section, []).append(str(each.entry_id))
    return found
