"""Queues with steps, skills, teams and rules, the organisation's own directories; how their pages are asked."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from acd.queues import service as queues
from acd.queues.model import OverflowDeed, PriorityKind, SkillKind
from acd.queues.priority import service as priority
from acd.queues.teams import service as teams
from acd.tables import PauseReason, Queue, QueueMember
from staff.tables import Person
from tests.pages.belongings.asking import Asked
from tests.pages.belongings.supervision import batch_of, incident

NAMED = {f"name_{code}": "Мережі" for code in ("uk", "uz", "ru", "en")}

NAMES_AN_OBJECT: dict[str, Asked] = {
    "GET /queues/offers": Asked("/queues/offers?call={call}"),
    "GET /queues/of/{code}": Asked("/queues/of/{queue}"),
    "POST /queues/of/{code}": Asked(
        "/queues/of/{queue}",
        {"ring_timeout": "20", "wrap_up_limit": "60", "service_target": "20", "short_abandon": "5", "weight": "0"},
    ),
    "POST /queues/of/{code}/name": Asked(
        "/queues/of/{queue}/name", {f"name_{code}": "Вода" for code in ("uk", "uz", "ru", "en")}
    ),
    "POST /queues/of/{code}/close": Asked("/queues/of/{queue}/close"),
    "POST /queues/of/{code}/open": Asked("/queues/of/{queue}/open"),
    "GET /organisation/directories/{directory}/{code}": Asked("/organisation/directories/pauses/{reason}"),
    "POST /organisation/directories/{directory}/{code}": Asked(
        "/organisation/directories/pauses/{reason}", {f"name_{code}": "Чай" for code in ("uk", "uz", "ru", "en")}
    ),
    "POST /organisation/directories/{directory}/{code}/off": Asked("/organisation/directories/pauses/{reason}/off"),
    "POST /organisation/directories/{directory}/{code}/on": Asked("/organisation/directories/pauses/{reason}/on"),
    "POST /organisation/directories/{directory}/{code}/up": Asked("/organisation/directories/pauses/{reason}/up"),
    "POST /queues/of/{code}/people": Asked("/queues/of/{queue}/people"),
    "POST /queues/of/{code}/steps": Asked("/queues/of/{queue}/steps", {"deed": "callback", "after": "90"}),
    "POST /queues/of/{code}/steps/{step_id}": Asked(
        "/queues/of/{queue}/steps/{overflow}", {"deed": "callback", "after": "95"}
    ),
    "POST /queues/of/{code}/people/{person_id}/leave": Asked("/queues/of/{queue}/people/{person}/leave"),
    "POST /queues/skills/{skill_id}/name": Asked("/queues/skills/{skill}/name", NAMED),
    "POST /queues/skills/{skill_id}/remove": Asked("/queues/skills/{skill}/remove"),
    "POST /queues/of/{code}/steps/{step_id}/remove": Asked("/queues/of/{queue}/steps/{overflow}/remove"),
    "POST /queues/teams/{team_id}": Asked("/queues/teams/{team}"),
    "POST /queues/teams/{team_id}/remove": Asked("/queues/teams/{team}/remove"),
    "POST /queues/priority/rules/{rule_id}/remove": Asked("/queues/priority/rules/{priority}/remove"),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "POST /queues": "somebody's own new queue",
    "GET /organisation/directories/{directory}": "the asker's own organisation's",
    "POST /organisation/directories/{directory}": "somebody's own new entry",
    "POST /queues/skills": "somebody's own new skill",
    "POST /queues/skills/levels": "people and skills are looked for among one's own",
    "POST /queues/teams": "somebody's own new team",
    "POST /queues/priority/rules": "the asker's own organisation",
    "POST /queues/priority/numbers": "a telephone number that one's own organisation favours",
    "POST /queues/priority/numbers/remove": "a telephone number: one's own rule of it, perhaps none",
}


def arranged(session: Session, operator: Person, code: str) -> dict[str, Any]:
    """A queue with a step, a rule of priority and a team."""
    organisation = operator.organisation_id
    queue = Queue(
        organisation_id=organisation, code=f"of_{code}", asterisk_name=f"{code}-of_{code}", name={"en": operator.name}
    )
    reason = PauseReason(organisation_id=organisation, code=f"of_{code}", name={"en": operator.name})
    session.add_all([queue, reason])
    session.flush()
    session.add(QueueMember(organisation_id=organisation, queue_id=queue.id, person_id=operator.id))
    minute = timedelta(minutes=1)
    return {
        "queue": queue.code,
        "reason": reason.code,
        "overflow": queues.add_step(session, queue, OverflowDeed.WIDER, after=minute, longer_than=None, by=operator).id,
        "skill": queues.add_skill(session, SkillKind.TOPIC, f"of_{code}", {"en": operator.name}, by=operator).id,
        "priority": priority.add_rule(session, PriorityKind.BENEFIT, raises=1, by=operator).id,
        "team": teams.add_team(session, operator.name, by=operator).id,
        "batch": batch_of(session, operator).id,
        **incident(session, operator),
    }
