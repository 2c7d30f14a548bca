"""What a file is by what is in it, whatever it is called: taken, or refused with the reason.

Signatures are puremagic's; what a picture is, Pillow decides by reading it (`pictures`), and a document by its parts.
"""

import zipfile
import zlib
from pathlib import Path
from typing import Final

import puremagic

from appeals.attachments.model import DOCX, ODS, ODT, PDF, SORTS, XLSX, Refusal, Refused

HEAD: Final = 8192
TAIL: Final = 2048
UNPACKED: Final = 200_000_000  # bytes that a document may unpack to
PARTS: Final = 5000  # files within a document
_PIECE: Final = 1 << 16

_PROGRAMS: Final = (
    b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"dex\n", b"\x00asm", b"L\x00\x00\x00\x01\x14\x02\x00",
)  # fmt: skip
_PROGRAM_ENDINGS: Final = frozenset({
    "apk", "app", "bat", "bin", "cmd", "com", "cpl", "dll", "dmg", "elf", "exe", "gadget", "hta", "jar", "js",
    "jse", "lnk", "mach", "msi", "msp", "ps1", "py", "rb", "reg", "scr", "sh", "so", "sys", "vb", "vbs", "wsf",
})  # fmt: skip
_ARCHIVE_ENDINGS: Final = frozenset({
    "7z", "ace", "ar", "arj", "br", "bz2", "cab", "cpio", "deb", "gz", "img", "iso", "lha", "lz", "lz4", "lzh",
    "lzma", "rar", "rpm", "tar", "tbz", "tgz", "txz", "vhd", "xar", "xz", "z", "zip", "zst",
})  # fmt: skip
_ZIP: Final = b"PK\x03\x04"
_OPEN_DOCUMENTS: Final = {ODT: "odt", ODS: "ods"}
_MAIN_PARTS: Final = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_MACROS: Final = ("vbaproject.bin", "vbadata.xml")


def type_of(path: Path) -> str:
    """The media type of the file, one of `SORTS`. Refused: a program, an archive, a bomb, what is not on the list."""
    head = _piece(path)
    if not head:
        raise Refused(Refusal.EMPTY)
    if head.startswith(_PROGRAMS):
        raise Refused(Refusal.EXECUTABLE)
    if head.startswith(_ZIP) or (zipfile.is_zipfile(path) and not _is_other(head)):
        return _document(path)
    endings, types = _known(head)
    found = next((each for each in SORTS if each in types), None)
    if found == PDF:
        return _pdf(path, head)
    if found is not None:
        return found
    if endings & _ARCHIVE_ENDINGS:
        raise Refused(Refusal.ARCHIVE)
    raise Refused(Refusal.EXECUTABLE if endings & _PROGRAM_ENDINGS else Refusal.NOT_ALLOWED)


def _piece(path: Path, *, last: int = 0) -> bytes:
    with path.open("rb") as file:
        if last:
            file.seek(max(0, path.stat().st_size - last))
        return file.read(last or HEAD)


def _known(head: bytes) -> tuple[set[str], set[str]]:
    """Endings and media types of everything that begins so, the likeliest alone where one is likelier."""
    try:
        found = puremagic.magic_string(head)
    except puremagic.PureError:
        return set(), set()
    best = max(each.confidence for each in found)
    likely = [each for each in found if each.confidence == best]
    return {each.extension.lstrip(".") for each in likely}, {each.mime_type for each in likely}


def _is_other(head: bytes) -> bool:
    """Whether the file begins as something we take: an archive behind it is cut off with the picture's making anew."""
    return head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF", b"%PDF-"))


def _pdf(path: Path, head: bytes) -> str:
    if not head.startswith(b"%PDF-") or b"%%EOF" not in _piece(path, last=TAIL):
        raise Refused(Refusal.BROKEN)
    return PDF


def _document(path: Path) -> str:
    """A text or a table of the office; any other archive is refused."""
    try:
        with zipfile.ZipFile(path) as packed:
            found = _document_type(packed)
            _check_unpacking(packed)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(Refusal.BROKEN) from error
    return found


def _document_type(packed: zipfile.ZipFile) -> str:
    names = {each.filename.lower() for each in packed.infolist()}
    if len(names) > PARTS:
        raise Refused(Refusal.UNPACKS)
    if "classes.dex" in names or "meta-inf/manifest.mf" in names:
        raise Refused(Refusal.EXECUTABLE)
    found = next((found for part, found in _MAIN_PARTS.items() if part in names), None)
    if found is None and "mimetype" in names:
        with packed.open("mimetype") as part:
            said = part.read(100).decode("ascii", "replace").strip()
        found = said if said in _OPEN_DOCUMENTS else None
    if found is None or ("[content_types].xml" not in names and found not in _OPEN_DOCUMENTS):
        raise Refused(Refusal.ARCHIVE)
    if any(name.endswith(_MACROS) or name.startswith(("basic/", "scripts/")) for name in names):
        raise Refused(Refusal.MACROS)
    return found


def _check_unpacking(packed: zipfile.ZipFile) -> None:
    """Unpacks everything into nothing: what a directory says of the sizes may be a lie."""
    left = UNPACKED
    if sum(each.file_size for each in packed.infolist()) > left:
        raise Refused(Refusal.UNPACKS)
    for each in packed.infolist():
        with packed.open(each) as part:
            while piece := part.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise Refused(Refusal.UNPACKS)
