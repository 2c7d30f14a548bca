"""What an organisation has that others must not reach: one object of each kind, and how every route is asked for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from acd.callbacks.tables import OwedCall
from acd.queues import service as queues
from acd.queues.model import OverflowDeed, PriorityKind, SkillKind
from acd.queues.priority import service as priority
from acd.queues.teams import service as teams
from acd.tables import CallNote, PauseReason, Queue, QueueMember, WrapUp
from acd.temporary.tables import TemporaryBatch
from appeals import service
from appeals.applicants import merging
from appeals.applicants import queries as applicants_known
from appeals.applicants import service as applicants
from appeals.attachments.tables import AppealLink, Attachment, CompulsoryKind
from appeals.classifier import service as classifier
from appeals.classifier.model import Section
from appeals.classifier.tables import ClassifierEntry
from appeals.escalation.tables import EscalationStep, TermMeasure
from appeals.inbound.tables import InboundLetter, Mailbox
from appeals.journal import service as journal
from appeals.journal.model import Asked as JournalAsked
from appeals.journal.tables import Deed as JournalDeed
from appeals.model import Kind, Source
from appeals.tables import Appeal, Applicant
from appeals.terms import queries as term_queries
from appeals.terms import rules as terms
from appeals.terms.model import Unit
from appeals.webhooks import service as webhooks
from appeals.webhooks.model import CHOSEN
from appeals.webhooks.tables import WebhookMessage
from appeals.workflow import service as workflow
from appeals.workflow.model import Order, Told
from appeals.workflow.tables import Assignment, ReopeningRule
from appeals.xml import service as xml
from appeals.xml.schema import NAMESPACE
from calls.model import Language
from calls.tables import Topic
from db import EVERY_ORGANISATION, transaction
from ivr import service as menus
from ivr.demonstration import MENUS, NUMBERS
from ivr.tables import Emergency
from notify.model import RefusedBy
from notify.tables import OptOut
from recordings.keeping import service as keeping
from recordings.keeping.tables import DeletionAct, LegalHold, RetentionRule
from recordings.model import ListeningKind, RecordingState, Why
from recordings.tables import Listening, Recording
from staff.keys import service as keys
from staff.keys.model import Scope
from staff.model import Role
from staff.tables import Person
from supervisor.supervision.tables import Supervision, SupervisorMessage
from supervisor.surge import service as surge
from supervisor.surge.tables import IncidentPlan
from tests.centre import PEOPLE, Centre
from tests.pages.a_call import answered_call
from tests.pages.alarming import alarming
from tests.pages.directory import directory, executing, worked


@dataclass(frozen=True, slots=True)
class Belongings:
    """One organisation's objects, and the words by which each would be known on a page."""

    call: UUID
    recording: int
    listened: int
    downloaded: int
    appeal: str
    person: int
    prompt: str
    menus: int
    dialled: str
    emergency: int
    supervision: int
    message: int
    rule: int
    hold: int
    act: int
    owed: int
    channel: int
    letter: int
    alarm: int
    step: int
    queue: str
    overflow: int
    reason: str
    priority: int
    skill: int
    team: int
    batch: int
    plan: int
    incident: int
    applicant: int
    double: int
    contact: int
    category: int
    merge: int
    entry: int
    attachment: int
    link: int
    compulsory: int
    term_rule: int
    reopening: int
    measure: int
    told_step: int
    day_off: int
    street: int
    street_name: int
    house: int
    enterprise: int
    facility: int
    address_file: int
    extract: int
    executor: int
    member: int
    away: int
    route: int
    question: int
    opt_out: int
    assignment: int
    proof: int
    view: int
    export: int
    bulk: int
    work: int
    work_service: int
    mail: int
    mailbox: int
    key: int
    webhook: int
    told: int
    xml_file: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """How a route is asked for an object: the address, and what else a form must have to be right."""

    address: str
    form: Mapping[str, Any] = field(default_factory=dict)


EMPTY = f'<appeals xmlns="{NAMESPACE}" version="1" organisation="x" made-at="2026-11-23T08:00:00Z"/>'
CARD = {"surname": "Коваль", "kind": "complaint", "topic": "water", "substance": "Немає води другий день"}
WHY = {"why": Why.COMPLAINT}
NAMED = {f"name_{code}": "Мережі" for code in ("uk", "uz", "ru", "en")}

