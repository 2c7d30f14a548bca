"""A citizen's talk: each piece of news is taken once, and leads a step on or is answered with what is wrong."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from appeals.bot import model, queries, words
from appeals.bot.model import Heard, Said, Step
from appeals.bot.queries import Answered
from appeals.bot.tables import BotTalk
from appeals.cabinet.model import Step as Public
from appeals.cabinet.steps import steps
from appeals.cabinet.words import STEPS
from appeals.inbound import service as inbound
from appeals.words import RESULTS
from notify import queries as channels
from notify import service as outbox
from notify.tables import Channel
from staff import queries as staff
from staff.tables import Organisation
from web.formats import day, moment
from web.languages import FALLBACK, LANGUAGES, catalogue, speaking_to
from web.languages import gettext as _

_LONGEST_ANSWER: Final = 3_000  # characters: Telegram takes 4096 in a message
_LONGEST_SUMMARY: Final = 2_500
_BETWEEN: Final = frozenset({Step.LANGUAGE, Step.MATTER, Step.SENT})  # steps at which a number may be asked about


def heard(session: Session, channel: Channel, news: Heard) -> Said | None:
    """What the bot says to it; what it said before, where the last news is told again; nothing for older ones."""
    now = datetime.now(UTC)
    organisation = staff.organisation(session, channel.organisation_id)
    talk = queries.talk(session, channel.id, news.chat)
    if talk is not None and news.update <= talk.heard_update and now - talk.heard_at < model.TOLD_AGAIN:
        return _question(talk, organisation) if news.update == talk.heard_update else None
    if talk is None:
        talk = BotTalk(organisation_id=channel.organisation_id, channel_id=channel.id, chat_id=news.chat)
        session.add(talk)
        _begin(talk, Step.LANGUAGE)
        talk.language = ""
    talk.heard_update, talk.heard_at = news.update, now
    said = _taken(session, talk, organisation, news)
    session.flush()
    return said


def _taken(session: Session, talk: BotTalk, organisation: Organisation, news: Heard) -> Said:
    text = model.plain(news.text)
    if text.split(maxsplit=1)[:1] == ["/start"]:
        _begin(talk, Step.LANGUAGE)
        return _question(talk, organisation)
    if talk.step in _BETWEEN and not talk.matter and (known := _state(session, talk, organisation, text)):
        return known
    match talk.step:
        case Step.LANGUAGE:
            talk.language = next((code for code, name in LANGUAGES.items() if name == text), talk.language)
            return _on(talk, Step.MATTER if text in LANGUAGES.values() else Step.LANGUAGE, organisation)
        case Step.SENT:
            return _on(talk, Step.MATTER, organisation)
        case Step.CHECK:
            return _decided(session, talk, organisation, text, news.update)
        case Step.PHONE:
            return _phone(talk, organisation, text, news)
    if not text and not (news.place and talk.step == Step.MATTER):
        return _wrong(talk, organisation, words.NOT_WORDS)
    return _written(talk, organisation, text, news)


def _state(session: Session, talk: BotTalk, organisation: Organisation, text: str) -> Said | None:
    """Where the appeal of this number stands, if it was written from this chat; another's is a text as any other."""
    appeal = queries.own(session, talk.channel_id, talk.chat_id, text.lstrip("№# ")) if text else None
    if appeal is None:
        return None
    last = [each for each in steps(session, appeal) if each.step is not Public.LATER][-1]
    language = talk.language or organisation.default_language
    with speaking_to(organisation.audience(language)):
        told = {"number": appeal.number, "day": day(last.at), "state": _(STEPS[last.step])}
        asked = _question(talk, organisation)
        return Said(_(words.STANDS) % told, asked.keys, asked.contact)


def _written(talk: BotTalk, organisation: Organisation, text: str, news: Heard) -> Said:
    """Words of the matter, the name or the place."""
    match talk.step:
        case Step.MATTER:
            return _matter(talk, organisation, text, news)
        case Step.NAME:
            talk.name = model.line(text)
            good = model.is_name(talk.name) and len(talk.name) <= model.LONGEST_NAME
            return _on(talk, Step.PLACE, organisation) if good else _wrong(talk, organisation, words.NO_NAME)
        case _:
            talk.place = model.line(text)
            good = model.is_place(talk.place) and len(talk.place) <= model.LONGEST_LINE
            return _on(talk, Step.PHONE, organisation) if good else _wrong(talk, organisation, words.NO_PLACE)


def _matter(talk: BotTalk, organisation: Organisation, text: str, news: Heard) -> Said:
    say = _words(talk)
    if text == say(words.NEXT):
        if not model.is_matter(talk.matter):
            return _wrong(talk, organisation, words.TOO_SHORT)
        return _on(talk, Step.NAME, organisation)
    added = text or "{:.6f}, {:.6f}".format(*(news.place or (0.0, 0.0)))
    whole = f"{talk.matter}\n{added}".strip()
    if len(whole) > model.LONGEST:
        return _wrong(talk, organisation, words.TOO_LONG)
    talk.matter = whole
    return Said(say(words.MORE) % {"key": say(words.NEXT)}, (say(words.NEXT),))


