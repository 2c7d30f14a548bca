"""Rules of a queue are changed where they stand: a step of overflow, a skill's name, one person's place."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from acd.queues.tables import AgentSkill, OverflowStep, Skill
from acd.tables import Queue, QueueMember
from calls.model import Language
from db import EVERY_ORGANISATION, transaction
from ivr import service as menus
from ivr.demonstration import KHM
from staff.tables import Audit
from tests.centre import Centre
from tests.client import Client

Browser = Callable[[str], Client]

WORDS = {Language.UKRAINIAN: "Черга довга.", Language.RUSSIAN: "Очередь длинная.", Language.ENGLISH: "A long queue."}
NAMES = {"name_uk": "Тепломережі", "name_ru": "Теплосети", "name_en": "Heat mains"}


@pytest.fixture
def city(centre: Centre) -> dict[str, int]:
    """Two queues of the city, Olena in both, with its menus; their ids."""
    olena = centre.people["olena"]
    own = {"organisation_id": olena.organisation_id}
    with transaction(EVERY_ORGANISATION) as session:
        menus.publish(session, olena.organisation_id, KHM)
        queues = [
            Queue(**own, code=code, asterisk_name=f"khm-{code}", name={"uk": name})
            for code, name in (("water", "Вода"), ("roads", "Дороги"))
        ]
        session.add_all(queues)
        session.flush()
        session.add_all(QueueMember(**own, queue_id=queue.id, person_id=olena.id) for queue in queues)
        return {queue.code: queue.id for queue in queues}


def steps() -> list[OverflowStep]:
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(OverflowStep).order_by(OverflowStep.id)))


def deeds(deed: str) -> list[dict[str, str]]:
    with transaction(EVERY_ORGANISATION) as session:
        return list(session.scalars(select(Audit.details).where(Audit.deed == deed).order_by(Audit.id)))


def test_a_step_is_changed_in_its_form_and_the_change_is_written_down(client: Browser, city: dict[str, int]) -> None:
    iryna = client("iryna")
    for step in ({"deed": "queue", "after": "60", "target": "roads"}, {"deed": "callback", "after": "90"}):
        assert iryna.post("/queues/of/water/steps", data=step).status_code == 303
    first, second = steps()
    page = iryna.get(f"/queues/of/water?step={first.id}").text
    form = page.split(f'action="/queues/of/water/steps/{first.id}"')[1].split("</form>")[0]
    assert 'value="60"' in form
    assert '<option value="roads" selected>' in form
    changed = {"deed": "callback", "after": "45"}
    assert iryna.post(f"/queues/of/water/steps/{first.id}", data=changed).status_code == 303
    assert [(each.deed, each.after and each.after.seconds, each.target_id) for each in steps()] == [
        ("callback", 45, None),
        ("callback", 90, None),
    ]
    assert deeds("queue.step_changed") == [{"after": "60 s → 45 s", "step": "queue → callback", "target": "roads → –"}]
    same = iryna.post(f"/queues/of/water/steps/{first.id}", data={"deed": "callback", "after": "90"})
    assert same.status_code == 422, "another step has that moment"
    assert 'id="error-deed"' in same.text
    assert iryna.post(f"/queues/of/roads/steps/{second.id}", data=changed).status_code == 404, "of another queue"


def test_a_changed_step_leads_nobody_round_in_a_circle(client: Browser, city: dict[str, int]) -> None:
    iryna = client("iryna")
    iryna.post("/queues/of/water/steps", data={"deed": "queue", "after": "60", "target": "roads"})
    iryna.post("/queues/of/roads/steps", data={"deed": "callback", "after": "60"})
    _, second = steps()
    back = {"deed": "queue", "after": "60", "target": "water"}
    assert iryna.post(f"/queues/of/roads/steps/{second.id}", data=back).status_code == 422
    assert steps()[1].deed == "callback"


def test_overflow_says_words_of_the_organisations_own(client: Browser, centre: Centre, city: dict[str, int]) -> None:
    iryna, admin = client("iryna"), centre.people["admin.khm"]
    step = {"deed": "announcement", "longer_than": "20", "prompt": "long-queue"}
    assert iryna.post("/queues/of/water/steps", data=step).status_code == 422, "there is no such prompt yet"
    with transaction(EVERY_ORGANISATION) as session:
        for language, words in WORDS.items():
            menus.type_prompt(
                session, admin.organisation_id, "long-queue", language, words=words, sound=b"\xd5" * 80, by=admin.id
            )
    assert 'value="long-queue"' in iryna.get("/queues/of/water").text
    assert iryna.post("/queues/of/water/steps", data=step).status_code == 303
    assert steps()[0].prompt == "long-queue"
    assert WORDS[Language.UKRAINIAN] in iryna.get("/queues/of/water").text.split('id="overflow"')[1].split("<form")[0]


def test_one_person_leaves_one_queue_and_stays_in_the_other(
    client: Browser, centre: Centre, city: dict[str, int]
) -> None:
    iryna, olena = client("iryna"), centre.people["olena"].id
    leaves = f"/queues/of/water/people/{olena}/leave"
    assert leaves in iryna.get("/queues/of/water").text
    assert client("olena").post(leaves).status_code == 403
    assert iryna.post(leaves).status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        assert list(session.scalars(select(QueueMember.queue_id))) == [city["roads"]]
    assert len(deeds("queue.people")) == 1
    assert iryna.post(leaves).status_code == 404


def test_a_skill_is_renamed_and_removed_with_what_hangs_on_it(
    client: Browser, centre: Centre, city: dict[str, int]
) -> None:
    iryna, olena = client("iryna"), centre.people["olena"].id
    for skill in ({"kind": "topic", "code": "mains", "name": "Мережі"}, {"kind": "language", "code": "ru"}):
        assert iryna.post("/queues/skills", data=skill).status_code == 303
    page = iryna.get("/queues/skills").text
    offered = [f'name="code" value="{language}"' in page for language in ("uk", "uz", "ru", "en")]
    assert offered == [True, True, False, True], "one button for each language that is no skill yet"
    with transaction(EVERY_ORGANISATION) as session:
        known = {skill.code: skill.id for skill in session.scalars(select(Skill))}
    iryna.post("/queues/skills/levels", data={"level": [f"{olena}:{known['mains']}:3"]})
    iryna.post("/queues/of/water/people", data={"people": [str(olena)], "skills": [str(known["mains"])]})
    assert iryna.post(f"/queues/skills/{known['mains']}/name", data=NAMES | {"name_ru": ""}).status_code == 422
    assert iryna.post(f"/queues/skills/{known['mains']}/name", data=NAMES).status_code == 303
    assert "Тепломережі" in iryna.get("/queues/skills").text
    assert iryna.post(f"/queues/skills/{known['ru']}/name", data=NAMES).status_code == 404, "a language has its own"
    assert iryna.post(f"/queues/skills/{known['mains']}/remove").status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        assert list(session.scalars(select(Skill.code))) == ["ru"]
        assert list(session.scalars(select(AgentSkill))) == []
    assert len(deeds("skill.renamed")) == len(deeds("skill.removed")) == 1
