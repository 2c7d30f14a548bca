"""Queues opened, renamed and closed by the administrator: at once everywhere, and no caller is led to nowhere."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from acd import queries as desk
from acd.queues import service
from acd.queues.model import OverflowDeed
from acd.tables import Queue, QueueMember
from calls.model import Language
from calls.tables import VisitRow
from db import EVERY_ORGANISATION, transaction
from ivr import service as menus
from run.asterisk import config as asterisk_config
from staff.tables import Audit
from tests.acd.desks import SCRIPT, SignedIn, call_of
from tests.centre import Centre

NAMES = {"name_uk": "Дороги", "name_ru": "Дороги города", "name_en": "Roads", "name_uz": "Yoʻllar"}
ROADS = {"code": "roads", **NAMES}


def queue(code: str = "roads") -> Queue:
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalars(select(Queue).where(Queue.code == code)).one()


def in_asterisk() -> set[str]:
    with transaction(EVERY_ORGANISATION) as session:
        return {line.name for line in asterisk_config.configuration(session).queues}


def deeds(subject: str) -> list[str]:
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(Audit.deed).where(Audit.subject == subject).order_by(Audit.id)))


def test_a_new_queue_is_in_asterisk_on_desks_and_on_the_board(queues: Centre, client: SignedIn):
    admin = client("admin.khm")
    answer = admin.post("/queues", data=ROADS)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/queues/of/roads")
    made = queue()
    assert (made.asterisk_name, made.name["uk"], made.name["en"]) == ("khm-roads", "Дороги", "Roads")
    assert in_asterisk() == {"khm-general", "khm-roads"}
    assert "Дороги" in client("iryna").get("/board").text
    told = client("olena").get("/desk/state", headers=SCRIPT).json()
    assert [each["name"] for each in told["queues"]] == ["Загальні питання", "Дороги"]
    assert deeds("queue:roads") == ["queue.added"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({**ROADS, "code": "general"}, "code"),
        ({**ROADS, "code": "Дороги"}, "code"),
        ({**ROADS, "code": ""}, "code"),
        ({**ROADS, "name_uk": " "}, "name_uk"),
        ({**ROADS, "name_en": "x" * 81}, "name_en"),
    ],
)
def test_a_queue_without_a_code_or_a_name_of_its_own_is_refused(
    queues: Centre, client: SignedIn, typed: dict[str, str], field: str
):
    answer = client("admin.khm").post("/queues", data=typed)
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert in_asterisk() == {"khm-general"}
    assert typed["name_ru"] in answer.text, "what was typed is kept"


def test_only_the_administrator_opens_renames_and_closes(queues: Centre, client: SignedIn):
    for login in ("olena", "iryna", "mykola"):
        for address in ("/queues", "/queues/of/general/name", "/queues/of/general/close", "/queues/of/general/open"):
            assert client(login).post(address, data=ROADS).status_code == 403
    assert "new-queue" not in client("iryna").get("/queues").text
    assert client("admin.dtm").post("/queues/of/general/close").status_code == 404


def test_another_name_stands_at_once_also_beside_what_was(queues: Centre, client: SignedIn):
    admin, call = client("admin.khm"), call_of(queues, "+380671234567")
    assert admin.post("/queues/of/general/name", data={**NAMES, "name_uk": "Усе інше"}).status_code == 303
    assert "Усе інше" in client("iryna").get("/queues").text
    assert "Усе інше" in client("iryna").get("/calls").text, "no topic has the queue's code: it has a name all the same"
    assert client("iryna").get(f"/calls/{call}").status_code == 200
    assert queue("general").asterisk_name == "khm-general"
    assert deeds("queue:general") == ["queue.renamed"]
    admin.post("/queues/of/general/name", data={**NAMES, "name_uk": "Усе інше"})
    assert deeds("queue:general") == ["queue.renamed"], "nothing was changed"
    refused = admin.post("/queues/of/general/name", data={**NAMES, "name_uk": ""})
    assert refused.status_code == 422
    assert 'id="error-name_uk"' in refused.text


def test_a_queue_that_callers_are_led_to_is_not_closed(queues: Centre, published: Centre, client: SignedIn):
    """The demonstration's menus lead to `general`, another queue overflows to it, a caller waits, it is the last."""
    admin = client("admin.khm")
    admin.post("/queues", data=ROADS)
    with transaction(EVERY_ORGANISATION) as session:
        roads, general = (session.scalars(select(Queue).where(Queue.code == it)).one() for it in ("roads", "general"))
        minute = timedelta(minutes=1)
        service.add_step(
            session,
            roads,
            OverflowDeed.QUEUE,
            after=minute,
            longer_than=None,
            target=general,
            by=published.people["iryna"],
        )
        session.add(
            VisitRow(
                call=uuid4(), number=1, organisation_id=general.organisation_id, queue=general.asterisk_name,
                joined_at=datetime.now(UTC),
            )
        )  # fmt: skip
    refused = admin.post("/queues/of/general/close")
    assert refused.status_code == 409
    for why in ("загальна черга меню", "Черга «Дороги» передає сюди абонентів", "У ній чекає 1 абонент"):
        assert why in refused.text
    assert "Вона остання" not in refused.text
    refused = admin.post("/queues/of/roads/close")
    assert "меню «" in refused.text, "a key of the menus leads there"
    assert queue("general").closed_at is queue("roads").closed_at is None


