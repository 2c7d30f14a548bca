"""Files of an appeal: taken, refused with words, never half saved, given out to nobody's harm (U-26, U-74, U-81)."""

import hashlib
import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import select

from appeals.attachments import opening, service, storing
from appeals.attachments.model import MOST, Refused
from db import EVERY_ORGANISATION, store, transaction
from staff.tables import Audit
from tests.appeals.attachments import samples
from tests.appeals.attachments.conftest import Matter
from tests.appeals.cards import written
from tests.centre import Centre
from tests.client import Client

Browser = Callable[[str], Client]


def keys() -> list[str]:
    return [each.key for each in store.listing("attachments/")]


def deeds(deed: str) -> list[Audit]:
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(Audit).where(Audit.deed == deed).order_by(Audit.id)))


def test_a_photo_is_attached_and_comes_out_without_its_place(matter: Matter):
    sent = samples.photo(orientation=6)
    row = matter.attached(sent, "Фото ями.JPG", attachment_note="біля школи")
    assert (row.file_name, row.media_type, row.note) == ("Фото ями.jpg", "image/jpeg", "біля школи")
    assert (row.width, row.height) == (480, 640)
    assert b"SecretCamera" in sent
    got = matter.browser("iryna").get(f"{matter.at}/{row.id}/file")
    assert hashlib.sha256(got.content).hexdigest() == row.sha256
    assert not [word for word in samples.GPS_WORDS if word in got.content]
    assert store.checksum(row.object_key) == (row.sha256, row.size)
    assert row.file_name in matter.browser("iryna").get(matter.at).text
    small = matter.browser("iryna").get(f"{matter.at}/{row.id}/small")
    with Image.open(io.BytesIO(small.content)) as picture:
        assert picture.format == "JPEG"


