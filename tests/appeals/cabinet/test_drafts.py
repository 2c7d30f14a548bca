"""What was begun and not yet sent: of its writer alone, never lost silently."""

import html
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from appeals.cabinet import jobs
from appeals.cabinet.model import IDLE, UNDO_FOR
from appeals.cabinet.tables import CabinetDraft
from db import EVERY_ORGANISATION, transaction
from tests.appeals.cabinet.conftest import CSRF, SUBMISSION, WRITTEN, Citizen, sent

Visits = Callable[..., Citizen]
TEXT = WRITTEN["substance"]


def drafts() -> list[CabinetDraft]:
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(CabinetDraft).order_by(CabinetDraft.id)))


def begun(citizen: Citizen) -> str:
    """What the cabinet lists as begun, and what as thrown away."""
    page = html.unescape(citizen.browser.get("/cabinet/khm").text)
    return page.partition("<h1>")[2].partition("cabinet-about")[0]


def does(citizen: Citizen, deed: str, draft: int | str = "") -> int:
    data = {"csrf": citizen.token(), "draft": str(draft)}
    return citizen.browser.post(f"/cabinet/khm/draft/{deed}", data=data).status_code


def test_several_drafts_are_kept_continued_and_sent_each_by_itself(citizen: Visits) -> None:
    halyna = citizen().signs_in()
    pit, lamp = halyna.keeps(substance="Яма на дорозі"), halyna.keeps(substance="Не світить лампа")
    assert pit != lamp, "the second took the place of the first"
    assert halyna.keeps(draft=pit, substance="Яма на дорозі біля школи") == pit
    assert [each.fields["substance"] for each in drafts()] == ["Яма на дорозі біля школи", "Не світить лампа"]
    for page in (begun(halyna), halyna.page()):
        assert all(text in page for text in ("Яма на дорозі біля школи", "Не світить лампа"))
    assert "Яма" not in halyna.page(lamp).partition('id="field-substance"')[2].partition("</textarea>")[0]
    halyna.registers(draft=pit, substance="Яма на дорозі біля школи")
    assert [each.id for each in drafts()] == [lamp]
    assert [appeal.substance for appeal, _ in sent()] == ["Яма на дорозі біля школи"]
    ihor = citizen("ihor@example.org").signs_in()
    assert ihor.browser.get("/write/khm", params={"draft": lamp}).status_code == 404
    assert [does(ihor, deed, lamp) for deed in ("forget", "restore")] == [404, 404]
    assert "Не світить лампа" in halyna.page(lamp)


def test_what_was_thrown_away_comes_back_for_an_hour(citizen: Visits) -> None:
    halyna = citizen().signs_in()
    pit, lamp = halyna.keeps(substance="Яма на дорозі"), halyna.keeps(substance="Не світить лампа")
    assert does(halyna, "forget", pit) == 303
    assert "Відкинуто: Яма на дорозі" in " ".join(begun(halyna).replace('<span lang="">', "").split())
    assert "Яма на дорозі" not in halyna.page(), "not offered to be gone on with"
    assert does(halyna, "restore", pit) == 303
    assert "Яма на дорозі" in halyna.page()
    does(halyna, "forget", pit)
    with transaction(EVERY_ORGANISATION) as session:
        late = datetime.now(UTC) - UNDO_FOR - timedelta(seconds=1)
        session.execute(update(CabinetDraft).where(CabinetDraft.id == pit).values(forgotten_at=late))
    assert "Яма" not in begun(halyna)
    does(halyna, "restore", pit)
    assert "Яма" not in halyna.page()
    assert jobs.sweep()["drafts_forgotten"] == 1
    assert [each.id for each in drafts()] == [lamp]


