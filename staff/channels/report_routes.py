"""What a gateway says over HTTP, at addresses whose last part is secret: reports of delivery, what people answer."""

from collections.abc import Callable

import structlog
from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response

from db import EVERY_ORGANISATION, transaction
from notify import opt_outs, queries, service
from notify.far.sms_http_reports import answers, is_signed, reports
from notify.tables import Channel
from staff.channels.reports import Report, Sent

log = structlog.get_logger()

router = APIRouter(prefix="/sms")


@router.post("/reports/{key}")
def report(key: str, sent: Sent) -> Response:
    """Notes each report; 404 for an address of no channel, 403 without its signature, 400 for what is no report."""
    channel = _channel(queries.channel_of_reports, key, sent)
    if isinstance(channel, Response):
        return channel
    try:
        told = reports(channel.settings, sent.body, sent.kind)
    except ValueError as error:
        return JSONResponse({"error": str(error)}, 400)
    with transaction(channel.organisation_id) as session:
        for reference, outcome, said in told:
            service.reported(session, channel.id, reference, outcome, said)
    return JSONResponse({"noted": len(told)})


@router.post("/answers/{key}")
def answer(key: str, sent: Sent) -> Response:
    """What people write to our number: STOP and START are obeyed. Refused as reports are."""
    channel = _channel(queries.channel_of_answers, key, sent)
    if isinstance(channel, Response):
        return channel
    try:
        told = answers(channel.settings, sent.body, sent.kind)
    except ValueError as error:
        return JSONResponse({"error": str(error)}, 400)
    with transaction(channel.organisation_id) as session:
        for phone, text in told:
            opt_outs.heard(session, channel, phone, text)
    return JSONResponse({"heard": len(told)})


def _channel(known: Callable[[Session, str], Channel | None], key: str, sent: Report) -> Channel | Response:
    """Whose address it is, where the request is signed as that channel wants it; the refusal otherwise."""
    with transaction(EVERY_ORGANISATION) as session:
        channel = known(session, key.replace("\x00", ""))
    if channel is None:
        return JSONResponse({"error": "unknown address"}, 404)
    header = str(channel.settings.get("signature") or "")
    if header and not is_signed(sent.headers.get(header, ""), channel.secret, sent.body):
        log.warning("report_not_signed", channel=channel.id)
        return JSONResponse({"error": "the signature is not the channel's"}, 403)
    return channel
