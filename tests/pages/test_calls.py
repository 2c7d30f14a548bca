"""The journal of calls and the page of one call: who sees what, and that every filter narrows."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from calls import events, service
from calls.model import CallId, Language, QueueName, interface_of
from db import EVERY_ORGANISATION, transaction
from ivr import editing
from ivr import service as menus
from ivr.model import Menu
from recordings import jobs
from run.settings import Settings
from tests.centre import Centre
from tests.client import Client
from tests.journal import arrived
from tests.pages.a_call import abandoned_call, answered_call, happen, topic

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def redis(settings: Settings) -> None:
    """Where the reader asks for recordings to be stored."""
    jobs.connect(settings.redis_url.get_secret_value(), spool=settings.recordings_spool)


@pytest.fixture
def khm(centre: Centre) -> int:
    return centre.organisations["khm"].id


def shown(page: str) -> list[str]:
    """The calls of the list, in its order."""
    return re.findall(r'<tr data-href="/calls/([0-9a-f-]{36})"', page)


def test_supervisors_see_all_calls_and_operators_their_own(client: SignIn, centre: Centre, khm: int) -> None:
    olenas, andriis = answered_call(centre.people["olena"]), answered_call(centre.people["andrii"])
    abandoned = abandoned_call(khm)
    everything = {str(olenas), str(andriis), str(abandoned)}
    assert set(shown(client("iryna").get("/calls").text)) == everything
    assert shown(client("olena").get("/calls").text) == [str(olenas)]
    assert shown(client("olena").get(f"/calls?operator={centre.people['andrii'].id}").text) == [str(olenas)]
    assert client("olena").get(f"/calls/{olenas}").status_code == 200
    assert client("olena").get(f"/calls/{andriis}").status_code == 404
    assert client("olena").get(f"/calls/{abandoned}").status_code == 404


def test_other_organisations_see_nothing(client: SignIn, centre: Centre) -> None:
    call = answered_call(centre.people["olena"])
    assert shown(client("dilnoza").get("/calls").text) == []
    assert client("dilnoza").get(f"/calls/{call}").status_code == 404
    assert client("dilnoza").get(f"/calls/{uuid4()}").status_code == 404


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "answered abandoned"),
        ("fate=answered", "answered"),
        ("fate=abandoned_in_queue", "abandoned"),
        ("fate=now_on", ""),
        ("q=4567", "answered"),
        ("q=%2B380+50+987+65+43", "abandoned"),
        ("q=nobody", ""),
        ("topic=water", "answered"),
        ("language=ru", "abandoned"),
        ("queue=khm-roads", "abandoned"),
        ("result=explained", "answered"),
        ("recorded=yes", "answered"),
        ("recorded=no", "abandoned"),
        ("since=2026-01-01", "answered abandoned"),
        ("until=2026-01-01", ""),
        ("since=nonsense&fate=&sort=secret&after=nonsense", "answered abandoned"),
        ("operator=7%27--", "answered abandoned"),
        ("fate=answered&language=ru", ""),
    ],
)
def test_each_filter_narrows(client: SignIn, centre: Centre, khm: int, query: str, names: str) -> None:
    calls = {"answered": answered_call(centre.people["olena"]), "abandoned": abandoned_call(khm)}
    with transaction(EVERY_ORGANISATION) as session:
        service.note_result(session, calls["answered"], "explained")
        service.note_recorded(session, calls["answered"])
    page = client("iryna").get(f"/calls?{query}")
    assert page.status_code == 200
    assert shown(page.text) == [str(calls[name]) for name in names.split()]


def test_an_operator_is_a_filter_too(client: SignIn, centre: Centre) -> None:
    first, both = (
        answered_call(centre.people["olena"]),
        answered_call(
            centre.people["andrii"], transferred_to=centre.people["olena"], at=datetime.now(UTC) - timedelta(hours=1)
        ),
    )
    olena, andrii = (centre.people[name].id for name in ("olena", "andrii"))
    assert shown(client("iryna").get(f"/calls?operator={olena}").text) == [str(first), str(both)]
    assert shown(client("iryna").get(f"/calls?operator={andrii}").text) == [str(both)]


def test_the_time_of_day_narrows_too(client: SignIn, khm: int) -> None:
    """Minutes in Kyiv's time, the last one whole; a day alone is the whole day, and the fields keep what was asked."""
    calls = [
        str(abandoned_call(khm, at=datetime(2026, 11, 20, hour, minute, 30, tzinfo=UTC)))
        for hour, minute in ((21, 59), (12, 0), (10, 30))  # 23:59, 14:00 and 12:30 in Kyiv
    ]
    iryna = client("iryna")

    def asked(query: str) -> list[str]:
        return shown(iryna.get(f"/calls?{query}").text)

    assert asked("since=2026-11-20T12:31") == calls[:2]
    assert asked("since=2026-11-20T12:30&until=2026-11-20T14:00") == calls[1:]
    assert asked("until=2026-11-20T13:59") == calls[2:]
    assert asked("since=2026-11-20&until=2026-11-20") == calls
    assert asked("since=2026-11-21") == []
    page = iryna.get("/calls?since=2026-11-20&until=2026-11-20T14:00").text
    assert 'name="since" max="9999-12-31T23:59" value="2026-11-20T00:00"' in page
    assert 'name="until" max="9999-12-31T23:59" value="2026-11-20T14:00"' in page
    assert "20 лист. 2026" in page


