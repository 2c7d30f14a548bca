"""Every SELECT of the journal but the list itself."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    any_,
    exists,
    func,
    intersect,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from appeals.addresses.tables import AppealAddress, House, Street
from appeals.classifier.model import Section
from appeals.classifier.tables import ClassifierEntry
from appeals.executors import queries as executors_of
from appeals.executors.tables import Executor
from appeals.journal.directories import Row
from appeals.journal.model import AT_WORK, PRESSED_TWICE, UNDER_WAY, DeedState, ExportState
from appeals.journal.tables import IS_ASSIGNED, IS_OPEN, Deed, Export, Line, Taste, View, Word
from appeals.numbering.tables import AppealIndex
from appeals.particulars.tables import AppealCode
from appeals.tables import Appeal
from appeals.terms.panel import bars
from appeals.workflow import queries as work
from appeals.workflow.tables import Assignment
from db import NotFound
from staff.tables import Person
from staff.teams import queries as teams
from web.periods import midnight

SHOWN = 20  # deeds on a page


class Load(NamedTuple):
    """How many open appeals in one state an executor has, how many of them late, how many due within a day."""

    executor: int  # 0: nobody
    state: str
    number: int
    overdue: int
    due: int


def loads(session: Session, organisation: int, now: datetime, *, due_from: datetime, due_to: datetime) -> list[Load]:
    """What every executor has, as the main one or beside it, and what nobody has; only what is not nothing.

    Who has it is looked up for each open appeal (`OFFSET 0`): all that was ever given is many times as much (0130).
    """
    due = func.count().filter(Line.due_at >= due_from, Line.due_at < due_to)
    told = (Line.state, func.count(), func.count().filter(Line.due_at < now), due)
    here = (Line.organisation_id == organisation, IS_OPEN)
    given = select(Assignment.executor_id).where(Assignment.appeal_id == Line.appeal_id, IS_ASSIGNED)
    who = given.where(Assignment.organisation_id == organisation).offset(0).lateral("who")
    had = select(who.c.executor_id, *told).select_from(Line).join(who, true()).where(*here)
    had = had.group_by(who.c.executor_id, Line.state)
    not_had = select(literal(0), *told).where(*here, Line.executor == "").group_by(Line.state)
    return [Load(*row) for each in (had, not_had) for row in session.execute(each)]


def is_in_a_line(session: Session, organisation: int, field: InstrumentedAttribute[Any], code: str | int) -> bool:
    """Whether an appeal has this code, offered or not."""
    return has_a_line(session, organisation, field == code)


def has_a_line(session: Session, organisation: int, where: ColumnElement[bool]) -> bool:
    """Whether there is an appeal like that."""
    return bool(session.scalar(select(exists().where(Line.organisation_id == organisation, where))))


def executors(session: Session, ids: Iterable[int]) -> Sequence[Executor]:
    """These executors, closed ones too."""
    return session.scalars(select(Executor).where(Executor.id.in_(list(ids)))).all()


def rows(session: Session, appeals: Sequence[int]) -> list[Row]:
    """What the journal shows of these appeals, in their order."""
    ids = literal(list(appeals), ARRAY(BigInteger))
    indexed = select(Appeal, AppealIndex.written).outerjoin(AppealIndex, AppealIndex.appeal_id == Appeal.id)
    wanted = indexed.where(Appeal.id == any_(ids)).options(joinedload(Appeal.applicant))
    found = {row[0].id: (row[0], row[1] or "") for row in session.execute(wanted)} if appeals else {}
    addresses, signs = _addresses(session, appeals), _signs(session, appeals)
    of_terms = bars([appeal for appeal, _index in found.values()])
    given = work.executors_of(session, appeals)
    return [
        Row(found[each][0], addresses[each], signs.get(each), of_terms.get(each), given.get(each, ()), found[each][1])
        for each in appeals
        if each in found
    ]


def _addresses(session: Session, appeals: Sequence[int]) -> defaultdict[int, list[AppealAddress]]:
    of_house = joinedload(AppealAddress.house)
    wanted = (
        select(AppealAddress)
        .where(AppealAddress.appeal_id == any_(literal(list(appeals), ARRAY(BigInteger))))
        .options(of_house.joinedload(House.street).joinedload(Street.settlement), of_house.joinedload(House.district))
        .order_by(AppealAddress.appeal_id, AppealAddress.position)
    )
    found: defaultdict[int, list[AppealAddress]] = defaultdict(list)
    for address in session.scalars(wanted) if appeals else ():
        found[address.appeal_id].append(address)
    return found


def _signs(session: Session, appeals: Sequence[int]) -> dict[int, ClassifierEntry]:
    wanted = (
        select(AppealCode.appeal_id, ClassifierEntry)
        .join(ClassifierEntry, ClassifierEntry.id == AppealCode.entry_id)
        .where(AppealCode.appeal_id == any_(literal(list(appeals), ARRAY(BigInteger))))
        .where(AppealCode.section == Section.SIGN)
    )
    return {row[0]: row[1] for row in session.execute(wanted)} if appeals else {}


def unspelled(session: Session, *, at_most: int) -> Sequence[Appeal]:
    """Appeals whose words are still to be written, with their applicants."""
    waiting = select(Line.appeal_id).where(Line.unspelled).order_by(Line.appeal_id).limit(at_most)
    wanted = select(Appeal).where(Appeal.id.in_(waiting)).options(joinedload(Appeal.applicant))
    return session.scalars(wanted.order_by(Appeal.id)).all()


def written_addresses(session: Session, appeals: Sequence[int]) -> Sequence[AppealAddress]:
    """Addresses that name no house we know."""
    ids = literal(list(appeals), ARRAY(BigInteger))
    wanted = select(AppealAddress).where(AppealAddress.appeal_id == any_(ids), AppealAddress.house_id.is_(None))
    return session.scalars(wanted).all()


def with_all_words(begun: Iterable[Iterable[ColumnElement[bool]]]) -> CompoundSelect[tuple[int]]:
    """The appeals that have a word for each of these conditions."""
    return intersect(*(select(Word.appeal_id).where(*each) for each in begun))


def locked(session: Session, numbers: Iterable[str]) -> Sequence[Appeal]:
    """These appeals as they are now, locked in one order, so that two who change many never wait for each other."""
    wanted = select(Appeal).where(Appeal.number.in_(list(numbers))).order_by(Appeal.id)
    return session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()


def views(session: Session, person: Person) -> Sequence[View]:
    """A person's own views and those that are shared with them."""
    return session.scalars(select(View).where(_open_to(session, person)).order_by(View.name, View.id)).all()


