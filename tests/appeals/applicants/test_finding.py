"""Who is offered for what was typed: scripts, apostrophes, slips, languages, telephones, addresses (U-92)."""

import pytest
from sqlalchemy import select

from appeals.applicants.finding import beginnings
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from tests.appeals.applicants.people import Browser, names, offered, registered, somebody
from tests.centre import Centre

MARIANA, MARIIA = "Коваленко Мар’яна Іванівна", "Коваленко Марія Петрівна"
MYKOLA, LUKIANETS = "Шевчук Микола Андрійович", "Лук’янець Олена"
GUDZ, SHCHERBAN, HANNA = "Ґудзь Наталія Юріївна", "Щербань Юрій", "Петренко-Мельник Ганна Олексіївна"
UKTAM, SHARIPOVA, CHORIEV = "Xoʻjayev Oʻktam Gʻulomovich", "Шарипова Гулчеҳра", "Choriyev Yoʻldosh"

UKRAINIAN = [
    ("Мар'яна", MARIANA), ("Мар’яна", MARIANA), ("Марʼяна", MARIANA), ("Marjana", MARIANA), ("Maryana", MARIANA),
    ("МАР`ЯНА", MARIANA), ("Маряна", MARIANA), ("коваленко мар'ян", MARIANA), ("мар'яна коваленко", MARIANA),
    ("коваленко іванівна", MARIANA), ("Kovalenko Mariana", MARIANA), ("rjdfktyrj vfhzyf", MARIANA),
    ("ковлаенко мар'яна", MARIANA), ("ков мар петр", MARIIA), ("Мария Петровна", None), ("Мария Коваленко", MARIIA),
    ("шевчук", MYKOLA), ("шевчк", MYKOLA), ("Shevchuk", MYKOLA), ("Шевчук Николай", MYKOLA),
    ("Nikolay Shevchuk", MYKOLA), ("Szewczuk", None), ("лукянец", LUKIANETS),
    ("Лук'янець", LUKIANETS), ("Lukianets", LUKIANETS), ("Лукьянец Елена", LUKIANETS), ("Гудзь", GUDZ), ("Gudz", GUDZ),
    ("Hudz", GUDZ), ("Ґудзь Наталья", GUDZ),
    ("Щербань", SHCHERBAN), ("Shcherban", SHCHERBAN), ("Scherban", SHCHERBAN), ("Щербань Юрий", SHCHERBAN),
    ("мельник ганна", HANNA), ("петренко", HANNA), ("Анна Петренко", HANNA), ("gtnhtyrj", HANNA),
]  # fmt: skip
PHONES = [
    ("0671234567", MARIANA), ("+380671234567", MARIANA), ("380671234567", MARIANA), ("80671234567", MARIANA),
    ("(067) 123-45-67", MARIANA), ("067 123 45 67", MARIANA), ("00380671234567", MARIANA), ("671234567", MARIANA),
    ("71234567", MARIANA), ("22 33", MARIIA), ("+38050", MARIIA), ("05011", MARIIA),
]  # fmt: skip
ADDRESSES = [
    ("Шевченка 12 кв 4", {MARIANA, MYKOLA}), ("вул. Шевченка, 12", {MARIANA, MYKOLA}),
    ("itdxtyrf 12", {MARIANA, MYKOLA}), ("Прибузька 4", {MARIIA}), ("шевчук Шевченка 12", {MYKOLA}),
    ("коваленко мар'яна вул. шевченка 12", {MARIANA}), ("Миру 65", {LUKIANETS}), ("Каменецька 1", {HANNA}),
]  # fmt: skip
UZBEK = [
    ("Xo'jayev", UKTAM), ("Xo‘jayev", UKTAM), ("Хўжаев", UKTAM), ("Hojaev", UKTAM), ("Xoʻjayev Oʻktam", UKTAM),
    ("Ўктам", UKTAM), ("Уктам", None), ("Sharipova", SHARIPOVA), ("Шарипова", SHARIPOVA), ("Gulchehra", SHARIPOVA),
    ("Gulchexra Sharipova", SHARIPOVA), ("Şaripova", SHARIPOVA), ("Чориев", CHORIEV), ("Choriyev Yo'ldosh", CHORIEV),
    ("Йўлдош", CHORIEV), ("90 123 45 67", UKTAM), ("+998901234567", UKTAM), ("8 90 123 45 67", UKTAM),
    ("935556", SHARIPOVA),
]  # fmt: skip


@pytest.mark.usefixtures("people")
def test_whoever_is_typed_in_any_way_is_offered_first(centre: Centre):
    wrong = []
    khm, dtm = centre.organisations["khm"], centre.organisations["dtm"]
    for organisation, table in ((khm, [*UKRAINIAN, *PHONES]), (dtm, UZBEK)):
        with transaction(organisation.id) as session:
            for typed, meant in table:
                found = names(session, organisation, typed)
                if meant is not None and found[:1] != [meant]:
                    wrong.append(f"{typed}: {found}, not {meant}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("people")
def test_whoever_lives_at_an_address_is_offered(centre: Centre):
    khm = centre.organisations["khm"]
    with transaction(khm.id) as session:
        found = {typed: set(names(session, khm, typed)) for typed, _ in ADDRESSES}
    assert found == dict(ADDRESSES)


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("typed", ["", " ", "к", "12", "'", "%", "\\", "_", "абракадабра", "я" * 500, "0" * 60, "--"])
def test_nonsense_offers_nobody(centre: Centre, typed: str):
    khm = centre.organisations["khm"]
    with transaction(khm.id) as session:
        assert names(session, khm, typed) == []


@pytest.mark.usefixtures("people")
def test_another_organisations_people_are_not_offered_and_each_look_is_written_down(client: Browser, centre: Centre):
    assert offered(client("olena"), "Xo'jayev") == []
    assert offered(client("anna"), "Xo'jayev") == [UKTAM]
    assert offered(client("anna"), "Коваленко") == []
    with transaction(EVERY_ORGANISATION) as session:
        looks = session.scalars(select(Audit).where(Audit.deed == "applicant.suggested")).all()
    assert [(look.person_id, look.subject) for look in looks] == [(centre.people["anna"].id, "applicants:typed")]


@pytest.mark.usefixtures("people")
def test_who_registers_no_appeals_is_offered_nobody(client: Browser):
    for login in ("mykola", "admin.khm"):
        assert client(login).get("/appeals/applicants/suggest", params={"q": "Коваленко"}).status_code == 403


@pytest.mark.usefixtures("people")
def test_an_organisation_is_found_by_the_words_of_its_title(centre: Centre):
    olena, khm = centre.people["olena"], centre.organisations["khm"]
    title = "Комунальне підприємство «Школа № 5» імені Лесі Українки"
    registered(olena, somebody("", kind="organisation", title=title, code="12345678"))
    with transaction(khm.id) as session:
        for typed in ("школа", "школа 5", "лесі українки", "shkola", "комунальне шк"):
            assert names(session, khm, typed)[:1] == [title], typed


def test_a_number_begun_in_any_way_begins_alike():
    assert "+38067" in beginnings("067", "UA") & beginnings("38067", "UA") & beginnings("8067", "UA")
    assert beginnings("+380 67", "UA") == beginnings("00 380 67", "UA") == {"+38067"}
    assert "+99890" in beginnings("90", "UZ") & beginnings("8 90", "UZ")
