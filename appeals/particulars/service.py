"""Every change to an appeal's particulars."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlalchemy.orm import Session

from appeals.classifier import queries as classifier
from appeals.classifier.model import Section
from appeals.classifier.tables import ClassifierEntry
from appeals.particulars import queries
from appeals.particulars.model import ANY_TOPIC, CHOSEN, USUAL, Particulars, usual
from appeals.particulars.tables import AppealCode, AppealParticulars
from appeals.tables import Appeal
from staff import queries as staff


def faults(
    offered: Mapping[Section, Sequence[ClassifierEntry]], codes: Mapping[Section, Sequence[int]]
) -> list[Section]:
    """Sections of which something was sent that is not offered: out of use, of another section, invented."""
    return [
        section for section, ids in codes.items() if not set(ids) <= {entry.id for entry in offered.get(section, ())}
    ]


def offered(session: Session, organisation: int) -> dict[Section, list[ClassifierEntry]]:
    """What a card of today may take, of this organisation alone."""
    zone = staff.organisation(session, organisation).zone
    known = classifier.offered(session, datetime.now(zone).date())
    return {
        section: [entry for entry in entries if entry.organisation_id == organisation]
        for section, entries in known.items()
    }


def write(
    session: Session, appeal: Appeal, given: Particulars, mine: Mapping[Section, Sequence[ClassifierEntry]]
) -> None:
    """What was filled in, and what follows from the channel, the kind and the result where nobody chose."""
    for section in CHOSEN:
        ids = list(dict.fromkeys(given.codes.get(section, ())))
        if not ids and section in USUAL:
            ids = _of(usual(mine[section], appeal.source))
        if not ids and section is Section.QUESTION:
            ids = [entry.id for entry in _asked(mine, appeal.topic)]
        _code(session, appeal, section, ids)
    _code(session, appeal, Section.KIND, _of(usual(mine[Section.KIND], appeal.kind)))
    if appeal.result:
        _code(session, appeal, Section.RESULT, _of(usual(mine[Section.RESULT], appeal.result)))
    paper = {
        name: getattr(given, name)
        for name in ("signatories", "signed_on", "sent_by", "covering_number", "covering_on", "more_questions")
    }
    if given != Particulars(codes=given.codes):
        session.add(AppealParticulars(organisation_id=appeal.organisation_id, appeal_id=appeal.id, **paper))
    session.flush()


def conclude(session: Session, appeal: Appeal) -> None:
    """The code of the result that the appeal has now."""
    assert appeal.result is not None
    mine = offered(session, appeal.organisation_id)
    _code(session, appeal, Section.RESULT, _of(usual(mine[Section.RESULT], appeal.result)))


def recode_kind(session: Session, appeal: Appeal) -> None:
    """The code of the kind that the appeal has now."""
    mine = offered(session, appeal.organisation_id)
    _recode(session, appeal, Section.KIND, _of(usual(mine[Section.KIND], appeal.kind)))


def recode_topic(session: Session, appeal: Appeal, was: str) -> None:
    """The question that the topic stands for now, where the old topic's was noted; one that somebody chose stays."""
    mine = offered(session, appeal.organisation_id)
    noted = [entry.code for code, entry in queries.codes(session, appeal.id) if code.section == Section.QUESTION]
    if noted == [entry.code for entry in _asked(mine, was)]:
        _recode(session, appeal, Section.QUESTION, [entry.id for entry in _asked(mine, appeal.topic)])


def _recode(session: Session, appeal: Appeal, section: Section, ids: Sequence[int]) -> None:
    """The section has these codes and no others."""
    session.execute(delete(AppealCode).where(AppealCode.appeal_id == appeal.id, AppealCode.section == section))
    _code(session, appeal, section, ids)
    session.flush()


def carry_over(session: Session, earlier: int, appeal: Appeal) -> None:
    """The codes of an earlier appeal for one that goes on with it, marked as repeated, without a result."""
    session.execute(delete(AppealCode).where(AppealCode.appeal_id == appeal.id))
    repeated = usual(offered(session, appeal.organisation_id)[Section.SIGN], "repeated")
    for code, entry in queries.codes(session, earlier):
        if entry.section not in {Section.RESULT, Section.SIGN}:
            _code(session, appeal, Section(entry.section), [entry.id], place=code.position)
    _code(session, appeal, Section.SIGN, _of(repeated))
    session.flush()


def received_at(day: date | None, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment of a receipt: of another day its beginning, else now."""
    if day is None or day >= now.astimezone(zone).date():
        return now
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _asked(mine: Mapping[Section, Sequence[ClassifierEntry]], topic: str) -> list[ClassifierEntry]:
    """What the topic stands for, where the classifier says so (Z-40)."""
    entry = usual(mine[Section.QUESTION], topic) or usual(mine[Section.QUESTION], ANY_TOPIC)
    return [entry] if entry is not None else []


def _of(entry: ClassifierEntry | None) -> list[int]:
    return [entry.id] if entry is not None else []


def _code(session: Session, appeal: Appeal, section: Section, ids: Iterable[int], *, place: int = 0) -> None:
    whose = {"organisation_id": appeal.organisation_id, "appeal_id": appeal.id, "section": section}
    session.add_all(AppealCode(**whose, entry_id=entry, position=at) for at, entry in enumerate(ids, place))
