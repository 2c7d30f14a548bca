"""The kinds of streets in words: how each language writes them, and how people type them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from appeals import spelling
from appeals.addresses.model import StreetKind

OTHERWISE = "en"  # of an organisation whose language has no words here


@dataclass(frozen=True, slots=True)
class Word:
    """A kind in one language: as an address writes it, around the name `{}`, and what people type instead."""

    written: str
    typed: tuple[str, ...]


_K = StreetKind
KINDS: dict[str, dict[StreetKind, Word]] = {
    "uk": {
        _K.STREET: Word("вул. {}", ("вулиця", "вулиці", "вул")),
        _K.AVENUE: Word("просп. {}", ("проспект", "проспекту", "просп", "пр-т", "пр")),
        _K.LANE: Word("пров. {}", ("провулок", "провулку", "пров")),
        _K.BOULEVARD: Word("бульв. {}", ("бульвар", "бульвару", "бульв", "б-р")),
        _K.SQUARE: Word("пл. {}", ("площа", "площі", "пл")),
        _K.MAIDAN: Word("майдан {}", ("майдан", "майдану")),
        _K.PASSAGE: Word("проїзд {}", ("проїзд", "проїзду", "пр-д")),
        _K.HIGHWAY: Word("шосе {}", ("шосе",)),
        _K.EMBANKMENT: Word("наб. {}", ("набережна", "набережній", "наб")),
        _K.DEAD_END: Word("тупик {}", ("тупик", "туп")),
        _K.DESCENT: Word("узвіз {}", ("узвіз", "узв")),
        _K.DISTRICT: Word("мкр. {}", ("мікрорайон", "мікрорайоні", "мкр", "мкрн", "м-н")),
        _K.QUARTER: Word("квартал {}", ("квартал", "кварталі", "кв-л")),
    },
    "uz": {
        _K.STREET: Word("{} koʻchasi", ("koʻcha", "koʻchasi", "koʻch")),
        _K.AVENUE: Word("{} shoh koʻchasi", ("shoh koʻcha", "shoh koʻchasi", "shohkoʻcha", "prospekt", "prospekti")),
        _K.LANE: Word("{} tor koʻchasi", ("tor koʻcha", "tor koʻchasi", "torkoʻcha")),
        _K.BOULEVARD: Word("{} xiyoboni", ("xiyobon", "xiyoboni", "bulvar", "bulvari")),
        _K.SQUARE: Word("{} maydoni", ("maydon", "maydoni")),
        _K.MAIDAN: Word("{} maydoni", ()),
        _K.PASSAGE: Word("{} oʻtish yoʻli", ("oʻtish yoʻli", "proyezd")),
        _K.HIGHWAY: Word("{} yoʻli", ("yoʻl", "yoʻli", "shosse", "shossesi")),
        _K.EMBANKMENT: Word("{} sohili", ("sohil", "sohili")),
        _K.DEAD_END: Word("{} berk koʻchasi", ("berk koʻcha", "berk koʻchasi")),
        _K.DESCENT: Word("{} tushishi", ()),
        _K.DISTRICT: Word("{} dahasi", ("daha", "dahasi", "mikrorayon")),
        _K.QUARTER: Word("{} mavzesi", ("mavze", "mavzesi", "kvartal", "mahalla", "mahallasi")),
    },
    "ru": {
        _K.STREET: Word("ул. {}", ("улица", "улице", "улицы", "ул")),
        _K.AVENUE: Word("просп. {}", ("проспект", "проспекте", "просп", "пр-т", "пр-кт")),
        _K.LANE: Word("пер. {}", ("переулок", "переулке", "пер")),
        _K.BOULEVARD: Word("бул. {}", ("бульвар", "бульваре", "бульв", "бул", "б-р")),
        _K.SQUARE: Word("пл. {}", ("площадь", "площади", "пл")),
        _K.MAIDAN: Word("майдан {}", ("майдан",)),
        _K.PASSAGE: Word("проезд {}", ("проезд", "проезде", "пр-д")),
        _K.HIGHWAY: Word("шоссе {}", ("шоссе",)),
        _K.EMBANKMENT: Word("наб. {}", ("набережная", "набережной", "наб")),
        _K.DEAD_END: Word("тупик {}", ("тупик", "туп")),
        _K.DESCENT: Word("спуск {}", ("спуск",)),
        _K.DISTRICT: Word("мкр. {}", ("микрорайон", "микрорайоне", "мкр", "мкрн", "м-н")),
        _K.QUARTER: Word("квартал {}", ("квартал", "квартале", "кв-л")),
    },
    "en": {
        _K.STREET: Word("{} St", ("street", "st")),
        _K.AVENUE: Word("{} Ave", ("avenue", "ave", "av")),
        _K.LANE: Word("{} Lane", ("lane",)),
        _K.BOULEVARD: Word("{} Blvd", ("boulevard", "blvd")),
        _K.SQUARE: Word("{} Sq", ("square", "sq")),
        _K.MAIDAN: Word("{} Maidan", ("maidan",)),
        _K.PASSAGE: Word("{} Passage", ("passage",)),
        _K.HIGHWAY: Word("{} Highway", ("highway", "hwy")),
        _K.EMBANKMENT: Word("{} Embankment", ("embankment", "emb")),
        _K.DEAD_END: Word("{} Close", ("close",)),
        _K.DESCENT: Word("{} Descent", ("descent",)),
        _K.DISTRICT: Word("{} Microdistrict", ("microdistrict",)),
        _K.QUARTER: Word("{} Quarter", ("quarter",)),
    },
}


def written(kind: str, name: str, language: str) -> str:
    """The street as an address of this language has it: `вул. Шевченка`, `Navoiy koʻchasi`."""
    return KINDS.get(language, KINDS[OTHERWISE])[StreetKind(kind)].written.format(name)


def titles(language: str) -> dict[str, str]:
    """Each kind in full, for a choice: `вулиця`."""
    words = KINDS.get(language, KINDS[OTHERWISE])
    return {kind.value: (word.typed or (word.written.format("").strip(),))[0] for kind, word in words.items()}


def meant(text: str) -> StreetKind | None:
    """The kind that a word alone means, in any language: `вул.`, `Street`."""
    return _typed().get(tuple(spelling.key(text).split()))


def apart(words: Sequence[str]) -> tuple[StreetKind | None, list[str]]:
    """The kind among the words of a key, and the words of the name; a name of kinds' words alone keeps its last one."""
    kind: StreetKind | None = None
    name: list[str] = []
    at = 0
    while at < len(words):
        for length in (2, 1):
            found = _typed().get(tuple(words[at : at + length]))
            if found is not None:
                kind, at = kind or found, at + length
                break
        else:
            name.append(words[at])
            at += 1
    return (kind, name) if name else (None, list(words[-1:]))


@cache
def _typed() -> dict[tuple[str, ...], StreetKind]:
    """Kinds by the words of their keys."""
    found: dict[tuple[str, ...], StreetKind] = {}
    for words in KINDS.values():
        for kind, word in words.items():
            for typed in word.typed:
                found.setdefault(tuple(spelling.key(typed).split()), kind)
    return found
