"""What tests of applicants need: towns with houses, and people who turned to us before."""

import pytest

from tests.appeals.addresses.towns import both_towns
from tests.appeals.applicants.people import registered, somebody
from tests.centre import Centre

KHM = (
    ("Коваленко Мар’яна Іванівна", "+380671234567", "вул. Шевченка, 12, кв. 4"),
    ("Коваленко Марія Петрівна", "+380501112233", "вул. Прибузька, 4"),
    ("Шевчук Микола Андрійович", "+380671234568", "вул. Шевченка, 12, кв. 7"),
    ("Лук’янець Олена", "+380931234567", "просп. Миру, 65"),
    ("Ґудзь Наталія Юріївна", "+380631234500", ""),
    ("Щербань Юрій", "+380681234501", ""),
    ("Петренко-Мельник Ганна Олексіївна", "+380391234502", "вул. Кам’янецька, 1"),
)
DTM = (
    ("Xoʻjayev Oʻktam Gʻulomovich", "+998901234567", "Bogʻishamol koʻchasi, 12"),
    ("Шарипова Гулчеҳра", "+998935556677", "Amir Temur shoh koʻchasi, 108"),
    ("Choriyev Yoʻldosh", "+998712345678", ""),
)


@pytest.fixture
def people(centre: Centre) -> Centre:
    """Both organisations with their houses and applicants."""
    both_towns(centre)
    for login, known in (("olena", KHM), ("anna", DTM)):
        for name, phone, address in known:
            registered(centre.people[login], somebody(name, phone, address=address))
    return centre
