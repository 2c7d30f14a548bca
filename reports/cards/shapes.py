"""What programs are told of a call, as JSON, and what a row of its Excel file is made of. Durations are in seconds."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from appeals.model import Kind, Result, State


class Leg(BaseModel):
    """One operator's part in the call."""

    operator: str
    offered_at: datetime
    answered_at: datetime | None
    left_at: datetime | None
    talked: float
    outcome: str


class Visit(BaseModel):
    """One visit to a queue."""

    queue: str
    joined_at: datetime
    left_at: datetime | None
    outcome: str


class Recorded(BaseModel):
    """One segment of the recording; the sound itself is heard on the page of the call, by right and with a reason."""

    segment: int
    state: str
    reason: str | None = Field(description="why there is none")
    duration: float | None
    stored_at: datetime | None


class Said(BaseModel):
    """What an operator said of the talk."""

    operator: str
    topic: str | None
    result: str | None
    note: str | None = Field(description="null where the key does not see whose data it may name")


class Registered(BaseModel):
    """An appeal that was registered in the call."""

    number: str
    kind: Kind
    topic: str
    state: State
    result: Result | None


class Call(BaseModel):
    """The full card of a call."""

    id: UUID
    direction: str
    source: str
    caller: str | None = Field(description="null where the key does not see personal data; empty when withheld")
    dialled: str
    language: str
    topic: str | None
    menu_path: list[str] = Field(description="menus with the keys that were accepted there, `hotline:1`")
    queue: str | None
    state: str
    fate: str | None
    result: str | None = Field(description="of the last wrap-up")
    arrived_at: datetime
    queued_at: datetime | None
    offered_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    waited: float
    talked: float
    held: float
    transfers: int
    visits: list[Visit]
    legs: list[Leg]
    recordings: list[Recorded]
    said: list[Said]
    appeals: list[Registered]


class Calls(BaseModel):
    """A page of calls, the oldest first."""

    items: list[Call]
    next: str | None = Field(description="the address of the next page")