NAMES_AN_OBJECT: dict[str, Asked] = {
    "POST /desk/wrap-up/{call}": Asked("/desk/wrap-up/{call}", {"result": "settled"}),
    "POST /desk/calls/{call}/notes": Asked("/desk/calls/{call}/notes", {"text": "перша"}),
    "POST /desk/calls/{call}/caller-notes": Asked("/desk/calls/{call}/caller-notes", {"text": "друга"}),
    "GET /desk/calls/{call}/number": Asked("/desk/calls/{call}/number"),
    "GET /callbacks/{owed_id}": Asked("/callbacks/{owed}"),
    "POST /callbacks/{owed_id}/take": Asked("/callbacks/{owed}/take"),
    "POST /callbacks/{owed_id}/settle": Asked("/callbacks/{owed}/settle", {"note": "передзвонили"}),
    "POST /callbacks/{owed_id}/escalate": Asked("/callbacks/{owed}/escalate"),
    "POST /callbacks/{owed_id}/reopen": Asked("/callbacks/{owed}/reopen"),
    "POST /desk/callback/{owed_id}/accept": Asked("/desk/callback/{owed}/accept"),
    "POST /desk/callback/{owed_id}/give-back": Asked("/desk/callback/{owed}/give-back"),
    "POST /desk/callback/{owed_id}/seen": Asked("/desk/callback/{owed}/seen"),
    "GET /wrap-ups/of": Asked("/wrap-ups/of?call={call}"),
    "GET /appeals/of-call": Asked("/appeals/of-call?call={call}"),
    "GET /appeals/begun/{call}": Asked("/appeals/begun/{call}"),
    "GET /appeals/{number}": Asked("/appeals/{appeal}"),
    "POST /appeals/{number}/open-data": Asked("/appeals/{appeal}/open-data", {"purpose": "request"}),
    "POST /appeals/{number}/point": Asked("/appeals/{appeal}/point", {"latitude": "46.97", "longitude": "31.99"}),
    "DELETE /appeals/{number}": Asked("/appeals/{appeal}"),
    "POST /appeals/{number}/complained-of": Asked("/appeals/{appeal}/complained-of"),
    "GET /appeals/{number}/work": Asked("/appeals/{appeal}/work"),
    "POST /appeals/{number}/work": Asked("/appeals/{appeal}/work", {"deed": "assign"}),
    "GET /assignments/{assignment_id}": Asked("/assignments/{assignment}"),
    "POST /assignments/{assignment_id}/point": Asked(
        "/assignments/{assignment}/point", {"latitude": "46.97", "longitude": "31.99"}
    ),
    "POST /assignments/{assignment_id}": Asked("/assignments/{assignment}", {"deed": "take"}),
    "GET /executors/{executor_id}": Asked("/executors/{executor}"),
    "POST /executors/{executor_id}": Asked("/executors/{executor}", {"name": "Водоканал", "kind": "enterprise"}),
    "POST /executors/{executor_id}/close": Asked("/executors/{executor}/close"),
    "POST /executors/{executor_id}/open": Asked("/executors/{executor}/open"),
    "POST /executors/{executor_id}/members": Asked(
        "/executors/{executor}/members", {"person": "{person}", "role": "head", "since": "2026-11-23"}
    ),
    "POST /executors/{executor_id}/members/{member_id}/end": Asked(
        "/executors/{executor}/members/{member}/end", {"last_day": "2100-01-01"}
    ),
    "POST /executors/absences/{absence_id}/end": Asked("/executors/absences/{away}/end"),
    "POST /questions": Asked("/questions", {"executor": "{executor}", "text": "Чи є вода?", "appeal": "{appeal}"}),
    "GET /questions/{question_id}": Asked("/questions/{question}"),
    "POST /questions/{question_id}/take": Asked("/questions/{question}/take"),
    "POST /questions/{question_id}/answer": Asked("/questions/{question}/answer", {"answer": "Є"}),
    "POST /routing/{rule_id}/end": Asked("/routing/{route}/end"),
    "GET /appeals/{number}/attachments": Asked("/appeals/{appeal}/attachments"),
    "POST /appeals/{number}/attachments/upload": Asked("/appeals/{appeal}/attachments/upload"),
    "POST /appeals/{number}/attachments/links": Asked(
        "/appeals/{appeal}/attachments/links", {"link": "https://example.org/photo"}
    ),
    "POST /appeals/{number}/attachments/links/{link_id}/take-back": Asked(
        "/appeals/{appeal}/attachments/links/{link}/take-back"
    ),
    "GET /appeals/{number}/attachments/{attachment_id}/small": Asked(
        "/appeals/{appeal}/attachments/{attachment}/small"
    ),
    "GET /appeals/{number}/attachments/{attachment_id}/picture": Asked(
        "/appeals/{appeal}/attachments/{attachment}/picture"
    ),
    "GET /appeals/{number}/attachments/{attachment_id}/file": Asked("/appeals/{appeal}/attachments/{attachment}/file"),
    "POST /appeals/{number}/attachments/{attachment_id}/take-back": Asked(
        "/appeals/{appeal}/attachments/{attachment}/take-back", {"why": "не той будинок"}
    ),
    "GET /assignments/{assignment_id}/attachments": Asked("/assignments/{assignment}/attachments"),
    "POST /assignments/{assignment_id}/attachments/upload": Asked("/assignments/{assignment}/attachments/upload"),
    "GET /assignments/{assignment_id}/attachments/{attachment_id}/small": Asked(
        "/assignments/{assignment}/attachments/{attachment}/small"
    ),
    "GET /assignments/{assignment_id}/attachments/{attachment_id}/picture": Asked(
        "/assignments/{assignment}/attachments/{attachment}/picture"
    ),
    "GET /assignments/{assignment_id}/attachments/{attachment_id}/file": Asked(
        "/assignments/{assignment}/attachments/{attachment}/file"
    ),
    "POST /assignments/{assignment_id}/attachments/{attachment_id}/take-back": Asked(
        "/assignments/{assignment}/attachments/{proof}/take-back", {"why": "не той будинок"}
    ),
    "POST /attachments/compulsory/{rule_id}/end": Asked("/attachments/compulsory/{compulsory}/end"),
    "GET /appeals/{number}/card": Asked("/appeals/{appeal}/card"),
    "GET /appeals/{number}/card.pdf": Asked("/appeals/{appeal}/card.pdf"),
    "GET /appeals/{number}/measures": Asked("/appeals/{appeal}/measures"),
    "POST /terms/measures/{measure_id}": Asked("/terms/measures/{measure}", {"note": "бригада"}),
    "POST /terms/measures/{measure_id}/comments": Asked("/terms/measures/{measure}/comments", {"note": "бригада"}),
    "POST /terms/escalation/{step_id}/remove": Asked("/terms/escalation/{told_step}/remove"),
    "GET /appeals/{number}/term": Asked("/appeals/{appeal}/term"),
    "POST /appeals/{number}/term/extension": Asked("/appeals/{appeal}/term/extension", {"until": "2099-01-01"}),
    "POST /appeals/{number}/term/extension/decide": Asked("/appeals/{appeal}/term/extension/decide", {"granted": "no"}),
    "POST /appeals/{number}/term/shorten": Asked("/appeals/{appeal}/term/shorten", {"until": "2027-01-01"}),
    "POST /appeals/{number}/term/variant": Asked("/appeals/{appeal}/term/variant", {"variant": "usual"}),
    "POST /appeals/{number}/term/long-control": Asked("/appeals/{appeal}/term/long-control", {"long": "on"}),
    "POST /appeals/views/{view_id}/forget": Asked("/appeals/views/{view}/forget"),
    "GET /appeals/exports/{export_id}": Asked("/appeals/exports/{export}"),
    "GET /appeals/exports/{export_id}/file": Asked("/appeals/exports/{export}/file"),
    "POST /appeals/exports/{export_id}/give-up": Asked("/appeals/exports/{export}/give-up"),
    "POST /appeals/bulk/{deed_id}/undo": Asked("/appeals/bulk/{bulk}/undo"),
    "POST /terms/rules/{rule_id}/end": Asked("/terms/rules/{term_rule}/end"),
    "POST /terms/rules/{rule_id}/verify": Asked("/terms/rules/{term_rule}/verify"),
    "POST /terms/reopening/{rule_id}/verify": Asked("/terms/reopening/{reopening}/verify"),
    "POST /terms/calendar/days/{day_id}/forget": Asked("/terms/calendar/days/{day_off}/forget"),
    "GET /appeals/applicants/{applicant_id}": Asked("/appeals/applicants/{applicant}"),
    "POST /appeals/applicants/{applicant_id}": Asked("/appeals/applicants/{applicant}", {"surname": "Коваль"}),
    "POST /appeals/applicants/{applicant_id}/contacts": Asked(
        "/appeals/applicants/{applicant}/contacts", {"contact": "email", "value": "a@example.org"}
    ),
    "POST /appeals/applicants/{applicant_id}/contacts/{contact_id}/end": Asked(
        "/appeals/applicants/{applicant}/contacts/{contact}/end"
    ),
    "POST /appeals/applicants/{applicant_id}/categories": Asked(
        "/appeals/applicants/{applicant}/categories", {"entry": "{entry}", "since": "2026-01-01"}
    ),
    "POST /appeals/applicants/{applicant_id}/categories/{category_id}/end": Asked(
        "/appeals/applicants/{applicant}/categories/{category}/end"
    ),
    "POST /appeals/applicants/{applicant_id}/notes": Asked("/appeals/applicants/{applicant}/notes", {"note": "перша"}),
    "GET /appeals/applicants/compare": Asked("/appeals/applicants/compare?kept={applicant}&merged={double}"),
    "POST /appeals/applicants/merge": Asked("/appeals/applicants/merge", {"kept": "{applicant}", "merged": "{double}"}),
    "POST /appeals/applicants/apart": Asked("/appeals/applicants/apart", {"kept": "{applicant}", "merged": "{double}"}),
    "POST /appeals/applicants/merges/{merge_id}/undo": Asked("/appeals/applicants/merges/{merge}/undo"),
    "GET /classifier/{entry_id}": Asked("/classifier/{entry}"),
    "POST /classifier/{entry_id}": Asked("/classifier/{entry}", {"uk": "Лист"}),
    "POST /classifier/{entry_id}/retire": Asked("/classifier/{entry}/retire", {"last_day": "2100-01-01"}),
    "GET /appeals/addresses/streets/{street_id}": Asked("/appeals/addresses/streets/{street}"),
    "POST /appeals/addresses/streets/{street_id}/name": Asked(
        "/appeals/addresses/streets/{street}/name", {"kind": "street", "name": "Нова", "deed": "correct"}
    ),
    "POST /appeals/addresses/streets/{street_id}/names": Asked(
        "/appeals/addresses/streets/{street}/names", {"other_kind": "lane", "other_name": "Інша", "sort": "also"}
    ),
    "POST /appeals/addresses/streets/{street_id}/names/{name_id}/remove": Asked(
        "/appeals/addresses/streets/{street}/names/{street_name}/remove"
    ),
    "POST /appeals/addresses/streets/{street_id}/houses": Asked(
        "/appeals/addresses/streets/{street}/houses", {"number": "77"}
    ),
    "GET /appeals/addresses/houses/{house_id}": Asked("/appeals/addresses/houses/{house}"),
    "POST /appeals/addresses/houses/{house_id}": Asked("/appeals/addresses/houses/{house}"),
    "POST /appeals/addresses/houses/{house_id}/enterprise": Asked(
        "/appeals/addresses/houses/{house}/enterprise", {"enterprise": "{enterprise}"}
    ),
    "GET /appeals/addresses/enterprises/{enterprise_id}": Asked("/appeals/addresses/enterprises/{enterprise}"),
    "POST /appeals/addresses/enterprises/{enterprise_id}": Asked(
        "/appeals/addresses/enterprises/{enterprise}", {"name": "ЖЕУ"}
    ),
    "GET /appeals/addresses/facilities/{facility_id}": Asked("/appeals/addresses/facilities/{facility}"),
    "POST /appeals/addresses/facilities/{facility_id}/houses": Asked(
        "/appeals/addresses/facilities/{facility}/houses", {"address": "Нова, 1"}
    ),
    "POST /appeals/addresses/facilities/{facility_id}/houses/{house_id}/remove": Asked(
        "/appeals/addresses/facilities/{facility}/houses/{house}/remove"
    ),
    "GET /appeals/addresses/map/{extract_id}": Asked("/appeals/addresses/map/{extract}"),
    "POST /appeals/addresses/map/{extract_id}/save": Asked("/appeals/addresses/map/{extract}/save"),
    "POST /appeals/addresses/map/{extract_id}/discard": Asked("/appeals/addresses/map/{extract}/discard"),
    "GET /appeals/addresses/import/{file_id}": Asked("/appeals/addresses/import/{address_file}"),
    "POST /appeals/addresses/import/{file_id}/save": Asked("/appeals/addresses/import/{address_file}/save"),
    "POST /appeals/addresses/import/{file_id}/discard": Asked("/appeals/addresses/import/{address_file}/discard"),
    "GET /works/{work_id}": Asked("/works/{work}"),
    "GET /works/{work_id}/edit": Asked("/works/{work}/edit"),
    "POST /works/{work_id}": Asked("/works/{work}"),
    "POST /works/{work_id}/begin": Asked("/works/{work}/begin", {"version": "1"}),
    "POST /works/{work_id}/extend": Asked("/works/{work}/extend", {"version": "1"}),
    "POST /works/{work_id}/finish": Asked("/works/{work}/finish", {"version": "1"}),
    "POST /works/{work_id}/cancel": Asked("/works/{work}/cancel", {"version": "1"}),
    "POST /works/{work_id}/houses": Asked("/works/{work}/houses", {"address": "Нова, 1"}),
    "POST /works/{work_id}/streets": Asked("/works/{work}/streets", {"street": "Нова"}),
    "POST /works/{work_id}/houses/{house_id}/exclude": Asked("/works/{work}/houses/{house}/exclude"),
    "POST /works/{work_id}/houses/{house_id}/include": Asked("/works/{work}/houses/{house}/include"),
    "POST /works/{work_id}/answer": Asked("/works/{work}/answer", {"answer": "Полагоджено"}),
    "POST /appeals/{number}/linked-work": Asked("/appeals/{appeal}/linked-work", {"work": "{work}"}),
    "POST /appeals/{number}/linked-work/unlink": Asked("/appeals/{appeal}/linked-work/unlink"),
    "GET /works/services/{service_id}": Asked("/works/services/{work_service}"),
    "POST /works/services/{service_id}": Asked(
        "/works/services/{work_service}", {f"name_{code}": "Вода" for code in ("uk", "uz", "ru", "en")}
    ),
    "POST /works/services/{service_id}/off": Asked("/works/services/{work_service}/off"),
    "POST /works/services/{service_id}/on": Asked("/works/services/{work_service}/on"),
    "GET /calls/{call_id}": Asked("/calls/{call}"),
    "GET /menus/prompts/{prompt}": Asked("/menus/prompts/{prompt}"),
    "GET /menus/prompts/{prompt}/{language}/sound.wav": Asked("/menus/prompts/{prompt}/en/sound.wav"),
    "POST /menus/prompts/{prompt}/{language}/upload": Asked("/menus/prompts/{prompt}/en/upload"),
    "POST /menus/prompts/{prompt}/{language}/undo": Asked("/menus/prompts/{prompt}/en/undo"),
    "POST /menus/prompts/{prompt}/{language}/words": Asked("/menus/prompts/{prompt}/en/words", {"words": "Good day"}),
    "POST /menus/prompts/{prompt}/{language}/words/undo": Asked("/menus/prompts/{prompt}/en/words/undo"),
    "POST /menus/numbers/{number}": Asked("/menus/numbers/{dialled}", {"menu": "topics", "language": "uk"}),
    "POST /menus/numbers/{number}/remove": Asked("/menus/numbers/{dialled}/remove"),
    "GET /menus/versions/{version}": Asked("/menus/versions/{menus}"),
    "GET /menus/versions/{version}/file": Asked("/menus/versions/{menus}/file"),
    "POST /menus/versions/{version}/restore": Asked("/menus/versions/{menus}/restore"),
    "POST /menus/emergency/{emergency}/again": Asked("/menus/emergency/{emergency}/again"),
    "POST /menus/emergency/{emergency}/end": Asked("/menus/emergency/{emergency}/end"),
    "GET /recordings/of": Asked("/recordings/of?call={call}"),
    "GET /recordings/{recording_id}": Asked("/recordings/{recording}"),
    "POST /recordings/{recording_id}/retry": Asked("/recordings/{recording}/retry"),
    "POST /recordings/{recording_id}/listen": Asked("/recordings/{recording}/listen", WHY),
    "POST /recordings/{recording_id}/download": Asked("/recordings/{recording}/download", WHY),
    "GET /recordings/{recording_id}/audio": Asked("/recordings/{recording}/audio?listening={listened}"),
    "GET /recordings/{recording_id}/file": Asked("/recordings/{recording}/file?listening={downloaded}"),
    "POST /recordings/keeping/rules/{rule_id}/end": Asked("/recordings/keeping/rules/{rule}/end"),
    "GET /recordings/keeping/holds": Asked("/recordings/keeping/holds?call={call}"),
    "POST /recordings/keeping/holds": Asked("/recordings/keeping/holds", {"call": "{call}", "why": "суд"}),
    "POST /recordings/keeping/holds/{hold_id}/release": Asked("/recordings/keeping/holds/{hold}/release"),
    "GET /recordings/keeping/acts": Asked("/recordings/keeping/acts?call={call}"),
    "POST /recordings/keeping/acts": Asked("/recordings/keeping/acts", {"call": "{call}", "why": "заява"}),
    "GET /recordings/keeping/acts/{act_id}": Asked("/recordings/keeping/acts/{act}"),
    "GET /recordings/keeping/acts/{act_id}/paper": Asked("/recordings/keeping/acts/{act}/paper"),
    "POST /recordings/keeping/acts/{act_id}/approve": Asked("/recordings/keeping/acts/{act}/approve"),
    "POST /recordings/keeping/acts/{act_id}/withdraw": Asked("/recordings/keeping/acts/{act}/withdraw"),
    "POST /board/supervisions": Asked(
        "/board/supervisions", {"agent": "{person}", "mode": "listen", "purpose": "quality"}
    ),
    "POST /board/supervisions/{supervision_id}/mode": Asked(
        "/board/supervisions/{supervision}/mode", {"mode": "barge"}
    ),
    "POST /board/agents/{person_id}/message": Asked(
        "/board/agents/{person}/message", {"text": "Перерва", "cause": "rest"}
    ),
    "POST /board/agents/{person_id}/pause": Asked("/board/agents/{person}/pause", {"cause": "load"}),
    "POST /board/agents/{person_id}/sign-out": Asked("/board/agents/{person}/sign-out", {"cause": "load"}),
    "POST /desk/messages/{message_id}/read": Asked("/desk/messages/{message}/read"),
    "GET /board/of-call": Asked("/board/of-call?call={call}"),
    "GET /exchange/keys/{key_id}": Asked("/exchange/keys/{key}"),
    "POST /exchange/keys/{key_id}/follow": Asked("/exchange/keys/{key}/follow"),
    "POST /exchange/keys/{key_id}/revoke": Asked("/exchange/keys/{key}/revoke"),
    "GET /appeals/xml/{file_id}": Asked("/appeals/xml/{xml_file}"),
    "POST /appeals/xml/{file_id}/save": Asked("/appeals/xml/{xml_file}/save"),
    "POST /appeals/xml/{file_id}/discard": Asked("/appeals/xml/{xml_file}/discard"),
    "GET /exchange/webhooks/{webhook_id}": Asked("/exchange/webhooks/{webhook}"),
    "POST /exchange/webhooks/{webhook_id}": Asked(
        "/exchange/webhooks/{webhook}", {"name": "Водоканал", "url": "https://example.org", "events": "appeal.changed"}
    ),
    "POST /exchange/webhooks/{webhook_id}/secret": Asked("/exchange/webhooks/{webhook}/secret"),
    "POST /exchange/webhooks/{webhook_id}/ping": Asked("/exchange/webhooks/{webhook}/ping"),
    "POST /exchange/webhooks/{webhook_id}/replay": Asked("/exchange/webhooks/{webhook}/replay"),
    "POST /exchange/webhooks/{webhook_id}/messages/{message_id}/replay": Asked(
        "/exchange/webhooks/{webhook}/messages/{told}/replay"
    ),
    "GET /channels/{channel_id}": Asked("/channels/{channel}"),
    "POST /channels/{channel_id}": Asked("/channels/{channel}", {"name": "Пошта"}),
    "POST /channels/{channel_id}/test": Asked("/channels/{channel}/test", {"recipient": "duty@city.example"}),
    "GET /channels/{channel_id}/tests/{message_id}": Asked("/channels/{channel}/tests/{letter}"),
    "POST /channels/outbox/{message_id}/resend": Asked("/channels/outbox/{letter}/resend"),
    "POST /channels/outbox/{message_id}/give-up": Asked("/channels/outbox/{letter}/give-up"),
    "GET /appeals/inbound/{letter_id}": Asked("/appeals/inbound/{mail}"),
    "GET /appeals/inbound/{letter_id}/mail": Asked("/appeals/inbound/{mail}/mail"),
    "GET /appeals/inbound/{letter_id}/files/{number}": Asked("/appeals/inbound/{mail}/files/0"),
    "POST /appeals/inbound/{letter_id}/return": Asked("/appeals/inbound/{mail}/return", {"missing": "name"}),
    "POST /appeals/inbound/{letter_id}/spam": Asked("/appeals/inbound/{mail}/spam"),
    "POST /appeals/inbound/{letter_id}/undo": Asked("/appeals/inbound/{mail}/undo"),
    "GET /channels/mailboxes/{mailbox_id}": Asked("/channels/mailboxes/{mailbox}"),
    "POST /channels/mailboxes/{mailbox_id}": Asked("/channels/mailboxes/{mailbox}", {"name": "Скринька"}),
    "POST /opt-outs/{opt_out_id}/take-back": Asked("/opt-outs/{opt_out}/take-back"),
    "GET /alarms/of-call": Asked("/alarms/of-call?call={call}"),
    "POST /alarms/mark": Asked("/alarms/mark", {"call": "{call}", "kind": "disputed"}),
    "GET /alarms/{alarm_id}": Asked("/alarms/{alarm}"),
    "POST /alarms/{alarm_id}/take": Asked("/alarms/{alarm}/take"),
    "POST /alarms/{alarm_id}/answer": Asked("/alarms/{alarm}/answer", {"text": "Зателефонували"}),
    "POST /alarms/{alarm_id}/pass": Asked("/alarms/{alarm}/pass", {"to": "{person}"}),
    "POST /alarms/{alarm_id}/close": Asked("/alarms/{alarm}/close"),
    "POST /alarms/ladder/{step_id}/remove": Asked("/alarms/ladder/{step}/remove"),
    "GET /queues/offers": Asked("/queues/offers?call={call}"),
    "GET /queues/of/{code}": Asked("/queues/of/{queue}"),
    "POST /queues/of/{code}": Asked(
        "/queues/of/{queue}",
        {"ring_timeout": "20", "wrap_up_limit": "60", "service_target": "20", "short_abandon": "5", "weight": "0"},
    ),
    "POST /queues/of/{code}/name": Asked(
        "/queues/of/{queue}/name", {f"name_{code}": "Вода" for code in ("uk", "uz", "ru", "en")}
    ),
    "POST /queues/of/{code}/close": Asked("/queues/of/{queue}/close"),
    "POST /queues/of/{code}/open": Asked("/queues/of/{queue}/open"),
    "GET /organisation/directories/{directory}/{code}": Asked("/organisation/directories/pauses/{reason}"),
    "POST /organisation/directories/{directory}/{code}": Asked(
        "/organisation/directories/pauses/{reason}", {f"name_{code}": "Чай" for code in ("uk", "uz", "ru", "en")}
    ),
    "POST /organisation/directories/{directory}/{code}/off": Asked("/organisation/directories/pauses/{reason}/off"),
    "POST /organisation/directories/{directory}/{code}/on": Asked("/organisation/directories/pauses/{reason}/on"),
    "POST /organisation/directories/{directory}/{code}/up": Asked("/organisation/directories/pauses/{reason}/up"),
    "POST /queues/of/{code}/people": Asked("/queues/of/{queue}/people"),
    "POST /queues/of/{code}/steps": Asked("/queues/of/{queue}/steps", {"deed": "callback", "after": "90"}),
    "POST /queues/of/{code}/steps/{step_id}": Asked(
        "/queues/of/{queue}/steps/{overflow}", {"deed": "callback", "after": "95"}
    ),
    "POST /queues/of/{code}/people/{person_id}/leave": Asked("/queues/of/{queue}/people/{person}/leave"),
    "POST /queues/skills/{skill_id}/name": Asked("/queues/skills/{skill}/name", NAMED),
    "POST /queues/skills/{skill_id}/remove": Asked("/queues/skills/{skill}/remove"),
    "POST /queues/of/{code}/steps/{step_id}/remove": Asked("/queues/of/{queue}/steps/{overflow}/remove"),
    "POST /queues/teams/{team_id}": Asked("/queues/teams/{team}"),
    "POST /queues/teams/{team_id}/remove": Asked("/queues/teams/{team}/remove"),
    "POST /queues/priority/rules/{rule_id}/remove": Asked("/queues/priority/rules/{priority}/remove"),
    "GET /surge/plans/{plan_id}": Asked("/surge/plans/{plan}"),
    "POST /surge/plans/{plan_id}": Asked(
        "/surge/plans/{plan}", {"topic": "Gas", "en": "There is no gas.", "hours": "1"}
    ),
    "POST /surge/plans/{plan_id}/off": Asked("/surge/plans/{plan}/off"),
    "POST /surge/plans/{plan_id}/on": Asked("/surge/plans/{plan}/on"),
    "POST /surge/plans/{plan_id}/begin": Asked("/surge/plans/{plan}/begin"),
    "POST /surge/plans/{plan_id}/remove": Asked("/surge/plans/{plan}/remove"),
    "POST /surge/{incident_id}/end": Asked("/surge/{incident}/end"),
    "GET /surge/accounts/{batch_id}": Asked("/surge/accounts/{batch}"),
    "POST /surge/accounts/{batch_id}/extend": Asked(
        "/surge/accounts/{batch}/extend", {"valid_until": f"{datetime.now(UTC) + timedelta(days=9):%Y-%m-%dT%H:%M}"}
    ),
    "POST /surge/accounts/{batch_id}/end": Asked("/surge/accounts/{batch}/end"),
    "GET /surge/accounts/{batch_id}/sheet": Asked("/surge/accounts/{batch}/sheet"),
    "GET /people/{person_id}": Asked("/people/{person}"),
    "POST /people/{person_id}": Asked("/people/{person}", {"name": "Оля", "roles": "operator", "language": "uk"}),
    "POST /people/{person_id}/disable": Asked("/people/{person}/disable"),
    "POST /people/{person_id}/enable": Asked("/people/{person}/enable"),
    "GET /people/{person_id}/password": Asked("/people/{person}/password"),
    "POST /people/{person_id}/password": Asked("/people/{person}/password"),
}