def _open_to(session: Session, person: Person) -> ColumnElement[bool]:
    theirs = sorted(executors_of.seen_by(session, person.id, midnight().date()))
    whose = (View.role.in_(person.roles), View.executor_id.in_(theirs), View.team_id.in_(teams.of_person(person.id)))
    shared = or_(View.shared, *whose)
    return or_(View.person_id == person.id, shared)


def names_of_views(session: Session, person: int) -> Sequence[str]:
    """What a person's own views are called."""
    return session.scalars(select(View.name).where(View.person_id == person)).all()


def find_view(session: Session, person: int, name: str) -> View | None:
    """A person's own view of this name."""
    return session.scalars(select(View).where(View.person_id == person, View.name == name)).one_or_none()


def view(session: Session, view_id: int, person: Person) -> View:
    """A view that this person may open. NotFound."""
    found = session.scalars(select(View).where(View.id == view_id, _open_to(session, person))).one_or_none()
    if found is None:
        raise NotFound(f"view {view_id}")
    return found


def taste(session: Session, person: int) -> list[str]:
    """The columns a person has chosen; none is the usual ones."""
    found = session.get(Taste, person)
    return found.columns if found is not None else []


def export(session: Session, export_id: int, person: int) -> Export:
    """A file that this person asked for. NotFound, also when its time is over."""
    found = session.get(Export, export_id)
    if found is None or found.person_id != person or found.expires_at <= datetime.now(UTC):
        raise NotFound(f"file {export_id}")
    return found


