"""The schema as another reads it: what we refuse it refuses, what we take it takes, however a file is mutilated."""

import random
import re

import pytest

from appeals.xml import schema
from appeals.xml.reading import DEEPEST, LARGEST, MOST, MOST_FAULTS, NoFile, read
from appeals.xml.schema import NAMESPACE, Fault, published
from tests.appeals.xml.libxml import Schema

HEAD = f'<appeals xmlns="{NAMESPACE}" version="1" organisation="khm" made-at="2026-11-23T08:00:00Z">'
APPEAL = """<appeal>
<number>26-000123</number><kind>complaint</kind><source>letter</source><topic>water</topic><problem>p1.10</problem>
<substance>Немає води &amp; тиску &lt;третій&gt; день</substance><received-on>2026-11-20</received-on>
<applicant><kind>person</kind><surname>Коваленко</surname><given-name>Марія</given-name><phone>+380671234567</phone>
<language>uk</language></applicant>
<address>вул. Прибузька, 12</address><address>вул. Кам’янецька, 3А</address>
<code section="category">7.1</code><code section="sign">2.2</code>
<paper><signatories>2</signatories><signed-on>2026-11-19</signed-on><sent-by>ОДА</sent-by></paper>
<registration-index>К-7/2026</registration-index>
<registered-at>2026-11-23T08:00:00.125+02:00</registered-at><state>assigned</state>
<executor code="ВК" role="main" state="assigned">Водоканал</executor>
</appeal>"""


@pytest.fixture(scope="module")
def theirs() -> Schema:
    """libxml2 with our schema."""
    return Schema(published())


def document(*appeals: str, head: str = HEAD) -> bytes:
    """A file of these appeals."""
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}{"".join(appeals)}</appeals>'.encode()


def ours(content: bytes) -> bool:
    """Whether we find nothing wrong."""
    try:
        return not list(read(content).faults)
    except NoFile:
        return False


def test_what_is_right_is_read_as_it_says(theirs: Schema) -> None:
    content = document(APPEAL, APPEAL)
    assert theirs.accepts(content)
    file = read(content)
    assert not list(file.faults)
    assert file.attributes == {"version": "1", "organisation": "khm", "made-at": "2026-11-23T08:00:00Z"}
    said = file.appeals[0].said
    assert said["substance"] == "Немає води & тиску <третій> день"
    assert said["applicant"]["given-name"] == "Марія"
    assert said["address"] == ["вул. Прибузька, 12", "вул. Кам’янецька, 3А"]
    assert said["code"] == [({"section": "category"}, "7.1"), ({"section": "sign"}, "2.2")]
    assert [each.line for each in file.appeals] == [1, 1 + APPEAL.count("\n")]


WRONG = {
    "<number>26-000123</number>": ("", "number", Fault.MISSING),
    "<kind>complaint</kind>": ("<kind>rumour</kind>", "kind", Fault.CHOICE),
    "<topic>water</topic>": ("<topic>water</topic><topic>water</topic>", "topic", Fault.REPEATED),
    "2026-11-20": ("2026-02-30", "received-on", Fault.DAY),
    "2026-11-23T08:00:00.125+02:00": ("2026-11-23 08:00", "registered-at", Fault.MOMENT),
    "<signatories>2": ("<signatories>two", "paper/signatories", Fault.NUMBER),
    "<surname>Коваленко": (f"<surname>{'К' * 121}", "applicant/surname", Fault.LONG),
    "<applicant>": ("<applicant>Пані", "applicant", Fault.TEXT),
    'section="category"': ('section="colour"', "code@section", Fault.CHOICE),
    ' section="category"': ("", "code@section", Fault.MISSING),
    'role="main"': ('role="main" colour="red"', "executor@colour", Fault.UNKNOWN),
    "<sent-by>": ("<colour/><sent-by>", "paper/colour", Fault.UNKNOWN),
    "Немає води &amp; тиску &lt;третій&gt; день": ("Ні", "substance", Fault.SHORT),
}


@pytest.mark.parametrize(("right", "wrong"), WRONG.items(), ids=[f"{place} {why}" for _, place, why in WRONG.values()])
def test_what_is_wrong_is_named_with_its_place_and_line(
    theirs: Schema, right: str, wrong: tuple[str, str, Fault]
) -> None:
    written, place, fault = wrong
    assert right in APPEAL
    content = document(APPEAL, "\n", APPEAL.replace(right, written, 1))
    assert not theirs.accepts(content)
    file = read(content)
    assert not file.appeals[0].wrong
    assert [(each.place, each.fault) for each in file.appeals[1].wrong] == [(place, fault)]
    assert file.appeals[1].wrong[0].line > 1 + APPEAL.count("\n")


