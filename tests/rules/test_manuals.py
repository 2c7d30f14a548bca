"""Pictures of the manuals are those the script puts there, of screens that there are, in every language."""

import pytest

from run.development.manuals import KIND, LANGUAGES, PICTURES, illustrated, path_of
from run.development.pictures import PICTURES as MADE
from run.development.pictures import SCREENS


@pytest.mark.parametrize("manual", PICTURES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_manual_has_its_pictures(manual: str, language: str):
    text = path_of(manual, language).read_text("utf-8")
    assert text == illustrated(manual, language), "python -m run.development.manuals"
    made = [name for _, name, _ in PICTURES[manual] if (MADE / f"{name}-{KIND}.png").exists()]
    assert made
    assert all(f"../pictures/{name}-{KIND}.png" in text for name in made)


def test_each_manual_is_illustrated():
    assert {path.name.partition(".")[0] for path in path_of("operator", "en").parent.glob("*.md")} == set(PICTURES)


def test_each_picture_is_taken_of_a_screen():
    taken = {screen.name for screen in SCREENS} | {"desk-ringing", "desk-talking", "desk-wrap-up", "board-talk"}
    wanted = {name for pictures in PICTURES.values() for _, name, _ in pictures}
    assert wanted <= taken
