"""Every change of marks: whether authors are asked, the question itself, what they say, once for each closing."""

import secrets
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from appeals.cabinet import queries as cabinet
from appeals.cabinet import service as cabinets
from appeals.feedback import queries, words
from appeals.feedback.model import USUAL_DAYS, Settled, Verdict, Way, until
from appeals.feedback.tables import Feedback, FeedbackRule
from appeals.model import State
from appeals.notices import queries as notices
from appeals.notices.model import LOOK_BACK
from appeals.notices.service import LanguageOf, is_mobile, when
from appeals.notices.tables import NoticePolicy
from appeals.tables import Appeal
from appeals.terms import queries as terms
from appeals.workflow import ending
from appeals.workflow import queries as workflow
from appeals.workflow.model import Told
from appeals.workflow.service import NotDone
from db import Conflict
from notify import queries as outbox_queries
from notify import service as outbox
from notify.tables import Channel
from staff import queries as staff
from staff.audit import audit, changes
from staff.sign_in import hash_of
from staff.tables import Organisation, Person

AT_ONCE: Final = 100  # closings in one transaction


class NotAsked(Conflict):
    """There is no answer to give a mark to, or it is too late for one."""


class AlreadyMarked(Conflict):
    """The author has said it; a closing is marked once."""


def arrange(session: Session, *, asked: bool, days: int, by: Person) -> FeedbackRule:
    """Authors are asked from now on, or no longer; what was closed before is not asked about."""
    rule = queries.rule(session, by.organisation_id)
    before = (rule.asked_since is not None, rule.days) if rule is not None else (False, USUAL_DAYS)
    if rule is None:
        organisation = staff.organisation(session, by.organisation_id)
        registrar = cabinets.registrar(session, organisation, "feedback", words.REGISTRAR, by=by)
        rule = FeedbackRule(organisation_id=by.organisation_id, person_id=registrar.id)
        session.add(rule)
    rule.asked_since = (rule.asked_since or datetime.now(UTC)) if asked else None
    rule.days = days
    session.flush()
    if told := changes(asked=(before[0], asked), days=(before[1], days)):
        audit(session, by, "feedback.arranged", "feedback:rules", **told)
    return rule


def ask(session: Session, rule: FeedbackRule, language_of: LanguageOf, site: str, now: datetime) -> int:
    """Asks whoever was answered and has not been asked, each closing once; how many letters and SMS."""
    organisation = staff.organisation(session, rule.organisation_id)
    policy = notices.policy(session, organisation.id)
    if rule.asked_since is None:
        return 0
    count = 0
    for appeal in queries.unasked(session, organisation.id, max(rule.asked_since, now - LOOK_BACK), at_most=AT_ONCE):
        way = _way(session, policy, appeal) if policy is not None else None
        row = Feedback(organisation_id=organisation.id, appeal_id=appeal.id, closed_at=appeal.closed_at)
        session.add(row)
        if way is not None and policy is not None:
            row.language = _language(session, organisation, appeal, language_of)
            _put(session, appeal, row, way=way, policy=policy, organisation=organisation, site=site, now=now)
            count += 1
    session.flush()
    return count


def _way(session: Session, policy: NoticePolicy, appeal: Appeal) -> tuple[Channel, str] | None:
    """By e-mail where they left one, else to a telephone that gets SMS."""
    if policy.mail_channel_id is not None and appeal.applicant.email:
        return outbox_queries.channel(session, policy.mail_channel_id), appeal.applicant.email
    phone = appeal.applicant.phone
    if policy.channel_id is not None and phone and is_mobile(phone):
        return outbox_queries.channel(session, policy.channel_id), phone
    return None


def _language(session: Session, organisation: Organisation, appeal: Appeal, language_of: LanguageOf) -> str:
    """The language of their reply, else the one they chose in the menu last, else the organisation's own."""
    phone = appeal.applicant.phone
    known = [appeal.applicant.language, (language_of(session, organisation.id, phone) or "") if phone else ""]
    return next((each for each in known if each in organisation.languages), organisation.default_language)


