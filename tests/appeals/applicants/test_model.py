"""When two are likely one, and how the card is filled in; without a database."""

import pytest

from appeals import spelling
from appeals.applicants.model import Face, Likeness, before_choice, likenesses, spelled, undone

L = Likeness


def face(
    name: str, phone: str = "", address: str = "", *, email: str = "", code: str = "", kind: str = "person"
) -> Face:
    """Somebody by what tells them from others."""
    return Face(
        kind=kind,
        name=spelling.key(name),
        code=code,
        phones=frozenset({phone} - {""}),
        emails=frozenset({email} - {""}),
        addresses=frozenset({address} - {""}),
    )


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (face("Коваль Марія", "1"), face("Коваль Мария", "1"), [L.NAME_AND_PHONE]),
        (face("Коваль Марія", "1"), face("Марія Коваль", "1"), [L.NAME_AND_PHONE]),
        (face("Коваль Марія", "1"), face("Коваль Марія Іванівна", "1"), [L.NAME_AND_PHONE]),
        (face("Коваль Мар’яна", "1", "2"), face("Коваль Мар'яна", "1", "2"), [L.NAME_AND_PHONE, L.NAME_AND_ADDRESS]),
        (face("Коваль Марія", "", "2"), face("Koval Mariia", "", "2"), [L.NAME_AND_ADDRESS]),
        (face("Коваль Марія", email="a@b.c"), face("Коваль Марія", email="a@b.c"), [L.NAME_AND_EMAIL]),
        (face("Коваленко Марія", "1"), face("Ковалекно Марія", "1"), [L.NEAR_NAME_AND_PHONE]),
        (face("Коваленко Марія", "", "2"), face("Ковалнко Марія", "", "2"), [L.NEAR_NAME_AND_ADDRESS]),
        (face("Коваленко Марія", "1"), face("Коваленко М.", "1"), [L.NEAR_NAME_AND_PHONE]),
        (face("Коваленко Марія", "1"), face("Коваленко Петро", "1"), []),
        (face("Коваленко Марія", "1"), face("Шевчук Марія", "1"), []),
        (face("Коваленко Марія", "1"), face("Коваленко Марія", "2"), []),
        (face("Коваленко", "1"), face("Коваленко Марія", "1"), []),
        (face("Школа", code="1", kind="organisation"), face("Ліцей", code="1", kind="organisation"), [L.CODE]),
        (face("Школа", "1", code="1", kind="organisation"), face("Школа", "1", code="2", kind="organisation"), []),
        (face("Школа", "1"), face("Школа", "1", kind="organisation"), []),
        (face("", "1"), face("", "1"), []),
    ],
)
def test_two_are_likely_one(one: Face, other: Face, why: list[Likeness]):
    assert likenesses(one, other) == likenesses(other, one) == why


def test_a_name_is_found_by_any_two_of_its_words_in_either_order():
    pairs = {(each.place, each.first, each.second) for each in spelled("koval maria ivanivna")}
    assert pairs == {
        (0, "koval", "maria"), (0, "koval", "ivanivna"), (1, "maria", "koval"), (1, "maria", "ivanivna"),
        (2, "ivanivna", "koval"), (2, "ivanivna", "maria"),
    }  # fmt: skip
    assert [(each.first, each.second) for each in spelled("koval")] == [("koval", "")]


def test_a_choice_undone_leaves_the_card_as_it_was():
    typed = {"surname": "Ков", "phone": "067", "filled": "", "substance": "Немає води", "address": "тут"}
    back = before_choice(undone(typed))
    assert {name: back[name] for name in ("surname", "phone", "address", "given_name")} == {
        "surname": "Ков", "phone": "067", "address": "тут", "given_name": "",
    }  # fmt: skip
    assert "substance" not in back
    for nonsense in ("", "[]", "{", '{"surname": 1}', "null"):
        assert before_choice(nonsense) == {}
