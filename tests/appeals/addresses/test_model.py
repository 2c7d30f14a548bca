"""Numbers of houses and kinds of streets, as people write them."""

import pytest

from appeals.addresses import kinds
from appeals.addresses.model import HouseNumber, StreetKind, house_apart, without_flat

N = HouseNumber
SAME = {
    N(12, "А"): ["12а", "12-а", "12 А", "12А", "12 - а", "буд. 12-А", "будинок 12а", "д. 12 а", "№ 12А", "12а-uy"],
    N(12, fraction="2"): ["12/2", "12 / 2", "буд. 12/2", "12-2", "12\\2"],
    N(12, part="2"): ["12 корп. 2", "12 корпус 2", "12к2", "12 к. 2", "12, корп. 2", "12 2-korpus", "12-uy, 2-korpus"],
    N(12): ["12", " 12 ", "буд. 12", "дом 12", "12-uy", "12 uy"],
    N(12, "А", part="3"): ["12а корп 3", "12-А, корпус 3"],
    N(12, "Б", "3"): ["12б/3", "12 Б / 3"],
    N(12, fraction="2А"): ["12/2а"],
    N(12, "К"): ["12к", "12-К"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def topics() -> None:
    """Nothing is stored here, so nothing is made."""


@pytest.mark.parametrize("number", SAME, ids=str)
def test_one_number_is_written_in_many_ways(number: HouseNumber):
    assert {written: N.parse(written) for written in SAME[number]} == dict.fromkeys(SAME[number], number)


@pytest.mark.parametrize(
    "text", ["", "0", "а", "12345", "12 кв. 4", "12 кв", "12аб", "12, другий під’їзд", "-1", "1.5"]
)
def test_what_is_no_number_of_a_house(text: str):
    assert N.parse(text) is None


def test_the_same_letter_of_another_alphabet_is_the_same_house():
    latin, cyrillic = N.parse("12a"), N.parse("12а")
    assert latin is not None
    assert cyrillic is not None
    assert latin != cyrillic
    assert latin.key == cyrillic.key
    assert len({each.key for each in SAME}) == len(SAME)


def test_a_stroke_is_said_of_a_part_too_and_a_letter_by_its_sound():
    assert N(12, part="2").fits(N(12, fraction="2"))
    assert N(12, "B").fits(N(12, "Б")), "in an Uzbek city it is the sound"
    assert N(12, "В").fits(N(12, "B")), "in a Ukrainian one the shape"
    assert not N(12, "А").fits(N(12, "Б"))
    assert not N(12).fits(N(12, "А"))


def test_what_begins_with_a_number():
    assert [each for each in ("12", "12А", "12/2", "120", "1", "21") if N.parse(each).begins(N(12))] == [  # type: ignore[union-attr]
        "12", "12А", "12/2", "120",
    ]  # fmt: skip


def test_a_number_is_written_as_the_language_has_it():
    assert [N(12, "А", "2", "3").written(language) for language in ("uk", "ru", "uz", "en")] == [
        "12А/2 корп. 3", "12А/2 корп. 3", "12А/2, 3-korpus", "12А/2 bldg 3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("вул. Шевченка, 12А, кв. 4, під’їзд 2", ("вул. Шевченка, 12А", "кв. 4, під’їзд 2")),
        ("вул. Шевченка 12 квартира 4", ("вул. Шевченка 12", "квартира 4")),
        ("Navoiy koʻchasi, 12-uy, 4-xonadon", ("Navoiy koʻchasi, 12-uy", "4-xonadon")),
        ("ул. Шевченко, 5, оф. 12", ("ул. Шевченко, 5", "оф. 12")),
        ("Квіткова вулиця, 4", ("Квіткова вулиця, 4", "")),
        ("", ("", "")),
    ],
)
def test_the_flat_is_apart_from_the_house(address: str, parts: tuple[str, str]):
    assert without_flat(address) == parts


def test_a_number_at_the_end_may_be_a_house():
    assert house_apart("вул. Шевченка, 12а") == [("вул. Шевченка", N(12, "А"), "")]
    assert house_apart("1 Травня 5, другий під’їзд") == [("1 Травня", N(5), "другий під’їзд")]
    assert house_apart("8 березня") == []
    assert house_apart("12") == []


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("vul shevchenka", StreetKind.STREET, ["shevchenka"]),
        ("shevchenka vul", StreetKind.STREET, ["shevchenka"]),
        ("pr t miru", StreetKind.AVENUE, ["miru"]),
        ("amir temur shoh kochasi", StreetKind.AVENUE, ["amir", "temur"]),
        ("vul pr", None, ["pr"]),
        ("naberezhna", None, ["naberezhna"]),
        ("shevchenka", None, ["shevchenka"]),
    ],
)
def test_the_kind_is_apart_from_the_name(typed: str, kind: StreetKind | None, name: list[str]):
    assert kinds.apart(typed.split()) == (kind, name)


def test_every_kind_has_words_in_every_language():
    for language, words in kinds.KINDS.items():
        assert set(words) == set(StreetKind), language
        assert all(kinds.written(kind, "X", language).count("X") == 1 for kind in StreetKind)
        assert all(kinds.titles(language).values())
