"""A mail fed to a mailbox becomes one draft with its files, whatever happens; an operator completes or returns it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from PIL import Image
from sqlalchemy import select, update

from appeals.attachments.tables import Attachment
from appeals.classifier import service as classifier
from appeals.inbound.collecting import Collector
from appeals.inbound.model import State
from appeals.inbound.service import keep_mailbox
from appeals.inbound.tables import InboundLetter, Mailbox
from appeals.model import Source
from appeals.tables import Appeal
from db import EVERY_ORGANISATION, store, transaction
from notify.model import ChannelKind
from notify.sender import Sender
from notify.tables import Message
from run.host.servers import Servers
from run.notifier import zones
from run.settings import Settings
from run.storage import connect_store
from tests.appeals.cards import fields, form
from tests.appeals.inbound.dovecot import Dovecot
from tests.appeals.inbound.test_reading import mail
from tests.centre import Centre
from tests.client import Client
from tests.notify.conftest import Outbox
from tests.notify.far_ends import MailServer
from tests.notify.test_sender import look_once

Browser = Callable[[str], Client]


@pytest.fixture
def dovecot(authority: trustme.CA) -> Iterator[Dovecot]:
    with Dovecot(authority) as listening:
        yield listening


@pytest.fixture
def mailbox(centre: Centre, dovecot: Dovecot, servers: Servers, settings: Settings) -> Dovecot:
    """The city's, looked into once, so that it is known where the new letters begin."""
    servers.start("s3")
    connect_store(settings)
    admin = centre.people["admin.khm"]
    with transaction(admin.organisation_id) as session:
        keep_mailbox(session, Mailbox(organisation_id=admin.organisation_id), dovecot.settings(), by=admin)
    dovecot.feed(mail("from before", Message_ID="<0@x>"), at=datetime.now(UTC) - timedelta(days=1))
    collect()
    assert letters() == []
    return dovecot


def collect() -> int:
    """A look, as if its minute had come."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Mailbox).values(due_at=datetime.now(UTC) - timedelta(seconds=1)))
    return Collector().look()


def letters() -> list[InboundLetter]:
    with transaction(EVERY_ORGANISATION) as session:
        found = list(session.scalars(select(InboundLetter).order_by(InboundLetter.id)))
        session.expunge_all()
        return found


def the_mailbox() -> Mailbox:
    with transaction(EVERY_ORGANISATION) as session:
        found = session.scalars(select(Mailbox)).one()
        session.expunge(found)
        return found


def photo(tmp_path: Path) -> bytes:
    Image.new("RGB", (40, 30), "red").save(tmp_path / "photo.jpg")
    return (tmp_path / "photo.jpg").read_bytes()


def test_a_mail_becomes_one_draft_with_its_files_however_often_it_comes(mailbox: Dovecot, tmp_path: Path) -> None:
    """U-17, the requirement's own check."""
    made = mail("Немає води третій день")
    made.add_attachment(photo(tmp_path), maintype="image", subtype="jpeg", filename="двір.jpg")
    mailbox.feed(made)
    mailbox.feed(made)
    assert (collect(), collect()) == (1, 0)
    [letter] = letters()
    assert (letter.state, letter.text, letter.subject) == (State.WAITING, "Немає води третій день", "Вода")
    assert [part["name"] for part in letter.parts] == ["двір.jpg"]
    assert b"".join(store.read(str(letter.object_key))).replace(b"\r\n", b"\n") == made.as_bytes()
    assert mailbox.unseen() == 3, "nothing in the mailbox was changed"
    mailbox.begin_anew()
    mailbox.feed(mail("ще один", Message_ID="<2@x>"))
    collect()
    assert len(letters()) == 2


def test_machines_are_kept_apart_and_taken_back(mailbox: Dovecot, client: Browser) -> None:
    mailbox.feed(mail(Auto_Submitted="auto-replied", Message_ID="<a@x>"))
    mailbox.feed(b"\x00\xff nonsense")
    mailbox.feed(mail("людина", Message_ID="<b@x>"))
    collect()
    states = [letter.state for letter in letters()]
    assert states == [State.PASSED_OVER, State.WAITING, State.WAITING]
    browser = client("olena")
    machine = letters()[0].id
    assert "людина" in browser.get("/appeals/inbound").text
    assert "людина" not in browser.get("/appeals/inbound?state=passed_over").text
    assert browser.post(f"/appeals/inbound/{machine}/undo").status_code == 303
    assert letters()[0].state == State.WAITING


