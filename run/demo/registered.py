"""python -m run.demo.registered: a registry with work in it, once, where an organisation has hardly an appeal.

The appeals are registered by the functions that the pages use, under today's numbers; those that came earlier have
their day of receipt. Nothing is sent to anybody.
"""

from datetime import timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy.orm import Session

import db
from appeals import registering
from appeals.addresses import finding
from appeals.executors import queries as executors
from appeals.model import Result
from appeals.registering import CardForm, Checked
from appeals.tables import Appeal
from appeals.workflow import ending
from appeals.workflow import queries as works
from appeals.workflow import service as workflow
from appeals.workflow.model import Outcome, Told
from appeals.workflow.tables import Assignment
from db import EVERY_ORGANISATION, transaction
from run.demo.queries import administrator, appeals_count
from run.demo.registry import MATTERS, PEOPLE, PHONES, Matter, Progress
from run.host.steps import main
from run.settings import Settings
from staff import queries as staff
from staff.queries import organisations
from staff.rights import has
from staff.tables import Organisation, Person
from web.languages import speaking_to

FEW: Final = 15  # appeals: below, nobody has worked here in earnest
WORKED_ON: Final = frozenset({Progress.TAKEN, Progress.ANSWERED, Progress.CLOSED})


def load() -> list[str]:
    """Codes of the organisations that got appeals."""
    with transaction(EVERY_ORGANISATION) as session:
        present = [each for each in organisations(session) if each.code in MATTERS]
    made = []
    for organisation in present:
        with transaction(organisation.id) as session, speaking_to(organisation.audience()):
            if appeals_count(session, organisation.id) < FEW and administrator(session, organisation.id) is not None:
                _load(session, organisation)
                made.append(organisation.code)
    return made


def _load(session: Session, organisation: Organisation) -> None:
    """The oldest matters first, so that numbers follow the days; neighbours write under names of their own."""
    operator = _somebody(session, "appeals.conclude")
    placed = [(matter, address) for matter in MATTERS[organisation.code] for address in matter.addresses]
    for place, (matter, address) in enumerate(sorted(placed, key=lambda each: -each[0].ago)):
        appeal = _register(session, matter, address, place, operator)
        if matter.progress in WORKED_ON:
            _work(session, appeal, matter)


def _register(session: Session, matter: Matter, address: str, place: int, by: Person) -> Appeal:
    organisation = session.get_one(Organisation, by.organisation_id)
    people = PEOPLE[organisation.code]
    surname, given_name, patronymic = people[place % len(people)]
    house, _flat = finding.house_named(session, organisation, address, None)
    typed = {
        "submission": uuid4(), "surname": surname, "given_name": given_name, "patronymic": patronymic,
        "address": address, "house": str(house.id) if house is not None else "",
        "received_on": organisation.today() - timedelta(days=matter.ago),
        "kind": matter.kind, "source": matter.source, "topic": matter.topic, "problem": matter.problem,
        "substance": matter.substance,
    }  # fmt: skip
    if matter.progress is Progress.EXPLAINED:
        typed |= {"deed": "explain", "explanation": matter.said}
    phone = PHONES[organisation.code].format(place % len(people))
    return registering.register(session, CardForm.model_validate(typed), Checked(phone, None), by=by).appeal


def _work(session: Session, appeal: Appeal, matter: Matter) -> None:
    """As far as the matter has come, by those who would do it."""
    for assignment in works.assignments(session, appeal.id):
        _carry_out(session, assignment, matter)
    if matter.progress is Progress.CLOSED and works.assignments(session, appeal.id):
        told = Told(result=Result.SATISFIED, report=matter.said)
        ending.close(session, appeal.number, told, by=_somebody(session, "appeals.verify"))


def _carry_out(session: Session, assignment: Assignment, matter: Matter) -> None:
    """By the head of the executor; where nobody of it comes in here, the operator enters what it answered."""
    told = Told(outcome=Outcome.DONE, report=matter.said)
    members = executors.members(session, assignment.executor_id)
    if members:
        head = staff.get(session, members[0].member.person_id)
        workflow.take(session, assignment.id, Told(), by=head)
        if matter.progress is not Progress.TAKEN:
            workflow.finish(session, assignment.id, told, by=head)
    elif matter.progress is not Progress.TAKEN:
        workflow.answer_for(session, assignment.id, told, by=_somebody(session, "appeals.answer_for"))


def _somebody(session: Session, right: str) -> Person:
    """Somebody who may do this here."""
    return next(each for each in staff.people(session) if has(each, right))


def _main() -> int:
    db.connect(Settings().database_url.get_secret_value())
    made = load()
    db.disconnect()
    print(f"loaded: {', '.join(made)}" if made else "were there")
    return 0


if __name__ == "__main__":
    main(_main)
