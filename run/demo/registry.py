"""The matters of the demonstration's registry of appeals: what citizens of the two organisations wrote and said.

Each matter stands with the places it is about, how many days ago it came, and how far it has come since.
"""

from dataclasses import dataclass
from enum import StrEnum

from appeals.model import Kind, Source
from run.demo.people import KHMELNYTSKYI, TEST_CENTER


class Progress(StrEnum):
    """How far an appeal has come."""

    NEW = "new"  # given out where a rule names somebody, else it waits for the dispatcher
    TAKEN = "taken"
    ANSWERED = "answered"  # by the executor; not yet checked
    CLOSED = "closed"
    EXPLAINED = "explained"  # at once, by whoever registered it


@dataclass(frozen=True, slots=True)
class Matter:
    """One text with each address it came from; `said` is the executor's report or the operator's explanation."""

    topic: str
    problem: str
    substance: str
    addresses: tuple[str, ...]
    ago: int  # days
    progress: Progress = Progress.NEW
    said: str = ""
    kind: Kind = Kind.APPLICATION
    source: Source = Source.PHONE


_P, _S, _K = Progress, Source, Kind

KHM = (
    Matter("water", "p1.10", "Другий день тече труба в підвалі, вода стоїть по кісточки, пахне каналізацією.",
           ("вул. Прибузька, 8", "вул. Прибузька, 10", "вул. Свободи, 14"), 0),
    Matter("water", "p1.9", "Холодна вода ледь капає з самого ранку, на п’ятому поверсі її немає зовсім.",
           ("просп. Миру, 22", "просп. Миру, 24", "просп. Миру, 31"), 1, _P.TAKEN),
    Matter("water", "p1.9", "Після ремонту з крана йде іржава вода, прати неможливо.",
           ("вул. Озерна, 6", "вул. Лісогринівецька, 11"), 5, _P.CLOSED,
           "Мережу промито 18-го, проби води в нормі. Перевірено разом із заявником."),
    Matter("general", "p1.19", "Ліфт у другому під’їзді стоїть третій день, мати на візку не може вийти.",
           ("вул. Кам’янецька, 46",), 3, _P.ANSWERED,
           "Замінено блок керування, ліфт пущено й перевірено під навантаженням.", _K.COMPLAINT),
    Matter("general", "p1.19", "Ліфт зупиняється між поверхами й сам відчиняє двері. Боїмося їздити.",
           ("просп. Миру, 57", "вул. Степана Бандери, 12"), 2, _P.TAKEN),
    Matter("general", "p1.1", "Після дощу тече стеля над сходами, штукатурка вже падає.",
           ("вул. Подільська, 33", "вул. Грушевського, 18", "вул. Зарічанська, 20"), 45, _P.NEW, kind=_K.COMPLAINT,
           source=_S.LETTER),
    Matter("general", "p1.1", "Просимо полагодити покрівлю над третім під’їздом до зими.",
           ("вул. Володимирська, 21",), 24, _P.CLOSED,
           "Покрівлю відремонтовано, акт підписано з представником будинку.",
           source=_S.LETTER),
    Matter("general", "p1.16", "У під’їзді не світить жодна лампа, люди похилого віку падають на сходах.",
           ("вул. Інститутська, 7", "вул. Героїв Маріуполя, 19", "вул. В’ячеслава Чорновола, 25"), 4, _P.ANSWERED,
           "Замінено лампи на всіх поверхах і вимикач на першому."),
    Matter("general", "p1.16", "Лампа над входом блимає всю ніч і світить у вікна. Прошу замінити її.",
           ("вул. Шевченка, 15",), 6, _P.CLOSED, "Світильник замінено на новий із датчиком руху."),
    Matter("general", "p1.2", "Вхідні двері не зачиняються, у під’їзді холодно, і заходять сторонні.",
           ("вул. Соборна, 12", "вул. Героїв Майдану, 8"), 7),
    Matter("general", "p1.12", "Іскрить щиток на третьому поверсі, пахне горілим. Просимо приїхати негайно.",
           ("вул. Проскурівська, 17",), 0, _P.TAKEN),
    Matter("general", "p1.15", "У половини будинку щовечора зникає світло.",
           ("вул. Трудова, 5", "пр-д Садовий, 3"), 2, _P.ANSWERED,
           "Усунуто коротке замикання на вводі, навантаження розподілено."),
    Matter("heating", "", "Батареї ледь теплі, у кімнаті 15 градусів, удома немовля.",
           ("вул. Прибузька, 4", "вул. Прибузька, 6", "вул. Зарічанська, 9"), 1, kind=_K.COMPLAINT),
    Matter("heating", "", "Чому за опалення нарахували більше, ніж торік, якщо тариф не змінився?",
           ("вул. Подільська, 51", "вул. Грушевського, 5"), 2, _P.EXPLAINED,
           "Сума залежить від показань будинкового лічильника: цього місяця було на 9 днів опалення більше. Довідку "
           "про показання надішле підприємство на ваш запит."),
    Matter("roads", "", "На переході не горить жоден ліхтар, учора мало не збили дитину.",
           ("вул. Кам’янецька, 30", "вул. Західно-Окружна, 4"), 1, kind=_K.COMPLAINT, source=_S.EMAIL),
    Matter("roads", "", "Яма на всю смугу після ремонту теплотраси, машини об’їжджають її тротуаром.",
           ("шосе Старокостянтинівське, 9", "вул. Степана Бандери, 40"), 9, source=_S.RECEPTION),
    Matter("roads", "", "Пропоную зробити перехід біля школи піднятим: машини там не гальмують.",
           ("вул. Інститутська, 12",), 5, kind=_K.SUGGESTION, source=_S.EMAIL),
    Matter("social", "", "Які документи потрібні, щоб оформити субсидію, якщо квартира записана на матір?",
           ("вул. Шевченка, 28", "вул. Чорновола, 2"), 0, _P.EXPLAINED,
           "Потрібні заява, декларація про доходи всіх зареєстрованих і договір найму або згода власниці. Приймають у "
           "центрах надання адміністративних послуг або через портал «Дія»."),
    Matter("social", "", "Куди звернутися по засоби догляду для лежачого хворого?",
           ("вул. Володимирська, 3",), 1, _P.EXPLAINED,
           "До сімейного лікаря по висновок, потім до управління соціального захисту за місцем проживання."),
    Matter("general", "", "Прошу прибрати сухе дерево: гілки падають на дитячий майданчик.",
           ("вул. Свободи, 33", "вул. Зарічанська, 30"), 3, source=_S.EMAIL),
    Matter("general", "", "Контейнери не вивозять третій день, сміття розносять собаки.",
           ("вул. Героїв Маріуполя, 4", "вул. Інститутська, 18", "пров. Шевченка, 5"), 2, kind=_K.COMPLAINT),
)  # fmt: skip

