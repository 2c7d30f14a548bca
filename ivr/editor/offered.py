"""What the forms of the menu editor offer: queues, topics, menus, prompts in the reader's words; and what they hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from calls import directory
from ivr import editing
from ivr.catalogue import Entry, shown
from ivr.editor.forms import typed_action, typed_menu
from ivr.editor.time_forms import typed_announcements, typed_hours, typed_roster
from ivr.model import Menus
from staff.tables import Organisation
from web.languages import LANGUAGES, audience

LONGEST = 70  # characters of a prompt's words in a list

Options = dict[str, str]


@dataclass(frozen=True, slots=True)
class Offered:
    """Values and words of every list."""

    queues: Options
    topics: Options
    menus: Options
    rosters: Options
    prompts: Options
    languages: Options


def offered(
    session: Session,
    organisation: Organisation,
    menus: Menus,
    known: Mapping[str, Entry],
    *,
    queues: Mapping[str, Mapping[str, str]],
    typed: Mapping[str, Any],
) -> Offered:
    """Every list. What the form holds already is offered too, so that looking at a form never changes it."""
    language = audience().language
    said = shown(known, [language, organisation.default_language, *organisation.languages])
    prompts = {name: f"{name}: {text[:LONGEST]}" if text != name else name for name, text in sorted(said.items())}
    titles = menu_titles(menus)
    return Offered(
        queues=_with(named(queues), typed, "queue"),
        topics=_with(directory.choices(session), typed, "topic"),
        menus=_with(
            {
                menu.name: f"{titles[menu.name]} ({menu.name})" if menu.name in titles else menu.name
                for menu in menus.menus
            },
            typed,
            "target",
        ),
        rosters=_with({roster.name: roster.name for roster in menus.rosters}, typed, "roster"),
        prompts=_with(prompts, typed, "prompts", "greeting", "question", "notice"),
        languages={code: LANGUAGES[code] for code in organisation.languages},
    )


def named(queues: Mapping[str, Mapping[str, str]]) -> Options:
    """The queues' names in the reader's language."""
    language = audience().language
    return {code: words.get(language) or next(iter(words.values()), code) for code, words in queues.items()}


def menu_titles(*documents: Menus) -> Options:
    """What these menus are called in the reader's language, or in another; those that nobody has given a name are out.

    Of several documents the first that names a menu says it.
    """
    given = [menu for menus in reversed(documents) for menu in menus.menus if menu.titles]
    return named({menu.name: {language.value: title for language, title in menu.titles.items()} for menu in given})


def _with(options: Options, typed: Mapping[str, Any], *fields: str) -> Options:
    for field in fields:
        held = typed.get(field, "")
        options |= {value: value for value in ([held] if isinstance(held, str) else held) if value not in options}
    options.pop("", None)
    return options


def typed_at(menus: Menus, place: str) -> dict[str, Any] | None:
    """What the form of a part holds before anybody types; None for a part that is not there."""
    kind, _, name = place.partition(":")
    if place == f"key::{editing.NIGHT}":
        return typed_action("", editing.NIGHT, menus.closed.then)
    match kind:
        case "key":
            menu_name, _, key = name.rpartition(":")
            menu = next((menu for menu in menus.menus if menu.name == menu_name), None)
            return typed_action(menu_name, key, editing.action_at(menu, key) or menu.action(key)) if menu else None
        case "menu":
            found = next((menu for menu in menus.menus if menu.name == name), None)
            return typed_menu(found) if found else None
        case "hours":
            return typed_hours(menus.hours)
        case "closed":
            closed = menus.closed
            return {
                "prompts": list(closed.prompts), "says_opening": closed.says_opening, "queue": menus.general_queue,
                "notice": menus.notice,
            }  # fmt: skip
        case "announcements":
            return typed_announcements(menus.announcements)
        case "roster":
            roster = next((roster for roster in menus.rosters if roster.name == name), None)
            return typed_roster(roster) if roster else None
    return None
