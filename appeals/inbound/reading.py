"""From the bytes of a mail to a letter: whatever they are, there is one, and nothing in it is believed. Pure.

The old policy of the standard library's parser is used: the new one fails on headers that mail programs do write.
"""

import hashlib
import html
import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import collapse_rfc2231_value, getaddresses, parsedate_to_datetime
from html.parser import HTMLParser
from typing import Final

from appeals.inbound.model import LONGEST, MOST_PARTS, Fault, Letter, Machine, Part

_DEEPEST: Final = 12  # parts within parts
_LONGEST_LINE: Final = 300
_BLOCKS: Final = frozenset(
    (
        "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "footer", "h1", "h2", "h3", "h4", "h5", "h6",
        "header", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul",
    )
)  # fmt: skip
_HIDDEN: Final = frozenset(("head", "script", "style", "template", "title"))
_ADDRESS: Final = re.compile(r"[^@\s<>\"',;]{1,64}@[A-Za-z0-9.-]{1,190}")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_HEAD_ENDS: Final = re.compile(rb"\r?\n\r?\n")
_BREAKS: Final = re.compile(r"\n{3,}")


def read(raw: bytes, *, own: Collection[str] = (), whole: bool = True) -> Letter:
    """The letter; `own` are addresses of ours, `whole` whether these bytes are all of it."""
    faults = set() if whole else {Fault.TOO_LARGE}
    try:
        mail = message_from_bytes(raw, policy=policy.compat32)
        texts, parts, cut = _contents(mail, whole=whole)
        faults |= {Fault.TOO_MANY} if cut else set()
        faults |= {Fault.MALFORMED} if whole and _is_broken(mail) else set()
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError, MemoryError):
        mail = message_from_bytes(_HEAD_ENDS.split(raw, maxsplit=1)[0][:65536], policy=policy.compat32)
        texts, parts = [_decoded(raw)], []
        faults.add(Fault.MALFORMED)
    text = _tidy("\n\n".join(texts))
    if len(text) > LONGEST:
        text = text[:LONGEST]
        faults.add(Fault.CUT)
    sender_name, sender = _person(mail, "From")
    return Letter(
        message_id=_message_id(mail, raw),
        sender=sender,
        sender_name=sender_name,
        reply_to=_person(mail, "Reply-To")[1] or sender,
        subject=_line(_header(mail, "Subject")),
        text=text,
        sent_at=_date(mail),
        parts=tuple(parts),
        faults=frozenset(faults),
        machine=_machine(mail, sender, {each.casefold() for each in own}),
    )


