"""The web process: `python -m run.web`. All pages, the JSON of the desk, the live streams."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from urllib.parse import urlsplit

import redis
import uvicorn
from fastapi import APIRouter, FastAPI
from sqlalchemy.orm import Session

import acd.callbacks.desk_routes
import acd.callbacks.routes
import acd.callers.routes
import acd.directories.routes
import acd.outgoing.routes
import acd.queues.opening.routes
import acd.queues.priority.routes
import acd.queues.routes
import acd.queues.skill_routes
import acd.queues.step_routes
import acd.queues.teams.routes
import acd.routes
import acd.temporary.routes
import acd.visitor_routes
import acd.wrap_up_routes
import appeals.addresses.enterprise_routes
import appeals.addresses.facility_routes
import appeals.addresses.house_routes
import appeals.addresses.import_routes
import appeals.addresses.routes
import appeals.addresses.street_routes
import appeals.applicants.duplicate_routes
import appeals.applicants.page_routes
import appeals.applicants.routes
import appeals.attachments.routes
import appeals.attachments.rule_routes
import appeals.cabinet.account_routes
import appeals.cabinet.contact_routes
import appeals.cabinet.draft_routes
import appeals.cabinet.form_routes
import appeals.cabinet.own_routes
import appeals.cabinet.routes
import appeals.card_routes
import appeals.classifier.import_routes
import appeals.classifier.routes
import appeals.draft_routes
import appeals.escalation.routes
import appeals.exchange.routes
import appeals.executors.import_routes
import appeals.executors.member_routes
import appeals.executors.routes
import appeals.feedback.author_routes
import appeals.feedback.routes
import appeals.inbound.mailbox_routes
import appeals.inbound.routes
import appeals.journal.board_routes
import appeals.journal.export_routes
import appeals.journal.many_routes
import appeals.journal.routes
import appeals.letters.routes
import appeals.maps.extract_routes
import appeals.maps.point_routes
import appeals.maps.routes
import appeals.notices.routes
import appeals.numbering.routes
import appeals.printing.routes
import appeals.questions.routes
import appeals.rights.routes
import appeals.routes
import appeals.routing.import_routes
import appeals.routing.proposal_routes
import appeals.routing.routes
import appeals.terms.calendar_routes
import appeals.terms.routes
import appeals.terms.rule_routes
import appeals.webhooks.routes
import appeals.workflow.attachment_routes
import appeals.workflow.dispatch_routes
import appeals.workflow.office_routes
import appeals.workflow.reopening_routes
import appeals.workflow.routes
import appeals.works.deed_routes
import appeals.works.link_routes
import appeals.works.routes
import appeals.works.service_routes
import appeals.xml.routes
import calls.routes
import db
import ivr.editor.routes
import ivr.editor.version_routes
import ivr.emergency_routes
import ivr.number_routes
import ivr.prompt_routes
import ivr.routes
import recordings.backlog_routes
import recordings.keeping.act_routes
import recordings.keeping.hold_routes
import recordings.keeping.routes
import recordings.keeping.rule_routes
import recordings.routes
import reports.acute.routes
import reports.appeals.routes
import reports.availability.routes
import reports.calls.routes
import reports.cards.exchange_routes
import reports.cards.routes
import reports.late.routes
import reports.results.routes
import reports.sources.routes
import reports.staffing.routes
import reports.topics.routes
import run.pages.about
import run.pages.health
import run.pages.home
import run.pages.manual
import run.pages.metrics
import run.pages.search
import run.pages.status
import staff.audit_routes
import staff.channels.opt_out_routes
import staff.channels.outbox_routes
import staff.channels.report_routes
import staff.channels.routes
import staff.channels.wording_routes
import staff.keys.routes
import staff.organisation_routes
import staff.people_routes
import staff.routes
import supervisor.alarms.ladder_routes
import supervisor.alarms.routes
import supervisor.board
import supervisor.capacity.routes
import supervisor.panel.routes
import supervisor.routes
import supervisor.supervision.routes
import supervisor.surge.plan_routes
import supervisor.surge.routes
import supervisor.words
from acd import news
from acd import service as desk
from appeals.applicants import words as applicants
from appeals.bot import words as bot
from appeals.cabinet import words as cabinet
from appeals.escalation import words as escalation
from appeals.exchange import application as exchange
from appeals.feedback.words import ASKED
from appeals.inbound import words as letters
from appeals.notices import words as notices
from appeals.questions import service as questions
from appeals.rights import words as rights_words
from appeals.terms.words import EXTENDED
from appeals.workflow import words as work
from calls import hearing
from ivr.queries import menu_titles
from notify.service import TEST
from recordings import jobs as recording_jobs
from recordings import room
from run import garbage, logs, places, rolling
from run.asterisk.prompts import voices
from run.metrics import requests
from run.metrics.process import Teller
from run.pages.queries import dialled_numbers, languages_needed, menus_leading_to, messages, prompt_uses, queue_names
from run.pages.status import PARTS
from run.settings import Settings
from run.storage import connect_store, verify_attachments
from staff import access, rights
from staff.keys import pace
from staff.tables import Person
from supervisor.alarms.words import TEMPLATES
from supervisor.supervision import service as supervision
from supervisor.supervision.model import Mode
from web import facts, hints, live, pages
from web.application import application
from web.guard import Policy
from web.live import Streams
from web.shell import Alarm, Shell

ROUTERS: tuple[APIRouter, ...] = (
    # Routes are tried one after the other, some microseconds each: what desks ask all day comes first.
    acd.routes.router,
    acd.callers.routes.router,
    acd.wrap_up_routes.router,
    appeals.addresses.routes.router,
    appeals.applicants.routes.router,
    appeals.card_routes.router,
    appeals.draft_routes.router,
    appeals.works.link_routes.router,
    supervisor.alarms.ladder_routes.router,
    supervisor.alarms.routes.router,
    run.pages.home.router,
    run.pages.manual.router,
    run.pages.search.router,
    run.pages.about.router,
    run.pages.health.router,
    run.pages.metrics.router,
    acd.callbacks.desk_routes.router,
    acd.callbacks.routes.router,
    acd.directories.routes.router,
    acd.outgoing.routes.router,
    acd.queues.opening.routes.router,
    acd.queues.priority.routes.router,
    acd.queues.routes.router,
    acd.queues.skill_routes.router,
    acd.queues.step_routes.router,
    acd.queues.teams.routes.router,
    acd.temporary.routes.router,
    acd.visitor_routes.router,
    appeals.cabinet.routes.router,
    appeals.cabinet.account_routes.router,
    appeals.cabinet.contact_routes.router,
    appeals.cabinet.draft_routes.router,
    appeals.cabinet.own_routes.router,
    appeals.cabinet.form_routes.router,
    appeals.classifier.import_routes.router,
    appeals.classifier.routes.router,
    appeals.escalation.routes.router,
    appeals.webhooks.routes.router,
    appeals.xml.routes.router,
    appeals.exchange.routes.router,
    appeals.inbound.routes.router,
    appeals.inbound.mailbox_routes.router,
    appeals.feedback.routes.router,
    appeals.feedback.author_routes.router,
    appeals.notices.routes.router,
    appeals.terms.calendar_routes.router,
    appeals.terms.rule_routes.router,
    appeals.terms.routes.router,
    appeals.workflow.dispatch_routes.router,
    appeals.workflow.routes.router,
    appeals.workflow.attachment_routes.router,
    appeals.workflow.office_routes.router,
    appeals.workflow.reopening_routes.router,
    appeals.addresses.street_routes.router,
    appeals.addresses.house_routes.router,
    appeals.addresses.enterprise_routes.router,
    appeals.addresses.facility_routes.router,
    appeals.addresses.import_routes.router,
    appeals.maps.extract_routes.router,
    appeals.executors.import_routes.router,
    appeals.executors.member_routes.router,
    appeals.executors.routes.router,
    appeals.questions.routes.router,
    appeals.routing.import_routes.router,
    appeals.routing.proposal_routes.router,
    appeals.routing.routes.router,
    appeals.applicants.duplicate_routes.router,
    appeals.applicants.page_routes.router,
    appeals.attachments.routes.router,
    appeals.attachments.rule_routes.router,
    appeals.printing.routes.router,
    appeals.journal.routes.router,
    appeals.journal.export_routes.router,
    appeals.journal.many_routes.router,
    appeals.journal.board_routes.router,
    appeals.maps.routes.router,
    appeals.maps.point_routes.router,
    appeals.letters.routes.router,
    appeals.numbering.routes.router,
    appeals.works.service_routes.router,
    appeals.works.deed_routes.router,
    appeals.works.routes.router,
    appeals.rights.routes.router,
    appeals.routes.router,
    calls.routes.router,
    ivr.editor.routes.router,
    ivr.emergency_routes.router,
    ivr.number_routes.router,
    ivr.prompt_routes.router,
    ivr.routes.router,
    ivr.editor.version_routes.router,
    recordings.backlog_routes.router,
    recordings.keeping.act_routes.router,
    recordings.keeping.hold_routes.router,
    recordings.keeping.routes.router,
    recordings.keeping.rule_routes.router,
    recordings.routes.router,
    reports.appeals.routes.router,
    reports.acute.routes.router,
    reports.late.routes.router,
    reports.topics.routes.router,
    reports.sources.routes.router,
    reports.results.routes.router,
    reports.availability.routes.router,
    reports.calls.routes.router,
    reports.cards.routes.router,
    reports.staffing.routes.router,
    run.pages.status.router,
    staff.channels.opt_out_routes.router,
    staff.channels.outbox_routes.router,
    staff.channels.report_routes.router,
    staff.channels.wording_routes.router,
    staff.channels.routes.router,
    staff.keys.routes.router,
    staff.organisation_routes.router,
    staff.audit_routes.router,
    staff.people_routes.router,
    staff.routes.router,
    supervisor.capacity.routes.router,
    supervisor.panel.routes.router,
    supervisor.routes.router,
    supervisor.supervision.routes.router,
    supervisor.surge.plan_routes.router,
    supervisor.surge.routes.router,
)

ALARMS = (Alarm("status.read", "status/_room_alarm.html", room.alarm),)

CODES_OF_DEEDS = {  # words of what a deed leaves in the audit trail as a code, by the name of the detail
    "appeal.data_opened": {"purpose": rights_words.PURPOSES},
    "appeal.opened": {"reason": rights_words.REASONS},
    "applicant.opened": {"reason": applicants.OPENED},
    **{f"supervision.{mode.value}": {"purpose": supervisor.words.PURPOSES} for mode in Mode},
    "supervision.ended": {"purpose": supervisor.words.PURPOSES, "outcome": supervisor.words.OUTCOMES},
    **{deed: {"purpose": supervisor.words.CAUSES} for deed in ("agent.messaged", "agent.paused", "agent.signed_out")},
}

MESSAGES = (
    TEST,
    *notices.TEMPLATES.values(),
    notices.MAILED,
    ASKED,
    *cabinet.TEMPLATES,
    letters.RETURNED,
    letters.REGISTERED,
    bot.RECEIVED,
    bot.ANSWERED,
    EXTENDED,
    *escalation.TEMPLATES,
    *work.TEMPLATES,
    *TEMPLATES,
)  # that leave the house, whose words an organisation may change


def served() -> FastAPI:
    """The application of a process that uvicorn has begun."""
    settings = Settings()
    logs.configure(settings.log_level, process="web")
    app = create(settings)
    garbage.spare()
    return app


def create(settings: Settings) -> FastAPI:
    """The application of one process, connected to its servers."""
    db.connect(settings.database_url.get_secret_value(), pool_size=20)
    policy = Policy(sockets=(settings.sip_socket_url,), secure=urlsplit(settings.public_url).scheme == "https")
    app = application(routers=ROUTERS, shell=_shell(settings), policy=policy, lifespan=_lifespan)
    redis_url = settings.redis_url.get_secret_value()
    app.add_middleware(requests.Measured)
    app.add_middleware(rolling.Leaving)
    app.state.settings = settings  # for routes of `run` only
    app.state.sounds = settings.sounds
    app.state.voices = voices(settings.speech)
    app.state.part_words = PARTS
    app.state.queue_names = queue_names
    app.state.menus_leading_to = menus_leading_to
    app.state.languages_needed = languages_needed
    app.state.messages = messages
    app.state.prompt_uses = prompt_uses
    app.state.menu_titles = menu_titles
    app.state.phone_socket = settings.sip_socket_url
    facts.connect(redis_url)
    hearing.connect(settings.node)
    supervisor.board.connect(settings.trunk_channels)
    recording_jobs.connect(redis_url, spool=settings.recordings_spool)
    connect_store(settings)
    app.state.attachment_limit = settings.attachment_limit * 1_000_000
    app.state.verify_attachments = partial(verify_attachments, settings.node)
    app.state.redis = redis.Redis.from_url(redis_url, socket_timeout=3, socket_connect_timeout=3)
    app.state.figures_fresh = run.pages.metrics.FRESH
    app.state.trunk_channels = settings.trunk_channels
    app.state.dialled_numbers = dialled_numbers
    app.state.line_out = bool(settings.trunk_far_end)  # whether calls to citizens go anywhere
    app.state.templates = MESSAGES
    app.state.codes_of_deeds = CODES_OF_DEEDS
    app.state.site = settings.public_url.rstrip("/")
    app.state.on_access_lost = _access_lost
    questions.connect(news.tell_desk)
    hints.connect(partial(live.publish, app.state.redis))
    pace.connect(app.state.redis)
    app.state.exchange = exchange.application(app.state, [reports.cards.exchange_routes.router])
    app.mount(exchange.AT, app.state.exchange, name="exchange")
    pages.warm()
    return app


def _shell(settings: Settings) -> Shell:
    """The frame around every page."""
    return Shell(
        groups=places.GROUPS,
        search_url="/search",
        about_url="/about",
        support=settings.support,
        recognise=access.recognise,
        agent_state_url="/desk/chip",
        agent_state_permission="desk.use",
        alarms=ALARMS,
    )


def _access_lost(session: Session, person: Person) -> None:
    """Takes the phone and the shift of somebody who may no longer use the desk."""
    if not rights.has(person, "desk.use"):
        desk.leave(session, person.id)
    if not rights.has(person, "supervision.listen"):
        supervision.take_phone_back(session, person)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Streams]]:
    """What a request finds in `request.state`: live streams belong to the event loop that serves them."""
    streams = Streams(app.state.settings.redis_url.get_secret_value())
    requests.STREAMS.set_function(lambda: streams.open)
    teller = Teller(app.state.settings.redis_url.get_secret_value(), "web", app.state.settings.node)
    teller.start()
    yield {"streams": streams}
    teller.stop()
    await asyncio.to_thread(teller.join, 2)
    await streams.close()
    app.state.redis.close()


def main() -> None:
    """Serves until it is told to stop; requests under way are finished, live streams are cut.

    SIGHUP replaces the processes one after the other: see `run.rolling`.
    """
    settings = Settings()
    config = uvicorn.Config(
        "run.web:served",
        factory=True,
        host=settings.bind,
        port=settings.web_port,
        workers=settings.web_processes,
        timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=60,  # a process that is still importing on a busy machine must not be killed for it
        proxy_headers=True,
        server_header=False,
        access_log=False,
        log_level=settings.log_level.lower(),
    )
    rolling.serve(config, settings.data / "release")


if __name__ == "__main__":
    main()
