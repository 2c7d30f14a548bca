"""Every event of a call in words."""

from collections.abc import Callable, Iterator, Mapping

from calls import events, words
from calls.events import Event
from calls.model import endpoint_of, interface_at, person_of
from web.formats import duration, phone
from web.languages import gettext as _

Names = Mapping[str, str]


def tell(event: Event, names: Names) -> str:
    """One event in words."""
    return TELLINGS[type(event)](event, names)


def parties(event: Event) -> Iterator[str]:
    """The phones of agents that the event names."""
    for phone_or_queue in (getattr(event, "agent", ""), getattr(event, "to", "")):
        if phone_or_queue and person_of(interface_at(phone_or_queue)) is not None:
            yield interface_at(phone_or_queue)


def queue_name(names: Names, queue: str | None) -> str:
    """A queue as its people call it, also one that is closed; an unknown one by the topic whose code it has."""
    code = words.queue_text(queue)
    return names.get(f"queue:{code}") or names.get(f"topic:{code}", code)


def _say(message: str, **values: object) -> str:
    return message % values


def _who(names: Names, agent: str) -> str:
    return names.get(agent, endpoint_of(agent))


def _place(names: Names, to: str) -> str:
    """Whom or what a call was handed to: an operator, a queue by its name in Asterisk, or a number outside."""
    if to.removeprefix("+").isdecimal():
        return phone(to)
    return queue_name(names, to) if person_of(interface_at(to)) is None else _who(names, interface_at(to))


def _word(table: Mapping[str, str], code: str) -> str:
    """What people call it; a code without words as it is."""
    return _(table[code]) if code in table else code


def _closed(reason: str) -> str:
    kind, _colon, day = reason.partition(":")
    return " ".join(part for part in (_word(words.CLOSED, kind), day) if part)


def _fell_back(event: events.FellBack) -> str:
    if event.reason not in words.FALLBACKS:
        return _("The menu was away; straight to the general queue")
    reason = _(words.FALLBACKS[event.reason])
    return _say(_("The menu was away; straight to the general queue (%(reason)s)"), reason=reason)


def _overflowed(event: events.CallOverflowed, names: Names) -> str:
    ways = {
        "queue": _("The queue “%(queue)s” took too long; on to “%(to)s”"),
        "callback": _("The queue “%(queue)s” took too long; a call back was offered"),
        "announcement": _("The queue “%(queue)s” took too long; heard an announcement instead"),
    }
    way = ways.get(event.deed, _("The queue “%(queue)s” took too long"))
    return way % {"queue": queue_name(names, event.queue), "to": queue_name(names, event.to)}


def _ended(event: events.CallEnded) -> str:
    return _("The caller hung up") if event.by_caller else _("The call was ended on our side")


def _left(event: events.AgentLeftTalk, names: Names) -> str:
    ways = {
        "caller": _("%(agent)s talked %(duration)s; the caller ended the talk"),
        "agent": _("%(agent)s talked %(duration)s and ended the talk"),
        "transfer": _("%(agent)s talked %(duration)s and handed the call over"),
        "lost": _("%(agent)s talked %(duration)s; the connection was lost"),
    }
    way = ways.get(event.ended_by, _("%(agent)s talked %(duration)s"))
    return way % {"agent": _who(names, event.agent), "duration": duration(event.talked)}


def _key(event: events.KeyPressed, names: Names) -> str:
    menu = _menu(event.menu, names)
    if event.accepted:
        return _say(_("Key %(key)s in the menu “%(menu)s”"), key=event.key, menu=menu)
    return _say(_("Key %(key)s, which the menu “%(menu)s” does not have"), key=event.key, menu=menu)


def _menu(menu: str, names: Names) -> str:
    """A menu in words: its own name, or that of the topic it is named by."""
    return names.get(f"menu:{menu}") or names.get(f"topic:{menu}") or _word(words.MENUS, menu)


def _prompt(event: events.PromptHeard) -> str:
    if event.prompt == "recording-notice":
        return _("Heard the notice of recording")
    return _say(_("Heard “%(prompt)s” to the end"), prompt=_word(words.PROMPTS, event.prompt))


def _served(event: events.SelfServiceUsed) -> str:
    if event.service == "goodbye":
        return _("Chose the goodbye: needs nobody any more")
    return _say(_("Self-service “%(service)s”"), service=_word(words.SERVICES, event.service))


def _language(event: events.LanguageChosen) -> str:
    language = _(words.LANGUAGES[event.language])
    if event.remembered:
        return _say(_("Language: %(language)s, as in the last call"), language=language)
    return _say(_("Language: %(language)s"), language=language)


