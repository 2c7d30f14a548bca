"""python -m run.demo.letters: mail that waits for an operator, and two applicants who are likely one.

Loaded once into a demonstration organisation that has no mailbox yet, so that a newcomer finds no empty page. The
mailbox is off and points to this machine; the mails themselves were never sent, so none is kept beside its text.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

import db
from appeals.applicants import duplicates
from appeals.applicants import service as applicants
from appeals.applicants.tables import Applicant
from appeals.inbound import queries, service
from appeals.inbound.model import Letter
from appeals.inbound.tables import Mailbox
from db import EVERY_ORGANISATION, transaction
from run.demo.people import KHMELNYTSKYI
from run.demo.queries import administrator
from run.host.steps import main
from run.settings import Settings
from staff.queries import organisations
from staff.tables import Organisation, Person

NAME, DOMAIN = "Скринька звернень", "khm.example"


@dataclass(frozen=True, slots=True)
class DemoLetter:
    """What somebody wrote, and how long ago."""

    ago: timedelta
    sender: str
    address: str
    subject: str
    text: str


LETTERS = (
    DemoLetter(
        timedelta(hours=3, minutes=20),
        "Степан Мельничук",
        "stepan.melnychuk@mail.example",
        "Не горить світло у дворі",
        "Доброго дня! У дворі будинку по вул. Прибузькій, 12 третій тиждень не горить жоден ліхтар. Прошу відновити "
        "освітлення і відповісти мені листом.\n\nСтепан Мельничук, кв. 31",
    ),
    DemoLetter(
        timedelta(minutes=45),
        "",
        "dvir.prybuzka@mail.example",
        "сміття",
        "Контейнери не вивозять з понеділка, усе навколо завалене. Коли приїде машина?",
    ),
)
ALIKE = (("Ткаченко", "Олександр", "Іванович"), ("Ткаченко", "Олександер", ""))  # heard twice, written twice
PHONE, ADDRESS = "+380675510983", "вул. Прибузька, 14, кв. 7"


def load() -> list[str]:
    """Codes of the organisations that got letters."""
    with transaction(EVERY_ORGANISATION) as session:
        present = [each for each in organisations(session) if each.code == KHMELNYTSKYI.code]
    made = []
    for organisation in present:
        with transaction(organisation.id) as session:
            by = administrator(session, organisation.id)
            if by is not None and not queries.mailboxes(session):
                _write(session, organisation, by)
                _mistake(session, organisation, by)
                made.append(organisation.code)
    return made


def _write(session: Session, organisation: Organisation, by: Person) -> None:
    way = {"host": "127.0.0.1", "port": 1143, "security": "none", "user": "zvernennya", "secret": "-"}
    told = {"name": NAME, "address": f"zvernennya@{DOMAIN}", "folder": "INBOX", "enabled": False, **way}
    mailbox = service.keep_mailbox(session, Mailbox(organisation_id=organisation.id), told, by=by)
    for place, each in enumerate(LETTERS):
        at = datetime.now(UTC) - each.ago
        letter = Letter(
            message_id=f"<{place}@demonstration.{DOMAIN}>", sender=each.address, sender_name=each.sender,
            reply_to=each.address, subject=each.subject, text=each.text, sent_at=at,
        )  # fmt: skip
        service.take(session, mailbox, letter, key=None, size=len(each.text.encode()), received_at=at)


def _mistake(session: Session, organisation: Organisation, by: Person) -> None:
    """One citizen entered as two."""
    entered = []
    for surname, given_name, patronymic in ALIKE:
        somebody = Applicant(
            organisation_id=organisation.id, surname=surname, given_name=given_name, patronymic=patronymic,
            phone=PHONE, email="", address=ADDRESS,
        )  # fmt: skip
        entered.append(applicants.of_appeal(session, somebody, by=by))
    duplicates.compare(session, entered)


def _main() -> int:
    db.connect(Settings().database_url.get_secret_value())
    made = load()
    db.disconnect()
    print(f"loaded: {', '.join(made)}" if made else "were there")
    return 0


if __name__ == "__main__":
    main(_main)
