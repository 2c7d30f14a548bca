"""What the menu says of emergency works: spoken beforehand, followed by a job, told in the caller's language."""

from datetime import UTC, datetime

import pytest

from agi.memory import Away, Memory
from agi.scripts.current_works import CurrentWorks
from appeals.works import queries, service
from appeals.works.model import Kind
from calls.model import Language
from db import transaction
from ivr import catalogue
from ivr.demonstration import MENUS
from ivr.rehearsal import Rehearsed
from ivr.sound.speech import Voice
from ivr.walk import Line, Settled
from run import works_spoken
from staff import queries as staff
from tests.appeals.works.repairs import SAID, entered
from tests.centre import Centre

UK, RU = Language.UKRAINIAN, Language.RUSSIAN
VOICES = {language: Voice("espeak-ng") for language in Language}


@pytest.fixture(autouse=True)
def services(centre: Centre) -> None:
    """The usual ones."""
    with transaction(centre.organisations["khm"].id) as session:
        service.load_services(session, centre.organisations["khm"].id)


def calls(
    centre: Centre, *keys: str, language: Language = UK, memory: Memory | None = None
) -> tuple[Rehearsed, Settled]:
    """A caller who asks for the works."""
    line = Line(
        organisation=centre.organisations["khm"].id, code="khm", zone="Europe/Kyiv", country="UA", language=UK,
        menu="language", menus=MENUS["khm"],
    )  # fmt: skip
    caller = Rehearsed(keys)
    return caller, CurrentWorks(memory or Memory(), line)(caller, language)


def finished(centre: Centre, made: int) -> None:
    olena = centre.people["olena"]
    with transaction(olena.organisation_id) as session:
        version = queries.get(session, made).version
        service.finish(session, made, datetime.now(UTC), "", version=version, by=olena)


def test_nothing_is_under_way(centre: Centre) -> None:
    caller, settled = calls(centre)
    assert (caller.heard, settled) == (["works-none", "works-operator"], "settled")
    assert calls(centre, "0")[1] == "operator"


def test_an_emergency_is_told_in_the_callers_language_until_it_is_over(centre: Centre) -> None:
    made = entered(centre.people["olena"])
    before, _ = calls(centre)
    assert before.heard == ["works-under-way", "digits/1", "works-more", "works-operator"], (
        "not spoken yet, but counted"
    )
    assert works_spoken.follow(VOICES) == {"works_spoken": 3}
    assert works_spoken.follow(VOICES) == {"works_spoken": 0}
    for language in (UK, RU):
        caller, _ = calls(centre, language=language)
        assert caller.heard == ["works-under-way", "digits/1", f"work-{made}", "works-operator"]
    with transaction(centre.organisations["khm"].id) as session:
        organisation = staff.organisation(session, centre.organisations["khm"].id)
        assert f"work-{made}" not in catalogue.entries(session, organisation), "nobody puts it into a menu"
        assert not catalogue.is_free(session, organisation, "work-77")
    finished(centre, made)
    assert calls(centre)[0].heard == ["works-none", "works-operator"]
    works_spoken.follow(VOICES)
    with transaction(centre.organisations["khm"].id) as session:
        assert queries.emergencies(session, centre.organisations["khm"].id) == []


def test_a_changed_text_is_spoken_anew(centre: Centre) -> None:
    olena = centre.people["olena"]
    made = entered(olena)
    works_spoken.follow(VOICES)
    with transaction(olena.organisation_id) as session:
        work = queries.get(session, made)
        content = service.Content(
            kind=Kind(work.kind), service_id=work.service_id, reason=work.reason, contact="", facility_id=None,
            enterprise_id=None, planned_from=work.planned_from, planned_until=None, said=SAID | {"ru": "До ночи."},
        )  # fmt: skip
        service.edit(session, made, content, version=1, by=olena)
    assert works_spoken.follow(VOICES) == {"works_spoken": 1}


def test_who_presses_zero_gets_an_operator_and_nobody_hears_more_than_five(centre: Centre) -> None:
    made = [entered(centre.people["olena"]) for _ in range(7)]
    while works_spoken.follow(VOICES) != {"works_spoken": 0}:
        pass
    caller, _ = calls(centre)
    assert caller.heard[:2] == ["works-under-way", "digits/7"]
    assert len([each for each in caller.heard if each.startswith("work-")]) == 5
    assert caller.heard[-2:] == ["works-more", "works-operator"]
    assert calls(centre, "0")[1] == "operator"
    assert made


def test_while_postgresql_is_away_an_operator_tells(centre: Centre) -> None:
    class Silent(Memory):
        def ask(self, organisation: object, question: object, *, within: object) -> object:  # type: ignore[override]
            raise Away

    caller, settled = calls(centre, memory=Silent())
    assert (caller.heard, settled) == (["works-unavailable"], "operator")