def test_a_thousand_mutilated_files_are_judged_alike(theirs: Schema) -> None:
    """Parts cut out, doubled, exchanged: two readers of one schema agree about each."""
    chance = random.Random(858)  # a number of ours, so that a failure comes again
    pieces = re.findall(r"<[^>]+>|[^<]+", APPEAL)
    odd = ["", " ", "x", "2026-13-01", "2024-02-29", "2023-02-29", "0000-01-01", "-1", "00001", "<x/>", "<number/>",
           "2026-11-23T24:00:00Z", "2026-11-23T23:59:60Z", "2026-11-23T08:00:00+14:00", "<!-- - -->",
           "&#13;", "я" * 301, " 2026-11-20 ", "<?x y?>"]  # fmt: skip
    judged = {True: 0, False: 0}
    for _ in range(1000):
        mutilated = list(pieces)
        for _ in range(chance.choice((1, 1, 2))):
            place, other = chance.randrange(len(mutilated)), chance.randrange(len(mutilated))
            match chance.randrange(4):
                case 0:
                    mutilated[place] = chance.choice(odd)
                case 1:
                    mutilated.insert(place, mutilated[other])
                case 2:
                    mutilated[place], mutilated[other] = mutilated[other], mutilated[place]
                case _:
                    del mutilated[place]
        content = document("".join(mutilated))
        assert ours(content) == theirs.accepts(content), content.decode()
        judged[ours(content)] += 1
    assert min(judged.values()) > 20


BOMB = '<!DOCTYPE appeals [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 50 + '"><!ENTITY c "' + "&b;" * 50 + '">]>'
FAR = '<!DOCTYPE appeals [<!ENTITY far SYSTEM "file:///etc/passwd">]>'
NO_FILES = {
    "empty": (b"", "no_xml"),
    "text": ("звернення".encode(), "no_xml"),
    "cut off": (document(APPEAL)[:-20], "no_xml"),
    "bomb": (f"{BOMB}{HEAD}<appeal><number>&c;</number></appeal></appeals>".encode(), "doctype"),
    "far": (f"{FAR}{HEAD}<appeal><number>&far;</number></appeal></appeals>".encode(), "doctype"),
    "other document": (b"<html><body/></html>", "no_appeals"),
    "other version": (document(head=HEAD.replace(":1", ":2")), "version"),
    "other version named": (document(head=HEAD.replace('version="1"', 'version="2"')), "version"),
    "wrongly named encoding": (document(APPEAL).decode().encode("cp1251"), "no_xml"),
    "deep": (document("<x>" * (DEEPEST + 1) + "</x>" * (DEEPEST + 1)), "no_appeals"),
    "unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><appeals/>', "no_xml"),
    "encoding of several bytes": (b'<?xml version="1.0" encoding="shift_jis"?><appeals/>', "no_xml"),
    "nul": (document("\x00"), "no_xml"),
    "large": (b" " * (LARGEST + 1), "large"),
    "many": (document(APPEAL.replace("\n", "") * (MOST + 1)), "many"),
}


@pytest.mark.parametrize(("content", "why"), NO_FILES.values(), ids=list(NO_FILES))
def test_what_is_none_of_our_files_is_told_so_and_does_nothing(content: bytes, why: str) -> None:
    with pytest.raises(NoFile) as refused:
        read(content)
    assert refused.value.why == why


@pytest.mark.parametrize("encoding", ["utf-16", "windows-1251", "utf-8-sig"])
def test_a_file_in_another_encoding_is_read_too(theirs: Schema, encoding: str) -> None:
    content = document(APPEAL).decode().replace("UTF-8", encoding.removesuffix("-sig")).encode(encoding)
    assert theirs.accepts(content)
    assert read(content).appeals[0].said["applicant"]["surname"] == "Коваленко"


def test_nonsense_without_end_is_not_listed_without_end() -> None:
    nonsense = APPEAL.replace("</appeal>", "<colour/>" * 50_000 + "</appeal>")
    file = read(document(nonsense, APPEAL))
    assert [len(each.wrong) for each in file.appeals] == [MOST_FAULTS, 0]


def test_the_spaces_around_a_day_are_not_the_day() -> None:
    said = read(document(APPEAL.replace(">2026-11-20<", ">\n 2026-11-20 <"))).appeals[0].said
    assert said["received-on"] == "2026-11-20"


def test_the_schema_names_every_word_of_ours() -> None:
    drawn = published()
    for words in (schema.Kind, schema.Source, schema.State, schema.Result, schema.Section):
        assert all(f'value="{word.value}"' in drawn for word in words)
