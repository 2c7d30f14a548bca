"""What a typed address finds: streets and houses to choose from, and the one house that a whole address names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from appeals import spelling
from appeals.addresses import kinds, queries, writing
from appeals.addresses.model import HouseNumber, StreetKind, house_apart, without_flat
from appeals.addresses.queries import Spelled
from appeals.addresses.tables import House
from staff.tables import Organisation

OFFERED = 8
SHORTEST = 2  # letters of a word that is looked for
LONGEST = 200  # letters of an address
STREETS_WITH_HOUSES = 5  # the best ones, whose houses are offered


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to choose: the text for the field, and why it was found."""

    text: str
    street: int
    house: int | None = None
    formerly: str = ""  # the name by which it was found, and which it has no longer
    also: str = ""  # another name by which it was found
    where: str = ""  # the district of a house


@dataclass(frozen=True, slots=True)
class _Question:
    """One reading of what was typed: the kind of street, if one was, and the words of the name."""

    kind: StreetKind | None
    words: tuple[str, ...]

    @property
    def longest(self) -> str:
        return max(self.words, key=len)


@dataclass(frozen=True, slots=True, order=True)
class _Fit:
    """How well a name fits; the smallest is the best."""

    slips: int
    is_other: bool  # found by a former or another name
    is_part: bool  # more words than were typed, or longer ones
    place: int  # of the first word in the name
    key: str
    street_id: int
    name_id: int


def offers(session: Session, organisation: Organisation, typed: str, *, at_most: int = OFFERED) -> list[Offer]:
    """Streets, and where a number was typed houses, the likeliest first."""
    address, _flat = without_flat(typed[:LONGEST])
    split = [(street, number) for street, number, rest in house_apart(address) if not rest]
    # The number may belong to the name: 1 Травня, Героїв 95-ї бригади.
    called_so = _streets(session, organisation, address, at_most, strict=bool(split))
    houses: list[Offer] = []
    streets: list[Offer] = []
    for street, number in split:
        of_street = _streets(session, organisation, street, at_most)
        houses += _houses(session, organisation, of_street[:STREETS_WITH_HOUSES], number)
        streets += of_street
    return [*called_so, *(houses or streets)][:at_most]


def house_named(
    session: Session, organisation: Organisation, written: str, chosen: int | None
) -> tuple[House | None, str]:
    """The house that an address names, and what follows it there. `chosen` counts while the text begins with it.

    Without a choice it takes the whole name of a street and a number that only one house has.
    """
    house = queries.find_house(session, chosen) if chosen is not None else None
    if house is not None:
        named = writing.house(house, organisation.default_language)
        if written.startswith(named) and not written[len(named) : len(named) + 1].isalnum():
            return house, written[len(named) :].strip(" ,;")
    address, flat = without_flat(written[:LONGEST])
    for street, number, rest in house_apart(address):
        found = _houses_exactly(session, organisation, street, number)
        if len(found) == 1:
            return found[0], ", ".join(part for part in (rest, flat) if part)
    return None, ""


def _houses_exactly(session: Session, organisation: Organisation, street: str, number: HouseNumber) -> list[House]:
    """Houses of the streets that are called just so, today or before; of the kind typed, where one was."""
    questions = _questions(street)
    named = {
        spelled.street_id
        for question in questions
        for spelled in queries.begun(session, organisation.id, [question.longest])
        if sorted(spelled.key.split()) == sorted(question.words)
    }
    kind = next((question.kind for question in questions if question.kind is not None), None)
    found = queries.houses_numbered(session, named, number.number)
    of_kind = [house for house in found if kind is None or house.street.kind == kind]
    same = [house for house in of_kind if house.key == number.key]
    return same or [house for house in of_kind if house.written_number.fits(number)]


def _streets(
    session: Session, organisation: Organisation, typed: str, at_most: int, *, strict: bool = False
) -> list[Offer]:
    """Streets that begin as typed; else as the other keyboard has it; else with slips forgiven, unless `strict`."""
    direct, switched = _questions(typed), _questions(spelling.slipped(typed))
    fits = _beginning(session, organisation.id, direct)
    if not fits and not strict:
        fits = _beginning(session, organisation.id, switched) or _nearly(session, organisation.id, [*direct, *switched])
    kind = next((question.kind for question in direct if question.kind is not None), None)
    return _told(session, organisation, fits, kind, at_most)


