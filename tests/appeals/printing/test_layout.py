"""The boxes of a printed card: what fits stands in them, what does not goes on, whole, upon the following sheet."""

import pytest

from appeals.printing import forms
from appeals.printing.model import Field, Form, Paper, Sheets, laid_out

ONE = Form(code="", title="t", note="", front=((Field("long", "Long", 50, 2), Field("short", "Short", 50)),), back=())
A1 = {  # requirements, A.1: every field of the statutory card
    "control", "correspondent", "residence", "district", "kind", "category", "subject", "social", "sign", "signed_on",
    "received_on", "index", "sent_by", "covering_on", "covering_number", "form", "type", "question", "question_index",
    "more_questions", "more_index", "earlier", "resolution", "executors", "term", "course", "interim", "extension",
    "checked", "answered", "addressee", "days", "result", "off_control", "filed", "volume", "leaves", "fund",
    "inventory", "case",
}  # fmt: skip


def printed(value: str, paper: Paper = Paper.A5) -> Sheets:
    return laid_out(ONE, {"long": value}, paper)


def test_a_short_text_stays_as_it_is():
    sheets = printed("Немає води\nдругий день")
    assert sheets.front[0][0].text == "Немає води\nдругий день"
    assert sheets.continued == []


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize(
    "value",
    ["слово " * 200, "Щ" * 500, "рядок\n" * 30, "漢字" * 100, "a" * 3000, "Боғишамол кўчаси " * 40],
)
def test_a_long_text_goes_on_whole(value: str, paper: Paper):
    sheets = printed(value, paper)
    [(number, label, whole)] = sheets.continued
    assert (number, label) == (1, "Long")
    assert whole.split() == value.split()
    shown = sheets.front[0][0].text
    assert shown.endswith(" …[1]")
    assert "".join(value.split()).startswith("".join(shown.removesuffix(" …[1]").split()))
    assert shown.count("\n") <= 1


def test_what_no_paper_shows_is_left_out():
    assert printed("a\x00b\u202ec\td").front[0][0].text == "abc d"


def test_labels_are_in_the_language_of_the_form():
    sheets = laid_out(ONE, {"long": "слово " * 200}, Paper.A5, str.upper)
    assert sheets.front[0][0].label == "LONG"
    assert sheets.continued[0][1] == "LONG"


def test_the_statutory_card_has_every_field_of_the_appendix():
    fields = [each for side in (forms.UKRAINIAN.front, forms.UKRAINIAN.back) for row in side for each in row]
    assert {each.name for each in fields} == A1
    assert len(fields) == len(A1)
    assert forms.UKRAINIAN.code == "0203005"


@pytest.mark.parametrize("form", [forms.UKRAINIAN, forms.PLAIN])
def test_each_row_is_as_wide_as_the_sheet(form: Form):
    for row in (*form.front, *form.back):
        assert sum(each.width for each in row) == 100, [each.name for each in row]


def test_a_country_without_a_form_has_the_plain_one():
    assert forms.of_country("UA") is forms.UKRAINIAN
    assert forms.of_country("UZ") is forms.of_country("PL") is forms.PLAIN
