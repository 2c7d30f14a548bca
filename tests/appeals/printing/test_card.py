"""The card on paper (U-86, U-126): every field stands in the PDF, front and back, A5 and A4; nothing is cut off."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from appeals.classifier import queries as classifier
from appeals.classifier import service as seeds
from appeals.classifier.model import Section
from appeals.printing import forms, pdf
from appeals.printing.model import Paper
from appeals.tables import Appeal, Applicant
from appeals.terms.model import Change
from appeals.terms.tables import TermChange
from appeals.workflow import service as work
from appeals.workflow.model import Outcome, Told
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from tests.appeals.cards import form
from tests.appeals.workflow.conftest import City, city
from tests.centre import Centre
from tests.client import Client
from web.languages import catalogue

__all__ = ["city"]

Browser = Callable[[str], Client]
MM = 72 / 25.4
SIZES = {Paper.A5: (148, 210), Paper.A4: (210, 297)}


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", page.extract_text())


def squeezed(text: str) -> str:
    """Without white space and hyphens: lines of a PDF end where the paper ends."""
    return re.sub(r"[\s\u00ad]+", "", text)


def coded(organisation: int, **codes: str) -> dict[str, str]:
    """The fields of the card that hold entries of the classifier, by their codes."""
    today = datetime.now(UTC).date()
    with transaction(organisation) as session:
        found = {f"code_{name}": classifier.find(session, Section(name), code, today) for name, code in codes.items()}
    assert all(found.values())
    return {name: str(entry.id) for name, entry in found.items() if entry}


def registered(client: Browser, **changes: str) -> str:
    """A card with everything filled in."""
    login = changes.pop("login", "olena")
    answer = client(login).post("/appeals", data=form(**changes))
    assert answer.status_code == 303, answer.text[:2000]
    return answer.headers["location"].rpartition("/")[2]


@pytest.fixture
def classified(centre: Centre) -> Centre:
    """Both organisations have the classifier of their country."""
    with transaction(EVERY_ORGANISATION) as session:
        for organisation in centre.organisations.values():
            seeds.load_national(session, organisation, today=datetime.now(UTC).date() - timedelta(days=1))
    return centre


@pytest.fixture
def full(classified: Centre, client: Browser) -> str:
    """An appeal of which everything is known, and one before it."""
    khm = classified.organisations["khm"].id
    codes = coded(
        khm, form="1.6", sign="2.2", subject="5.2", type="6.2", sex="4.2", social="8.1", category="7.13", question="090"
    )
    earlier = registered(client, patronymic="Іванівна", email="maria@example.org")
    number = registered(
        client, **codes, patronymic="Іванівна", email="maria@example.org", signatories="12", received_on="2026-11-02",
        signed_on="2026-10-30", sent_by="Обласна державна адміністрація", covering_number="К-401/02",
        covering_on="2026-10-31", more_questions="Чи перерахують плату за листопад?",
    )  # fmt: skip
    with transaction(EVERY_ORGANISATION) as session:
        appeal = session.scalars(select(Appeal).where(Appeal.number == number)).one()
        appeal.due_at, appeal.long_control = datetime(2026, 12, 2, 22, 0, tzinfo=UTC), True
        whose = {"organisation_id": khm, "appeal_id": appeal.id}
        why = "очікуємо на кошторис"
        session.add(TermChange(**whose, change=Change.EXTENDED, due_at=datetime(2026, 12, 17, tzinfo=UTC), reason=why))
    assert earlier != number
    return number


def closed(number: str) -> None:
    with transaction(EVERY_ORGANISATION) as session:
        values = {"state": "closed", "result": "satisfied", "closed_at": datetime(2026, 11, 20, 10, tzinfo=UTC)}
        values["answer"] = "Воду подано, трубу замінено, плату перераховано."
        session.execute(update(Appeal).where(Appeal.number == number).values(**values))


def printed(client: Browser, number: str, paper: Paper, login: str = "iryna") -> PdfReader:
    answer = client(login).get(f"/appeals/{number}/card.pdf", params={"paper": paper})
    assert answer.status_code == 200, answer.text[:500]
    assert answer.headers["content-type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content))


@pytest.mark.parametrize("paper", Paper)
def test_every_field_stands_in_the_pdf_front_and_back(client: Browser, full: str, paper: Paper):
    closed(full)
    pages = printed(client, full, paper).pages
    assert len(pages) == 2
    for page in pages:
        size = float(page.mediabox.width) / MM, float(page.mediabox.height) / MM
        assert size == pytest.approx(SIZES[paper], abs=0.5)
    front, back = map(text_of, pages)
    say = catalogue("uk").gettext
    for side, rows in ((front, forms.UKRAINIAN.front), (back, forms.UKRAINIAN.back)):
        for each in (field for row in rows for field in row):
            assert squeezed(say(each.label)) in squeezed(side), each.name
    for words in (
        "0203005", full, "Коваленко Марія Іванівна", "вул. Прибузька, 12", "maria@example.org", "67 123 45 67",
        "3.3 Скарга", "7.13 Багатодітна", "5.2 Колективне", "12", "8.1 Пенсіонер", "2.2 Повторне", "30.10.2026",
        "02.11.2026", "Обласна державна адміністрація", "31.10.2026", "К-401/02", "1.6 Від інших органів", "6.2 Лист",
        "Немає води другий день", "090 Комунальне господарство", "Чи перерахують плату за листопад?",
        "Реєстраційно-контрольна картка",
    ):  # fmt: skip
        assert squeezed(words) in squeezed(front), words
    for words in (
        "очікуємо на кошторис", "20.11.2026", "Коваленко Марія Іванівна", "18", "Воду подано, трубу замінено",
        "вирішено позитивно",
    ):  # fmt: skip
        assert squeezed(words) in squeezed(back), words


def test_an_earlier_appeal_of_the_author_is_named(client: Browser, full: str):
    year, running = full.split("-")
    before = f"{year}-{int(running) - 1:06}"
    assert before in text_of(printed(client, full, Paper.A5).pages[0])


def test_an_open_one_is_on_control(client: Browser, full: str):
    front = text_of(printed(client, full, Paper.A4).pages[0])
    assert "на контролі, довгий контроль" in front
    assert squeezed("3 груд. 2026") in squeezed(front)


@pytest.mark.parametrize("paper", Paper)
@pytest.mark.parametrize("letter", ["слово ", "Щ", "iiii ", "Ж\n"])
def test_long_texts_go_on_upon_a_following_sheet_and_no_word_is_lost(
    client: Browser, full: str, paper: Paper, letter: str
):
    """The front stays one page and the back one page, however much there is to say."""
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(
            update(Applicant).values(surname=(letter * 120)[:120].strip() or "Щ", address=(letter * 500)[:500])
        )
        said = f"ПОЧАТОК {letter * (2000 // len(letter))} КІНЕЦЬ"
        session.execute(update(Appeal).values(substance=said))
    pages = printed(client, full, paper).pages
    assert len(pages) >= 3
    front, back = text_of(pages[0]), text_of(pages[1])
    assert "Реєстраційно-контрольна картка" in front
    assert "Термін виконання" in front
    assert "…[" in front
    assert squeezed("Зворотний бік") in squeezed(back)
    assert "Фонд" in back
    more = squeezed("".join(text_of(page) for page in pages[2:]))
    assert "ПОЧАТОК" in more
    assert "КІНЕЦЬ" in more
    assert more.count(letter.strip()) >= 2000 // len(letter)


def test_everything_at_its_longest_fits_front_and_back(client: Browser, full: str):
    wide = "Щ" * 3000
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Appeal).values(substance=wide, answer=wide))
        [change] = session.scalars(select(TermChange).where(TermChange.change == Change.EXTENDED))
        whose = {"organisation_id": change.organisation_id, "appeal_id": change.appeal_id}
        session.add(TermChange(**whose, change=Change.EXTENDED, due_at=change.due_at, reason=wide))
    closed(full)
    for paper in Paper:
        pages = printed(client, full, paper).pages
        assert "Термін виконання" in text_of(pages[0])
        assert "Фонд" in text_of(pages[1])


def test_the_uzbek_card_is_in_uzbek_with_its_own_letters(client: Browser, classified: Centre):
    substance = "Bogʻishamol koʻchasida svet yoʻq. Боғишамол кўчасида чироқ йўқ."
    number = registered(client, login="anna", surname="Gʻulomov", given_name="Oʻktam", phone="", substance=substance)
    reader = printed(client, number, Paper.A4, "dilnoza")
    whole = " ".join(map(text_of, reader.pages))
    for words in ("Gʻulomov Oʻktam", "Bogʻishamol koʻchasida", "Боғишамол кўчасида", "Murojaat kartasi", "Shikoyat"):
        assert squeezed(words) in squeezed(whole), words
    assert "0203005" not in whole
    assert not re.search("[іїєґ]", whole), "no word of the Ukrainian form"


def test_the_fonts_have_every_letter(client: Browser, full: str):
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Appeal).values(substance="Ґудзик їжака є ’ʼ; ёлка ъ ы э; Oʻzbek gʻ ў қ ғ ҳ"))
    reader = printed(client, full, Paper.A5)
    assert squeezed("Ґудзик їжака є ’ʼ; ёлка ъ ы э; Oʻzbek gʻ ў қ ғ ҳ") in squeezed(text_of(reader.pages[0]))
    fonts = {str(font) for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    names = {
        str(page["/Resources"]["/Font"][key]["/BaseFont"])
        for page in reader.pages
        for key in page["/Resources"]["/Font"]
    }
    assert fonts
    assert all("Liberation" in name for name in names), names


def test_the_page_shows_what_the_pdf_has_and_offers_both(client: Browser, full: str):
    page = client("iryna").get(f"/appeals/{full}/card?paper=a4")
    assert page.status_code == 200
    assert 'data-box="correspondent"' in page.text
    assert "Коваленко Марія Іванівна" in page.text
    assert f"/appeals/{full}/card.pdf?paper=a4" in page.text
    assert client("iryna").get(f"/appeals/{full}/card?paper=nonsense").status_code == 200
    assert f'href="/appeals/{full}/card"' in client("iryna").get(f"/appeals/{full}").text


def test_the_form_is_in_the_language_of_the_organisation_whoever_prints_it(client: Browser, full: str):
    iryna = client("iryna")
    iryna.post("/language", data={"language": "en"})
    page = iryna.get(f"/appeals/{full}/card").text
    assert "Реєстраційно-контрольна картка" in page
    assert "Ways to print" in page


def test_each_printing_is_written_down(client: Browser, full: str):
    printed(client, full, Paper.A4)
    with transaction(EVERY_ORGANISATION) as session:
        [line] = session.scalars(select(Audit).where(Audit.deed == "appeal.printed"))
    assert (line.subject, line.details) == (f"appeal:{full}", {"paper": "a4"})


def test_nothing_is_fetched_for_a_pdf():
    with pytest.raises(pdf.Fetched):
        pdf._nothing("https://example.org/spy.png")


def test_what_somebody_typed_is_text_and_no_page(client: Browser, full: str):
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Appeal).values(substance='<img src="file:///etc/passwd"><script>alert(1)</script>'))
    front = text_of(printed(client, full, Paper.A4).pages[0])
    assert '<img src="file:///etc/passwd">' in front


def test_paper_shows_no_more_than_the_screen(client: Browser, full: str):
    """U-41: benefits and social status are for those who need them, on paper as well."""
    front = text_of(printed(client, full, Paper.A4, "mykola").pages[0])
    assert "Коваленко" in front
    assert "Пенсіонер" not in front
    assert "Багатодітна" not in front
    assert squeezed("закрито для того, хто друкував") in squeezed(front)
    page = client("mykola").get(f"/appeals/{full}/card").text
    assert "Пенсіонер" not in page


def test_who_works_on_it_and_what_they_answered_stands_on_the_card(city: City, client: Browser):
    appeal = city.appeal()
    water, _roads = city.given(appeal, "water", "roads")
    with transaction(city.vasyl.organisation_id) as session:
        work.take(session, water.id, Told(), by=city.vasyl)
        done = Told(report="Трубу замінено о шостій", outcome=Outcome.DONE)
        work.finish(session, water.id, done, by=city.vasyl)
    front, back = map(text_of, printed(client, appeal.number, Paper.A4).pages[:2])
    assert squeezed("Водоканал (головний виконавець)") in squeezed(front)
    assert "Шляховик" in front
    assert squeezed("Водоканал: Трубу замінено о шостій") in squeezed(back)
