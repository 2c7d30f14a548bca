"""Letters to an author that did not arrive: seen on the appeal's page, sent once more to the contact of now."""

import html
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from appeals.notices.words import MAILED
from appeals.tables import Appeal, Applicant
from appeals.terms.words import EXTENDED
from appeals.workflow import ending
from appeals.workflow.model import Told
from db import EVERY_ORGANISATION, transaction
from notify import service as outbox
from notify.model import ChannelKind
from notify.service import NO_SMS
from notify.tables import Channel, Message, OptOut
from staff.tables import Audit
from tests.appeals.workflow.conftest import City, city
from tests.client import Client
from tests.notify.conftest import Outbox

__all__ = ["city"]
Browser = Callable[[str], Client]
BOUNCED = {"state": "dead", "last_error": "550 no such mailbox koval@example.org"}


@pytest.fixture
def forwarded(city: City) -> Appeal:
    """An appeal whose author was written to, at an address that is none."""
    Outbox(city.olena.organisation_id).channel(ChannelKind.EMAIL, host="127.0.0.1")
    appeal = city.appeal()
    with transaction(city.olena.organisation_id) as session:
        told = Told(body="Облрада", reason="Не наше")
        ending.forward(session, appeal.number, told, by=city.olena)
    lose()
    return appeal


def lose() -> None:
    """Nothing of it arrives."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Message).values(**BOUNCED))


def letters() -> list[Message]:
    """The outbox, the first message first."""
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def panel(browser: Client, appeal: Appeal) -> str:
    """What the page shows of the letters."""
    page = html.unescape(browser.get(f"/appeals/{appeal.number}").text)
    return page.partition('aria-labelledby="letters"')[2].partition("</section>")[0]


def again(browser: Client, appeal: Appeal, message: int) -> str:
    """What the page says after the button."""
    answer = browser.post(f"/appeals/{appeal.number}/letters/again", data={"letter": str(message)})
    assert answer.status_code == 303
    return answer.headers["set-cookie"]


def test_a_lost_letter_goes_once_more_to_the_corrected_mailbox(city: City, forwarded: Appeal, client: Browser) -> None:
    olena = client("olena")
    shown = panel(olena, forwarded)
    assert "550 no such mailbox" in shown
    [asked] = re.findall(r'name="letter" value="(\d+)"', shown)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Applicant).values(email="olha.koval@example.org"))
    again(olena, forwarded, int(asked))
    again(olena, forwarded, int(asked))
    first, second = letters()
    assert (first.recipient, first.state) == ("koval@example.org", "dead"), "the earlier one stays as it was"
    assert (second.recipient, second.state) == ("olha.koval@example.org", "waiting")
    assert (second.subject, second.text) == (first.subject, first.text)
    assert f"{second.recipient}" in panel(olena, forwarded)
    assert "/letters/again" not in panel(olena, forwarded), "it is on its way"
    with transaction(EVERY_ORGANISATION) as session:
        [line] = session.scalars(select(Audit).where(Audit.deed == "message.resent"))
        delivered = {"state": "delivered", "sent_at": second.asked_at, "delivered_at": second.asked_at}
        session.execute(update(Message).where(Message.id == second.id).values(**delivered))
    assert (line.subject, line.person_id) == (f"appeal:{forwarded.number}", city.olena.id)
    assert "example.org" not in str(line.details)
    assert "доставлено" in panel(olena, forwarded)
    again(olena, forwarded, second.id)
    assert len(letters()) == 2, "what arrived is not sent again"


def test_a_letter_is_sent_again_a_few_times_by_who_acts_on_appeals(
    city: City, forwarded: Appeal, client: Browser
) -> None:
    olena, other = client("olena"), city.appeal()
    [message] = letters()
    assert client("mykola").post(f"/appeals/{forwarded.number}/letters/again").status_code == 403
    assert "/letters/again" not in panel(client("mykola"), forwarded)
    assert client("anna").post(f"/appeals/{forwarded.number}/letters/again").status_code in {403, 404}
    for wrong in (message.id + 1_000, 0):
        again(olena, forwarded, wrong)
    again(olena, other, message.id)
    assert len(letters()) == 1, "another appeal's letter is none of this one's"
    for _ in range(7):
        again(olena, forwarded, letters()[-1].id)
        lose()
    assert len(letters()) == 6
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Applicant).values(email="", phone=None))
        session.execute(update(Message).where(Message.id > message.id).values(key="other:" + Message.key))
    again(olena, forwarded, message.id)
    assert len(letters()) == 6, "there is no way to them"


def test_what_becomes_an_sms_is_not_for_who_has_refused_them(city: City, forwarded: Appeal, client: Browser) -> None:
    olena, here, phone = client("olena"), city.olena.organisation_id, "+380671112233"
    [message] = letters()
    sms = Outbox(here).channel(ChannelKind.SMS_HTTP, "secret", url="https://sms.example/send")
    with transaction(here) as session:
        session.execute(update(Channel).where(Channel.kind == ChannelKind.EMAIL).values(enabled=False))
        session.execute(update(Applicant).values(email="", phone=phone))
        session.execute(update(Message).values(template=MAILED.code))
    again(olena, forwarded, message.id)
    assert len(letters()) == 1, "a whole answer goes by e-mail alone"
    with transaction(here) as session:
        session.execute(update(Message).values(template=EXTENDED.code))
        session.add(OptOut(organisation_id=here, phone=phone, way="staff"))
    again(olena, forwarded, message.id)
    with transaction(here) as session:
        assert not outbox.lease(session, sms, at_most=5)
    second = letters()[-1]
    assert (second.recipient, second.state, second.last_error) == (phone, "failed", NO_SMS)
