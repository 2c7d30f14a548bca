"""What a supervisor does at the board and in an incident; how those pages are asked."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from acd.temporary.tables import TemporaryBatch
from calls.model import Language
from staff.tables import Person
from supervisor.supervision.tables import Supervision, SupervisorMessage
from supervisor.surge import service as surge
from supervisor.surge.tables import IncidentPlan
from tests.pages.belongings.asking import Asked

NAMES_AN_OBJECT: dict[str, Asked] = {
    "POST /board/supervisions": Asked(
        "/board/supervisions", {"agent": "{person}", "mode": "listen", "purpose": "quality"}
    ),
    "POST /board/supervisions/{supervision_id}/mode": Asked(
        "/board/supervisions/{supervision}/mode", {"mode": "barge"}
    ),
    "POST /board/agents/{person_id}/message": Asked(
        "/board/agents/{person}/message", {"text": "Перерва", "cause": "rest"}
    ),
    "POST /board/agents/{person_id}/pause": Asked("/board/agents/{person}/pause", {"cause": "load"}),
    "POST /board/agents/{person_id}/sign-out": Asked("/board/agents/{person}/sign-out", {"cause": "load"}),
    "GET /board/of-call": Asked("/board/of-call?call={call}"),
    "GET /surge/plans/{plan_id}": Asked("/surge/plans/{plan}"),
    "POST /surge/plans/{plan_id}": Asked(
        "/surge/plans/{plan}", {"topic": "Gas", "en": "There is no gas.", "hours": "1"}
    ),
    "POST /surge/plans/{plan_id}/off": Asked("/surge/plans/{plan}/off"),
    "POST /surge/plans/{plan_id}/on": Asked("/surge/plans/{plan}/on"),
    "POST /surge/plans/{plan_id}/begin": Asked("/surge/plans/{plan}/begin"),
    "POST /surge/plans/{plan_id}/remove": Asked("/surge/plans/{plan}/remove"),
    "POST /surge/{incident_id}/end": Asked("/surge/{incident}/end"),
    "GET /surge/accounts/{batch_id}": Asked("/surge/accounts/{batch}"),
    "POST /surge/accounts/{batch_id}/extend": Asked(
        "/surge/accounts/{batch}/extend", {"valid_until": f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%dT%H:%M}"}
    ),
    "POST /surge/accounts/{batch_id}/end": Asked("/surge/accounts/{batch}/end"),
    "GET /surge/accounts/{batch_id}/sheet": Asked("/surge/accounts/{batch}/sheet"),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "POST /surge": "the asker's own organisation",
    "POST /surge/plans": "the asker's own organisation",
    "POST /surge/accounts": "somebody's own; queues, skills and teams are looked for among one's own",
    "POST /surge/capacity": "the asker's own organisation",
    "GET /board/log": "from which line on; only one's own are listed",
    "POST /board/rules": "the asker's own organisation's",
}


def supervised(session: Session, call: UUID, agent: Person, by: Person) -> tuple[Supervision, SupervisorMessage]:
    """A supervisor listens to the call, and has written to the operator's desk."""
    whose = {"organisation_id": by.organisation_id, "person_id": by.id, "agent_id": agent.id}
    until = datetime.now(UTC) + timedelta(minutes=5)
    supervision = Supervision(
        **whose, call=call, mode="listen", purpose="other", note=agent.name, shown=True, until=until
    )
    message = SupervisorMessage(**whose, text=agent.name)
    session.add_all([supervision, message])
    session.flush()
    return supervision, message


def incident(session: Session, by: Person) -> dict[str, int]:
    """A prepared incident, and one that goes on."""
    plan = planned(session, by)
    return {"plan": plan.id, "incident": surge.begin_plan(session, plan, by=by).id}


def planned(session: Session, by: Person) -> IncidentPlan:
    """A prepared incident."""
    spoken = {Language.ENGLISH: ("There is no gas.", b"\xd5" * 800)}
    content = surge.Content(topic=by.name, script=by.name, offers_callback=True, lasting=timedelta(hours=1))
    return surge.add_plan(session, content, spoken, threshold=None, measure=None, queue_id=None, by=by)


def batch_of(session: Session, by: Person) -> TemporaryBatch:
    """Temporary accounts of nobody yet."""
    until = datetime.now(UTC) + timedelta(days=3)
    batch = TemporaryBatch(organisation_id=by.organisation_id, name=by.name, valid_until=until, made_by=by.id)
    session.add(batch)
    session.flush()
    return batch
