"""Imports: looked at first, whole or not at all, twice the same as once; files of Excel and CSV."""

import io
import re
from datetime import date

import pytest
import xlsxwriter
from sqlalchemy import func, select

from appeals.addresses import queries
from appeals.addresses.tables import House, HouseEnterprise, Street, StreetName
from db import transaction
from tests.appeals.addresses.towns import Browser, house_at, offered, street_called
from tests.centre import Centre
from tests.client import Client

HEAD = "вулиця;будинок;район;індекс;широта;довгота;код підприємства;підприємство;доглядає з;колишня назва;перейменовано"
ROWS = (
    "вул. Шевченка;12А;Центр;29000;49,42;26,98;01;ЖЕУ № 1;2020-01-01;;",
    "вул. Шевченка;12-а;Центр;29000;49,42;26,98;01;ЖЕУ № 1;2020-01-01;;",
    "просп. Миру;65;Виставка;29015;;;02;ЖЕУ № 2;;;",
    "Соборна;5;;;;;;;;вул. Леніна;10.02.2016",
    "площа Незалежності;;;;;;;;;;",
)


def csv(*rows: str, head: str = HEAD) -> bytes:
    """A file as Excel writes CSV."""
    return "\r\n".join((head, *rows)).encode("utf-8-sig")


def workbook(*rows: str, head: str = HEAD) -> bytes:
    """The same as a workbook, numbers as numbers and days as days."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
        for at, row in enumerate((head, *rows)):
            for place, cell in enumerate(row.split(";")):
                if re.fullmatch(r"\d{4}-\d\d-\d\d", cell):
                    sheet.write_datetime(at, place, date.fromisoformat(cell), day)
                elif re.fullmatch(r"[1-9]\d*", cell):
                    sheet.write_number(at, place, int(cell))
                else:
                    sheet.write_string(at, place, cell)
    return made.getvalue()


@pytest.fixture
def admin(client: Browser) -> Client:
    """The administrator's browser, in Ukrainian, of a city without streets."""
    browser = client("admin.khm")
    browser.post("/language", data={"language": "uk"})
    return browser


def sent(browser: Client, content: bytes, *, subject: str = "houses", name: str = "будинки.csv") -> str:
    """Where the preview of a file is."""
    answer = browser.post("/appeals/addresses/import", data={"subject": subject}, files={"file": (name, content)})
    assert answer.status_code == 303, answer.text[-3000:]
    return str(answer.headers["location"])


def imported(browser: Client, content: bytes, *, subject: str = "houses") -> None:
    """Sends a file and agrees to it."""
    answer = browser.post(f"{sent(browser, content, subject=subject)}/save")
    assert answer.status_code == 303, faults(answer.text)


def faults(page: str) -> dict[int, str]:
    """What is wrong, by row."""
    found = re.findall(r'<th scope="row" class="right">(\d+)</th><td>([^<]*)</td>', page)
    return {int(row): why for row, why in found}


def facts(page: str) -> dict[str, str]:
    """What the preview counts."""
    return dict(re.findall(r"<div><dt>([^<]*)</dt><dd>([^<]*)</dd></div>", page))


def counts(centre: Centre) -> tuple[int, int, int, int]:
    """Streets, other names, houses and terms of enterprises in the city."""
    with transaction(centre.organisations["khm"].id) as session:
        tables = (Street, StreetName, House, HouseEnterprise)
        found = [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]
        return (found[0], found[1], found[2], found[3])


TOWN = "населений пункт"


def with_town(*rows: str) -> tuple[str, ...]:
    """Rows of a first import, which names the settlement."""
    return tuple(f"{row};Хмельницький" for row in rows)


@pytest.mark.parametrize("kind", [csv, workbook])
def test_a_file_is_looked_at_then_imported_and_the_second_time_changes_nothing(admin: Client, centre: Centre, kind):
    content = kind(*with_town(*ROWS), head=f"{HEAD};{TOWN}")
    place = sent(admin, content)
    assert facts(admin.get(place).text) == {
        "Додано: Населені пункти": "1",
        "Додано: Райони": "2",
        "Додано: Вулиці": "4",
        "Додано: Колишні назви": "1",
        "Додано: Будинки": "3",
        "Додано: Підприємства": "2",
        "Додано: Зв’язки": "2",
        "Лишаються як є": "1",
    }
    assert counts(centre) == (0, 0, 0, 0), "a look changes nothing"
    assert admin.post(f"{place}/save").status_code == 303
    assert counts(centre) == (4, 1, 3, 2)
    assert offered(admin, "шевч 12") == ["вул. Шевченка, 12А"]
    assert offered(admin, "леніна") == ["вул. Соборна"]
    again = admin.get(sent(admin, content)).text
    assert "Файл нічого не змінює" in again
    assert facts(again) == {"Лишаються як є": "5"}
    imported(admin, content)
    assert counts(centre) == (4, 1, 3, 2)