def _machine(mail: Message, sender: str, own: Collection[str]) -> Machine | None:
    """Who wrote it, if it was no human being. To answer such a letter begins a talk of machines."""
    said = {name: _line(_header(mail, name)).casefold() for name in ("Auto-Submitted", "Precedence", "Return-Path")}
    if sender.casefold() in own or _message_id(mail, b"").startswith("holos."):
        return Machine.OUR_OWN
    if mail.get_content_type() == "multipart/report" or said["Return-Path"] == "<>":
        return Machine.BOUNCE
    if sender.casefold().partition("@")[0] in {"mailer-daemon", "postmaster"}:
        return Machine.BOUNCE
    if said["Auto-Submitted"].partition(";")[0].strip() not in {"", "no"}:
        return Machine.AUTOMATIC
    if any(mail.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder")):
        return Machine.AUTOMATIC
    if said["Precedence"] in {"auto_reply", "junk"}:
        return Machine.AUTOMATIC
    return Machine.LIST if said["Precedence"] in {"bulk", "list"} or mail.get("List-Id") is not None else None


def _contents(mail: Message, *, whole: bool) -> tuple[list[str], list[Part], bool]:
    """The texts to be read, the files, and whether there were more parts than are kept."""
    texts: list[str] = []
    parts: list[Part] = []
    for count, leaf in enumerate(_leaves(mail, 0)):
        if count >= MOST_PARTS:
            return texts, parts, True
        name = _file_name(leaf)
        kind = leaf.get_content_type()
        is_file = bool(name) or leaf.get_content_disposition() == "attachment"
        if kind in {"text/plain", "text/html"} and not is_file:
            written = _text(leaf)
            texts.append(_without_marks(written) if kind == "text/html" else written)
        elif whole and (content := _bytes(leaf)):
            parts.append(Part(name or _name_of(kind), kind, content))
    return texts, parts, False


def _leaves(mail: Message, depth: int) -> Iterator[Message]:
    """The parts that hold something; of alternatives the one that is written plainly. A mail in a mail is a file."""
    below = mail.get_payload()
    if mail.get_content_maintype() != "multipart" or not isinstance(below, list):
        yield mail
        return
    if depth >= _DEEPEST:
        return
    inner = [each for each in below if isinstance(each, Message)]
    if mail.get_content_subtype() == "alternative":
        plain = [each for each in inner if each.get_content_type() == "text/plain" and _text(each).strip()]
        rest = [each for each in inner if each.get_content_maintype() != "text"]
        marked = [each for each in inner if each.get_content_type() == "text/html"]
        inner = plain[:1] + rest if plain else rest or marked[-1:]
    for each in inner:
        yield from _leaves(each, depth + 1)


def _bytes(leaf: Message) -> bytes:
    if leaf.get_content_maintype() == "message":
        inner = leaf.get_payload()
        mails = inner if isinstance(inner, list) else []
        return b"".join(each.as_bytes() for each in mails if isinstance(each, Message))
    content = leaf.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(leaf: Message) -> str:
    return _decoded(_bytes(leaf), str(leaf.get_content_charset("") or ""))


def _decoded(content: bytes, charset: str = "") -> str:
    """Text in the charset that is named, else in one that fits: mail programs here have used three."""
    for each in (charset, "utf-8"):
        try:
            return content.decode(each)
        except (LookupError, ValueError):
            continue
    return content.decode("cp1251", "replace")


def _header(mail: Message, name: str) -> str:
    """A header's words, whatever they are encoded in."""
    written: object = mail.get(name)
    if written is None:
        return ""
    if not isinstance(written, str):  # raw bytes that are no ASCII
        return _decoded(str(written).encode("utf-8", "surrogateescape"))
    try:
        pieces = decode_header(written)
    except (HeaderParseError, ValueError):
        return written
    return "".join(
        piece if isinstance(piece, str) else _decoded(piece, charset if charset != "unknown-8bit" else "") or ""
        for piece, charset in ((piece, charset or "") for piece, charset in pieces)
    )


def _person(mail: Message, name: str) -> tuple[str, str]:
    """Name and address of the first who is named; an address that is none is left out."""
    try:
        found = getaddresses([_header(mail, name)])
    except (ValueError, TypeError):
        found = []
    called, address = found[0] if found else ("", "")
    match = _ADDRESS.search(address) or _ADDRESS.search(_header(mail, name))
    return _line(called), match[0] if match else ""


def _message_id(mail: Message, raw: bytes) -> str:
    """Its own name; of a mail without one, a name made of what it says."""
    said = _line(_header(mail, "Message-ID")).strip("<> ")
    return said or f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _date(mail: Message) -> datetime | None:
    try:
        said = parsedate_to_datetime(_header(mail, "Date"))
        aware = said if said.tzinfo is not None else said.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _file_name(leaf: Message) -> str:
    try:
        said = leaf.get_filename("") or ""
        plain = collapse_rfc2231_value(said)
        return _line("".join(p if isinstance(p, str) else _decoded(p, c or "") for p, c in decode_header(plain)))
    except (HeaderParseError, ValueError, TypeError, LookupError):
        return "file"


def _name_of(kind: str) -> str:
    main, _, sub = kind.partition("/")
    return "letter.eml" if main == "message" else f"{main}.{re.sub(r'[^a-z0-9]', '', sub) or 'bin'}"


def _is_broken(mail: Message) -> bool:
    return bool(mail.defects) or any(part.defects for part in mail.walk())


def _line(text: str) -> str:
    return " ".join(_CONTROLS.sub("", text).split())[:_LONGEST_LINE]


def _tidy(text: str) -> str:
    plain = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).encode("utf-8", "replace").decode()
    lines = (line.rstrip() for line in plain.replace("\u00a0", " ").split("\n"))
    return _BREAKS.sub("\n\n", "\n".join(lines)).strip()


class _Plain(HTMLParser):
    """What a page says, without its marks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins a line."""
        self._hidden += tag in _HIDDEN
        if tag in _BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """And ends one."""
        self._hidden = max(0, self._hidden - (tag in _HIDDEN))
        if tag in _BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        """Text; of white space only one stays."""
        if not self._hidden:
            self.said.append(re.sub(r"\s+", " ", data))


def _without_marks(marked: str) -> str:
    parser = _Plain()
    try:
        parser.feed(marked[: 20 * LONGEST])
        parser.close()
    except (AssertionError, ValueError):  # of broken declarations
        return html.unescape(re.sub(r"<[^>]*>", " ", marked))
    lines = (" ".join(line.split()) for line in "".join(parser.said).split("\n"))
    return "\n".join(lines)