# A telephone rings a moment before the ledger knows the call, so a call nobody has heard of yet is no mistake here;
# a foreign one looks the same. The answer is about the asker alone.
A_CALL_MAY_BE_UNKNOWN: dict[str, Asked] = {
    "GET /desk/calls/{call}/card": Asked("/desk/calls/{call}/card?number="),
    "GET /questions/of": Asked("/questions/of?call={call}"),
    "POST /desk/recording": Asked("/desk/recording", {"call": "{call}", "paused": "true"}),
    "POST /desk/lost-call": Asked("/desk/lost-call", {"call": "{call}"}),
    "GET /appeals/card": Asked("/appeals/card?call={call}"),
    "GET /appeals/draft": Asked("/appeals/draft?call={call}"),
    "POST /appeals/draft/discard": Asked("/appeals/draft/discard?call={call}"),
    "POST /appeals/draft": Asked("/appeals/draft?call={call}", {"surname": "Коваль"}),
    "POST /appeals/card/address": Asked(
        "/appeals/card/address", {**CARD, "call": "{call}", "submission": str(uuid4())}
    ),
    "POST /appeals": Asked("/appeals", {**CARD, "call": "{call}", "submission": str(uuid4())}),
}

OF_THE_DRAFT = [
    f"POST /menus/draft/{part}"
    for part in (
        "action", "announcements", "closed", "discard", "hours", "menu", "menu/delete", "menu/new", "publish", "roster",
        "roster/delete", "roster/new", "upload",
    )
]  # fmt: skip

