"""A supervisor at the board in a browser of their own, with a phone and a voice."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from staff.access import COOKIE
from staff.model import Role
from staff.sign_in import open_session
from staff.tables import Person
from tests.town import audio, browser
from tests.town.operators import Operator
from tests.town.town import Town
from tests.town.waiting import wait_for

PURPOSE = "training"


class Supervisor:
    """Somebody who looks at the board; `heard_since` is what their phone brought."""

    def __init__(self, town: Town, login: str) -> None:
        self._operator = town.agent(login).signs_in(to="/board")
        self.page: Page = self._operator.page
        self.voice: audio.Sound = self._operator.voice
        self.login = login

    def card(self, queue: str) -> Locator:
        """The card of a queue."""
        return self.page.locator(f'.board-card[data-queue="{queue}"]')

    def row(self, operator: Operator) -> Locator:
        """An operator's row."""
        number = operator.interface.removeprefix("PJSIP/agent")
        return self.page.locator(f'tr[data-agent="{number}"]')

    def opens(self, operator: Operator) -> Supervisor:
        """Opens the panel of an operator who is in a talk."""
        expect(self.row(operator)).to_have_attribute("data-state", "talking")
        self.row(operator).locator("button").click()
        expect(self.part("drawer")).to_be_visible()
        return self

    def says_what_for(self, purpose: str = PURPOSE) -> Supervisor:
        """Chooses the purpose."""
        self.page.locator(f"[name=purpose][value={purpose}]").check(force=True)
        return self

    def directs_for(self, cause: str) -> Supervisor:
        """Chooses what a message, a pause or the end of the shift is for."""
        self.page.locator(f"[name=cause][value={cause}]").check(force=True)
        return self

    def takes_part(self, key: str, mode: str) -> Supervisor:
        """Presses the key of a mode, and the exchange has done it."""
        self.page.keyboard.press(key)
        button = self.page.locator(f'[data-mode="{mode}"]')
        expect(button).to_have_attribute("aria-pressed", "true", timeout=15_000)
        expect(self.part("drawer-stop")).to_be_visible()
        return self

    def part(self, name: str) -> Locator:
        """A part of the board."""
        return browser.part(self.page, name)

    def mark(self) -> int:
        """A place in what the phone heard."""
        return browser.mark(self.page)

    def heard_since(self, mark: int) -> audio.Sound:
        """What the phone heard since."""
        return browser.heard_since(self.page, mark)


class Boards:
    """What the boards of the demonstration show now, asked for as their pages do, without a browser."""

    def __init__(self, town: Town) -> None:
        self._url = town.product.settings.public_url
        self._tokens: list[str] = []
        for code in ("khm", "dtm"):
            with town.product.office(code) as (session, organisation):
                looks = Person.organisation_id == organisation.id, Person.roles.contains([Role.SUPERVISOR.value])
                self._tokens.append(open_session(session, session.scalars(select(Person).where(*looks)).all()[0]))

    def rows(self) -> dict[int, dict[str, Any]]:
        """Everybody on a shift, by id; nobody while Asterisk is not heard."""
        boards = [self._figures(token) for token in self._tokens]
        return {row["id"]: row for board in boards if board["asterisk"]["linked"] for row in board["agents"]}

    def row(self, operator: Operator) -> dict[str, Any]:
        """An operator's row; empty off shift."""
        return self.rows().get(int(operator.interface.removeprefix("PJSIP/agent")), {})

    def show(self, operator: Operator, state: str, reason: str | None = None) -> None:
        """An operator is shown so, within moments."""
        wanted = {"state": state, "reason": reason}
        wait_for(f"{operator.login} to be {wanted}", lambda: wanted.items() <= self.row(operator).items(), every=0.2)

    def _figures(self, token: str) -> dict[str, Any]:
        answer = httpx.get(f"{self._url}/board/figures", cookies={COOKIE: token}, timeout=10)
        return dict(answer.raise_for_status().json())