def test_the_page_says_how_much_of_the_list_it_is(client: SignIn, khm: int) -> None:
    now = datetime.now(UTC)
    for minutes in range(120):
        abandoned_call(khm, at=now - timedelta(minutes=minutes))
    iryna = client("iryna")
    first = iryna.get("/calls?rows=100&fate=abandoned_in_queue").text
    assert len(shown(first)) == 100
    assert "на цій сторінці 100, далі ще" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    assert "rows=100" in following[1]
    last = iryna.get(following[1].replace("&amp;", "&")).text
    assert len(shown(last)) == 20
    assert "на цій, останній сторінці 20" in last
    assert 'rel="next"' not in last
    assert len(shown(iryna.get("/calls?rows=200").text)) == 120
    assert len(shown(iryna.get("/calls?rows=1000000").text)) == 50


def test_paging_by_key_shows_each_call_once_in_both_directions(client: SignIn, khm: int) -> None:
    now = datetime.now(UTC)
    calls = [abandoned_call(khm, at=now - timedelta(minutes=minutes // 2)) for minutes in range(120)]  # pairs of equals
    iryna, address, seen, pages = client("iryna"), "/calls", [], []
    while True:
        page = iryna.get(address).text
        pages.append(shown(page))
        seen += pages[-1]
        following = re.search(r'href="([^"]+)" rel="next"|rel="next" href="([^"]+)"', page)
        back = re.search(r'rel="prev" href="([^"]+)"', page)
        if following is None:
            break
        address = next(group for group in following.groups() if group).replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 120
    assert set(seen) == {str(call) for call in calls}
    assert [len(each) for each in pages] == [50, 50, 20]
    assert back is not None
    assert shown(iryna.get(back.group(1).replace("&amp;", "&")).text) == pages[1]


def test_the_order_is_chosen(client: SignIn, centre: Centre, khm: int) -> None:
    answered, abandoned = answered_call(centre.people["olena"]), abandoned_call(khm)
    iryna = client("iryna")
    assert shown(iryna.get("/calls?sort=-waited").text) == [str(abandoned), str(answered)]
    assert shown(iryna.get("/calls?sort=waited").text) == [str(answered), str(abandoned)]
    assert shown(iryna.get("/calls?sort=arrived").text) == [str(abandoned), str(answered)]


def test_the_page_tells_the_call(client: SignIn, centre: Centre, khm: int) -> None:
    topic(khm)
    call = answered_call(centre.people["olena"], transferred_to=centre.people["andrii"])
    iryna = client("iryna")
    iryna.post("/language", data={"language": "en", "next": "/"})
    page = iryna.get(f"/calls/{call}").text
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert heading is not None
    assert "called about “Water”" in heading.group(1)
    assert "waited 0:23, talked 0:20 with Olena, Andrii" in heading.group(1)
    for words in (
        "Key 7, which the menu “hotline” does not have",
        "Joined the queue “Water” as number 2",
        "Olena answered after 0:07 of ringing",
        "Olena transferred the call to Andrii",
        "Heard the notice of recording",
    ):
        assert words in page
    assert page.count('class="timeline-stretch timeline-talk"') == 2
    assert page.count('class="timeline-stretch timeline-hold"') == 1
    talk = re.search(r'timeline-talk"[^>]*left: ([\d.]+)%; width: ([\d.]+)%', page)
    assert talk is not None
    assert float(talk.group(1)) == pytest.approx(38 / 59 * 100, abs=0.1)
    assert float(talk.group(2)) == pytest.approx(12 / 59 * 100, abs=0.1)


def test_who_was_only_consulted_is_told_by_name(client: SignIn, centre: Centre, khm: int) -> None:
    """With the technology of the phone or without; a queue's name may begin like a phone's."""
    olena, andrii = centre.people["olena"], centre.people["andrii"]
    call, at = answered_call(olena, over=False), datetime.now(UTC)
    about: dict[str, Any] = {"call": call, "at": at, "agent": interface_of(olena.id)}
    happen(
        khm,
        [
            events.ConsultStarted(**about, to=f"agent{andrii.id}"),
            events.ConsultEnded(**about, to=interface_of(andrii.id)),
            events.ConsultStarted(**about, to="agents-roads"),
        ],
    )
    iryna = client("iryna")
    iryna.post("/language", data={"language": "en", "next": "/"})
    page = iryna.get(f"/calls/{call}").text
    assert "Olena consults Andrii" in page
    assert "The consult of Olena and Andrii is over" in page
    assert "Olena consults roads" in page


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            "uk",
            (
                "Меню «вибір теми»",
                "Самообслуговування «інформація»",
                "Asterisk перезапустили",
                "Меню «hotline»",
                "не відповіло вчасно",
            ),
        ),
        ("ru", ("выбор темы", "информация", "Asterisk перезапустили", "hotline", "не ответило вовремя")),
        ("uz", ("mavzu tanlash", "ma’lumot", "Asterisk qayta ishga tushirilgan", "hotline", "vaqtida javob bermadi")),
        (
            "en",
            (
                "choice of topic",
                "Self-service “information”",
                "Asterisk was restarted",
                "hotline",
                "did not answer in time",
            ),
        ),
    ],
)
def test_events_are_told_without_codes(client: SignIn, khm: int, language: str, told: tuple[str, ...]) -> None:
    """A menu that has no words is told by its name, a reason without words is left out."""
    call, at = abandoned_call(khm, over=False), datetime.now(UTC)
    happen(
        khm,
        [
            events.MenuEntered(call=call, at=at, menu="hotline"),
            events.MenuEntered(call=call, at=at, menu="topics"),
            events.PromptHeard(call=call, at=at, prompt="khm-information"),
            events.SelfServiceUsed(call=call, at=at, service="information", settled=True),
            events.FellBack(call=call, at=at, reason="TIMEOUT"),
            events.FellBack(call=call, at=at, reason="HANGUP"),
            events.CallLost(call=call, at=at, reason="asterisk restarted"),
        ],
    )
    iryna = client("iryna")
    iryna.post("/language", data={"language": language, "next": "/"})
    page = iryna.get(f"/calls/{call}").text
    assert [each for each in told if each not in page] == []
    codes = ("“topics”", "«topics»", "khm-information", "asterisk restarted", "TIMEOUT", "HANGUP")
    assert [code for code in codes if code in page] == []


