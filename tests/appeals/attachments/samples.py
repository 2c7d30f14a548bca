"""Files as people and people with bad intentions send them, made here."""

import io
import struct
import zipfile
import zlib
from functools import cache

from PIL import Image

GPS_WORDS = (b"Exif", b"GPS", b"SecretCamera")


def photo(
    width: int = 640, height: int = 480, *, orientation: int = 1, colour: tuple[int, int, int] = (180, 60, 20)
) -> bytes:
    """A JPEG from a telephone: with the place it was taken at, the camera's name, and a way it was held.

    Its upper left corner is white, so that one sees which way up it is.
    """
    picture = Image.new("RGB", (width, height), colour)
    picture.paste((255, 255, 255), (0, 0, width // 4, height // 4))
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretCamera", orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (49.0, 25.0, 12.0), 3: "E", 4: (26.0, 59.0, 3.0)})
    file = io.BytesIO()
    picture.save(file, "JPEG", exif=exif, quality=90)
    return file.getvalue()


def drawing(size: tuple[int, int] = (300, 200), kind: str = "PNG", *, see_through: bool = False) -> bytes:
    """A picture that is not a photo."""
    picture = Image.new("RGBA" if see_through else "RGB", size, (10, 120, 200, 90)[: 4 if see_through else 3])
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def moving(kind: str = "WEBP") -> bytes:
    """A picture of three pictures."""
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green", "blue")]
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=100)
    return file.getvalue()


def huge_picture(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of some kilobytes that says it has nine hundred million points."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 4096)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def paper(text: str = "act") -> bytes:
    """The smallest PDF that is one."""
    body = (
        f"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n% {text}\n"
    )
    return body.encode() + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


def packed(parts: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def document(**more: bytes) -> bytes:
    """A Word document as far as its parts go."""
    parts = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}
    return packed(parts | {name.replace("__", "/"): content for name, content in more.items()})


def open_document() -> bytes:
    """A text of OpenDocument."""
    return packed({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office/>"})


@cache
def bomb() -> bytes:
    """A small document that unpacks to more than two hundred megabytes."""
    return document(word__media__image1=b"\x00" * 210_000_000)


@cache
def lying_bomb() -> bytes:
    """The same, whose directory says that it is small."""
    small = bytearray(bomb())
    size = struct.pack("<I", 210_000_000)
    told = struct.pack("<I", 1000)
    return bytes(small).replace(size, told)


PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 200 + b"PE\x00\x00"
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 200
SCRIPT = b"#!/bin/sh\nrm -rf /\n"
PAGE = b"<!doctype html><html><script>alert(1)</script></html>"
DRAWN = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
