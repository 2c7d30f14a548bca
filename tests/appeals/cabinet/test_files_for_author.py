"""Files of staff that are marked for the author: with the answer and not before, and nothing else of ours."""

from collections.abc import Callable
from io import BytesIO
from uuid import uuid4

from sqlalchemy import select

from appeals.attachments import service as attachments
from appeals.attachments.storing import store_file
from appeals.attachments.tables import Attachment
from appeals.rights.model import FIELDS, FieldClass
from appeals.tables import Appeal
from appeals.workflow import ending
from appeals.workflow.model import Told
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit, Person
from tests.appeals.attachments import samples
from tests.appeals.cabinet.conftest import Citizen
from tests.appeals.workflow.conftest import City
from tests.client import Client

Visits = Callable[..., Citizen]


def attached(number: str, name: str, by: Person, content: bytes) -> int:
    """A file of staff on the appeal, with a note for colleagues."""
    stored = store_file(by.organisation_id, BytesIO(content), name, limit=10_000_000)
    with transaction(by.organisation_id) as session:
        appeal = session.scalars(select(Appeal).where(Appeal.number == number)).one()
        kind = attachments.offered(session, by.organisation_id)[0].id
        note = "не показувати, поки не підписано"
        return attachments.attach(session, appeal, stored, kind=kind, by=by, submission=uuid4(), note=note).id


def test_the_author_has_what_was_marked_with_the_answer_and_nothing_else(
    citizen: Visits, city: City, client: Callable[[str], Client], kept: None
) -> None:
    """U-72."""
    halyna = citizen().signs_in()
    number = halyna.registers()
    page = f"/cabinet/khm/{number}"
    act = attached(number, "акт виконаних робіт.pdf", city.olena, samples.paper())
    photo = attached(number, "після ремонту.jpg", city.olena, samples.photo())
    inner = attached(number, "службова записка.pdf", city.olena, samples.paper())
    staff = client("olena")
    at = f"/appeals/{number}/attachments"
    assert "Показати авторові" in staff.get(f"/appeals/{number}").text
    assert client("vasyl").post(f"{at}/{act}/for-author").status_code == 403, "executors show nothing"
    for each in (act, photo):
        assert staff.post(f"{at}/{each}/for-author").status_code == 303
    assert [FIELDS[f] for f in ("appeal.files", "appeal.files_of_answer")] == [FieldClass.SERVICE, FieldClass.PUBLIC]
    before = halyna.browser.get(page).text
    assert not [name for name in ("акт виконаних", "після ремонту", "службова") if name in before], "not answered yet"
    assert halyna.browser.get(f"{page}/files/{act}").status_code == 404

    with transaction(city.iryna.organisation_id) as session:
        ending.explain(session, number, Told(report="Трубу замінено"), by=city.iryna)
    over = halyna.browser.get(page).text
    answer = over.partition("cabinet-answer")[2].partition("</section>")[0]
    assert all(name in answer for name in ("акт виконаних робіт.pdf", "після ремонту.jpg"))
    hidden = ("службова записка", "не показувати", city.olena.name, f"/files/{inner}")
    assert not [word for word in hidden if word in over]
    assert halyna.browser.get(f"{page}/files/{act}").content == samples.paper()
    assert halyna.browser.get(f"{page}/files/{photo}/small").status_code == 200
    for way in (f"{page}/files/{inner}", f"{page}/files/{inner}/small"):
        assert halyna.browser.get(way).status_code == 404, way
    stranger = citizen("ihor@example.org").signs_in()
    assert stranger.browser.get(f"{page}/files/{act}").status_code == 404
    with transaction(EVERY_ORGANISATION) as session:
        deeds = session.scalars(select(Audit.deed).where(Audit.subject == f"appeal:{number}")).all()
        assert {"attachment.marked_for_author", "citizen.took_file"} <= set(deeds)

    assert staff.post(f"{at}/{act}/not-for-author").status_code == 303
    assert "акт виконаних" not in halyna.browser.get(page).text
    with transaction(city.iryna.organisation_id) as session:
        row = session.get_one(Attachment, photo)
        appeal = session.get_one(Appeal, row.appeal_id)
        attachments.take_back(session, appeal, row, "не той будинок", by=city.iryna)
    assert "після ремонту" not in halyna.browser.get(page).text
    assert staff.post(f"{at}/{photo}/for-author").status_code == 409