def test_a_huge_mail_is_read_from_its_beginning(mailbox: Dovecot) -> None:
    made = mail("Дивіться відео", Message_ID="<huge@x>")
    made.add_attachment(b"\x00" * 31_000_000, maintype="video", subtype="mp4", filename="відео.mp4")
    mailbox.feed(made)
    collect()
    [letter] = letters()
    assert (letter.text, letter.faults, letter.parts) == ("Дивіться відео", ["too_large"], [])
    assert letter.size > 31_000_000


def test_a_mail_server_that_is_away_or_refuses_is_told_and_asked_again(mailbox: Dovecot) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Mailbox).values(secret="wrong"))
    collect()
    assert "AUTHENTICATIONFAILED" in str(the_mailbox().last_failure)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Mailbox).values(ca="", secret="a-long-password"))
    mailbox.feed(mail("meanwhile"))
    collect()
    assert "certificate" in str(the_mailbox().last_failure)
    assert the_mailbox().failures == 2
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Mailbox).values(security="starttls", port=mailbox.plain, ca=mailbox.ca))
    assert collect() == 1
    assert (the_mailbox().failures, the_mailbox().last_success_at is not None) == (0, True)


def test_without_the_store_nothing_is_written_down_and_nothing_lost(mailbox: Dovecot, settings: Settings) -> None:
    mailbox.feed(mail("у сховищі"))
    store.connect("127.0.0.1:1", access_key="", secret_key="", bucket="none")
    collect()
    assert letters() == []
    connect_store(settings)
    assert collect() == 1


def test_an_operator_completes_the_card_and_the_files_are_the_appeals(
    mailbox: Dovecot, client: Browser, centre: Centre, tmp_path: Path
) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        classifier.load_national(
            session, centre.organisations["khm"], today=datetime.now(UTC).date() - timedelta(days=1)
        )
    made = mail("Немає води третій день")
    made.add_attachment(photo(tmp_path), maintype="image", subtype="jpeg", filename="двір.jpg")
    made.add_attachment(b"MZ\x90\x00", maintype="application", subtype="octet-stream", filename="virus.exe")
    mailbox.feed(made)
    collect()
    [letter] = letters()
    browser = client("olena")
    page = browser.get(f"/appeals/inbound/{letter.id}").text
    assert "двір.jpg" in page
    taken = browser.get(f"/appeals/inbound/{letter.id}/files/1")
    assert taken.content == b"MZ\x90\x00"
    assert taken.headers["content-disposition"].startswith("attachment")
    card = browser.get(f"/appeals/new?letter={letter.id}").text
    typed = fields(card)
    assert (typed["letter"], typed["email"]) == (str(letter.id), "maria@mail.example")
    assert "Немає води третій день" in card
    sent = form(source="email", letter=str(letter.id), email="maria@mail.example", submission=typed["submission"])
    for _ in range(2):
        assert browser.post("/appeals", data=sent).status_code == 303
    assert (
        client("andrii").post("/appeals", data=sent | {"submission": str(__import__("uuid").uuid4())}).status_code
        == 422
    )
    for _ in range(2):
        Collector().look()
    with transaction(EVERY_ORGANISATION) as session:
        appeal = session.scalars(select(Appeal)).one()
        files = session.scalars(select(Attachment)).all()
        assert (appeal.source, appeal.id) == (Source.EMAIL, letters()[0].appeal_id)
        assert [file.file_name for file in files] == ["двір.jpg"], "a program is refused, and stays in the letter"
    assert (letters()[0].state, letters()[0].handed_over) == (State.REGISTERED, True)


