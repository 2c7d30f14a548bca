"""SMS by SMPP 3.4, through aiosmpplib. One link a channel is kept open, for the SMSC's reports of delivery come by it.

Long texts are cut by us: the library mixes up the parts of messages whose reference number came round again.
"""

import asyncio
import itertools
import logging
import re
import ssl
from collections.abc import Awaitable, Mapping
from datetime import timedelta
from typing import Any

from aiosmpplib import ESME, AbstractHook, DeliverSm, PhoneNumber, SubmitSm, SubmitSmResp
from aiosmpplib.correlator import SimpleCorrelator
from aiosmpplib.protocol import SmppMessage
from aiosmpplib.retrytimer import AbstractRetryTimer
from aiosmpplib.state import NPI, RECEIPTED_MESSAGE_ID, TON, PduHeader, SmppCommand, SmppCommandStatus

from notify.far.sms_parts import parts_of
from notify.model import Heard, Later, Letter, PartOutcome, Refused, Reported, Sent

_UDH = 0x40  # of esm_class: the text begins with a header
_BETWEEN_LINKS = timedelta(seconds=2)  # doubled up to the longest
_LONGEST_BETWEEN_LINKS = timedelta(minutes=1)
_ENQUIRE_EVERY = timedelta(seconds=30)  # of silence, then the SMSC is asked whether it lives
_FIELD = re.compile(r"\b(id|stat|err):(\S*)", re.IGNORECASE)  # of a receipt (SMPP 3.4, appendix B)
_OUTCOMES: Mapping[str, PartOutcome] = {
    "DELIVRD": PartOutcome.DELIVERED,
    "EXPIRED": PartOutcome.FAILED,
    "DELETED": PartOutcome.FAILED,
    "UNDELIV": PartOutcome.FAILED,
    "REJECTD": PartOutcome.FAILED,
}
_ABOUT_THE_MESSAGE = frozenset(
    {
        SmppCommandStatus.ESME_RINVMSGLEN,
        SmppCommandStatus.ESME_RINVDSTADR,
        SmppCommandStatus.ESME_RINVDSTTON,
        SmppCommandStatus.ESME_RINVDSTNPI,
        SmppCommandStatus.ESME_RX_P_APPN,
    }
)


class _LinkLost(ConnectionError):
    """The link broke between the message and its answer."""


