"""Rules of a queue are changed where they stand: a step of overflow, a skill's name, one person's place."""

import re
from collections.abc import Callable
from threading import Thread

import pytest
from sqlalchemy import select

from acd.queues import queries, service
from acd.queues.tables import AgentSkill, OverflowStep, QueueSkill, Skill
from acd.tables import Queue, QueueMember
from calls.model import Language
from db import EVERY_ORGANISATION, transaction
from ivr import service as menus
from ivr.demonstration import KHM
from staff.tables import Audit
from tests.centre import Centre
from tests.client import Client
from tests.town.waiting import wait_for
from tests.waiting import waiting

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


@pytest.fixture
def skills(client: Browser, city: dict[str, int]) -> dict[str, int]:
    """Two topics' skills by their codes."""
    for skill in ({"code": "mains", "name": "Мережі"}, {"code": "roofs", "name": "Дахи"}):
        assert client("iryna").post("/queues/skills", data={"kind": "topic", **skill}).status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        return {skill.code: skill.id for skill in session.scalars(select(Skill))}


class Matrix:
    """The form of the matrix as somebody's page has it."""

    def __init__(self, page: str) -> None:
        form = page.split('action="/queues/skills/levels"')[1].split("</form>", maxsplit=1)[0]
        self.shown = re.findall(r'name="shown" value="([\d:]+)"', form)
        self.cells = dict[str, str]()
        for select_ in form.split("<select")[1:]:
            chosen = re.search(r'value="(\d+:\d+):(\d?)" selected', select_)
            self.cells[re.findall(r'value="(\d+:\d+):"', select_)[0]] = chosen[2] if chosen else ""

    def sets(self, person: int, skill: int, level: str) -> dict[str, list[str]]:
        """One cell is chosen otherwise: the whole form as it is sent."""
        self.cells[f"{person}:{skill}"] = level
        return {"level": [f"{cell}:{how}" for cell, how in self.cells.items()], "shown": self.shown}


def levels() -> dict[tuple[int, int], int]:
    with transaction(EVERY_ORGANISATION) as session:
        return queries.levels(session)


def test_two_people_at_the_matrix_keep_each_others_cells(
    client: Browser, centre: Centre, skills: dict[str, int]
) -> None:
    """Both have the page open; each saves the whole form with another cell changed."""
    iryna, admin, olena = client("iryna"), client("admin.khm"), centre.people["olena"].id
    pages = [Matrix(each.get("/queues/skills").text) for each in (iryna, admin)]
    sent = iryna.post("/queues/skills/levels", data=pages[0].sets(olena, skills["mains"], "3"))
    assert sent.status_code == 303
    sent = admin.post("/queues/skills/levels", data=pages[1].sets(olena, skills["roofs"], "2"))
    assert sent.status_code == 303
    assert levels() == {(olena, skills["mains"]): 3, (olena, skills["roofs"]): 2}
    page = Matrix(iryna.get("/queues/skills").text)
    assert iryna.post("/queues/skills/levels", data=page.sets(olena, skills["mains"], "")).status_code == 303
    assert levels() == {(olena, skills["roofs"]): 2}


def test_the_same_cell_of_the_matrix_is_not_overwritten_silently(
    client: Browser, centre: Centre, skills: dict[str, int]
) -> None:
    """The second is told who was faster and with what, keeps what they chose, and puts it there with one more press."""
    iryna, admin, olena = client("iryna"), client("admin.khm"), centre.people["olena"].id
    mains, roofs = skills["mains"], skills["roofs"]
    pages = [Matrix(each.get("/queues/skills").text) for each in (iryna, admin)]
    iryna.post("/queues/skills/levels", data=pages[0].sets(olena, mains, "3"))
    pages[1].sets(olena, roofs, "2")
    refused = admin.post("/queues/skills/levels", data=pages[1].sets(olena, mains, "1"))
    assert refused.status_code == 409
    assert levels() == {(olena, mains): 3}, "nothing of a refused form is saved"
    said = refused.text.split('class="error-summary"')[1].split("</div>")[0]
    assert "Тим часом хтось це змінив" in said
    assert centre.people["iryna"].name in said
    assert "відмінно" in said
    again = Matrix(refused.text)
    assert (again.cells[f"{olena}:{mains}"], again.cells[f"{olena}:{roofs}"]) == ("1", "2")
    assert admin.post("/queues/skills/levels", data=again.sets(olena, mains, "1")).status_code == 303
    assert levels() == {(olena, mains): 1, (olena, roofs): 2}


def test_two_at_the_matrix_at_the_same_moment_do_not_both_win(
    centre: Centre, city: dict[str, int], skills: dict[str, int]
) -> None:
    cell, iryna, admin = (
        (centre.people["olena"].id, skills["mains"]),
        centre.people["iryna"],
        centre.people["admin.khm"],
    )
    refused: list[tuple[int, int]] = []

    def second() -> None:
        try:
            with transaction(admin.organisation_id) as session:
                service.set_levels(session, {cell: 1}, shown={}, by=admin)
        except service.LevelsChanged as changed:
            refused.extend(changed.cells)

    late = Thread(target=second)
    with transaction(iryna.organisation_id) as session:
        service.set_levels(session, {cell: 3}, shown={}, by=iryna)
        late.start()
        wait_for("the second to wait", waiting)
    late.join(10)
    assert refused == [cell]
    assert levels() == {cell: 3}


def test_two_people_at_a_queue_keep_each_others_people(
    client: Browser, centre: Centre, city: dict[str, int], skills: dict[str, int]
) -> None:
    """Iryna adds Andrii and a skill; the page of the administrator shows Olena alone, and takes her out."""
    iryna, admin = client("iryna"), client("admin.khm")
    olena, andrii = centre.people["olena"].id, centre.people["andrii"].id
    address, mains = "/queues/of/water/people", skills["mains"]
    page = admin.get("/queues/of/water").text
    shown = re.findall(r'name="(people_shown|skills_shown)" value="(\d+)"', page)
    assert shown == [("people_shown", str(olena))]
    added = {"people": [str(olena), str(andrii)], "people_shown": [str(olena)], "skills": [str(mains)]}
    assert iryna.post(address, data=added).status_code == 303
    assert admin.post(address, data={"people_shown": [str(olena)]}).status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(QueueMember.person_id).where(QueueMember.queue_id == city["water"])).all() == [
            andrii
        ]
        assert session.scalars(select(QueueSkill.skill_id)).all() == [mains]
    assert f'name="skills_shown" value="{mains}"' in admin.get("/queues/of/water").text
    assert iryna.post(address, data={"people_shown": [str(andrii)], "skills_shown": [str(mains)]}).status_code == 303
    with transaction(EVERY_ORGANISATION) as session:
        assert session.scalars(select(QueueSkill)).all() == []
