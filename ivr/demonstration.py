"""The menus of the two demonstration organisations. Both answer around the clock."""

from datetime import time, timedelta

from calls.model import Language
from ivr.model import (
    Action,
    Announcement,
    AskCallback,
    Closed,
    Menu,
    Menus,
    OpeningHours,
    Operator,
    Repeat,
    Say,
    Span,
    Speak,
    ToMenu,
    ToQueue,
    ToScript,
)

ALWAYS = OpeningHours(weekly=((Span(time(0), time(0)),),) * 7, public_holidays=False)

NIGHT = Menu(
    name="night",
    question=("night-menu",),
    choices={"1": ToScript("appeal-status"), "2": AskCallback(), "*": Repeat()},
    otherwise=AskCallback(),
    staffed=False,
)


def _languages(welcome: str, question: tuple[str, ...], choices: dict[str, Language]) -> Menu:
    """The first level. A silent caller goes on in the language of the number dialled."""
    spoken: dict[str, Action] = {key: Speak(language, "topics") for key, language in choices.items()}
    return Menu(
        name="language",
        greeting=(welcome,),
        question=question,
        choices=spoken,
        otherwise=ToMenu("topics"),
        attempts=2,
        waits=timedelta(seconds=4),
        staffed=False,
    )


KHM = Menus(
    menus=(
        _languages(
            "khm-welcome",
            ("choose-uk-1", "choose-ru-2", "choose-en-3"),
            {"1": Language.UKRAINIAN, "2": Language.RUSSIAN, "3": Language.ENGLISH},
        ),
        Menu(
            name="topics",
            question=("khm-topics",),
            choices={
                "1": ToMenu("water"),
                "2": ToQueue("heating", "heating"),
                "3": ToQueue("roads", "roads"),
                "4": ToQueue("general", "social"),
                "5": ToScript("appeal-status"),
                "6": Say(("khm-information",)),
                "9": ToMenu("language"),
                "0": Operator(),
                "*": Repeat(),
            },
        ),
        Menu(
            name="water",
            question=("khm-water",),
            choices={
                "1": Say(("khm-water-information",), topic="water"),
                "2": ToQueue("water", "water"),
                "3": ToScript("current-works"),
                "0": ToQueue("water", "water"),
                "*": Repeat(),
            },
            otherwise=ToQueue("water", "water"),
        ),
        NIGHT,
    ),
    hours=ALWAYS,
    closed=Closed(then=ToMenu("night")),
    announcements=(Announcement(prompts=("khm-heating-announcement",), topic="heating"),),
)

DTM = Menus(
    menus=(
        _languages(
            "dtm-welcome",
            ("choose-uz-1", "choose-ru-2", "choose-en-3"),
            {"1": Language.UZBEK, "2": Language.RUSSIAN, "3": Language.ENGLISH},
        ),
        Menu(
            name="topics",
            question=("dtm-topics",),
            choices={
                "1": ToMenu("exams"),
                "2": ToQueue("certificates", "certificates"),
                "3": ToQueue("appeals", "appeals"),
                "4": ToQueue("general", "general"),
                "5": ToScript("appeal-status"),
                "9": ToMenu("language"),
                "0": Operator(),
                "*": Repeat(),
            },
        ),
        Menu(
            name="exams",
            question=("dtm-exams",),
            choices={
                "1": Say(("dtm-exams-information",), topic="exams"),
                "2": ToQueue("exams", "exams"),
                "0": ToQueue("exams", "exams"),
                "*": Repeat(),
            },
            otherwise=ToQueue("exams", "exams"),
        ),
        NIGHT,
    ),
    hours=ALWAYS,
    closed=Closed(then=ToMenu("night")),
    announcements=(Announcement(prompts=("dtm-certificates-announcement",), topic="certificates"),),
)

MENUS = {"khm": KHM, "dtm": DTM}  # by the organisation's code
NUMBERS = {"khm": ("1580", Language.UKRAINIAN, "language"), "dtm": ("1414", Language.UZBEK, "language")}
