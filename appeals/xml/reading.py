"""Files of others, read as they come: what they say of each appeal, and what is wrong at which line.

A file cannot make the reader do anything: a document type, with which entities are declared, ends the reading; nothing
is fetched, depth and number are bounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

from appeals.xml.schema import APPEAL, FAMILY, NAMESPACE, ROOT, SPACE, VERSION, Element, Fault, Written

LARGEST: Final = 20_000_000  # bytes
MOST: Final = 500  # appeals of one file
DEEPEST: Final = 16
MOST_FAULTS: Final = 100  # of one appeal, and of the file itself: whoever sends nonsense fills no memory with it
_LOCATION: Final = "http://www.w3.org/2001/XMLSchema-instance schemaLocation"


class NoFile(ValueError):
    """This is none of our files; `why` says the reason, `line` where."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.why, self.line = why, line


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something wrong with one element."""

    line: int
    place: str  # applicant/phone
    fault: Fault


@dataclass(slots=True)
class Read:
    """One appeal of a file: its elements by their names, those that may stand several times as lists."""

    line: int
    said: dict[str, Any] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)


@dataclass(slots=True)
class File:
    """A file as a whole."""

    attributes: dict[str, str] = field(default_factory=dict)
    appeals: list[Read] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)  # of the file itself

    @property
    def faults(self) -> Iterator[Wrong]:
        """Everything that is wrong, in order."""
        yield from self.wrong
        for each in self.appeals:
            yield from each.wrong


@dataclass(slots=True)
class _Open:
    """An element that was begun and not ended; `element` is None for what nobody knows."""

    element: Element | None
    place: str
    at: int = 0  # which of its element's parts may come next
    count: int = 0  # how many of that part have come
    text: list[str] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)


def read(content: bytes) -> File:
    """The file. NoFile where it is no XML, declares entities, is too large, or is something else."""
    if len(content) > LARGEST:
        raise NoFile("large")
    reader = _Reader()
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise NoFile("no_xml", error.lineno) from error
    except NoFile:
        raise
    except (LookupError, ValueError) as error:  # an encoding that nobody knows, or of several bytes a sign
        raise NoFile("no_xml") from error
    return reader.file


class _Reader:
    """Walks the file and the table side by side."""

    def __init__(self) -> None:
        self.file = File()
        self._open: list[_Open] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _doctype(self, *_told: object) -> None:
        raise NoFile("doctype", self.parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            raise NoFile("no_appeals", self.parser.CurrentLineNumber)
        namespace, _space, local = name.rpartition(" ")
        if not self._open:
            if not namespace.startswith(FAMILY) or local != ROOT.name:
                raise NoFile("no_appeals", self.parser.CurrentLineNumber)
            if namespace != NAMESPACE or attributes.get("version", VERSION) != VERSION:
                raise NoFile("version", self.parser.CurrentLineNumber)
            self._begin(ROOT, "", attributes)
            self.file.attributes = self._open[-1].attributes
            return
        above = self._open[-1]
        place = f"{above.place}/{local}".strip("/")
        element = self._expected(above, local if namespace == NAMESPACE else "", place)
        if element is APPEAL:
            if len(self.file.appeals) >= MOST:
                raise NoFile("many", self.parser.CurrentLineNumber)
            self.file.appeals.append(Read(self.parser.CurrentLineNumber))
            place = ""
        if element is not None:
            self._begin(element, place, attributes)
        else:
            self._open.append(_Open(None, place))

    def _expected(self, above: _Open, local: str, place: str) -> Element | None:
        """The part that this is; what was passed over must not be needed."""
        if above.element is None:
            return None
        parts = above.element.parts
        at = next((n for n in range(above.at, len(parts)) if parts[n].name == local), None)
        if at is None:
            self._note(place, Fault.REPEATED if local in {each.name for each in parts[: above.at]} else Fault.UNKNOWN)
            return None
        if at != above.at:
            self._missing(above, until=at)
            above.at, above.count = at, 0
        above.count += 1
        if above.count > parts[at].most:
            self._note(place, Fault.REPEATED)
            return None
        return parts[at]

    def _missing(self, above: _Open, *, until: int) -> None:
        assert above.element is not None
        for n in range(above.at, until):
            part = above.element.parts[n]
            if (above.count if n == above.at else 0) < part.least:
                self._note(f"{above.place}/{part.name}".strip("/"), Fault.MISSING)

    def _begin(self, element: Element, place: str, attributes: dict[str, str]) -> None:
        begun = _Open(element, place)
        self._open.append(begun)
        for name, written in attributes.items():
            kind = element.attributes.get(name)
            if kind is not None:
                begun.attributes[name] = written
                if (fault := kind.fault(written)) is not None:
                    self._note(f"{place}@{name}", fault)
            elif name != _LOCATION:
                self._note(f"{place}@{name}", Fault.UNKNOWN)
        for name in element.attributes.keys() - attributes.keys():
            self._note(f"{place}@{name}", Fault.MISSING)

    def _text(self, written: str) -> None:
        if not self._open or self._open[-1].element is None:
            return
        here = self._open[-1]
        assert here.element is not None
        if here.element.simple is not None:
            here.text.append(written)
        elif written.strip(SPACE):
            self._note(here.place, Fault.TEXT)

    def _end(self, _name: str) -> None:
        ended = self._open.pop()
        element = ended.element
        if element is None:
            return
        if element.simple is None:
            self._missing_at_the_end(ended)
            value: Any = ended.said
        else:
            value = "".join(ended.text)
            if (fault := element.simple.fault(value)) is not None:
                self._note(ended.place, fault)
            if isinstance(element.simple, Written):
                value = value.strip(SPACE)
            value = (ended.attributes, value) if element.attributes else value
        if element is APPEAL:
            self.file.appeals[-1].said = ended.said
        elif self._open:
            above = self._open[-1].said
            if element.most == 1:
                above[element.name] = value
            else:
                above.setdefault(element.name, []).append(value)

    def _missing_at_the_end(self, ended: _Open) -> None:
        assert ended.element is not None
        self._missing(ended, until=len(ended.element.parts))

    def _note(self, place: str, fault: Fault) -> None:
        wrong = Wrong(self.parser.CurrentLineNumber, place, fault)
        inside = self.file.appeals and len(self._open) > 1
        noted = self.file.appeals[-1].wrong if inside else self.file.wrong
        if len(noted) < MOST_FAULTS:
            noted.append(wrong)
