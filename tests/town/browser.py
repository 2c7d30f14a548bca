"""Browsers with a microphone that speaks a file, and ears that keep what WebRTC brings."""

import base64
import os
import signal
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from tests.town.audio import Sound, from_pcm

CHROMIUM = "/usr/bin/chromium-headless-shell"  # without windows, at half the cost
WHOLE = "/usr/bin/chromium"  # with windows and notifications
SPEAKS = "--use-file-for-fake-audio-capture="
PATIENCE = 15_000  # milliseconds that a page has for what it shall do or show

expect.set_options(timeout=PATIENCE)

EARS = """
(() => {
  const Native = window.RTCPeerConnection;
  if (!Native) return;
  window.ears = [];
  const known = new Set();  // a track that comes back after a hold is told again
  const listen = (track) => {
    if (known.has(track)) return;
    known.add(track);
    const context = new AudioContext({ sampleRate: 8000 });
    const ear = context.createScriptProcessor(2048, 1, 1);
    ear.onaudioprocess = (event) => {
      const block = Float32Array.from(event.inputBuffer.getChannelData(0));
      window.ears.push(Object.assign(block, { track: track.id }));
    };
    context.createMediaStreamSource(new MediaStream([track])).connect(ear);
    ear.connect(context.destination);
    window.earContexts = [...(window.earContexts ?? []), { context, ear }];
    const hearsNoMore = () => context.state !== "closed" && context.close();
    track.addEventListener("ended", hearsNoMore);
    return hearsNoMore;
  };
  window.RTCPeerConnection = class extends Native {
    ears = [];
    constructor(...settings) {
      super(...settings);
      this.addEventListener("track", (event) => event.track.kind === "audio" && this.ears.push(listen(event.track)));
    }
    close() {
      super.close();  // which tells no track; an ear that hears nothing costs as much as one that hears
      setTimeout(() => this.ears.forEach((hearsNoMore) => hearsNoMore?.()), 1000);
    }
  };
})();
"""

HEARD = """
(mark) => {
  const tracks = new Map();  // a phone with two lines hears both at once
  for (const block of (window.ears ?? []).slice(mark)) {
    const heard = tracks.get(block.track) ?? [];
    tracks.set(block.track, heard);
    for (const sample of block) heard.push(sample);
  }
  const samples = new Int16Array(Math.max(0, ...[...tracks.values()].map((heard) => heard.length)));
  for (let at = 0; at < samples.length; at++) {
    const sum = [...tracks.values()].reduce((all, heard) => all + (heard[at] ?? 0), 0);
    samples[at] = Math.max(-1, Math.min(1, sum)) * 32767;
  }
  const bytes = new Uint8Array(samples.buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}
"""


def launch(playwright: Playwright, voice: Path, *, program: str = CHROMIUM) -> Browser:
    """A Chromium whose microphone says the file over and over."""
    return playwright.chromium.launch(
        executable_path=program,
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"{SPEAKS}{voice}",
            "--autoplay-policy=no-user-gesture-required",
            "--disable-gpu",
        ],
    )


def kill(voice: Path) -> None:
    """Ends the Chromium that speaks this file as a crash would (kill -9); its children go with it."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if f"{SPEAKS}{voice}".encode() in (process / "cmdline").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)


def context(browser: Browser, base_url: str, *, locale: str = "en") -> BrowserContext:
    """A fresh browser profile whose pages keep what they hear."""
    fresh = browser.new_context(
        base_url=base_url,
        locale=locale,
        permissions=["microphone", "notifications"],
        reduced_motion="reduce",
        viewport={"width": 1440, "height": 900},
    )
    fresh.add_init_script(EARS)
    fresh.set_default_timeout(PATIENCE)
    return fresh


def part(page: Page, name: str) -> Locator:
    """A part of one of our pages, by the name its script knows it by."""
    return page.locator(f'[data-part="{name}"]')


def mark(page: Page) -> int:
    """A place in what the page heard."""
    return int(page.evaluate("() => (window.ears ?? []).length"))


def heard_since(page: Page, place: int) -> Sound:
    """What the page heard since."""
    return from_pcm(base64.b64decode(page.evaluate(HEARD, place)))
