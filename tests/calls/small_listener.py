"""python -m tests.calls.small_listener SPOOL QUEUE_LOG AMI_PORT DATABASE CAPTURES: the listener without its wishes.

Hears, spools, writes the journal and the ledger, exactly with the listener's own parts; leaves Asterisk's configuration
and members alone, for the test's Asterisk has its own. Keeps the raw bytes of each connection in CAPTURES.
"""

import asyncio
import sys
from pathlib import Path

from pydantic import SecretStr

import db
from ami import Login
from calls.readers import News, ReaderThread
from calls.writer import WriterThread
from run import logs
from run.asterisk import link
from tests.calls.conftest import LEDGER, NODE
from tests.telephony.asterisk import AMI_SECRET


class Nobody:
    """Wants nothing of Asterisk."""

    def linked(self) -> None:
        """Nothing."""

    def parted(self) -> None:
        """Nothing."""


async def listen(spool: Path, queue_log: Path, port: int, captures: Path) -> None:
    """Until killed."""
    news = News()
    writer = WriterThread(spool, NODE, news)
    ears = link.Ears(NODE, spool, queue_log, writer.wake)
    client = link.client(Login("127.0.0.1", port, "holos", SecretStr(AMI_SECRET)), ears, Nobody(), captures)
    for thread in (writer, ReaderThread(LEDGER, NODE, news)):
        thread.start()
    await asyncio.gather(client.run(), ears.tell(), ears.sync(), ears.marks())


if __name__ == "__main__":
    logs.configure("INFO")
    db.connect(sys.argv[4])
    asyncio.run(listen(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[5])))
