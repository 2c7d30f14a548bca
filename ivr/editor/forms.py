"""Forms of the menu editor: what an administrator typed becomes a part of the menus, or is refused beside its field."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Literal

from pydantic import BaseModel, Field

from calls.model import Language
from ivr import contents
from ivr.editing import Manners
from ivr.model import (
    Action,
    AskCallback,
    HangUp,
    Menu,
    Menus,
    Operator,
    Repeat,
    Say,
    Speak,
    ToDuty,
    ToMenu,
    ToQueue,
    ToScript,
)
from web.forms import Submitted
from web.languages import gettext as _

Kind = Literal[
    "queue", "operator", "menu", "language", "script", "say", "repeat", "callback", "duty", "hang_up", "nothing"
]

PLAIN: dict[str, Action] = {  # actions that need no more words
    "operator": Operator(), "repeat": Repeat(), "callback": AskCallback(), "hang_up": HangUp(),
}  # fmt: skip
LONGEST_TITLE = 60  # characters


class ActionForm(BaseModel):
    """What a key does."""

    menu: str = Field("", max_length=40)
    key: Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#", "otherwise", "closed"]
    seen: str = Field("", max_length=40)
    kind: Kind | None = None
    queue: str = ""
    topic: str = ""
    target: str = ""
    language: Language | None = None
    roster: str = ""
    script: str = ""
    prompts: list[str] = []
    then: Literal["menu", "hang_up"] = "menu"


class MenuForm(BaseModel):
    """What a menu says and how patient it is."""

    name: str = Field(max_length=31)
    seen: str = Field("", max_length=40)
    greeting: list[str] = []
    question: list[str] = []
    attempts: int = Field(ge=1, le=10)
    waits: int = Field(ge=1, le=60)  # seconds
    staffed: bool = False
    title_uk: str = Field("", max_length=LONGEST_TITLE)
    title_uz: str = Field("", max_length=LONGEST_TITLE)
    title_ru: str = Field("", max_length=LONGEST_TITLE)
    title_en: str = Field("", max_length=LONGEST_TITLE)


class NewMenuForm(BaseModel):
    """A menu that is not there yet."""

    name: str = Field(max_length=31)


class NamedForm(BaseModel):
    """A menu or a roster that is to go."""

    name: str = Field(max_length=40)
    seen: str = Field("", max_length=40)


class ClosedForm(BaseModel):
    """What is said out of hours, and what every way to people has."""

    seen: str = Field("", max_length=40)
    prompts: list[str] = []
    says_opening: bool = False
    queue: str
    notice: str


def typed_action(menu: str, key: str, action: Action | None) -> dict[str, Any]:
    """The form of an action as it is."""
    typed: dict[str, Any] = {"menu": menu, "key": key, "kind": action.kind if action else "nothing", "then": "menu"}
    match action:
        case ToQueue(queue=queue, topic=topic):
            typed |= {"queue": queue, "topic": topic or ""}
        case ToMenu(menu=target):
            typed |= {"target": target}
        case Speak(language=language, menu=target):
            typed |= {"language": language.value, "target": target}
        case ToScript(script=script):
            typed |= {"script": script}
        case Say(prompts=prompts, topic=topic, then=then):
            typed |= {"prompts": list(prompts), "topic": topic or "", "then": then}
        case ToDuty(roster=roster, topic=topic):
            typed |= {"roster": roster, "topic": topic or ""}
    return typed


def action_of(form: Submitted[ActionForm], menus: Menus) -> Action | None:
    """The action that was typed; None takes the key's meaning away. What is missing is refused beside its field."""
    sent = form.value
    if sent is None:
        return None
    topic = sent.topic or None
    match sent.kind:
        case "queue":
            _needs(form, "queue", sent.queue)
            return ToQueue(sent.queue, topic)
        case "menu":
            _needs(form, "target", sent.target, {menu.name for menu in menus.menus})
            return ToMenu(sent.target)
        case "language":
            _needs(form, "language", sent.language)
            _needs(form, "target", sent.target, {menu.name for menu in menus.menus})
            return Speak(sent.language, sent.target) if sent.language else None
        case "script":
            _needs(form, "script", sent.script, contents.SCRIPTS)
            return ToScript(sent.script)
        case "say":
            said = chosen(sent.prompts)
            _needs(form, "prompts", said)
            return Say(said, topic, sent.then)
        case "duty":
            _needs(form, "roster", sent.roster, {roster.name for roster in menus.rosters})
            return ToDuty(sent.roster, topic)
        case "nothing" if sent.key not in ("otherwise", "closed"):
            return None
        case None | "nothing":
            form.refuse("kind", _("Choose what happens here"))
            return None
        case _:
            return PLAIN[sent.kind]


def _needs(form: Submitted[Any], name: str, value: object, known: Iterable[object] | None = None) -> None:
    if not value or (known is not None and value not in known):
        form.refuse(name, _("Choose one of the values offered") if value else _("Fill in this field"))


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """The prompts that were chosen; empty lines are not."""
    return tuple(name for name in names if name)


def typed_menu(menu: Menu) -> dict[str, Any]:
    """The form of a menu as it is."""
    return {
        "name": menu.name,
        "greeting": list(menu.greeting),
        "question": list(menu.question),
        "attempts": menu.attempts,
        "waits": round(menu.waits.total_seconds()),
        "staffed": menu.staffed,
        **{f"title_{language}": menu.titles.get(language, "") for language in Language},
    }


def manners_of(form: Submitted[MenuForm]) -> Manners | None:
    """What the menu says from now on."""
    sent = form.value
    if sent is None:
        return None
    question = chosen(sent.question)
    _needs(form, "question", question)
    waits = timedelta(seconds=sent.waits)
    titles = {language: getattr(sent, f"title_{language}").strip() for language in Language}
    return Manners(
        greeting=chosen(sent.greeting),
        question=question,
        attempts=sent.attempts,
        waits=waits,
        staffed=sent.staffed,
        titles={language: title for language, title in titles.items() if title},
    )


def check_new_name(form: Submitted[Any], field: str, taken: Iterable[str]) -> None:
    """A name for a menu or a roster that nothing else has."""
    if form.value is None:
        return
    if not contents.CODE.fullmatch(form.typed[field]):
        form.refuse(field, _("Small Latin letters, digits and dashes; a letter first"))
    elif form.typed[field] in taken:
        form.refuse(field, _("There is one of this name already"))
