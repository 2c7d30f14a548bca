"""Keeping on the pages: the ledger, a hold from the call's page, an act from its draft to "deleted by act No 1"."""

import re
import threading
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text

from db import EVERY_ORGANISATION, store, transaction
from recordings import jobs
from recordings.keeping import jobs as keeping
from recordings.keeping import service
from recordings.keeping.tables import DeletionAct, LegalHold
from recordings.ledger import jobs as ledger
from recordings.tables import Recording
from run.host.servers import Servers
from run.settings import Settings
from run.storage import connect_store
from staff.tables import Audit
from tests.centre import Centre
from tests.client import Client
from tests.journal import NODE
from tests.pages.a_call import answered_call
from tests.pages.test_status import in_language, words_of
from tests.recordings.speech import conversation, write_leg
from tests.town.waiting import wait_for

SignIn = Callable[[str], Client]
ACTS = "/recordings/keeping/acts"
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


@pytest.fixture
def recording(centre: Centre, servers: Servers, settings: Settings, tmp_path: Path) -> Recording:
    """The stored recording of a call that Olena answered."""
    servers.start("s3")
    connect_store(settings)
    jobs.connect(settings.redis_url.get_secret_value(), spool=tmp_path)
    call = answered_call(centre.people["olena"])
    for leg, speech in zip(("rx", "tx"), conversation(), strict=True):
        write_leg(tmp_path / f"{call}.1.{leg}.wav", speech)
    jobs.store_recording(row_of(call).id)
    return row_of(call)


def row_of(call: UUID) -> Recording:
    with transaction(EVERY_ORGANISATION) as session:
        found = session.scalars(select(Recording).where(Recording.call == call)).one()
        session.expunge(found)
        return found


def act_id() -> int:
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(DeletionAct.id)).one()


def test_the_ledger_says_what_happened_and_what_the_verification_found(client: SignIn, recording: Recording) -> None:
    iryna = in_language(client, "en")
    iryna.post(f"/recordings/{recording.id}/listen", data={"why": "quality"})
    ledger.verify()
    said = words_of(iryna.get("/recordings/keeping").text)
    assert "Entries in the ledger 2" in said
    assert "listened · Iryna" in said
    assert "everything agrees" in said
    store.delete(recording.object_key or "")
    ledger.verify()
    said = words_of(iryna.get("/recordings/keeping").text)
    assert "does not agree" in said
    assert f"{recording.object_key} is not in the store." in said


def test_an_act_goes_from_its_draft_to_the_calls_page(client: SignIn, recording: Recording) -> None:
    mykola, admin = in_language(client, "en", "mykola"), in_language(client, "en", "admin.khm")
    mykola.post("/recordings/keeping/policy", data={"two_persons": "true"})
    answer = mykola.post(ACTS, data={"call": recording.call, "why": "the citizen asked for it"})
    assert answer.status_code == 303
    address = f"{ACTS}/{act_id()}"
    mykola.post(f"{address}/approve")
    mykola.post(f"{address}/approve")
    said = words_of(mykola.get(address).text)
    assert "awaits the second person" in said
    assert "You approved it; another person must confirm." in said
    admin.post(f"{address}/approve")
    keeping.carry_out(act_id(), NODE)
    said = words_of(mykola.get(address).text)
    assert "carried out" in said
    assert "1 of 1" in said
    paper = words_of(mykola.get(f"{address}/paper").text)
    assert recording.sha256 is not None
    assert recording.sha256 in paper
    assert "Approved by Mykola" in paper
    call = words_of(client("iryna").get(f"/recordings/of?call={recording.call}").text)
    assert "№ 1" in call
    english = words_of(in_language(client, "en").get(f"/recordings/of?call={recording.call}").text)
    assert "Deleted by act No 1 on" in english


def test_one_person_does_not_do_away_with_the_second(client: SignIn, recording: Recording) -> None:
    mykola, admin = in_language(client, "en", "mykola"), in_language(client, "en", "admin.khm")
    policy, off = "/recordings/keeping/policy", {"two_persons": "false"}
    mykola.post(policy, data={"two_persons": "true"})
    for nonsense in ({}, {"two_persons": "perhaps"}):
        assert mykola.post(policy, data=nonsense).status_code == 422
    mykola.post(policy, data=off)
    mykola.post(policy, data=off)
    said = words_of(mykola.get(ACTS).text)
    assert "Each act needs two persons" in said
    assert "You asked that one person be enough; another person must confirm." in said
    assert "Confirm that one is enough" not in said
    said = words_of(admin.get(ACTS).text)
    assert "Mykola asks that one person be enough." in said
    admin.post(policy, data={"two_persons": "true"})
    assert "asks that one" not in words_of(admin.get(ACTS).text)
    mykola.post(policy, data=off)
    admin.post(policy, data=off)
    assert "One person approves an act." in words_of(mykola.get(ACTS).text)