def _phone(talk: BotTalk, organisation: Organisation, text: str, news: Heard) -> Said:
    """Only what Telegram says to be the sender's own number; a typed one proves nothing."""
    if news.phone:
        talk.phone = model.telephone(news.phone) if news.is_own else ""
        return _on(talk, Step.CHECK, organisation) if talk.phone else _wrong(talk, organisation, words.NOT_YOURS)
    if text == _words(talk)(words.WITHOUT):
        talk.phone = ""
        return _on(talk, Step.CHECK, organisation)
    return _wrong(talk, organisation, words.PRESS)


def _decided(session: Session, talk: BotTalk, organisation: Organisation, text: str, update: int) -> Said:
    say = _words(talk)
    if text == say(words.CHANGE):
        _begin(talk, Step.MATTER)
        return _question(talk, organisation)
    if text != say(words.SEND):
        return _wrong(talk, organisation, words.PRESS)
    a_day_ago = datetime.now(UTC) - timedelta(days=1)
    if queries.sent_since(session, talk.channel_id, talk.chat_id, a_day_ago) >= model.LETTERS_A_DAY:
        return _wrong(talk, organisation, words.MANY_TODAY)
    _send(session, talk, organisation, update)
    _begin(talk, Step.SENT)
    return _question(talk, organisation)


def _send(session: Session, talk: BotTalk, organisation: Organisation, update: int) -> None:
    """A letter for an operator, once for this piece of news, and its receipt for the chat."""
    now = datetime.now(UTC)
    channel = channels.channel(session, talk.channel_id)
    told = {"name": talk.name, "address": talk.place, "phone": talk.phone, "language": talk.language}
    told |= model.names(talk.name)
    letter = inbound.take_from_chat(
        session,
        channel,
        str(talk.chat_id),
        talk.matter,
        told,
        name=f"telegram:{channel.id}:{talk.chat_id}:{update}:{now:%Y%m%d}",
        received_at=now,
    )
    with speaking_to(organisation.audience(talk.language)):
        parameters = {"at": moment(now), "entry": str(letter), "organisation": organisation.called(talk.language)}
    outbox.put(
        session,
        channel,
        str(talk.chat_id),
        words.RECEIVED,
        language=talk.language,
        key=f"chat:received:{letter}",
        parameters=parameters,
    )


def _begin(talk: BotTalk, step: Step) -> None:
    """Nothing of what was written stays."""
    talk.step, talk.matter, talk.name, talk.place, talk.phone = step, "", "", "", ""


def _on(talk: BotTalk, step: Step, organisation: Organisation) -> Said:
    talk.step = step
    return _question(talk, organisation)


def _wrong(talk: BotTalk, organisation: Organisation, why: str) -> Said:
    """What is wrong, and the keys of the question; the step stays."""
    say, asked = _words(talk), _question(talk, organisation)
    told = {"most": words.LIMITS.get(why, 0), "key": say(words.SEND)}
    return Said(say(why) % told, asked.keys, asked.contact)


def _question(talk: BotTalk, organisation: Organisation) -> Said:
    """What the bot asks at this step."""
    say = _words(talk)
    match talk.step:
        case Step.LANGUAGE:
            greetings = (
                catalogue(code).gettext(words.GREETING) % {"organisation": organisation.called(code)}
                for code in LANGUAGES
            )
            return Said("\n\n".join(greetings), tuple(LANGUAGES.values()))
        case Step.MATTER:
            return Said(say(words.MATTER) % {"key": say(words.NEXT)}, (say(words.NEXT),))
        case Step.NAME:
            return Said(say(words.NAME))
        case Step.PLACE:
            return Said(say(words.PLACE))
        case Step.PHONE:
            return Said(say(words.PHONE), (say(words.WITHOUT),), contact=say(words.SHARE))
        case Step.CHECK:
            shown = {"name": talk.name, "place": talk.place, "phone": talk.phone or "–"}
            shown["matter"] = _cut(talk.matter, _LONGEST_SUMMARY)
            return Said(say(words.CHECK) % shown, (say(words.SEND), say(words.CHANGE)))
        case _:
            return Said(say(words.THANKS))


def _words(talk: BotTalk) -> Callable[[str], str]:
    return catalogue(talk.language or FALLBACK).gettext


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


def answer(session: Session, found: Answered) -> None:
    """The answer goes to the chat that the appeal came from."""
    organisation = staff.organisation(session, found.organisation_id)
    with speaking_to(organisation.audience(found.language)):
        result = _(RESULTS[found.result]) if found.result in RESULTS else "–"
    told = {"number": found.number, "result": result, "answer": _cut(found.answer or "–", _LONGEST_ANSWER)}
    outbox.put(
        session,
        channels.channel(session, found.channel_id),
        found.chat,
        words.ANSWERED,
        language=found.language,
        key=found.key,
        parameters=told | {"organisation": organisation.called(found.language)},
    )


def forget(session: Session, before: datetime) -> int:
    """Talks that nobody has gone on with since then; how many."""
    gone = delete(BotTalk).where(BotTalk.heard_at < before).returning(BotTalk.id)
    return len(session.scalars(gone).all())
