"""The two demonstration organisations as data: who they are, who works there, what people telephone about."""

from dataclasses import dataclass, field
from datetime import timedelta

from staff.model import Role

Names = dict[str, str]  # by language


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who signs in; `queues` are those an operator answers for."""

    login: str
    name: str
    role: Role
    queues: tuple[str, ...] = ()
    skills: dict[str, int] = field(default_factory=dict)  # levels, by the skill's code


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """People with one leader, by their logins."""

    name: str
    leader: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOrganisation:
    """A customer. A queue is named as the topic it answers for; its menus and numbers are in `ivr.demonstration`."""

    code: str
    name: Names
    time_zone: str
    country: str
    languages: tuple[str, ...]
    capacity: int
    topics: dict[str, Names]
    queues: tuple[str, ...]
    people: tuple[DemoPerson, ...]
    skills: dict[str, Names]  # of topics; languages would divide each queue into lanes (docs/decisions/0072-lanes.md)
    asked: dict[str, tuple[str, ...]]  # skills, by the queue that asks its operators for them
    team: DemoTeam

    @property
    def default_language(self) -> str:
        """That of its country."""
        return self.languages[0]

    @property
    def title(self) -> str:
        """Its name in its own language."""
        return self.name[self.default_language]


GENERAL: Names = {"uk": "Загальні питання", "uz": "Umumiy savollar", "ru": "Общие вопросы", "en": "General questions"}

PAUSES: dict[str, Names] = {
    "break": {"uk": "Перерва", "uz": "Tanaffus", "ru": "Перерыв", "en": "Break"},
    "lunch": {"uk": "Обід", "uz": "Tushlik", "ru": "Обед", "en": "Lunch"},
    "training": {"uk": "Навчання", "uz": "Oʻqish", "ru": "Обучение", "en": "Training"},
    "paperwork": {"uk": "Робота з документами", "uz": "Hujjatlar bilan ishlash", "ru": "Работа с документами",
                  "en": "Paperwork"},
}  # fmt: skip

PAUSES_LAST = {"break": timedelta(minutes=15), "lunch": timedelta(minutes=45)}

KHMELNYTSKYI = DemoOrganisation(
    code="khm",
    name={
        "uk": "Хмельницький: контакт-центр",
        "uz": "Xmelnitskiy: aloqa markazi",
        "ru": "Хмельницкий: контакт-центр",
        "en": "Khmelnytskyi: contact centre",
    },
    time_zone="Europe/Kyiv",
    country="UA",
    languages=("uk", "ru", "en"),
    capacity=60,
    topics={
        "general": GENERAL,
        "water": {"uk": "Водопостачання", "uz": "Suv ta’minoti", "ru": "Водоснабжение", "en": "Water supply"},
        "heating": {"uk": "Опалення", "uz": "Isitish", "ru": "Отопление", "en": "Heating"},
        "roads": {"uk": "Дороги й освітлення", "uz": "Yoʻllar va yoritish", "ru": "Дороги и освещение",
                  "en": "Roads and street lights"},
        "social": {"uk": "Соціальний захист", "uz": "Ijtimoiy himoya", "ru": "Социальная защита",
                   "en": "Social protection"},
    },
    queues=("general", "water", "heating", "roads"),
    people=(
        DemoPerson("olena", "Олена Мельник", Role.OPERATOR, ("general", "water", "heating"),
                   {"networks": 3, "benefits": 1}),
        DemoPerson("andrii", "Андрій Шевчук", Role.OPERATOR, ("general", "roads"), {"networks": 1, "benefits": 2}),
        DemoPerson("iryna", "Ірина Бондар", Role.SUPERVISOR, ("general",)),
        DemoPerson("mykola", "Микола Ткач", Role.MANAGER),
        DemoPerson("admin.khm", "Софія Коваль", Role.ADMINISTRATOR),
        DemoPerson("vasyl", "Василь Гнатюк", Role.EXECUTOR),
        DemoPerson("halyna", "Галина Мороз", Role.EXECUTOR),
        DemoPerson("petro", "Петро Савчук", Role.EXECUTOR),
        DemoPerson("oksana", "Оксана Кравець", Role.EXECUTOR),
        DemoPerson("nadiia", "Надія Поліщук", Role.CHANCELLERY),
        DemoPerson("yurii", "Юрій Романюк", Role.EDITOR),
    ),
    skills={
        "networks": {"uk": "Тепло- й водомережі", "uz": "Issiqlik va suv tarmoqlari", "ru": "Тепло- и водосети",
                     "en": "Heat and water mains"},
        "benefits": {"uk": "Пільги", "uz": "Imtiyozlar", "ru": "Льготы", "en": "Benefits"},
    },
    asked={"water": ("networks",), "heating": ("networks",)},
    team=DemoTeam("Денна зміна", "iryna", ("olena", "andrii")),
)  # fmt: skip

TEST_CENTER = DemoOrganisation(
    code="dtm",
    name={
        "uk": "Державний центр тестування",
        "uz": "Davlat test markazi",
        "ru": "Государственный центр тестирования",
        "en": "State Test Center",
    },
    time_zone="Asia/Tashkent",
    country="UZ",
    languages=("uz", "ru", "en"),
    capacity=300,
    topics={
        "general": GENERAL,
        "exams": {"uk": "Іспити", "uz": "Imtihonlar", "ru": "Экзамены", "en": "Exams"},
        "certificates": {"uk": "Сертифікати", "uz": "Sertifikatlar", "ru": "Сертификаты", "en": "Certificates"},
        "appeals": {"uk": "Апеляції", "uz": "Apellyatsiyalar", "ru": "Апелляции", "en": "Appeals"},
    },
    queues=("general", "exams", "certificates", "appeals"),
    people=(
        DemoPerson(
            "anna", "Анна Ким", Role.OPERATOR, ("general", "exams", "certificates"), {"certificates": 3, "rules": 2}
        ),
        DemoPerson("bobur", "Bobur Karimov", Role.OPERATOR, ("general", "exams", "appeals"), {"rules": 3}),
        DemoPerson("dilnoza", "Dilnoza Rahimova", Role.SUPERVISOR, ("general",)),
        DemoPerson("karim", "Karim Yusupov", Role.MANAGER),
        DemoPerson("admin.dtm", "Nodira Aliyeva", Role.ADMINISTRATOR),
        DemoPerson("jasur", "Jasur Ergashev", Role.EXECUTOR),
        DemoPerson("zuhra", "Zuhra Qodirova", Role.EXECUTOR),
        DemoPerson("malika", "Malika Sodiqova", Role.CHANCELLERY),
        DemoPerson("timur", "Timur Nazarov", Role.EDITOR),
    ),
    skills={
        "certificates": {
            "uk": "Мовні сертифікати",
            "uz": "Til sertifikatlari",
            "ru": "Языковые сертификаты",
            "en": "Language certificates",
        },
        "rules": {"uk": "Правила іспитів", "uz": "Imtihon qoidalari", "ru": "Правила экзаменов", "en": "Exam rules"},
    },
    asked={"certificates": ("certificates",), "appeals": ("rules",)},
    team=DemoTeam("Kunduzgi smena", "dilnoza", ("anna", "bobur")),
)

ORGANISATIONS = (KHMELNYTSKYI, TEST_CENTER)
