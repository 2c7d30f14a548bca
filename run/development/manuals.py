"""python -m run.development.manuals: puts the pictures into the manuals, below the headings they belong to.

`PICTURES` says which picture stands where, by the number of the heading: the manuals of all languages have the same
headings in the same order. A picture that has not been made yet is left out until `make pictures` has made it.
"""

import re
import sys
from pathlib import Path

from run.development.pictures import PICTURES as MADE
from run.host.release import SOURCE

MANUALS = SOURCE / "docs" / "manuals"
LANGUAGES = ("uk", "uz", "ru", "en")
KIND = "light-1440"

_PICTURE = re.compile(r"^!\[[^\]]*\]\(\.\./pictures/[^)]*\)\n\n?", re.MULTILINE)

# By manual: number of the heading (1 is the first of the second level), the picture, what it shows in uk, uz, ru, en.
PICTURES: dict[str, tuple[tuple[int, str, tuple[str, str, str, str]], ...]] = {
    "operator": (
        (1, "desk", (
            "Робоче місце перед зміною: стан, черги, перевірка мікрофона",
            "Smenadan oldin ish oʻrni: holat, navbatlar, mikrofonni tekshirish",
            "Рабочее место перед сменой: состояние, очереди, проверка микрофона",
            "The desk before the shift: state, queues, the microphone's test",
        )),
        (2, "desk-ringing", (
            "Телефон дзвонить: хто, з якої черги, картка поруч",
            "Telefon jiringlamoqda: kim, qaysi navbatdan, kartochka yonida",
            "Телефон звонит: кто, из какой очереди, карточка рядом",
            "The phone rings: who, from which queue, the card beside it",
        )),
        (2, "desk-talking", (
            "Розмова: телефон ліворуч, картка звернення посередині, що відомо про абонента — праворуч",
            "Suhbat: telefon chapda, murojaat kartochkasi oʻrtada, abonent haqida maʼlum narsalar oʻngda",
            "Разговор: телефон слева, карточка обращения посередине, что известно об абоненте — справа",
            "The talk: phone on the left, card of the appeal in the middle, what is known of the caller on the right",
        )),
        (3, "desk-wrap-up", (
            "Після розмови: результат, тема, нотатка",
            "Suhbatdan keyin: natija, mavzu, izoh",
            "После разговора: результат, тема, заметка",
            "After the talk: result, topic, note",
        )),
        (4, "new-appeal", (
            "Нове звернення відвідувача або з листа",
            "Tashrif buyuruvchining yoki xatdagi yangi murojaat",
            "Новое обращение посетителя или из письма",
            "A new appeal of a visitor or from a letter",
        )),
        (6, "owed-calls", (
            "Кому ще треба передзвонити",
            "Kimga hali qayta qoʻngʻiroq qilish kerak",
            "Кому ещё надо перезвонить",
            "Who is still owed a call",
        )),
        (5, "term", (
            "Строк звернення: перебіг, підстава, продовження, хто чим зайнятий",
            "Murojaat muddati: borishi, asosi, uzaytirish, kim nima bilan band",
            "Срок обращения: ход, основание, продление, кто чем занят",
            "The term of an appeal: its course, its basis, extension, who does what",
        )),
        (7, "appeal-work", (
            "Робота над зверненням: виконавці, що кожен зробив, що можна зробити далі",
            "Murojaat ustida ish: ijrochilar, har biri nima qilgani, keyin nima qilish mumkin",
            "Работа над обращением: исполнители, что каждый сделал, что можно сделать дальше",
            "Work on an appeal: executors, what each has done, what can be done next",
        )),
        (8, "appeals", (
            "Журнал звернень: стовпці, фільтри, вигляди, строки",
            "Murojaatlar jurnali: ustunlar, filtrlar, koʻrinishlar, muddatlar",
            "Журнал обращений: столбцы, фильтры, виды, сроки",
            "The journal of appeals: columns, filters, views, terms",
        )),
        (8, "appeals-board", (
            "Табло станів: кожне число відкриває свій список",
            "Holatlar tablosi: har bir son oʻz roʻyxatini ochadi",
            "Табло состояний: каждое число открывает свой список",
            "The board of states: each figure opens its list",
        )),
        (9, "work", (
            "Роботи: будинки, строки, слова для абонентів, звернення, що чекають",
            "Ishlar: uylar, muddatlar, abonentlar uchun matn, kutayotgan murojaatlar",
            "Работы: дома, сроки, слова для абонентов, обращения, которые ждут",
            "A work: houses, times, words for callers, appeals that wait for it",
        )),
    ),
    "executor": (
        (1, "assignments", (
            "Доручення: що чекає, найтерміновіше перше",
            "Topshiriqlar: nimalar kutmoqda, eng shoshilinchi birinchi",
            "Поручения: что ждёт, самое срочное первым",
            "Assignments: what waits, the most urgent first",
        )),
        (2, "assignment", (
            "Одне доручення: де, що просять, кому телефонувати, що можна зробити",
            "Bitta topshiriq: qayerda, nima soʻralgan, kimga qoʻngʻiroq qilish, nima qilish mumkin",
            "Одно поручение: где, что просят, кому звонить, что можно сделать",
            "One assignment: where, what was asked, whom to call, what can be done",
        )),
    ),
    "chancellery": (
        (1, "editor", (
            "Редактор: що чекає на оформлення",
            "Muharrir: rasmiylashtirishni kutayotganlar",
            "Редактор: что ждёт оформления",
            "Editor: what waits to be formalised",
        )),
        (2, "chancellery", (
            "Канцелярія: зареєструвати, передати, відправити",
            "Devonxona: roʻyxatga kiritish, berish, joʻnatish",
            "Канцелярия: зарегистрировать, передать, отправить",
            "Chancellery: enter, give, dispatch",
        )),
    ),
    "supervisor": (
        (1, "board", (
            "Табло: черги картками, оператори за тим, що роблять",
            "Tablo: navbatlar kartochkalarda, operatorlar nima qilayotganiga koʻra",
            "Табло: очереди карточками, операторы по тому, что делают",
            "The board: queues as cards, operators by what they do",
        )),
        (3, "board-talk", (
            "Панель розмови: навіщо, слухати, підказувати, вступити, повідомлення, пауза",
            "Suhbat paneli: nima uchun, tinglash, shivirlash, qoʻshilish, xabar, tanaffus",
            "Панель разговора: зачем, слушать, подсказывать, вступить, сообщение, пауза",
            "The panel of a talk: what for, listen, whisper, barge in, message, pause",
        )),
        (3, "supervision", (
            "Хто й навіщо слухав, хто кому що вказав",
            "Kim va nima uchun tingladi, kim kimga nima koʻrsatdi",
            "Кто и зачем слушал, кто кому что указал",
            "Who listened and what for, who directed whom",
        )),
        (5, "wall", (
            "Настінне табло для телевізора",
            "Televizor uchun devor tablosi",
            "Настенное табло для телевизора",
            "The wall display for a television",
        )),
        (6, "alarms", (
            "Тривоги: про що, хто взявся",
            "Ogohlantirishlar: nima haqida, kim oʻziga oldi",
            "Тревоги: о чём, кто взялся",
            "Alarms: what about, and who has taken them",
        )),
        (7, "incident", (
            "Режим напливу: оголошення, зворотні дзвінки, підготовлені інциденти",
            "Oqim rejimi: eʼlon, qayta qoʻngʻiroqlar, tayyorlangan hodisalar",
            "Режим наплыва: объявление, обратные звонки, подготовленные инциденты",
            "Incident mode: announcement, callbacks, prepared incidents",
        )),
        (8, "queue", (
            "Сторінка черги: час, люди, кроки для тих, кого не встигають обслужити",
            "Navbat sahifasi: vaqtlar, odamlar, ulgurilmaganlar uchun qadamlar",
            "Страница очереди: времена, люди, шаги для тех, кого не успевают обслужить",
            "The page of a queue: times, people, steps for whom it does not serve in time",
        )),
        (8, "skills", (
            "Навички: хто що вміє і як добре",
            "Koʻnikmalar: kim nimani qanchalik yaxshi biladi",
            "Навыки: кто что умеет и насколько хорошо",
            "Skills: who can do what, and how well",
        )),
        (9, "compare", (
            "Двоє схожих заявників поруч",
            "Bir-biriga oʻxshash ikki arizachi yonma-yon",
            "Двое похожих заявителей рядом",
            "Two likely duplicates side by side",
        )),
    ),
    "administrator": (
        (1, "menus-draft", (
            "Чернетка меню деревом; клавішу змінюють на її місці",
            "Menyu qoralamasi daraxt koʻrinishida; tugma oʻz joyida oʻzgartiriladi",
            "Черновик меню деревом; клавишу меняют на её месте",
            "The draft of the menus as a tree; a key is changed where it stands",
        )),
        (2, "menus-hours", (
            "Години роботи, свята й перенесені дні",
            "Ish soatlari, bayramlar va koʻchirilgan kunlar",
            "Часы работы, праздники и перенесённые дни",
            "Opening hours, holidays and moved days",
        )),
        (4, "menus-versions", (
            "Версії меню: хто, коли й чому опублікував",
            "Menyu versiyalari: kim, qachon va nega chop etdi",
            "Версии меню: кто, когда и почему опубликовал",
            "Versions of the menus: who published them, when and why",
        )),
        (5, "prompts", (
            "Голосові повідомлення кожною мовою: студія, текст, синтез або бракує",
            "Har bir tildagi ovozli xabarlar: studiya, matn, sintez yoki yoʻq",
            "Голосовые сообщения на каждом языке: студия, текст, синтез или не хватает",
            "Prompts in each language: studio, text, speech engine, or missing",
        )),
        (6, "emergency", (
            "Екстрене оголошення",
            "Favqulodda eʼlon",
            "Экстренное объявление",
            "The emergency announcement",
        )),
        (7, "keeping", (
            "Зберігання записів: журнал, правила, заборони, акти",
            "Yozuvlarni saqlash: jurnal, qoidalar, taqiqlar, dalolatnomalar",
            "Хранение записей: журнал, правила, запреты, акты",
            "Keeping of recordings: ledger, rules, holds, acts",
        )),
        (9, "classifier", (
            "Класифікатор з датами чинності",
            "Amal qilish sanalari bilan klassifikator",
            "Классификатор с датами действия",
            "The classifier with its dates of validity",
        )),
        (10, "calls-out", (
            "Правила вихідних дзвінків",
            "Chiquvchi qoʻngʻiroqlar qoidalari",
            "Правила исходящих звонков",
            "The rules of calls out",
        )),
        (11, "streets", (
            "Вулиці: теперішні й колишні назви, будинки",
            "Koʻchalar: hozirgi va avvalgi nomlari, uylar",
            "Улицы: нынешние и бывшие названия, дома",
            "Streets: names of today and before, houses",
        )),
        (12, "channels", (
            "Канали повідомлень і їхній стан",
            "Xabar kanallari va ularning holati",
            "Каналы сообщений и их состояние",
            "Channels for messages and their health",
        )),
        (12, "ladder", (
            "Порядок сповіщення: кого, чим і через скільки хвилин",
            "Xabar berish tartibi: kimga, nima bilan va necha daqiqadan keyin",
            "Порядок оповещения: кого, чем и через сколько минут",
            "The ladder: whom, by what and after how many minutes",
        )),
        (13, "status", (
            "Сторінка стану",
            "Holat sahifasi",
            "Страница состояния",
            "The status page",
        )),
        (14, "audit", (
            "Аудит: хто, що, з чим і коли",
            "Audit: kim, nima, nima bilan va qachon",
            "Аудит: кто, что, с чем и когда",
            "The audit: who, what, to what and when",
        )),
        (15, "executors", (
            "Виконавці: установи, підприємства, їхні люди",
            "Ijrochilar: tashkilotlar, korxonalar, ularning odamlari",
            "Исполнители: учреждения, предприятия, их люди",
            "Executors: bodies, enterprises, their people",
        )),
        (15, "routing", (
            "Правила: хто виконує яку проблему й де",
            "Qoidalar: qaysi muammoni qayerda kim bajaradi",
            "Правила: кто выполняет какую проблему и где",
            "Rules: who carries out which problem, and where",
        )),
        (17, "citizens-form", (
            "Форма для громадян: поля, їхній порядок, які обов’язкові",
            "Fuqarolar uchun shakl: maydonlar, tartibi, qaysilari majburiy",
            "Форма для граждан: поля, их порядок, какие обязательны",
            "The form for citizens: fields, their order, which are required",
        )),
    ),
    "citizen": (
        (1, "write", (
            "Форма на сайті: про що, що сталося, де, хто пише",
            "Saytdagi shakl: nima haqida, nima boʻldi, qayerda, kim yozyapti",
            "Форма на сайте: о чём, что случилось, где, кто пишет",
            "The form on the site: what about, what happened, where, who writes",
        )),
        (2, "cabinet-sign-in", (
            "Вхід: пошта або телефон, пароля немає",
            "Kirish: pochta yoki telefon, parol yoʻq",
            "Вход: почта или телефон, пароля нет",
            "Signing in: e-mail or phone, no password",
        )),
        (5, "my-appeals", (
            "Мої звернення: розпочаті й надіслані",
            "Murojaatlarim: boshlangan va yuborilganlari",
            "Мои обращения: начатые и отправленные",
            "My appeals: those begun and those sent",
        )),
        (5, "my-appeal", (
            "Одне звернення: що відбулося, до якого дня відповідь",
            "Bitta murojaat: nima boʻldi, javob qaysi kungacha",
            "Одно обращение: что произошло, до какого дня ответ",
            "One appeal: what has happened, by when the answer comes",
        )),
    ),
    "monitoring": (
        (3, "channels-in-use", (
            "Зайняті канали: зараз, найбільше за день, кому відмовлено",
            "Band kanallar: hozir, kun davomida eng koʻpi, kimga rad etilgan",
            "Занятые каналы: сейчас, больше всего за день, кому отказано",
            "Channels in use: now, the most of the day, who was refused",
        )),
    ),
}  # fmt: skip


def path_of(manual: str, language: str) -> Path:
    """Where a manual lies; the English one has no language in its name."""
    return MANUALS / (f"{manual}.md" if language == "en" else f"{manual}.{language}.md")


def illustrated(manual: str, language: str) -> str:
    """The manual's text with its pictures, whichever it has now."""
    head, *sections = re.split(r"^(?=## )", _PICTURE.sub("", path_of(manual, language).read_text("utf-8")), flags=re.M)
    for number, name, captions in reversed(PICTURES[manual]):
        file = f"{name}-{KIND}.png"
        if (MADE / file).exists():
            caption = captions[LANGUAGES.index(language)]
            heading, _, text = sections[number - 1].partition("\n\n")
            sections[number - 1] = f"{heading}\n\n![{caption}](../pictures/{file})\n\n{text}"
    return head + "".join(sections)


def main() -> int:
    """Writes all manuals."""
    for manual in PICTURES:
        for language in LANGUAGES:
            path_of(manual, language).write_text(illustrated(manual, language), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