NAMES_NO_OBJECT: dict[str, str] = {
    "GET /search": "whatever is found is one's own, perhaps nothing",
    "POST /desk/seen": "the seat is the asker's own page, the lost call one that was at their desk",
    "POST /desk/shift": "the seat is the asker's own page",
    "POST /desk/pause": "reasons are looked for among one's own",
    "GET /call/{code}": "public: any organisation may be called",
    "POST /call/phone/seen": "the secret token is the proof",
    "POST /call/phone/back": "the secret token is the proof",
    "POST /call/phone/call": "the secret token is the proof, and the call must have come by its phone",
    "POST /call/{code}/number": "public: any organisation may be called",
    "POST /appeals/find": "a telephone number: one's own applicants of it, perhaps none",
    "POST /appeals/card/unchosen": "one's own card, as it was",
    "POST /appeals/applicants/known": "one's own applicants: the one chosen, those of an address, perhaps none",
    "GET /appeals/applicants": "words: one's own applicants, perhaps none",
    "GET /appeals/applicants/suggest": "words: one's own applicants, perhaps none",
    "GET /appeals/applicants/duplicates": "a place in the list of one's own",
    "GET /appeals/new": "a telephone number: one's own applicants of it, perhaps none",
    "GET /appeals/of": "a telephone number: one's own appeals of it, perhaps none",
    "GET /appeals/addresses": "filters",
    "GET /appeals/addresses/suggest": "words: streets and houses of one's own, perhaps none",
    "POST /appeals/addresses/streets": "somebody's own new street",
    "POST /appeals/addresses/enterprises": "somebody's own new enterprise",
    "POST /appeals/addresses/facilities": "somebody's own new object; its enterprise is looked for among one's own",
    "POST /appeals/addresses/import": "a file of one's own",
    "GET /calls": "filters",
    "GET /works": "filters",
    "GET /works/here": "houses: works of one's own there, perhaps none",
    "POST /works": "somebody's own new work; its service and object are looked for among one's own",
    "POST /works/services": "somebody's own new service",
    "GET /appeals/late": "a filter",
    "GET /appeals/executor": "kind, problem and addresses: by one's own rules",
    "GET /appeals/work": "which list of one's own",
    "GET /appeals/editing": "which list of one's own",
    "GET /appeals/chancellery": "which list of one's own; a number of one's own register, perhaps none",
    "POST /organisation/chancellery": "the asker's own organisation",
    "POST /terms/reopening": "the asker's own organisation",
    "GET /appeals/work-executors": "words: executors of one's own, perhaps none",
    "GET /assignments": "which group of one's own",
    "GET /executors": "filters",
    "POST /executors": "somebody's own new executor; the one above it is looked for among one's own",
    "POST /executors/import": "a file of one's own",
    "POST /executors/import/carry-out": "the asker's own organisation",
    "POST /executors/absences": "people are looked for among one's own",
    "GET /routing": "filters",
    "POST /routing": "a new rule; places and executors are looked for among one's own",
    "GET /routing/try": "an address, tried against one's own rules",
    "POST /attachments/compulsory": "the asker's own organisation; problems and kinds are looked for among one's own",
    "GET /appeals/map/ground/{zoom}/{x}/{y}": "a square of one's own map, perhaps nothing",
    "POST /appeals/addresses/map/upload": "a file of one's own",
    "GET /appeals/map/seen": "filters, and a part of the earth",
    "GET /appeals/map/houses": "a part of the earth: houses of one's own there, perhaps none",
    "GET /appeals/map/nearest": "a place: the nearest house of one's own, perhaps none",
    "GET /appeals/map/here": "a house of one's own, perhaps none, and a place",
    "GET /appeals": "filters; a view, a deed done to many are looked for among one's own",
    "POST /appeals/columns": "the asker's own",
    "POST /appeals/views": "somebody's own new view",
    "POST /appeals/bulk": "appeals are looked for among one's own",
    "POST /appeals/bulk/give": "appeals and the executor are looked for among one's own",
    "GET /appeals/board/executors": "words: executors of one's own, perhaps none",
    "POST /appeals/export": "filters",
    "GET /appeals/term": "kind, topic and problem: by one's own rules",
    "POST /terms/escalation": "a new step; channels are looked for among one's own",
    "POST /terms": "the asker's own organisation; topics and problems are looked for among one's own",
    "POST /terms/calendar/week": "the asker's own organisation",
    "POST /terms/calendar/day": "the asker's own organisation",
    "GET /classifier": "filters",
    "POST /classifier": "the asker's own organisation",
    "POST /classifier/import": "the asker's own organisation",
    "POST /classifier/import/carry-out": "the asker's own organisation",
    "POST /surge": "the asker's own organisation",
    "POST /surge/plans": "the asker's own organisation",
    "POST /surge/accounts": "somebody's own; queues, skills and teams are looked for among one's own",
    "POST /surge/capacity": "the asker's own organisation",
    "POST /queues": "somebody's own new queue",
    "POST /organisation": "the asker's own organisation",
    "GET /organisation/directories/{directory}": "the asker's own organisation's",
    "POST /organisation/directories/{directory}": "somebody's own new entry",
    "POST /queues/skills": "somebody's own new skill",
    "POST /queues/skills/levels": "people and skills are looked for among one's own",
    "POST /queues/teams": "somebody's own new team",
    "POST /queues/priority/rules": "the asker's own organisation",
    "POST /queues/priority/numbers": "a telephone number that one's own organisation favours",
    "POST /queues/priority/numbers/remove": "a telephone number: one's own rule of it, perhaps none",
    "GET /callbacks": "filters; one that was just closed is looked for among one's own",
    "GET /callbacks.xlsx": "filters",
    "POST /callbacks/rules": "the asker's own organisation",
    "GET /board/log": "from which line on; only one's own are listed",
    "POST /board/rules": "the asker's own organisation's",
    "GET /menus": "a rehearsal of one's own menus",
    "GET /menus/prompts": "filters",
    "GET /menus/prompts/new": "somebody's own new prompt",
    "POST /menus/prompts/new": "somebody's own new prompt",
    "POST /menus/numbers": "somebody's own new number; one that another has is refused",
    "POST /menus/emergency": "the asker's own organisation",
    "GET /menus/draft": "the part that is opened",
    **dict.fromkeys(OF_THE_DRAFT, "the one draft of the asker's own organisation"),
    "POST /channels": "somebody's own new channel",
    "GET /channels/outbox": "filters",
    "POST /channels/citizens": "the asker's own organisation; channels are looked for among one's own",
    "GET /opt-outs": "filters",
    "GET /appeals/inbound": "filters",
    "POST /channels/mailboxes": "somebody's own new mailbox",
    "GET /reports/availability": "a month",
    "GET /reports/availability.xlsx": "a month",
    "GET /reports/calls": "a month",
    "GET /reports/calls.xlsx": "a month",
    "GET /reports/call-cards.xlsx": "filters",
    "GET /reports/staffing": "a day; queues are looked for among one's own",
    "POST /opt-outs": "a telephone number",
    "POST /sms/answers/{key}": "the secret in the address is the proof",
    "POST /sms/reports/{key}": "the secret in the address is the proof",
    "GET /channels/wordings/{code}/{language}": "the asker's own organisation's words of a message all have",
    "POST /channels/wordings/{code}/{language}": "the asker's own organisation's words of a message all have",
    "POST /channels/wordings/{code}/{language}/forget": "the asker's own organisation's words of a message all have",
    "GET /alarms": "filters",
    "POST /alarms/ladder": "a new step; channels are looked for among one's own",
    "POST /alarms/ladder/wanted": "the asker's own organisation's",
    "GET /people": "filters",
    "GET /audit": "filters",
    "POST /recordings/keeping/rules": "one's own rules; topics are looked for among one's own",
    "POST /recordings/keeping/policy": "the asker's own organisation",
    "POST /people": "somebody new",
    "POST /outgoing": "the asker's own organisation",
    "POST /exchange/keys": "somebody's own new key",
    "POST /appeals/xml/upload": "a file of one's own",
    "POST /exchange/webhooks": "somebody's own new webhook; its executor is looked for among one's own",
    "POST /outgoing/try": "a telephone number, tried against one's own rules",
    "POST /desk/conference": "the asker's own talk; whom it names is only written down in it",
    "POST /desk/outgoing": "a telephone number, tried against one's own rules",
    "POST /desk/outgoing/hand-out": "a telephone number, tried against one's own rules",
    "GET /sign-in": "where to go on",
    "POST /sign-in": "the password is the proof",
    "POST /language": "the asker's own",
    "POST /theme": "the asker's own",
    "POST /me/password": "the asker's own",
    "GET /words/{language}.js": "the scripts' messages",
}