def _put(
    session: Session,
    appeal: Appeal,
    row: Feedback,
    *,
    way: tuple[Channel, str],
    policy: NoticePolicy,
    organisation: Organisation,
    site: str,
    now: datetime,
) -> None:
    """The letter or the SMS, with a link of its own."""
    channel, recipient = way
    token = secrets.token_urlsafe(12)  # short enough for an SMS, too long to be guessed
    row.token_hash = hash_of(token)
    is_sms = recipient == appeal.applicant.phone
    name = organisation.called(row.language)
    outbox.put(
        session,
        channel,
        recipient,
        words.ASKED,
        language=row.language,
        key=notices.key_of_asking(session, appeal.id),
        parameters={"number": appeal.number, "organisation": name, "link": f"{site}/mark/{token}"},
        not_before=when(session, policy, organisation, recipient, now) if is_sms else None,
    )


def last_moment(session: Session, appeal: Appeal) -> datetime | None:
    """Until when its author may give a mark; None where there is no answer to give one to."""
    if appeal.state != State.CLOSED or appeal.closed_at is None:
        return None
    rule = queries.rule(session, appeal.organisation_id)
    return until(appeal.closed_at, rule.days if rule is not None else USUAL_DAYS)


def is_open(session: Session, appeal: Appeal, known: Feedback | None, now: datetime) -> bool:
    """Whether a mark may still be given for this closing."""
    last = last_moment(session, appeal)
    return last is not None and now <= last and (known is None or known.marked_at is None)


def mark(
    session: Session, number: str, verdict: Verdict, way: Way, *, closed_at: datetime | None = None, by: Person | None
) -> Feedback:
    """What the author says of the answer, once; `by` notes what was said by phone, `closed_at` is that of a link.

    Whoever says that nothing is settled reopens the appeal, within the organisation's limit; what was said by phone
    is reopened by whoever noted it, for they may talk about it first. NotAsked, AlreadyMarked.
    """
    appeal = terms.appeal_locked(session, number)
    now = datetime.now(UTC)
    known = queries.of_appeal(session, appeal)
    if known is not None and known.marked_at is not None:
        raise AlreadyMarked(number)
    if (closed_at is not None and closed_at != appeal.closed_at) or not is_open(session, appeal, known, now):
        raise NotAsked(number)
    row = known or Feedback(organisation_id=appeal.organisation_id, appeal_id=appeal.id, closed_at=appeal.closed_at)
    row.marked_at, row.mark, row.settled, row.way = now, verdict.mark, verdict.settled, way
    row.comment, row.noted_by = verdict.comment.strip(), by.id if by is not None else None
    session.add(row)
    session.flush()
    told = {"mark": str(verdict.mark), "settled": verdict.settled.value, "way": way.value}
    audit(session, by, "appeal.marked", f"appeal:{number}", **told)
    if verdict.settled is Settled.NO and way is not Way.PHONE:
        row.reopened_id = _reopened(session, appeal, verdict)
    return row


def _reopened(session: Session, appeal: Appeal, verdict: Verdict) -> int | None:
    """What goes on with it: what somebody has reopened already, else a new one; None after the limit."""
    later = [each for each in workflow.find_reopened(session, appeal.id) if each.state != State.CANCELLED]
    if later:
        return later[-1].id
    by = _registrar(session, appeal.organisation_id)
    if by is None:
        return None
    try:
        with session.begin_nested():
            return ending.reopen_for_author(session, appeal.number, Told(reason=verdict.comment), by=by).id
    except NotDone:
        return None


def _registrar(session: Session, organisation: int) -> Person | None:
    """The account under which citizens reopen."""
    rule, known = queries.rule(session, organisation), cabinet.find(session, organisation)
    person = rule.person_id if rule is not None else known.person_id if known is not None else None
    return session.get(Person, person) if person is not None else None
