"""The product's listener with nobody to listen to: it tells the calls of a full centre by itself.

Each event is told at the moment it happens, with that moment; everything behind the ears is the product's own.
`python -m bench.telling`.
"""

import asyncio
import os
import random
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from calls import events
from calls.events import Event
from calls.model import CallId, Interface, Language, QueueName, Source, interface_of
from calls.observer import Line
from run import listener
from run.asterisk import link

CENTRE = "HOLOS_BENCH_CENTRE"  # "organisation first-last queue,queue": whose calls, who answers, where callers wait
CHANNELS = 300
RATE = 1.7  # calls a second: each lasts about three minutes
AT_FIRST = 10.0  # calls a second until all channels are in use
TALKS = (100.0, 200.0)  # seconds
WAITS = (5.0, 25.0)
GIVES_UP = 0.1  # of the callers
HOLDS = 0.3  # of the talks
WRAP_UP = 10.0  # seconds in which the desk says what came of it


class Centre(link.Ears):
    """Ears that hear what they say themselves."""

    async def tell(self) -> None:
        """Calls, for ever."""
        self.organisation, self.queues, self.agents = _centre()
        calls = set()
        begun = 0
        while True:
            begun += 1
            full = begun > CHANNELS
            share = 1.0 if full else random.random()  # the first ones have talked for a while already
            call = asyncio.create_task(self._call(share))
            calls.add(call)
            call.add_done_callback(calls.discard)
            await asyncio.sleep(random.expovariate(RATE) if full else 1 / AT_FIRST)

    async def _call(self, share: float) -> None:
        call, queue = CallId(uuid4()), random.choice(self.queues)
        self._says(
            events.CallArrived,
            call=call,
            organisation=self.organisation,
            caller=f"+99890{random.randrange(10**7):07}",
            dialled="1414",
            language=Language.UZBEK,
            source=Source.TRUNK,
            channel=f"{datetime.now(UTC).timestamp():.3f}.{random.randrange(10**6)}",
        )
        self._says(events.MenuEntered, call=call, menu="hotline")
        await asyncio.sleep(4)
        self._says(events.KeyPressed, call=call, menu="hotline", key="1", accepted=True)
        self._says(events.TopicChosen, call=call, topic=queue.partition("-")[2])
        await asyncio.sleep(4)
        self._says(events.PromptHeard, call=call, prompt="recording-notice")
        self._says(events.CallerJoinedQueue, call=call, queue=queue, position=1)
        waited = random.uniform(*WAITS)
        await asyncio.sleep(waited)
        if random.random() < GIVES_UP or not self.agents:
            self._says(events.CallerAbandoned, call=call, queue=queue, waited=timedelta(seconds=waited))
        else:
            await self._talk(call, queue, waited, random.uniform(*TALKS) * share)
        self._says(events.CallEnded, call=call, cause=16, by_caller=True)

    async def _talk(self, call: CallId, queue: QueueName, waited: float, seconds: float) -> None:
        agent, rang = self.agents.popleft(), random.uniform(2, 6)
        self._says(events.AgentOffered, call=call, agent=agent, queue=queue)
        await asyncio.sleep(rang)
        self._says(events.RecordingStarted, call=call, segment=1, agent=agent)
        self._says(
            events.AgentAnswered,
            call=call,
            agent=agent,
            queue=queue,
            waited=timedelta(seconds=waited + rang),
            rang=timedelta(seconds=rang),
        )
        await asyncio.sleep(seconds / 2)
        if random.random() < HOLDS:
            self._says(events.CallHeld, call=call, agent=agent)
            await asyncio.sleep(seconds / 10)
            self._says(events.CallResumed, call=call, agent=agent)
        await asyncio.sleep(seconds / 2)
        talked = timedelta(seconds=seconds)
        self._says(events.AgentLeftTalk, call=call, agent=agent, talked=talked, ended_by="caller")
        asyncio.get_running_loop().call_later(WRAP_UP, self.agents.append, agent)

    def _says(self, kind: type[Event], **what: Any) -> None:
        self._keep([Line(self.organisation, kind(at=datetime.now(UTC), **what))])


def _centre() -> tuple[int, list[QueueName], deque[Interface]]:
    organisation, people, queues = os.environ[CENTRE].split()
    first, last = (int(number) for number in people.split("-"))
    agents = [interface_of(person) for person in range(first, last + 1)]
    return int(organisation), [QueueName(queue) for queue in queues.split(",")], deque(agents)


def main() -> None:
    """Runs the product's own process."""
    link.Ears = Centre  # type: ignore[misc]
    listener.main()


if __name__ == "__main__":
    main()
