"""An editor and a chancellery at work in the demonstration's agency: two appeals with each of them."""

from uuid import uuid4

from sqlalchemy.orm import Session

from appeals import service as appeals
from appeals.model import Kind, Source
from appeals.tables import Appeal, Applicant
from appeals.workflow import filing, queries, service
from appeals.workflow.model import Told
from run.demo.people import TEST_CENTER
from staff.queries import find_by_login
from staff.tables import Organisation, Person

NUMBERS = {TEST_CENTER.code: ("K-{number}/{year}", "CH-{number}/{year}")}
OPERATOR, EDITOR, CLERK = "anna", "timur", "malika"
TAKEN_DOWN = (
    ("certificates", "sertifikat 3 haftadan beri kelmadi, ariza 14-noyabrda berilgan", "Karimova", "Nigora"),
    ("exams", "imtihon vaqti ekranda boshqa, chaqiruvda boshqa koʻrsatilgan", "Toshmatov", "Sardor"),
    ("certificates", "ismida xato bor: Shaxnoza emas, Shahnoza boʻlishi kerak", "Yoʻldosheva", "Shahnoza"),
    ("appeals", "apellyatsiya natijasini hali ham olmadim", "Rahmonov", "Aziz"),
)
FORMAL = (
    "Til sertifikati belgilangan muddatda berilmagan. Sertifikatni berishni va kechikish sababini maʼlum qilishni "
    "soʻrayman.",
    "Imtihon vaqti shaxsiy kabinetda va chaqiruv xatida turlicha koʻrsatilgan. Toʻgʻri vaqtni maʼlum qilishni "
    "soʻrayman.",
)
ADDRESS, PHONE = "Toshkent, Bogʻishamol koʻchasi, {}", "+99890111220{}"


def load(session: Session, organisation: Organisation, by: Person) -> None:
    """Switches them on where the agency has them and nobody has said anything of it yet."""
    numbers = NUMBERS.get(organisation.code)
    people = {login: find_by_login(session, login) for login in (OPERATOR, EDITOR, CLERK)}
    anna, timur, malika = (people[login] for login in (OPERATOR, EDITOR, CLERK))
    if numbers is None or queries.chancellery(session, organisation.id) is not None:
        return
    filing.arrange(session, on=True, incoming=numbers[0], outgoing=numbers[1], by=by)
    if anna is None or timur is None or malika is None:
        return
    taken_down = [_taken_down(session, place, anna) for place in range(len(TAKEN_DOWN))]
    for appeal, text in zip(taken_down, FORMAL, strict=False):
        filing.submit(session, appeal.number, Told(kind=Kind.APPLICATION, text=text), by=timur)
    filing.enter(session, taken_down[0].number, Told(), by=malika)


def _taken_down(session: Session, place: int, by: Person) -> Appeal:
    topic, substance, surname, given_name = TAKEN_DOWN[place]
    appeal = Appeal(kind=Kind.APPLICATION, topic=topic, substance=substance, address="", source=Source.PHONE)
    who = Applicant(
        surname=surname, given_name=given_name, patronymic="", phone=PHONE.format(place), email="",
        address=ADDRESS.format(place + 12),
    )  # fmt: skip
    made = appeals.register(session, appeal, who, by=by, submission=uuid4())
    service.begin(session, made, by=by)
    return made
