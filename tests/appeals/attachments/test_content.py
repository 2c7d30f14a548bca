"""What a file is by its content, whatever it is called; what is refused, and what is left of a photo (U-74)."""

import io
from pathlib import Path

import pytest
from PIL import Image

from appeals.attachments import content, pictures
from appeals.attachments.model import DOCX, JPEG, ODT, PDF, PNG, WEBP, Refusal, Refused, is_link, shown_name
from tests.appeals.attachments import samples

TAKEN = {
    JPEG: samples.photo(),
    PNG: samples.drawing(),
    WEBP: samples.drawing(kind="WEBP"),
    PDF: samples.paper(),
    DOCX: samples.document(),
    ODT: samples.open_document(),
}
REFUSED = {
    "a program called photo.jpg": (samples.PROGRAM, Refusal.EXECUTABLE),
    "a program of Linux": (samples.ELF, Refusal.EXECUTABLE),
    "a script": (samples.SCRIPT, Refusal.EXECUTABLE),
    "a package of Android": (samples.packed({"classes.dex": b"dex\n035"}), Refusal.EXECUTABLE),
    "a zip": (samples.packed({"photo.jpg": samples.photo()}), Refusal.ARCHIVE),
    "a zip that holds a program": (samples.packed({"setup.exe": samples.PROGRAM}), Refusal.ARCHIVE),
    "gzip": (b"\x1f\x8b\x08\x00" + b"\x00" * 100, Refusal.ARCHIVE),
    "7z": (b"7z\xbc\xaf\x27\x1c\x00\x04" + b"\x00" * 100, Refusal.ARCHIVE),
    "rar": (b"Rar!\x1a\x07\x01\x00" + b"\x00" * 100, Refusal.ARCHIVE),
    "a page with a script": (samples.PAGE, Refusal.NOT_ALLOWED),
    "a drawing with a script": (samples.DRAWN, Refusal.NOT_ALLOWED),
    "words": ("просто текст".encode(), Refusal.NOT_ALLOWED),
    "nothing": (b"", Refusal.EMPTY),
    "half a PDF": (samples.paper()[:-7], Refusal.BROKEN),
    "half a zip": (samples.document()[:-30], Refusal.BROKEN),
    "a bomb": (samples.bomb(), Refusal.UNPACKS),
}


def typed(tmp_path: Path, sent: bytes) -> str:
    file = tmp_path / "sent"
    file.write_bytes(sent)
    return content.type_of(file)


@pytest.mark.parametrize("media_type", TAKEN)
def test_each_allowed_type_is_known_by_its_content(tmp_path: Path, media_type: str):
    assert typed(tmp_path, TAKEN[media_type]) == media_type


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_taken_is_told_why(tmp_path: Path, name: str):
    sent, why = REFUSED[name]
    with pytest.raises(Refused) as refused:
        typed(tmp_path, sent)
    assert refused.value.refusal is why


def test_a_document_with_macros_is_refused(tmp_path: Path):
    parts = {"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b"x"}
    with pytest.raises(Refused) as refused:
        typed(tmp_path, samples.packed(parts))
    assert refused.value.refusal is Refusal.MACROS


def test_a_bomb_whose_directory_lies_is_not_unpacked(tmp_path: Path):
    with pytest.raises(Refused) as refused:
        typed(tmp_path, samples.lying_bomb())
    assert refused.value.refusal in {Refusal.UNPACKS, Refusal.BROKEN}


def remade(tmp_path: Path, sent: bytes, media_type: str = JPEG) -> pictures.Picture:
    file = tmp_path / "sent"
    file.write_bytes(sent)
    return pictures.remade(file, media_type, tmp_path)


def test_a_photo_loses_its_place_and_its_camera(tmp_path: Path):
    sent = samples.photo()
    assert all(word in sent for word in (b"Exif", b"SecretCamera"))
    found = remade(tmp_path, sent)
    for path in (found.path, found.small):
        kept = path.read_bytes()
        assert not [word for word in samples.GPS_WORDS if word in kept]
        with Image.open(path) as picture:
            assert not dict(picture.getexif())
            assert "icc_profile" not in picture.info


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_the_right_way_up(tmp_path: Path, orientation: int):
    """What the camera had above is above, however it was held: the white corner comes where EXIF says it belongs."""
    found = remade(tmp_path, samples.photo(640, 480, orientation=orientation))
    assert (found.width, found.height) == ((640, 480) if orientation < 5 else (480, 640))
    corner = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}[orientation]
    with Image.open(found.path) as picture:
        bright = {
            (x, y): sum(picture.getpixel((5 + x * (picture.width - 10), 5 + y * (picture.height - 10))))
            for x in (0, 1)
            for y in (0, 1)
        }
    assert max(bright, key=bright.__getitem__) == corner