TELLINGS: dict[type[Event], Callable[..., str]] = {
    events.CallArrived: lambda e, n: _say(_("Called %(dialled)s"), dialled=e.dialled),
    events.CallPlaced: lambda e, n: _say(
        _("%(agent)s called %(number)s; the number shown was %(dialled)s"),
        agent=_who(n, e.agent),
        number=phone(e.caller),
        dialled=e.dialled,
    ),
    events.CallRefused: lambda e, n: _say(
        _("All %(capacity)s lines were busy; an apology was spoken"), capacity=e.capacity
    ),
    events.MenuEntered: lambda e, n: _say(_("Menu “%(menu)s”"), menu=_menu(e.menu, n)),
    events.LanguageChosen: lambda e, n: _language(e),
    events.KeyPressed: _key,
    events.CallerSilent: lambda e, n: _say(_("No key in the menu “%(menu)s”"), menu=_menu(e.menu, n)),
    events.TopicChosen: lambda e, n: _say(_("Topic: %(topic)s"), topic=n.get(f"topic:{e.topic}", e.topic)),
    events.PromptHeard: lambda e, n: _prompt(e),
    events.FoundClosed: lambda e, n: _say(_("Closed: %(reason)s"), reason=_closed(e.reason)),
    events.CallbackAsked: lambda e, n: _say(_("Asked to be called back on %(number)s"), number=phone(e.number)),
    events.SelfServiceUsed: lambda e, n: _served(e),
    events.FellBack: lambda e, n: _fell_back(e),
    events.CallerJoinedQueue: lambda e, n: _say(
        _("Joined the queue “%(queue)s” as number %(position)s"), queue=queue_name(n, e.queue), position=e.position
    ),
    events.CallerLeftQueue: lambda e, n: _say(_("Left the queue “%(queue)s”"), queue=queue_name(n, e.queue)),
    events.CallOverflowed: _overflowed,
    events.CallerAbandoned: lambda e, n: _say(
        _("Gave up in the queue “%(queue)s” after %(duration)s"),
        queue=queue_name(n, e.queue),
        duration=duration(e.waited),
    ),
    events.AgentOffered: lambda e, n: _say(_("Rings at %(agent)s"), agent=_who(n, e.agent)),
    events.AgentDidNotAnswer: lambda e, n: _say(
        _("%(agent)s did not answer within %(duration)s"), agent=_who(n, e.agent), duration=duration(e.rang)
    ),
    events.AgentAnswered: lambda e, n: _say(
        _("%(agent)s answered after %(duration)s of ringing"), agent=_who(n, e.agent), duration=duration(e.rang)
    ),
    events.RecordingStarted: lambda e, n: _say(_("Recording began, part %(number)s"), number=e.segment),
    events.RecordingPaused: lambda e, n: _("Recording paused, to keep sensitive data out of it"),
    events.RecordingResumed: lambda e, n: _("Recording goes on"),
    events.CallHeld: lambda e, n: _say(_("%(agent)s put the caller on hold"), agent=_who(n, e.agent)),
    events.CallResumed: lambda e, n: _say(_("%(agent)s took the caller off hold"), agent=_who(n, e.agent)),
    events.ConsultStarted: lambda e, n: _say(
        _("%(agent)s consults %(to)s"), agent=_who(n, e.agent), to=_place(n, e.to)
    ),
    events.ConsultEnded: lambda e, n: _say(
        _("The consult of %(agent)s and %(to)s is over"),
        agent=_who(n, e.agent),
        to=_place(n, e.to),
    ),
    events.CallTransferred: lambda e, n: _say(
        _("%(agent)s transferred the call to %(to)s"),
        agent=_who(n, e.agent),
        to=_place(n, e.to),
    ),
    events.AgentJoinedTalk: lambda e, n: _say(_("%(agent)s talks with the caller now"), agent=_who(n, e.agent)),
    events.AgentLeftTalk: _left,
    events.CallerRequeued: lambda e, n: _say(
        _("Back to the head of the queue “%(queue)s”: the operator's phone was lost"), queue=queue_name(n, e.queue)
    ),
    events.SupervisorJoined: lambda e, n: _say(_word(words.SUPERVISED, e.mode), agent=_who(n, e.agent)),
    events.ConferenceBegan: lambda e, n: _say(
        _("%(agent)s, the caller and %(to)s talk together"), agent=_who(n, e.agent), to=_place(n, e.to)
    ),
    events.ConferenceEnded: lambda e, n: _say(_("%(to)s is out of the talk of three"), to=_place(n, e.to)),
    events.CallEnded: lambda e, n: _ended(e),
    events.CallLost: lambda e, n: _say(_("The call was found gone (%(reason)s)"), reason=_word(words.LOSSES, e.reason)),
}
