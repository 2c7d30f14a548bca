"""The board's figures: each level by its own formula, visits by what became of them, agents by what they do."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from acd import service
from acd.queues.tables import AgentSkill, Skill
from calls.model import VisitOutcome
from calls.tables import VisitRow
from staff.tables import Organisation
from staff.teams.tables import Team, TeamMember
from supervisor import queries
from supervisor.model import Visits, together
from tests.acd.conftest import Desk

DAY = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


def test_each_level_is_counted_by_its_own_formula() -> None:
    visits = Visits(
        offered=21, waiting=1, answered=12, abandoned=6, flowed_out=2, answered_in_time=9, abandoned_in_time=4,
        abandoned_short=2,
    )  # fmt: skip
    assert visits.level_a == pytest.approx(9 / 20), "of all whose wait is over"
    assert visits.level_b == pytest.approx(9 / 18), "less the two who hung up at once"
    assert visits.level_c == pytest.approx(9 / 12)
    assert visits.level_d == pytest.approx(13 / 18), "Asterisk counts an early hang-up as a success"


def test_without_a_call_there_is_no_level() -> None:
    nobody = Visits(offered=1, waiting=1)
    assert (nobody.level_a, nobody.level_b, nobody.level_c, nobody.level_d) == (None, None, None, None)


def test_visits_are_counted_by_queue_and_half_hour(session: Session, desk: Desk) -> None:
    """T of the queue is 20 s, S is 5 s."""
    for minutes, waited, outcome in (
        (5, 20, VisitOutcome.ANSWERED),  # just in time
        (6, 21, VisitOutcome.ANSWERED),
        (10, 5, VisitOutcome.ABANDONED),  # just short
        (12, 20, VisitOutcome.ABANDONED),
        (29, 40, VisitOutcome.FLOWED_OUT),
        (31, 3, VisitOutcome.ANSWERED),
        (45, None, VisitOutcome.WAITING),
    ):
        _visit(desk, DAY + timedelta(minutes=minutes), waited, outcome)
    _visit(desk, DAY - timedelta(minutes=1), 3, VisitOutcome.ANSWERED)
    parts = queries.visits_of_day(session, desk.organisation.id, DAY)[desk.queue]
    assert sorted(parts) == [0, 1]
    assert parts[0].offered == 5
    assert together(parts.values()) == Visits(
        offered=7, waiting=1, answered=3, abandoned=2, flowed_out=1, answered_in_time=2, abandoned_in_time=2,
        abandoned_short=1,
    )  # fmt: skip


def test_another_organisations_visits_are_not_counted(session: Session, desk: Desk, dtm: Organisation) -> None:
    _visit(desk, DAY + timedelta(minutes=5), 3, VisitOutcome.ANSWERED, of=dtm)
    assert queries.visits_of_day(session, desk.organisation.id, DAY) == {}


def test_whoever_is_on_a_shift_is_on_the_board(session: Session, desk: Desk) -> None:
    desk.comes_ready(desk.olena)
    [olena] = queries.agents(session)
    assert (olena.name, olena.state, olena.team, olena.languages) == (desk.olena.name, "ready", None, ["uk"])
    service.end_shift(session, desk.olena)
    assert queries.agents(session) == []


def test_a_queue_that_is_closed_is_not_missed_among_an_agents_queues(session: Session, desk: Desk) -> None:
    """It keeps its people for the day it opens again; Asterisk has nobody there, and that is no fault."""
    desk.comes_ready(desk.olena)
    [before] = queries.agents(session)
    desk.general.closed_at = datetime.now(UTC)
    session.flush()
    [olena] = queries.agents(session)
    assert (before.queues_wanted, olena.queues_wanted) == (2, 1)


def test_an_agents_team_and_languages_are_on_the_board(session: Session, desk: Desk) -> None:
    whose = {"organisation_id": desk.organisation.id}
    team = Team(**whose, name="Ранкова")
    spoken = [Skill(**whose, kind="language", code=code, name={"uk": code}) for code in ("uk", "ru", "en")]
    session.add_all([team, *spoken])
    session.flush()
    session.add(TeamMember(**whose, person_id=desk.olena.id, team_id=team.id))
    for skill, level in zip(spoken, (3, 2, 3), strict=True):
        session.add(AgentSkill(**whose, person_id=desk.olena.id, skill_id=skill.id, level=level))
    desk.comes_ready(desk.olena)
    [olena] = queries.agents(session)
    assert olena.team == "Ранкова"
    assert sorted(olena.languages[:2]) == ["en", "uk"]
    assert olena.languages[2:] == ["ru"]


def _visit(
    desk: Desk, joined_at: datetime, waited: float | None, outcome: VisitOutcome, *, of: Organisation | None = None
) -> None:
    left_at = None if waited is None else joined_at + timedelta(seconds=waited)
    organisation = of or desk.organisation
    desk.session.add(
        VisitRow(
            organisation_id=organisation.id,
            call=uuid4(),
            number=1,
            queue=desk.queue,
            joined_at=joined_at,
            left_at=left_at,
            outcome=outcome,
        )
    )
    desk.session.flush()
