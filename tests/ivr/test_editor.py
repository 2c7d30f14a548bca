"""The menu editor: a draft changed part by part, checked, published, compared, brought back, exported and imported."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from acd.tables import Queue
from calls.model import Language
from db import EVERY_ORGANISATION, transaction
from ivr import document, queries, service, snapshot
from ivr.demonstration import KHM
from ivr.model import Menus, Say, ToDuty, ToMenu, ToQueue
from tests.centre import Centre
from tests.client import Client
from tests.ivr.test_faults import chain

SignedIn = Callable[[str], Client]
KEY = {"menu": "water", "key": "1", "kind": "queue", "queue": "roads", "topic": ""}


@pytest.fixture(autouse=True)
def queues(published: Centre) -> None:
    """What the published menus lead to."""
    with transaction(EVERY_ORGANISATION) as session:
        for code, organisation in published.organisations.items():
            for queue in ("general", "water", "heating", "roads", "exams", "certificates", "appeals"):
                session.add(
                    Queue(
                        organisation_id=organisation.id, code=queue, asterisk_name=f"{code}-{queue}",
                        name={"uk": queue.title(), "uz": queue.title()},
                    )
                )  # fmt: skip


@pytest.fixture
def admin(client: SignedIn) -> Client:
    return client("admin.khm")


def spoken_now() -> Menus:
    """What the next caller of the city hears."""
    with transaction(EVERY_ORGANISATION) as session:
        return snapshot.load(session)[0].lines["1580"].menus


def drafted(centre: Centre) -> Menus:
    with transaction(centre.organisations["khm"].id) as session:
        row = queries.find_draft(session)
        assert row is not None
        return document.parse(row.document)


def seen(page: httpx.Response | str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page if isinstance(page, str) else page.text)
    assert found is not None, "no form is open"
    return found[1]


def revision(admin: Client) -> str:
    found = re.search(r'name="revision" value="(\d+)"', admin.get("/menus/draft").text)
    assert found is not None
    return found[1]


def changes(admin: Client, form: dict[str, Any], *, part: str = "action", place: str = "") -> httpx.Response:
    """Opens the part's form as a person would, and sends it."""
    place = place or f"key:{form['menu']}:{form['key']}"
    opened = admin.get("/menus/draft", params={"open": place})
    return admin.post(f"/menus/draft/{part}", data={"seen": seen(opened), **form})


def publishes(admin: Client, note: str = "") -> httpx.Response:
    return admin.post("/menus/draft/publish", data={"revision": revision(admin), "note": note})


