"""Every change of works and of the services they affect: one function a deed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from appeals.works import houses, model, queries
from appeals.works.history import note
from appeals.works.model import TRANSITIONS, Change, Deed, Kind, Refusal, State
from appeals.works.tables import Work, WorkService
from appeals.works.words import USUAL_SERVICES
from db import Conflict
from staff.audit import audit, changed
from staff.tables import Person


class NotTaken(Conflict):
    """A work that does not take what was asked; `why` says the reason."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


class ChangedMeanwhile(Conflict):
    """Somebody has changed the work since it was shown."""


class CodeTaken(Conflict):
    """There is a service of this code, perhaps switched off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is said of a work when it is entered or edited."""

    kind: Kind
    service_id: int
    reason: str
    contact: str
    facility_id: int | None
    enterprise_id: int | None
    planned_from: datetime
    planned_until: datetime | None
    said: Mapping[str, str] = field(default_factory=dict)


def enter(session: Session, content: Content, *, by: Person) -> Work:
    """A work with the houses that its object or enterprise has. NotTaken for terms that cannot be."""
    now = datetime.now(UTC)
    _refuse(model.fault_of_terms(content.kind, content.planned_from, content.planned_until, now))
    state = model.begins_as(content.kind, content.planned_from, now)
    work = Work(
        organisation_id=by.organisation_id,
        state=state,
        actual_from=content.planned_from if state is State.IN_PROGRESS else None,
        changed_by=by.id,
        version=1,
        **_fields(content),
    )
    session.add(work)
    session.flush()
    houses.draw(session, work)
    note(session, work, Change.ENTERED, by=by)
    audit(session, by, "work.entered", f"work:{work.id}", kind=work.kind)
    return work


def edit(session: Session, work_id: int, content: Content, *, version: int, by: Person) -> Work:
    """Says otherwise what was said; the terms of a work that has begun are moved by its deeds only.

    ChangedMeanwhile where somebody was faster, NotTaken, Conflict for one that is over.
    """
    work = queries.locked(session, work_id)
    if work.version != version:
        raise ChangedMeanwhile(f"work {work_id}")
    if work.state not in model.OPEN:
        raise Conflict(f"work {work_id} is over")
    wanted = _fields(content)
    if work.state == State.PLANNED:
        _refuse(model.fault_of_terms(content.kind, content.planned_from, content.planned_until, datetime.now(UTC)))
    else:
        wanted |= {name: getattr(work, name) for name in ("kind", "planned_from", "planned_until")}
    changed = {
        name: [_written(getattr(work, name)), _written(value)]
        for name, value in wanted.items()
        if getattr(work, name) != value
    }
    if not changed:
        return work
    for name in changed:
        setattr(work, name, wanted[name])
    if changed.keys() & {"facility_id", "enterprise_id"}:
        houses.draw(session, work)
    _touch(session, work, Change.EDITED, by=by, details=changed)
    audit(session, by, "work.changed", f"work:{work_id}", fields=", ".join(sorted(changed)))
    return work


def begin(session: Session, work_id: int, at: datetime, *, version: int, by: Person) -> Work:
    """People have begun. NotTaken for a time to come; Conflict where it has begun or is over."""
    work, state = _moving(session, work_id, Deed.BEGIN, version)
    if at > datetime.now(UTC):
        raise NotTaken(Refusal.NOT_YET)
    work.actual_from = at
    return _moved(session, work, Deed.BEGIN, state, by=by)


def extend(session: Session, work_id: int, until: datetime, reason: str, *, version: int, by: Person) -> Work:
    """It lasts longer than was said, and why. NotTaken, Conflict."""
    work, state = _moving(session, work_id, Deed.EXTEND, version)
    _refuse(model.fault_of_extension(until, work.planned_from, work.planned_until, datetime.now(UTC), reason))
    work.planned_until = until
    return _moved(session, work, Deed.EXTEND, state, by=by, reason=reason)


