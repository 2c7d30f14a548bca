"""Every SELECT of applicants."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true, union, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from appeals.addresses.tables import House, Street
from appeals.applicants.model import ContactKind
from appeals.applicants.tables import (
    Applicant,
    ApplicantCategory,
    ApplicantChange,
    ApplicantContact,
    ApplicantMerge,
    ApplicantNote,
    ApplicantPair,
    ApplicantWord,
    NameTrigram,
    NameWord,
)
from appeals.model import OPEN
from appeals.tables import Appeal
from calls.tables import CallRow
from db import NotFound
from staff.tables import Person

PAGE = 50
BESIDE = 8  # appeals and calls beside a card
PLACES = range(8)  # of a word in a name
LOOKED_AT = 120  # readings that begin as typed
NEAR = 40  # words with the most threes in common
ALIKE_AT_MOST = 200  # of one phone or one house, compared with one another
_LAST = "\U0010ffff"

_WHOLE_HOUSE = joinedload(ApplicantContact.house).joinedload(House.street).joinedload(Street.settlement)
_BOTH = (joinedload(ApplicantPair.one), joinedload(ApplicantPair.other))


class Reading(NamedTuple):
    """One reading of an applicant's name."""

    applicant_id: int
    key: str


class Written(NamedTuple):
    """A note and who wrote it."""

    note: ApplicantNote
    writer: str


class Changed(NamedTuple):
    """What happened to a field, and by whom."""

    change: ApplicantChange
    who: str | None


def find(session: Session, applicant: int | None) -> Applicant | None:
    """The applicant with this id, if one is known."""
    return session.get(Applicant, applicant) if applicant is not None else None


def get(session: Session, applicant: int) -> Applicant:
    """The applicant with this id. NotFound."""
    found = find(session, applicant)
    if found is None:
        raise NotFound(f"applicant {applicant}")
    return found


def all_of(session: Session, ids: Collection[int]) -> dict[int, Applicant]:
    """These applicants."""
    return {each.id: each for each in session.scalars(select(Applicant).where(Applicant.id.in_(ids)))} if ids else {}


def by_phone(session: Session, phone: str | None, *, at_most: int | None = None) -> Sequence[Applicant]:
    """Everybody who is reached by this phone, newest first; nobody without a phone."""
    if not phone:
        return []
    wanted = select(Applicant).where(Applicant.id.in_(reached_by(phone)), Applicant.merged_into_id.is_(None))
    return session.scalars(wanted.order_by(Applicant.id.desc()).limit(at_most)).all()


def reached_by(phone: str) -> Select[int]:
    """The ids of everybody who is reached by this phone, as a part of other questions."""
    of_today = (ApplicantContact.kind == ContactKind.PHONE, ApplicantContact.until.is_(None))
    return select(ApplicantContact.applicant_id).where(ApplicantContact.value == phone, *of_today)


def by_code(session: Session, organisation: int, code: str) -> Applicant | None:
    """The organisation with this code of the state's register."""
    wanted = select(Applicant).where(
        Applicant.organisation_id == organisation, Applicant.code == code, Applicant.merged_into_id.is_(None)
    )
    return session.scalars(wanted.order_by(Applicant.id).limit(1)).first() if code else None


def begun(
    session: Session, organisation: int, words: Sequence[str], places: Iterable[int] = PLACES
) -> Sequence[Reading]:
    """Readings with a word that begins as the first of `words`, and beside it one as the second, if there is one.

    In the order of `places`, where in the name the first one stands, and then of the alphabet. Ranges instead of LIKE,
    which row-level security keeps from the index.
    """
    word = ApplicantWord
    conditions = [word.organisation_id == organisation, _begins(word.first, words[0])]
    conditions += [_begins(word.second, words[1])] if len(words) > 1 else []
    asked = select(word.applicant_id, word.key).where(*conditions).order_by(word.first, word.second)
    parts = [select(asked.where(word.place == place).limit(LOOKED_AT).subquery()) for place in places]
    return [Reading(*row) for row in session.execute(union_all(*parts))]


def _begins(column: InstrumentedAttribute[Any], beginning: str) -> ColumnElement[bool]:
    return and_(column >= beginning, column < beginning + _LAST)