def test_a_file_changes_what_it_says_otherwise_and_leaves_the_rest(admin: Client, centre: Centre):
    imported(admin, csv(*with_town(*ROWS), head=f"{HEAD};{TOWN}"))
    other = csv("вул. Шевченка;12а;Ракове;;;;;;;;", "вул. Миру;65;;;;;;;;;")
    page = admin.get(sent(admin, other)).text
    assert facts(page) == {
        "Додано: Райони": "1",
        "Додано: Вулиці": "1",
        "Додано: Будинки": "1",
        "Змінюється: Будинки": "1",
        "Лишаються як є": "0",
    }
    imported(admin, other)
    with transaction(centre.organisations["khm"].id) as session:
        house = queries.get_house(session, house_at(session, "Шевченка", "12а").id)
        assert house.district is not None
        assert (house.district.name, house.postal_code, house.latitude) == ("Ракове", "29000", 49.42)


FAULTY = {
    "вул. Шевченка;12 кв 4;;;;;;;;;": "Це не номер будинку: 12 кв 4",
    ";12;;;;;;;;;": "Вулицю не названо",
    "вул. Шевченка;13;;;149,4;26,9;;;;;": "Це не точка на землі: 149,4, 26,9",
    "вул. Шевченка;14;;;49,4;;;;;;": "Це не точка на землі: 49,4, ",
    "вул. Шевченка;15;;;;;77;;;;": "Підприємства з таким кодом немає, і рядок його не називає: 77",
    "вул. Шевченка;16;;;;;01;ЖЕУ № 1;позавчора;;": "Це не день: позавчора",
    "вул. Шевченка;17;;;;;;;2020-01-01;;": "Дату вказано без підприємства",
    f"вул. {'ш' * 300};18;;;;;;;;;": f"Задовго: вул. {'ш' * 35}…",
    "вул. Садова;1;Центр;;;;;;;;": None,
    "вул. Садова;1;Озерна;;;;;;;;": "Цей будинок уже є в рядку 10, і там про нього сказано інакше",
}


def test_a_faulty_file_changes_nothing_and_lists_the_rows(admin: Client, centre: Centre):
    imported(admin, csv("вул. Шевченка;1;Хмельницький", head=f"вулиця;будинок;{TOWN}"))
    before = counts(centre)
    place = sent(admin, csv(*FAULTY))
    expected = {row: why for row, why in enumerate(FAULTY.values(), 2) if why is not None}
    for answer in (admin.get(place), admin.post(f"{place}/save")):
        assert faults(answer.text) == expected
        assert "Зберегти все" not in answer.text
    assert counts(centre) == before


