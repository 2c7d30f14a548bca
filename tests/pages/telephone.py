"""The exchange at the other end of a page's telephone: it registers whoever asks, and calls without a sound."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from playwright.sync_api import Page, WebSocketRoute

from tests.town.waiting import wait_for

A_MICROPHONE = """
navigator.mediaDevices.getUserMedia = async () => new AudioContext().createMediaStreamDestination().stream;
"""
NO_FAREWELL = "navigator.sendBeacon = () => true"  # the test is over, and the tables are emptied meanwhile
# The far end stands in the page itself. It has nothing to say and sends no packet of sound.
AN_OFFER = """
async () => {
  window.far?.close();
  const far = (window.far = new RTCPeerConnection());
  far.addTransceiver("audio");
  await far.setLocalDescription();
  await new Promise((done) => {
    const look = () => far.iceGatheringState === "complete" && done();
    far.addEventListener("icegatheringstatechange", look);
    look();
  });
  return far.localDescription.sdp;
}
"""
IS_ANSWERED = "async (sdp) => await window.far.setRemoteDescription({ type: 'answer', sdp })"


@dataclass(frozen=True)
class Answer:
    """What the phone said to an invitation."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Exchange:
    """The other end of the telephone's socket."""

    page: Page
    contact: str = ""
    answers: list[Answer] = field(default_factory=list)
    farewells: int = 0
    _asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def listens(self, socket: WebSocketRoute) -> None:
        """A telephone has come."""
        self._socket = socket
        socket.on_message(lambda message: self._heard(str(message)))

    def calls(self, caller: str, **headers: str) -> str:
        """The phone rings; the call's own name."""
        call, offer = uuid4().hex, self.page.evaluate(AN_OFFER)
        asked = {"From": f"<sip:{caller}@holos>;tag={call[:8]}", "To": "<sip:phone@holos>", "Call-ID": call}
        self._asked[call] = asked
        self._says(f"INVITE {self.contact} SIP/2.0", {**asked, "CSeq": "1 INVITE", **headers}, offer)
        return call

    def is_answered(self, call: str) -> int:
        """The status with which the phone answers in the end; with 200 the two are connected."""
        self.waits_for("the phone to answer", lambda: self._final(call))
        answer = self._final(call)[0]
        self._says(f"ACK {self.contact} SIP/2.0", {**self._asked[call], "To": answer.headers["To"], "CSeq": "1 ACK"})
        if answer.status == 200:
            self.page.evaluate(IS_ANSWERED, answer.body)
        return answer.status

    def waits_for(self, what: str, evidence: Callable[[], object]) -> None:
        """Until it is so; what the page sends meanwhile is heard."""
        wait_for(what, lambda: self.page.evaluate("null") or evidence())

    def _final(self, call: str) -> list[Answer]:
        return [each for each in self.answers if each.headers["Call-ID"] == call and each.status >= 200]

    def _says(self, first: str, headers: dict[str, str], offer: str = "") -> None:
        own = {
            "Via": f"SIP/2.0/WS exchange.invalid;branch=z9hG4bK{uuid4().hex}",
            "Max-Forwards": "70",
            "Contact": "<sip:exchange@exchange.invalid;transport=ws>",
            "Content-Length": str(len(offer.encode())),
        } | ({"Content-Type": "application/sdp"} if offer else {})
        self._send(first, own | headers, offer)

    def _send(self, first: str, headers: dict[str, str], body: str = "") -> None:
        lines = [first, *(f"{name}: {value}" for name, value in headers.items())]
        self._socket.send("\r\n".join(lines) + "\r\n\r\n" + body)

    def _heard(self, message: str) -> None:
        head, _, body = message.partition("\r\n\r\n")
        first = head.partition("\r\n")[0]
        said = dict(re.findall(r"^([\w-]+): (.*?)\r?$", head, re.MULTILINE))
        if first.startswith("SIP/2.0 "):
            self.answers.append(Answer(int(first.split()[1]), said, body))
        elif first and not first.startswith("ACK"):
            if first.startswith("REGISTER"):
                self.contact = re.findall(r"<([^>]*)>", said["Contact"])[0]
            self.farewells += first.startswith("BYE")
            echoed = {name: said[name] for name in ("Via", "From", "Call-ID", "CSeq", "Contact") if name in said}
            self._send("SIP/2.0 200 OK", echoed | {"To": said["To"] + ";tag=far", "Content-Length": "0"})