class Smpp(AbstractHook, AbstractRetryTimer):  # type: ignore[misc]
    """One SMSC: its link, and from `sending` on what the library calls when something happens on that link."""

    def __init__(self, settings: Mapping[str, Any], secret: str, *, patience: timedelta) -> None:
        self._patience = patience
        self._sender = _sender(str(settings["sender"]))
        security = settings.get("security", "none")
        if security not in {"tls", "none"}:
            raise ValueError(f"security is tls or none, not {security!r}")
        authority = settings.get("ca") or None
        self._tls = ssl.create_default_context(cadata=authority) if security == "tls" else None
        self._options: dict[str, Any] = {
            "smsc_host": str(settings["host"]),
            "smsc_port": int(settings.get("port") or (3550 if security == "tls" else 2775)),
            "system_id": str(settings["user"]),
            "password": secret,
            "system_type": str(settings.get("system_type", "")),
        }
        _client(self, self._tls, **self._options)  # refuses what cannot be said in SMPP
        self._reported: Reported | None = None
        self._heard: Heard | None = None
        self._client: _Client | None = None
        self._running: asyncio.Task[None] | None = None
        self._bound = asyncio.Event()
        self._why = "no link to the SMSC"
        self._pause = _BETWEEN_LINKS
        self._references = itertools.cycle(range(256))
        self._waiting: dict[str, asyncio.Future[str]] = {}

    def listen(self, reported: Reported, heard: Heard) -> None:
        """Keeps the link open from here on; reports of delivery go to `reported`, what people write to `heard`.

        Called twice, it is one link.
        """
        self._reported, self._heard = reported, heard
        self._open()

    def _open(self) -> None:
        if self._running is None:
            self._client = _client(self, self._tls, **self._options)
            self._running = asyncio.create_task(self._client.start())

    async def send(self, letter: Letter) -> Sent:
        """Hands over every part, and waits for the SMSC's answer to each. Later, Refused."""
        self._open()
        assert self._client is not None
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                await self._bound.wait()
        except TimeoutError:
            raise Later(self._why, everything=True) from None
        answers = [await self._submitted(part) for part in self._parts(letter)]
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                references = await asyncio.gather(*answers)
        except TimeoutError:
            raise Later("the SMSC does not answer", everything=True, doubtful=True) from None
        except _LinkLost as error:
            raise Later(str(error), everything=True, doubtful=True) from error
        finally:
            for answer in answers:
                answer.cancel()
        return Sent(" ".join(references), parts=tuple(references))

    async def close(self) -> None:
        """Says good-bye to the SMSC."""
        if self._client is None or self._running is None:
            return
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                await self._client.stop()
        except (TimeoutError, OSError):
            pass
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        self._client = self._running = None

    def _parts(self, letter: Letter) -> list[SubmitSm]:
        parts = parts_of(letter.text, next(self._references))
        made = []
        for number, octets in enumerate(parts.octets):
            part = SubmitSm(
                short_message=letter.text,
                source=self._sender,
                destination=PhoneNumber(letter.recipient.removeprefix("+"), TON.INTERNATIONAL, NPI.ISDN),
                esm_class=_UDH if len(parts.octets) > 1 else 0,
                encoding=None if parts.gsm else "ucs2",
                log_id=f"{letter.id}.{number}.{id(letter)}",
            )
            part.set_encoded_message(octets)
            made.append(part)
        return made

    async def _submitted(self, part: SubmitSm) -> "asyncio.Future[str]":
        assert self._client is not None
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[part.log_id] = answer
        answer.add_done_callback(lambda _: self._waiting.pop(part.log_id, None))
        await self._client.broker.enqueue(part)
        return answer

    async def sending(self, smpp_message: SmppMessage, pdu: bytes, client_id: str) -> None:
        """Nothing to add."""

    async def received(self, smpp_message: SmppMessage | None, pdu: bytes, client_id: str) -> None:
        """An answer of the SMSC."""
        if isinstance(smpp_message, SubmitSmResp):
            answer = self._waiting.get(smpp_message.log_id)
            if answer is not None and not answer.done():
                _answer(answer, smpp_message)
            return
        status = SmppMessage.parse_header(pdu).command_status  # of a refused bind nothing but the head can be read
        if status != SmppCommandStatus.ESME_ROK:
            self._why = status.name

    async def send_error(self, smpp_message: SmppMessage, error: Exception, client_id: str) -> None:
        """A part could not be written out."""
        answer = self._waiting.get(getattr(smpp_message, "log_id", ""))
        if answer is not None and not answer.done():
            answer.set_exception(error if isinstance(error, ValueError) else _LinkLost(str(error) or "link lost"))

    def not_trusted(self, error: ssl.SSLError) -> None:
        """Nothing was said to the SMSC: it speaks no TLS, or its certificate is nobody's we trust."""
        self._why = f"TLS: {getattr(error, 'verify_message', '') or error.reason}"

    def reset(self) -> None:
        """The link stands."""
        self._pause = _BETWEEN_LINKS
        self._bound.set()

    async def wait(self) -> None:
        """The link is gone, or could not be made: whoever waits for an answer is told, and the next try is put off."""
        self._bound.clear()
        assert self._client is not None
        while not self._client.broker.queue.empty():  # it would go out later, although the message is tried again
            self._client.broker.queue.get_nowait()
        for answer in list(self._waiting.values()):
            if not answer.done():
                answer.set_exception(_LinkLost("the link to the SMSC broke off"))
        await asyncio.sleep(self._pause.total_seconds())
        self._pause = min(self._pause * 2, _LONGEST_BETWEEN_LINKS)

    def next_delay(self) -> float:
        """For the library's log."""
        return self._pause.total_seconds()

    async def report(self, receipt: DeliverSm) -> None:
        """A report of delivery; what cannot be noted now is not confirmed, so that the SMSC says it again."""
        said = {name.lower(): value for name, value in _FIELD.findall(receipt.short_message)}
        reference = said.get("id") or _receipted(receipt)
        outcome = _OUTCOMES.get(said.get("stat", "").upper())
        if reference and outcome is not None and self._reported is not None:
            await self._reported(reference, outcome, " ".join(f"{name}:{value}" for name, value in said.items()))

    async def hear(self, message: DeliverSm) -> None:
        """What somebody wrote to us; confirmed once it is noted."""
        number = message.source.number.removeprefix("+")
        if self._heard is not None and number.isdecimal():
            await self._heard(f"+{number}", message.short_message)


