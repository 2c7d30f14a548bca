"""The sender: takes what is due out of the outbox, hands it to the far ends, notes what they said.

A lease is committed before anything leaves, and the outcome after it. Two senders share the work by the leases; one
that is killed in between leaves a message that the next one repeats once (`service.lease`).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from db import EVERY_ORGANISATION, transaction
from notify import opt_outs, queries, service
from notify.far.opening import opened
from notify.model import AT_ONCE, REPORTING, Asked, ChannelKind, FarEnd, Later, PartOutcome, Refused, Reporting
from notify.tables import Channel, Message

log = structlog.get_logger()

LOOK_EVERY = timedelta(seconds=1)
_LONGEST_ATTEMPT = timedelta(minutes=1)  # whatever a far end does; well within a lease
_PAUSE_WITHOUT_DATABASE = timedelta(seconds=2)

Zones = Callable[[Session], Mapping[int, ZoneInfo]]
Opened = Callable[[Channel], FarEnd]


class Sender:
    """One loop over all channels; a slow one holds up nobody but itself."""

    def __init__(self, zones: Zones, *, opened: Opened = opened) -> None:
        self._zones, self._open = zones, opened
        self._far_ends: dict[int, tuple[object, FarEnd]] = {}
        self._under_way: dict[int, set[asyncio.Task[None]]] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._left: list[
            tuple[int, FarEnd]
        ] = []  # of channels that were changed: messages may still be under way there
        self._stopping = False
        self._wake = asyncio.Event()

    def stop(self) -> None:
        """What is under way is finished, nothing new is begun."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Until it is stopped. PostgreSQL may be away meanwhile."""
        while not self._stopping:
            pause = LOOK_EVERY
            self._wake.clear()
            try:
                await self.look()
            except SQLAlchemyError as error:
                log.error("outbox_not_reached", error=type(error).__name__)
                pause = _PAUSE_WITHOUT_DATABASE
            await self._rest(pause)
        await self.finish()

    async def look(self) -> int:
        """Begins to send what is due, as much at once as each channel bears. How many messages that is."""
        begun = 0
        await self._listen()
        await self._ask()
        for channel, messages in await asyncio.to_thread(self._lease):
            for message in messages:
                self._begin(channel, message)
            begun += len(messages)
        return begun

    async def finish(self) -> None:
        """Waits for what is under way and lets go of the far ends."""
        while under_way := [task for tasks in (*self._under_way.values(), self._asking) for task in tasks]:
            await asyncio.wait(under_way)
        for _, far_end in [*self._left, *self._far_ends.values()]:
            await far_end.close()
        self._far_ends.clear()
        self._left.clear()

    async def _listen(self) -> None:
        """Keeps far ends open that tell later what became of a message, and lets go of those of changed channels."""
        for channel in await asyncio.to_thread(_listening):
            try:
                far_end = self._far_end(channel)
            except Later:
                continue  # told with the first message
            if isinstance(far_end, Reporting):
                far_end.listen(partial(_reported, channel), partial(_heard, channel))
        for channel_id, far_end in list(self._left):
            if not self._under_way.get(channel_id):
                self._left.remove((channel_id, far_end))
                await far_end.close()

    async def _ask(self) -> None:
        """Asks far ends that report only when they are asked; one round at a time."""
        if self._asking:
            return
        for channel, reference in await asyncio.to_thread(_to_ask):
            try:
                far_end = self._far_end(channel)
            except Later:
                continue
            if isinstance(far_end, Asked):
                task = asyncio.create_task(_told_when_asked(far_end, channel, reference))
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)

    def _lease(self) -> list[tuple[Channel, list[Message]]]:
        leased = []
        with transaction(EVERY_ORGANISATION) as session:
            zones = self._zones(session)
            for channel in service.open_channels(session, zones):
                room = AT_ONCE[ChannelKind(channel.kind)] - len(self._under_way.get(channel.id, ()))
                zone = zones.get(channel.organisation_id, UTC)
                today = service.room_today(session, channel, zone)
                room = room if today is None else min(room, today)
                if room > 0:
                    leased.append((channel, list(service.lease(session, channel, at_most=room, zone=zone))))
        return leased

    def _begin(self, channel: Channel, message: Message) -> None:
        tasks = self._under_way.setdefault(channel.id, set())
        task = asyncio.create_task(self._deliver(channel, message))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(lambda _: self._wake.set())  # there is room for the next

    async def _deliver(self, channel: Channel, message: Message) -> None:
        """One attempt, and what came of it; an error of ours is an attempt that failed."""
        note: Callable[[Session], None]
        try:
            async with asyncio.timeout(_LONGEST_ATTEMPT.total_seconds()):
                sent = await self._far_end(channel).send(message)
            note = partial(service.sent, leased=message, reference=sent.reference, parts=sent.parts)
        except Refused as error:
            note = partial(service.refused, leased=message, why=str(error))
        except Later as error:
            note = partial(
                service.postpone,
                leased=message,
                why=str(error),
                pause=error.pause,
                everything=error.everything,
                doubtful=error.doubtful,
            )
        except TimeoutError:
            why = "no answer for too long"
            note = partial(service.postpone, leased=message, why=why, everything=True, doubtful=True)
        except Exception as error:  # the edge: the next message must go out
            log.exception("sending_failed", message=message.id, channel=channel.id)
            note = partial(service.postpone, leased=message, why=f"{type(error).__name__}: {error}")
        await self._note(message, note)

    def _far_end(self, channel: Channel) -> FarEnd:
        """The channel's far end, kept; made anew once an administrator has changed the channel."""
        described = (channel.kind, channel.settings, channel.secret)
        known = self._far_ends.get(channel.id)
        if known is not None and known[0] == described:
            return known[1]
        far_end = self._open(channel)
        self._far_ends[channel.id] = (described, far_end)
        if known is not None:
            self._left.append((channel.id, known[1]))
        return far_end

    async def _note(self, message: Message, note: Callable[[Session], None]) -> None:
        """Writes the outcome down; tried until the lease is over, for without it the message would be repeated."""
        loop = asyncio.get_running_loop()
        until = loop.time() + service.LEASE.total_seconds()
        while True:
            try:
                await asyncio.to_thread(_noted, message.organisation_id, note)
            except SQLAlchemyError as error:
                log.error("outcome_not_noted", message=message.id, error=type(error).__name__)
                if loop.time() > until:
                    return
                await asyncio.sleep(_PAUSE_WITHOUT_DATABASE.total_seconds())
            else:
                return

    async def _rest(self, pause: timedelta) -> None:
        try:
            async with asyncio.timeout(pause.total_seconds()):
                await self._wake.wait()
        except TimeoutError:
            return


