"""The line of a call to scale: its marks cover no name and not each other, on a desk's screen and on a phone's."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from calls import events
from calls.model import CallId, Interface, QueueName, interface_of
from run.development.pictures import signed_in
from tests.centre import PASSWORD, Centre
from tests.pages.a_call import answered_call, happen

COVERED = """() => {
  const box = (each) => each.getBoundingClientRect();
  const cover = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const words = [...document.querySelectorAll(".timeline-stretch")].filter((each) => each.textContent.trim());
  const signs = [...document.querySelectorAll(".timeline-mark b")];
  const on_words = signs.flatMap((sign) => words.filter((word) => cover(box(sign), box(word))).map((word) =>
    sign.textContent + " on " + word.textContent));
  const on_signs = signs.flatMap((sign, place) => signs.slice(place + 1).filter((other) => cover(box(sign), box(other)))
    .map((other) => sign.textContent + " on " + other.textContent));
  const track = box(document.querySelector(".timeline-track"));
  const cut = signs.filter((sign) => box(sign).right > track.right || box(sign).top < track.top).map((sign) =>
    sign.textContent + " is cut off");
  return [...on_words, ...on_signs, ...cut];
}"""


@pytest.fixture
def page(browser: Browser, url: str, centre: Centre) -> Iterator[Page]:
    """Iryna's browser."""
    with signed_in(browser, url, "iryna", PASSWORD) as signed:
        yield signed


def full_of_marks(centre: Centre) -> CallId:
    """Soon after the answer the recording is paused, goes on, and the caller comes back to the queue."""
    olena = centre.people["olena"]
    agent, start = Interface(interface_of(olena.id)), datetime.now(UTC) - timedelta(minutes=5)
    call = answered_call(olena, at=start, over=False)

    def later(seconds: float) -> datetime:
        return start + timedelta(seconds=seconds)

    happen(
        olena.organisation_id,
        [
            events.RecordingPaused(call=call, at=later(60), agent=agent),
            events.RecordingResumed(call=call, at=later(61), agent=agent),
            events.AgentLeftTalk(call=call, at=later(66), agent=agent, talked=timedelta(seconds=28), ended_by="lost"),
            events.CallerRequeued(call=call, at=later(67), queue=QueueName("khm-water")),
            events.CallerJoinedQueue(call=call, at=later(67), queue=QueueName("khm-water"), position=1),
            events.CallEnded(call=call, at=later(120), cause=16, by_caller=True),
        ],
    )
    return call


@pytest.mark.parametrize("width", [1440, 390])
def test_marks_cover_nothing(page: Page, centre: Centre, width: int):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/calls/{full_of_marks(centre)}")
    expect(page.locator(".timeline-mark b", has_text="⏺")).to_be_visible()
    assert page.locator(".timeline-mark").count() >= 5
    assert not page.evaluate(COVERED)