class _Client(ESME):  # type: ignore[misc]
    """The library's client, with receipts read by us: one with a date of another form would break its link for good.

    It knows no TLS: the link is encrypted as soon as it is open, before anything is said on it.
    """

    tls: ssl.SSLContext | None = None
    _writer: asyncio.StreamWriter | None

    async def _socket_operation(self, coro: Awaitable[Any]) -> Any:
        done = await super()._socket_operation(coro)
        if self.tls is not None and isinstance(done, tuple) and isinstance(done[1], asyncio.StreamWriter):
            try:
                await super()._socket_operation(done[1].start_tls(self.tls, server_hostname=self.smsc_host))
            except ssl.SSLError as error:
                self.hook.not_trusted(error)
                raise
        return done

    async def _disconnect(self) -> None:
        try:
            await super()._disconnect()
        except NotImplementedError:  # the library ends one direction only, which TLS does not know
            assert self._writer is not None
            self._writer.close()
            self._writer = None

    async def _handle_request(self, pdu: bytes, header: PduHeader) -> SmppMessage | None:
        if header.smpp_command == SmppCommand.DELIVER_SM:
            try:
                message = DeliverSm.from_pdu(pdu, header, self.default_encoding, self.custom_codecs)
            except ValueError:
                return await super()._handle_request(pdu, header)
            if isinstance(message, DeliverSm) and message.is_receipt():
                assert isinstance(self.hook, Smpp)
                await self.hook.report(message)
                return message
            if isinstance(message, DeliverSm) and not message.is_segmented():
                assert isinstance(self.hook, Smpp)
                await self.hook.hear(message)
                return message
        return await super()._handle_request(pdu, header)


class _Correlator(SimpleCorrelator):  # type: ignore[misc]
    """Joins answers to what was asked; receipts are joined in PostgreSQL."""

    async def put_delivery(self, smsc_message_id: str, submit_sm: SubmitSm) -> None:
        """Kept nowhere else."""
        del smsc_message_id, submit_sm


def _client(smpp: Smpp, tls: ssl.SSLContext | None, **options: Any) -> _Client:
    client = _Client(
        **options,
        enquire_link_interval=_ENQUIRE_EVERY.total_seconds(),
        log_level=logging.CRITICAL,
        hook=smpp,
        retry_timer=smpp,
        correlator=_Correlator("smpp"),
        socket_timeout=20.0,
    )
    client.tls = tls
    return client


def _sender(written: str) -> PhoneNumber:
    """A number, a short number or a word, as an SMSC wants to be told which it is."""
    number = written.removeprefix("+")
    if not number.isdecimal():
        if len(written) > 11 or not written.isascii():
            raise ValueError("a sender's name has at most 11 Latin letters")
        return PhoneNumber(written, TON.ALPHANUMERIC, NPI.UNKNOWN)
    return PhoneNumber(number, TON.INTERNATIONAL if len(number) > 6 else TON.ABBREVIATED, NPI.ISDN)


def _answer(answer: "asyncio.Future[str]", said: SubmitSmResp) -> None:
    status = said.command_status
    if status == SmppCommandStatus.ESME_ROK:
        answer.set_result(said.message_id)
    elif status in _ABOUT_THE_MESSAGE:
        answer.set_exception(Refused(status.name))
    else:
        answer.set_exception(Later(status.name, everything=True))


def _receipted(receipt: DeliverSm) -> str:
    found = (option.value for option in receipt.optional_params or [] if option.tag == RECEIPTED_MESSAGE_ID)
    return str(next(found, ""))
