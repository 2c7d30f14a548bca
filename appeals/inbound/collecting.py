"""Mails from the mailboxes into letters: looked for every minute, each stored as it came before it is written down.

What was taken stays in the mailbox, unread as it was; where we are in it is ours to know (UIDVALIDITY and UID). A mail
that nobody can read becomes a letter that says so, for it would come again for ever.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from appeals.inbound import files, imap, queries, reading, service
from appeals.inbound.imap import Folder, MailboxAway
from appeals.inbound.model import BEGINNING, LARGEST
from appeals.inbound.service import Looked
from appeals.inbound.tables import Mailbox
from db import EVERY_ORGANISATION, transaction
from db.looking import Looker
from db.store import StoreAway

log = structlog.get_logger()

LOOK_EVERY: Final = timedelta(seconds=5)  # for mailboxes that are due
AT_ONCE: Final = 200  # mails in one look


class Collector(Looker):
    """One thread of the notifier: a slow mail server holds up nobody's alarms."""

    def __init__(self) -> None:
        super().__init__("letters", LOOK_EVERY)

    def look(self) -> int:
        """Looks into every mailbox that is due; how many letters are new."""
        with transaction(EVERY_ORGANISATION) as session:
            mailboxes = service.lease(session, datetime.now(UTC))
        taken = sum(self._look_into(mailbox) for mailbox in mailboxes)
        files.hand_over_all()
        return taken

    def _look_into(self, mailbox: Mailbox) -> int:
        taken, how = 0, Looked()
        try:
            with imap.folder(
                host=mailbox.host,
                port=mailbox.port,
                security=mailbox.security,
                ca=mailbox.ca,
                user=mailbox.user,
                secret=mailbox.secret,
                name=mailbox.folder,
            ) as folder:
                how = _place(mailbox, folder)
                for uid in folder.newer_than(how.last_uid)[:AT_ONCE]:
                    if self._stopping.is_set():
                        break
                    taken += _take(mailbox, folder, uid)
                    how = Looked(validity=folder.validity, last_uid=uid)
        except (MailboxAway, StoreAway) as error:
            log.warning("mailbox_not_read", mailbox=mailbox.id, error=type(error).__name__)
            if how.validity is not None:  # what was taken need not be asked for again
                _note(mailbox, how)
            how = Looked(failure=str(error) or type(error).__name__)
        _note(mailbox, how)
        return taken


def _place(mailbox: Mailbox, folder: Folder) -> Looked:
    """From where on: at the first look only what is yet to come; a folder that was made anew is looked through."""
    if mailbox.validity is None:
        return Looked(validity=folder.validity, last_uid=folder.next_uid - 1)
    same = mailbox.validity == folder.validity
    return Looked(validity=folder.validity, last_uid=mailbox.last_uid if same else 0)


def _take(mailbox: Mailbox, folder: Folder, uid: int) -> bool:
    """One mail. Whether it is a new letter."""
    size = folder.size(uid)
    raw, received_at = folder.fetch(uid, LARGEST if size <= LARGEST else BEGINNING)
    if not raw or received_at < mailbox.created_at.replace(microsecond=0):  # of a folder that was made anew
        return False
    with transaction(mailbox.organisation_id) as session:
        own = queries.own_addresses(session, mailbox.organisation_id)
    letter = reading.read(raw, own=own, whole=size <= LARGEST)
    with transaction(mailbox.organisation_id) as session:
        if queries.is_known(session, mailbox.organisation_id, letter.message_id):
            return False
    key = None
    if letter.machine is None:
        key = f"letters/{mailbox.organisation_id}/{received_at:%Y/%m}/{hashlib.sha256(raw).hexdigest()}.eml"
        files.keep(key, raw)
    with transaction(mailbox.organisation_id) as session:
        return service.take(session, mailbox, letter, key=key, size=size, received_at=received_at)


def _note(mailbox: Mailbox, how: Looked) -> None:
    with transaction(mailbox.organisation_id) as session:
        service.looked(session, mailbox.id, how, datetime.now(UTC))
