"""Numbers in words, with each language's gender, case and endings. num2words serves uk, ru and en; Uzbek is ours."""

from typing import cast

from num2words import num2words

from calls.model import Language

_UZ_ONES = ("nol", "bir", "ikki", "uch", "toʻrt", "besh", "olti", "yetti", "sakkiz", "toʻqqiz")
_UZ_TENS = ("", "oʻn", "yigirma", "oʻttiz", "qirq", "ellik", "oltmish", "yetmish", "sakson", "toʻqson")


def cardinal(number: int, language: Language, *, feminine: bool = False) -> str:
    """How many: "twenty-one", "двадцять одна", "yigirma bir". From 0 to 999 999."""
    if language is Language.UZBEK:
        return _uzbek(number)
    if language is Language.ENGLISH:
        return cast(str, num2words(number, lang="en"))
    words: str = num2words(number, lang=language, gender="f" if feminine else "m")
    return _ukrainian_feminine(words) if feminine and language is Language.UKRAINIAN else words


def ordinal(number: int, language: Language) -> str:
    """Which one, masculine nominative: "двадцять перший", "yigirma birinchi", "twenty-first"."""
    if language is Language.UZBEK:
        words = _uzbek(number)
        return words + ("nchi" if words[-1] in "aeiou" else "inchi")
    return cast(str, num2words(number, to="ordinal", lang=language))


def ordinal_genitive(number: int, language: Language) -> str:
    """Of a day: "двадцять першого", "двадцать первого"; Uzbek and English do not bend."""
    if language is Language.RUSSIAN:
        return cast(str, num2words(number, to="ordinal", lang="ru", case="g"))
    words = ordinal(number, language)
    if language is Language.UKRAINIAN:
        return words[:-2] + ("ього" if words.endswith("ій") else "ого")
    return words


def ordinal_hour(number: int) -> str:
    """Ukrainian hours are counted with ordinals, feminine locative: "восьмій", "двадцять першій"."""
    return "нульовій" if number == 0 else ordinal(number, Language.UKRAINIAN)[:-2] + "ій"


def form(number: int, one: str, few: str, many: str) -> str:
    """The Slavic plural: 1 and 21 take `one`, 2 to 4 and 22 to 24 `few`, all others and 11 to 14 `many`."""
    if number % 100 in range(11, 15):
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(number % 10, many)


def _ukrainian_feminine(words: str) -> str:
    head, _, last = words.rpartition(" ")
    return f"{head} {({'один': 'одна', 'два': 'дві'}).get(last, last)}".strip()


def _uzbek(number: int) -> str:
    if number >= 1000:
        thousands, rest = divmod(number, 1000)
        return f"{_uzbek(thousands)} ming {_uzbek(rest) if rest else ''}".strip()
    if number >= 100:
        hundreds, rest = divmod(number, 100)
        return f"{_UZ_ONES[hundreds] + ' ' if hundreds > 1 else ''}yuz {_uzbek(rest) if rest else ''}".strip()
    tens, ones = divmod(number, 10)
    if not tens:
        return _UZ_ONES[ones]
    return f"{_UZ_TENS[tens]} {_UZ_ONES[ones] if ones else ''}".strip()
