"""Menus, their numbers and prompts, emergencies; how their pages are asked."""

from datetime import timedelta

from sqlalchemy.orm import Session

from calls.model import Language
from ivr import service as menus
from ivr.demonstration import NUMBERS
from ivr.tables import Emergency
from staff.tables import Person
from tests.pages.belongings.asking import Asked

OF_THE_DRAFT = [
    f"POST /menus/draft/{part}"
    for part in (
        "action", "announcements", "closed", "discard", "hours", "menu", "menu/delete", "menu/new", "publish", "roster",
        "roster/delete", "roster/new", "upload",
    )
]  # fmt: skip

NAMES_AN_OBJECT: dict[str, Asked] = {
    "GET /menus/prompts/{prompt}": Asked("/menus/prompts/{prompt}"),
    "GET /menus/prompts/{prompt}/{language}/sound.wav": Asked("/menus/prompts/{prompt}/en/sound.wav"),
    "POST /menus/prompts/{prompt}/{language}/upload": Asked("/menus/prompts/{prompt}/en/upload"),
    "POST /menus/prompts/{prompt}/{language}/undo": Asked("/menus/prompts/{prompt}/en/undo"),
    "POST /menus/prompts/{prompt}/{language}/words": Asked("/menus/prompts/{prompt}/en/words", {"words": "Good day"}),
    "POST /menus/prompts/{prompt}/{language}/words/undo": Asked("/menus/prompts/{prompt}/en/words/undo"),
    "POST /menus/numbers/{number}": Asked("/menus/numbers/{dialled}", {"menu": "topics", "language": "uk"}),
    "POST /menus/numbers/{number}/remove": Asked("/menus/numbers/{dialled}/remove"),
    "GET /menus/versions/{version}": Asked("/menus/versions/{menus}"),
    "GET /menus/versions/{version}/file": Asked("/menus/versions/{menus}/file"),
    "POST /menus/versions/{version}/restore": Asked("/menus/versions/{menus}/restore"),
    "POST /menus/emergency/{emergency}/again": Asked("/menus/emergency/{emergency}/again"),
    "POST /menus/emergency/{emergency}/end": Asked("/menus/emergency/{emergency}/end"),
}

NAMES_NO_OBJECT: dict[str, str] = {
    "GET /menus": "a rehearsal of one's own menus",
    "GET /menus/prompts": "filters",
    "GET /menus/prompts/new": "somebody's own new prompt",
    "POST /menus/prompts/new": "somebody's own new prompt",
    "POST /menus/numbers": "somebody's own new number; one that another has is refused",
    "POST /menus/emergency": "the asker's own organisation",
    "GET /menus/draft": "the part that is opened",
    **dict.fromkeys(OF_THE_DRAFT, "the one draft of the asker's own organisation"),
}


def dialled(session: Session, operator: Person, code: str) -> str:
    """The number that citizens dial; its menus are published."""
    number, language, menu = NUMBERS[code]
    menus.assign_number(session, operator.organisation_id, number, language=language, menu=menu)
    return number


def emergency_of(session: Session, by: Person) -> Emergency:
    """Something that every caller hears first."""
    spoken = {Language.ENGLISH: ("There is no gas.", b"\xd5" * 800)}
    return menus.announce(session, by.organisation_id, spoken=spoken, lasting=timedelta(hours=1), by=by.id)
