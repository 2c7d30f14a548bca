"""Webhooks: put beside the deed, signed, in order, tried again, given up and sent once more; never into the house."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from appeals.executors.tables import Executor
from appeals.webhooks import queries, service
from appeals.webhooks.model import (
    CHOSEN,
    HOPELESS_AFTER,
    Event,
    NotAllowed,
    State,
    chosen_address,
    fault_of,
    networks,
    pause_after,
    signature,
)
from appeals.webhooks.sending import Teller
from appeals.webhooks.tables import Webhook, WebhookMessage
from appeals.workflow import ending
from appeals.workflow import service as workflow
from appeals.workflow.model import Told
from db import EVERY_ORGANISATION, transaction
from notify.tables import Channel, Message
from staff.tables import Audit
from tests.appeals.workflow.conftest import City, city
from tests.client import Client
from tests.notify.far_ends import HttpEnd

__all__ = ["city"]
LOOPBACK = networks(["127.0.0.0/8"])


@pytest.fixture
def receiver() -> Iterator[HttpEnd]:
    """Somebody who is told."""
    with HttpEnd() as end:
        yield end


def wanted(city: City, url: str, *, executor: str = "", personal: bool = False) -> Webhook:
    """A webhook."""
    by = city.centre.people["admin.khm"]
    whose = city.executors[executor] if executor else None
    with transaction(by.organisation_id) as session:
        return service.add(
            session,
            name=f"Облік {executor}",
            url=f"{url}/news",
            events=CHOSEN,
            executor=whose,
            personal=personal,
            by=by,
        )  # fmt: skip


def messages() -> list[WebhookMessage]:
    """Everything that is in the outbox."""
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(WebhookMessage).order_by(WebhookMessage.id)))


def due_now() -> None:
    """Whatever waits need not wait longer."""
    now = datetime.now(UTC)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(WebhookMessage).where(WebhookMessage.state == State.WAITING).values(due_at=now))
        session.execute(update(Webhook).values(resting_until=None))


def tell(teller: Teller | None = None) -> int:
    """Everything that is due, told round by round; how many attempts that were."""
    teller, told = teller or Teller(LOOPBACK), 0
    while begun := teller.look():
        teller.finish()
        told += begun
    return told


def test_a_deed_is_told_signed_and_without_anybodys_data(city: City, receiver: HttpEnd) -> None:
    hook = wanted(city, receiver.url)
    appeal = city.appeal()
    city.given(appeal, "water")
    tell()
    assert [each["event"] for each in receiver.posted] == ["appeal.registered", "appeal.changed"]
    first, second = receiver.posted
    assert (second["deed"], second["became"], second["appeal"]["state"]) == ("assign", "assigned", "assigned")
    assert (first["appeal"]["number"], first["appeal"]["substance"]) == (appeal.number, "Немає води")
    assert first["appeal"]["applicant"] is first["appeal"]["addresses"] is None
    assert not [word for word in ("Коваль", "380671112233", "Прибузька") if word in json.dumps(receiver.posted)]
    head = {name.lower(): value for name, value in receiver.headers[1].items()}
    body = json.dumps(second, ensure_ascii=False, separators=(",", ":")).encode()
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
    mine = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert head["webhook-signature"] == f"v1,{mine}"
    assert abs(int(head["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    assert {each.state for each in messages()} == {State.SENT}


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of the specification."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == expected


def _cancelled_in_vain(city: City, number: str) -> None:
    with transaction(city.iryna.organisation_id) as session:
        ending.cancel(session, number, Told(reason="помилка"), by=city.iryna)
        raise RuntimeError


def test_nothing_is_told_of_a_deed_that_did_not_happen(city: City, receiver: HttpEnd) -> None:
    wanted(city, receiver.url)
    appeal = city.appeal()
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(WebhookMessage).values(state=State.SENT))
    with pytest.raises(RuntimeError):
        _cancelled_in_vain(city, appeal.number)
    assert tell() == 0


def test_a_body_hears_of_its_own_work_alone_with_whom_it_must_reach(city: City, receiver: HttpEnd) -> None:
    """U-12: the appeal reaches a body outside the system, with what it takes to reach the citizen."""
    wanted(city, receiver.url, executor="roads", personal=True)
    other, appeal = city.appeal(), city.appeal()
    city.given(other, "water")
    work, theirs = city.given(appeal, "water", "roads")
    with transaction(city.olena.organisation_id) as session:
        workflow.take(session, work.id, Told(), by=city.vasyl)
        workflow.withdraw(session, theirs.id, Told(reason="не їхнє"), by=city.olena)
    tell()
    assert [(each["deed"], each["appeal"]["number"]) for each in receiver.posted] == [
        ("assign", appeal.number), ("withdraw", appeal.number),
    ]  # fmt: skip
    assert receiver.posted[0]["appeal"]["applicant"]["phone"] == "+380671112233"
    with transaction(EVERY_ORGANISATION) as session:
        told = session.scalars(select(Audit.details).where(Audit.deed == "webhook.told")).all()
    assert told == [{"appeal": appeal.number}] * 2


def test_a_receiver_that_is_away_is_tried_again_and_news_of_an_appeal_keep_their_order(
    city: City, receiver: HttpEnd
) -> None:
    wanted(city, receiver.url)
    first, second = city.appeal(), city.appeal()
    city.given(first, "water")
    receiver.answer(503)
    assert tell() == 2, "one of each appeal, and no more while it is away"
    failed, waits, later = messages()
    assert (failed.state, failed.failures, failed.status) == (State.WAITING, 1, 503)
    assert failed.due_at > datetime.now(UTC)
    assert (waits.failures, later.attempts) == (0, 0)
    assert tell() == 0, "the receiver rests"
    receiver.answer(200)
    due_now()
    tell()
    told = [(each["appeal"]["number"], each["event"]) for each in receiver.posted[1:]]
    assert sorted(told) == sorted([
        (first.number, "appeal.registered"), (first.number, "appeal.changed"), (second.number, "appeal.registered"),
    ])  # fmt: skip
    assert told.index((first.number, "appeal.registered")) < told.index((first.number, "appeal.changed"))
    assert {each.state for each in messages()} == {State.SENT}


def test_what_was_given_up_is_seen_on_the_page_and_sent_once_more(
    city: City, receiver: HttpEnd, client: Callable[[str], Client]
) -> None:
    hook = wanted(city, receiver.url)
    appeal = city.appeal()
    receiver.answer(410, "gone")
    for _ in range(HOPELESS_AFTER):
        due_now()
        assert tell() == 1
    [dead] = messages()
    assert (dead.state, dead.last_error) == (State.DEAD, "410 gone")
    assert tell() == 0
    admin = client("admin.khm")
    page = admin.get(f"/exchange/webhooks/{hook.id}").text
    assert "410 gone" in page
    assert appeal.number in page
    receiver.answer(204)
    assert admin.post(f"/exchange/webhooks/{hook.id}/replay").status_code == 303
    tell()
    assert receiver.posted[-1]["id"] == receiver.posted[0]["id"] == str(dead.name), "it knows the repetition by this"
    assert admin.post(f"/exchange/webhooks/{hook.id}/messages/{dead.id}/replay").status_code == 303
    assert admin.post(f"/exchange/webhooks/{hook.id}/messages/{dead.id}/replay").status_code == 409, "it waits"
    assert admin.post(f"/exchange/webhooks/{hook.id}/ping").status_code == 303
    tell()
    assert receiver.posted[-1]["event"] == "ping"


def test_a_sender_that_vanished_leaves_it_to_the_next(city: City, receiver: HttpEnd) -> None:
    hook = wanted(city, receiver.url)
    city.appeal()
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(WebhookMessage).values(due_at=long_ago))
    with transaction(EVERY_ORGANISATION) as session:
        [vanished] = service.lease(session, hook, at=long_ago)
    assert tell() == 1
    with transaction(EVERY_ORGANISATION) as session:
        service.failed(session, vanished, "too late to say so")
    assert [each.state for each in messages()] == [State.SENT]


def test_nothing_goes_into_the_house_unless_the_setting_names_it(city: City, receiver: HttpEnd) -> None:
    for host in ("127.0.0.1", "localhost"):
        hook = wanted(city, f"http://{host}:{receiver.url.rpartition(':')[2]}")
        with transaction(EVERY_ORGANISATION) as session:
            session.execute(update(Webhook).where(Webhook.id == hook.id).values(name=host))
    city.appeal()
    tell(Teller())
    assert receiver.posted == []
    assert ["inside the house" in (each.last_error or "") for each in messages()] == [True, True]


def test_a_redirect_leads_nowhere(city: City, receiver: HttpEnd) -> None:
    wanted(city, receiver.url)
    city.appeal()
    receiver.answer(302, Location=f"{receiver.url}/elsewhere")
    tell()
    assert receiver.paths == ["/news"]
    assert messages()[0].status == 302


INSIDE = ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "fe80::1%eth0",
          "::ffff:127.0.0.1", "224.0.0.1", "fd00::1"]  # fmt: skip


def test_addresses_inside_are_told_apart() -> None:
    for address in INSIDE:
        for found in ([address], ["93.184.215.14", address]):
            with pytest.raises(NotAllowed):
                chosen_address(found, encrypted=True, inside=[])


def test_outside_only_encrypted_and_inside_where_named() -> None:
    assert chosen_address(["93.184.215.14"], encrypted=True, inside=[]) == "93.184.215.14"
    with pytest.raises(NotAllowed):
        chosen_address(["93.184.215.14"], encrypted=False, inside=LOOPBACK)
    assert chosen_address(["127.0.0.1"], encrypted=False, inside=LOOPBACK) == "127.0.0.1"
    with pytest.raises(NotAllowed):
        chosen_address([], encrypted=True, inside=LOOPBACK)


NO_ADDRESSES = (
    "ftp://x.example",
    "javascript:alert(1)",
    "https://",
    "https://u:p@x.example",
    "http://x:99999/",
    "x" * 9,
)


def test_what_is_no_address_is_told_so(client: Callable[[str], Client]) -> None:
    admin = client("admin.khm")
    for url in NO_ADDRESSES:
        assert fault_of(url)
        answer = admin.post("/exchange/webhooks", data={"name": "Облік", "url": url, "events": "appeal.changed"})
        assert answer.status_code == 422


def test_pauses_grow_up_to_an_hour() -> None:
    pauses = [pause_after(failures) for failures in range(1, 13)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=10), timedelta(hours=1))


def test_old_news_are_forgotten(city: City, receiver: HttpEnd) -> None:
    wanted(city, receiver.url)
    city.appeal()
    tell()
    with transaction(EVERY_ORGANISATION) as session:
        assert service.forget_old(session) == 0
        assert service.forget_old(session, at=datetime.now(UTC) + timedelta(days=31)) == 1
        assert not queries.counts(session)
    assert Event.PING not in CHOSEN


def test_a_body_that_does_not_work_here_is_written_to_once(city: City) -> None:
    """U-12: by e-mail, whose state stands in the outbox; whoever works here is not written to."""
    with transaction(EVERY_ORGANISATION) as session:
        whose = {"organisation_id": city.olena.organisation_id}
        session.add(Channel(**whose, name="Пошта", kind="email", settings={}, secret=""))
        session.execute(update(Executor).values(email="duty@body.example"))
    appeal = city.appeal()
    work, _other = city.given(appeal, "heat", "water")
    with transaction(EVERY_ORGANISATION) as session:
        letters = session.scalars(select(Message)).all()
    assert [(each.recipient, each.key) for each in letters] == [("duty@body.example", f"assignment:{work.id}")]
    assert all(word in letters[0].text for word in (appeal.number, "Немає води", "вул. Прибузька, 12"))
    assert "Коваль" not in letters[0].text
