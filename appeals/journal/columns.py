"""The columns of the journal, each in one entry: how it is called, filtered, sorted, shown and taken along."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import InstrumentedAttribute

from appeals import words
from appeals.addresses import writing
from appeals.classifier import words as entry_words
from appeals.classifier.model import Section
from appeals.journal.directories import Directories, Row
from appeals.journal.model import By
from appeals.journal.tables import Line
from appeals.rights.model import FIELDS as CLASSES
from appeals.rights.model import FieldClass, masked, masked_phone
from web.languages import gettext as _
from web.languages import later

Value = str | int | datetime | None
Offered = Callable[[Directories], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `key` names it in addresses, `label` is its message, `show` the macro that draws its cell.

    What it tells is a field of `appeals.rights`: of a personal one who may not see it is shown `masked` values, and can
    neither look for them nor sort by them.
    """

    key: str
    label: str
    tells: str = "appeal.state"
    value: Callable[[Row, Directories], Value]  # as the file has it
    by: By | None = None
    field: InstrumentedAttribute[Any] | None = None  # what it is filtered and sorted by
    offered: Offered | None = None  # words by codes: it is sorted by the words
    show: str = "text"
    code: Callable[[Row, Directories], str] | None = None  # what reports need beside the words
    bounds: tuple[str, str] = ("", "")  # names of the period in addresses
    sorted: bool = True
    may_lack: bool = False  # those that have none can be asked for
    masked: Callable[[Row], str] | None = None  # what stands there for who may not see it
    usual: bool = True  # shown to whoever has chosen nothing
    width: int = 18  # characters, in the file

    @property
    def personal(self) -> bool:
        """Whether it tells who somebody is."""
        return CLASSES[self.tells] not in {FieldClass.PUBLIC, FieldClass.SERVICE}

    def seen(self, row: Row, directories: Directories, *, personal: bool) -> Value:
        """Its value as somebody sees it who sees personal data, or does not."""
        if personal or not self.personal:
            return self.value(row, directories)
        return self.masked(row) if self.masked is not None else "•••"

    @property
    def names(self) -> tuple[str, ...]:
        """Its filters in an address."""
        if self.by is None:
            return ()
        return self.bounds if self.by is By.PERIOD else (self.key,)


def _period(key: str, label: str, value: Callable[[Row], datetime | None], *, usual: bool = False) -> Column:
    return Column(
        key=key,
        label=label,
        by=By.PERIOD,
        bounds=("since", "until") if key == "registered" else (f"{key}_from", f"{key}_to"),
        field=getattr(Line, f"{key}_at"),
        value=lambda row, _directories: value(row),
        show="moment",
        usual=usual,
        width=17,
    )


def _standing(row: Row, _directories: Directories) -> str | None:
    return f"{row.bar.word}: {row.bar.left}" if row.bar is not None else None


def _address(row: Row, directories: Directories) -> str:
    written = [writing.of_appeal(each, directories.spoken) for each in row.addresses]
    return "; ".join(written) or row.appeal.address


def _district(row: Row, _directories: Directories) -> str | None:
    house = row.addresses[0].house if row.addresses else None
    return house.district.name if house is not None and house.district is not None else None


def _executors(row: Row, _directories: Directories) -> str | None:
    """The main one first."""
    return "; ".join(each.executor.name for each in row.assignments) or None


def _sign(row: Row, _directories: Directories) -> str | None:
    return entry_words.name(row.sign) if row.sign is not None else None


