"""python -m run.demo.loading: loads the demonstration organisations, each whole or not at all; what is there stays."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import db
from acd import visitors
from acd.queues.model import SkillKind
from acd.queues.tables import AgentSkill, QueueSkill, Skill
from acd.tables import PauseReason, Queue, QueueMember
from appeals.classifier import service as classifier
from appeals.terms import rules as terms
from appeals.terms.model import Unit
from appeals.terms.tables import TermRule
from calls.tables import Topic
from db import EVERY_ORGANISATION, notify, transaction
from db.notices import ASTERISK_CONFIG
from ivr import demonstration as menus
from ivr import service as ivr
from run.demo.people import ORGANISATIONS, PAUSES, PAUSES_LAST, DemoOrganisation
from run.host.steps import Refused, main
from run.settings import Settings
from staff.passwords import password_hash
from staff.queries import organisations
from staff.tables import Organisation, Person
from staff.teams.tables import Team, TeamMember


def load(password: str) -> list[str]:
    """Codes of the organisations that had to be made; all their people get this password."""
    made: list[str] = []
    stored = ""
    for demo in ORGANISATIONS:
        with transaction(EVERY_ORGANISATION) as session:
            visitors.make_phones(session)
            if demo.code not in {organisation.code for organisation in organisations(session)}:
                stored = stored or password_hash(password)  # slow on purpose; once for all of them
                _load(session, demo, stored)
                notify(session, ASTERISK_CONFIG)
                made.append(demo.code)
    return made


def _load(session: Session, demo: DemoOrganisation, stored: str) -> None:
    organisation = Organisation(
        code=demo.code,
        name=demo.name,
        time_zone=demo.time_zone,
        country=demo.country,
        languages=list(demo.languages),
        default_language=demo.default_language,
        capacity=demo.capacity,
    )
    session.add(organisation)
    session.flush()
    queues = _load_directories(session, demo, organisation.id)
    people = _load_people(session, demo, organisation.id, queues, stored)
    _load_skills(session, demo, queues, people)
    _load_terms(session, demo, organisation)
    classifier.load_national(session, organisation, today=datetime.now(ZoneInfo(demo.time_zone)).date())
    ivr.publish(session, organisation.id, menus.MENUS[demo.code])
    number, language, first_menu = menus.NUMBERS[demo.code]
    ivr.assign_number(session, organisation.id, number, language=language, menu=first_menu)


def _load_directories(session: Session, demo: DemoOrganisation, organisation: int) -> dict[str, Queue]:
    """Topics, the queues of the same codes, reasons of pauses."""
    queues = {}
    for position, (code, name) in enumerate(demo.topics.items()):
        session.add(Topic(organisation_id=organisation, code=code, name=name, position=position))
    for position, code in enumerate(demo.queues):
        queues[code] = Queue(
            organisation_id=organisation,
            code=code,
            asterisk_name=f"{demo.code}-{code}",
            name=demo.topics[code],
            position=position,
        )
    for position, (code, name) in enumerate(PAUSES.items()):
        lasts = PAUSES_LAST.get(code)
        session.add(PauseReason(organisation_id=organisation, code=code, name=name, lasts=lasts, position=position))
    session.add_all(queues.values())
    session.flush()
    return queues


def _load_terms(session: Session, demo: DemoOrganisation, organisation: Organisation) -> None:
    """The country's terms, and a day for the water."""
    terms.load_national(session, organisation)
    if "water" in demo.topics:
        since = datetime.now(ZoneInfo(demo.time_zone)).date().replace(month=1, day=1)
        basis = "Приклад: рішення установи"
        rule = TermRule(organisation_id=organisation.id, topic="water", amount=24, unit=Unit.HOUR, basis=basis)
        rule.whole_days, rule.moves, rule.valid_from = False, False, since
        rule.most_amount, rule.most_unit = 45, Unit.DAY
        session.add(rule)


def _load_people(
    session: Session, demo: DemoOrganisation, organisation: int, queues: dict[str, Queue], stored: str
) -> dict[str, Person]:
    """Everybody, by login."""
    people = {}
    for somebody in demo.people:
        person = Person(
            organisation_id=organisation,
            login=somebody.login,
            name=somebody.name,
            password_hash=stored,
            roles=[somebody.role],
            language=demo.default_language,
        )
        session.add(person)
        session.flush()
        session.add_all(
            QueueMember(organisation_id=organisation, queue_id=queues[code].id, person_id=person.id)
            for code in somebody.queues
        )
        people[somebody.login] = person
    return people


def _load_skills(session: Session, demo: DemoOrganisation, queues: dict[str, Queue], people: dict[str, Person]) -> None:
    """What operators are able to do, which queues ask for it, and their team."""
    leader = people[demo.team.leader]
    own = {"organisation_id": leader.organisation_id}
    skills = {}
    for position, (code, name) in enumerate(demo.skills.items()):
        skills[code] = Skill(**own, kind=SkillKind.TOPIC, code=code, name=name, position=position)
    team = Team(**own, name=demo.team.name, leader_id=leader.id)
    session.add_all([*skills.values(), team])
    session.flush()
    for code, asked in demo.asked.items():
        session.add_all(QueueSkill(**own, queue_id=queues[code].id, skill_id=skills[skill].id) for skill in asked)
    for somebody in demo.people:
        levels = somebody.skills.items()
        person = people[somebody.login].id
        session.add_all(
            AgentSkill(**own, person_id=person, skill_id=skills[code].id, level=level) for code, level in levels
        )
    session.add_all(TeamMember(**own, person_id=people[login].id, team_id=team.id) for login in demo.team.people)


def _main() -> int:
    settings = Settings()
    password = settings.demo_password.get_secret_value()
    if not password:
        raise Refused("the demonstration people need a password: HOLOS_DEMO_PASSWORD")
    db.connect(settings.database_url.get_secret_value())
    made = load(password)
    db.disconnect()
    print(f"loaded: {', '.join(made)}" if made else "were there")
    return 0


if __name__ == "__main__":
    main(_main)