def is_begun(session: Session, organisation: int, beginning: str) -> bool:
    """Whether anybody's name has a word that begins so."""
    known = exists().where(NameWord.organisation_id == organisation, _begins(NameWord.word, beginning))
    return bool(session.scalar(select(known)))


def near(session: Session, organisation: int, letters: Collection[str]) -> Sequence[str]:
    """Words of names that share the most threes of letters."""
    asked = (
        select(NameTrigram.word)
        .where(NameTrigram.organisation_id == organisation, NameTrigram.letters.in_(letters))
        .group_by(NameTrigram.word)
        .order_by(func.count().desc(), NameTrigram.word)
        .limit(NEAR)
    )
    return session.scalars(asked).all()


def unknown_words(session: Session, organisation: int, words: Collection[str]) -> set[str]:
    """Those of the words that nobody's name has had yet."""
    asked = select(NameWord.word).where(NameWord.organisation_id == organisation, NameWord.word.in_(words))
    return set(words) - set(session.scalars(asked))


def with_phone_begun(session: Session, organisation: int, beginnings: Collection[str]) -> Sequence[int]:
    """Applicants with a telephone that begins so."""
    value = ApplicantContact.value
    begins = or_(*(_begins(value, each) for each in beginnings))
    of_kind = (ApplicantContact.organisation_id == organisation, ApplicantContact.kind == ContactKind.PHONE)
    asked = select(ApplicantContact.applicant_id).where(*of_kind, begins)
    return list(dict.fromkeys(session.scalars(asked.limit(LOOKED_AT)))) if beginnings else []


def with_phone_ended(session: Session, organisation: int, digits: str) -> Sequence[int]:
    """Applicants with a telephone that ends with these digits."""
    backwards = _begins(ApplicantContact.backwards, digits[::-1])
    asked = select(ApplicantContact.applicant_id).where(ApplicantContact.organisation_id == organisation, backwards)
    return list(dict.fromkeys(session.scalars(asked.limit(LOOKED_AT))))


def living_in(session: Session, houses: Collection[int]) -> Sequence[int]:
    """Applicants with an address in one of these houses."""
    asked = select(ApplicantContact.applicant_id).where(ApplicantContact.house_id.in_(houses))
    return list(dict.fromkeys(session.scalars(asked.limit(ALIKE_AT_MOST)))) if houses else []


def contacts_in(session: Session, house: int) -> Sequence[ApplicantContact]:
    """Addresses of today in a house, the newest first."""
    theirs = (ApplicantContact.house_id == house, ApplicantContact.until.is_(None))
    asked = select(ApplicantContact).where(*theirs).order_by(ApplicantContact.id.desc())
    return session.scalars(asked.limit(ALIKE_AT_MOST)).all()


def contacts(session: Session, applicants: Collection[int]) -> Sequence[ApplicantContact]:
    """How these are reached, today's contacts before former ones, the newest first; addresses with their houses."""
    asked = select(ApplicantContact).where(ApplicantContact.applicant_id.in_(applicants)).options(_WHOLE_HOUSE)
    ordered = asked.order_by(ApplicantContact.until.desc().nulls_first(), ApplicantContact.id.desc())
    return session.scalars(ordered).all() if applicants else []


def find_contact(session: Session, applicant: int, kind: str, value: str) -> ApplicantContact | None:
    """This very contact, of today or former."""
    theirs = (ApplicantContact.applicant_id == applicant, ApplicantContact.kind == kind)
    return session.scalars(select(ApplicantContact).where(*theirs, ApplicantContact.value == value)).one_or_none()


def contact_of(session: Session, applicant: int, contact: int) -> ApplicantContact:
    """The contact of this applicant. NotFound."""
    found = session.get(ApplicantContact, contact)
    if found is None or found.applicant_id != applicant:
        raise NotFound(f"contact {contact}")
    return found


def categories(session: Session, applicants: Collection[int]) -> Sequence[ApplicantCategory]:
    """Benefit categories and social statuses, those of today before former ones."""
    asked = select(ApplicantCategory).where(ApplicantCategory.applicant_id.in_(applicants))
    ordered = asked.order_by(ApplicantCategory.until.desc().nulls_first(), ApplicantCategory.id)
    return session.scalars(ordered.options(joinedload(ApplicantCategory.entry))).all() if applicants else []