COLUMNS: Final = (
    Column(
        key="number", label=later("Number"), by=By.TEXT, field=Line.number, show="number", width=12,
        value=lambda row, _known: row.appeal.number,
    ),
    Column(
        key="index", label=later("Registration index"), by=By.TEXT, field=Line.index, tells="appeal.number",
        value=lambda row, _known: row.registration_index or None, usual=False,
    ),
    _period("registered", later("Registered"), lambda row: row.appeal.registered_at, usual=True),
    Column(
        key="name", label=later("Applicant"), by=By.TEXT, field=Line.name, tells="applicant.name", width=32,
        value=lambda row, _known: row.appeal.applicant.name, masked=lambda row: masked(row.appeal.applicant.name),
    ),
    Column(
        key="phone", label=later("Phone"), by=By.TEXT, field=Line.phone, tells="applicant.contacts", usual=False,
        show="phone", value=lambda row, _known: row.appeal.applicant.phone,
        masked=lambda row: masked_phone(row.appeal.applicant.phone),
    ),
    Column(
        key="address", label=later("Address"), by=By.TEXT, field=Line.street, usual=False, width=36, show="address",
        tells="appeal.address", value=_address,
    ),
    Column(
        key="district", label=later("District"), by=By.CHOICE, field=Line.district_id, usual=False,
        offered=lambda known: known.districts, value=_district, may_lack=True,
    ),
    Column(
        key="kind", label=later("Kind"), by=By.CHOICE, field=Line.kind, usual=False,
        offered=lambda _known: {code: _(word) for code, word in words.KINDS.items()},
        value=lambda row, _known: _(words.KINDS[row.appeal.kind]),
        code=lambda row, known: known.meant(Section.KIND, row.appeal.kind),
    ),
    Column(
        key="topic", label=later("Topic"), by=By.CHOICE, field=Line.topic, width=24,
        offered=lambda known: known.topics, code=lambda row, _known: row.appeal.topic,
        value=lambda row, known: known.topics.get(row.appeal.topic, row.appeal.topic),
    ),
    Column(
        key="problem", label=later("Problem"), by=By.CHOICE, field=Line.problem, usual=False, width=28,
        offered=lambda known: known.problems, code=lambda row, _known: row.appeal.problem, may_lack=True,
        value=lambda row, known: known.problems.get(row.appeal.problem, row.appeal.problem),
    ),
    Column(
        key="substance", label=later("Substance"), show="substance", sorted=False, width=60, tells="appeal.substance",
        value=lambda row, _known: row.appeal.substance,
    ),
    Column(
        key="source", label=later("How it came"), by=By.CHOICE, field=Line.source, usual=False, show="source",
        tells="appeal.source",
        offered=lambda _known: {code: _(word) for code, word in words.SOURCES.items()},
        value=lambda row, _known: _(words.SOURCES[row.appeal.source]),
        code=lambda row, known: known.meant(Section.FORM, row.appeal.source),
    ),
    Column(
        key="sign", label=later("First or repeated"), by=By.CHOICE, field=Line.sign, usual=False, tells="appeal.codes",
        offered=lambda known: known.signs, value=_sign, code=lambda row, _known: row.sign.code if row.sign else "",
        may_lack=True,
    ),
    _period("received", later("Received"), lambda row: row.appeal.received_at),
    _period("due", later("Due"), lambda row: row.appeal.due_at),
    Column(
        key="standing", label=later("Term"), by=By.CHOICE, field=Line.due_at, show="standing", width=26,
        offered=lambda known: known.standings, value=_standing,
    ),
    Column(
        key="long", label=later("Long control"), by=By.YES, field=Line.long_control, usual=False, show="flag",
        value=lambda row, _known: _("yes") if row.appeal.long_control else None, width=12,
    ),
    Column(
        key="executor", label=later("Executors"), by=By.EXECUTOR, field=Line.executor, show="executors", may_lack=True,
        width=36, value=_executors,
    ),
    Column(
        key="state", label=later("State"), by=By.CHOICE, field=Line.state, show="state",
        offered=lambda known: known.states, value=lambda row, _known: _(words.STATES[row.appeal.state]),
    ),
    _period("closed", later("Closed"), lambda row: row.appeal.closed_at),
    Column(
        key="result", label=later("Result"), by=By.CHOICE, field=Line.result, usual=False, width=22,
        offered=lambda _known: {code: _(word) for code, word in words.RESULTS.items()},
        value=lambda row, _known: _(words.RESULTS[row.appeal.result]) if row.appeal.result else None,
        code=lambda row, known: known.meant(Section.RESULT, row.appeal.result or ""), may_lack=True,
    ),
    Column(
        key="registered_by", label=later("Registered by"), by=By.CHOICE, field=Line.registered_by, usual=False,
        offered=lambda known: known.people, width=24,
        value=lambda row, known: known.people.get(str(row.appeal.registered_by)),
    ),
)  # fmt: skip
BY_KEY: Final[Mapping[str, Column]] = {column.key: column for column in COLUMNS}
BY_FILTER: Final[Mapping[str, Column]] = {name: column for column in COLUMNS for name in column.names}
SEARCH: Final = "q"
HOUSE: Final = "house"  # the id of one chosen for the address
FILTERS: Final = (SEARCH, HOUSE, *BY_FILTER)


def allowed(*, personal: bool) -> tuple[Column, ...]:
    """The columns that somebody may look in and sort by; the others they see masked."""
    return tuple(column for column in COLUMNS if personal or not column.personal)


def chosen(keys: object) -> tuple[Column, ...]:
    """The columns named, in that order; the usual ones where none of them is known."""
    wanted = dict.fromkeys(keys if isinstance(keys, list | tuple) else ())
    found = tuple(BY_KEY[key] for key in wanted if key in BY_KEY)
    return found or tuple(column for column in COLUMNS if column.usual)
