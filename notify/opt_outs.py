"""Who wants no SMS about their appeals: said by an SMS of theirs or to the staff, kept, taken back."""

from datetime import UTC, datetime

import structlog
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from notify.model import ChannelKind, RefusedBy, is_recipient, wishes
from notify.tables import Channel, OptOut

log = structlog.get_logger()


def opt_out(
    session: Session, organisation: int, phone: str, *, way: RefusedBy, person: int | None = None
) -> OptOut | None:
    """From here on nothing of that kind goes to the number, not even what waits already; None if it was so before."""
    new = insert(OptOut).values(organisation_id=organisation, phone=phone, way=way, person_id=person)
    return session.scalar(new.on_conflict_do_nothing().returning(OptOut))


def take_back(
    session: Session, organisation: int, phone: str, *, way: RefusedBy, person: int | None = None
) -> OptOut | None:
    """The number gets SMS again; None if it was not among those that get none."""
    mine = (OptOut.organisation_id == organisation, OptOut.phone == phone, OptOut.undone_at.is_(None))
    undone = {"undone_at": datetime.now(UTC), "undone_way": way, "undone_by": person}
    return session.scalar(update(OptOut).where(*mine).values(**undone).returning(OptOut))


def heard(session: Session, channel: Channel, phone: str, text: str) -> None:
    """What somebody wrote to our number: STOP and START are obeyed, said twice they count once."""
    wanted = wishes(text)
    if wanted is None or not is_recipient(ChannelKind(channel.kind), phone):
        log.info("sms_not_understood", channel=channel.id)
        return
    change = take_back if wanted else opt_out
    change(session, channel.organisation_id, phone, way=RefusedBy.SMS)
    log.info("sms_wished", channel=channel.id, wanted=wanted)
