"""python -m run.demo.cabinet: the cabinets of the demonstration organisations are open, and one citizen has written.

One of their appeals is answered, and waits for their mark.

The channel of their codes is off and leads nowhere: who wants to sign in gives it a mail server first.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

import db
from appeals.cabinet import accounts, codes, drafts, queries, service, writing
from appeals.cabinet.model import Contact, Way
from appeals.cabinet.tables import CabinetAccount
from appeals.cabinet.writing import Author, WriteForm
from appeals.feedback.tables import Feedback
from appeals.tables import Appeal
from appeals.workflow import ending
from appeals.workflow.model import Told
from calls import directory
from db import EVERY_ORGANISATION, transaction
from notify import channels
from notify import queries as ways
from notify.model import ChannelKind
from run.demo.people import ORGANISATIONS
from run.demo.queries import administrator
from run.host.steps import main
from run.settings import Settings
from staff import queries as staff
from staff.queries import organisations
from staff.rights import has
from staff.sign_in import hash_of
from staff.tables import Organisation
from web.forms import checked
from web.languages import speaking_to

EMAIL: Final = "halyna.sydorenko@mail.example"
CHANNEL: Final = {"uk": "Пошта громадянам", "uz": "Fuqarolarga pochta"}
WRITTEN: Final = {
    "surname": "Сидоренко",
    "given_name": "Галина",
    "patronymic": "Петрівна",
    "phone": "067 551 40 22",
    "address": "вул. Прибузька, 16, кв. 9",
    "substance": "На дитячому майданчику у дворі зламана гойдалка, стирчить арматура. Прошу прибрати її, доки ніхто не "
    "поранився, і сказати, коли поставлять нову.",
}

BEGUN: Final = "У під’їзді третій тиждень не світить лампа на першому поверсі"
ANSWERED: Final = WRITTEN | {
    "substance": "Чи можна посадити під вікнами кущі, і чи потрібен на це дозвіл? Хочемо бузок.",
}
ANSWER: Final = "Так. Кущі нижчі за два метри і далі ніж півтора метра від мереж дозволу не потребують."
MARK: Final = "demonstration"  # the token of the link by which its author is asked for a mark


def load() -> list[str]:
    """Codes of the organisations whose cabinet was opened."""
    wanted = {each.code for each in ORGANISATIONS}
    with transaction(EVERY_ORGANISATION) as session:
        present = [each for each in organisations(session) if each.code in wanted]
    made = []
    for organisation in present:
        with transaction(organisation.id) as session, speaking_to(organisation.audience()):
            if _open(session, organisation):
                made.append(organisation.code)
    return made


def _open(session: Session, organisation: Organisation) -> bool:
    by = administrator(session, organisation.id)
    if by is None or queries.find(session, organisation.id) is not None:
        return False
    mail = next((each for each in ways.channels(session) if each.kind == ChannelKind.EMAIL), None)
    name = CHANNEL[organisation.default_language]
    mail = mail or channels.add_channel(session, organisation.id, name=name, kind=ChannelKind.EMAIL)
    service.arrange(session, mail.id, service.usual_file_kind(session, organisation.id), by=by)
    if organisation.default_language == "uk":
        _write(session, organisation)
    return True


def _write(session: Session, organisation: Organisation) -> None:
    """What a citizen sent by the form."""
    cabinet = queries.find(session, organisation.id)
    assert cabinet is not None
    account = CabinetAccount(organisation_id=organisation.id, email=EMAIL, language=organisation.default_language)
    session.add(account)
    session.flush()
    author = Author(organisation, cabinet, account)
    answered = _send(session, author, ANSWERED)
    _send(session, author, WRITTEN)
    drafts.keep(session, account, WRITTEN | {"substance": BEGUN})
    operator = next(each for each in staff.people(session) if has(each, "appeals.conclude"))
    closed = ending.explain(session, answered.number, Told(report=ANSWER), by=operator)
    token = hash_of(MARK)
    session.add(
        Feedback(appeal_id=closed.id, closed_at=closed.closed_at, token_hash=token, organisation_id=organisation.id)
    )


def _send(session: Session, author: Author, written: Mapping[str, str]) -> Appeal:
    form = checked(WriteForm, {**written, "topic": list(directory.choices(session))[-1]})
    asked = writing.asked_of(session, author.cabinet)
    card = writing.check(session, form, asked, author.account, by=queries.registrar(session, author.cabinet))
    assert card is not None, form.errors
    assert form.value is not None
    return writing.register(session, author, form.value, card, files=(), site="")[0]


def session_of(code: str) -> str:
    """A session of the citizen who wrote, for pictures of the cabinet: the token for the cookie."""
    with transaction(EVERY_ORGANISATION) as session:
        organisation = queries.organisation_called(session, code)
    with transaction(organisation.id) as session:
        account = queries.account_with(session, organisation.id, Contact(Way.EMAIL, EMAIL))
        assert account is not None, "python -m run.demo.cabinet"
        return accounts.open_session(session, account)


def code_of(code: str, token: str) -> str:
    """A code on its way to a browser with this token, for the picture of its page."""
    with transaction(EVERY_ORGANISATION) as session:
        organisation = queries.organisation_called(session, code)
        cabinet = queries.find(session, organisation.id)
    assert cabinet is not None
    with transaction(organisation.id) as session:
        codes.send(session, organisation, cabinet, Contact(Way.EMAIL, EMAIL), token=token, address="")
    return token


def _main() -> int:
    db.connect(Settings().database_url.get_secret_value())
    made = load()
    db.disconnect()
    print(f"opened: {', '.join(made)}" if made else "were open")
    return 0


if __name__ == "__main__":
    main(_main)
