"""The desk over HTTP: state, permissions, foreign organisations, the card before and after the ledger knows."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, event, func, select

from acd import jobs, service, states, visitors
from acd import queries as acd
from acd.model import Deed, Result
from acd.tables import AgentCommand, PauseReason, Queue, QueueMember, WrapUp
from calls.model import QueueName, interface_of
from calls.tables import CallRow, JournalRow, LegRow, Topic
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit, Person
from tests.centre import Centre
from tests.client import Client
from web.languages import catalogue

SEAT = "a-seat-of-tests"
UNKNOWN = UUID(int=1)  # no call has it
SCRIPT = {"Accept": "application/json"}
SignedIn = Callable[[str], Client]


@pytest.fixture
def queues(centre: Centre) -> Centre:
    """The city with a queue of which Olena is a member, and a reason to pause."""
    khm = centre.organisations["khm"]
    with transaction(EVERY_ORGANISATION) as session:
        general = Queue(
            organisation_id=khm.id, code="general", asterisk_name="khm-general", name={"uk": "Загальні питання"}
        )
        session.add_all([general, PauseReason(organisation_id=khm.id, code="lunch", name={"uk": "Обід"})])
        session.flush()
        session.add(QueueMember(organisation_id=khm.id, queue_id=general.id, person_id=centre.people["olena"].id))
        visitors.make_phones(session)
    return centre


def call_of(centre: Centre, caller: str, *, minutes: int = 0, source: str = "trunk") -> UUID:
    """A call in the ledger that waits in the queue."""
    call = uuid4()
    with transaction(EVERY_ORGANISATION) as session:
        session.add(
            CallRow(
                id=call,
                organisation_id=centre.organisations["khm"].id,
                node="node1",
                channel="node1-1.1",
                source=source,
                caller=caller,
                dialled="1580",
                language="uk",
                menu_path=["language:1", "topics:3"],
                queue="khm-general",
                state="queued",
                arrived_at=datetime.now(UTC) - timedelta(minutes=minutes),
                waited=timedelta(0),
                talked=timedelta(0),
                held=timedelta(0),
                waits=1,
                transfers=0,
            )
        )
    return call


def test_a_shift_over_http(queues: Centre, client: SignedIn):
    olena = client("olena")
    assert olena.get("/desk").status_code == 200
    assert olena.get("/desk/state").json()["state"] == "offline"
    started = olena.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT).json()
    assert started["phone"]["user"] == f"agent{queues.people['olena'].id}"
    assert len(started["phone"]["secret"]) >= 24
    assert olena.post("/desk/ready", headers=SCRIPT).json()["state"] == "ready"
    paused = olena.post("/desk/pause", data={"reason": "lunch"}, headers=SCRIPT).json()
    assert (paused["state"], paused["reason_text"]) == ("paused", "Обід")
    seen = olena.post("/desk/seen", data={"seat": "another-seat"}, headers=SCRIPT).json()
    assert seen["here"] is False
    assert olena.post("/desk/shift/end", headers=SCRIPT).json()["shift"] is None


def test_the_secret_is_given_to_the_place_that_starts_the_shift_only(queues: Centre, client: SignedIn):
    olena = client("olena")
    secret = olena.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT).json()["phone"]["secret"]
    assert secret not in olena.get("/desk").text
    assert secret not in olena.get("/desk/state").text
    assert secret not in olena.post("/desk/seen", data={"seat": SEAT}, headers=SCRIPT).text


@pytest.mark.parametrize("deed", ["ready", "shift/end", "pause"])
def test_what_does_not_fit_is_refused(queues: Centre, client: SignedIn, deed: str):
    answer = client("olena").post(f"/desk/{deed}", data={"reason": "lunch"}, headers=SCRIPT)
    assert answer.status_code == 409, "no shift is running"


@pytest.mark.parametrize(
    ("url", "data"),
    [
        ("/desk/shift", {"seat": "x"}),
        ("/desk/shift", {}),
        ("/desk/lost-call", {"call": "not-a-call"}),
        (f"/desk/wrap-up/{UNKNOWN}", {"result": "invented"}),
        (f"/desk/calls/{UNKNOWN}/notes", {"text": ""}),
        (f"/desk/calls/{UNKNOWN}/notes", {"text": "x" * 4001}),
    ],
)
def test_wrong_types_are_named(queues: Centre, client: SignedIn, url: str, data: dict[str, str]):
    assert client("olena").post(url, data=data, headers=SCRIPT).status_code == 422


def comes_ready(client: Client) -> None:
    """Begins a shift and takes calls."""
    client.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT)
    client.post("/desk/ready", headers=SCRIPT)


def wrap_up(person: Person, call: UUID, result: Result) -> WrapUp:
    """What somebody said about a talk."""
    now = datetime.now(UTC)
    return WrapUp(
        organisation_id=person.organisation_id,
        call=call,
        person_id=person.id,
        result=result,
        started_at=now,
        due_at=now,
        finished_at=now,
    )


def test_the_card_knows_the_caller(queues: Centre, client: SignedIn):
    olena = client("olena")
    comes_ready(olena)
    earlier, now = call_of(queues, "+380671234567", minutes=90), call_of(queues, "+380671234567")
    with transaction(queues.organisations["khm"].id) as session:
        service.write_caller_note(session, queues.people["andrii"], "+380671234567", "Погано чує, говорити повільно")
        service.write_note(session, queues.people["andrii"], earlier, "Обіцяли передзвонити")
        session.add(wrap_up(queues.people["andrii"], earlier, Result.EXPLAINED))
    card = olena.get(f"/desk/calls/{now}/card", headers={"HX-Request": "true"}).text
    for expected in ("+380\u00a067\u00a0123\u00a04567", "Українська", "1 → 3", "Загальні питання", "Погано чує"):
        assert expected in card
    assert f"<strong>{catalogue('uk').gettext('Explained')}</strong>" in card, "how the earlier call ended"
    assert f"/appeals/card?call={now}&amp;number=%2B380671234567" in card
    assert "Обіцяли" not in card, "a note of another call stays with that call"


def test_the_card_of_a_call_the_ledger_does_not_know_yet(queues: Centre, client: SignedIn):
    card = client("olena").get(f"/desk/calls/{uuid4()}/card?number=%2B380671234567", headers={"HX-Request": "true"})
    assert card.status_code == 200
    assert "+380\u00a067\u00a0123\u00a04567" in card.text


@pytest.mark.parametrize(("asked", "shown"), [({"HX-Request": "true"}, False), ({}, True)])
def test_a_call_that_neither_the_ledger_nor_a_phone_knows_is_not_there(
    queues: Centre, client: SignedIn, asked: dict[str, str], shown: bool
):
    others = call_of(queues, "+380671234567")
    for call in (uuid4(), others):
        answer = client("andrii").get(f"/desk/calls/{call}/card", headers=asked)
        assert answer.status_code == 404
        assert 'data-problem="404"' in answer.text
        assert catalogue("uk").gettext("There is nothing here") in answer.text
        assert ("<html" in answer.text) == shown, "the desk gets a part of a page, a reader the whole"
    assert client("andrii").get(f"/desk/calls/{uuid4()}/card?number=").status_code == 200, "a withheld number rings"


def test_a_call_of_others_shows_nothing_and_takes_no_notes(queues: Centre, client: SignedIn):
    """Andrii is in no queue and had no part: neither the call's id nor the number opens the caller's past to him."""
    call_of(queues, "+380671234567", minutes=90)
    call = call_of(queues, "+380671234567")
    with transaction(queues.organisations["khm"].id) as session:
        service.write_caller_note(session, queues.people["olena"], "+380671234567", "Таємниця")
    andrii = client("andrii")
    comes_ready(andrii)
    for asked in (call, uuid4()):
        card = andrii.get(f"/desk/calls/{asked}/card?number=%2B380671234567", headers={"HX-Request": "true"}).text
        assert "data-early" in card
        assert "Таємниця" not in card
        assert "earlier-when" not in card
        for notes in ("notes", "caller-notes"):
            answer = andrii.post(f"/desk/calls/{asked}/{notes}", data={"text": "?"}, headers=SCRIPT)
            assert answer.status_code == 404
    with transaction(queues.organisations["khm"].id) as session:
        session.add(
            LegRow(
                organisation_id=queues.organisations["khm"].id,
                call=call,
                number=1,
                agent=interface_of(queues.people["andrii"].id),
                offered_at=datetime.now(UTC),
                talked=timedelta(0),
            )
        )
    card = andrii.get(f"/desk/calls/{call}/card", headers={"HX-Request": "true"}).text
    assert "data-early" not in card, "now it rings at his place"
    assert "Таємниця" in card
    assert "earlier-when" in card


def test_a_colleague_who_is_asked_sees_the_card(queues: Centre, client: SignedIn):
    call = call_of(queues, "+380671234567")
    andrii = client("andrii")
    card = f"/desk/calls/{call}/card?number=agent7"
    assert ">7<" not in andrii.get(card).text, "a colleague's phone is no caller's number"
    with transaction(EVERY_ORGANISATION) as session:
        session.add(
            JournalRow(
                node="node1",
                seq=1,
                at=datetime.now(UTC),
                kind="ConsultStarted",
                call=call,
                organisation_id=queues.organisations["khm"].id,
                body={"to": interface_of(queues.people["andrii"].id)},
            )
        )
    assert "+380\u00a067\u00a0123\u00a04567" in andrii.get(card).text


def talks(centre: Centre, who: str) -> UUID:
    """A call in which this operator talks."""
    call = call_of(centre, "+380671234567")
    person, queue = centre.people[who], QueueName("khm-general")
    with transaction(EVERY_ORGANISATION) as session:
        shift = acd.open_shift(session, person.id)
        assert shift is not None
        for deed in (Deed.OFFERED, Deed.ANSWERED):
            states.move(session, shift, deed, datetime.now(UTC), call=call, queue=queue)
    return call


def journal_says(centre: Centre, call: UUID, *kinds: str, at: datetime | None = None) -> None:
    """The listener has heard of these events."""
    with transaction(EVERY_ORGANISATION) as session:
        last = session.scalar(select(func.coalesce(func.max(JournalRow.seq), 0))) or 0
        for seq, kind in enumerate(kinds, last + 1):
            session.add(
                JournalRow(
                    node="node1",
                    seq=seq,
                    at=at or datetime.now(UTC),
                    kind=kind,
                    call=call,
                    organisation_id=centre.organisations["khm"].id,
                    body={"agent": interface_of(centre.people["olena"].id)},
                )
            )


def wishes(centre: Centre) -> list[str]:
    """What the listener is asked for."""
    with transaction(centre.organisations["khm"].id) as session:
        return list(session.scalars(select(AgentCommand.deed).order_by(AgentCommand.id)))


def test_a_recording_is_paused_only_once_asterisk_has_done_it(queues: Centre, client: SignedIn):
    olena = client("olena")
    comes_ready(olena)
    call = talks(queues, "olena")
    journal_says(queues, call, "RecordingStarted")
    asked = {"call": str(call), "paused": "true"}
    for _ in range(2):  # pressed twice
        state = olena.post("/desk/recording", data=asked, headers=SCRIPT).json()
        assert state["recording_paused_since"] is None, "shown before it is done"
    assert wishes(queues) == ["pause_recording"]
    journal_says(queues, call, "RecordingPaused")
    assert olena.get("/desk/state").json()["recording_paused_since"]
    olena.post("/desk/recording", data={**asked, "paused": "false"}, headers=SCRIPT)
    assert wishes(queues) == ["pause_recording", "resume_recording"]
    journal_says(queues, call, "RecordingResumed")
    assert olena.get("/desk/state").json()["recording_paused_since"] is None
    journal_says(queues, call, "RecordingPaused", "RecordingStarted")
    assert olena.get("/desk/state").json()["recording_paused_since"] is None, "the next talk is recorded"


def test_nobody_pauses_the_recording_of_others(queues: Centre, client: SignedIn):
    olena, andrii = client("olena"), client("andrii")
    comes_ready(olena)
    comes_ready(andrii)
    asked = {"call": str(talks(queues, "olena")), "paused": "true"}
    assert andrii.post("/desk/recording", data=asked, headers=SCRIPT).status_code == 409
    assert client("mykola").post("/desk/recording", data=asked, headers=SCRIPT).status_code == 403
    assert olena.post("/desk/recording", data={**asked, "call": str(uuid4())}, headers=SCRIPT).status_code == 409
    assert wishes(queues) == []


def test_a_forgotten_pause_ends_by_itself(queues: Centre, client: SignedIn):
    olena = client("olena")
    comes_ready(olena)
    call = talks(queues, "olena")
    begun = datetime.now(UTC) - timedelta(minutes=4)
    journal_says(queues, call, "RecordingStarted", "RecordingPaused", at=begun)
    assert jobs.end_long_recording_pauses(timedelta(minutes=5)) == {"resumed": 0}
    assert jobs.end_long_recording_pauses(timedelta(minutes=3)) == {"resumed": 1}
    assert wishes(queues) == ["resume_recording"]
    journal_says(queues, call, "RecordingResumed")
    assert jobs.end_long_recording_pauses(timedelta(minutes=3)) == {"resumed": 0}


def test_the_card_costs_few_queries(queues: Centre, client: SignedIn, database: Engine):
    olena = client("olena")
    comes_ready(olena)
    call = call_of(queues, "+380671234567")
    asked: list[str] = []

    def count(connection: object, cursor: object, statement: str, *more: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        assert olena.get(f"/desk/calls/{call}/card", headers={"HX-Request": "true"}).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    own = [statement for statement in asked if re.search(r"FROM (call|topic|call_note|caller_note)\b", statement)]
    assert len(own) == 3, own
    assert len(asked) <= 6, asked


def test_another_organisation_sees_nothing_of_the_call(queues: Centre, client: SignedIn):
    call = call_of(queues, "+380671234567")
    with transaction(queues.organisations["khm"].id) as session:
        service.write_caller_note(session, queues.people["olena"], "+380671234567", "Таємниця")
    card = client("anna").get(f"/desk/calls/{call}/card?number=%2B380671234567", headers={"HX-Request": "true"}).text
    assert "Таємниця" not in card
    assert "khm" not in card
    note = client("anna").post(f"/desk/calls/{call}/caller-notes", data={"text": "?"}, headers=SCRIPT)
    assert note.status_code == 404


def test_what_a_caller_said_is_only_text(queues: Centre, client: SignedIn):
    call = call_of(queues, "")
    olena = client("olena")
    comes_ready(olena)
    answer = olena.post(f"/desk/calls/{call}/notes", data={"text": "<script>alert(1)</script>"}, headers=SCRIPT)
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_colleagues_and_queues_to_hand_over_to(queues: Centre, client: SignedIn):
    olena, andrii = client("olena"), client("andrii")
    for person in (olena, andrii):
        person.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT)
    targets = olena.get("/desk/targets").json()
    assert [each["dial"] for each in targets["people"]] == [f"agent{queues.people['andrii'].id}"]
    assert [each["dial"] for each in targets["queues"]] == ["khm-general"]


@pytest.mark.parametrize("login", ["mykola", "admin.khm"])
def test_the_desk_is_not_for_everybody(queues: Centre, client: SignedIn, login: str):
    assert client(login).get("/desk").status_code == 403
    assert client(login).post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT).status_code == 403


def test_a_visitor_borrows_and_gives_back(queues: Centre, anybody: Client):
    lent = anybody.post("/call/phone", headers=SCRIPT).json()
    assert lent["user"].startswith("visitor")
    assert anybody.post("/call/phone/seen", data={"token": lent["token"]}).json() == {"yours": True}
    assert anybody.post("/call/phone/back", data={"token": lent["token"]}).status_code == 204
    assert anybody.post("/call/phone/seen", data={"token": lent["token"]}).json() == {"yours": False}


def test_one_address_may_hold_a_few(queues: Centre, anybody: Client):
    codes = [anybody.post("/call/phone", headers=SCRIPT).status_code for _ in range(visitors.PER_ADDRESS + 1)]
    assert codes == [200] * visitors.PER_ADDRESS + [429]


def test_a_page_for_each_organisation_and_none_for_strangers(queues: Centre, anybody: Client):
    assert anybody.get("/call").status_code == 200
    assert anybody.get("/call/khm").status_code == 200
    assert anybody.get("/call/nowhere").status_code == 404


def leaves_unfinished(centre: Centre, who: str) -> UUID:
    """A talk yesterday whose result was never given; the call is over."""
    call = call_of(centre, "+380671234567", minutes=1500)
    row = wrap_up(centre.people[who], call, Result.EXPLAINED)
    row.result = row.finished_at = None
    row.started_at = row.due_at = datetime.now(UTC) - timedelta(days=1)
    with transaction(centre.organisations["khm"].id) as session:
        session.add(row)
    return call


def test_an_old_wrap_up_names_its_call_and_what_waits_for_it(queues: Centre, client: SignedIn):
    old = leaves_unfinished(queues, "olena")
    olena = client("olena")
    state = olena.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT).json()
    assert (state["state"], state["wrap_up"]["call"], state["wrap_up"]["old"]) == ("paused", str(old), True)
    for told in (state["wrap_up"]["about"], state["wrap_up"]["ready_waits"]):
        assert "+380\u00a067\u00a0123\u00a04567" in told, "which call it was"
    assert "тому" in state["wrap_up"]["about"], "how long ago"
    assert olena.post("/desk/ready", headers=SCRIPT).status_code == 409
    state = olena.post(f"/desk/wrap-up/{old}", data={"result": "settled"}, headers=SCRIPT).json()
    assert (state["state"], state["wrap_up"]) == ("paused", None), "a pause lasts until Ready"
    assert state["reason_text"], "and says why it is one"
    assert olena.post("/desk/ready", headers=SCRIPT).json()["state"] == "ready"


def test_the_call_that_has_just_ended_is_finished_before_older_ones(queues: Centre, client: SignedIn):
    old = leaves_unfinished(queues, "olena")
    olena = client("olena")
    olena.post("/desk/shift", data={"seat": SEAT}, headers=SCRIPT)
    with transaction(queues.organisations["khm"].id) as session:
        shift = acd.open_shift(session, queues.people["olena"].id)
        assert shift is not None
        call = call_of(queues, "+380670000001")
        period = states.move(
            session, shift, Deed.ANSWERED, datetime.now(UTC), call=call, queue=QueueName("khm-general")
        )
        states.leave_talk(session, shift, period, datetime.now(UTC))
    due = olena.get("/desk/state").json()["wrap_up"]
    assert (due["call"], due["old"], due["others"], due["ready_waits"]) == (str(call), False, 1, None)
    state = olena.post(f"/desk/wrap-up/{call}", data={"result": "settled"}, headers=SCRIPT).json()
    assert (state["wrap_up"]["call"], state["wrap_up"]["others"]) == (str(old), 0)


def test_a_pause_asked_for_is_taken_back_in_the_wrap_up(queues: Centre, client: SignedIn):
    olena = client("olena")
    comes_ready(olena)
    call = talks(queues, "olena")
    with transaction(queues.organisations["khm"].id) as session:
        shift = acd.open_shift(session, queues.people["olena"].id)
        period = acd.current_state(session, queues.people["olena"].id)
        assert shift is not None
        assert period is not None
        states.leave_talk(session, shift, period, datetime.now(UTC))
    assert olena.post("/desk/pause", data={"reason": "lunch"}, headers=SCRIPT).json()["pause_after"] == "Обід"
    taken_back = olena.post("/desk/ready", headers=SCRIPT)
    assert taken_back.status_code == 200
    assert (taken_back.json()["state"], taken_back.json()["pause_after"]) == ("wrap_up", None)
    assert olena.post("/desk/ready", headers=SCRIPT).status_code == 409, "the result is still due"
    state = olena.post(f"/desk/wrap-up/{call}", data={"result": "settled"}, headers=SCRIPT).json()
    assert state["state"] == "ready"


PART = {"HX-Request": "true"}


def test_a_number_that_the_caller_only_says_opens_nobodys_past(queues: Centre, client: SignedIn):
    olena = client("olena")
    comes_ready(olena)
    call_of(queues, "+380671234567", minutes=90)
    with transaction(queues.organisations["khm"].id) as session:
        service.write_caller_note(session, queues.people["andrii"], "+380671234567", "Таємниця")
    call = call_of(queues, "+380671234567", source="browser")
    card = olena.get(f"/desk/calls/{call}/card", headers=PART).text
    assert "+380\u00a067\u00a0123\u00a04567" in card
    assert catalogue("uk").gettext("The number was given by the caller, not confirmed.") in card
    assert "declared=true" in card
    assert "Таємниця" not in card
    assert "earlier-when" not in card
    note = olena.post(f"/desk/calls/{call}/caller-notes", data={"text": "?"}, headers=SCRIPT)
    assert note.status_code == 404, "a note would be read at the calls of somebody else"
    early = olena.get(f"/desk/calls/{uuid4()}/card?number=%2B380671234567&source=browser", headers=PART).text
    assert "declared=true" in early, "the phone says it before the ledger does"
    looked_for = olena.get(f"/desk/calls/{call}/number", headers=PART).text
    assert "earlier-when" in looked_for
    with transaction(queues.organisations["khm"].id) as session:
        deeds = list(session.scalars(select(Audit.deed)))
    assert "number.looked_for" in deeds


def test_an_earlier_call_from_a_browser_is_marked_on_the_card(queues: Centre, client: SignedIn):
    olena = client("olena")
    comes_ready(olena)
    call_of(queues, "+380671234567", minutes=90, source="browser")
    card = olena.get(f"/desk/calls/{call_of(queues, '+380671234567')}/card", headers=PART).text
    assert catalogue("uk").gettext("from the browser, number not confirmed") in card


def test_the_card_of_an_appeal_does_not_trust_a_number_from_a_browser(queues: Centre, client: SignedIn):
    olena = client("olena")
    known = {"surname": "Коваленко", "kind": "complaint", "topic": "water", "substance": "Немає води"}
    with transaction(queues.organisations["khm"].id) as session:
        session.add(Topic(organisation_id=queues.organisations["khm"].id, code="water", name={"uk": "Вода"}))
    form = {
        **known,
        "phone": "+380671234567",
        "call": str(call_of(queues, "+380671234567")),
        "submission": str(uuid4()),
    }
    assert olena.post("/appeals", data=form, headers=PART).status_code == 200
    certain = f"/appeals/card?call={call_of(queues, '+380671234567')}&number=%2B380671234567"
    assert "Коваленко" in olena.get(certain, headers=PART).text
    call = call_of(queues, "+380671234567", source="browser")
    for asked in (f"call={call}", f"call={uuid4()}&declared=true"):
        card = olena.get(f"/appeals/card?{asked}&number=%2B380671234567", headers=PART).text
        assert "Коваленко" not in card
        assert "appeal-known" not in card
        assert "+380671234567" in card, "filled in, to be asked about"
    wrong = olena.post("/appeals", data={"call": str(call), "phone": "+380671234567"}, headers=PART)
    assert wrong.status_code == 422
    assert "appeal-known" not in wrong.text


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("067 123 45 67", "+380671234567"),
        ("+998 90 123-45-67", "+998901234567"),
        ("1580", None),
        ("112", None),
        ("0900 123 456", None),
        ("+380 67 123", None),
        ("call me; System(rm)", None),
    ],
)
def test_a_number_to_be_called_back_at(queues: Centre, anybody: Client, typed: str, number: str | None):
    answer = anybody.post("/call/khm/number", data={"typed": typed}, headers=SCRIPT)
    assert answer.status_code == (200 if number else 422)
    assert answer.json().get("number") == number
    if number is None:
        assert answer.json()["advice"]
