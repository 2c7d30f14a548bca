"""A card printed: filled in, laid out, and written down as an opening of personal data."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from appeals import queries
from appeals.printing import filling, forms
from appeals.printing.model import Paper, Sheets, laid_out
from staff import queries as staff
from staff.audit import audit
from staff.tables import Organisation, Person
from web.languages import gettext, speaking_to
from web.languages import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a template prints."""

    number: str
    paper: Paper
    sheets: Sheets
    organisation: str
    language: str
    title: str
    code: str
    back: str
    more: str
    note: str


def print_card(session: Session, number: str, paper: Paper, *, by: Person) -> Card:
    """The card of an appeal in the form of the organisation's country. NotFound."""
    appeal = queries.get(session, number)
    organisation = staff.organisation(session, by.organisation_id)
    form = forms.of_country(organisation.country)
    audit(session, by, "appeal.printed", f"appeal:{appeal.number}", paper=paper.value)
    with in_its_language(organisation):
        shown = filling.seen_by(by, filling.values(session, appeal, organisation))
        return Card(
            number=appeal.number,
            paper=paper,
            sheets=laid_out(form, shown, paper, gettext),
            organisation=organisation.called(),
            language=organisation.default_language,
            title=gettext(form.title),
            code=_("Form code %s") % form.code if form.code else "",
            back=_("Back of the card"),
            more=_("Continuation of the card %s") % appeal.number,
            note=gettext(form.note) if form.note else "",
        )


@contextmanager
def in_its_language(organisation: Organisation) -> Iterator[None]:
    """Papers of an organisation are in its own language, whoever prints them."""
    with speaking_to(organisation.audience()):
        yield