def _listening() -> Sequence[Channel]:
    with transaction(EVERY_ORGANISATION) as session:
        return queries.listening_channels(session, REPORTING)


def _to_ask() -> list[tuple[Channel, str]]:
    with transaction(EVERY_ORGANISATION) as session:
        return [(channel, part.reference) for part, channel in service.to_ask(session)]


async def _told_when_asked(far_end: Asked, channel: Channel, reference: str) -> None:
    """What the far end knows by now; without an answer it is asked again later."""
    try:
        known = await far_end.ask(reference)
        if known is not None:
            await _reported(channel, reference, *known)
    except ConnectionError:
        return
    except Exception:  # the edge: other channels go on
        log.exception("asking_failed", channel=channel.id)


async def _heard(channel: Channel, phone: str, text: str) -> None:
    """Writes down what somebody wrote to us. ConnectionError when PostgreSQL is away: the far end says it again."""
    try:
        await asyncio.to_thread(
            _noted, channel.organisation_id, partial(opt_outs.heard, channel=channel, phone=phone, text=text)
        )
    except SQLAlchemyError as error:
        log.error("sms_not_noted", channel=channel.id, error=type(error).__name__)
        raise ConnectionError("the message could not be noted") from error


async def _reported(channel: Channel, reference: str, outcome: PartOutcome, said: str) -> None:
    """Writes a report down. ConnectionError when PostgreSQL is away: the far end keeps it and says it again."""
    note = partial(service.reported, channel_id=channel.id, reference=reference, outcome=outcome, said=said)
    try:
        await asyncio.to_thread(_noted, channel.organisation_id, note)
    except SQLAlchemyError as error:
        log.error("report_not_noted", channel=channel.id, error=type(error).__name__)
        raise ConnectionError("the report could not be noted") from error


def _noted(organisation: int, note: Callable[[Session], None]) -> None:
    with transaction(organisation) as session:
        note(session)
