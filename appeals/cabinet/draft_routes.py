"""What was begun is thrown away, and wanted after all: of the account, or of the browser nobody is signed in with."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from appeals.cabinet import drafts, queries, visiting
from appeals.cabinet.tables import CabinetDraft
from appeals.cabinet.visiting import Visitor
from appeals.cabinet.writing import Author
from db import NotFound, transaction
from staff.access import SentToken
from web.forms import Submitted, row_id, submitted
from web.languages import gettext as _
from web.pages import see_other

router = APIRouter(prefix="/cabinet/{code}/draft")


class WhichForm(BaseModel):
    """One of the account's drafts; who is not signed in has one only."""

    draft: str = ""


Which = Annotated[Submitted[WhichForm], submitted(WhichForm)]


@router.post("/forget")
def forget(request: Request, code: str, token: SentToken, form: Which) -> Response:
    """It is not wanted; for a while it can be had back."""
    visitor = visiting.visit(request, code)
    author = visiting.permitted(visitor, token)
    with transaction(visitor.organisation.id) as session:
        drafts.forget(session, _which(session, visitor, author, form))
    return see_other(_leads(visitor, author), notice=_("Thrown away. It can be had back for an hour."))


@router.post("/restore")
def restore(request: Request, code: str, token: SentToken, form: Which) -> Response:
    """It is wanted after all."""
    visitor = visiting.visit(request, code)
    author = visiting.permitted(visitor, token)
    with transaction(visitor.organisation.id) as session:
        draft = _which(session, visitor, author, form)
        is_back = drafts.restore(session, draft)
    leads = f"/write/{visitor.organisation.code}?draft={draft.id}" if author is not None else _leads(visitor, author)
    return see_other(leads, notice=_("It is back") if is_back else _("It is too late: it is gone"))


def _which(session: Session, visitor: Visitor, author: Author | None, form: Submitted[WhichForm]) -> CabinetDraft:
    """NotFound for everybody else's."""
    if author is None:
        found = drafts.of_browser(session, visitor.organisation, visitor.browser)
    else:
        number = row_id(form.typed["draft"])
        found = queries.draft_of_account(session, author.account.id, number) if number is not None else None
    if found is None:
        raise NotFound("draft")
    return found


def _leads(visitor: Visitor, author: Author | None) -> str:
    return visitor.at if author is not None else f"/write/{visitor.organisation.code}"
