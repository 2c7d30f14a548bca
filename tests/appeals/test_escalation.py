"""Late appeals are told of exactly once a step, listed once a day, and asked for a measure with its cause."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text, update

from appeals import service as appeals
from appeals.classifier import queries as classifier
from appeals.classifier import service as classifier_service
from appeals.classifier.model import Section
from appeals.escalation import jobs, queries, service
from appeals.escalation.model import Moment, Whom, digest_day
from appeals.escalation.tables import EscalationStep, TermMeasure
from appeals.model import Kind, Source
from appeals.tables import Appeal, Applicant
from appeals.terms import rules
from db import EVERY_ORGANISATION, transaction
from notify import channels
from notify.model import ChannelKind
from notify.tables import Message
from tests.appeals.cards import Browser
from tests.centre import Centre

KYIV = ZoneInfo("Europe/Kyiv")
HOUR = timedelta(hours=1)
SITE = "https://holos.example"


@pytest.fixture(autouse=True)
def loaded(centre: Centre, topics: None) -> None:
    """The city with its terms, its causes of delay and a mail channel."""
    admin = centre.people["admin.khm"]
    with transaction(EVERY_ORGANISATION) as session:
        khm = centre.organisations["khm"]
        rules.load_national(session, khm)
        classifier_service.load_national(session, khm, today=datetime.now(KYIV).date() - timedelta(days=1))
        channels.add_channel(session, admin.organisation_id, name="Пошта", kind=ChannelKind.EMAIL)
        session.execute(text("UPDATE channel SET enabled = true"))


def late(centre: Centre, hours: float, topic: str = "water") -> Appeal:
    """An appeal with a term of two hours, received so many hours ago."""
    olena = centre.people["olena"]
    appeal = Appeal(kind=Kind.COMPLAINT, topic=topic, substance="x", address="", source=Source.LETTER, problem="p1.12")
    appeal.received_at = datetime.now(UTC) - hours * HOUR
    applicant = Applicant(surname="Коваль", given_name="", patronymic="", email="", address="")
    with transaction(olena.organisation_id) as session:
        return appeals.register(session, appeal, applicant, by=olena, submission=uuid4())


def step(centre: Centre, moment: Moment = Moment.OVERDUE, after: timedelta = timedelta(0), **changes: object) -> int:
    """A step that has stood there for a day."""
    admin = centre.people["admin.khm"]
    with transaction(admin.organisation_id) as session:
        channel = session.scalar(text("SELECT id FROM channel"))
        made = EscalationStep(
            organisation_id=admin.organisation_id, moment=moment, after=after, whom=Whom.HEAD, channel_id=channel,
            recipient="head@city.example", language="uk", **changes,
        )  # fmt: skip
        service.add_step(session, made, by=admin)
        session.execute(update(EscalationStep).values(created_at=datetime.now(UTC) - timedelta(days=1)))
        return made.id


def told() -> list[str]:
    """Which messages were sent."""
    with transaction(EVERY_ORGANISATION) as session:
        return sorted(session.scalars(select(Message.template)))


def count(what: type) -> int:
    """How many rows."""
    with transaction(EVERY_ORGANISATION) as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def test_each_step_tells_of_an_appeal_exactly_once(centre: Centre) -> None:
    """U-14: overdue by the configured steps yields one message a step and recipient."""
    step(centre, Moment.ATTENTION)
    step(centre)
    step(centre, after=4 * HOUR)
    overdue, soon = late(centre, 3), late(centre, 1.8)
    late(centre, 0.5)
    for _ in range(3):
        jobs.climb(SITE)
    assert told() == ["term_late", "term_soon", "term_soon"]
    with transaction(EVERY_ORGANISATION) as session:
        messages = session.scalars(select(Message)).all()
    assert {message.recipient for message in messages} == {"head@city.example"}
    assert all("Коваль" not in message.text for message in messages), "nothing names a citizen"
    for appeal, times in ((overdue, 2), (soon, 1)):
        assert sum(f"{SITE}/appeals/{appeal.number}" in message.text for message in messages) == times


def test_a_new_term_is_told_of_anew_and_what_was_before_a_step_is_not(centre: Centre) -> None:
    appeal = late(centre, 3)
    made = step(centre)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(EscalationStep).values(created_at=datetime.now(UTC)))
    jobs.climb(SITE)
    assert told() == []
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(EscalationStep).values(created_at=datetime.now(UTC) - timedelta(days=1)))
    jobs.climb(SITE)
    with transaction(EVERY_ORGANISATION) as session:
        session.execute(update(Appeal).where(Appeal.id == appeal.id).values(due_at=datetime.now(UTC) - HOUR / 2))
    jobs.climb(SITE)
    assert len(told()) == 2
    assert made


def test_a_step_of_an_area_tells_of_its_topics_only(centre: Centre) -> None:
    step(centre, topics=["roads"])
    late(centre, 3)
    late(centre, 3, topic="roads")
    jobs.climb(SITE)
    assert len(told()) == 1


def test_a_digest_lists_exactly_what_is_overdue_once_a_day(centre: Centre) -> None:
    """U-66: of the manager's area; no message when none."""
    made = step(centre, digest=True, topics=["water"])
    morning = datetime.combine(datetime.now(KYIV).date() + timedelta(days=1), time(8), KYIV)
    admin = centre.people["admin.khm"]

    def tell(at: datetime) -> int:
        with transaction(admin.organisation_id) as session:
            return service.tell(session, queries.step(session, made), SITE, at)

    assert tell(morning) == 0
    assert told() == [], "nothing is overdue, nobody is told"
    mine, other = late(centre, 3), late(centre, 3, topic="roads")
    assert tell(morning) == 0, "today was looked at"
    assert tell(morning + timedelta(days=1, seconds=-1)) == 0, "before its hour"
    assert [tell(morning + timedelta(days=1)) for _ in range(2)] == [1, 0]
    with transaction(EVERY_ORGANISATION) as session:
        [message] = session.scalars(select(Message)).all()
    assert mine.number in message.text
    assert other.number not in message.text


