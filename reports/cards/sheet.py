"""The cards of calls as an Excel file: one row a call, in the reader's words, written row by row in flat memory."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from typing import IO, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from appeals import words as appeal_words
from calls import words
from recordings import words as recording_words
from reports.cards.shapes import Call
from web.languages import gettext as _
from web.languages import later

LONGEST: Final = 32_767  # characters of a cell, by Excel's own limit
Cell = str | float | datetime | None
Names = Mapping[str, str]  # of topics and queues, "topic:water", "queue:khm-water"


def write(file: IO[bytes], cards: Iterable[Call], *, names: Names, zone: tzinfo, whole: Callable[[], bool]) -> int:
    """Writes the file; how many calls. Where the list was not `whole` when it ended, the last row says so."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    head, moment = book.add_format({"bold": True}), book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"})
    sheet = book.add_worksheet(_("Calls")[:31])
    sheet.freeze_panes(1, 1)
    for column, (title, width, _value) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, _(title), head)
    number = 0
    for number, card in enumerate(cards, 1):
        for column, (_title, _width, value) in enumerate(COLUMNS):
            _put(sheet, number, column, value(card, names), moment=moment, zone=zone)
    if not whole():
        sheet.write_string(
            number + 1, 0, _("There are more calls than this file holds: choose a shorter period."), head
        )
    sheet.autofilter(0, 0, number, len(COLUMNS) - 1)
    book.close()
    return number


def _put(sheet: Worksheet, row: int, column: int, value: Cell, *, moment: Format, zone: tzinfo) -> None:
    """A text is written as one, so that no formula comes of it."""
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.astimezone(zone).replace(tzinfo=None), moment)
    elif isinstance(value, str):
        sheet.write_string(row, column, value[:LONGEST])
    elif value is not None:
        sheet.write_number(row, column, value)


def _word(known: Mapping[str, str], code: str | None) -> str:
    return _(known[code]) if code and code in known else code or ""


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(part for part in parts if part)


def _queue(names: Names, queue: str) -> str:
    return names.get(f"queue:{queue}", queue)


def _topic(names: Names, topic: str | None) -> str:
    return names.get(f"topic:{topic}", topic or "")


COLUMNS: Final[tuple[tuple[str, int, Callable[[Call, Names], Cell]], ...]] = (
    (later("Arrived"), 19, lambda it, names: it.arrived_at),
    (later("Caller"), 17, lambda it, names: it.caller),
    (later("Dialled"), 15, lambda it, names: it.dialled),
    (later("From where"), 16, lambda it, names: _word(words.SOURCES, it.source)),
    (later("Language"), 14, lambda it, names: _word(words.LANGUAGES, it.language)),
    (later("Topic"), 24, lambda it, names: _topic(names, it.topic)),
    (later("Keys pressed"), 20, lambda it, names: " → ".join(it.menu_path)),
    (later("Queues"), 30, lambda it, names: _lines(_queue(names, each.queue) for each in it.visits)),
    (later("How it ended"), 22, lambda it, names: _word(words.FATES, it.fate)),
    (later("Result"), 22, lambda it, names: _word(words.RESULTS, it.result)),
    (later("In the queue since"), 19, lambda it, names: it.queued_at),
    (later("Answered"), 19, lambda it, names: it.answered_at),
    (later("Ended"), 19, lambda it, names: it.ended_at),
    (later("Waited, seconds"), 12, lambda it, names: it.waited),
    (later("Talked, seconds"), 12, lambda it, names: it.talked),
    (later("On hold, seconds"), 12, lambda it, names: it.held),
    (later("Transfers"), 10, lambda it, names: it.transfers),
    (later("Operators"), 34, lambda it, names: _lines(_leg(each.operator, each.outcome) for each in it.legs)),
    (
        later("Recording"), 24,
        lambda it, names: _lines(_word(recording_words.STATES, each.state) for each in it.recordings),
    ),
    (
        later("What the operators said"), 40,
        lambda it, names: _lines(": ".join(part for part in (each.operator, each.note) if part) for each in it.said),
    ),
    (
        later("Appeals"), 40,
        lambda it, names: _lines(
            f"{each.number}, {_word(appeal_words.KINDS, each.kind)}, {_topic(names, each.topic)}, "
            f"{_word(appeal_words.STATES, each.state)}"
            for each in it.appeals
        ),
    ),
)  # fmt: skip


def _leg(operator: str, outcome: str) -> str:
    return f"{operator}: {_word(words.LEGS, outcome)}"