def test_a_key_is_changed_in_the_draft_and_heard_once_it_is_published(admin: Client, centre: Centre) -> None:
    saved = changes(admin, KEY)
    assert (saved.status_code, saved.headers["location"]) == (303, "/menus/draft#key-water-1")
    assert spoken_now() == KHM, "callers hear a draft"
    assert drafted(centre).menu("water").choices["1"] == ToQueue("roads")
    page = admin.get("/menus/draft").text
    assert "1 неопублікована зміна" in page
    done = publishes(admin, "Аварія на водогоні")
    assert (done.status_code, done.headers["location"]) == (303, "/menus")
    assert spoken_now().menu("water").choices["1"] == ToQueue("roads")
    listed = admin.get("/menus/versions").text
    assert "Аварія на водогоні" in listed
    assert "Admin.khm" in listed
    assert "неопублікована" not in admin.get("/menus/draft").text


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"kind": "menu", "target": "topics"}, ToMenu("topics")),
        ({"kind": "say", "prompts": ["khm-information", "", "closed"], "topic": "water", "then": "hang_up"},
         Say(("khm-information", "closed"), "water", "hang_up")),
        ({"kind": "nothing"}, None),
    ],
)  # fmt: skip
def test_a_key_takes_each_meaning(admin: Client, centre: Centre, form: dict[str, Any], expected: object) -> None:
    assert changes(admin, {"menu": "water", "key": "1", **form}).status_code == 303
    assert drafted(centre).menu("water").choices.get("1") == expected
    again = admin.get("/menus/draft", params={"open": "key:water:1"})
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"kind": "queue"}, "queue"),
        ({"kind": "menu", "target": "nowhere"}, "target"),
        ({"kind": "language", "target": "topics"}, "language"),
        ({"kind": "say"}, "prompts_0"),
        ({"kind": "duty", "roster": "nobody"}, "roster"),
        ({"kind": "fly"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"key": "otherwise", "kind": "nothing"}, "kind"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_saved(
    admin: Client, centre: Centre, form: dict[str, Any], field: str
) -> None:
    refused = changes(admin, {"menu": "water", "key": "1", **form})
    assert refused.status_code == 422
    assert f'id="error-{field}"' in refused.text
    with transaction(centre.organisations["khm"].id) as session:
        assert queries.find_draft(session) is None


def test_two_who_change_different_parts_both_keep_theirs(admin: Client, client: SignedIn, centre: Centre) -> None:
    one, two = (seen(admin.get(f"/menus/draft?open=key:water:{key}")) for key in "12")
    assert admin.post("/menus/draft/action", data={**KEY, "seen": one}).status_code == 303
    assert admin.post("/menus/draft/action", data={**KEY, "key": "2", "seen": two}).status_code == 303
    assert drafted(centre).menu("water").choices["1"] == drafted(centre).menu("water").choices["2"] == ToQueue("roads")


def test_the_second_of_two_who_change_the_same_part_sees_it_and_loses_nothing(admin: Client, centre: Centre) -> None:
    both = seen(admin.get("/menus/draft?open=key:water:1"))
    assert admin.post("/menus/draft/action", data={**KEY, "seen": both}).status_code == 303
    late = admin.post("/menus/draft/action", data={**KEY, "queue": "heating", "seen": both})
    assert late.status_code == 409
    assert "Тим часом хтось це змінив" in late.text
    assert re.search(r'<option value="heating" selected>', late.text), "what was typed is gone"
    assert drafted(centre).menu("water").choices["1"] == ToQueue("roads")
    assert admin.post("/menus/draft/action", data={**KEY, "queue": "heating", "seen": seen(late)}).status_code == 303
    assert drafted(centre).menu("water").choices["1"] == ToQueue("heating")


def test_a_draft_that_was_changed_after_it_was_looked_at_is_not_published(admin: Client) -> None:
    changes(admin, KEY)
    looked_at = revision(admin)
    changes(admin, {**KEY, "key": "2"})
    assert admin.post("/menus/draft/publish", data={"revision": looked_at, "note": "so"}).status_code == 409
    assert admin.post("/menus/draft/discard", data={"revision": looked_at}).status_code == 409
    assert spoken_now() == KHM


def test_a_broken_draft_is_not_published_and_says_why(admin: Client) -> None:
    taken = seen(admin.get("/menus/draft?open=menu:water"))
    assert admin.post("/menus/draft/menu/delete", data={"name": "water", "seen": taken}).status_code == 303
    page = admin.get("/menus/draft").text
    assert "немає меню water" in page
    assert re.search(r"<button[^>]*disabled", page)
    refused = publishes(admin)
    assert refused.status_code == 422
    assert "немає меню water" in refused.text
    assert spoken_now() == KHM


def test_a_menu_is_added_and_given_its_words(admin: Client, centre: Centre) -> None:
    added = admin.post("/menus/draft/menu/new", data={"name": "gas"})
    assert added.headers["location"] == "/menus/draft?open=menu:gas#open"
    assert "запитання не має повідомлення" in admin.get("/menus/draft").text
    form = {"name": "gas", "question": ["khm-water", ""], "attempts": "2", "waits": "7"}
    assert changes(admin, form, part="menu", place="menu:gas").status_code == 303
    gas = drafted(centre).menu("gas")
    assert (gas.question, gas.attempts, gas.waits.total_seconds(), gas.staffed) == (("khm-water",), 2, 7, False)
    for name in ("gas", "No", "ж" * 5, "a" * 40, ""):
        assert admin.post("/menus/draft/menu/new", data={"name": name}).status_code == 422


def test_hours_holidays_and_moved_days(admin: Client, centre: Centre) -> None:
    form = {
        "weekly": ["8–20"] * 5 + ["9:00-13:00, 14:00-15:00", ""],
        "public": "true",
        "day": ["2027-01-01", "2027-01-09", ""],
        "what": ["", "hours", ""],
        "text": ["Новий рік", "08:00–17:00", ""],
    }
    assert changes(admin, form, part="hours", place="hours").status_code == 303
    hours = drafted(centre).hours
    assert [len(spans) for spans in hours.weekly] == [1, 1, 1, 1, 1, 2, 0]
    assert list(map(str, hours.closed)) == ["2027-01-01"]
    assert list(map(str, hours.special)) == ["2027-01-09"]
    form |= {"weekly": ["always", *form["weekly"][1:]], "day": ["2027-01-01", "2027-01-01", "31.12"]}
    refused = changes(admin, form, part="hours", place="hours")
    assert refused.status_code == 422
    for field in ("weekly_0", "day_1", "day_2"):
        assert f'id="error-{field}"' in refused.text
    assert "Новий рік" in refused.text, "what was typed is gone"
    assert drafted(centre).hours == hours


def test_the_calendar_of_the_country_is_shown_by_year(client: SignedIn, admin: Client) -> None:
    agency = client("admin.dtm").get("/menus/draft?open=hours&year=2027").text
    assert "2027" in agency
    assert re.search(r"Yangi yil", agency)
    assert "немає вихідних свят" in admin.get("/menus/draft?open=hours&year=2026").text
    for year in ("99999", "abc", "-1", ""):
        assert admin.get(f"/menus/draft?open=hours&year={year}").status_code == 200


def test_nights_are_routed_by_a_roster(admin: Client, centre: Centre) -> None:
    assert admin.post("/menus/draft/roster/new", data={"roster_name": "night"}).status_code == 303
    form = {
        "name": "night", "otherwise": "hang_up", "queue": ["water", "general", ""], "weekdays": ["56", "", ""],
        "during": ["", "20:00–08:00", ""], "first_day": ["2026-12-01", "", ""], "last_day": ["2026-12-31", "", ""],
    }  # fmt: skip
    assert changes(admin, form, part="roster", place="roster:night").status_code == 303
    assert len(drafted(centre).roster("night").duties) == 2
    night = {"menu": "", "key": "closed", "kind": "duty", "roster": "night"}
    assert changes(admin, night, place="key::closed").status_code == 303
    assert drafted(centre).closed.then == ToDuty("night")
    wrong = changes(admin, {**form, "during": ["late", "", ""]}, part="roster", place="roster:night")
    assert 'id="error-during_0"' in wrong.text
    assert publishes(admin).status_code == 303
    told = admin.get("/menus?number=1580&at=2027-01-01T03:00&known=ru&keys=2").text
    assert "story" in told


def test_what_a_caller_hears_at_new_year_in_russian_is_answered_from_the_draft(admin: Client) -> None:
    form = {"weekly": ["8–20"] * 7, "day": ["2027-01-01"], "what": [""], "text": ["Новий рік"]}
    assert changes(admin, form, part="hours", place="hours").status_code == 303
    query = "number=1580&at=2027-01-01T03:00&known=ru&keys=2"
    story = admin.get(f"/menus?of=draft&{query}").text.split('class="story"')[1]
    assert "Сейчас нерабочее время" in story
    assert "ніхто не відповідає: свято або вихідний" in story
    assert "/menus/prompts/closed/ru/sound.wav" in story
    now = admin.get(f"/menus?{query}").text.split('class="story"')[1]
    assert "Сейчас нерабочее время" not in now, "the draft is told as if it were published"


def test_useful_information_is_said_by_topic_date_and_hour(admin: Client, centre: Centre) -> None:
    form = {
        "prompts": ["khm-heating-announcement", "khm-information", ""], "topic": ["heating", "", ""],
        "first_day": ["", "2026-12-01", ""], "last_day": ["", "2026-12-24", ""], "during": ["", "8–12", ""],
    }  # fmt: skip
    assert changes(admin, form, part="announcements", place="announcements").status_code == 303
    assert [said.prompts for said in drafted(centre).announcements] == [
        ("khm-heating-announcement",),
        ("khm-information",),
    ]


def test_what_is_said_out_of_hours(admin: Client, centre: Centre) -> None:
    form = {"prompts": ["closed"], "queue": "water", "notice": "recording-notice"}
    assert changes(admin, form, part="closed", place="closed").status_code == 303
    assert drafted(centre).general_queue == "water"
    assert not drafted(centre).closed.says_opening


def test_versions_are_compared_and_brought_back(admin: Client, client: SignedIn) -> None:
    changes(admin, KEY)
    publishes(admin, "зміна")
    with transaction(EVERY_ORGANISATION) as session:
        first, second = sorted(
            (row for row in queries.versions(session) if "khm-topics" in str(row.document)), key=lambda row: row.version
        )
    page = client("iryna").get(f"/menus/versions/{second.id}").text
    assert "Roads" in page
    assert admin.get(f"/menus/versions/{second.id}?against={first.id}").status_code == 200
    assert client("iryna").post(f"/menus/versions/{first.id}/restore").status_code == 403
    changes(admin, {**KEY, "key": "2"})  # a draft under way stays as it is
    back = admin.post(f"/menus/versions/{first.id}/restore")
    assert back.status_code == 303
    assert spoken_now() == KHM
    assert "повернення до версії 1" in admin.get("/menus/versions").text
    assert "тим часом опубліковано іншу версію" in admin.get("/menus/draft").text


def test_a_version_that_no_longer_fits_is_not_brought_back(admin: Client) -> None:
    changes(admin, KEY)
    publishes(admin)
    with transaction(EVERY_ORGANISATION) as session:
        first = next(r for r in queries.versions(session) if r.version == 1 and "khm-topics" in str(r.document))
        gone = session.scalars(Queue.__table__.delete().where(Queue.asterisk_name == "khm-heating").returning(Queue.id))
        gone.all()
    refused = admin.post(f"/menus/versions/{first.id}/restore")
    assert refused.status_code == 422
    assert "немає черги heating" in refused.text
    assert spoken_now().menu("water").choices["1"] == ToQueue("roads")


def upload(admin: Client, content: bytes) -> httpx.Response:
    data = {"revision": revision(admin)}
    return admin.post("/menus/draft/upload", data=data, files={"file": ("menus.json", content)})


def test_a_draft_leaves_as_a_file_and_comes_back(admin: Client, client: SignedIn, centre: Centre) -> None:
    changes(admin, KEY)
    before = drafted(centre)
    kept = admin.get("/menus/draft/file")
    assert kept.headers["content-disposition"] == 'attachment; filename="menus-draft.json"'
    assert admin.post("/menus/draft/discard", data={"revision": revision(admin)}).status_code == 303
    assert upload(admin, kept.content).status_code == 303
    assert drafted(centre) == before
    assert client("iryna").get("/menus/draft/file").status_code == 403


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no json", "файл не є JSON"),
        (b"", "файл не є JSON"),
        (b"[" * 100_000, "файл не є JSON"),
        (b'{"menus": []}', "не зрозуміло в hours"),
        (json.dumps(document.write(chain(1000))).encode(), "найбільше можна 1000"),
    ],
)
def test_a_file_that_is_none_changes_nothing(admin: Client, centre: Centre, content: bytes, words: str) -> None:
    changes(admin, KEY)
    before = drafted(centre)
    refused = upload(admin, content)
    assert refused.status_code == 422
    assert words in refused.text.split('id="error-file"')[1][:800]
    assert drafted(centre) == before