def test_a_digest_is_due_from_eight_by_the_citys_clocks() -> None:
    before, after = (datetime(2026, 11, 23, hour, 59, tzinfo=UTC) for hour in (5, 6))
    assert digest_day(before, KYIV, None) is None
    assert digest_day(after, KYIV, None) == after.date()
    assert digest_day(after, KYIV, after.date()) is None


def test_a_measure_is_opened_once_and_closed_with_a_cause(centre: Centre, client: Browser) -> None:
    """U-14: without a cause it cannot be closed."""
    appeal = late(centre, 3)
    late(centre, 0.5)
    for _ in range(2):
        jobs.climb(SITE)
    assert count(TermMeasure) == 1
    place = f"/appeals/{appeal.number}/measures"
    with transaction(EVERY_ORGANISATION) as session:
        [(measure, _cause)] = queries.measures(session, appeal.id)
        [cause, *_] = classifier.in_force(session, Section.CAUSE, datetime.now(KYIV).date())
        [wrong, *_] = classifier.in_force(session, Section.RESULT, datetime.now(KYIV).date())
    iryna = client("iryna")
    for refused in ({}, {"cause": "x"}, {"cause": str(wrong.id)}):
        answer = iryna.post(f"/terms/measures/{measure.id}", data=refused)
        assert (answer.status_code, 'id="error-cause"' in answer.text) == (422, True)
    assert client("olena").post(f"/terms/measures/{measure.id}", data={"cause": str(cause.id)}).status_code == 403
    done = {"cause": str(cause.id), "note": "Додали бригаду"}
    assert iryna.post(f"/terms/measures/{measure.id}", data=done).status_code == 303
    assert "Додали бригаду" in iryna.get(place).text
    assert iryna.post(f"/terms/measures/{measure.id}", data=done).status_code == 409
    jobs.climb(SITE)
    assert count(TermMeasure) == 1, "the same term asks for no second measure"


def test_measures_are_commented_on_with_a_cause(centre: Centre, client: Browser) -> None:
    """U-113: by dispatchers, for colleagues: in the list of late appeals; not without a cause."""
    appeal = late(centre, 3)
    jobs.climb(SITE)
    with transaction(EVERY_ORGANISATION) as session:
        [(measure, _cause)] = queries.measures(session, appeal.id)
        [cause, *_] = classifier.in_force(session, Section.CAUSE, datetime.now(KYIV).date())
    olena, iryna = client("olena"), client("iryna")
    place = f"/terms/measures/{measure.id}/comments"
    for sent, field in (({"note": "x"}, "cause"), ({"cause": str(cause.id), "note": " "}, "note")):
        answer = olena.post(place, data=sent)
        assert (answer.status_code, f'id="error-{field}"' in answer.text) == (422, True)
    sent = {"cause": str(cause.id), "note": "Чекаємо на екскаватор"}
    assert olena.post(place, data=sent).status_code == 303
    for page in (f"/appeals/{appeal.number}/measures", "/appeals/late"):
        assert "Чекаємо на екскаватор" in iryna.get(page).text
    assert "Чекаємо на екскаватор" not in iryna.get(f"/appeals/{appeal.number}").text
    assert client("vasyl").get(f"/appeals/{appeal.number}/measures").status_code == 403
    assert iryna.post(f"/terms/measures/{measure.id}", data=sent).status_code == 303
    assert olena.post(place, data=sent).status_code == 409
    with transaction(EVERY_ORGANISATION) as session, pytest.raises(Exception, match="permission denied"):
        session.execute(text("UPDATE measure_comment SET text = 'x'"))


def test_steps_are_for_the_administrator(centre: Centre, client: Browser) -> None:
    admin = client("admin.khm")
    with transaction(EVERY_ORGANISATION) as session:
        channel = str(session.scalar(text("SELECT id FROM channel")))
    new = {"moment": "overdue", "after": "24", "whom": "head", "channel": channel, "recipient": "head@city.example"}
    new |= {"language": "uk", "topics": "water"}
    assert admin.post("/terms/escalation", data=new).status_code == 303
    assert "head@city.example" in client("iryna").get("/terms/escalation").text
    for wrong, field in (
        ({"recipient": "nobody"}, "recipient"),
        ({"channel": "99999"}, "channel"),
        ({"topics": "moon"}, "topics"),
    ):
        answer = admin.post("/terms/escalation", data=new | wrong)
        assert (answer.status_code, f'id="error-{field}"' in answer.text or field == "topics") == (422, True)
    assert client("iryna").post("/terms/escalation", data=new).status_code == 403
    with transaction(EVERY_ORGANISATION) as session:
        [made] = queries.steps(session, centre.organisations["khm"].id)
    assert admin.post(f"/terms/escalation/{made.id}/remove").status_code == 303
    assert count(EscalationStep) == 0
