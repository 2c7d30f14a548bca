"""The desk as a telephone: its sounds and devices, its keys as the caller hears them, a network that goes and comes."""

from contextlib import closing

from playwright.sync_api import Page, expect

from tests.town import audio
from tests.town.browser import part
from tests.town.operators import Operator
from tests.town.sound_cable import SoundCable
from tests.town.town import Town
from tests.town.waiting import wait_for

NO_ANSWER = 32  # seconds: how long SIP waits for an answer (RFC 3261, timer F)

# Listens to what the page's own sounds are made of, keeps what it shows and opens, and hides the page.
ATTENTIVE = """() => {
  const connect = AudioNode.prototype.connect;
  window.meters = [];
  AudioNode.prototype.connect = function (target, ...more) {
    if (target instanceof AudioDestinationNode) {
      const meter = target.context.createAnalyser();
      connect.call(this, meter);
      window.meters.push(meter);
    }
    return connect.call(this, target, ...more);
  };
  window.shown = [];
  window.Notification = class extends Notification {
    constructor(title, options) {
      super(title, options);
      const told = { title, body: options.body, open: true };
      window.shown.push(told);
      const close = this.close.bind(this);
      this.close = () => ((told.open = false), close());
    }
  };
  const sink = HTMLMediaElement.prototype.setSinkId;
  window.sinks = [];
  HTMLMediaElement.prototype.setSinkId = function (id) {
    window.sinks.push(id);
    return sink.call(this, id);
  };
  const media = navigator.mediaDevices, open = media.getUserMedia.bind(media);
  window.microphones = [];
  media.getUserMedia = async (asked) => {
    const stream = await open(asked);
    window.microphones.push(stream.getAudioTracks()[0].getSettings().deviceId);
    return stream;
  };
  Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
}"""
LOUDEST = """() => Math.max(0, ...window.meters.map((meter) => {
  const wave = new Float32Array(meter.fftSize);
  meter.getFloatTimeDomainData(wave);
  return Math.max(...wave.map(Math.abs));
}))"""


def test_before_the_shift_and_the_first_ring(town: Town) -> None:
    """The microphone is tried, devices are chosen and kept; a hidden page rings aloud and shows a notification."""
    olena = town.agent_who_is_notified("olena").signs_in()
    page = olena.page
    part(page, "test-microphone").click()
    expect(part(page, "check-microphone")).to_have_attribute("data-check", "good", timeout=15_000)
    sample = part(page, "sample")
    wait_for("the sample to be played back", lambda: sample.evaluate("sample => sample.currentTime > 0"))

    chosen = {name: _chooses_the_last(page, name) for name in ("microphones", "speakers")}
    page.reload()
    for name, device in chosen.items():
        expect(part(page, name)).to_have_value(device)
    page.evaluate(ATTENTIVE)
    olena.goes_ready()
    expect(part(page, "notice")).to_be_hidden()  # the first link of a shift is no return
    caller = town.caller("uk").asks_for("khm-heating")
    olena.phone_rings()
    wait_for("the ring to be heard", lambda: page.evaluate(LOUDEST) > 0.02)
    (shown,) = page.evaluate("window.shown")
    assert shown["open"]
    assert caller.number[-4:] in "".join(letter for letter in shown["body"] if letter.isdigit())
    wait_for("the title to say it", lambda: page.title().startswith("☎"))

    olena.answers()
    assert not page.evaluate("window.shown[0].open"), "the notification stays after the answer"
    wait_for("the ring to end", lambda: page.evaluate(LOUDEST) < 0.001)
    assert page.evaluate("window.microphones") == [chosen["microphones"]]
    assert chosen["speakers"] in page.evaluate("window.sinks")
    caller.hangs_up()
    caller.ends_as("answered")
    olena.wraps_up().ends_shift()


def _chooses_the_last(page: Page, name: str) -> str:
    """Chooses the last of the devices; which it is."""
    page.locator("[data-open-dialog=devices]").click()
    choices = part(page, name).locator("option")
    wait_for(f"{name} to choose from", lambda: choices.count() > 1)
    device = choices.last.get_attribute("value") or ""
    part(page, name).select_option(device)
    page.keyboard.press("Escape")
    return device


def test_a_microphone_that_was_unplugged_since(town: Town) -> None:
    """The standard one serves."""
    page = town.agent("olena").signs_in().page
    page.evaluate("localStorage.setItem('holos.microphone', 'gone')")
    part(page, "test-microphone").click()
    expect(part(page, "check-microphone")).to_have_attribute("data-check", "good", timeout=15_000)