def test_a_large_photo_is_made_smaller_and_gets_a_small_one(tmp_path: Path):
    found = remade(tmp_path, samples.photo(6000, 4000))
    assert (found.width, found.height) == (pictures.LONGEST_SIDE, 1707)
    with Image.open(found.small) as small:
        assert small.format == "JPEG"
        assert max(small.size) == pictures.SMALL


def test_what_hides_behind_a_picture_does_not_come_along(tmp_path: Path):
    sent = samples.photo() + samples.packed({"setup.exe": samples.PROGRAM})
    assert typed(tmp_path, sent) == JPEG
    assert b"setup.exe" not in remade(tmp_path, sent).path.read_bytes()


def test_a_drawing_keeps_what_shines_through(tmp_path: Path):
    found = remade(tmp_path, samples.drawing(see_through=True), PNG)
    with Image.open(found.path) as picture:
        assert picture.mode == "RGBA"


@pytest.mark.parametrize(
    ("sent", "media_type", "why"),
    [
        (samples.huge_picture(), PNG, Refusal.TOO_MANY_POINTS),
        (samples.huge_picture(8000, 8000), PNG, Refusal.TOO_MANY_POINTS),
        (samples.photo()[: len(samples.photo()) // 2], JPEG, Refusal.BROKEN),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, PNG, Refusal.BROKEN),
        (samples.drawing(), JPEG, Refusal.BROKEN),
        (samples.moving(), WEBP, Refusal.MOVING),
    ],
)
def test_a_picture_that_cannot_be_opened_safely_is_refused(tmp_path: Path, sent: bytes, media_type: str, why: Refusal):
    with pytest.raises(Refused) as refused:
        remade(tmp_path, sent, media_type)
    assert refused.value.refusal is why


@pytest.mark.parametrize(
    ("sent", "ending", "shown"),
    [
        ("акт 12.11.2026.pdf", "pdf", "акт 12.11.2026.pdf"),
        ("photo.jpg.exe", "jpg", "photo.jpg"),
        ("C:\\fakepath\\..\\..\\photo.jpeg", "jpg", "photo.jpg"),
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("invoice\u202egpj.exe", "pdf", "invoicegpj.pdf"),
        ("a\x00b\r\nc.png", "png", "abc.png"),
        ("\u200b.png", "png", "file.png"),
        ("", "jpg", "file.jpg"),
        ("x" * 500 + ".jpg", "jpg", "x" * 120 + ".jpg"),
        ('a"b<c>.jpg', "jpg", "a_b_c_.jpg"),
        ("Bogʻishamol.jpg", "jpg", "Bogʻishamol.jpg"),
    ],
)
def test_a_name_is_what_is_left_of_it(sent: str, ending: str, shown: str):
    assert shown_name(sent, ending) == shown


@pytest.mark.parametrize(
    "address", ["https://example.org/a.jpg", "http://photos.example.org/x?y=1#z", "https://приклад.укр/фото"]
)
def test_an_address_on_the_web_is_a_link(address: str):
    assert is_link(address)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
        "data:text/html,x", "file:///etc/passwd", "ftp://example.org/a", "//example.org/a", "https://", "https://user:secret@example.org/",
        "https://localhost/a", "http://[", "https://example.org/ a", "https://example.org/\n", "example.org/a.jpg", "",
        "https://example.org/" + "a" * 2000, 'https://example.org/"><script>',
    ],
)  # fmt: skip
def test_anything_else_is_none(address: str):
    assert not is_link(address)


def test_the_samples_are_what_they_say():
    with Image.open(io.BytesIO(samples.photo())) as picture:
        assert picture.getexif().get_ifd(0x8825)
