"""Names that are one name have one key, however they are typed; and slips are counted as fingers make them."""

from itertools import combinations

import pytest

from appeals.spelling import forgiven, key, readings, slipped, slips, trigrams

SAME = {
    "in any case and both alphabets": ["Шевченка", "ШЕВЧЕНКА", "шевченка", "Shevchenka", "SHEVCHENKA"],
    "with five apostrophes and none": [
        "Кам'янецька", "Кам’янецька", "Камʼянецька", "Кам`янецька", "Кам´янецька", "Камянецька", "КАМ’ЯНЕЦЬКА",
        "Kamianetska", "Kamyanetska",
    ],
    "with an apostrophe as the second letter": [
        "В’ячеслава Чорновола", "В'ячеслава Чорновола", "Вячеслава Чорновола", "в`ячеслава чорновола",
        "Viacheslava Chornovola",
    ],
    "in the three alphabets of Uzbek": [
        "Bog'ishamol", "Bogʻishamol", "Bog’ishamol", "Bogishamol", "Боғишамол", "Boğishamol", "Boğişamol",
    ],
    "oʻ": ["Oʻzbekiston", "O‘zbekiston", "O'zbekiston", "Ўзбекистон", "Ozbekiston"],
    "sh": ["Toshkent", "Тошкент", "Toşkent"],
    "ch": ["Chorsu", "Чорсу", "Çorsu"],
    "yo": ["Yoshlik", "Ёшлик"],
    "ё is written е": ["Ёлочная", "Елочная"],
    "ts": ["Tsiolkovskiy", "Циолковский"],
    "x and х": ["Xalqlar Doʻstligi", "Халқлар Дўстлиги"],
    "ҳ": ["Hamza", "Ҳамза"],
    "q": ["Qatortol", "Қатортол"],
    "j is ж": ["Jomiy", "Жомий"],
    "j is й": ["Marjana", "Мар'яна", "Мар’яна", "Марʼяна", "Maryana", "Mariana"],
    "y and i at the end": ["Navoiy", "Навоий", "Navoi"],
    "г is h, and g": ["Грушевського", "Hrushevskoho", "Грушевского"],
    "х is kh": ["Хмельницького", "Khmelnytskoho"],
    "щ": ["Щаслива", "Shchaslyva"],
    "є": ["Євгена", "Yevhena", "Ievhena"],
    "two letters for one": ["Одеська", "Одесська"],
    "a soft sign with о": ["Корольова", "Королёва"],
    "numbers in names": ["95-ї бригади", "95 ї бригади"],
}  # fmt: skip
OTHERS = (
    ("Шевченка", "Шевчука"), ("Садова", "Слобідська"), ("Мирна", "Миру"), ("11", "1"), ("Bogʻishamol", "Bogʻbon"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def topics() -> None:
    """Nothing is stored here, so nothing is made."""


@pytest.mark.parametrize("names", SAME.values(), ids=SAME.keys())
def test_one_name_has_a_key_in_common(names: list[str]):
    apart = [pair for pair in combinations(names[:1] + names[1:], 2) if not {*readings(pair[0])} & {*readings(pair[1])}]
    assert [pair for pair in apart if names[0] in pair] == []


@pytest.mark.parametrize("names", OTHERS)
def test_different_names_have_none(names: tuple[str, str]):
    assert not {*readings(names[0])} & {*readings(names[1])}


@pytest.mark.parametrize("name", ["Шевченка", "Кам’янецька", "Bogʻishamol", "Садова", "Прибузька", "Навоий"])
def test_what_begins_alike_has_keys_that_begin_alike(name: str):
    whole = key(name)
    for length in range(2, len(name) + 1):
        assert whole.startswith(key(name[:length])), name[:length]


def test_a_key_is_small_latin_letters_and_digits():
    assert key("вул. «Героїв 95-ї  бригади», ÀÉ") == "vul heroiv 95 i brihadi ae"
    assert key("’`- .") == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("itdxtyrf", "Шевченка"),
        ("ITDXTYRF", "Шевченка"),
        ("rfv`zytwmrf", "Кам’янецька"),
        ("ghb,epmrf", "Прибузька"),
        ("Ищпшырфьщд", "Bogishamol"),
        ("тфмщшн", "navoiy"),
    ],
)
def test_the_other_keyboard(typed: str, meant: str):
    assert key(slipped(typed)) == key(meant)


@pytest.mark.parametrize(
    ("typed", "word", "made"),
    [
        ("shevchenka", "shevchenka", 0),
        ("shevch", "shevchenka", 0),
        ("shevchneka", "shevchenka", 1),
        ("shevhcen", "shevchenka", 1),
        ("sevchenka", "shevchenka", 1),
        ("shevchenkoa", "shevchenka", 1),
        ("sadova", "shevchenka", 4),
    ],
)
def test_slips_of_a_finger_are_counted_to_the_beginning_of_the_word(typed: str, word: str, made: int):
    assert slips(typed, word) == made


def test_a_short_word_is_forgiven_nothing():
    assert [forgiven("x" * length) for length in (2, 3, 4, 6, 7, 12)] == [0, 0, 1, 1, 2, 2]


def test_threes_mark_where_a_word_begins_and_ends():
    assert trigrams("ab c") == {"  a", " ab", "ab ", "  c", " c "}
    assert trigrams("ab", begun=True) == {"  a", " ab"}
