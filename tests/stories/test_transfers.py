"""A caller handed from one operator to another; each talk is a recording of its own."""

import time
from uuid import uuid4

from playwright.sync_api import expect

from tests.town import audio
from tests.town.audio import Sound
from tests.town.operators import Operator
from tests.town.people import Person
from tests.town.town import Town

TALK = 5  # seconds
SOON = 10  # seconds from the hang-up to the first second heard of each part


def test_blind_transfer(town: Town) -> None:
    """Anna hands the caller over at once; Bobur sees at the offer all that she knew, and talks on."""
    anna, bobur, caller, said = _anna_talks(town)
    known = _writes_notes(anna)
    anna.transfers_to("Bobur")
    anna.is_in("wrap_up")
    _sees_it_before_answering(bobur, caller, known)
    bobur.answers()
    said_to_bobur = caller.talks_with(bobur, town.speech("uz"), seconds=TALK)
    _each_talk_is_heard_soon(town, caller, {anna: said, bobur: said_to_bobur})
    _both_finish(anna, bobur, caller)


def test_attended_transfer(town: Town) -> None:
    """Anna asks Bobur first, who sees whom she asks about before answering; the caller hears music, then Bobur.

    Bobur registers the appeal that Anna has begun, with what she typed while he was asked.
    """
    anna, bobur, caller, said = _anna_talks(town)
    known = _writes_notes(anna)
    substance = _begins_an_appeal(anna, f"Sertifikat kelmadi {uuid4()}")
    anna.consults("Bobur")
    _sees_it_before_answering(bobur, caller, known)
    _sees_it_begun(bobur, substance, by=town.name_of(anna.login))
    bobur.answers()
    substance = _begins_an_appeal(anna, f"{substance}, ikki haftadan beri")
    anna.hands_over()
    _sees_it_begun(bobur, substance, by=town.name_of(anna.login))
    anna.is_in("wrap_up")
    said_to_bobur = caller.talks_with(bobur, town.speech("uz"), seconds=TALK)
    assert bobur.sees_card(of=caller.number) == str(caller.call["id"]), "the card went with the consult"
    _each_talk_is_heard_soon(town, caller, {anna: said, bobur: said_to_bobur})
    bobur.page.keyboard.press("Control+Enter")
    expect(bobur.page.locator("#appeal-card .appeal-number")).to_be_visible()
    registered = town.product.rows("SELECT substance FROM appeal WHERE call_id = %s", caller.call["id"])
    assert [row["substance"] for row in registered] == [substance]
    _both_finish(anna, bobur, caller)


def _anna_talks(town: Town) -> tuple[Operator, Operator, Person, Sound]:
    anna, caller = town.talk("anna", "dtm-certificates")
    bobur = town.agent("bobur").signs_in().goes_ready()
    return anna, bobur, caller, caller.talks_with(anna, town.speech("uz"), seconds=TALK)


def _writes_notes(anna: Operator) -> list[str]:
    """About the call and about the caller, in words found nowhere else."""
    about_the_call, about_the_caller = f"Sertifikat raqami {uuid4()}", f"Sekin gapiring {uuid4()}"
    anna.notes(about_the_call).notes(about_the_caller, about="caller")
    return [about_the_call, about_the_caller]


def _begins_an_appeal(anna: Operator, substance: str) -> str:
    """The card is filled in, saves itself and is not registered."""
    form = anna.page.locator("#appeal-card")
    form.locator("[name=surname]").fill("Karimova")
    form.locator("[name=kind]").select_option(index=1)
    form.locator("[name=topic]").select_option(index=1)
    with anna.page.expect_response(lambda answer: "/appeals/draft" in answer.url and answer.ok):
        form.locator("[name=substance]").fill(substance)
    return substance


def _sees_it_begun(bobur: Operator, substance: str, *, by: str) -> None:
    """The card holds what a colleague has typed, and says who."""
    form = bobur.page.locator("#appeal-card")
    expect(form.locator("[name=substance]")).to_have_value(substance)
    expect(form.locator(".appeal-known", has_text=by)).to_be_visible()


def _sees_it_before_answering(bobur: Operator, caller: Person, known: list[str]) -> None:
    """Who calls, the way through the menu and the notes are on the card while the phone rings."""
    bobur.phone_rings()
    assert bobur.sees_card(of=caller.number) == str(caller.call["id"])
    card = bobur.card
    missing = [wanted for wanted in ("1 → 2", *known) if wanted not in card]
    assert not missing, f"{missing} not in the card:\n{card}"
    assert bobur.part("answer").is_visible(), "the card came only after the answer"


def _each_talk_is_heard_soon(town: Town, caller: Person, talks: dict[Operator, Sound]) -> None:
    """After the hang-up the supervisor hears each talk in time.

    In the left ear is the caller, in the right whoever is named for it.
    """
    page = town.call_page("dilnoza", caller.call["id"])
    hung_up = time.monotonic()
    caller.hangs_up()
    sounds = [page.listens(segment, by=hung_up + SOON) for segment in range(1, len(talks) + 1)]
    for segment, (sound, (operator, said)) in enumerate(zip(sounds, talks.items(), strict=True), start=1):
        sound.hold(caller=said, operator=operator.voice, seconds=TALK)
        for other in talks.keys() - {operator}:
            heard = audio.seconds_of(audio.repeated(other.voice), sound.operator)
            assert heard <= 0.2 * TALK, f"{other.login} is heard in part {segment}, {heard:g} s"
        assert page.ears(segment) == (page.words("Caller"), town.name_of(operator.login))


def _both_finish(anna: Operator, bobur: Operator, caller: Person) -> None:
    ended = caller.ends_as("answered")
    assert ended["transfers"] == 1
    assert ended["agent"] == bobur.interface, "who talked last is not the one it was transferred to"
    for operator in (anna, bobur):
        operator.wraps_up("passed_on" if operator is anna else "explained").ends_shift()
