"""What the report by topics shows: the tree of main questions, the topics of calls, how many appeals have none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from appeals.classifier import queries as classifier
from appeals.classifier import words as entry_words
from appeals.classifier.model import Section
from appeals.journal.conditions import Asker
from appeals.journal.directories import Directories
from appeals.journal.model import NOTHING, Asked, alphabetical
from reports.appeals import queries as counts
from reports.appeals.model import Period, filters, share
from reports.appeals.queries import By
from reports.topics.model import counted, latest


class Topic(NamedTuple):
    """One line: how deep it stands, its appeals and those below it, as a share of all; the list it opens."""

    code: str
    name: str
    depth: int
    own: int
    number: int
    share: float | None
    versions: int
    opens: str


@dataclass(frozen=True, slots=True)
class Page:
    """Both tables."""

    number: int
    opens: str
    questions: Sequence[Topic]
    without: int
    opens_without: str
    topics: Sequence[Topic]


def page(session: Session, asker: Asker, period: Period) -> Page:
    """The appeals registered in the period."""
    counts.planned_anew(session)
    asked = Asked(filters("registered", period))
    number = counts.tallies(session, asked, asker).get(0, 0)
    by_entry = counts.tallies(session, asked, asker, By.QUESTION)
    return Page(
        number=number,
        opens=_list(asked),
        questions=_questions(session, asked, {each: n for each, n in by_entry.items() if each}, number),
        without=by_entry.get(0, 0),
        opens_without=_list(asked, question=NOTHING),
        topics=_topics(session, asked, asker, number),
    )


def _questions(session: Session, asked: Asked, by_entry: dict[str | int, int], number: int) -> list[Topic]:
    versions = classifier.versions(session, Section.QUESTION)
    names = {code: entry_words.name(entry) for code, entry in latest(versions).items()}
    numbers: dict[str, tuple[int, int]] = {}
    for entry in versions:
        if entry.id in by_entry:
            own, several = numbers.get(entry.code, (0, 0))
            numbers[entry.code] = (own + by_entry[entry.id], several + 1)
    return [
        Topic(
            each.code,
            names[each.code],
            each.depth,
            each.own,
            each.number,
            share(each.number, number),
            each.versions,
            _list(asked, question=each.code),
        )
        for each in counted(versions, numbers)
    ]


def _topics(session: Session, asked: Asked, asker: Asker, number: int) -> list[Topic]:
    names = Directories(session, asker.organisation).topics
    found = [
        Topic(code, names.get(code, code), 0, own, own, share(own, number), 1, _list(asked, topic=code))
        for key, own in counts.tallies(session, asked, asker, By.TOPIC).items()
        for code in [str(key)]
    ]
    return sorted(found, key=lambda each: (-each.number, alphabetical(each.name)))


def _list(asked: Asked, **more: str) -> str:
    return f"/appeals?{asked.with_filters(**more).query}"
