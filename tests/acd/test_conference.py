"""Three in a talk, as the desk says it: asked of the listener, told by Asterisk, written in the journal."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from acd import service
from acd.model import Wish
from acd.tables import AgentCommand
from calls import translate
from calls.events import AgentAnswered, AgentLeftTalk, AgentOffered, ConferenceBegan
from calls.model import QueueName
from calls.signals import ChannelId, Said
from db import Conflict
from tests.acd.conftest import Desk, call_id, phone_of

WATER = QueueName("khm-water")


def test_only_who_talks_has_it_written_down(desk: Desk):
    desk.comes_ready(desk.olena)
    with pytest.raises(Conflict):
        service.tell_conference(desk.session, desk.olena, "agent7", together=True)
    call = call_id()
    desk.tells(AgentOffered, call, agent=phone_of(desk.olena), queue=WATER)
    answered = {"waited": timedelta(0), "rang": timedelta(0)}
    desk.tells(AgentAnswered, call, agent=phone_of(desk.olena), queue=WATER, **answered)
    service.tell_conference(desk.session, desk.olena, "agent7", together=True)
    service.tell_conference(desk.session, desk.olena, "+380671234567", together=False)
    told = desk.session.execute(select(AgentCommand.deed, AgentCommand.party).where(AgentCommand.call == call)).all()
    assert {tuple(row) for row in told} == {
        (Wish.TELL_CONFERENCE, "PJSIP/agent7"),
        (Wish.TELL_CONFERENCE_OVER, "+380671234567"),
    }
    desk.tells(AgentLeftTalk, call, agent=phone_of(desk.olena), talked=timedelta(0), ended_by="agent")
    with pytest.raises(Conflict):
        service.tell_conference(desk.session, desk.olena, "agent7", together=True)


def test_an_end_after_the_talks_end_is_no_conflict(desk: Desk):
    """The caller rings off while the desk takes the third out."""
    desk.comes_ready(desk.olena)
    service.tell_conference(desk.session, desk.olena, "agent7", together=False)
    assert not desk.session.scalars(select(AgentCommand).where(AgentCommand.person_id == desk.olena.id)).all()


def test_of_two_parties_the_last_one_is_told(desk: Desk):
    desk.comes_ready(desk.olena)
    call = call_id()
    desk.tells(AgentOffered, call, agent=phone_of(desk.olena), queue=WATER)
    desk.tells(AgentAnswered, call, agent=phone_of(desk.olena), queue=WATER, waited=timedelta(0), rang=timedelta(0))
    for party in ("agent7", "agent8", "agent8"):
        service.tell_conference(desk.session, desk.olena, party, together=True)
    told = select(AgentCommand.party, AgentCommand.outcome).where(AgentCommand.call == call).order_by(AgentCommand.id)
    assert [tuple(row) for row in desk.session.execute(told)] == [
        ("PJSIP/agent7", "superseded"),
        ("PJSIP/agent8", None),
    ]


def test_what_asterisk_is_asked_to_tell_comes_back_as_the_event(desk: Desk):
    call, agent = call_id(), phone_of(desk.olena)
    asked = translate.as_told(ConferenceBegan, ChannelId("node1-1.7"), call, agent=agent, to="+380671234567")
    heard = translate.translate({"Event": "UserEvent", "Timestamp": "1795334600.5", **asked})
    assert isinstance(heard, Said)
    assert heard.channel == "node1-1.7"
    assert isinstance(heard.event, ConferenceBegan)
    assert (heard.event.call, heard.event.agent, heard.event.to) == (call, agent, "+380671234567")