def _questions(typed: str) -> list[_Question]:
    """The readings of what was typed that are worth a look."""
    apart = (kinds.apart(reading.split()) for reading in spelling.readings(typed))
    asked = [_Question(kind, tuple(words)) for kind, words in apart if words]
    return [each for each in asked if len(each.longest) >= SHORTEST or each.longest.isdigit()]


def _beginning(session: Session, organisation: int, questions: Sequence[_Question]) -> list[_Fit]:
    if not questions:
        return []
    spelled = queries.begun(session, organisation, {question.longest for question in questions})
    return _best(fit for question in questions for name in spelled if (fit := _fit(question, name)) is not None)


def _nearly(session: Session, organisation: int, questions: Sequence[_Question]) -> list[_Fit]:
    letters = {three for each in questions for three in spelling.trigrams(" ".join(each.words), begun=True)}
    spelled = queries.near(session, organisation, letters) if letters else []
    return _best(
        fit for question in questions for name in spelled if (fit := _fit(question, name, forgiving=True)) is not None
    )


def _fit(question: _Question, name: Spelled, *, forgiving: bool = False) -> _Fit | None:
    """How the name fits: each word that was typed begins a word of it, in whichever order; None where one does not."""
    words = name.key.split()
    left, slips, places = list(range(len(words))), 0, []
    for typed in question.words:
        made = {at: spelling.slips(typed, words[at]) if forgiving else _begins_not(typed, words[at]) for at in left}
        at = min(made, key=lambda each: made[each], default=None)
        if at is None or made[at] > (spelling.forgiven(typed) if forgiving else 0):
            return None
        left.remove(at)
        places.append(at)
        slips += made[at]
    is_part = bool(left) or any(len(typed) < len(words[at]) for typed, at in zip(question.words, places, strict=True))
    return _Fit(slips, name.name_id is not None, is_part, min(places), name.key, name.street_id, name.name_id or 0)


def _begins_not(typed: str, word: str) -> int:
    return 0 if word.startswith(typed) else 1


def _best(fits: Iterable[_Fit]) -> list[_Fit]:
    """The best fit of each street, the best street first."""
    of_streets: dict[int, _Fit] = {}
    for fit in fits:
        best = of_streets.get(fit.street_id)
        if best is None or fit < best:
            of_streets[fit.street_id] = fit
    return sorted(of_streets.values())


def _told(
    session: Session, organisation: Organisation, fits: Sequence[_Fit], kind: StreetKind | None, at_most: int
) -> list[Offer]:
    """Fits as offers; streets of the kind typed come first."""
    if not fits:
        return []
    of_fits = fits[: at_most * 4]
    streets = queries.streets_of(session, [fit.street_id for fit in of_fits])
    names = queries.names_of(session, [fit.name_id for fit in of_fits if fit.name_id])
    known = [(fit, streets[fit.street_id]) for fit in of_fits if fit.street_id in streets]
    if kind is not None:
        known.sort(key=lambda pair: pair[1].kind != kind)
    language = organisation.default_language
    told = []
    for fit, street in known[:at_most]:
        name = names.get(fit.name_id)
        called = writing.former(name, language) if name is not None else ""
        former = name is not None and name.former
        text = writing.street(street, street.settlement, language)
        told.append(Offer(text, street.id, formerly=called if former else "", also="" if former else called))
    return told


def _houses(session: Session, organisation: Organisation, streets: Sequence[Offer], number: HouseNumber) -> list[Offer]:
    """Houses that begin as typed: on the best street first, the number itself before longer ones."""
    order = {offer.street: place for place, offer in enumerate(streets)}
    found = queries.houses_like(session, order, number) if order else []
    likely = [house for house in found if house.written_number.begins(number)]
    likely.sort(key=lambda house: (house.key != number.key, order[house.street_id], *_farness(house, number)))
    return [
        replace(
            streets[order[house.street_id]],
            text=writing.house(house, organisation.default_language),
            house=house.id,
            where=house.district.name if house.district is not None else "",
        )
        for house in likely[:OFFERED]
    ]


def _farness(house: House, typed: HouseNumber) -> tuple[bool, int, str]:
    return not house.written_number.fits(typed), house.number, house.key
