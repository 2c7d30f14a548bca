"""How long recordings are kept: by the most specific rule of the day, for ever without one."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import update

from calls.model import Fate
from calls.tables import CallRow
from db import EVERY_ORGANISATION, transaction
from recordings.keeping import jobs as keeping
from recordings.keeping import queries, service
from recordings.keeping.model import due_on, rule_for
from recordings.keeping.tables import RetentionRule
from recordings.model import RecordingState
from recordings.tables import Recording
from staff.tables import Person
from tests.pages.a_call import answered_call
from tests.recordings.acts import DAY, listed, set_rule
from tests.recordings.conftest import Archive, Stored

TODAY = date(2026, 11, 22)


def rule(days: int, topic: str = "", fate: str = "", **valid: date) -> RetentionRule:
    return RetentionRule(keeps=timedelta(days=days), topic=topic, fate=fate, **{"valid_from": date.min, **valid})


def test_the_most_specific_rule_wins() -> None:
    rules = [rule(10), rule(20, fate="lost"), rule(30, topic="water"), rule(40, topic="water", fate="lost")]
    kept = {
        (topic, fate): found.keeps.days
        for topic, fate in product(("water", "roads", None), ("lost", "answered"))
        if (found := rule_for(rules, topic=topic, fate=fate, on=TODAY))
    }
    assert kept == {
        ("water", "lost"): 40,
        ("water", "answered"): 30,
        ("roads", "lost"): 20,
        ("roads", "answered"): 10,
        (None, "lost"): 20,
        (None, "answered"): 10,
    }


def test_a_rule_counts_on_its_days_only_and_of_two_alike_the_longer_counts() -> None:
    rules = [rule(10, valid_until=TODAY - DAY), rule(20, valid_from=TODAY), rule(15, valid_from=TODAY)]
    assert rule_for(rules, topic=None, fate=None, on=TODAY) == rules[1]
    assert rule_for(rules, topic=None, fate=None, on=TODAY - DAY) == rules[0]
    assert rule_for([rule(5, topic="water")], topic="roads", fate=None, on=TODAY) is None, "kept for ever"


def test_the_last_day_of_the_term_is_still_kept() -> None:
    assert due_on(date(2026, 1, 1), rule(1)) == date(2026, 1, 3)


def test_what_is_due_is_what_the_rules_say(archive: Archive, manager: Person) -> None:
    """PostgreSQL chooses as the pure function does, for every topic and end."""
    kinds = list(product(("water", "roads", None), (Fate.ANSWERED, Fate.LOST), (5, 15, 25, 35, 45)))
    recordings = {stored_row(archive, days, topic, fate): (topic, fate, days) for topic, fate, days in kinds}
    rules = [rule(10), rule(20, fate="lost"), rule(30, topic="water"), rule(40, topic="water", fate="lost")]
    for each in rules:
        set_rule(manager, each.keeps.days, each.topic, each.fate)
    assert keeping.propose() == {"proposed": len(listed())}
    due = {
        recording
        for recording, (topic, fate, days) in recordings.items()
        if (found := rule_for(rules, topic=topic, fate=fate, on=TODAY)) and found.keeps.days < days
    }
    assert listed() == due
    assert 0 < len(due) < len(kinds)


def stored_row(archive: Archive, days: int, topic: str | None, fate: str) -> int:
    """A stored recording without its sound."""
    at = datetime.now(UTC) - timedelta(days=days, hours=1)
    call = answered_call(archive.operator, at=at)
    known = {"sha256": "0" * 64, "object_key": f"nothing/{call}", "size": 1, "duration": DAY, "waves": {}}
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(CallRow).where(CallRow.id == call).values(topic=topic, fate=fate))
        changed = update(Recording).where(Recording.call == call)
        session.execute(changed.values(state=RecordingState.STORED, ended_at=at, stored_at=at, **known))
    return archive.recording(call).id


def test_without_a_rule_nothing_is_proposed(manager: Person, stored: Stored) -> None:
    stored(4000)
    assert keeping.propose() == {"proposed": 0}
    set_rule(manager, 10, topic="roads")
    assert keeping.propose() == {"proposed": 0}


def test_a_rule_ends_where_the_next_one_begins(manager: Person) -> None:
    first = set_rule(manager, 10, valid_from=TODAY)
    third = set_rule(manager, 30, valid_from=TODAY + 20 * DAY)
    second = set_rule(manager, 20, valid_from=TODAY + 10 * DAY)
    with pytest.raises(service.BeginsThen):
        set_rule(manager, 40, valid_from=TODAY + 10 * DAY)
    with transaction(manager.organisation_id) as session:
        ends = {each.id: each.valid_until for each in queries.rules(session)}
    assert ends == {first: TODAY + 9 * DAY, second: TODAY + 19 * DAY, third: None}


def test_a_rule_withdrawn_before_it_begins_leaves_no_gap(manager: Person) -> None:
    """The rule before it goes on to where the withdrawn one would have ended."""
    first = set_rule(manager, 10, valid_from=TODAY - DAY)
    third = set_rule(manager, 30, valid_from=TODAY + 20 * DAY)
    for withdrawn, until in ((set_rule(manager, 20, valid_from=TODAY + 10 * DAY), TODAY + 19 * DAY), (third, None)):
        with transaction(manager.organisation_id) as session:
            service.end_rule(session, queries.rule(session, withdrawn), today=TODAY, by=manager)
        with transaction(manager.organisation_id) as session:
            assert queries.rule(session, first).valid_until == until
    with transaction(manager.organisation_id) as session:
        assert [rule.id for rule in queries.rules(session)] == [first]