def asked_for(asked: Asked, of: Belongings) -> tuple[str, dict[str, Any]]:
    """The address and the form, filled in with what belongs to that organisation."""
    names = {name: getattr(of, name) for name in Belongings.__slots__}
    form = {key: value.format(**names) if isinstance(value, str) else value for key, value in asked.form.items()}
    return asked.address.format(**names), form


def belongings(centre: Centre, code: str, *, caller: str, surname: str, appeals: int) -> Belongings:
    """Everything, made: an answered call, its stored recording, a wrap-up, appeals from it, a prompt."""
    people = {role: centre.people[login] for login, role in PEOPLE[code].items()}
    operator, supervisor = people["operator"], people["supervisor"]
    call = answered_call(operator, caller=caller)
    with transaction(EVERY_ORGANISATION) as session:
        session.add(Topic(organisation_id=operator.organisation_id, code="water", name={"uk": "Вода", "uz": "Suv"}))
        session.add(_wrap_up(call, operator))
        session.add(CallNote(organisation_id=operator.organisation_id, call=call, person_id=operator.id, text=surname))
        session.execute(update(Recording).where(Recording.call == call).values(**_STORED))
        recording = session.scalars(select(Recording).where(Recording.call == call)).one()
        lines = {kind: _listening(recording, supervisor, kind) for kind in ListeningKind}
        session.add_all(lines.values())
        supervision, message = _supervised(session, call, operator, supervisor)
        appeal = [_appeal(session, operator, call, caller=caller, surname=surname) for _ in range(appeals)][-1]
        rule, hold, act = _kept(session, recording, supervisor)
        menus.replace_prompt(
            session,
            operator.organisation_id,
            f"{code}-welcome",
            Language.ENGLISH,
            sound=b"\xd5" * 800,
            file_name="studio.wav",
            by=operator.id,
        )
        menus.type_prompt(
            session, operator.organisation_id, f"{code}-welcome", Language.ENGLISH, words="Hello", sound=b"\xd5" * 800,
            by=operator.id,
        )  # fmt: skip
        mine = alarming(session, operator, call)
        return Belongings(
            call=call,
            recording=recording.id,
            listened=lines[ListeningKind.LISTENED].id,
            downloaded=lines[ListeningKind.DOWNLOADED].id,
            appeal=appeal.number,
            person=operator.id,
            prompt=f"{code}-welcome",
            menus=menus.publish(session, operator.organisation_id, MENUS[code]).id,
            dialled=_dialled(session, operator, code),
            emergency=_emergency(session, operator).id,
            rule=rule.id,
            hold=hold.id,
            act=act.id,
            owed=owed_call(session, operator, caller).id,
            supervision=supervision.id,
            message=message.id,
            channel=mine.channel,
            letter=mine.letter,
            alarm=mine.alarm,
            step=mine.step,
            entry=(entry := _entry(session, supervisor)).id,
            **_applicants(session, supervisor, surname, entry),
            **_terms(session, supervisor),
            **_attached(session, operator, appeal),
            **_escalated(session, supervisor, appeal, mine.channel),
            **_of_journal(session, operator, supervisor),
            **_arranged(session, operator, code),
            **directory(session, people["administrator"], surname),
            opt_out=_opt_out(session, operator, caller),
            **(carriers := executing(session, people["administrator"], people["executor"], surname, appeal)),
            assignment=(given := _given(session, appeal, carriers["executor"], operator)).id,
            proof=_proof(session, given, people["executor"]).id,
            **worked(session, supervisor, surname),
            **_mail(session, operator, surname),
            key=_key(session, people["administrator"], surname),
            **_webhook(session, people["administrator"], surname),
            xml_file=_xml_file(session, supervisor, surname),
            words=(caller, surname, operator.name),
        )