DTM = (
    Matter("exams", "", "Imtihon qaysi binoda oʻtishi chaqiruvda yozilmagan. Qayerga borishim kerak?",
           ("Toshkent, Labzak koʻchasi, 12", "Toshkent, Navoiy koʻchasi, 21"), 1, _P.EXPLAINED,
           "Manzil shaxsiy kabinetda imtihondan uch kun oldin koʻrinadi; chaqiruvni qaytadan yuklab oling."),
    Matter("exams", "", "Imtihon kuni kasal edim, ma’lumotnomam bor. Boshqa kunga yozilsam boʻladimi?",
           ("Toshkent, Bobur koʻchasi, 17", "Toshkent, Oybek koʻchasi, 9"), 2, _P.EXPLAINED,
           "Ha: ma’lumotnomani imtihondan keyin besh ish kuni ichida shaxsiy kabinet orqali yuboring."),
    Matter("exams", "", "Imtihon zalida konditsioner ishlamadi, issiqdan bir necha kishining ahvoli yomonlashdi.",
           ("Toshkent, Muqimiy koʻchasi, 14",), 3, kind=_K.COMPLAINT, source=_S.EMAIL),
    Matter("certificates", "", "Sertifikat necha kunda tayyor boʻladi va uni kim olib ketishi mumkin?",
           ("Toshkent, Nukus koʻchasi, 5", "Toshkent, Qatortol koʻchasi, 22"), 0, _P.EXPLAINED,
           "Natijalar e’lon qilingandan keyin oʻn besh ish kunida. Uni egasi "
           "yoki ishonchnoma bilan boshqa kishi oladi."),
    Matter("certificates", "", "Sertifikatdagi tugʻilgan sanam notoʻgʻri, almashtirib berishingizni soʻrayman.",
           ("Toshkent, Beruniy koʻchasi, 8", "Toshkent, Choʻlpon koʻchasi, 4"), 4, source=_S.LETTER),
    Matter("certificates", "", "Elektron sertifikatni chet eldagi universitet tekshira olmayapti.",
           ("Toshkent, Taras Shevchenko koʻchasi, 16",), 6, source=_S.EMAIL),
    Matter("appeals", "", "Apellyatsiya berishga necha kun muhlat bor?",
           ("Toshkent, Sayilgoh koʻchasi, 3",), 1, _P.EXPLAINED,
           "Natija e’lon qilingan kundan boshlab uch ish kuni: shaxsiy kabinetdagi «Apellyatsiya» tugmasi orqali."),
    Matter("general", "", "Operatorlar shanba kuni ham javob bersa yaxshi boʻlardi: ish kunlari vaqtimiz yoʻq.",
           ("Toshkent, Yoshlik tor koʻchasi, 6",), 5, kind=_K.SUGGESTION, source=_S.EMAIL),
)  # fmt: skip

MATTERS = {KHMELNYTSKYI.code: KHM, TEST_CENTER.code: DTM}
PEOPLE = {  # surname, given name, patronymic
    KHMELNYTSKYI.code: (
        ("Гончаренко", "Надія", "Степанівна"), ("Поліщук", "Віктор", "Андрійович"), ("Ковальчук", "Лариса", "Іванівна"),
        ("Романюк", "Богдан", "Олексійович"), ("Юрченко", "Тетяна", "Миколаївна"), ("Ступак", "Григорій", "Васильович"),
        ("Олійник", "Марія", "Петрівна"), ("Заєць", "Юрій", "Сергійович"), ("Данилюк", "Валентина", "Юріївна"),
        ("Кравець", "Анатолій", "Борисович"), ("Сорока", "Людмила", "Григорівна"), ("Федорчук", "Максим", "Ігорович"),
        ("Мазур", "Ганна", "Романівна"), ("Яремчук", "Олег", "Тарасович"), ("Білоус", "Катерина", "Дмитрівна"),
        ("Нечипорук", "Павло", "Вікторович"), ("Гайдук", "Світлана", "Леонідівна"), ("Козак", "Остап", "Іванович"),
        ("Шостак", "Любов", "Федорівна"),
    ),
    TEST_CENTER.code: (
        ("Abdullayev", "Jahongir", ""), ("Mirzayeva", "Gulnora", ""), ("Tursunov", "Otabek", ""),
        ("Saidova", "Madina", ""), ("Qodirov", "Shuhrat", ""), ("Nazarova", "Feruza", ""), ("Ismoilov", "Ulugʻbek", ""),
    ),
}  # fmt: skip
PHONES = {KHMELNYTSKYI.code: "+3806755104{:02}", TEST_CENTER.code: "+9989011134{:02}"}