def test_two_clicks_draft_one_act(client: SignIn, recording: Recording, centre: Centre) -> None:
    mykola, answers = client("mykola"), []
    form = {"call": str(recording.call), "why": "the citizen asked for it"}
    second = threading.Thread(target=lambda: answers.append(mykola.post(ACTS, data=form).status_code))
    with transaction(EVERY_ORGANISATION) as session:
        service.draft(session, recording.call, reason="the first click", by=centre.people["mykola"])
        second.start()
        wait_for("the second click to wait", lambda: session.scalar(text(WAITING)))
    second.join(20)
    assert answers == [422]
    assert act_id()


def test_what_was_typed_is_shown_again_with_what_is_wrong(client: SignIn, recording: Recording) -> None:
    mykola, iryna = in_language(client, "en", "mykola"), in_language(client, "en")
    mykola.post(ACTS, data={"call": recording.call, "why": "the citizen asked for it"})
    iryna.post("/recordings/keeping/holds", data={"call": recording.call, "scope": "call", "why": "case 757"})
    with transaction(EVERY_ORGANISATION) as session:
        hold = session.scalars(select(LegalHold.id)).one()
    for browser, address in (
        (mykola, f"{ACTS}/{act_id()}/withdraw"),
        (iryna, f"/recordings/keeping/holds/{hold}/release"),
    ):
        refused = browser.post(address, data={"why": "no"})
        assert refused.status_code == 422
        assert 'value="no"' in refused.text
        assert "Write at least 3 characters" in refused.text
        assert browser.post(address, data={"why": "not needed"}).status_code == 303


def test_a_hold_is_seen_on_the_calls_page_until_it_is_released(client: SignIn, recording: Recording) -> None:
    iryna = in_language(client, "en")
    of_call = f"/recordings/of?call={recording.call}"
    assert "Kept for ever: no rule says otherwise." in words_of(iryna.get(of_call).text)
    form = {"call": recording.call, "scope": "number", "why": "case 757"}
    assert iryna.post("/recordings/keeping/holds", data=form).status_code == 303
    assert "under a hold case 757" in words_of(iryna.get(of_call).text)
    page = iryna.get("/recordings/keeping/holds").text
    [place] = [part.partition("/release")[0] for part in page.split("/recordings/keeping/holds/")[1:]]
    iryna.post(f"/recordings/keeping/holds/{place}/release", data={"why": "closed"})
    assert "under a hold" not in words_of(iryna.get(of_call).text)


def test_a_rule_is_set_with_its_basis_and_seen_on_the_calls_page(client: SignIn, recording: Recording) -> None:
    mykola = in_language(client, "en", "mykola")
    wrong = mykola.post("/recordings/keeping/rules", data={"days": "0", "valid_from": "2026-01-01"})
    assert wrong.status_code == 422
    rule = {"days": "1095", "basis": "Order 17", "valid_from": "2026-01-01"}
    assert mykola.post("/recordings/keeping/rules", data=rule).status_code == 303
    assert "any topic, any end 1,095" in words_of(mykola.get("/recordings/keeping/rules").text)
    assert "Order 17" in words_of(in_language(client, "en").get(f"/recordings/of?call={recording.call}").text)


def test_a_rule_that_has_not_begun_is_withdrawn(client: SignIn, centre: Centre) -> None:
    mykola, iryna = in_language(client, "en", "mykola"), in_language(client, "en")
    for begins, days in (("2026-01-01", "10"), ("2999-01-01", "20")):
        mykola.post("/recordings/keeping/rules", data={"days": days, "basis": "Order 17", "valid_from": begins})
    page = mykola.get("/recordings/keeping/rules").text
    assert "has not begun" in words_of(page)
    [(address, asked)] = re.findall(r'action="([^"]+/end)"[^>]* data-ask="([^"]+)"', page)
    assert "Jan 1, 2999" in asked
    assert "Withdraw the rule" not in iryna.get("/recordings/keeping/rules").text
    assert iryna.post(address).status_code == 403
    assert mykola.post(address).status_code == 303
    said = words_of(mykola.get("/recordings/keeping/rules").text)
    assert "The rule is withdrawn" in said
    assert "has not begun" not in said
    assert "2998" not in said, "the rule before it goes on without an end"
    with transaction(EVERY_ORGANISATION) as session:
        [entry] = session.scalars(select(Audit).where(Audit.deed == "retention_rule.withdrawn"))
        assert (entry.person_id, entry.details["days"], entry.details["from"]) == (
            centre.people["mykola"].id,
            "20",
            "2999-01-01",
        )
