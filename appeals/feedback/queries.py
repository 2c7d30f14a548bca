"""Every SELECT of marks: the rule, whom nobody has asked yet, what was said of a closing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, joinedload

from appeals.feedback.tables import Feedback, FeedbackRule
from appeals.model import State
from appeals.notices.model import AT_ONCE
from appeals.tables import Appeal, Applicant
from db import NotFound
from notify.tables import OptOut


def rule(session: Session, organisation: int) -> FeedbackRule | None:
    """What the organisation has arranged; None before it has."""
    return session.get(FeedbackRule, organisation)


def asking(session: Session) -> Sequence[int]:
    """The organisations that ask."""
    wanted = select(FeedbackRule.organisation_id).where(FeedbackRule.asked_since.is_not(None))
    return session.scalars(wanted.order_by(FeedbackRule.organisation_id)).all()


def unasked(session: Session, organisation: int, since: datetime, *, at_most: int) -> Sequence[Appeal]:
    """What was closed with an answer since then and has no row yet, the earliest first, with its applicant.

    Not what was answered in the talk itself, and not of those who want no messages.
    """
    known = exists().where(Feedback.appeal_id == Appeal.id, Feedback.closed_at == Appeal.closed_at)
    refused = exists().where(
        OptOut.organisation_id == organisation, OptOut.phone == Applicant.phone, OptOut.undone_at.is_(None)
    )
    wanted = (
        select(Appeal)
        .join(Applicant, Applicant.id == Appeal.applicant_id)
        .options(joinedload(Appeal.applicant))
        .where(Appeal.organisation_id == organisation, Appeal.closed_at > since, Appeal.state == State.CLOSED)
        .where(Appeal.closed_at > Appeal.registered_at + AT_ONCE, ~known, ~refused)
    )
    return session.scalars(wanted.order_by(Appeal.closed_at).limit(at_most)).all()


def of_appeal(session: Session, appeal: Appeal) -> Feedback | None:
    """What is known of its closing; None where nobody was asked and nobody said anything."""
    of_it = and_(Feedback.appeal_id == appeal.id, Feedback.closed_at == appeal.closed_at)
    return session.scalars(select(Feedback).where(of_it)).one_or_none()


def by_token(session: Session, token_hash: str) -> tuple[Feedback, Appeal]:
    """What the link with this token asks about. NotFound."""
    row = session.execute(
        select(Feedback, Appeal).join(Appeal, Appeal.id == Feedback.appeal_id).where(Feedback.token_hash == token_hash)
    ).one_or_none()
    if row is None:
        raise NotFound("a link for a mark")
    return row[0], row[1]


def number_of(session: Session, appeal: int | None) -> str | None:
    """Under which number what was reopened goes on."""
    return session.scalar(select(Appeal.number).where(Appeal.id == appeal)) if appeal is not None else None
