"""Everybody comes at one moment, as after a restart of the web: all are answered, one after the other."""

import asyncio

import httpx
from fastapi import FastAPI

from staff.access import COOKIE
from tests.centre import Centre
from tests.client import Client, sign_in
from tests.loop import play

DESKS = 150


def test_a_crowd_of_desks_is_answered(app: FastAPI, centre: Centre) -> None:
    browser = sign_in(Client(app), centre.people["olena"])

    async def crowd() -> list[httpx.Response]:
        asked = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://holos.test", cookies={COOKIE: browser.cookies[COOKIE]}
        )
        async with asked:
            return await asyncio.gather(*(asked.get("/desk/state") for _ in range(DESKS)))

    answers = play(crowd(), seconds=25)  # less than a request waits for one of PostgreSQL's connections
    assert {answer.status_code for answer in answers} == {200}