def test_an_imported_circle_and_missing_prompts_are_shown_and_cannot_be_published(admin: Client) -> None:
    circle = chain(3, end=0)
    lost = replace(circle.menus[0], greeting=("never-written",))
    sent = replace(KHM, menus=(*KHM.menus, lost, *circle.menus[1:-1]))
    assert upload(admin, json.dumps(document.write(sent)).encode()).status_code == 303
    page = admin.get("/menus/draft").text
    assert "хто нічого не натискає, ходить по колу: m0 → m1 → m2 → m0" in page
    assert "повідомлення never-written не озвучено: uk, ru, en" in page
    assert publishes(admin).status_code == 422
    assert spoken_now() == KHM
    assert admin.get("/menus/prompts/never-written").status_code == 200, "it can be written from here"
    assert "never-written" in admin.get("/menus/prompts?show=missing").text
    assert admin.get("/menus?of=draft&number=1580&keys=1").status_code == 200


def test_a_thousand_menus_are_taken_drawn_and_published(admin: Client) -> None:
    long = replace(KHM, menus=(*KHM.menus, *chain(1000 - len(KHM.menus)).menus[:-1]))
    assert upload(admin, json.dumps(document.write(long)).encode()).status_code == 303
    page = admin.get("/menus/draft")
    assert page.status_code == 200
    assert 'id="menu-m995"' in page.text
    assert publishes(admin).status_code == 303
    assert len(spoken_now().menus) == 1000
    assert admin.get("/menus").status_code == 200