def test_the_last_queue_is_not_closed(queues: Centre, client: SignedIn):
    refused = client("admin.khm").post("/queues/of/general/close")
    assert refused.status_code == 409
    assert "Вона остання" in refused.text


def test_a_closed_queue_is_gone_keeps_its_name_and_comes_back_as_it_was(queues: Centre, client: SignedIn):
    admin, olena = client("admin.khm"), queues.people["olena"]
    admin.post("/queues", data=ROADS)
    admin.post("/queues/of/roads/people", data={"people": [str(olena.id)]})
    assert admin.post("/queues/of/roads/close").status_code == 303
    assert in_asterisk() == {"khm-general"}
    with transaction(olena.organisation_id) as session:
        assert [each.queue.code for each in desk.waiting(session)] == ["general"]
        assert {each.code for each in desk.queues(session)} == {"general", "roads"}, "what was keeps its name"
    listed = admin.get("/queues").text
    assert "/queues/of/roads/open" in listed
    assert "Закрито" in admin.get("/queues/of/roads").text
    assert admin.post("/queues", data=ROADS).status_code == 422, "its code is not another's"
    step = {"deed": "queue", "after": "60", "target": "roads"}
    assert admin.post("/queues/of/general/steps", data=step).status_code == 422, "nobody is passed on to it"
    assert admin.post("/queues/of/roads/open").status_code == 303
    assert in_asterisk() == {"khm-general", "khm-roads"}
    with transaction(olena.organisation_id) as session:
        roads = session.scalars(select(Queue.id).where(Queue.code == "roads")).one()
        assert session.scalars(select(QueueMember.person_id).where(QueueMember.queue_id == roads)).all() == [olena.id]
    assert deeds("queue:roads") == ["queue.added", "queue.people", "queue.closed", "queue.opened"]


TIMES = {"ring_timeout": "20", "wrap_up_limit": "60", "service_target": "20", "short_abandon": "5", "weight": "0"}


def test_prompts_are_heard_in_turn_while_waiting(queues: Centre, client: SignedIn):
    iryna = client("iryna")
    sent = {**TIMES, "messages": ["goodbye", "", "goodbye", "closed"], "messages_every": "45"}
    assert iryna.post("/queues/of/general", data=sent).status_code == 303
    assert (queue("general").messages, queue("general").messages_every) == (
        ["goodbye", "closed"],
        timedelta(seconds=45),
    )
    with transaction(EVERY_ORGANISATION) as session:
        (line,) = asterisk_config.configuration(session).queues
    assert (line.announcements, line.messages_every) == ("callback-offer,goodbye,closed", 45)
    assert '<option value="goodbye" selected>' in iryna.get("/queues/of/general").text


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"messages": ["no-such-prompt"], "messages_every": "45"}, "messages"),
        ({"messages": ["khm-own"], "messages_every": "45"}, "messages"),
        ({"messages": ["goodbye"], "messages_every": "5"}, "messages_every"),
        ({"messages": ["goodbye"] * 6, "messages_every": "45"}, "messages"),
    ],
)
def test_a_prompt_that_nobody_can_hear_in_a_language_is_refused(
    queues: Centre, client: SignedIn, sent: dict[str, str | list[str]], field: str
):
    with transaction(EVERY_ORGANISATION) as session:
        of = queues.organisations["khm"].id
        menus.type_prompt(
            session,
            of,
            "khm-own",
            Language.UKRAINIAN,
            words="Ремонт",
            sound=b"\xd5" * 800,
            by=queues.people["olena"].id,
        )
    answer = client("iryna").post("/queues/of/general", data={**TIMES, **sent})
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert queue("general").messages == []