def _mail(session: Session, by: Person, surname: str) -> dict[str, int]:
    """A letter in a mailbox."""
    whose = {"organisation_id": by.organisation_id}
    box = Mailbox(**whose, name=by.name, address="x@x.example", host="127.0.0.1", port=1, security="none", user="x")
    box.secret = "x"
    session.add(box)
    session.flush()
    letter = InboundLetter(
        **whose, mailbox_id=box.id, message_id=surname, received_at=datetime.now(UTC), sender="a@b.example",
        sender_name=surname, reply_to="a@b.example", subject=surname, text=surname, size=1, object_key="nothing/there",
        parts=[{"name": surname, "kind": "image/png", "size": 1}],
    )  # fmt: skip
    session.add(letter)
    session.flush()
    return {"mail": letter.id, "mailbox": box.id}


def _key(session: Session, by: Person, name: str) -> int:
    """A key of an information system."""
    made, _key = keys.make(
        session, name=name, roles=[Role.OPERATOR], scopes=[Scope.READ], per_minute=10, valid_until=None, by=by
    )
    return made.id


def _xml_file(session: Session, by: Person, name: str) -> int:
    """A file of appeals that waits to be decided."""
    return xml.keep(session, f"{name}.xml", EMPTY.encode(), 0, language="uk", by=by).id


