"""The page of who listened and who directed whom."""

from collections.abc import Callable

import pytest

from tests.centre import Centre
from tests.client import Client


@pytest.mark.parametrize("note", ["", "завтра о восьмій"])
def test_who_directed_whom_is_read_with_and_without_a_note(
    client: Callable[[str], Client], centre: Centre, note: str
) -> None:
    written = {"text": "Спитайте адресу", "cause": "guidance", "note": note}
    assert client("iryna").post(f"/board/agents/{centre.people['olena'].id}/message", data=written).status_code == 200
    page = client("mykola").get("/board/log")
    assert page.status_code == 200
    assert "Порада" in page.text
    assert note in page.text
