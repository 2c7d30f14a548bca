"""Skills as penalties, teams, overflow, priority, the expected wait, and why an agent was rung."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from acd import members
from acd.queues import queries, reader, service
from acd.queues.model import ENOUGH, SAMPLE, STRANGER, OverflowDeed, PriorityKind, Range, SkillKind, expected_wait
from acd.queues.priority import queries as priority
from acd.queues.priority import service as priority_service
from acd.queues.tables import FavouredNumber, OfferReason
from acd.queues.teams import queries as teams
from acd.queues.teams import service as team_service
from calls.events import AgentOffered, CallerJoinedQueue
from calls.journal import Recorded
from calls.model import CallState, Fate, Language, NodeName
from calls.tables import CallRow, VisitRow
from db import Conflict
from staff.model import Role
from staff.tables import Audit
from tests.acd.conftest import Desk, call_id, phone_of
from tests.centre import person
from tests.journal import arrived, written
from tests.pages.statements import counted

MINUTE = timedelta(minutes=1)


def skill(desk: Desk, kind: SkillKind, code: str) -> int:
    """A skill of the city."""
    return service.add_skill(desk.session, kind, code, {"uk": code}, by=desk.olena).id


def penalties(desk: Desk, lane: str) -> dict[str, int]:
    """Who is a member of a queue in Asterisk, with which penalty, by login."""
    logins = {phone_of(each): each.login for each in (desk.olena, desk.andrii)}
    found = members.desired(desk.session).values()
    return {logins[member.agent]: member.penalty for member in found if member.queue == lane}


def test_without_skills_a_queue_has_no_lanes(desk: Desk):
    desk.comes_ready(desk.olena)
    assert {member.queue for member in members.desired(desk.session).values()} == {"khm-general", "khm-water"}


def test_who_speaks_the_language_best_is_rung_first_and_a_stranger_only_when_it_widens(desk: Desk):
    uk, ru = skill(desk, SkillKind.LANGUAGE, "uk"), skill(desk, SkillKind.LANGUAGE, "ru")
    wanted = {(desk.olena.id, uk): 3, (desk.andrii.id, uk): 1, (desk.andrii.id, ru): 3}
    assert service.set_levels(desk.session, wanted, by=desk.olena) == 3
    for each in (desk.olena, desk.andrii):
        desk.comes_ready(each)
    assert penalties(desk, "khm-general.uk") == {"olena": 0, "andrii": 2}
    assert penalties(desk, "khm-general.ru") == {"olena": STRANGER, "andrii": 0}
    assert penalties(desk, "khm-general") == {"olena": 0, "andrii": 0}


def test_a_queue_that_asks_for_a_topic_prefers_who_knows_it(desk: Desk):
    pipes = skill(desk, SkillKind.TOPIC, "pipes")
    service.set_levels(desk.session, {(desk.olena.id, pipes): 2}, by=desk.olena)
    service.ask_skills(desk.session, desk.general, [pipes], by=desk.olena)
    for each in (desk.olena, desk.andrii):
        desk.comes_ready(each)
    assert penalties(desk, "khm-general") == {"olena": 1, "andrii": STRANGER}
    assert penalties(desk, "khm-water") == {"olena": 0, "andrii": 0}


def test_a_circle_of_queues_is_refused(desk: Desk):
    water = queries.queue(desk.session, "water")
    service.add_step(
        desk.session, desk.general, OverflowDeed.QUEUE, after=MINUTE, longer_than=None, target=water, by=desk.olena
    )
    with pytest.raises(Conflict):
        service.add_step(
            desk.session, water, OverflowDeed.QUEUE, after=MINUTE, longer_than=None, target=desk.general, by=desk.olena
        )
    with pytest.raises(Conflict):
        service.add_step(
            desk.session, desk.general, OverflowDeed.CALLBACK, after=MINUTE, longer_than=None, by=desk.olena
        )


def test_the_21st_operator_on_a_shift_raises_the_warning(desk: Desk):
    crew = [person(desk.session, desk.organisation, f"crew{number}", Role.OPERATOR) for number in range(21)]
    team = team_service.add_team(desk.session, "Перша", by=desk.olena)
    team_service.change_team(
        desk.session, team, leader=desk.olena.id, people=[each.id for each in [desk.olena, *crew]], by=desk.olena
    )
    for each in [desk.olena, *crew[:20]]:
        desk.comes_ready(each)
    (now,) = teams.teams(desk.session)
    assert (now.on_shift, now.too_many) == (20, False), "the leader is not one of them"
    assert teams.crowded(desk.session) == []
    desk.comes_ready(crew[20])
    (now,) = teams.teams(desk.session)
    assert now.too_many
    assert teams.crowded(desk.session) == [("Перша", 21)]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ([30] * ENOUGH, Range(0, 1)),
        ([30] * (ENOUGH - 1), None),
        ([70, 80, 90, 100, 110, 120, 130, 140, 170], Range(1, 3)),
        ([10, 80, 90, 100, 110, 120, 130, 140, 1700], None),
        ([3000] * ENOUGH, None),
    ],
)
def test_the_expected_wait_is_a_range_or_silence(seconds: list[int], said: Range | None):
    assert expected_wait([timedelta(seconds=each) for each in seconds]) == said


def test_one_wait_out_of_twenty_does_not_widen_the_range():
    waits = [timedelta(seconds=100)] * 19 + [timedelta(minutes=25)]
    assert expected_wait(waits) == Range(1, 3)


def ended(
    desk: Desk, number: str, fate: Fate, *, ago: timedelta = MINUTE, waited: timedelta = MINUTE, queue: str = ""
) -> None:
    """A call that is over, from this number to the general queue or another."""
    at, call, queue = datetime.now(UTC) - ago - waited, call_id(), queue or desk.queue
    desk.session.add(
        CallRow(
            id=call, organisation_id=desk.organisation.id, node="node1", channel=str(call), source="trunk",
            caller=number, dialled="1580", language="uk", menu_path=[], queue=queue, state=CallState.ENDED,
            fate=fate, arrived_at=at, ended_at=at + waited, waited=waited, talked=MINUTE, held=MINUTE, waits=1,
            transfers=0,
        )
    )  # fmt: skip
    outcome = "answered" if fate is Fate.ANSWERED else "abandoned"
    desk.session.add(
        VisitRow(
            call=call, number=1, organisation_id=desk.organisation.id, queue=queue, joined_at=at,
            left_at=at + waited, outcome=outcome,
        )
    )  # fmt: skip
    desk.session.flush()


def test_who_called_in_vain_and_who_has_a_benefit_stand_in_front(desk: Desk):
    session, today = desk.session, datetime.now(UTC).date()
    priority_service.add_rule(
        session, PriorityKind.REPEAT, raises=1, times=2, within=timedelta(hours=24), by=desk.olena
    )
    priority_service.add_rule(session, PriorityKind.BENEFIT, raises=3, by=desk.olena)
    ended(desk, "+380671", Fate.ABANDONED_IN_QUEUE)
    assert priority.priority(session, desk.general, "+380671", today) == 0
    ended(desk, "+380671", Fate.ABANDONED_IN_QUEUE)
    ended(desk, "+380671", Fate.ANSWERED)
    assert priority.priority(session, desk.general, "+380671", today) == 1
    priority_service.favour(session, desk.olena, "+380671", "учасник бойових дій", None)
    assert priority.priority(session, desk.general, "+380671", today) == 3
    priority_service.favour(session, desk.olena, "+380671", "учасник бойових дій", today - timedelta(days=1))
    assert priority.priority(session, desk.general, "+380671", today) == 1
    assert priority.priority(session, desk.general, "", today) == 0


@pytest.mark.parametrize("favoured", ["+380671234567", "0671234567", "380671234567"])
@pytest.mark.parametrize("calls", ["+380671234567", "0671234567", "380671234567", "671234567"])
def test_a_benefit_holds_however_the_trunk_writes_the_number(desk: Desk, favoured: str, calls: str):
    session, today = desk.session, datetime.now(UTC).date()
    priority_service.add_rule(session, PriorityKind.BENEFIT, raises=3, by=desk.olena)
    priority_service.favour(session, desk.olena, favoured, "учасник бойових дій", None)
    assert priority.priority(session, desk.general, calls, today) == 3
    assert priority.priority(session, desk.general, "+380671234568", today) == 0
    priority_service.favour(session, desk.olena, calls, "помилка", today - timedelta(days=1))
    assert len(priority.favoured_numbers(session)) == 1, "one number, one line"
    assert priority.priority(session, desk.general, favoured, today) == 0


def test_a_benefit_that_was_kept_as_typed_holds_as_well(desk: Desk):
    session, today = desk.session, datetime.now(UTC).date()
    priority_service.add_rule(session, PriorityKind.BENEFIT, raises=3, by=desk.olena)
    kept = {"organisation_id": desk.organisation.id, "person_id": desk.olena.id, "reason": "-"}
    session.add(FavouredNumber(number="0671234567", **kept))
    session.flush()
    assert priority.priority(session, desk.general, "+380671234567", today) == 3


def test_an_uzbek_number_is_read_in_its_own_country(desk: Desk):
    desk.organisation.country = "UZ"
    session, today = desk.session, datetime.now(UTC).date()
    priority_service.add_rule(session, PriorityKind.BENEFIT, raises=3, by=desk.olena)
    priority_service.favour(session, desk.olena, "901234567", "-", None)
    assert priority.priority(session, desk.general, "+998901234567", today) == 3
    assert priority.priority(session, desk.general, "998901234567", today) == 3


def test_calls_in_vain_count_together_however_the_number_was_written(desk: Desk):
    today = datetime.now(UTC).date()
    often = {"raises": 1, "times": 2, "within": timedelta(hours=24)}
    priority_service.add_rule(desk.session, PriorityKind.REPEAT, **often, by=desk.olena)
    for written_as in ("0671234567", "+380671234567"):
        ended(desk, written_as, Fate.ABANDONED_IN_QUEUE)
    assert priority.priority(desk.session, desk.general, "380671234567", today) == 1


def test_the_wait_is_told_only_when_somebody_is_there_and_nobody_is_ready(desk: Desk):
    for _ in range(ENOUGH):
        ended(desk, "+380672", Fate.ANSWERED, waited=2 * MINUTE)
    assert priority.entering(desk.session, "general", "+380672", "Europe/Kyiv") == (0, None), "nobody on a shift"
    desk.comes_ready(desk.olena)
    assert priority.entering(desk.session, "general", "+380672", "Europe/Kyiv") == (0, None), "answered at once"
    desk.tells(AgentOffered, call_id(), agent=phone_of(desk.olena), queue=desk.queue)
    assert priority.entering(desk.session, "general", "+380672", "Europe/Kyiv") == (0, Range(1, 3))
    desk.general.says_wait = False
    assert priority.entering(desk.session, "general", "+380672", "Europe/Kyiv") == (0, None)


def test_the_waits_of_all_queues_are_asked_for_at_once(desk: Desk, database: Engine):
    water = queries.queue(desk.session, "water")
    for number in range(SAMPLE + 5):  # the old ones, of an hour, are beyond the sample
        ago = timedelta(minutes=10) if number < SAMPLE else timedelta(minutes=40)
        waited = 2 * MINUTE if number < SAMPLE else 12 * MINUTE
        ended(desk, "+380672", Fate.ANSWERED, waited=waited, ago=ago)
    for _ in range(ENOUGH):
        ended(desk, "+380672", Fate.ANSWERED, waited=5 * MINUTE, queue=water.asterisk_name)
    for each in (desk.olena, desk.andrii):
        desk.comes_ready(each)
        desk.tells(AgentOffered, call_id(), agent=phone_of(each), queue=desk.queue)
    with counted(database) as statements:
        waits = queries.waits_now(desk.session, [desk.general, water])
    assert waits == {desk.general.id: Range(1, 3), water.id: Range(3, 7)}
    assert len(statements) == 2, "as many for twenty queues"


def test_a_batch_of_offers_reads_skills_once(desk: Desk, database: Engine):
    skill(desk, SkillKind.LANGUAGE, "ru")
    desk.comes_ready(desk.olena)
    now, of = datetime.now(UTC), desk.organisation.id
    offers = [AgentOffered(call=call_id(), at=now, agent=phone_of(desk.olena), queue=desk.queue) for _ in range(5)]
    with counted(database) as statements:
        reader.read(desk.session, [Recorded(NodeName("node1"), seq, of, offer) for seq, offer in enumerate(offers)])
    assert sum("FROM agent_skill" in statement for statement in statements) == 1
    assert all(queries.reasons_of(desk.session, offer.call) for offer in offers)


def test_why_an_agent_was_rung_is_kept_once(desk: Desk):
    ru = skill(desk, SkillKind.LANGUAGE, "ru")
    service.set_levels(desk.session, {(desk.olena.id, ru): 3, (desk.andrii.id, ru): 1}, by=desk.olena)
    for each in (desk.olena, desk.andrii):
        desk.comes_ready(each)
    call, now = call_id(), datetime.now(UTC) + timedelta(seconds=40)
    came = arrived(desk.organisation.id, call, now - MINUTE, language=Language.RUSSIAN)
    joined = CallerJoinedQueue(call=call, at=now - timedelta(seconds=30), queue=desk.queue, position=1)
    offered = AgentOffered(call=call, at=now, agent=phone_of(desk.olena), queue=desk.queue)
    told = written(desk.session, desk.organisation.id, [came, joined, offered])
    for _ in range(2):
        reader.read(desk.session, told)
    ((reason, name),) = queries.reasons_of(desk.session, call)
    assert isinstance(reason, OfferReason)
    assert (name, reason.language, reason.language_level, reason.penalty) == ("Olena", "ru", 3, 0)
    assert (reason.free, reason.better, reason.longer_idle) == (2, 0, 0)
    assert reason.waited == timedelta(seconds=30)
    assert reason.idle > timedelta(seconds=30)


def test_every_change_is_written_down_with_what_was_before(desk: Desk):
    session, by = desk.session, desk.olena
    pipes = skill(desk, SkillKind.TOPIC, "pipes")
    service.set_levels(session, {(desk.andrii.id, pipes): 2}, by=by)
    service.set_levels(session, {(desk.andrii.id, pipes): 2}, by=by)
    service.set_members(session, desk.general, [desk.andrii.id], by=by)
    service.ask_skills(session, desk.general, [pipes], by=by)
    service.ask_skills(session, desk.general, [pipes], by=by)
    times = {name: getattr(desk.general, name) for name in ("ring_timeout", "service_target", "short_abandon")}
    same = times | {"weight": desk.general.weight, "says_wait": desk.general.says_wait, "messages": []}
    same["messages_every"] = desk.general.messages_every
    for limit in (MINUTE, MINUTE):
        service.set_times(session, desk.general, **same, wrap_up_limit=limit, by=by)
    step = service.add_step(session, desk.general, OverflowDeed.CALLBACK, after=MINUTE, longer_than=None, by=by)
    service.remove_step(session, desk.general, step, by=by)
    team = team_service.add_team(session, "Перша", by=by)
    team_service.change_team(session, team, leader=desk.olena.id, people=[desk.andrii.id], by=by)
    team_service.remove_team(session, team, by=by)
    priority_service.favour(session, by, "+380671", "учасник бойових дій", None)
    priority_service.favour_no_longer(session, "+380671", by=by)
    rule = priority_service.add_rule(session, PriorityKind.BENEFIT, raises=3, by=by)
    priority_service.remove_rule(session, rule, by=by)
    rows = session.execute(select(Audit.deed, Audit.details).order_by(Audit.id)).all()
    written = [(row.deed, row.details) for row in rows]
    benefit, every = {"kind": "benefit", "raises": "3"}, {"step": "callback", "after": "60 s"}
    assert written == [
        ("skill.added", {"kind": "topic"}),
        ("skill.level", {"skill": "pipes", "level": "– → 2"}),
        ("queue.people", {"removed": "Olena"}),
        ("queue.skills", {"added": "pipes"}),
        ("queue.changed", {"wrap_up_limit": "45 s → 60 s"}),
        ("queue.step_added", every),
        ("queue.step_removed", every),
        ("team.added", {"name": "Перша"}),
        ("team.changed", {"name": "Перша", "leader": "– → Olena", "added": "Andrii"}),
        ("team.removed", {"name": "Перша"}),
        ("priority.number_favoured", {"reason": "– → учасник бойових дій"}),
        ("priority.number_removed", {"reason": "учасник бойових дій"}),
        ("priority.rule_added", benefit),
        ("priority.rule_removed", benefit),
    ]