@pytest.mark.parametrize(
    ("sent", "name", "words"),
    [
        (samples.PROGRAM, "photo.jpg", "program"),
        (samples.ELF, "act.pdf", "program"),
        (samples.bomb(), "act.docx", "unpacks"),
        (samples.packed({"a.jpg": b"x"}), "photos.zip", "archive"),
        (samples.packed({"a.jpg": b"x"}), "photos.jpg", "archive"),
        (samples.DRAWN, "logo.svg", "none"),
        (samples.huge_picture(), "photo.png", "points"),
        (b"", "empty.pdf", "empty"),
        (samples.paper() + b"x" * 25_000_000, "long.pdf", "25 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_refused_is_told_in_words_and_leaves_nothing(matter: Matter, sent: bytes, name: str, words: str):
    matter.browser("olena").post("/language", data={"language": "en"})
    answer = matter.send(sent, name)
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert not answer.json()["again"]
    assert matter.rows() == []
    assert keys() == []


def test_the_refusal_is_in_the_readers_language(matter: Matter):
    assert "програма" in matter.send(samples.PROGRAM).json()["error"]


def test_a_hundred_megabytes_are_refused_as_they_come(matter: Matter):
    answer = matter.send(b"\xff\xd8\xff" + b"x" * 100_000_000)
    assert answer.status_code == 413
    assert answer.json()["advice"]
    assert matter.rows() == []


def test_the_same_form_attaches_once_however_often_it_is_sent(matter: Matter):
    submission = str(uuid4())
    sent = samples.photo()
    with ThreadPoolExecutor(6) as several:
        answers = [several.submit(matter.send, sent, submission=submission) for _ in range(6)]
        assert {each.result().status_code for each in answers} == {200}
    assert len(matter.rows()) == 1
    assert sorted(keys()) == sorted([matter.rows()[0].object_key, matter.rows()[0].small_key])


def test_a_form_sent_for_another_appeal_finds_nothing_there(matter: Matter, centre: Centre):
    row = matter.attached()
    other = Matter(written(centre.people["olena"], "Іваненко", "Інша справа"), matter.by, matter.kinds, matter.browser)
    assert other.send(samples.photo(), submission=str(row.submission)).status_code == 404
    assert matter.browser("olena").get(f"{other.at}/{row.id}/file").status_code == 404


def test_a_store_that_is_away_saves_nothing_and_says_to_send_it_again(matter: Matter, settings):
    store.connect("127.0.0.1:1", access_key="", secret_key="", bucket="none")
    answer = matter.send(samples.photo())
    assert answer.status_code == 503
    assert answer.json()["again"]
    assert matter.rows() == []
    page = matter.browser("olena").post(
        f"{matter.at}/upload",
        data={"attachment_kind": str(matter.kinds["a1"])},
        files=[("files", ("a.jpg", samples.photo(), "image/jpeg"))],
    )
    assert page.status_code == 503
    assert "a.jpg" in page.text


def test_a_store_that_gives_back_something_else_is_not_believed(matter: Matter, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(storing.store, "checksum", lambda key: ("0" * 64, 1))
    assert matter.send(samples.photo()).status_code == 503
    assert matter.rows() == []
    assert keys() == []


def test_a_row_that_cannot_be_written_leaves_no_object(matter: Matter, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(service, "attach", fails)
    assert matter.send(samples.photo()).status_code == 500
    assert matter.rows() == []
    assert keys() == []


def test_the_file_is_in_the_store_before_its_row(matter: Matter, monkeypatch: pytest.MonkeyPatch):
    """U-26: whoever is killed in between leaves an object without a row, never a row without its object."""
    seen: list[bool] = []
    attach = service.attach

    def looks(session, appeal, stored, **more):
        seen.append(store.find(stored.object_key) is not None)
        return attach(session, appeal, stored, **more)

    monkeypatch.setattr(service, "attach", looks)
    matter.attached()
    assert seen == [True]


@pytest.mark.parametrize(
    ("sent", "name", "how"),
    [(samples.paper(), 'акт"; x.pdf', "attachment"), (samples.document(), "лист.docx", "attachment")],
)
def test_a_file_is_given_out_so_that_it_runs_nothing(matter: Matter, sent: bytes, name: str, how: str):
    row = matter.attached(sent, name, kind="a3")
    answer = matter.browser("olena").get(f"{matter.at}/{row.id}/file")
    assert answer.content == sent
    assert answer.headers["content-disposition"].startswith(f"{how}; filename=")
    assert answer.headers["content-disposition"].isascii()
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert answer.headers["content-type"] == row.media_type
    assert "no-store" in answer.headers["cache-control"]
    assert matter.browser("olena").get(f"{matter.at}/{row.id}/picture").status_code == 303


def test_what_was_changed_in_the_store_is_not_given_out(matter: Matter, tmp_path):
    row = matter.attached(samples.paper(), "акт.pdf", kind="a3")
    other = tmp_path / "other"
    other.write_bytes(samples.paper("forged"))
    store.put(row.object_key, other, kind="application/pdf")
    assert matter.browser("olena").get(f"{matter.at}/{row.id}/file").status_code == 409
    store.delete(row.object_key)
    assert matter.browser("olena").get(f"{matter.at}/{row.id}/file").status_code == 409
    with pytest.raises(opening.NotGenuine):
        opening.genuine(row)


def test_a_small_picture_that_was_lost_is_made_again(matter: Matter):
    row = matter.attached()
    store.delete(row.small_key or "")
    assert matter.browser("olena").get(f"{matter.at}/{row.id}/small").status_code == 200
    assert store.find(row.small_key or "") is not None


def test_each_deed_is_written_down(matter: Matter):
    row = matter.attached()
    iryna = matter.browser("iryna")
    iryna.get(f"{matter.at}/{row.id}/picture")
    iryna.get(f"{matter.at}/{row.id}/file")
    iryna.post(f"{matter.at}/{row.id}/take-back", data={"why": "не той будинок"})
    for deed in ("attachment.added", "attachment.opened", "attachment.downloaded", "attachment.taken_back"):
        [line] = deeds(deed)
        assert line.subject == f"appeal:{matter.number}"
        assert line.details["sha256"] == row.sha256


def test_what_is_taken_back_stays_and_is_no_longer_shown(matter: Matter):
    row = matter.attached(attachment_note="помилкове")
    olena = matter.browser("olena")
    assert "помилкове" in olena.get(f"/appeals/{matter.number}").text
    assert olena.post(f"{matter.at}/{row.id}/take-back", data={"why": ""}).status_code == 303
    assert "помилкове" in olena.get(matter.at).text, "without a reason nothing happens"
    olena.post(f"{matter.at}/{row.id}/take-back", data={"why": "не той будинок"})
    page = olena.get(matter.at).text
    assert "помилкове" not in page
    assert "не той будинок" in page
    assert store.find(row.object_key) is not None
    assert matter.rows()[0].taken_back_by == matter.by.id
    assert olena.post(f"{matter.at}/{row.id}/take-back", data={"why": "ще раз"}).status_code == 409


def test_a_colleagues_file_is_taken_back_only_with_the_right_for_it(matter: Matter):
    row = matter.attached()
    back = {"why": "не той будинок"}
    assert matter.browser("andrii").post(f"{matter.at}/{row.id}/take-back", data=back).status_code == 403
    assert matter.browser("iryna").post(f"{matter.at}/{row.id}/take-back", data=back).status_code == 303


def test_without_script_several_files_go_at_once_and_what_is_wrong_with_one_keeps_no_other_out(matter: Matter):
    olena = matter.browser("olena")
    files = [
        ("files", ("one.jpg", samples.photo(), "image/jpeg")),
        ("files", ("two.jpg", samples.PROGRAM, "image/jpeg")),
        ("files", ("three.pdf", samples.paper(), "application/pdf")),
    ]
    answer = olena.post(f"{matter.at}/upload", data={"attachment_kind": str(matter.kinds["a2"])}, files=files)
    assert answer.status_code == 422
    assert "two.jpg" in answer.text
    assert [each.file_name for each in matter.rows()] == ["one.jpg", "three.pdf"]
    answer = olena.post(f"{matter.at}/upload", data={"attachment_kind": str(matter.kinds["a2"])}, files=files[:1])
    assert answer.status_code == 303


def test_a_kind_that_is_not_offered_is_refused(matter: Matter, centre: Centre):
    with transaction(EVERY_ORGANISATION) as session:
        foreign = service.offered(session, centre.organisations["dtm"].id)[0].id
    matter.kinds["foreign"] = foreign
    assert matter.send(samples.photo(), kind="foreign").status_code == 422
    assert matter.rows() == []


def test_an_appeal_has_a_last_file(matter: Matter, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(service, "MOST", 2)
    assert MOST > 100
    matter.attached()
    matter.attached()
    answer = matter.send(samples.photo())
    assert answer.status_code == 422
    assert len(matter.rows()) == 2


def test_before_and_after_stand_beside_each_other(matter: Matter):
    before, after = matter.attached(kind="a1"), matter.attached(kind="a2")
    page = matter.browser("iryna").get(f"/appeals/{matter.number}").text
    sides = re.search(r'<div class="before-after">(.*?)</div>\s*<div>(.*?)</div>', page, re.DOTALL)
    assert sides
    assert f"/{before.id}/small" in sides[1]
    assert f"/{after.id}/small" not in sides[1]
    assert f"/{after.id}/small" in sides[2]


def test_a_link_is_kept_and_a_script_is_none(matter: Matter):
    olena = matter.browser("olena")
    assert olena.post(f"{matter.at}/links", data={"link": "javascript:alert(1)"}).status_code == 422
    good = {"link": "https://example.org/video", "link_note": "відео затоплення"}
    assert olena.post(f"{matter.at}/links", data=good).status_code == 303
    page = olena.get(matter.at).text
    assert 'href="https://example.org/video"' in page
    assert "noopener" in page
    assert "javascript:" not in page
    [link] = re.findall(r"/links/(\d+)/take-back", page)
    assert olena.post(f"{matter.at}/links/{link}/take-back").status_code == 303
    assert "example.org" not in olena.get(matter.at).text


def test_files_are_read_no_further_than_allowed():
    endless = io.BytesIO(b"\xff\xd8\xff" + b"x" * 5000)
    with pytest.raises(Refused):
        storing.store_file(1, endless, "a.jpg", limit=1000)
    assert endless.tell() <= 1 << 16