def test_the_first_import_needs_the_name_of_the_settlement(admin: Client, centre: Centre):
    page = admin.get(sent(admin, csv(ROWS[0]))).text
    assert faults(page) == {2: "Назвіть населений пункт; перший стає головним"}
    assert counts(centre) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "У файлі немає рядків"),
        (HEAD.encode(), "У файлі немає рядків"),
        (b"\x00\x01\x02", "Це ані таблиця Excel, ані CSV"),
        (b"PK\x03\x04broken", "Це ані таблиця Excel, ані CSV"),
        ("будинок;район\n12;Центр".encode(), "Стовпця бракує або він там двічі: вулиця"),
        ("вулиця;вулиця\nа;б".encode(), "Стовпця бракує або він там двічі: вулиця"),
        (("вулиця\n" + "Нова\n" * 20_001).encode(), "У файлі понад 20 000 рядків"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(admin: Client, content: bytes, told: str):
    answer = admin.post("/appeals/addresses/import", data={"subject": "houses"}, files={"file": ("x.csv", content)})
    assert answer.status_code == 422
    assert told in answer.text


def test_the_enterprise_of_a_past_date_is_the_one_of_that_date(admin: Client, centre: Centre):
    head = f"вулиця;будинок;код підприємства;підприємство;доглядає з;{TOWN}"
    row = "вул. Шевченка;1;{};{};{};Хмельницький".format
    imported(admin, csv(row("01", "ЖЕУ № 1", ""), head=head))
    imported(admin, csv(row("02", "ЖЕУ № 2", "2022-05-01"), head=head))
    refused = admin.get(sent(admin, csv(row("01", "", "2021-01-01"), head=head))).text
    assert faults(refused) == {2: "Підприємство доглядає будинок лише з пізнішого дня: 2021-01-01"}
    refused = admin.get(sent(admin, csv(row("01", "", ""), head=head))).text
    assert faults(refused) == {2: "Вкажіть, з якого дня підприємство доглядає будинок: доти доглядало інше"}
    with transaction(centre.organisations["khm"].id) as session:
        house = house_at(session, "Шевченка", "1").id
        on = {day: queries.enterprise_of(session, house, day) for day in map(date.fromisoformat, DAYS)}
    assert {str(day): each.code if each is not None else None for day, each in on.items()} == DAYS


DAYS = {"1999-01-01": "01", "2022-04-30": "01", "2022-05-01": "02", "2026-11-23": "02"}


def test_objects_with_their_houses(admin: Client, centre: Centre):
    imported(admin, csv(*with_town(*ROWS), head=f"{HEAD};{TOWN}"))
    head = "код об'єкта;об’єкт;вид об’єкта;код підприємства;вулиця;будинок"
    rows = (
        "К-4;Котельня № 4;Котельня;01;вул. Шевченка;12А",
        "К-4;Котельня № 4;котельня;01;вул. Леніна;5",
        "Л-1;Ліфт;ліфт;;;",
    )
    page = admin.get(sent(admin, csv(*rows, head=head), subject="facilities")).text
    assert facts(page) == {"Додано: Об’єкти": "2", "Додано: Зв’язки": "2", "Лишаються як є": "0"}
    imported(admin, csv(*rows, head=head), subject="facilities")
    again = admin.get(sent(admin, csv(*rows, head=head), subject="facilities")).text
    assert facts(again) == {"Лишаються як є": "3"}
    with transaction(centre.organisations["khm"].id) as session:
        facility = queries.find_facility(session, "К-4")
        assert facility is not None
        served = [house.street.name for house in queries.houses_of_facility(session, facility.id)]
    assert served == ["Соборна", "Шевченка"]
    wrong = (
        "К-5;Котельня;літак;;;",
        "К-6;Насос;насосна станція;;вул. Шевченка;99",
        "К-4;Інша;Котельня;01;;",
        "Ц;Ц;Ліфт;9;;",
    )
    wrong += ("К-6;Насос № 6;насосна станція;;;",)
    page = admin.get(sent(admin, csv(*wrong, head=head), subject="facilities")).text
    assert faults(page) == {
        2: "Такого виду об’єкта немає: літак",
        3: "Такого будинку немає в довіднику: Шевченка 99",
        5: "Підприємства з таким кодом немає, і рядок його не називає: 9",
        6: "У рядку 3 про цей об’єкт сказано інакше",
    }


def test_headings_of_any_language_are_understood(client: Browser, centre: Centre):
    admin = client("admin.dtm")
    rows = "Amir Temur shoh koʻchasi;108-uy;Yunusobod;Toshkent"
    imported(admin, csv(rows, head="KOʻCHA;Uy;Tuman;Aholi punkti"))
    assert offered(admin, "амир темур 108") == ["Amir Temur shoh koʻchasi, 108"]
    imported(admin, csv("улица Навоий;7;Toshkent", head="Улица;Дом;Город"))
    assert offered(admin, "navoiy 7") == ["Навоий koʻchasi, 7"]
    with transaction(centre.organisations["dtm"].id) as session:
        assert street_called(session, "Навоий").kind == "street"


def test_a_file_thrown_away_is_gone_and_one_that_waits_is_found_again(admin: Client):
    place = sent(admin, csv(*ROWS), name="вулиці міста.csv")
    assert "вулиці міста.csv" in admin.get("/appeals/addresses/import").text
    admin.post(f"{place}/discard")
    assert admin.get(place).status_code == 404
    assert "вулиці міста.csv" not in admin.get("/appeals/addresses/import").text