def _webhook(session: Session, by: Person, name: str) -> dict[str, int]:
    """A webhook, and a message that it was told."""
    hook = webhooks.add(
        session, name=name, url="https://x.example", events=CHOSEN, executor=None, personal=False, by=by
    )
    message = WebhookMessage(
        organisation_id=by.organisation_id, webhook_id=hook.id, event="ping", state="dead", last_error=name
    )
    session.add(message)
    session.flush()
    return {"webhook": hook.id, "told": message.id}


def _opt_out(session: Session, by: Person, phone: str) -> int:
    """Somebody who wants no SMS."""
    row = OptOut(organisation_id=by.organisation_id, phone=phone, way=RefusedBy.STAFF, person_id=by.id)
    session.add(row)
    session.flush()
    return row.id


def _given(session: Session, appeal: Appeal, executor: int, by: Person) -> Assignment:
    """The appeal is given to the executor."""
    return workflow.assign(session, appeal.number, [Order(executor=executor)], Told(), by=by)[0]


def _proof(session: Session, work: Assignment, by: Person) -> Attachment:
    """A photo that the executor has sent of the work."""
    kind = session.scalars(
        select(ClassifierEntry.id).where(
            ClassifierEntry.organisation_id == by.organisation_id, ClassifierEntry.section == Section.ATTACHMENT
        )
    ).first()
    photo = Attachment(
        organisation_id=by.organisation_id, appeal_id=work.appeal_id, assignment_id=work.id, kind_id=kind,
        submission=uuid4(), file_name="work.jpg", media_type="image/jpeg", size=1, sha256="0" * 64,
        object_key=f"attachments/none/{uuid4()}", small_key="attachments/none/small", width=1, height=1,
        added_by=by.id,
    )  # fmt: skip
    session.add(photo)
    session.flush()
    return photo


def _entry(session: Session, by: Person) -> ClassifierEntry:
    """A value of the classifier."""
    name, today = {"uk": "Анонімне", "uz": "Anonim"}, datetime.now(UTC).date()
    return classifier.add(session, Section.SUBJECT, f"{by.organisation_id}.1", name=name, today=today, by=by)


def _applicants(session: Session, by: Person, surname: str, entry: ClassifierEntry) -> dict[str, int]:
    """Somebody with a contact and a category, somebody like them, and two who were made one."""
    today = datetime.now(UTC).date()
    known = [
        applicants.of_appeal(session, _called(by, surname, f"+{by.organisation_id % 90 + 10}555000{place}"), by=by)
        for place in range(4)
    ]
    applicants.add_category(session, known[0], entry.id, since=today, until=None, document=by.name, by=by)
    merge = merging.merge(session, known[2], known[3], {}, by=by)
    return {
        "applicant": known[0].id,
        "double": known[1].id,
        "contact": applicants_known.contacts(session, [known[0].id])[0].id,
        "category": applicants_known.categories(session, [known[0].id])[0].id,
        "merge": merge.id,
    }


def _called(by: Person, surname: str, phone: str) -> Applicant:
    names = {"surname": surname, "given_name": "", "patronymic": "", "phone": phone, "email": "", "address": ""}
    return Applicant(organisation_id=by.organisation_id, **names)


def _attached(session: Session, by: Person, appeal: Appeal) -> dict[str, int]:
    """A picture, a link, and a kind that is compulsory."""
    today, whose = datetime.now(UTC).date(), {"organisation_id": by.organisation_id}
    code = f"f{by.organisation_id}"
    kind = classifier.add(session, Section.ATTACHMENT, code, name={"uk": "Фото", "uz": "Surat"}, today=today, by=by)
    of_appeal = {"appeal_id": appeal.id, "added_by": by.id, "note": by.name}
    file = Attachment(
        **whose, **of_appeal, kind_id=kind.id, submission=uuid4(), file_name=f"{by.name}.jpg", media_type="image/jpeg",
        size=1, sha256="0" * 64, object_key=f"attachments/none/{uuid4()}", small_key="attachments/none/small", width=1,
        height=1,
    )  # fmt: skip
    link = AppealLink(**whose, **of_appeal, address="https://example.org/video")
    rule = CompulsoryKind(**whose, kind=kind.code, valid_from=today)
    session.add_all([file, link, rule])
    session.flush()
    return {"attachment": file.id, "link": link.id, "compulsory": rule.id}


def _escalated(session: Session, by: Person, appeal: Appeal, channel: int) -> dict[str, int]:
    """A step of escalation, and a measure for the appeal."""
    whose = {"organisation_id": by.organisation_id}
    step = EscalationStep(**whose, moment="overdue", after=timedelta(0), whom="head", channel_id=channel)
    step.recipient, step.language = by.name, "uk"
    measure = TermMeasure(**whose, appeal_id=appeal.id, due_at=datetime.now(UTC))
    session.add_all([step, measure])
    session.flush()
    return {"told_step": step.id, "measure": measure.id}


