"""The store of recordings is away for hours: nothing is lost, everybody is told, and all of it is stored in the end."""

from datetime import timedelta
from typing import Any

from tests.town.people import Person
from tests.town.town import Town
from tests.town.waiting import wait_for


def test_the_store_is_away_for_hours(town: Town) -> None:
    """Tried again and again with growing pauses; the backlog says so; once the store is back, the sound is in it."""
    product = town.product
    andrii, caller = town.talk("andrii", "khm-roads")
    product.kill("s3")
    try:
        said = caller.talks_with(andrii, town.speech("uk"), seconds=5)
        caller.hangs_up()
        caller.ends_as("answered")
        andrii.wraps_up("settled").ends_shift()
        pauses = [_tried_in_vain(town, caller, times) for times in (1, 2, 3)]
        assert pauses == sorted(pauses), f"the pauses do not grow: {pauses}"
        assert pauses[-1] > pauses[0]
        _everybody_is_told(town, caller)
    finally:
        product.begin("s3")

    _an_hour_passes(town, caller)
    stored = town.recording_of(caller, seconds=30)
    assert stored["sha256"]
    assert stored["last_error"] is None
    wait_for("the spool to be empty of it", lambda: not _spooled(town, caller))
    sound = town.call_page("iryna", caller.call["id"]).listens()
    sound.hold(caller=said, operator=andrii.voice, seconds=5)


def _recording(town: Town, caller: Person) -> dict[str, Any]:
    (found,) = town.product.rows("SELECT * FROM recording WHERE call = %s", caller.call["id"])
    return found


def _spooled(town: Town, caller: Person) -> list[str]:
    return [path.name for path in town.product.settings.recordings_spool.rglob(f"{caller.call['id']}*")]


def _tried_in_vain(town: Town, caller: Person, times: int) -> timedelta:
    """The attempt fails, the legs stay where they are; how long until the next. Then that time passes."""
    wait_for(f"attempt {times}", lambda: _recording(town, caller)["attempts"] >= times, seconds=40)
    pause = _until_the_next(town, caller)
    recording = _recording(town, caller)
    assert recording["state"] == "spooled"
    assert recording["last_error"]
    assert len([name for name in _spooled(town, caller) if name.endswith(".wav")]) == 2
    _an_hour_passes(town, caller)
    return pause


def _until_the_next(town: Town, caller: Person) -> timedelta:
    (row,) = town.product.rows("SELECT due_at - now() AS pause FROM recording WHERE call = %s", caller.call["id"])
    return row["pause"]


def _an_hour_passes(town: Town, caller: Person) -> None:
    town.product.rows(
        "UPDATE recording SET due_at = due_at - interval '1 hour' WHERE call = %s RETURNING id", caller.call["id"]
    )


def _everybody_is_told(town: Town, caller: Person) -> None:
    page = town.call_page("iryna", caller.call["id"])
    wait_for("the page of the call to say it", lambda: page.words("The recording could not be stored yet") in page.text)
    shown = town.agent("iryna").signs_in(to="/recordings/backlog").page
    row = shown.locator("tbody tr", has=shown.locator(f"a[href='/calls/{caller.call['id']}']"))
    assert page.words("waits to be stored") in row.inner_text()
    assert str(_recording(town, caller)["attempts"]) in row.inner_text()
