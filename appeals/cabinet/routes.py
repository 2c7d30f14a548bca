"""Write to us: the public form. Nobody needs an account to fill it in, everybody needs one to send it (U-71)."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from appeals.addresses import finding
from appeals.addresses.routes import note
from appeals.attachments.storing import Stored
from appeals.cabinet import drafts, fields, files, queries, visiting, words, writing
from appeals.cabinet.model import OFFERS_A_MINUTE, SHORT, Field
from appeals.cabinet.tables import CabinetDraft
from appeals.cabinet.visiting import Visitor
from appeals.cabinet.writing import Author, WriteForm
from appeals.registering import CardForm, Checked
from db import EVERY_ORGANISATION, transaction
from staff.access import SentToken
from staff.keys import pace
from staff.queries import organisations
from web import csrf
from web.forms import Submitted, blank, row_id, submitted
from web.languages import gettext as _
from web.pages import render, see_other

router = APIRouter(prefix="/write")

Sent = Annotated[Submitted[WriteForm], submitted(WriteForm)]


@router.get("")
def choose(request: Request) -> Response:
    """To whom."""
    with transaction(EVERY_ORGANISATION) as session:
        open_to = queries.open_of(session)
        known = [each for each in organisations(session) if each.id in open_to]
    if len(known) == 1:
        return see_other(f"/write/{known[0].code}")
    return render(request, "appeals/cabinet/choose.html", organisations=known)


@router.get("/{code}")
def form(request: Request, code: str, draft: str = "") -> Response:
    """The form as it was left: in this browser, or as the draft of the account that is gone on with; else a new one."""
    visitor = visiting.visit(request, code)
    with transaction(visitor.organisation.id) as session:
        thrown = None
        if visitor.account is None:
            begun = drafts.of_browser(session, visitor.organisation, visitor.browser)
            thrown = begun if begun is not None and drafts.can_come_back(begun) else None
            begun = None if begun is None or begun.forgotten_at is not None else begun
        else:
            number = row_id(draft)
            begun = queries.draft_of_account(session, visitor.account.id, number) if number is not None else None
        return _page(
            request, session, visitor, blank(**drafts.filled_in(begun, visitor.account)), begun=begun, thrown=thrown
        )


@router.get("/{code}/addresses")
def addresses(request: Request, code: str, q: Annotated[str, Query(max_length=1000)] = "") -> Response:
    """Streets and houses for what was typed: of the directory alone, to anybody, so often a minute."""
    pace.count_of(f"offers:{visiting.address_of(request)}", OFFERS_A_MINUTE)
    visitor = visiting.visit(request, code)
    visitor.opened()
    with transaction(visitor.organisation.id) as session:
        found = finding.offers(session, visitor.organisation, q) if q.strip() else []
        offers = [{"text": each.text, "house": each.house, "street": each.street, "note": note(each)} for each in found]
    return JSONResponse({"offers": offers}, headers={"Cache-Control": "no-store"})


@router.post("/{code}")
def send(request: Request, code: str, token: SentToken, form: Sent) -> Response:
    """A number; or the form again with what is wrong, nothing saved. Without an account the draft is kept, and the
    sign-in comes first."""
    visitor = visiting.visit(request, code)
    visitor.opened()
    author = visitor.author()
    if author is None:
        return _kept(request, visitor, form)
    if not csrf.matches(token, visitor.csrf):  # the page is from before the sign-in, or from another session
        return _brought(visitor, author, form)
    if form.typed["deed"] == "keep":
        return _kept_of(request, visitor, author, form)
    return _sent(request, visitor, author, form)


@router.post("/{code}/upload")
def send_with_files(request: Request, code: str, token: SentToken, form: Sent) -> Response:
    """The same with files, which need more room than other forms have."""
    return send(request, code, token, form)


def _kept(request: Request, visitor: Visitor, form: Submitted[WriteForm]) -> Response:
    """What was typed is kept under the browser's token, and the way to sending it is the sign-in."""
    token = visitor.browser or visiting.new_token()
    with transaction(visitor.organisation.id) as session:
        drafts.keep_of_browser(session, visitor.organisation, token, form.typed, address=visiting.address_of(request))
    told = _("What you wrote is kept. Sign in with a code, then send it.")
    response = visiting.to_sign_in(request, visitor, notice=told)
    visiting.name_browser(request, response, visitor, token)
    return response


