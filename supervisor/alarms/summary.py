"""What a message says of an alarm: codes and figures in the reader's words, and nothing that names a citizen."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from acd.callbacks.words import REASONS
from notify.model import Template
from supervisor.alarms import words
from supervisor.alarms.model import Kind
from supervisor.alarms.tables import Alarm
from web import formats
from web.languages import Audience, catalogue, speaking_to

Names = tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]]]  # of queues and of topics, by language


def of(alarm: Alarm, names: Names, language: str, zone: ZoneInfo) -> tuple[Template, dict[str, str]]:
    """The template of such an alarm and what is filled in, in this language and zone."""
    queues, topics = names
    at = datetime.fromisoformat(alarm.facts["at"]) if "at" in alarm.facts else alarm.raised_at
    with speaking_to(Audience(language, zone)):
        when = formats.moment(at)
    known = {
        "what": what(alarm, language),
        "number": str(alarm.id),
        "when": when,
        "topic": _named(topics, alarm.facts.get("topic", ""), language),
    }
    match alarm.kind:
        case Kind.INSTALLATION:
            return words.TROUBLE, known | {"place": str(alarm.place)}
        case Kind.OWED_CALL:
            written = REASONS[alarm.facts["reason"]]
            queue = _named(queues, alarm.facts["queue"], language)
            attempts = {name: alarm.facts[name] for name in ("attempts", "missed")}
            return words.OWED_CALL, known | attempts | {"reason": catalogue(language).gettext(written), "queue": queue}
        case Kind.SURGE:
            return words.SURGE, known | {"place": str(alarm.place) or "–"}
        case Kind.COMPLAINT | Kind.SUGGESTION:
            return words.APPEAL, known | {"appeal": alarm.facts["appeal"]}
        case _:
            talked = timedelta(seconds=int(alarm.facts.get("talked", "0")))
            queue = _named(queues, alarm.facts.get("queue", ""), language)
            return words.CALL, known | {"queue": queue, "talked": formats.duration(talked)}


def what(alarm: Alarm, language: str) -> str:
    """What the alarm is about, in a few words."""
    written = words.TROUBLES[alarm.trouble] if alarm.trouble is not None else words.KINDS[alarm.kind]
    return catalogue(language).gettext(written)


def buttons(alarm: Alarm, language: str) -> dict[str, str]:
    """The keys under a message in Telegram."""
    return {f"take:{alarm.id}": catalogue(language).gettext(words.TAKE)}


def _named(names: Mapping[str, Mapping[str, str]], code: str, language: str) -> str:
    """The name in this language or any; a dash for none."""
    known = names.get(code, {})
    return known.get(language) or next(iter(known.values()), code) or "–"
