"""The layout of a printed card: rows of boxes with so much room each, and what does not fit, on a sheet of its own."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Final


class Paper(StrEnum):
    """The sheet it is printed on."""

    A5 = "a5"
    A4 = "a4"


ACROSS: Final[Mapping[Paper, int]] = {Paper.A5: 84, Paper.A4: 88}  # letters of the usual width in a whole row
SPACE: Final = 0.7
MORE: Final = " …[%d]"  # after a text that goes on upon the following sheet


@dataclass(frozen=True, slots=True)
class Field:
    """A box of the form."""

    name: str
    label: str  # a message of the catalogue
    width: int = 100  # per cent of the row
    lines: int = 1


Rows = Sequence[Sequence[Field]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form: what stands on its front and on its back."""

    code: str  # "" for one that no authority has numbered
    title: str  # messages of the catalogue
    note: str
    front: Rows
    back: Rows


@dataclass(frozen=True, slots=True)
class Box:
    """A box as it is printed."""

    name: str
    label: str
    width: int
    lines: int
    text: str


@dataclass(slots=True)
class Sheets:
    """Both sides, and what goes on: number, label and the whole text of each."""

    front: list[list[Box]] = field(default_factory=list)
    back: list[list[Box]] = field(default_factory=list)
    continued: list[tuple[int, str, str]] = field(default_factory=list)


def laid_out(form: Form, values: Mapping[str, str], paper: Paper, say: Callable[[str], str] = str) -> Sheets:
    """The form filled in, its labels as `say` translates them.

    A text that does not fit is told to go on, and stands whole on the following sheet.
    """
    sheets = Sheets()
    for rows, side in ((form.front, sheets.front), (form.back, sheets.back)):
        for row in rows:
            side.append([_box(each, values.get(each.name, ""), paper, sheets, say(each.label)) for each in row])
    return sheets


def _box(each: Field, value: str, paper: Paper, sheets: Sheets, label: str) -> Box:
    text = _clean(value)
    across = ACROSS[paper] * each.width / 100 - 2
    if len(list(islice(_lines(text, across), each.lines + 1))) > each.lines:
        number = len(sheets.continued) + 1
        sheets.continued.append((number, label, text))
        text = _cut(text, across, each.lines, MORE % number)
    return Box(each.name, label, each.width, each.lines, text)


def _clean(value: str) -> str:
    """Lines without white space at their ends, and no sign that no paper shows."""
    shown = "".join(each for each in value if each in "\n\t" or unicodedata.category(each)[0] != "C")
    return "\n".join(line.strip() for line in shown.replace("\t", " ").split("\n")).strip()


def _cut(text: str, across: float, lines: int, mark: str) -> str:
    """As much as has room in so many lines with the mark behind it."""
    kept = list(islice(_lines(text, across), lines))
    last = next(_lines(kept[-1], across - _width(mark)))
    return "\n".join([*kept[:-1], last.rstrip()]) + mark


def _lines(text: str, across: float) -> Iterator[str]:
    """The text in lines of this width, broken between words, a word that is longer within itself."""
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        for word in paragraph.split(" "):
            wide = _width(word)
            if line and used + wide + SPACE > across:
                yield line
                line, used = "", 0.0
            if line:
                line, used = f"{line} {word}", used + wide + SPACE
                continue
            *full, line = _pieces(word, across)
            yield from full
            used = _width(line)
        yield line


def _pieces(word: str, across: float) -> list[str]:
    """The word, in as many pieces as it takes lines."""
    pieces, begun, used = [], 0, 0.0
    for at, letter in enumerate(word):
        wide = _of_letter(letter)
        if used + wide > across and at > begun:
            pieces.append(word[begun:at])
            begun, used = at, 0.0
        used += wide
    return [*pieces, word[begun:]]


def _width(text: str) -> float:
    return sum(map(_of_letter, text))


def _of_letter(letter: str) -> float:
    """How wide a letter is, rather too wide than too narrow; 1 is a usual small one."""
    if letter in " .,:;!'’ʻʼ|()[]ijlІіїЇ/-":
        return 0.7
    if unicodedata.east_asian_width(letter) in "WF":
        return 2.2
    if letter in "ШЩЖЮФМЫWM@№%—…":
        return 2.1
    if letter.isupper() or letter in "шщжюфмыwm":
        return 1.6
    return 1.1 if letter.isalnum() else 1.0