def test_the_caller_hears_what_the_keys_do(town: Town) -> None:
    """Microphone off is silence, hold is music, a key of the pad is a tone of the telephone."""
    olena, caller = town.talk("olena", "khm-heating")
    caller.forgets_what_was_heard()
    caller.hears_voice(olena.voice)
    olena.mutes()
    caller.hears_nothing()
    olena.unmutes()
    caller.hears_voice(olena.voice)
    olena.holds()
    caller.hears_music(audio.read(town.product.settings.asterisk / "data" / "moh" / "calm.alaw"))
    olena.resumes()
    caller.hears_voice(olena.voice)
    olena.presses("5", "#")
    caller.gets_key("5")
    caller.gets_key("#")
    expect(olena.part("keypad")).to_be_visible()
    olena.page.keyboard.press("Escape")
    expect(olena.part("keypad")).to_be_hidden()
    caller.hangs_up()
    caller.ends_as("answered")
    olena.wraps_up().ends_shift()


def test_the_network_goes_in_the_middle_of_a_talk(town: Town) -> None:
    """The desk says so and comes back by itself; what happened meanwhile is right on it."""
    olena = town.agent("olena").signs_in().goes_ready()
    page = olena.page
    caller = town.caller("uk").asks_for("khm-heating")
    olena.phone_rings().answers()
    caller.talks_with(olena, town.speech("uk"), seconds=4)
    olena.loses_the_network()
    expect(page.locator("#link-bar")).to_be_visible(timeout=20_000)
    olena.has_the_network_again()
    expect(page.locator("#link-bar")).to_be_hidden(timeout=20_000)
    expect(part(page, "phone-lamp")).to_have_attribute("data-lamp", "on", timeout=20_000)
    olena.is_in("talking")
    caller.forgets_what_was_heard()
    caller.hears_voice(olena.voice)

    olena.loses_the_network()
    expect(page.locator("#link-bar")).to_be_visible(timeout=20_000)
    caller.hangs_up()
    caller.ends_as("answered")
    olena.has_the_network_again()
    olena.is_in("wrap_up", seconds=20).wraps_up().is_in("ready").ends_shift()


def test_the_sound_goes_and_comes_back(town: Town) -> None:
    """The link holds while no packet comes through: the phone says so until it does."""
    with closing(SoundCable()) as cable:
        town.agent("olena").page.add_init_script(cable.script)
        olena, caller = town.talk("olena", "khm-heating")
        caller.hears_voice(olena.voice)
        expect(olena.part("call-silent")).to_be_hidden()
        olena.holds()  # a caller on hold is not taken for lost so soon
        cable.cut()
        expect(olena.part("call-silent")).to_be_visible()
        expect(olena.part("phone-lamp")).to_have_attribute("data-lamp", "on")
        cable.mend()
        expect(olena.part("call-silent")).to_be_hidden()
        olena.resumes()
        caller.forgets_what_was_heard()
        caller.hears_voice(olena.voice)
        caller.hangs_up()
        caller.ends_as("answered")
        olena.wraps_up("settled")

        cable.cut()
        olena.goes_ready()
        second = town.caller("uk").asks_for("khm-heating")
        olena.phone_rings().answers()
        expect(olena.part("call-silent")).to_be_visible()
        words = "The call had no sound. Check the cable, Wi-Fi and VPN before the next one."
        expect(olena.part("notice")).to_contain_text(olena.in_their_language(words), timeout=20_000)
        second.waits_in("khm-heating")
        second.hangs_up()
    olena.is_in("paused").ends_shift()
    town.goes_home(olena)


def test_a_link_that_is_dead_without_having_ended(town: Town) -> None:
    """As after a change of network: nothing comes through and nothing says so. The phone finds out, and links anew."""
    olena = town.agent("olena")
    olena.page.add_init_script(MORTAL_LINKS)
    olena.signs_in().goes_ready()
    _link_dies(olena)
    caller = town.caller("uk").asks_for("khm-heating")
    olena.phone_rings().answers()
    _link_dies(olena)
    caller.forgets_what_was_heard()
    caller.hears_voice(olena.voice)
    caller.hangs_up()
    caller.ends_as("answered")
    olena.is_in("wrap_up").wraps_up().ends_shift()


MORTAL_LINKS = """
(() => {
  const Native = window.WebSocket;
  window.links = [];
  window.WebSocket = class extends Native {
    constructor(...to) {
      super(...to);
      window.links.push(this);
    }
    send(data) {
      if (!this.dead) super.send(data);
    }
    set onmessage(take) {
      super.onmessage = (event) => this.dead || take(event);
    }
  };
})();
"""


def _link_dies(operator: Operator) -> None:
    links = operator.page.evaluate("window.links.map((each) => (each.dead = true)).length")
    operator.page.evaluate("window.dispatchEvent(new Event('online'))")  # what the browser says of another network
    anew = f"window.links.length > {links} && !window.links.at(-1).dead"
    wait_for("a new link", lambda: operator.page.evaluate(anew), seconds=NO_ANSWER + 15)
    expect(operator.part("phone-lamp")).to_have_attribute("data-lamp", "on", timeout=20_000)
