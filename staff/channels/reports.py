"""What a gateway sends to the addresses that one channel has for reports of delivery and for what people answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Report:
    """A request as it came: nothing of it is believed yet."""

    body: bytes
    kind: str
    headers: Mapping[str, str]


async def _sent(request: Request) -> Report:  # reading a body is only possible awaiting it
    return Report(await request.body(), request.headers.get("content-type", ""), request.headers)


Sent = Annotated[Report, Depends(_sent)]