@pytest.mark.parametrize("language", ["uk", "uz", "ru", "en"])
def test_the_pages_work_in_every_language(client: SignIn, centre: Centre, khm: int, language: str) -> None:
    call, abandoned = answered_call(centre.people["olena"]), abandoned_call(khm)
    iryna = client("iryna")
    iryna.post("/language", data={"language": language, "next": "/"})
    places = (f"/calls/{call}", f"/calls/{abandoned}", "/calls?fate=answered&q=67", "/recordings/backlog", "/status")
    for address in places:
        assert iryna.get(address).status_code == 200, address


def test_a_caller_who_is_back_in_the_queue_from_a_call_put_through_is_shown(client: SignIn, centre: Centre) -> None:
    """They were handed to the agent from outside every queue, whose phone was then lost: nobody knows since when."""
    olena = centre.people["olena"]
    call, at, phone = CallId(uuid4()), datetime.now(UTC), interface_of(olena.id)
    told = [
        arrived(olena.organisation_id, call, at),
        events.AgentJoinedTalk(call=call, at=at, agent=phone),
        events.AgentLeftTalk(call=call, at=at, agent=phone, talked=timedelta(0), ended_by="lost"),
        events.CallerRequeued(call=call, at=at, queue=QueueName("khm-water")),
    ]
    happen(olena.organisation_id, told)
    iryna = client("iryna")
    assert str(call) in iryna.get("/calls").text
    assert iryna.get(f"/calls/{call}").status_code == 200