def _brought(visitor: Visitor, author: Author, form: Submitted[WriteForm]) -> Response:
    """Nothing is sent that the session's own page did not show; nothing that was typed is lost."""
    with transaction(visitor.organisation.id) as session:
        draft = drafts.bring(session, author.account, form.typed)
    told = _("You are signed in now. Look at what you wrote, then send it.")
    return see_other(f"/write/{visitor.organisation.code}?draft={draft}", notice=told)


def _kept_of(request: Request, visitor: Visitor, author: Author, form: Submitted[WriteForm]) -> Response:
    try:
        with transaction(visitor.organisation.id) as session:
            draft = drafts.keep(session, author.account, form.typed)
    except drafts.KeptMany:
        form.refuse(Field.SUBSTANCE, _(words.KEPT_MANY))
        with transaction(visitor.organisation.id) as session:
            return _page(request, session, visitor, form, status=422)
    told = _("Kept. You find it here and in your cabinet for a week.")
    return see_other(f"/write/{visitor.organisation.code}?draft={draft}", notice=told)


def _sent(request: Request, visitor: Visitor, author: Author, form: Submitted[WriteForm]) -> Response:
    """First all that may be wrong, then the files into the store, then everything in one transaction."""
    organisation = visitor.organisation
    with transaction(organisation.id) as session:
        sent = form.value
        before = writing.already(session, author.account, sent) if sent is not None else None
        if before is not None and sent is not None:
            drafts.forget_sent(session, author.account, sent.submission, substance=sent.substance)
            return _registered(visitor, before.number)
        by = queries.registrar(session, author.cabinet)
        asked = writing.asked_of(session, author.cabinet)
        card = writing.check(session, form, asked, author.account, by=by)
        if card is None or sent is None:
            return _page(request, session, visitor, form, status=422)
    chosen = writing.files_of(form) if any(each.field is Field.FILES for each in asked) else []
    stored = files.store(organisation.id, chosen, form, limit=request.app.state.attachment_limit)
    if stored is None:
        with transaction(organisation.id) as session:
            return _page(request, session, visitor, form, status=422)
    try:
        number = _register(request, author, sent, card, stored)
    except writing.SentMany:
        form.refuse(Field.SUBSTANCE, _(words.MANY_TODAY))
        with transaction(organisation.id) as session:
            return _page(request, session, visitor, form, status=422)
    return _registered(visitor, number)


def _register(
    request: Request, author: Author, sent: WriteForm, card: tuple[CardForm, Checked], stored: Sequence[Stored]
) -> str:
    """The number; files that no row names go with what was refused, or was there before."""
    is_new = False
    try:
        with transaction(author.organisation.id) as session:
            appeal, is_new = writing.register(session, author, sent, card, files=stored, site=request.app.state.site)
            return appeal.number
    finally:
        if not is_new:
            files.forget(stored)


def _registered(visitor: Visitor, number: str) -> Response:
    told = _("Your appeal is registered under the number %s. The number is on its way to you too.") % number
    return see_other(f"{visitor.at}/{number}", notice=told)


def _page(
    request: Request,
    session: Session,
    visitor: Visitor,
    form: Submitted[Any],
    *,
    begun: CabinetDraft | None = None,
    thrown: CabinetDraft | None = None,
    status: int = 200,
) -> Response:
    form.typed = {name: text for name, text in form.typed.items() if name != "files"}
    asked = writing.asked_of(session, visitor.cabinet) if visitor.cabinet is not None else []
    kept = drafts.kept(session, visitor.account) if visitor.account is not None else []
    others = [each for each in kept if each.submission != form.typed.get("submission")]
    return render(
        request,
        "appeals/cabinet/write.html",
        status=status,
        visitor=visitor,
        form=form,
        begun=begun,
        thrown=thrown,
        others=others,
        texts=drafts.texts(others, SHORT),
        shown=fields.shown(session, visitor.organisation, asked, visitor.account),
        limit=request.app.state.attachment_limit,
    )