def _of_journal(session: Session, operator: Person, supervisor: Person) -> dict[str, int]:
    """A view, a file in the store, and what was done to many appeals."""
    view = journal.keep_view(session, operator, operator.name, JournalAsked(), columns=[], shared=False)
    columns: list[str] = ["number"]
    export = journal.ask_for_file(session, operator, JournalAsked(), columns=columns, codes=False, language="uk")
    export.state, export.object_key = "done", "nothing/there"
    deed = JournalDeed(
        organisation_id=operator.organisation_id, person_id=supervisor.id, deed="long_on", reason="-", before={}
    )
    session.add(deed)
    session.flush()
    return {"view": view.id, "export": export.id, "bulk": deed.id}


def _terms(session: Session, by: Person) -> dict[str, int]:
    """A rule of terms and a day off."""
    today = datetime.now(UTC).date()
    wanted = terms.Wanted(kind=Kind.COMPLAINT, amount=15, unit=Unit.DAY, basis="law", valid_from=today)
    rule = terms.set_rule(session, wanted, by=by)
    terms.set_day(session, today, "", by.name, by=by)
    [day] = [each for each in term_queries.days(session, today) if each.organisation_id == by.organisation_id]
    limit = ReopeningRule(organisation_id=rule.organisation_id, days=90, basis="x", valid_from=date(2026, 1, 1))
    session.add(limit)
    session.flush()
    return {"term_rule": rule.id, "day_off": day.id, "reopening": limit.id}


def _dialled(session: Session, operator: Person, code: str) -> str:
    """The number that citizens dial; its menus are published."""
    number, language, menu = NUMBERS[code]
    menus.assign_number(session, operator.organisation_id, number, language=language, menu=menu)
    return number


def _arranged(session: Session, operator: Person, code: str) -> dict[str, Any]:
    """A queue with a step, a rule of priority and a team."""
    organisation = operator.organisation_id
    queue = Queue(
        organisation_id=organisation, code=f"of_{code}", asterisk_name=f"{code}-of_{code}", name={"en": operator.name}
    )
    reason = PauseReason(organisation_id=organisation, code=f"of_{code}", name={"en": operator.name})
    session.add_all([queue, reason])
    session.flush()
    session.add(QueueMember(organisation_id=organisation, queue_id=queue.id, person_id=operator.id))
    minute = timedelta(minutes=1)
    return {
        "queue": queue.code,
        "reason": reason.code,
        "overflow": queues.add_step(session, queue, OverflowDeed.WIDER, after=minute, longer_than=None, by=operator).id,
        "skill": queues.add_skill(session, SkillKind.TOPIC, f"of_{code}", {"en": operator.name}, by=operator).id,
        "priority": priority.add_rule(session, PriorityKind.BENEFIT, raises=1, by=operator).id,
        "team": teams.add_team(session, operator.name, by=operator).id,
        "batch": _batch(session, operator).id,
        **_incident(session, operator),
    }


def _incident(session: Session, by: Person) -> dict[str, int]:
    """A prepared incident, and one that goes on."""
    plan = planned(session, by)
    return {"plan": plan.id, "incident": surge.begin_plan(session, plan, by=by).id}


def planned(session: Session, by: Person) -> IncidentPlan:
    """A prepared incident."""
    spoken = {Language.ENGLISH: ("There is no gas.", b"\xd5" * 800)}
    content = surge.Content(topic=by.name, script=by.name, offers_callback=True, lasting=timedelta(hours=1))
    return surge.add_plan(session, content, spoken, threshold=None, measure=None, queue_id=None, by=by)


def _batch(session: Session, by: Person) -> TemporaryBatch:
    """Temporary accounts of nobody yet."""
    until = datetime.now(UTC) + timedelta(days=3)
    batch = TemporaryBatch(organisation_id=by.organisation_id, name=by.name, valid_until=until, made_by=by.id)
    session.add(batch)
    session.flush()
    return batch


def owed_call(session: Session, operator: Person, number: str) -> OwedCall:
    """Somebody who did not get through an hour ago."""
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    times = ("first_missed_at", "last_missed_at", "place_at", "due_at", "deadline_at")
    owed = OwedCall(
        organisation_id=operator.organisation_id,
        number=number,
        queue="khm-water",
        reason="gave_up",
        language="uk",
        topic="water",
        missed=1,
        **dict.fromkeys(times, an_hour_ago),
    )
    session.add(owed)
    session.flush()
    return owed


def _emergency(session: Session, by: Person) -> Emergency:
    """Something that every caller hears first."""
    spoken = {Language.ENGLISH: ("There is no gas.", b"\xd5" * 800)}
    return menus.announce(session, by.organisation_id, spoken=spoken, lasting=timedelta(hours=1), by=by.id)


_LEVELS = {"peak": -3.0, "loudness": -19.0, "silence": 0.0}
_STORED = {
    "state": RecordingState.STORED,
    "sha256": "0" * 64,
    "object_key": "nothing/there",
    "size": 1,
    "duration": timedelta(seconds=14),
    "stored_at": datetime.now(UTC),
    "waves": {"caller": [0], "operator": [0]},
    "levels": {"pauses": [], "silence": 0.0} | dict.fromkeys(("caller", "operator"), _LEVELS),
}


def _kept(session: Session, recording: Recording, by: Person) -> tuple[RetentionRule, LegalHold, DeletionAct]:
    """A rule, a hold on another call and the draft of an act that lists the recording."""
    today = datetime.now(UTC).date()
    kept = timedelta(days=90)
    rule = keeping.set_rule(session, topic="", fate="", keeps=kept, basis="order 17", valid_from=today, by=by)
    hold = LegalHold(organisation_id=by.organisation_id, call=uuid4(), why="court", placed_by=by.id)
    session.add(hold)
    return rule, hold, keeping.draft(session, recording.call, reason="on request", by=by)


def _supervised(session: Session, call: UUID, agent: Person, by: Person) -> tuple[Supervision, SupervisorMessage]:
    """A supervisor listens to the call, and has written to the operator's desk."""
    whose = {"organisation_id": by.organisation_id, "person_id": by.id, "agent_id": agent.id}
    until = datetime.now(UTC) + timedelta(minutes=5)
    supervision = Supervision(
        **whose, call=call, mode="listen", purpose="other", note=agent.name, shown=True, until=until
    )
    message = SupervisorMessage(**whose, text=agent.name)
    session.add_all([supervision, message])
    session.flush()
    return supervision, message


def _appeal(session: Session, by: Person, call: UUID, *, caller: str, surname: str) -> Appeal:
    appeal = Appeal(kind=Kind.COMPLAINT, topic="water", substance="...", address="", source=Source.PHONE, call_id=call)
    applicant = Applicant(surname=surname, given_name="", patronymic="", email="", address="", phone=caller)
    return service.register(session, appeal, applicant, by=by, submission=uuid4())


def _wrap_up(call: UUID, person: Person) -> WrapUp:
    now = datetime.now(UTC)
    return WrapUp(
        organisation_id=person.organisation_id,
        call=call,
        person_id=person.id,
        started_at=now,
        due_at=now + timedelta(1),
    )


def _listening(recording: Recording, person: Person, kind: ListeningKind) -> Listening:
    return Listening(
        organisation_id=person.organisation_id,
        recording_id=recording.id,
        person_id=person.id,
        kind=kind,
        why=Why.COMPLAINT,
        note="",
        address="127.0.0.1",
    )