def exports(session: Session, person: int) -> Sequence[Export]:
    """The files that a person asked for, the newest first."""
    mine = select(Export).where(Export.person_id == person, Export.expires_at > datetime.now(UTC))
    return session.scalars(mine.order_by(Export.id.desc())).all()


def to_make(session: Session, silent: timedelta) -> Sequence[int]:
    """Files that wait, or whose maker has said nothing for so long."""
    wanted = select(Export.id).where(Export.state.in_(sorted(UNDER_WAY)))
    return session.scalars(wanted.where(Export.told_at < datetime.now(UTC) - silent).order_by(Export.id)).all()


def over(session: Session) -> Sequence[Export]:
    """Files whose time is over, and those that somebody gave up while they were made."""
    return session.scalars(select(Export).where(Export.expires_at <= datetime.now(UTC)).order_by(Export.id)).all()


def take(session: Session, export_id: int) -> Export | None:
    """The file, locked for who makes it; None where somebody else does, or it is done or given up."""
    wanted: Select[Export] = select(Export).where(Export.id == export_id).with_for_update(skip_locked=True)
    found = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    return found if found is not None and found.state in UNDER_WAY else None


def state_of(session: Session, export_id: int) -> str:
    """Where it stands now."""
    return session.scalar(select(Export.state).where(Export.id == export_id)) or ExportState.CANCELLED


def deed(session: Session, deed_id: int, person: int, *, lock: bool = False) -> Deed:
    """What this person did to many. NotFound."""
    found = session.get(Deed, deed_id, with_for_update=lock or None, populate_existing=lock)
    if found is None or found.person_id != person:
        raise NotFound(f"deed {deed_id}")
    return found


def deeds(session: Session, person: int) -> Sequence[Deed]:
    """What this person has lately done to many, the newest first."""
    return session.scalars(select(Deed).where(Deed.person_id == person).order_by(Deed.id.desc()).limit(SHOWN)).all()


def same_deed(session: Session, deed: Deed) -> Deed | None:
    """The same that this person asked for: a worker is still at it, or it is done a moment ago and the last one done.

    Until the end of this transaction the person asks for nothing else, so that pressed twice it is found.
    """
    session.execute(select(Person.id).where(Person.id == deed.person_id).with_for_update(key_share=True))
    same = [Deed.person_id == deed.person_id, Deed.deed == deed.deed, Deed.marked == deed.marked]
    whom = [Deed.executor_id.is_not_distinct_from(deed.executor_id), Deed.part.is_not_distinct_from(deed.part)]
    last = select(func.max(Deed.id)).where(Deed.person_id == deed.person_id).scalar_subquery()
    lately = and_(
        Deed.id == last,
        Deed.state == DeedState.DONE,
        Deed.undone_at.is_(None),
        Deed.done_at > datetime.now(UTC) - PRESSED_TWICE,
    )
    wanted = select(Deed).where(*same, *whom, or_(Deed.state == DeedState.RUNNING, lately)).order_by(Deed.id).limit(1)
    return session.scalars(wanted).one_or_none()


def deed_at_work(session: Session, deed_id: int) -> Deed | None:
    """The deed, locked for who does the next appeal of it; None where it is over."""
    found = session.get(Deed, deed_id, with_for_update=True, populate_existing=True)
    return found if found is not None and found.state in AT_WORK else None


def deeds_to_do(session: Session, silent: timedelta) -> Sequence[int]:
    """Deeds whose worker has said nothing for so long."""
    wanted = select(Deed.id).where(Deed.state.in_(sorted(AT_WORK)), Deed.told_at < datetime.now(UTC) - silent)
    return session.scalars(wanted.order_by(Deed.id)).all()