def finish(session: Session, work_id: int, at: datetime, reason: str, *, version: int, by: Person) -> Work:
    """The service is back. NotTaken for a time to come or before the beginning; Conflict."""
    work, state = _moving(session, work_id, Deed.FINISH, version)
    if at > datetime.now(UTC) or (work.actual_from is not None and at < work.actual_from):
        raise NotTaken(Refusal.NOT_YET)
    work.actual_until = at
    return _moved(session, work, Deed.FINISH, state, by=by, reason=reason)


def cancel(session: Session, work_id: int, reason: str, *, version: int, by: Person) -> Work:
    """It does not take place, or was a false alarm, and why. NotTaken without a reason; Conflict."""
    work, state = _moving(session, work_id, Deed.CANCEL, version)
    if not reason.strip():
        raise NotTaken(Refusal.NO_REASON)
    return _moved(session, work, Deed.CANCEL, state, by=by, reason=reason)


def load_services(session: Session, organisation: int) -> int:
    """The usual services where the organisation lacks them; how many came."""
    there = {each.code for each in queries.services(session) if each.organisation_id == organisation}
    missing = [(place, code) for place, code in enumerate(USUAL_SERVICES) if code not in there]
    session.add_all(
        WorkService(organisation_id=organisation, code=code, name=dict(USUAL_SERVICES[code]), position=place)
        for place, code in missing
    )
    session.flush()
    return len(missing)


def add_service(session: Session, code: str, names: Mapping[str, str], *, by: Person) -> WorkService:
    """A service more, the last one. CodeTaken."""
    last = max((each.position for each in queries.services(session)), default=-1)
    service = WorkService(organisation_id=by.organisation_id, code=code, name=dict(names), position=last + 1)
    try:
        with session.begin_nested():
            session.add(service)
    except IntegrityError as error:
        raise CodeTaken(code) from error
    audit(session, by, "work_service.added", f"work_service:{code}", **names)
    return service


def rename_service(session: Session, service: WorkService, names: Mapping[str, str], *, by: Person) -> None:
    """Other names; works of before have them too."""
    told = changed(service.name, names)
    service.name = dict(names)
    session.flush()
    if told:
        audit(session, by, "work_service.changed", f"work_service:{service.code}", **told)


def switch_service(session: Session, service: WorkService, *, on: bool, by: Person) -> None:
    """It is chosen again, or no longer."""
    service.disabled_at = None if on else datetime.now(UTC)
    session.flush()
    audit(session, by, "work_service.enabled" if on else "work_service.disabled", f"work_service:{service.code}")


def _fields(content: Content) -> dict[str, Any]:
    return {
        "kind": content.kind.value,
        "service_id": content.service_id,
        "reason": content.reason,
        "contact": content.contact,
        "facility_id": content.facility_id,
        "enterprise_id": content.enterprise_id,
        "planned_from": content.planned_from,
        "planned_until": content.planned_until,
        "said": dict(content.said),
    }


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _moving(session: Session, work_id: int, deed: Deed, version: int) -> tuple[Work, State]:
    """The work and its next state. ChangedMeanwhile; Conflict where the deed is not in the table."""
    work = queries.locked(session, work_id)
    if work.version != version:
        raise ChangedMeanwhile(f"work {work_id}")
    state = TRANSITIONS.get((State(work.state), deed))
    if state is None:
        raise Conflict(f"{deed} of work {work_id}, which is {work.state}")
    return work, state


def _moved(session: Session, work: Work, deed: Deed, state: State, *, by: Person, reason: str = "") -> Work:
    work.state = state
    _touch(session, work, Change(deed.value), by=by, reason=reason)
    audit(session, by, "work.moved", f"work:{work.id}", state=work.state, reason=reason)
    return work


def _touch(
    session: Session,
    work: Work,
    change: Change,
    *,
    by: Person,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    work.version, work.changed_by = work.version + 1, by.id
    work.changed_at = datetime.now(UTC)
    session.flush()
    note(session, work, change, by=by, reason=reason, details=details)


def _refuse(why: Refusal | None) -> None:
    if why is not None:
        raise NotTaken(why)