def test_a_draft_is_nobody_elses_business(client: SignedIn, admin: Client) -> None:
    changes(admin, KEY)
    for login in ("olena", "iryna", "mykola"):
        assert client(login).get("/menus/draft").status_code == 403
        assert client(login).post("/menus/draft/publish", data={"revision": "2"}).status_code == 403
    assert "неопубл" not in client("admin.dtm").get("/menus/draft").text
    assert client("iryna").get("/menus?of=draft").status_code == 200


def test_an_organisation_without_menus_begins_with_a_first_one(admin: Client, centre: Centre) -> None:
    with transaction(centre.organisations["khm"].id) as session:
        for row in queries.versions(session):
            session.delete(row)
    assert "main" in admin.get("/menus/draft").text
    assert changes(admin, {"menu": "main", "key": "1", "kind": "operator"}).status_code == 303
    with transaction(centre.organisations["khm"].id) as session:
        service.assign_number(session, centre.organisations["khm"].id, "1580", language=Language.UKRAINIAN, menu="main")
    assert publishes(admin).status_code == 303
    assert spoken_now().menu("main").choices


def test_a_menu_is_renamed_in_four_languages_and_its_code_stays(
    admin: Client, client: SignedIn, centre: Centre
) -> None:
    before = spoken_now().menu("water")
    names = {"uk": "Вода й каналізація", "uz": "Suv va kanalizatsiya", "ru": "Вода и стоки", "en": "Water and drains"}
    form = {"name": "water", "question": list(before.question), "attempts": "3", "waits": "5", "staffed": "true"}
    form |= {f"title_{language}": title for language, title in names.items()}
    assert changes(admin, form, part="menu", place="menu:water").status_code == 303
    page = admin.get("/menus/draft").text
    assert f'<h3>{names["uk"]} <small class="quiet"><code>water</code></small>' in page
    assert "назва, Русский" in page, "the difference does not tell the name"
    assert publishes(admin).status_code == 303
    renamed = spoken_now().menu("water")
    assert (renamed.name, renamed.choices, renamed.question) == ("water", before.choices, before.question)
    iryna = client("iryna")
    for language, title in names.items():
        iryna.post("/language", data={"language": language})
        assert f'<a href="#menu-water">{title}</a>' in iryna.get("/menus").text
    refused = admin.post("/menus/draft/menu", data={**form, "seen": "x", "title_uk": "ж" * 61})
    assert refused.status_code == 422
