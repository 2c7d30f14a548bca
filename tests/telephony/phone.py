"""A telephone of plain SIP over UDP and RTP, honest or not: it sends any bytes a test wants.

`Phone` owns an address and a signalling port; `Call` is one dialog with its own sound. Sound is A-law, 20 ms packets:
a phone sends one tone for the whole call, so that a recording shows who was heard, and keeps what it receives.
"""

import contextlib
import hashlib
import itertools
import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ivr.sound.loudness import a_law
from tests.town.waiting import wait_for

RATE = 8000
PACKET = 160
LOST = 100  # packets: a longer gap is no loss but a new numbering
SDP = """v=0
o=- {number} 1 IN IP4 {address}
s=-
c=IN IP4 {address}
t=0 0
m=audio {port} RTP/AVP 8 101
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=ptime:20
a={direction}
"""

# Each new stream begins with a lower number than the one before: real phones choose at random, and Asterisk is at its
# worst when the second agent's numbers are lower than the first's.
_SEQUENCES = itertools.count(60000, -1500)


@dataclass
class Message:
    """A SIP message as received."""

    first: str
    headers: list[tuple[str, str]]
    body: str

    @classmethod
    def of(cls, data: bytes) -> "Message":
        head, _, body = data.decode(errors="surrogateescape").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        return cls(first, [(n.strip(), v.strip()) for n, _, v in (line.partition(":") for line in lines)], body)

    def get(self, name: str) -> str:
        """The first header of that name, or nothing."""
        return next((value for header, value in self.headers if header.lower() == name.lower()), "")

    def all(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header.lower() == name.lower()]

    @property
    def status(self) -> int:
        """0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """Of the request, or of the request this is a response to."""
        return self.get("CSeq").split()[-1] if self.status else self.first.split()[0]


class Phone:
    """One telephone at `address`. Given a `user` and a `secret` it answers challenges."""

    def __init__(
        self, address: str, server: tuple[str, int], *, user: str = "someone", secret: str = "", port: int = 0
    ) -> None:
        self.address, self.server, self.user, self.secret = address, server, user, secret
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.socket.settimeout(0.1)
        self.port = self.socket.getsockname()[1]
        self.calls: dict[str, Call] = {}
        self.offered: list[Call] = []
        self.received: list[Message] = []
        self._closed = threading.Event()
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def call(self, number: str, **more: object) -> "Call":
        """Sends an INVITE; what happens is seen on the call."""
        call = Call(self, f"{random.getrandbits(64):x}@{self.address}", remote=f"sip:{number}@{self.server[0]}")
        self.calls[call.id] = call
        call.invite(**more)  # type: ignore[arg-type]
        return call

    def rings(self, *, seconds: float = 10) -> "Call":
        """The next call offered to this telephone."""
        return wait_for(f"{self.user}'s telephone to ring", lambda: self.offered.pop(0) if self.offered else None,
                        seconds=seconds)  # fmt: skip

    def send(self, data: str | bytes) -> None:
        """Raw bytes to the server; nothing once the telephone is closed."""
        if not self._closed.is_set():
            self.socket.sendto(data.encode(errors="surrogateescape") if isinstance(data, str) else data, self.server)

    def close(self) -> None:
        """Falls silent at once, without a word: a phone whose network is gone."""
        for call in self.calls.values():
            call.sound.stop()
        self._closed.set()
        self._listening.join(5)
        self.socket.close()

    def _listen(self) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(TimeoutError):
                data = self.socket.recv(65536)
                if data.strip():
                    self._take(Message.of(data))

    def _take(self, message: Message) -> None:
        self.received.append(message)
        call = self.calls.get(message.get("Call-ID"))
        if message.method == "INVITE" and not message.status and call is None:
            call = self.calls[message.get("Call-ID")] = Call.offered_by(self, message)
            self.offered.append(call)
        elif call is not None:
            call.take(message)
        elif message.method in {"OPTIONS", "NOTIFY"}:
            self.send(answer(message, 200, "OK"))


class Call:
    """One dialog of a telephone. `status` is the last response to our INVITE."""

    def __init__(self, phone: Phone, call_id: str, *, remote: str) -> None:
        self.phone, self.id, self.remote = phone, call_id, remote
        self.tag = f"{random.getrandbits(32):x}"
        self.remote_tag = ""
        self.number = itertools.count(1)
        self.status = 0
        self.ended = threading.Event()
        self.invitation: Message | None = None
        self.responses: list[Message] = []
        self._leaving = False
        self.sound = Sound(phone.address)
        self._resend: Callable[[str], None] | None = None

    @classmethod
    def offered_by(cls, phone: Phone, invitation: Message) -> "Call":
        contact = re.search(r"<([^>]*)>", invitation.get("Contact"))
        call = cls(phone, invitation.get("Call-ID"), remote=contact[1] if contact else "")
        call.invitation = invitation
        call.remote_tag = tag(invitation.get("From"))
        phone.send(answer(invitation, 180, "Ringing", to_tag=call.tag, contact=call.contact))
        return call

    @property
    def contact(self) -> str:
        return f"<sip:{self.phone.user}@{self.phone.address}:{self.phone.port}>"

    def invite(self, *, caller: str = "", sdp: str | None = None, headers: Sequence[str] = (), tone: int = 0) -> None:
        """`caller` replaces the whole user part of From, `sdp` the whole body."""
        self.sound.tone = tone
        caller = caller or f"<sip:{self.phone.user}@{self.phone.address}>"
        body = self.description("sendrecv") if sdp is None else sdp

        def send(credentials: str) -> None:
            self.request("INVITE", body=body, caller=caller, headers=[*headers, *filter(None, [credentials])])

        self.from_header = caller
        self._resend = send
        send("")

    def description(self, direction: str) -> str:
        """Our side of the sound as SDP."""
        return SDP.format(
            number=random.getrandbits(30), address=self.phone.address, port=self.sound.port, direction=direction
        ).replace("\n", "\r\n")

    def request(self, method: str, *, body: str = "", caller: str = "", headers: Sequence[str] = ()) -> int:
        """Any request in this dialog; its number."""
        number = next(self.number)
        self._send(method, number, body=body, caller=caller, headers=headers)
        return number

    def _send(self, method: str, number: int, *, body: str = "", caller: str = "", headers: Sequence[str] = ()) -> None:
        ours = f"{caller or self._our_name()};tag={self.tag}"
        theirs = f"<{self.invited}>" + (f";tag={self.remote_tag}" if self.remote_tag else "")
        lines = [
            f"{method} {self.remote} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.phone.address}:{self.phone.port};rport;branch=z9hG4bK{random.getrandbits(48):x}",
            f"From: {ours}",
            f"To: {theirs}",
            f"Call-ID: {self.id}",
            f"CSeq: {number} {method}",
            f"Contact: {self.contact}",
            "Max-Forwards: 70",
            *headers,
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body.encode(errors='surrogateescape'))}",
        ]
        self._last = lines
        self.phone.send("\r\n".join(lines) + "\r\n\r\n" + body)

    @property
    def invited(self) -> str:
        if self.invitation is not None:
            found = re.search(r"<([^>]*)>", self.invitation.get("From"))
            return found[1] if found else ""
        return self.remote if not self.remote_tag else self.__dict__.setdefault("_invited", self.remote)

    def _our_name(self) -> str:
        if self.invitation is not None:
            return re.sub(r";tag=.*", "", self.invitation.get("To"))
        return getattr(self, "from_header", "")

    def answer(self, *, tone: int = 0, sound: bool = True) -> None:
        """Answers an offered call and begins to send sound."""
        assert self.invitation is not None, "only an offered call is answered"
        self.sound.tone = tone
        if sound:
            self.sound.to(media(self.invitation.body))
        self.phone.send(answer(self.invitation, 200, "OK", to_tag=self.tag, contact=self.contact,
                               body=self.description("sendrecv")))  # fmt: skip

    def refuse(self, status: int, reason: str) -> None:
        """Declines an offered call."""
        assert self.invitation is not None, "only an offered call is refused"
        self.phone.send(answer(self.invitation, status, reason, to_tag=self.tag))

    def hang_up(self) -> None:
        """BYE, or CANCEL before the answer."""
        self._leaving = True
        if self.invitation is None and self.status < 200:
            first = [line for line in self._last if not line.startswith(("Content-", "Contact", "X-"))]
            cancel = [line.replace("INVITE", "CANCEL", 1) for line in first]
            self.phone.send("\r\n".join([*cancel, "Content-Length: 0"]) + "\r\n\r\n")
        else:
            self.request("BYE")
        self.sound.stop()

    def hold(self, held: bool) -> None:
        """A new INVITE inside the dialog: no sound from us while held."""
        self.request("INVITE", body=self.description("sendonly" if held else "sendrecv"))

    def press(self, keys: str, *, pause: float = 0.05) -> None:
        """Keys as RFC 4733 events."""
        for key in keys:
            self.sound.press(key)
            time.sleep(pause)

    def is_answered(self, *, seconds: float = 10) -> "Call":
        wait_for("the call to be answered", lambda: self.status == 200, seconds=seconds)
        return self

    def is_over(self, *, seconds: float = 10) -> "Call":
        wait_for("the call to end", lambda: self.ended.is_set() or self.status >= 300, seconds=seconds)
        return self

    def take(self, message: Message) -> None:
        """Everything that arrives in this dialog."""
        if message.status:
            self._response(message)
        elif message.method == "ACK":
            pass
        elif message.method == "INVITE":
            self.sound.to(media(message.body))
            self.phone.send(answer(message, 200, "OK", to_tag=self.tag, contact=self.contact,
                                   body=self.description("sendrecv")))  # fmt: skip
        else:
            self.phone.send(answer(message, 200, "OK", to_tag=self.tag))
            if message.method == "CANCEL" and self.invitation is not None:
                self.phone.send(answer(self.invitation, 487, "Request Terminated", to_tag=self.tag))
            if message.method in {"BYE", "CANCEL"}:
                self.ended.set()
                self.sound.stop()

    def _response(self, message: Message) -> None:
        self.responses.append(message)
        if message.method == "BYE":
            self.ended.set()
        if message.method != "INVITE":
            return
        if message.status >= 200:
            self._acknowledge(message)
        if message.status == 401 and self.phone.secret and self._resend:
            resend, self._resend = self._resend, None
            resend(credentials(self.phone, message, "INVITE", self.remote))
            return
        self.status = message.status
        if message.status == 200 and self._leaving:
            self.request("BYE")  # the answer and our CANCEL met on the way
        elif message.status == 200:
            self.sound.to(media(message.body))

    def _acknowledge(self, message: Message) -> None:
        number = int(message.get("CSeq").split()[0])
        if message.status < 300:
            self.__dict__.setdefault("_invited", self.remote)
            self.remote_tag = tag(message.get("To"))
            contact = re.search(r"<([^>]*)>", message.get("Contact"))
            self.remote = contact[1] if contact else self.remote
            self._send("ACK", number)
            return
        lines = [f"ACK {self.remote} SIP/2.0", *(f"Via: {via}" for via in message.all("Via")[:1])]
        lines += [f"{name}: {message.get(name)}" for name in ("From", "To", "Call-ID")]
        self.phone.send("\r\n".join([*lines, f"CSeq: {number} ACK", "Content-Length: 0"]) + "\r\n\r\n")


@dataclass
class Sound:
    """RTP of one call: sends a tone (0: silence), keeps what arrives."""

    address: str
    tone: int = 0
    received: bytearray = field(default_factory=bytearray)
    numbers: list[int] = field(default_factory=list)  # the sequence number of each packet heard

    def __post_init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((self.address, 0))
        self.port = self._socket.getsockname()[1]
        self._target: tuple[str, int] | None = None
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._sequence, self._time, self._source = next(_SEQUENCES), random.getrandbits(31), random.getrandbits(31)

    def to(self, target: tuple[str, int] | None) -> None:
        """Begins to send to this address, or turns to it."""
        begun, self._target = self._target, target
        if begun is None and target is not None:
            for work in (self._speak, self._hear):
                threading.Thread(target=work, daemon=True).start()

    def stop(self) -> None:
        """Falls silent."""
        self._stopped.set()

    def press(self, key: str) -> None:
        """One key, 100 ms."""
        event = "0123456789*#".index(key)
        with self._lock:
            for step in range(6):
                payload = struct.pack("!BBH", event, (0x80 if step >= 3 else 0) | 10, min(step + 1, 4) * PACKET)
                self._packet(payload, kind=101, marker=step == 0)
            self._time += 4 * PACKET

    def _packet(self, payload: bytes, *, kind: int, marker: bool = False) -> None:
        head = struct.pack("!BBHII", 0x80, kind | (0x80 if marker else 0), self._sequence & 0xFFFF,
                           self._time & 0xFFFFFFFF, self._source)  # fmt: skip
        self._sequence += 1
        if self._target is not None:
            with contextlib.suppress(OSError):
                self._socket.sendto(head + payload, self._target)

    def _speak(self) -> None:
        begun = time.monotonic()
        for sent in itertools.count():
            if self._stopped.wait(max(0.0, begun + sent * 0.02 - time.monotonic())):
                return
            at = (np.arange(PACKET) + sent * PACKET) / RATE
            samples = 8000 / 32767 * np.sin(2 * np.pi * self.tone * at)
            with self._lock:
                self._packet(a_law(samples), kind=8)
                self._time += PACKET

    def _hear(self) -> None:
        self._socket.settimeout(1)
        while not self._stopped.is_set():
            with contextlib.suppress(OSError):
                data = self._socket.recv(2048)
                if data[1] & 0x7F == 8:
                    self.received += data[12:]
                    self.numbers += struct.unpack_from("!2xH", data)

    def hears(self, tone: int, *, seconds: float = 10) -> None:
        """Waits until the last quarter of a second received is that tone."""
        wait_for(f"{tone} Hz to be heard", lambda: share(linear(bytes(self.received[-2000:])), tone) > 0.9,
                 seconds=seconds)  # fmt: skip

    def is_one_stream(self) -> None:
        """What came was numbered through, whoever spoke: a lower number may pass for a late packet, unplayed."""
        steps = Counter((later - earlier) & 0xFFFF for earlier, later in pairwise(list(self.numbers)))
        assert max(steps) < LOST, f"numbered anew in the middle of a call: {steps}"


def linear(data: bytes) -> NDArray[np.float64]:
    """16-bit samples of A-law."""
    return _LINEAR[np.frombuffer(data, dtype=np.uint8)]


def share(samples: NDArray[np.float64], tone: int) -> float:
    """Which part of the energy is within 20 Hz of a tone."""
    if samples.size < 800 or not samples.any():
        return 0.0
    power = np.abs(np.fft.rfft(samples * np.hanning(samples.size))) ** 2
    frequency = np.fft.rfftfreq(samples.size, 1 / RATE)
    return float(power[np.abs(frequency - tone) <= 20].sum() / power.sum())


def _linear_table() -> NDArray[np.float64]:
    samples = np.arange(-32768, 32768).astype(np.int16)
    codes = np.frombuffer(a_law(samples / 32767), dtype=np.uint8)
    sums, counts = np.zeros(256), np.zeros(256)
    np.add.at(sums, codes, samples.astype(float))
    np.add.at(counts, codes, 1)
    return sums / np.maximum(counts, 1)


_LINEAR = _linear_table()


def answer(request: Message, status: int, reason: str, *, to_tag: str = "", contact: str = "", body: str = "") -> str:
    """A response to a request."""
    to = request.get("To")
    lines = [
        f"SIP/2.0 {status} {reason}",
        *(f"Via: {via}" for via in request.all("Via")),
        *(f"Record-Route: {route}" for route in request.all("Record-Route")),
        f"From: {request.get('From')}",
        f"To: {to if ';tag=' in to or not to_tag else f'{to};tag={to_tag}'}",
        f"Call-ID: {request.get('Call-ID')}",
        f"CSeq: {request.get('CSeq')}",
        *([f"Contact: {contact}"] if contact else []),
        *(["Content-Type: application/sdp"] if body else []),
        f"Content-Length: {len(body.encode(errors='surrogateescape'))}",
    ]
    return "\r\n".join(lines) + "\r\n\r\n" + body


def tag(header: str) -> str:
    """The tag of a From or To."""
    found = re.search(r";tag=([^;>\s]+)", header)
    return found[1] if found else ""


def media(sdp: str) -> tuple[str, int] | None:
    """Where the other side wants its sound."""
    address, port = re.search(r"^c=IN IP4 (\S+)", sdp, re.M), re.search(r"^m=audio (\d+)", sdp, re.M)
    return (address[1], int(port[1])) if address and port else None


def credentials(phone: Phone, challenge: Message, method: str, uri: str) -> str:
    """The Authorization header that answers a challenge (RFC 2617, MD5)."""
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge.get("WWW-Authenticate").removeprefix("Digest ")))

    def md5(*parts: str) -> str:
        return hashlib.md5(":".join(parts).encode()).hexdigest()

    secret, deed = md5(phone.user, given["realm"], phone.secret), md5(method, uri)
    count, ours = "00000001", f"{random.getrandbits(32):x}"
    response = md5(secret, given["nonce"], count, ours, "auth", deed)
    fields = {"username": phone.user, "realm": given["realm"], "nonce": given["nonce"], "uri": uri,
              "response": response, "cnonce": ours, "opaque": given.get("opaque", "")}  # fmt: skip
    quoted = ", ".join(f'{name}="{value}"' for name, value in fields.items())
    return f"Authorization: Digest {quoted}, nc={count}, qop=auth, algorithm=MD5"