def category_of(session: Session, applicant: int, category: int) -> ApplicantCategory:
    """The category of this applicant. NotFound."""
    found = session.get(ApplicantCategory, category)
    if found is None or found.applicant_id != applicant:
        raise NotFound(f"category {category}")
    return found


def is_in_force(row: ApplicantContact | ApplicantCategory, day: date) -> bool:
    """Whether a contact or a category holds on that day."""
    return row.since <= day and (row.until is None or day <= row.until)


def notes(session: Session, applicant: int) -> Sequence[Written]:
    """What was written about the applicant, the newest first."""
    asked = select(ApplicantNote, Person.name).join(Person, Person.id == ApplicantNote.person_id)
    wanted = asked.where(ApplicantNote.applicant_id == applicant).order_by(ApplicantNote.id.desc())
    return [Written(*row) for row in session.execute(wanted)]


def changes(session: Session, applicant: int, *, at_most: int = PAGE) -> Sequence[Changed]:
    """What happened to the applicant's fields, the newest first."""
    asked = select(ApplicantChange, Person.name).outerjoin(Person, Person.id == ApplicantChange.person_id)
    wanted = asked.where(ApplicantChange.applicant_id == applicant).order_by(ApplicantChange.id.desc())
    return [Changed(*row) for row in session.execute(wanted.limit(at_most))]


def appeals_of(session: Session, applicants: Collection[int], *, at_most: int = PAGE) -> Sequence[Appeal]:
    """Their appeals: open ones first, then the newest."""
    ordered = (Appeal.state.in_(OPEN).desc(), Appeal.registered_at.desc(), Appeal.id.desc())
    asked = select(Appeal).where(Appeal.applicant_id.in_(applicants)).options(joinedload(Appeal.applicant))
    return session.scalars(asked.order_by(*ordered).limit(at_most)).all() if applicants else []


def calls_of(session: Session, organisation: int, phones: Collection[str], *, at_most: int) -> Sequence[CallRow]:
    """Calls from these numbers, the newest first."""
    theirs = (CallRow.organisation_id == organisation, CallRow.caller.in_(phones))
    asked = select(CallRow).where(*theirs).order_by(CallRow.arrived_at.desc()).limit(at_most)
    return session.scalars(asked).all() if phones else []


def last_change(session: Session, applicant: int) -> int:
    """The number of the last change of the applicant's fields; 0 before the first."""
    theirs = ApplicantChange.applicant_id == applicant
    return session.scalar(select(func.max(ApplicantChange.id)).where(theirs)) or 0


def ids_of_appeals(session: Session, applicant: int) -> Sequence[int]:
    """All of the applicant's appeals."""
    return session.scalars(select(Appeal.id).where(Appeal.applicant_id == applicant)).all()


def appeals_counted(session: Session, applicants: Collection[int]) -> Mapping[int, int]:
    """How many appeals each of them has."""
    asked = select(Appeal.applicant_id, func.count()).where(Appeal.applicant_id.in_(applicants))
    rows = session.execute(asked.group_by(Appeal.applicant_id)) if applicants else ()
    return {applicant: number for applicant, number in rows}  # noqa: C416 - a row is no pair to mypy


def merged_into(session: Session, kept: Collection[int]) -> Mapping[int, list[Applicant]]:
    """Everybody who was made one with each of these, and with those; `kept` are none that were made one themselves."""
    found: dict[int, list[Applicant]] = {each: [] for each in kept}
    whose = {each: each for each in kept}
    level = list(kept)
    while level:
        below = session.scalars(select(Applicant).where(Applicant.merged_into_id.in_(level))).all()
        for each in below:
            assert each.merged_into_id is not None
            whose[each.id] = whose[each.merged_into_id]
            found[whose[each.id]].append(each)
        level = [each.id for each in below]
    return found


def kept_of(session: Session, applicant: Applicant) -> Applicant:
    """Whom a duplicate was made one with in the end; the applicant themselves where it is none."""
    while applicant.merged_into_id is not None:
        applicant = get(session, applicant.merged_into_id)
    return applicant


def not_spelled(session: Session, *, at_most: int) -> Sequence[int]:
    """Applicants whose words are not written yet."""
    asked = select(Applicant.id).where(Applicant.spelled.is_(False)).order_by(Applicant.id).limit(at_most)
    return session.scalars(asked).all()


