"""One key for the many ways in which a name is written: letters of four languages, apostrophes, keyboards, slips.

A key is small Latin letters and digits, words apart by one space; what begins alike has keys that begin alike. It is
for finding, never for showing: some different names share one.
"""

import re
import unicodedata
from itertools import product

APOSTROPHES = "'’ʼʻ‘`´ʹ′ʾʿ‛＇"

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "h", "ғ": "h", "ҳ": "h", "х": "h", "д": "d", "е": "e", "є": "ie",
    "э": "e", "ж": "zh", "з": "z", "и": "i", "і": "i", "ї": "i", "ы": "i", "й": "i", "к": "k", "қ": "k", "л": "l",
    "м": "m", "н": "n", "о": "o", "ў": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "ц": "ts",
    "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ъ": "", "ю": "iu", "я": "ia",
}  # fmt: skip
_LATIN = {"ş": "sh", "š": "sh", "ç": "ch", "č": "ch", "ž": "zh", "ı": "i"}
_LETTERS = str.maketrans(_CYRILLIC | _LATIN | dict.fromkeys(APOSTROPHES, ""))
_SEVERAL = {"ё": ("io", "e"), "j": ("i", "zh")}  # ё is written е as well; j is й in Marjana and ж in Jizzax
_FOLDS = tuple(
    (re.compile(pattern), folded)
    for pattern, folded in (
        ("[kg]h|g|x", "h"),  # г is g or h, х is kh or x, by country
        ("sch", "shch"),
        ("c(?!h)", "ts"),
        ("w", "v"),
        ("q", "k"),
        ("y", "i"),
        (r"([a-z])\1+", r"\1"),
        ("ie", "e"),  # є, ye, je
    )
)

_LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_UKRAINIAN_KEYS = "йцукенгшщзхїфівапролджєячсмитьбю'"
_TO_CYRILLIC = str.maketrans(_LATIN_KEYS, _UKRAINIAN_KEYS)
_TO_LATIN = str.maketrans(_UKRAINIAN_KEYS + "ыэъ", _LATIN_KEYS + "s']")


def key(text: str) -> str:
    """The name's first reading."""
    return readings(text)[0]


def readings(text: str) -> tuple[str, ...]:
    """Every key under which the name may be looked for; two spellings are the same name where they share one."""
    plain = unicodedata.normalize("NFC", text).casefold().replace("ьо", "йо")
    there = [letter for letter in _SEVERAL if letter in plain]
    found = []
    for chosen in product(*(_SEVERAL[letter] for letter in there)):
        read = plain
        for letter, meant in zip(there, chosen, strict=True):
            read = read.replace(letter, meant)
        found.append(_folded(read.translate(_LETTERS)))
    return tuple(dict.fromkeys(found))


def _folded(text: str) -> str:
    """Latin letters, however they came about, as the key has them."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    for pattern, folded in _FOLDS:
        bare = pattern.sub(folded, bare)
    return " ".join(re.findall(r"[^\W_]+", bare))


def slipped(text: str) -> str:
    """What the same keys would have written with the keyboard switched to the other alphabet."""
    small = text.casefold()
    return small.translate(_TO_CYRILLIC if re.search("[a-z]", small) else _TO_LATIN)


def trigrams(name: str, *, begun: bool = False) -> frozenset[str]:
    """The threes of letters in each word of a key, its beginning and end marked; a name only `begun` has no end yet."""
    words = name.split()
    found: set[str] = set()
    for place, word in enumerate(words):
        open_end = begun and place == len(words) - 1
        marked = f"  {word}" if open_end else f"  {word} "
        found.update(marked[at : at + 3] for at in range(len(marked) - 2))
    return frozenset(found)


def slips(typed: str, word: str) -> int:
    """How many slips of a finger lie between what was typed and the word's beginning: a letter more, less, other, or
    two changed over (Damerau and Levenshtein)."""
    before: list[int] = []
    row = list(range(len(word) + 1))
    for at, letter in enumerate(typed, 1):
        above, row = row, [at] + [0] * len(word)
        for to, other in enumerate(word, 1):
            row[to] = min(above[to] + 1, row[to - 1] + 1, above[to - 1] + (letter != other))
            if at > 1 and to > 1 and letter == word[to - 2] and typed[at - 2] == other:
                row[to] = min(row[to], before[to - 2] + 1)
        before = above
    return min(row)


def forgiven(typed: str) -> int:
    """How many slips are forgiven in a word of this length."""
    return 0 if len(typed) < 4 else 1 if len(typed) < 7 else 2
