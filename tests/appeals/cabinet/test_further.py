"""Further files: attached once by each form, and never more than an appeal may have, however often they are sent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import select

from appeals.attachments.tables import Attachment
from db import EVERY_ORGANISATION, store, transaction
from tests.appeals.attachments import samples
from tests.appeals.cabinet.conftest import CSRF, SUBMISSION, Citizen

Visits = Callable[..., Citizen]


def attached() -> list[str]:
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(Attachment.file_name).order_by(Attachment.id)))


def form_of(citizen: Citizen, number: str) -> dict[str, str]:
    page = citizen.browser.get(f"/cabinet/khm/{number}").text.partition(f'action="/cabinet/khm/{number}/upload"')[2]
    csrf, submission = CSRF.search(page), SUBMISSION.search(page)
    assert csrf
    assert submission
    return {"csrf": csrf[1], "submission": submission[1]}


def more(citizen: Citizen, number: str, form: dict[str, str], *names: str) -> httpx.Response:
    files = [("files", (name, samples.paper(), "application/pdf")) for name in names]
    return citizen.browser.post(f"/cabinet/khm/{number}/upload", data=form, files=files)


def test_a_form_sent_twice_attaches_its_files_once(citizen: Visits, kept: None) -> None:
    halyna = citizen().signs_in()
    number = halyna.registers()
    form = form_of(halyna, number)
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: more(halyna, number, form, "акт.pdf", "план.pdf"), range(3)))
    assert [each.status_code for each in answers] == [303, 303, 303]
    assert sorted(attached()) == ["акт.pdf", "план.pdf"]
    assert len(list(store.listing("attachments/"))) == 2, "no object is left without its row"
    assert more(halyna, number, form, "акт.pdf", "ще.pdf").status_code == 303, "gone back to, with another file"
    assert sorted(attached()) == ["акт.pdf", "план.pdf", "ще.pdf"]
    assert more(halyna, number, form_of(halyna, number), "акт.pdf").status_code == 303
    assert len(attached()) == 4, "sent from a new page it is meant so"


def test_forms_sent_at_once_do_not_exceed_what_an_appeal_may_have(
    citizen: Visits, kept: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appeals.cabinet.further.MOST_FILES_OF_APPEAL", 2)
    halyna = citizen().signs_in()
    number = halyna.registers()
    forms = [(form_of(halyna, number), f"{name}.pdf") for name in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda each: more(halyna, number, *each), forms))
    assert sorted(each.status_code for each in answers) == [303, 303, 422, 422]
    assert (len(attached()), len(list(store.listing("attachments/")))) == (2, 2)
