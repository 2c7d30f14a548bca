"""Whom a few typed letters or digits mean: by name in any script, by telephone as anybody writes it, by address."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, product

import phonenumbers
from sqlalchemy.orm import Session

from appeals import spelling
from appeals.addresses import finding as addresses
from appeals.applicants import names, queries
from appeals.applicants.queries import Reading
from appeals.applicants.tables import Applicant
from staff.tables import Organisation

OFFERED = 8
SHORTEST = 2  # letters of a word that is looked for
FEWEST_DIGITS = 4  # of a telephone
LONGEST = 200  # letters that are looked at
MOST_WORDS = 5
MENDED = 3  # words that a mistyped one may mean
TRIED = 8  # ways of mending a name


@dataclass(frozen=True, slots=True, order=True)
class _Fit:
    """How well a name fits; the smallest is the best."""

    slips: int
    place: int  # of the first word typed: surnames come first
    is_part: bool  # more words than were typed, or longer ones
    key: str
    applicant_id: int


def offers(session: Session, organisation: Organisation, typed: str, *, at_most: int = OFFERED) -> list[Applicant]:
    """Applicants for what was typed, the likeliest first."""
    asked = typed.strip()[:LONGEST]
    if not re.search(r"[^\W\d_]", asked):
        return _told(session, with_phone(session, organisation, asked), at_most)
    found = _named(session, organisation.id, asked)
    if re.search(r"\d", asked):
        found = [*found, *_at_address(session, organisation, asked)]
    return _told(session, found or _mistyped(session, organisation.id, asked), at_most)


def with_phone(session: Session, organisation: Organisation, typed: str) -> Sequence[int]:
    """Applicants by the beginning of a telephone, however it is written, else by its end."""
    digits = "".join(str(int(each)) for each in typed if each.isdecimal())
    if len(digits) < FEWEST_DIGITS:
        return []
    found = queries.with_phone_begun(session, organisation.id, beginnings(typed, organisation.country))
    return found or queries.with_phone_ended(session, organisation.id, digits)


def beginnings(typed: str, country: str) -> set[str]:
    """How a number that begins so may begin in full: `067 12`, `+380 67 12`, `380 6712`, `8 067 12` mean one."""
    digits = "".join(str(int(each)) for each in typed if each.isdecimal())
    if typed.strip().startswith("+"):
        return {f"+{digits}"}
    if digits.startswith("00"):
        return {f"+{digits[2:]}"}
    code = str(phonenumbers.country_code_for_region(country))
    found = {f"+{digits}", f"+{code}{digits}"}
    trunk = phonenumbers.ndd_prefix_for_region(country, True) or ""
    if trunk and digits.startswith(trunk):
        found.add(f"+{code}{digits[len(trunk) :]}")
    if digits.startswith("8"):  # the trunk prefix of old, before the area code or before the 0
        found |= {f"+{code}{digits[1:]}", f"+{code}{digits[1:].removeprefix(trunk)}"}
    return found


def _at_address(session: Session, organisation: Organisation, typed: str) -> Sequence[int]:
    """Who lives in a house that was typed, whole; with a name before it, those who are called so."""
    words = typed.split()
    for named in range(min(len(words) - 1, 3)):
        found = addresses.offers(session, organisation, " ".join(words[named:]))
        houses = [offer.house for offer in found if offer.house is not None]
        if not houses:
            continue
        there = queries.all_of(session, queries.living_in(session, houses)).values()
        questions = _questions(" ".join(words[:named]))
        called = [each.id for each in there if not named or _is_called(each, questions)]
        if called:
            return called
    return []


def _is_called(applicant: Applicant, questions: Sequence[Sequence[str]]) -> bool:
    keys = spelling.readings(applicant.name)
    return any(_fit(question, Reading(applicant.id, key)) is not None for question in questions for key in keys)


def _questions(typed: str) -> list[tuple[str, ...]]:
    """The readings of what was typed that are worth a look, as words."""
    readings = (tuple(reading.split()[:MOST_WORDS]) for reading in spelling.readings(typed))
    return [words for words in readings if words and max(map(len, words)) >= SHORTEST]


def _named(session: Session, organisation: int, typed: str) -> list[int]:
    """By the words of a name; else by the same name in another language; else as the other keyboard has it."""
    for asked in (typed, spelling.slipped(typed)):
        questions = _questions(asked)
        fits = [fit for question in questions for fit in _called(session, organisation, question)]
        if not fits:
            others = (other for question in questions for other in _in_other_languages(question))
            fits = [fit for other in others for fit in _called(session, organisation, other)]
        if fits:
            return _best(fits)
    return []


def _in_other_languages(question: Sequence[str]) -> list[tuple[str, ...]]:
    ways = product(*((word, *names.also(word)) for word in question))
    return [way for way in islice(ways, TRIED) if way != tuple(question)]


def _called(session: Session, organisation: int, words: Sequence[str], *, slips: int = 0) -> list[_Fit]:
    """Whose name has words that begin so."""
    if len(words) == 1:
        found = list(queries.begun(session, organisation, words, [0]))
        if len({reading.applicant_id for reading in found}) < OFFERED:
            found += queries.begun(session, organisation, words, range(1, 4))
    else:
        found = list(queries.begun(session, organisation, sorted(words, key=len, reverse=True)[:2]))
    return [fit for reading in found if (fit := _fit(words, reading, slips=slips)) is not None]


def _fit(words: Sequence[str], reading: Reading, *, slips: int = 0) -> _Fit | None:
    """How the name fits: each word that was typed begins a word of it, in whichever order; None where one does not."""
    left = reading.key.split()
    places = []
    for typed in sorted(words, key=len, reverse=True):
        at = next((place for place, word in enumerate(left) if word.startswith(typed)), None)
        if at is None:
            return None
        places.append((words.index(typed), at, len(left[at]) > len(typed)))
        left[at] = ""
    first = min(places)[1]
    is_part = any(left) or any(longer for _, _, longer in places)
    return _Fit(slips, first, is_part, reading.key, reading.applicant_id)


def _mistyped(session: Session, organisation: int, typed: str) -> list[int]:
    """Names from which slips of a finger lead to what was typed, on this keyboard or the other."""
    found: list[_Fit] = []
    for question in dict.fromkeys((*_questions(typed), *_questions(spelling.slipped(typed)))):
        meant = [_meant(session, organisation, word) for word in question]
        ways = sorted(product(*meant), key=lambda way: sum(slips for slips, _ in way))
        for way in ways[:TRIED]:
            slips, words = sum(slips for slips, _ in way), [word for _, word in way]
            if slips:
                found += _called(session, organisation, words, slips=slips)
    return _best(found)


def _meant(session: Session, organisation: int, word: str) -> list[tuple[int, str]]:
    """The word as typed where somebody's name begins so; and what it may be, with the number of slips."""
    as_typed = [(0, word)] if queries.is_begun(session, organisation, word) else []
    if not (allowed := spelling.forgiven(word)):
        return as_typed
    letters = spelling.trigrams(word, begun=True)
    slips = [(spelling.slips(word, each), each) for each in queries.near(session, organisation, letters)]
    return as_typed + sorted(each for each in slips if 0 < each[0] <= allowed)[:MENDED]


def _best(fits: Iterable[_Fit]) -> list[int]:
    """The best fit of each applicant, the best applicant first."""
    return list(dict.fromkeys(fit.applicant_id for fit in sorted(fits)))


def _told(session: Session, ids: Sequence[int], at_most: int) -> list[Applicant]:
    wanted = list(dict.fromkeys(ids))[:at_most]
    known = queries.all_of(session, wanted)
    return [known[each] for each in wanted if each in known and known[each].merged_into_id is None]
