"""Operators at their desks, each in a Chromium with a voice of their own. Every verb waits for its own evidence."""

from __future__ import annotations

import subprocess
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Dialog, Locator, Page, Playwright, expect

from tests.town import audio, browser
from tests.town.waiting import wait_for
from web.languages import catalogue

GREETINGS = {
    "uk": "Доброго дня, це оператор контакт-центру. Розкажіть, будь ласка, що сталося, і я запишу ваше звернення.",
    "uz": "Assalomu alaykum, men operatorman. Iltimos, savolingizni ayting, men sizga yordam beraman.",
    "ru": "Добрый день, оператор слушает. Расскажите, что произошло, мы во всём разберёмся.",
    "en": "Good afternoon, this is the operator. Tell me what has happened and I will write it down for you.",
}


class Operator:
    """A person with a browser. The page is the desk; `heard_since` is what its WebRTC brought."""

    def __init__(
        self,
        playwright: Playwright,
        here: Path,
        *,
        login: str,
        interface: str,
        password: str,
        url: str,
        language: str,
        voice: str = "f3",  # espeak-ng's variant
        program: str = browser.CHROMIUM,
    ):
        spoken = audio.speech(here, f"voice-{login}", f"{language}+{voice}", f"{login}. {GREETINGS[language]}")
        self.voice: audio.Sound = audio.read(spoken)
        self.login, self._password, self._url = login, password, url
        microphone = here / f"microphone-{login}.wav"
        if not microphone.exists():
            subprocess.run(["sox", str(spoken), "-r", "48000", str(microphone)], check=True, capture_output=True)
        self.interface = interface  # their phone as Asterisk names it
        self._microphone = microphone
        self._browser = browser.launch(playwright, microphone, program=program)
        self._context = browser.context(self._browser, url)
        self.page: Page = self._context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def signs_in(self, *, to: str = "/desk") -> Operator:
        """Signs in, unless signed in already, and opens the desk or another page."""
        self.page.goto("/sign-in?" + urlencode({"next": to}))
        if "/sign-in" not in self.page.url:
            return self
        self._says_who_it_is(self.page)
        self.page.wait_for_url(self._url + to)
        return self

    def is_refused(self) -> Locator:
        """Tries to sign in, in vain; what the page says."""
        self.page.goto("/sign-in")
        self._says_who_it_is(self.page)
        return self.page.locator("[role=alert]").first

    def signs_in_beside(self, offer: Locator) -> Operator:
        """Follows the page's offer and signs in again in the tab that it opens."""
        with self.page.expect_popup() as opened:
            offer.click()
        self._says_who_it_is(opened.value)
        opened.value.wait_for_url(f"{self._url}/me")
        opened.value.close()
        return self

    def starts_shift(self) -> Operator:
        """Starts the shift if there is none, and waits for the phone."""
        choice = '[data-part="start-shift"]:visible, [data-part="ready"]:visible, [data-state="ready"]'
        expect(self.page.locator(choice).first).to_be_visible()
        if self.part("start-shift").is_visible():
            self.part("start-shift").click()
        expect(self.part("phone-lamp")).to_have_attribute("data-lamp", "on", timeout=15_000)
        return self

    def goes_ready(self) -> Operator:
        """Takes calls from now on, on the shift that is running or begins now."""
        self.starts_shift()
        if self.state != "ready":
            self.part("ready").click()
        return self.is_in("ready")

    def ends_shift(self) -> None:
        """Goes off shift."""
        self.part("end-shift").click()
        self.is_in("offline")

    def phone_rings(self, *, seconds: float = 15) -> Operator:
        """The phone offers a call."""
        expect(self.part("call-ringing")).to_be_visible(timeout=seconds * 1000)
        return self

    def sees_card(self, *, of: str | None = None) -> str:
        """The caller's card is on the screen; its call. With `of`, the card shows that number's last digits."""
        card = self.part("card")
        expect(card).to_be_visible()
        wait_for("the card to be painted", lambda: card.get_attribute("data-painted-at"))
        if of is not None:
            digits = "".join(letter for letter in card.locator(".caller-number").inner_text() if letter.isdigit())
            assert digits.endswith(of[-7:]), f"the card shows {digits}, {of} calls"
        return card.get_attribute("data-call") or ""

    @property
    def card(self) -> str:
        """The caller's card, as it is read."""
        return self.part("card").inner_text()

    def notes(self, text: str, *, about: str = "call") -> Operator:
        """Writes a note on the card: about this call, or about the "caller"."""
        form = self.page.locator(f'form[data-note="{about}"]')
        form.locator("[name=text]").fill(text)
        form.locator("button").click()
        expect(self.part("notes").locator(".note", has_text=text)).to_be_visible()
        return self

    def answers(self) -> Operator:
        """Answers, and is in the call."""
        self.part("answer").click()
        return self._has_line("talking")

    def declines(self) -> None:
        """Does not want this call."""
        self.part("decline").click()
        expect(self.part("call-ringing")).to_be_hidden()

    def holds(self) -> Operator:
        """Puts the caller on music."""
        self.part("hold").click()
        return self._has_line("held").is_in("hold")

    def resumes(self) -> Operator:
        """Takes the caller back."""
        self.part("hold").click()
        return self._has_line("talking").is_in("talking")

    def mutes(self) -> Operator:
        """Switches the microphone off."""
        self.part("mute").click()
        expect(self.part("mute")).to_have_attribute("aria-pressed", "true")
        return self

    def unmutes(self) -> Operator:
        """Switches the microphone on again."""
        self.part("mute").click()
        expect(self.part("mute")).to_have_attribute("aria-pressed", "false")
        return self

    def presses(self, *keys: str) -> Operator:
        """Presses keys of the desk's key pad."""
        if not self.part("keypad").is_visible():
            self.part("keys").click()
        for key in keys:
            self.part("keypad").locator(f'[data-key="{key}"]').click()
        return self

    def transfers_to(self, name: str) -> None:
        """Hands the caller over at once, by the keyboard alone."""
        self.page.keyboard.press("F8")
        expect(self.part("target-search")).to_be_focused()
        self.page.keyboard.type(name)
        expect(self.page.locator(".target:visible")).to_have_count(1)
        expect(self.page.locator(".target[aria-current=true]")).to_contain_text(name, ignore_case=True)
        self.page.keyboard.press("Enter")

    def consults(self, name: str) -> None:
        """Calls a colleague while the caller waits."""
        self._chooses(name)
        self.page.keyboard.press("Shift+Enter")
        expect(self.part("consult")).to_be_visible()

    def calls(self, number: str) -> Operator:
        """Calls a number outside, by the keyboard alone."""
        self.page.keyboard.press("F10")
        expect(self.part("dial-number")).to_be_focused()
        self.part("dial-number").fill(number)
        self.page.keyboard.press("Enter")
        return self

    def joins_all_three(self) -> Operator:
        """Lets the caller and whoever was asked hear each other."""
        expect(self.part("all-three")).to_be_enabled()
        self.page.keyboard.press("Shift+F8")
        expect(self.part("consult")).to_have_attribute("data-together", "")
        return self

    def hands_over(self) -> None:
        """The colleague takes the caller, by the keyboard alone."""
        expect(self.part("hand-over")).to_be_enabled()
        self.page.keyboard.press("F8")

    def returns_to_the_caller(self) -> Operator:
        """Parts from the colleague."""
        self.part("return").click()
        return self._has_line("talking")

    def hangs_up(self) -> Operator:
        """Ends the call."""
        self.part("hang-up").click()
        return self

    def wraps_up(self, result: str = "explained", note: str = "") -> Operator:
        """Says how the call ended, and is ready for the next."""
        form = self.part("panel-wrap-up")
        expect(form).to_be_visible()
        form.locator(f"input[value={result}]").check(force=True)
        if note:
            form.locator("[name=note]").fill(note)
        self.part("finish").click()
        expect(form).to_be_hidden()
        return self

    def reloads(self) -> Operator:
        """Presses F5, and means it."""
        self.page.once("dialog", lambda question: question.accept())
        self.page.reload()
        return self

    def comes_back(self) -> Operator:
        """Looks at the desk again after the server was away."""
        self.page.once("dialog", lambda question: question.accept())
        self.page.goto("/desk")
        return self

    def loses_the_network(self) -> Operator:
        """The browser reaches nothing any more."""
        self._context.set_offline(True)
        return self

    def has_the_network_again(self) -> Operator:
        """The browser reaches everything again."""
        self._context.set_offline(False)
        return self

    def is_in(self, state: str, *, seconds: float = 15) -> Operator:
        """The desk shows this state of the agent."""
        expect(self.part("state")).to_have_attribute("data-state", state, timeout=seconds * 1000)
        return self

    @property
    def state(self) -> str:
        """The state the desk shows."""
        return self.part("state").get_attribute("data-state") or ""

    def mark(self) -> int:
        """A place in what the desk's phone heard."""
        return browser.mark(self.page)

    def heard_since(self, mark: int) -> audio.Sound:
        """What the desk's phone heard since."""
        return browser.heard_since(self.page, mark)

    def in_their_language(self, message: str) -> str:
        """A message as their pages say it."""
        return catalogue(self.page.locator("html").get_attribute("lang") or "").gettext(message)

    def part(self, name: str) -> Locator:
        """A part of the desk."""
        return browser.part(self.page, name)

    def new_page(self) -> Page:
        """Another tab of the same sign-in."""
        return self._context.new_page()

    def dies(self) -> None:
        """Their browser is killed (kill -9): its page says goodbye to nobody."""
        browser.kill(self._microphone)

    def rests(self) -> None:
        """Between stories: one empty tab. Pages that nobody looks at would go on talking with the server."""
        for page in self._context.pages:
            if page is not self.page:
                page.close()
        self.page.on("dialog", _means_it)
        self.page.goto("about:blank")
        self.page.remove_listener("dialog", _means_it)

    def leaves(self) -> None:
        """Closes the browser."""
        self._browser.close()

    def _has_line(self, state: str) -> Operator:
        """The desk's phone is in a call; the state of the agent may come a moment later, or not at all in a consult."""
        expect(self.page.locator("[data-desk]")).to_have_attribute("data-state", state)
        return self

    def _says_who_it_is(self, page: Page) -> None:
        page.locator("[name=login]").fill(self.login)
        page.locator("[name=password]").fill(self._password)
        page.locator("main button[type=submit], form[action='/sign-in'] button").last.click()

    def _chooses(self, name: str) -> None:
        self.part("transfer").click()
        search = self.part("target-search")
        search.fill(name)
        expect(self.part("targets")).to_contain_text(name, ignore_case=True)


def _means_it(question: Dialog) -> None:
    question.accept()
