"""Reports of delivery over HTTP: a gateway says what became of our SMS, at an address whose last part is secret."""

import structlog
from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from db import EVERY_ORGANISATION, transaction
from notify import queries, service
from notify.far.sms_http_reports import is_signed, reports
from staff.channels.reports import Sent

log = structlog.get_logger()

router = APIRouter(prefix="/sms")


@router.post("/reports/{key}")
def report(key: str, sent: Sent) -> Response:
    """Notes each report; 404 for an address of no channel, 403 without its signature, 400 for what is no report."""
    with transaction(EVERY_ORGANISATION) as session:
        channel = queries.channel_of_reports(session, key.replace("\x00", ""))
    if channel is None:
        return JSONResponse({"error": "unknown address"}, 404)
    header = str(channel.settings.get("signature") or "")
    if header and not is_signed(sent.headers.get(header, ""), channel.secret, sent.body):
        log.warning("report_not_signed", channel=channel.id)
        return JSONResponse({"error": "the signature is not the channel's"}, 403)
    try:
        told = reports(channel.settings, sent.body, sent.kind)
    except ValueError as error:
        return JSONResponse({"error": str(error)}, 400)
    with transaction(channel.organisation_id) as session:
        for reference, outcome, said in told:
            service.reported(session, channel.id, reference, outcome, said)
    return JSONResponse({"noted": len(told)})
