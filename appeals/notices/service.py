"""Every change of notices to citizens: the rules, and what is put into the outbox."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final

import phonenumbers
from sqlalchemy.orm import Session

from appeals.notices import queries
from appeals.notices.model import LOOK_BACK, About, days_from
from appeals.notices.queries import News
from appeals.notices.tables import NoticePolicy
from appeals.notices.words import MAILED, TEMPLATES
from appeals.words import RESULTS
from notify import queries as outbox_queries
from notify import service as outbox
from notify.model import QuietHours
from notify.tables import Channel
from staff import queries as staff
from staff.audit import audit, changed, changes
from staff.tables import Organisation, Person
from web.formats import moment
from web.languages import gettext as _
from web.languages import speaking_to

AT_ONCE: Final = 100  # events of one kind in one transaction
_MOBILE: Final = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})

LanguageOf = Callable[[Session, int, str], str | None]  # of an organisation's citizen with this number, if known


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an administrator wishes."""

    channel_id: int | None
    told: frozenset[About]
    quiet_begin: time
    quiet_end: time
    most_a_day: int
    mail_channel_id: int | None = None


def arrange(session: Session, rules: Rules, *, by: Person) -> NoticePolicy:
    """What is told from now on; what is switched on anew tells nothing of what happened before."""
    policy = queries.policy(session, by.organisation_id)
    if policy is None:
        policy = NoticePolicy(organisation_id=by.organisation_id)
        session.add(policy)
    before = {about: getattr(policy, f"{about}_since") for about in About}
    rest = _rest(policy)
    now = datetime.now(UTC)
    policy.channel_id = rules.channel_id
    for about in About:
        setattr(policy, f"{about}_since", (before[about] or now) if about in rules.told else None)
    mailed = policy.mail_channel_id is not None
    policy.mail_channel_id = rules.mail_channel_id
    policy.mailed_since = (policy.mailed_since or now) if rules.mail_channel_id is not None else None
    policy.quiet_begin, policy.quiet_end, policy.most_a_day = rules.quiet_begin, rules.quiet_end, rules.most_a_day
    session.flush()
    was = sorted(about for about in About if before[about] is not None)
    letters = (mailed, rules.mail_channel_id is not None)
    told = changes(kinds=(", ".join(was), ", ".join(sorted(rules.told))), letters=letters) | changed(
        rest, _rest(policy)
    )
    if told:
        audit(session, by, "notices.arranged", "notices:rules", **told)
    return policy


def _rest(policy: NoticePolicy) -> dict[str, object]:
    """By which channels, when not, how often; as it is written down."""
    names = ("channel_id", "mail_channel_id", "quiet_begin", "quiet_end", "most_a_day")
    return {name.removesuffix("_id"): getattr(policy, name) for name in names}


def tell(session: Session, policy: NoticePolicy, language_of: LanguageOf, now: datetime) -> int:
    """Puts what is news into the outbox, each once; how many."""
    organisation = staff.organisation(session, policy.organisation_id)
    count = 0
    for about in About:
        since = getattr(policy, f"{about}_since")
        if since is None or policy.channel_id is None:
            continue
        channel = outbox_queries.channel(session, policy.channel_id)
        for news in _reached(session, organisation, about, max(since, now - LOOK_BACK)):
            known = language_of(session, organisation.id, news.phone)
            _put(session, policy, channel, about, news, known=known, now=now)
            count += 1
    return count + _mail(session, policy, organisation, now)


def _reached(session: Session, organisation: Organisation, about: About, since: datetime) -> Sequence[News]:
    """The first news that SMS can tell: however many telephones on the wall come before, they hold up nobody."""
    passed: set[str] = set()
    while found := queries.untold(session, organisation.id, about, since, at_most=AT_ONCE, but=passed):
        reached = [news for news in found if is_mobile(news.phone)]
        if reached:
            return reached
        passed |= {news.phone for news in found}
    return ()


def _mail(session: Session, policy: NoticePolicy, organisation: Organisation, now: datetime) -> int:
    """The answers of closed appeals to those who left an e-mail, in the language of their reply where it is known."""
    if policy.mailed_since is None or policy.mail_channel_id is None:
        return 0
    channel = outbox_queries.channel(session, policy.mail_channel_id)
    found = queries.unmailed(session, organisation.id, max(policy.mailed_since, now - LOOK_BACK), at_most=AT_ONCE)
    for each in found:
        language = each.language if each.language in organisation.languages else organisation.default_language
        with speaking_to(organisation.audience(language)):
            result = _(RESULTS[each.result]) if each.result in RESULTS else "–"
        name = organisation.called(language)
        told = {"number": each.number, "result": result, "answer": each.answer or "–", "organisation": name}
        outbox.put(session, channel, each.email, MAILED, language=language, key=each.key, parameters=told)
    return len(found)


def is_mobile(phone: str) -> bool:
    """Whether a number can get SMS at all, as far as its country's plan says."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(phone)) in _MOBILE
    except phonenumbers.NumberParseException:
        return False


def _put(
    session: Session,
    policy: NoticePolicy,
    channel: Channel,
    about: About,
    news: News,
    *,
    known: str | None,
    now: datetime,
) -> None:
    organisation = staff.organisation(session, policy.organisation_id)
    language = known if known in organisation.languages else organisation.default_language
    outbox.put(
        session,
        channel,
        news.phone,
        TEMPLATES[about],
        language=language,
        key=news.key,
        parameters=_told(organisation, news, language),
        not_before=when(session, policy, organisation, news.phone, now),
    )


def when(session: Session, policy: NoticePolicy, organisation: Organisation, phone: str, now: datetime) -> datetime:
    """Outside the quiet hours, on the first day on which the number has not had its most."""
    quiet = QuietHours(policy.quiet_begin, policy.quiet_end)
    days = days_from(now, quiet, organisation.zone)
    for at, begun, ends in days:
        if outbox_queries.count_to_citizen(session, organisation.id, phone, begun, ends) < policy.most_a_day:
            return at
    return days[-1][0]


def _told(organisation: Organisation, news: News, language: str) -> Mapping[str, str]:
    with speaking_to(organisation.audience(language)):
        until = moment(news.until) if news.until is not None else "–"
        result = _(RESULTS[news.result]) if news.result in RESULTS else "–"
    name = organisation.called(language)
    return {"number": news.number, "until": until, "result": result, "organisation": name}