def test_an_incomplete_letter_is_not_sent_for_execution(mailbox: Dovecot, client: Browser) -> None:
    """U-88, article 5: name, place of residence, substance, a way to reply; else it goes back to its author."""
    mailbox.feed(mail("Немає води третій день"))
    collect()
    [letter] = letters()
    browser = client("olena")
    submission = fields(browser.get(f"/appeals/new?letter={letter.id}").text)["submission"]
    whole = form(source="email", letter=str(letter.id), email="maria@mail.example", submission=submission)
    for lacks in ({"surname": ""}, {"address": " "}, {"substance": ""}, {"phone": "", "email": ""}):
        answer = browser.post("/appeals", data=whole | lacks)
        assert answer.status_code == 422, lacks
        assert f'id="error-{next(iter(lacks))}"' in answer.text
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(Appeal)).all() == []
    assert letters()[0].state == State.WAITING
    assert browser.post("/appeals", data=whole).status_code == 303


def test_a_begun_card_is_not_lost_to_a_letter(mailbox: Dovecot, client: Browser) -> None:
    mailbox.feed(mail())
    collect()
    browser = client("olena")
    browser.post("/appeals/draft", data={"surname": "Шевченко", "substance": "half typed"})
    answer = browser.get(f"/appeals/new?letter={letters()[0].id}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/appeals/new")
    assert "half typed" in browser.get("/appeals/new").text


def test_a_letter_is_returned_with_what_is_missing_unless_it_is_undone_in_time(
    mailbox: Dovecot, client: Browser, centre: Centre, mail_server: MailServer
) -> None:
    mailbox.feed(mail("хто я — не скажу"))
    collect()
    [letter] = letters()
    browser, url = client("olena"), f"/appeals/inbound/{letter.id}"
    asked = {"missing": ["name", "residence"], "note": "Напишіть адресу"}
    assert browser.post(f"{url}/return", data=asked).status_code == 422, "there is no channel of e-mail"
    outbox = Outbox(centre.organisations["khm"].id)
    outbox.channel(ChannelKind.EMAIL, **mail_server.settings())
    assert browser.post(f"{url}/return", data={"missing": []}).status_code == 422
    assert browser.post(f"{url}/return", data=asked).status_code == 303
    look_once(Sender(zones))
    assert mail_server.mails == [], "two minutes to think again"
    assert browser.post(f"{url}/undo").status_code == 303
    assert browser.post(f"{url}/return", data=asked).status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Message).where(Message.state == "waiting").values(due_at=datetime.now(UTC)))
    look_once(Sender(zones))
    [sent] = mail_server.mails
    assert sent["To"] == "maria@mail.example"
    text = sent.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert re.search(r"прізвище.*місце проживання.*Напишіть адресу", text, re.DOTALL)
    assert browser.post(f"{url}/undo").status_code == 303
    assert letters()[0].state == State.WAITING


def test_spam_is_put_aside_and_comes_back(mailbox: Dovecot, client: Browser) -> None:
    mailbox.feed(mail("виграйте мільйон"))
    collect()
    browser, url = client("olena"), f"/appeals/inbound/{letters()[0].id}"
    for deed, state in (("spam", State.SPAM), ("spam", State.SPAM), ("undo", State.WAITING)):
        assert browser.post(f"{url}/{deed}").status_code == 303
        assert letters()[0].state == state
    assert "1" in browser.get("/appeals/inbound/count").text


def test_an_administrator_names_a_mailbox(client: Browser, centre: Centre, dovecot: Dovecot) -> None:
    browser = client("admin.khm")
    given = {**dovecot.settings(), "enabled": "true"}
    assert browser.post("/channels/mailboxes", data=given | {"secret": ""}).status_code == 422
    assert browser.post("/channels/mailboxes", data=given).status_code == 303
    assert browser.post("/channels/mailboxes", data=given).status_code == 422, "the name is taken"
    page = browser.get(f"/channels/mailboxes/{the_mailbox().id}").text
    assert "a-long-password" not in page
    kept = browser.post(f"/channels/mailboxes/{the_mailbox().id}", data=given | {"secret": "", "folder": "Other"})
    assert kept.status_code == 303
    assert (the_mailbox().secret, the_mailbox().folder) == ("a-long-password", "Other")
    assert client("olena").get("/channels/mailboxes").status_code == 403
