"""Two organisations that stand for all tests of a file, their people signed in; without belongings, or with all."""

from datetime import UTC, datetime, timedelta

from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from sqlalchemy import Engine, update

from db import EVERY_ORGANISATION, transaction
from staff.access import COOKIE
from staff.tables import SignIn
from tests.centre import Centre
from tests.client import Client, sign_in
from tests.kept import Kept
from tests.pages.belongings.everything import belongings


class Standing:
    """The organisations, and their rows kept aside: `bare` with nothing but people, `full` with what they have."""

    def __init__(self, app: FastAPI, portal: BlockingPortal, owner: Engine) -> None:
        self._app, self._portal = app, portal
        self._anybody = self._opened()
        with transaction(EVERY_ORGANISATION) as session:
            self.centre = Centre.made(session)
        self._browsers = {login: sign_in(self._opened(), person) for login, person in self.centre.people.items()}
        self._tokens = {login: browser.cookies[COOKIE] for login, browser in self._browsers.items()}
        with transaction(EVERY_ORGANISATION) as session:  # a look at a page moves no session's end
            session.execute(update(SignIn).values(seen_at=datetime.now(UTC) + timedelta(hours=1)))
        self.bare = Kept(owner)
        self.own = belongings(self.centre, "khm", caller="+380671112233", surname="Шевченко", appeals=1)
        self.foreign = belongings(self.centre, "dtm", caller="+998901112233", surname="Karimova", appeals=2)
        self.full = Kept(owner)

    def browser(self, login: str) -> Client:
        """The browser in which that person is signed in, and nothing else is remembered."""
        browser = self._browsers[login]
        browser.cookies.clear()
        browser.cookies.set(COOKIE, self._tokens[login])
        return browser

    @property
    def anybody(self) -> Client:
        """A browser nobody is signed in with."""
        self._anybody.cookies.clear()
        return self._anybody

    def close(self) -> None:
        """Forgets what was kept aside."""
        self.bare.close()
        self.full.close()

    def _opened(self) -> Client:
        browser = Client(self._app)
        browser.portal = self._portal
        return browser
