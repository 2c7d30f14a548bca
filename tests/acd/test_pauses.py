"""A pause has an end to be expected; the desk knows in how many queues Asterisk has its agent."""

from datetime import timedelta

from acd import desk as desks
from acd import members, queries, service
from acd.tables import PauseReason
from tests.acd.conftest import Desk


def test_a_pause_knows_when_it_should_be_over(desk: Desk):
    quarter = timedelta(minutes=15)
    desk.session.add(PauseReason(organisation_id=desk.organisation.id, code="break", name={"uk": "Чай"}, lasts=quarter))
    desk.comes_ready(desk.olena)
    for reason, lasts in (("break", quarter), ("lunch", None)):
        service.pause(desk.session, desk.olena, reason)
        period = queries.current_state(desk.session, desk.olena.id)
        assert period is not None
        assert (period.due_at - period.since if period.due_at else None) == lasts
        told = desks.state_of(desk.session, desk.olena)["due_at"]
        assert told == (period.due_at.isoformat() if period.due_at else None)


def test_the_desk_knows_in_how_many_queues_asterisk_has_its_agent(desk: Desk):
    for each in (desk.olena, desk.andrii):
        desk.comes_ready(each)
    wanted = members.desired(desk.session)
    members.note_joined(desk.session, {place: it for place, it in wanted.items() if place[0] == "khm-general"})
    assert desks.state_of(desk.session, desk.olena)["shift"]["queues_joined"] == 1
    members.note_joined(desk.session, wanted, [desk.olena.id])
    assert desks.state_of(desk.session, desk.olena)["shift"]["queues_joined"] == 2
    assert desks.state_of(desk.session, desk.andrii)["shift"]["queues_joined"] == 1, "only who was asked about"
