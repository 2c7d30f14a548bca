"""Whatever bytes a mail is made of, there is a letter, and nothing in it is believed."""

import random
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from appeals.inbound.model import LONGEST, MOST_PARTS, Fault, Machine
from appeals.inbound.reading import read


def mail(text: str = "Немає води", **headers: str) -> EmailMessage:
    made = EmailMessage()
    said = {"From": "Марія Коваленко <maria@mail.example>", "Subject": "Вода", "Message-ID": "<1@mail.example>"}
    for name, value in (said | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        made[name] = value
    made.set_content(text)
    return made


def test_a_plain_mail() -> None:
    letter = read(mail(Date="Mon, 23 Nov 2026 10:00:00 +0200").as_bytes())
    assert (letter.sender, letter.sender_name) == ("maria@mail.example", "Марія Коваленко")
    assert (letter.subject, letter.text, letter.message_id) == ("Вода", "Немає води", "1@mail.example")
    assert letter.sent_at == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert (letter.parts, letter.faults, letter.machine) == ((), frozenset(), None)


def test_several_parts_the_plain_alternative_and_names_in_any_alphabet() -> None:
    made = mail("Фото додаю")
    made.add_alternative("<p>Фото <b>додаю</b></p>", subtype="html")
    made.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="двір №3.jpg")
    made.add_attachment("список", filename="список.txt")
    inner = mail("пересланий", Subject="давніше")
    made.add_attachment(inner, filename="пересланий.eml")
    letter = read(made.as_bytes())
    assert letter.text == "Фото додаю"
    assert [part.name for part in letter.parts] == ["двір №3.jpg", "список.txt", "пересланий.eml"]
    assert letter.parts[0].content == b"\xff\xd8\xff"
    assert letter.parts[1].content.decode().strip() == "список"
    assert b"multipart" not in letter.parts[2].content
    assert "Немає води" not in letter.text


@pytest.mark.parametrize(
    ("charset", "text"), [("koi8-u", "Їжак і ґанок"), ("windows-1251", "Немає світла"), ("utf-8", "Suv yoʻq 💧")]
)
def test_old_charsets_in_text_and_headers(charset: str, text: str) -> None:
    raw = b"Content-Type: text/plain; charset=" + charset.encode() + b"\r\n\r\n" + text.encode(charset)
    assert read(raw).text == text
    raw = (
        b"Subject: =?"
        + charset.encode()
        + b"?B?"
        + __import__("base64").b64encode(text.encode(charset))
        + b"?=\r\n\r\nx"
    )
    assert read(raw).subject == text


def test_eight_bits_that_nobody_names_and_a_charset_that_nobody_knows() -> None:
    assert read(b"\r\n" + "Немає газу".encode("cp1251")).text == "Немає газу"
    assert read(b"Subject: " + "Газ".encode() + b"\r\n\r\nx").subject
    assert read(b"Content-Type: text/plain; charset=klingon\r\n\r\n" + "Газ".encode()).text == "Газ"


def test_a_mail_of_html_alone_is_made_plain() -> None:
    made = mail()
    made.set_content(
        "<html><head><title>t</title><style>p{}</style></head><body><h1>Скарга</h1><p>Немає&nbsp;води<br>третій день"
        "</p><script>alert(1)</script><ul><li>раз</li><li>два</li></ul></body></html>",
        subtype="html",
    )
    assert read(made.as_bytes()).text == "Скарга\n\nНемає води\nтретій день\n\nраз\n\nдва"


@pytest.mark.parametrize(
    ("headers", "machine"),
    [
        ({"Auto-Submitted": "auto-replied"}, Machine.AUTOMATIC),
        ({"Auto-Submitted": "no"}, None),
        ({"X-Autoreply": "yes"}, Machine.AUTOMATIC),
        ({"Precedence": "bulk"}, Machine.LIST),
        ({"List-Id": "<news.example>"}, Machine.LIST),
        ({"Return-Path": "<>"}, Machine.BOUNCE),
        ({"From": "MAILER-DAEMON@city.example"}, Machine.BOUNCE),
        ({"From": "Centre <CENTRE@city.example>"}, Machine.OUR_OWN),
        ({"Message-ID": "<holos.17@city.example>"}, Machine.OUR_OWN),
    ],
)
def test_machines_are_known(headers: dict[str, str], machine: Machine | None) -> None:
    assert read(mail(**headers).as_bytes(), own={"centre@city.example"}).machine == machine


def test_what_is_too_much_is_cut_and_said() -> None:
    made = mail("я" * (LONGEST + 5))
    for number in range(MOST_PARTS + 5):
        made.add_attachment(b"x", maintype="image", subtype="png", filename=f"{number}.png")
    letter = read(made.as_bytes())
    assert len(letter.text) == LONGEST
    assert len(letter.parts) < MOST_PARTS
    assert letter.faults == {Fault.CUT, Fault.TOO_MANY}
    assert read(mail().as_bytes(), whole=False).faults == {Fault.TOO_LARGE}


def test_controls_and_turned_letters_are_left_out() -> None:
    letter = read(mail("a\x00b\u202ec\x07", Subject="x\u202ey").as_bytes())
    assert (letter.text, letter.subject) == ("abc", "xy")


def nested(depth: int) -> bytes:
    raw = b"text"
    for number in range(depth):
        edge = b"b%d" % number
        head = b"Content-Type: multipart/mixed; boundary=" + edge + b"\r\n\r\n--" + edge + b"\r\n"
        raw = head + raw + b"\r\n--" + edge + b"--\r\n"
    return raw


BROKEN = (
    b"",
    b"\x00" * 500,
    b"From: \xff\xfe\r\nSubject: =?utf-8?B?!!!?=\r\n\r\n",
    b"Content-Type: multipart/mixed\r\n\r\nno boundary",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Transfer-Encoding: base64\r\n\r\n%%%\r\n",
    b'Content-Type: text/plain; charset="\r\nDate: yesterday\r\nFrom: <<>>\r\nMessage-ID: <>\r\n\r\nx',
    b"Content-Disposition: attachment; filename*=utf-9''%ff%fe\r\n\r\nx",
    b"Content-Disposition: attachment; filename*0*=x''a; filename*1=b\r\n\r\nx",
    b"Date: Mon, 99 Nov 99999 99:99:99 +9999\r\n\r\nx",
    b"Subject: " + b"=?utf-8?Q?" * 3000 + b"\r\n\r\nx",
    b"X: " + b"y" * 1_000_000,
    nested(40),
    nested(3000),
    b"Content-Type: message/rfc822\r\n\r\n" * 2000 + b"x",
    b"Content-Type: text/html\r\n\r\n" + b"<div>" * 100_000 + b"<![CDATA[ <!DOCTYPE [",
)


@pytest.mark.parametrize("raw", BROKEN, ids=range(len(BROKEN)))
def test_broken_mails_are_letters_too(raw: bytes) -> None:
    letter = read(raw)
    assert letter.message_id
    assert "\x00" not in letter.text + letter.subject + letter.sender
    letter.text.encode()


def test_a_good_mail_with_any_of_its_bytes_wrong_is_a_letter() -> None:
    made = mail("Немає води")
    made.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="двір.png")
    raw, dice = made.as_bytes(), random.Random(17)
    for _ in range(300):
        wrong = bytearray(raw)
        for _ in range(dice.randint(1, 20)):
            wrong[dice.randrange(len(wrong))] = dice.randrange(256)
        assert read(bytes(wrong[: dice.randrange(1, len(wrong))])).message_id
