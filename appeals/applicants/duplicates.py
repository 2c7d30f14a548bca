"""Applicants who are likely one: compared with those who share a contact with them, and what people decide of it."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from appeals import spelling
from appeals.addresses.model import without_flat
from appeals.applicants import queries, service
from appeals.applicants.model import ContactKind, Face, Likeness, likenesses
from appeals.applicants.tables import Applicant, ApplicantContact, ApplicantPair
from staff.audit import audit
from staff.tables import Person


def face(applicant: Applicant, contacts: Collection[ApplicantContact]) -> Face:
    """What tells the applicant from others; a house by its id, whatever it is called, and the flat."""
    values = {kind: [each for each in contacts if each.kind == kind] for kind in ContactKind}
    return Face(
        kind=applicant.kind,
        name=spelling.key(applicant.name),
        code=applicant.code,
        phones=frozenset(each.value for each in values[ContactKind.PHONE]),
        emails=frozenset(each.value.casefold() for each in values[ContactKind.EMAIL]),
        addresses=frozenset(_place(each) for each in values[ContactKind.ADDRESS]),
    )


def _place(address: ApplicantContact) -> str:
    if address.house_id is not None:
        return f"{address.house_id} {''.join(each for each in address.detail if each.isdigit())}"
    house, flat = without_flat(address.value)
    return f"{spelling.key(house)} {''.join(each for each in flat if each.isdigit())}"


def compare(session: Session, applicants: Sequence[Applicant]) -> int:
    """Notes each pair of these and others that are likely one; how many are new."""
    found = 0
    for applicant in applicants:
        applicant.compared = True
        if applicant.merged_into_id is None:
            found += _compare(session, applicant)
    session.flush()
    return found


def _compare(session: Session, applicant: Applicant) -> int:
    own = queries.contacts(session, [applicant.id])
    others = queries.perhaps_alike(session, applicant, own)
    theirs: dict[int, list[ApplicantContact]] = {}
    for contact in queries.contacts(session, [each.id for each in others]):
        theirs.setdefault(contact.applicant_id, []).append(contact)
    mine = face(applicant, own)
    found = 0
    for other in others:
        why = likenesses(mine, face(other, theirs.get(other.id, [])))
        found += _note(session, applicant, other, why) if why else 0
    return found


def _note(session: Session, applicant: Applicant, other: Applicant, why: Sequence[Likeness]) -> int:
    """The pair as it is alike now; one that somebody has decided about stays decided."""
    one, two = sorted((applicant.id, other.id))
    row = {"organisation_id": applicant.organisation_id, "one_id": one, "other_id": two}
    pair = insert(ApplicantPair).values(**row, likenesses=[each.value for each in why])
    again = pair.on_conflict_do_update(
        index_elements=["one_id", "other_id"], set_={"likenesses": pair.excluded.likenesses}
    )
    known = queries.find_pair(session, one, two)
    session.execute(again)
    return 1 if known is None else 0


def part(session: Session, one: Applicant, other: Applicant, *, by: Person) -> None:
    """The two are not one: nobody is asked about them again."""
    low, high = sorted((one.id, other.id))
    settled = {"settled_at": datetime.now(UTC), "settled_by": by.id}
    row = {"organisation_id": one.organisation_id, "one_id": low, "other_id": high, "likenesses": []}
    pair = insert(ApplicantPair).values(**row, **settled)
    session.execute(pair.on_conflict_do_update(index_elements=["one_id", "other_id"], set_=settled))
    audit(session, by, "applicant.told_apart", f"applicant:{one.id}", other=str(other.id))


def settle(session: Session, one: int, other: int, *, by: Person | None) -> None:
    """The pair needs nobody's decision any more; with nobody named it waits for one again."""
    pair = queries.find_pair(session, one, other)
    if pair is not None:
        pair.settled_at = datetime.now(UTC) if by is not None else None
        pair.settled_by = by.id if by is not None else None
        session.flush()


def look_anew(session: Session, *, at_most: int) -> tuple[int, int, int]:
    """Writes words that are not written yet, and compares who was not compared; how many of both, and the new pairs."""
    unwritten = queries.not_spelled(session, at_most=at_most)
    service.respell(session, unwritten)
    waiting = queries.not_compared(session, at_most=at_most)
    return len(unwritten), len(waiting), compare(session, waiting)
