"""Given names as the languages of one country write them: Микола is Николай, Yelena is Олена. For finding only."""

from functools import cache

from appeals import spelling

_SAME = (
    ("Олександр", "Александр", "Oleksandr", "Alexander"), ("Олександра", "Александра"),
    ("Олексій", "Алексей", "Aleksey"), ("Олена", "Елена", "Yelena"), ("Ольга", "Olha"),
    ("Микола", "Николай", "Nikolay"),
    ("Михайло", "Михаил", "Mikhail"), ("Дмитро", "Дмитрий", "Dmitriy"), ("Володимир", "Владимир", "Vladimir"),
    ("Петро", "Пётр", "Pyotr"), ("Павло", "Павел", "Pavel"), ("Сергій", "Сергей", "Sergey"),
    ("Андрій", "Андрей", "Andrey"), ("Юрій", "Юрий", "Георгій", "Yuriy"), ("Василь", "Василий", "Vasiliy"),
    ("Григорій", "Григорий"), ("Євген", "Евгений", "Yevgeniy"), ("Євгенія", "Евгения"), ("Ганна", "Анна", "Hanna"),
    ("Катерина", "Екатерина", "Yekaterina"), ("Тетяна", "Татьяна", "Tatyana"), ("Наталія", "Наталья", "Natalya"),
    ("Марія", "Мария", "Marya"), ("Надія", "Надежда"), ("Віра", "Вера"), ("Людмила", "Lyudmila"),
    ("Світлана", "Светлана"), ("Ірина", "Ирина", "Irina"), ("Інна", "Инна"), ("Оксана", "Аксинья"),
    ("Ярослав", "Yaroslav"), ("Степан", "Stepan"), ("Федір", "Фёдор", "Fyodor"), ("Яків", "Яков"), ("Ілля", "Илья"),
    ("Кирило", "Кирилл"), ("Данило", "Даниил"), ("Микита", "Никита"), ("Антін", "Антон"), ("Матвій", "Матвей"),
    ("Юлія", "Юлия", "Yuliya"), ("Софія", "София", "Софья"), ("Дарія", "Дарья", "Daryna"), ("Зінаїда", "Зинаида"),
    ("Муҳаммад", "Muhammad", "Магомед", "Мухаммед"), ("Абдулла", "Abdulla", "Абдуллоҳ"), ("Юсуф", "Yusuf", "Юсуп"),
    ("Иброҳим", "Ibrohim", "Ибрагим"), ("Исмоил", "Ismoil", "Исмаил"), ("Фотима", "Fotima", "Фатима"),
    ("Зуҳра", "Zuhra", "Зухра"), ("Ойша", "Oysha", "Айша"),
)  # fmt: skip


def also(word: str) -> tuple[str, ...]:
    """Other keys of the given name that this key is; none for any other word."""
    return tuple(each for each in _known().get(word, ()) if each != word)


@cache
def _known() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in _SAME:
        keys = tuple(dict.fromkeys(reading for name in group for reading in spelling.readings(name)))
        for key in keys:
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), *keys)))
    return found
