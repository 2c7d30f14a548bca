"""The words of queues' rules as people read them."""

from collections.abc import Mapping

from acd.desk import named
from acd.queues.model import LEVELS, OverflowDeed, PriorityKind, Range
from acd.queues.opening.queries import Needs
from acd.queues.tables import OfferReason
from web.formats import duration
from web.languages import gettext as _
from web.languages import later, ngettext

LEVEL_WORDS = dict(zip(LEVELS, (later("some"), later("good"), later("excellent")), strict=True))
DEEDS = {
    OverflowDeed.WIDER: later("Ring those without the skill too"),
    OverflowDeed.QUEUE: later("On to another queue"),
    OverflowDeed.CALLBACK: later("Offer a call back"),
    OverflowDeed.ANNOUNCEMENT: later("Say an announcement and end the call"),
}
ANNOUNCEMENTS = {  # prompts of the catalogue that end a call
    "all-lines-busy": later("All lines are busy, call again in a few minutes"),
    "closed": later("We are closed now"),
}
PRIORITIES = {
    PriorityKind.BENEFIT: later("Numbers with a benefit"),
    PriorityKind.REPEAT: later("Who called in vain before"),
}


def needs(found: Needs) -> list[str]:
    """Why a queue cannot be closed, a sentence each."""
    told = [_("Callers are led here: %(place)s") % {"place": place} for place in found.led_from]
    told += [
        _("The queue “%(queue)s” passes callers on to it") % {"queue": named(queue.name)} for queue in found.overflowing
    ]
    if found.waiting:
        told.append(ngettext("%d caller waits in it", "%d callers wait in it", found.waiting) % found.waiting)
    if found.last:
        told.append(_("It is the last one: whoever does not hear the menus would wait nowhere"))
    return told


def expected(found: Range | None) -> str:
    """The expected wait."""
    if found is None:
        return _("cannot be known now")
    return _("%(least)s to %(most)s min") % {"least": found.least, "most": found.most}


def because(reason: OfferReason, skills: Mapping[str, Mapping[str, str]], languages: Mapping[str, str]) -> str:
    """Why this agent, in one sentence or two."""
    told = [_free(reason)]
    if reason.widened:
        told.append(_("has not every skill; the queue had waited long enough to ring everybody"))
    elif reason.language_level is not None:
        level = _(LEVEL_WORDS[reason.language_level])
        language = _(languages.get(reason.language, reason.language))
        told.append(_("%(language)s: %(level)s") % {"language": language, "level": level})
    for code, level_known in () if reason.widened else reason.skills.items():
        level = _(LEVEL_WORDS[int(level_known)]) if int(level_known) in LEVEL_WORDS else "–"
        told.append(f"{named(dict(skills.get(code, {}))) or code}: {level}")
    return "; ".join(told)


def _free(reason: OfferReason) -> str:
    values = {"free": reason.free, "better": reason.better, "idle": duration(reason.idle)}
    if reason.free == 1:
        return _("the only one ready, for %(idle)s") % values
    if reason.better:
        return _("one of %(free)s ready; %(better)s with better skills did not answer or were rung before") % values
    if reason.longer_idle:
        return _("next in turn among %(free)s ready with the same skills, ready for %(idle)s") % values
    return _("ready for the longest, %(idle)s, of %(free)s with skills as good or less") % values