def not_compared(session: Session, *, at_most: int) -> Sequence[Applicant]:
    """Applicants who have not been compared with those like them since they changed."""
    asked = select(Applicant).where(Applicant.compared.is_(False), Applicant.spelled.is_(True))
    return session.scalars(asked.order_by(Applicant.id).limit(at_most)).all()


def perhaps_alike(session: Session, applicant: Applicant, contacts: Iterable[ApplicantContact]) -> Sequence[Applicant]:
    """Everybody who shares a contact or a code with the applicant."""
    shared = [and_(ApplicantContact.kind == each.kind, ApplicantContact.value == each.value) for each in contacts]
    houses = [each.house_id for each in contacts if each.house_id is not None]
    of_organisation = ApplicantContact.organisation_id == applicant.organisation_id
    wanted = []
    if shared:
        wanted.append(select(ApplicantContact.applicant_id).where(of_organisation, or_(*shared)).limit(ALIKE_AT_MOST))
    if houses:
        in_house = select(ApplicantContact.applicant_id).where(ApplicantContact.house_id.in_(houses))
        wanted.append(in_house.limit(ALIKE_AT_MOST))
    if applicant.code:
        theirs = (Applicant.organisation_id == applicant.organisation_id, Applicant.code == applicant.code)
        wanted.append(select(Applicant.id).where(*theirs).limit(ALIKE_AT_MOST))
    if not wanted:
        return []
    ids = set(session.scalars(union(*wanted) if len(wanted) > 1 else wanted[0])) - {applicant.id}
    return [each for each in all_of(session, ids).values() if each.merged_into_id is None]


def pairs(session: Session, *, after: int | None = None) -> Sequence[ApplicantPair]:
    """Likely duplicates that nobody has decided about, the newest first, `PAGE` + 1 at most."""
    older = ApplicantPair.id < after if after is not None else true()
    asked = select(ApplicantPair).where(_waits(), older).options(*_BOTH)
    return session.scalars(asked.order_by(ApplicantPair.id.desc()).limit(PAGE + 1)).all()


def pairs_of(session: Session, applicant: int) -> Sequence[ApplicantPair]:
    """Likely duplicates of the applicant that nobody has decided about."""
    theirs = or_(ApplicantPair.one_id == applicant, ApplicantPair.other_id == applicant)
    return session.scalars(select(ApplicantPair).where(_waits(), theirs).options(*_BOTH)).all()


def count_pairs(session: Session) -> int:
    """How many pairs wait for somebody's decision."""
    return session.scalar(select(func.count()).select_from(ApplicantPair).where(_waits())) or 0


def _waits() -> ColumnElement[bool]:
    """Whether a pair is undecided, and neither of the two somebody's duplicate meanwhile."""
    is_merged = Applicant.merged_into_id.is_not(None)
    either = or_(Applicant.id == ApplicantPair.one_id, Applicant.id == ApplicantPair.other_id)
    return and_(ApplicantPair.settled_at.is_(None), ~exists().where(is_merged, either))


def find_pair(session: Session, one: int, other: int) -> ApplicantPair | None:
    """What is known of these two as a pair."""
    low, high = sorted((one, other))
    asked = select(ApplicantPair).where(ApplicantPair.one_id == low, ApplicantPair.other_id == high)
    return session.scalars(asked).one_or_none()


def get_merge(session: Session, merge: int) -> ApplicantMerge:
    """One merge, locked until the end of the transaction. NotFound."""
    found = session.get(ApplicantMerge, merge, with_for_update=True)
    if found is None:
        raise NotFound(f"merge {merge}")
    return found


def merges_of(session: Session, applicant: int) -> Sequence[ApplicantMerge]:
    """Merges that this applicant was part of, the newest first."""
    theirs = or_(ApplicantMerge.kept_id == applicant, ApplicantMerge.merged_id == applicant)
    return session.scalars(select(ApplicantMerge).where(theirs).order_by(ApplicantMerge.id.desc())).all()


def merged_since(session: Session, merge: ApplicantMerge) -> bool:
    """Whether a later merge, not undone, was built upon this one."""
    both = (merge.kept_id, merge.merged_id)
    later = exists().where(
        ApplicantMerge.id > merge.id,
        ApplicantMerge.undone_at.is_(None),
        or_(ApplicantMerge.kept_id.in_(both), ApplicantMerge.merged_id.in_(both)),
    )
    return bool(session.scalar(select(later)))
