"""What the page of the most acute problems shows: five lists, each line with its growth and the appeals it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy.orm import Session

from appeals.addresses import queries as addresses
from appeals.addresses import writing
from appeals.classifier.model import Section
from appeals.journal.conditions import Asker
from appeals.journal.directories import Directories
from appeals.journal.model import NOTHING, Asked
from reports.acute import queries
from reports.appeals import queries as counts
from reports.appeals.model import Period, filters, growth, share
from reports.appeals.panel import executors_of
from reports.appeals.queries import By, Key
from web.languages import later

SHOWN: Final = 10
TAKEN: Final = 1_000  # along as a file
LISTS: Final[dict[By, str]] = {
    By.PROBLEM: later("Problems"),
    By.DISTRICT: later("Districts"),
    By.EXECUTOR: later("Executors"),
    By.STREET: later("Streets"),
    By.HOUSE: later("Houses"),
}
PERSONAL: Final = frozenset({By.STREET, By.HOUSE})  # where somebody lives
REPEATED: Final = "repeated"  # what an entry of the signs of receipt may stand for


class Group(NamedTuple):
    """One line: now and in the period before, and how much of now is repeated."""

    name: str
    value: str  # of the journal's filter
    now: int
    before: int
    repeated: int

    @property
    def growth(self) -> float | None:
        """By what share it has grown; None where there was nothing before."""
        return growth(self.now, self.before)

    @property
    def repeated_share(self) -> float | None:
        """Of those now."""
        return share(self.repeated, self.now)


@dataclass(frozen=True, slots=True)
class Ranking:
    """One list, those with most first; how many appeals of the period it leaves out, for they have no such thing."""

    by: By
    groups: Sequence[Group]
    period: Period
    sign: str  # code of the sign of receipt that means repeated; "": the classifier has none
    without: int = 0

    def opens(self, group: Group, *, before: bool = False, repeated: bool = False) -> str:
        """The journal's address for the appeals that were counted."""
        asked = Asked({**filters("registered", self.period.before if before else self.period), **self._of(group)})
        return f"/appeals?{(asked.with_filters(sign=self.sign) if repeated else asked).query}"

    @property
    def rest(self) -> str:
        """The same of those left out."""
        return f"/appeals?{Asked({**filters('registered', self.period), self.by.value: NOTHING}).query}"

    def _of(self, group: Group) -> Mapping[str, str]:
        return {self.by.value: group.value}


def rankings(session: Session, asker: Asker, period: Period, *, at_most: int = SHOWN) -> list[Ranking]:
    """The five lists; those of addresses for who sees personal data alone."""
    counts.planned_anew(session)
    known = Directories(session, asker.organisation)
    sign = known.meant(Section.SIGN, REPEATED)
    wanted = [by for by in LISTS if asker.personal or by not in PERSONAL]
    return [_ranking(session, asker, period, by, known, sign=sign, at_most=at_most) for by in wanted]


def _ranking(
    session: Session, asker: Asker, period: Period, by: By, known: Directories, *, sign: str, at_most: int
) -> Ranking:
    asked = Asked(filters("registered", period))
    most = counts.most(session, asked, asker, by, sign=sign, at_most=at_most)
    keys = [each.key for each in most]
    earlier = Asked(filters("registered", period.before))
    before = counts.tallies(session, earlier, asker, by, among=keys) if keys else {}
    named = _named(session, by, keys, known)
    groups = [
        Group(named[each.key][1], named[each.key][0], each.number, before.get(each.key, 0), each.repeated)
        for each in most
        if each.key in named
    ]
    nothing = asked.with_filters(**{by.value: NOTHING})
    without = counts.tallies(session, nothing, asker).get(0, 0) if by not in PERSONAL else 0
    return Ranking(by, groups, period, sign, without)


def _named(session: Session, by: By, keys: Sequence[Key], known: Directories) -> Mapping[Key, tuple[str, str]]:
    """What the journal's filter asks for each, and how it is called."""
    ids = [each for each in keys if isinstance(each, int)]
    found: dict[Key, tuple[str, str]] = {}
    match by:
        case By.EXECUTOR:
            found |= executors_of(session, dict.fromkeys(keys))
        case By.STREET:
            for street in addresses.streets_of(session, ids).values():
                found[street.id] = str(street.id), writing.street(street, street.settlement, known.spoken)
        case By.HOUSE:
            for house in queries.houses(session, ids).values():
                found[house.id] = str(house.id), writing.house(house, known.spoken)
        case _:
            names = known.districts if by is By.DISTRICT else known.problems
            found |= {each: (str(each), names.get(str(each), str(each))) for each in keys}
    return found
