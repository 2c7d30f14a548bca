"""Alarms that the demonstration organisations have behind them, as data: what about, and who did what and when."""

from dataclasses import dataclass
from datetime import timedelta

from supervisor.alarms.model import Kind, Trouble

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DemoDeed:
    """Something that happened to an alarm: how long after it, of `supervisor.alarms.words.DEEDS`, by whom."""

    after: timedelta
    deed: str
    who: str = ""  # a login; "" is the system
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoCall:
    """A call in a queue that is named as its topic."""

    caller: str
    queue: str
    operator: str  # a login
    talked: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoAlarm:
    """One alarm: about a call, or about a trouble at some place."""

    ago: timedelta
    kind: Kind
    call: DemoCall | None = None
    trouble: Trouble | None = None
    place: str | None = None
    deeds: tuple[DemoDeed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """What one organisation gets; `domain` is nobody's (RFC 2606)."""

    channel: str
    domain: str
    alarms: tuple[DemoAlarm, ...]


RAISED, TOLD = DemoDeed(timedelta(0), "raised"), DemoDeed(2 * SECOND, "told")
OF_A_TRUNK = DemoAlarm(
    ago=26 * HOUR,
    kind=Kind.INSTALLATION,
    trouble=Trouble.TRUNK,
    place="198.51.100.7:5060",
    deeds=(RAISED, DemoDeed(6 * MINUTE, "ended")),
)

EXAMPLES = {
    "khm": Examples(
        channel="Пошта чергових (показова, вимкнена)",
        domain="khm.example",
        alarms=(
            DemoAlarm(
                ago=50 * HOUR,
                kind=Kind.DISPUTED,
                call=DemoCall(caller="+380674480112", queue="water", operator="olena", talked=252 * SECOND),
                deeds=(
                    RAISED,
                    TOLD,
                    DemoDeed(3 * MINUTE, "taken", "iryna"),
                    DemoDeed(21 * MINUTE, "answered", "iryna",
                             "Водоканал підтвердив аварію; заявнику зателефонували, зроблено перерахунок."),
                    DemoDeed(22 * MINUTE, "closed", "iryna"),
                ),
            ),
            OF_A_TRUNK,
            DemoAlarm(
                ago=3 * HOUR,
                kind=Kind.UNRESOLVED,
                call=DemoCall(caller="+380675570218", queue="heating", operator="olena", talked=187 * SECOND),
                deeds=(RAISED, TOLD, DemoDeed(5 * MINUTE, "taken", "iryna")),
            ),
            DemoAlarm(
                ago=25 * MINUTE,
                kind=Kind.UNRESOLVED,
                call=DemoCall(caller="+380676630145", queue="roads", operator="andrii", talked=141 * SECOND),
                deeds=(RAISED, TOLD),
            ),
        ),
    ),
    "dtm": Examples(
        channel="Navbatchilar pochtasi (namunaviy, oʻchirilgan)",
        domain="dtm.example",
        alarms=(
            DemoAlarm(
                ago=47 * HOUR,
                kind=Kind.UNRESOLVED,
                call=DemoCall(caller="+998901140276", queue="certificates", operator="anna", talked=224 * SECOND),
                deeds=(
                    RAISED,
                    TOLD,
                    DemoDeed(4 * MINUTE, "taken", "dilnoza"),
                    DemoDeed(30 * MINUTE, "answered", "dilnoza",
                             "Sertifikat tayyor: murojaatchiga qoʻngʻiroq qilindi, olish joyi va vaqti aytildi."),
                    DemoDeed(31 * MINUTE, "closed", "dilnoza"),
                ),
            ),
            OF_A_TRUNK,
            DemoAlarm(
                ago=4 * HOUR,
                kind=Kind.UNRESOLVED,
                call=DemoCall(caller="+998902250314", queue="exams", operator="bobur", talked=163 * SECOND),
                deeds=(RAISED, TOLD, DemoDeed(7 * MINUTE, "taken", "dilnoza")),
            ),
            DemoAlarm(
                ago=35 * MINUTE,
                kind=Kind.DISPUTED,
                call=DemoCall(caller="+998903360127", queue="appeals", operator="bobur", talked=298 * SECOND),
                deeds=(RAISED, TOLD),
            ),
        ),
    ),
}  # fmt: skip
