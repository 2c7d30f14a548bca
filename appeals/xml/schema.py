"""The one table of what a file may hold: the published schema is drawn from it, files of others are checked by it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Final
from xml.sax.saxutils import quoteattr

from appeals.applicants.model import LONGEST_NAME, ApplicantKind
from appeals.classifier.model import Section
from appeals.model import Kind, Result, Source, State
from appeals.workflow.model import Part, Work

FAMILY: Final = "urn:holos:appeals:"  # of every version
VERSION: Final = "1"
NAMESPACE: Final = FAMILY + VERSION
MANY: Final = 10**9
SPACE: Final = " \t\r\n"
_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOMENT: Final = (
    _DAY + r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+\-](0[0-9]|1[0-3]):[0-5][0-9]|[+\-]14:00)"
)
_NUMBER: Final = r"[0-9]{1,7}"


class Fault(StrEnum):
    """What is wrong at a place of a file."""

    UNKNOWN = "unknown"  # no such element or attribute here
    MISSING = "missing"
    REPEATED = "repeated"
    LONG = "long"
    SHORT = "short"
    CHOICE = "choice"
    DAY = "day"
    MOMENT = "moment"
    NUMBER = "number"
    TEXT = "text"  # between elements


@dataclass(frozen=True, slots=True)
class Text:
    """Words, as they stand."""

    longest: int
    shortest: int = 0
    choices: tuple[str, ...] = ()

    def fault(self, written: str) -> Fault | None:
        """What is wrong with them."""
        if self.choices:
            return None if written in self.choices else Fault.CHOICE
        if len(written) > self.longest:
            return Fault.LONG
        return Fault.SHORT if len(written) < self.shortest else None

    @property
    def drawn(self) -> str:
        """As the schema says it."""
        if self.choices:
            facets = "".join(f"<xs:enumeration value={quoteattr(each)}/>" for each in self.choices)
        else:
            facets = f'<xs:minLength value="{self.shortest}"/><xs:maxLength value="{self.longest}"/>'
        return f'<xs:simpleType><xs:restriction base="xs:string">{facets}</xs:restriction></xs:simpleType>'


@dataclass(frozen=True, slots=True)
class Written:
    """A day, a moment or a number: by a pattern, and one that exists."""

    base: str  # of XML Schema
    pattern: str
    wrong: Fault

    def fault(self, written: str) -> Fault | None:
        """What is wrong with it."""
        told = written.strip(SPACE)
        if not re.fullmatch(self.pattern, told):
            return self.wrong
        try:
            if self.wrong is Fault.DAY:
                date.fromisoformat(told)
            elif self.wrong is Fault.MOMENT:
                datetime.fromisoformat(told)
        except ValueError:
            return self.wrong
        return None

    @property
    def drawn(self) -> str:
        """As the schema says it."""
        facet = f"<xs:pattern value={quoteattr(self.pattern)}/>"
        return f'<xs:simpleType><xs:restriction base="xs:{self.base}">{facet}</xs:restriction></xs:simpleType>'


Simple = Text | Written
DAY: Final = Written("date", _DAY, Fault.DAY)
MOMENT: Final = Written("dateTime", _MOMENT, Fault.MOMENT)
NUMBER: Final = Written("integer", _NUMBER, Fault.NUMBER)


def _one_of(values: type[StrEnum]) -> Text:
    return Text(64, choices=tuple(value.value for value in values))


@dataclass(frozen=True, slots=True)
class Element:
    """An element: simple, or of others in this order; how often it stands where it stands, and its attributes."""

    name: str
    simple: Simple | None = None
    parts: tuple["Element", ...] = ()
    least: int = 1
    most: int = 1
    attributes: Mapping[str, Simple] = field(default_factory=dict)  # each is needed

    @property
    def drawn(self) -> str:
        """As the schema says it."""
        how_often = f' minOccurs="{self.least}"' if self.least != 1 else ""
        how_often += f' maxOccurs="{"unbounded" if self.most == MANY else self.most}"' if self.most != 1 else ""
        if self.simple is not None and not self.attributes:
            return f'<xs:element name="{self.name}"{how_often}>{self.simple.drawn}</xs:element>'
        attributes = "".join(
            f'<xs:attribute name="{name}" use="required">{kind.drawn}</xs:attribute>'
            for name, kind in self.attributes.items()
        )
        if self.simple is not None:
            base = f"text-of-{self.name}"
            content = f'<xs:simpleContent><xs:extension base="{base}">{attributes}</xs:extension></xs:simpleContent>'
        else:
            content = f"<xs:sequence>{''.join(each.drawn for each in self.parts)}</xs:sequence>{attributes}"
        return f'<xs:element name="{self.name}"{how_often}><xs:complexType>{content}</xs:complexType></xs:element>'

    def named(self) -> Iterator[str]:
        """Types that the schema names: texts of elements that have attributes."""
        if self.simple is not None and self.attributes:
            yield self.simple.drawn.replace("<xs:simpleType>", f'<xs:simpleType name="text-of-{self.name}">', 1)
        for each in self.parts:
            yield from each.named()


APPLICANT: Final = Element(
    "applicant",
    least=0,
    parts=(
        Element("kind", _one_of(ApplicantKind)),
        Element("title", Text(300), least=0),
        Element("code", Text(20), least=0),
        Element("surname", Text(LONGEST_NAME), least=0),
        Element("given-name", Text(LONGEST_NAME), least=0),
        Element("patronymic", Text(LONGEST_NAME), least=0),
        Element("phone", Text(40), least=0),
        Element("email", Text(254), least=0),
        Element("language", Text(2, choices=("uk", "uz", "ru", "en")), least=0),
    ),
)
PAPER: Final = Element(
    "paper",
    least=0,
    parts=(
        Element("signatories", NUMBER, least=0),
        Element("signed-on", DAY, least=0),
        Element("sent-by", Text(300), least=0),
        Element("covering-number", Text(100), least=0),
        Element("covering-on", DAY, least=0),
        Element("more-questions", Text(5000), least=0),
    ),
)
APPEAL: Final = Element(
    "appeal",
    least=0,
    most=MANY,
    parts=(
        Element("number", Text(40, shortest=1)),
        Element("kind", _one_of(Kind)),
        Element("source", _one_of(Source)),
        Element("topic", Text(64)),
        Element("problem", Text(16), least=0),
        Element("substance", Text(10_000, shortest=3)),
        Element("received-on", DAY, least=0),
        APPLICANT,
        Element("address", Text(500, shortest=1), least=0, most=20),
        Element("code", Text(64, shortest=1), least=0, most=1000, attributes={"section": _one_of(Section)}),
        PAPER,
        Element("registration-index", Text(100), least=0),
        Element("registered-at", MOMENT, least=0),
        Element("due-at", MOMENT, least=0),
        Element("closed-at", MOMENT, least=0),
        Element("state", _one_of(State), least=0),
        Element("result", _one_of(Result), least=0),
        Element("answer", Text(10_000), least=0),
        Element(
            "executor",
            Text(300),
            least=0,
            most=1000,
            attributes={"code": Text(40), "role": _one_of(Part), "state": _one_of(Work)},
        ),
    ),
)
ROOT: Final = Element(
    "appeals",
    parts=(APPEAL,),
    attributes={"version": Text(1, choices=(VERSION,)), "organisation": Text(40, shortest=1), "made-at": MOMENT},
)


@cache
def published() -> str:
    """The schema as it is published."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="{NAMESPACE}" targetNamespace="{NAMESPACE}" '
        'elementFormDefault="qualified">'
        f"{''.join(ROOT.named())}{ROOT.drawn}</xs:schema>\n"
    )
