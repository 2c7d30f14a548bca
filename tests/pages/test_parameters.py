"""Every change of a parameter is written down with what was and what is (U-61); no page of settings is forgotten."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from sqlalchemy import select

from appeals.cabinet.model import Field
from db import EVERY_ORGANISATION, transaction
from staff.tables import Audit
from tests.pages.belongings.asking import Asked
from tests.pages.belongings.everything import asked_for
from tests.pages.standing import Standing
from tests.rules.test_routes import permissions, routes

SETTINGS: Final = {  # permissions by which parameters are changed
    "alarms.rules", "addresses.keep", "cabinet.arrange", "callbacks.rule", "capacity.set", "channels.manage",
    "directories.edit", "directories.manage", "exchange.manage", "executors.keep", "menus.edit",
    "organisation.manage", "outgoing.arrange", "people.manage", "prompts.replace", "queues.arrange", "queues.manage",
    "recordings.delete", "recordings.rules", "routing.rule", "supervision.rules", "surge.lead",
}  # fmt: skip
LANGUAGES: Final = ("uk", "uz", "ru", "en")


@dataclass(frozen=True, slots=True)
class Change:
    """What is sent, and the one field of it that is sent as `old`, then as `new`; `told` where words differ from them.

    Without an `old` value the one that is there from the start is changed.
    """

    address: str
    name: str
    old: str
    new: str
    form: Mapping[str, Any] = field(default_factory=dict)
    told: str = ""
    by: str = "admin.khm"

    def sent(self, value: str) -> dict[str, Any]:
        """The whole form with this value; a name is one in every language."""
        value = value.replace("{", "{{").replace("}", "}}")
        if self.name == "name_*":
            return {**self.form, **{f"name_{code}": value for code in LANGUAGES}}
        return {**self.form, self.name: value}


TIMES: Final = {"wrap_up_limit": "60", "service_target": "20", "short_abandon": "5", "weight": "0"}
MAIL: Final = {"name": "Пошта", "sender": "a@city.example"}
BOX: Final = {"address": "x@x.example", "port": "1", "security": "none", "user": "x", "host": "127.0.0.1"}
QUIET: Final = {"quiet_begin": "22:00", "quiet_end": "07:30"}
BACK: Final = {"pause": "30", "quiet_from": "21:00", "quiet_until": "08:00", "deadline": "24"}
ASKED_OF: Final = {
    "required": ["topic", "substance", "surname"], "asked": ["topic", "substance", "surname"], "seen": "0",
    "place": [str(each) for each in range(1, len(Field) + 1)],
}  # fmt: skip
HERE: Final = {"time_zone": "Europe/Kyiv", "country": "UA", "languages": list(LANGUAGES), "default_language": "uk"}
CHANGES: Final[dict[str, Change]] = {
    "POST /alarms/ladder/wanted": Change("/alarms/ladder/wanted", "kinds", "call", "surge", told="removed: call"),
    "POST /callbacks/rules": Change("/callbacks/rules", "most_attempts", "4", "7", BACK),
    "POST /organisation/directories/{directory}/{code}": Change(
        "/organisation/directories/pauses/{reason}", "name_*", "Чай", "Кава"
    ),
    "POST /outgoing": Change("/outgoing", "longest", "30", "45", {"allowed": "+380"}, told=r"0:45:00\n.*0:30:00"),
    "POST /queues/of/{code}/name": Change("/queues/of/{queue}/name", "name_*", "Вода", "Газ"),
    "POST /queues/of/{code}": Change("/queues/of/{queue}", "ring_timeout", "20", "25", TIMES),
    "POST /queues/of/{code}/steps/{step_id}": Change(
        "/queues/of/{queue}/steps/{overflow}", "after", "90", "95", {"deed": "callback"}
    ),
    "POST /queues/skills/{skill_id}/name": Change("/queues/skills/{skill}/name", "name_*", "Мережі", "Труби"),
    "POST /citizens-form": Change(
        "/citizens-form", "deed", "", "save", ASKED_OF, told=r"fields: .*phone.*→ \w+, \w+, \w+$"
    ),
    "POST /classifier/{entry_id}": Change("/classifier/{entry}", "uk", "Лист", "Скринька"),
    "POST /exchange/webhooks/{webhook_id}": Change(
        "/exchange/webhooks/{webhook}",
        "name",
        "Водоканал",
        "Тепло",
        {"url": "https://example.org", "events": "appeal.changed"},
    ),
    "POST /channels/mailboxes/{mailbox_id}": Change("/channels/mailboxes/{mailbox}", "name", "Скринька", "Пошта", BOX),
    "POST /channels/feedback": Change("/channels/feedback", "days", "14", "21", {"asked": "true"}),
    "POST /channels/citizens": Change("/channels/citizens", "most_a_day", "2", "5", QUIET),
    "POST /terms/calendar/day": Change(
        "/terms/calendar/day", "hours", "09:00-15:00", "10:00-14:00", {"day": "2027-05-05", "reason": "свято міста"}
    ),
    "POST /organisation/chancellery": Change(
        "/organisation/chancellery",
        "incoming",
        "{number}/{year}",
        "В-{number}/{year}",
        {"outgoing": "{{number}}/{{year}}"},
    ),
    "POST /organisation/numbering": Change(
        "/organisation/numbering", "pattern", "{number}-{letter}/{year}", "{letter}/{number}/{yy}"
    ),
    "POST /appeals/addresses/streets/{street_id}/name": Change(
        "/appeals/addresses/streets/{street}/name",
        "name",
        "Нова",
        "Садова",
        {"kind": "street", "deed": "correct"},
        told=r"before: street Нова\nname: Садова",
    ),
    "POST /appeals/addresses/houses/{house_id}": Change(
        "/appeals/addresses/houses/{house}", "postal_code", "29000", "29001"
    ),
    "POST /appeals/addresses/enterprises/{enterprise_id}": Change(
        "/appeals/addresses/enterprises/{enterprise}", "name", "ЖЕУ", "ЖЕК"
    ),
    "POST /executors/{executor_id}": Change(
        "/executors/{executor}", "name", "Водоканал", "Теплокомуненерго", {"kind": "enterprise"}
    ),
    "POST /works/services/{service_id}": Change("/works/services/{work_service}", "name_*", "Вода", "Газ"),
    "POST /menus/numbers/{number}": Change("/menus/numbers/{dialled}", "language", "uk", "ru", {"menu": "topics"}),
    "POST /recordings/keeping/policy": Change(
        "/recordings/keeping/policy", "two_persons", "", "true", told="no → yes", by="mykola"
    ),
    "POST /channels/wordings/{code}/{language}": Change(
        "/channels/wordings/citizen_closed/uk", "subject", "Відповідь", "Рішення", {"text": "%(number)s"}
    ),
    "POST /channels/{channel_id}": Change("/channels/{channel}", "host", "mail.one.example", "mail.two.example", MAIL),
    "POST /organisation": Change("/organisation", "name_*", "Місто", "Громада", HERE),
    "POST /people/{person_id}": Change(
        "/people/{person}", "name", "Оля", "Ольга", {"roles": "operator", "language": "uk"}
    ),
    "POST /surge/capacity": Change("/surge/capacity", "channels", "30", "40", {"warn_at": "80"}),
    "POST /board/rules": Change("/board/rules", "minutes", "10", "20", {"shown": "true"}),
    "POST /surge/plans/{plan_id}": Change(
        "/surge/plans/{plan}", "topic", "Газ", "Світло", {"uk": "Немає.", "ru": "Нет.", "en": "None.", "hours": "1"}
    ),
}
NEW: Final = {  # nothing was there before
    "/alarms/ladder", "/appeals/addresses/enterprises", "/appeals/addresses/facilities", "/appeals/addresses/streets",
    "/appeals/addresses/streets/{street_id}/houses", "/appeals/addresses/streets/{street_id}/names",
    "/attachments/compulsory", "/channels", "/channels/mailboxes", "/classifier", "/classifier/national",
    "/exchange/keys", "/exchange/webhooks", "/executors", "/executors/{executor_id}/members", "/menus/numbers",
    "/menus/prompts/new", "/organisation/directories/{directory}", "/people", "/queues",
    "/queues/of/{code}/steps", "/queues/priority/rules", "/queues/skills", "/queues/teams", "/surge", "/surge/plans",
    "/terms/escalation", "/terms/national", "/works/services", "/works/services/usual",
    "/appeals/addresses/facilities/{facility_id}/houses",
}  # fmt: skip
VERSIONS: Final = {  # from a day on, or made anew: the one before stays with who made it
    "/terms", "/terms/calendar/week", "/terms/reopening", "/routing", "/recordings/keeping/rules",
    "/appeals/addresses/houses/{house_id}/enterprise", "/menus/versions/{version}/restore",
    "/menus/prompts/{prompt}/{language}/words", "/menus/prompts/{prompt}/{language}/upload",
}  # fmt: skip
MEMBERS: Final = {  # what came and what left is told
    "/queues/of/{code}/people", "/queues/skills/levels", "/queues/priority/numbers", "/queues/teams/{team_id}",
    "/citizens-form/rules",
}  # fmt: skip
OTHERWISE: Final = re.compile(
    r"/(remove|off|on|up|close|open|end|retire|revoke|disable|enable)$"  # it is named whole
    r"|/(forget|leave|discard|undo|withdraw)$"
    r"|/(verify|try|test|ping|replay|resend|give-up|begin|follow|password|secret)$"  # no parameter
    r"|/(import|map)(/|$)"  # a file is looked at first, with each line that it changes
    r"|^/menus/draft/"  # nobody hears it before it is published as a version
    r"|^/recordings/keeping/(acts|\{act_id\}|drafts)"  # deeds of two people, each written down
)


def of_settings() -> set[str]:
    """Every route that changes something by one of these permissions."""
    return {name for name, route in routes() if not name.startswith("GET ") and permissions(route) & SETTINGS}


def test_no_change_of_a_parameter_is_forgotten() -> None:
    known = {f"POST {path}" for path in NEW | VERSIONS | MEMBERS} | CHANGES.keys()
    left = {name for name in of_settings() - known if not OTHERWISE.search(name.partition(" ")[2])}
    assert left == set(), "a test of what is written down is missing"
    assert known <= {name for name, _route in routes()}, "no such route"


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_change_is_written_down_with_what_was_and_what_is(name: str, everything: Standing) -> None:
    change = CHANGES[name]
    browser = everything.browser(change.by)
    for value in filter(None, (change.old, change.new)):
        address, form = asked_for(Asked(change.address, change.sent(value)), everything.own)
        answer = browser.post(address, data=form)
        assert answer.status_code == 303, re.findall(r'class="field-error"[^>]*>.*?</div>', answer.text, re.DOTALL)
    with transaction(EVERY_ORGANISATION) as session:
        told = session.scalars(select(Audit).order_by(Audit.id.desc()).limit(1)).one()
        assert told.person_id == everything.centre.people[change.by].id
        said = "\n".join(f"{detail}: {value}" for detail, value in sorted(told.details.items()))
    wanted = change.told or rf"{re.escape(change.old)}.* → .*{re.escape(change.new)}"
    assert re.search(wanted, said), (told.deed, said)
    again = browser.post(address, data=form).status_code
    with transaction(EVERY_ORGANISATION) as session:
        last = session.scalars(select(Audit.id).order_by(Audit.id.desc()).limit(1)).one()
    assert (again, last) == (303, told.id) or name in ALWAYS, "what changes nothing is no change"


ALWAYS: Final = {  # told each time, also where it stays as it was
    "POST /citizens-form",  # a version more
    "POST /outgoing",
    "POST /terms/calendar/day",
    "POST /appeals/addresses/streets/{street_id}/name",
}