def test_a_call_that_is_still_on_says_since_when(client: SignIn, centre: Centre) -> None:
    """Its talk is not over, so nothing of it is counted yet; one who handed it on has a length."""
    olena, andrii, noon = centre.people["olena"], centre.people["andrii"], datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    call = answered_call(olena, at=noon, over=False)
    iryna = client("iryna")
    iryna.post("/language", data={"language": "en", "next": "/"})
    page, rows = iryna.get(f"/calls/{call}").text, iryna.get("/calls").text
    assert "has been talking with Olena since 12:00; the call is still on" in page
    assert page.count(">since 12:00<") == 2
    assert rows.count(">since 12:00<") == 1
    assert ">0:00<" not in page + rows
    assert client("olena").get(f"/calls/{call}").status_code == 200
    assert iryna.get(f"/recordings/of?call={call}").status_code == 200

    told = timedelta(seconds=142)
    left = events.AgentLeftTalk(
        call=call, at=noon + timedelta(minutes=3), agent=interface_of(olena.id), talked=told, ended_by="transfer"
    )
    joined = events.AgentJoinedTalk(call=call, at=noon + timedelta(minutes=4), agent=interface_of(andrii.id))
    happen(olena.organisation_id, [left, joined])
    page = iryna.get(f"/calls/{call}").text
    assert "talked 2:22 with Olena, has been talking with Andrii since 12:04" in page


def test_a_caller_who_waits_says_since_when(client: SignIn, khm: int) -> None:
    noon = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    call = abandoned_call(khm, at=noon, over=False)
    happen(khm, [events.CallerJoinedQueue(call=call, at=noon, queue=QueueName("khm-roads"), position=1)])
    iryna = client("iryna")
    iryna.post("/language", data={"language": "en", "next": "/"})
    page, rows = iryna.get(f"/calls/{call}").text, iryna.get("/calls").text
    assert "has been waiting since 12:00; the call is still on" in page
    assert (page.count(">since 12:00<"), rows.count(">since 12:00<")) == (1, 1)
    assert ">0:00<" not in page + rows


def test_the_line_of_a_call_has_a_time_of_day_at_both_ends(client: SignIn, centre: Centre) -> None:
    call = answered_call(centre.people["olena"], at=datetime(2026, 11, 20, 14, 44, 5, tzinfo=UTC))
    scale = re.search(
        r'class="timeline-scale[^>]*><span>([^<]*)</span><span>([^<]*)<', client("iryna").get(f"/calls/{call}").text
    )
    assert scale is not None
    assert scale.groups() == ("16:44:05", "16:44:57")


def test_a_menu_is_told_by_the_name_that_it_was_given(client: SignIn, centre: Centre, khm: int) -> None:
    call = answered_call(centre.people["olena"])
    assert "«hotline»" in client("iryna").get(f"/calls/{call}").text
    hotline = Menu(name="hotline", question=("goodbye",), choices={}, titles={Language.UKRAINIAN: "Гаряча лінія"})
    with transaction(EVERY_ORGANISATION) as session:
        menus.publish(session, khm, replace(editing.FIRST, menus=(hotline,)))
    assert "«Гаряча лінія»" in client("iryna").get(f"/calls/{call}").text