def test_who_keeps_too_many_loses_nothing(citizen: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appeals.cabinet.drafts.MOST_DRAFTS", 1)
    halyna = citizen().signs_in()
    first = halyna.keeps(substance="Яма на дорозі")
    refused = halyna.sends(substance="Не світить лампа", deed="keep")
    assert (refused.status_code, "Не світить лампа" in refused.text) == (422, True)
    assert halyna.keeps(draft=first, substance="Яма, велика") == first


def test_the_next_one_at_a_browser_finds_no_draft_of_a_stranger(citizen: Visits) -> None:
    """In a library: the cookie ends with the browser, the draft is not shown after an hour, nor taken over."""
    first = citizen()
    answer = first.sends()
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("holos_browser_khm="))
    assert not [word for word in ("max-age", "expires") if word in cookie.lower()]
    assert TEXT in first.page()
    with transaction(EVERY_ORGANISATION) as session:
        late = datetime.now(UTC) - IDLE - timedelta(seconds=1)
        session.execute(update(CabinetDraft).values(saved_at=late))
    assert TEXT not in first.page()
    first.email = "next@example.org"
    first.signs_in()
    assert TEXT not in first.page()
    assert "draft/forget" not in first.browser.get("/cabinet/khm").text


def test_what_was_begun_without_an_account_is_thrown_away_and_comes_back(citizen: Visits) -> None:
    guest = citizen("guest@example.org")
    assert "draft/forget" not in guest.page()
    assert does(guest, "forget") == 404
    guest.sends()
    assert 'action="/cabinet/khm/draft/forget"' in guest.page()
    assert does(guest, "forget") == 303
    assert TEXT not in guest.page()
    assert 'action="/cabinet/khm/draft/restore"' in guest.page()
    assert does(guest, "restore") == 303
    assert TEXT in guest.page()
    does(guest, "forget")
    guest.signs_in()
    assert TEXT not in f"{guest.page()}{begun(guest)}", "what was thrown away is not taken over"


def test_what_was_begun_in_two_places_is_two_drafts(citizen: Visits) -> None:
    citizen().signs_in().keeps(substance="Почате вдома")
    elsewhere = citizen()
    elsewhere.sends(substance="Почате в бібліотеці")
    elsewhere.signs_in()
    assert {each.fields["substance"] for each in drafts()} == {"Почате в бібліотеці", "Почате вдома"}
    assert all(text in begun(elsewhere) for text in ("Почате в бібліотеці", "Почате вдома"))


def test_what_is_registered_takes_only_its_own_draft_along(citizen: Visits) -> None:
    halyna = citizen().signs_in()
    other_tab = SUBMISSION.search(halyna.page())
    assert other_tab
    later = halyna.keeps(substance="Напишу завтра")
    halyna.registers(submission=other_tab[1], substance="Яма на дорозі")
    halyna.registers(submission=other_tab[1], substance="Яма на дорозі")
    assert [appeal.substance for appeal, _ in sent()] == ["Яма на дорозі"]
    assert "Напишу завтра" in halyna.page()
    halyna.registers(draft=later, substance="Напишу завтра")
    assert drafts() == []


def test_a_page_of_a_session_that_has_changed_sends_nothing_and_loses_nothing(citizen: Visits) -> None:
    """Signed out and in again in another tab meanwhile."""
    halyna = citizen().signs_in()
    page = halyna.page()
    csrf, submission = CSRF.search(page), SUBMISSION.search(page)
    assert csrf
    assert submission
    assert halyna.browser.post("/cabinet/khm/sign-out", data={"csrf": csrf[1]}).status_code == 303
    halyna.signs_in().keeps(substance="Почате раніше")
    answer = halyna.sends(csrf=csrf[1], submission=submission[1], substance="Написане довго")
    brought = drafts()[-1]
    assert (answer.status_code, sent()) == (303, [])
    assert answer.headers["location"] == f"/write/khm?draft={brought.id}"
    page = halyna.page(brought.id)
    told = ("Тепер ви увійшли", "Написане довго", "Почате раніше")
    assert not [words for words in told if words not in page]
    assert halyna.registers(draft=brought.id, substance="Написане довго")
