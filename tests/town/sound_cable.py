"""What carries the sound between a browser and Asterisk, for tests to cut and mend."""

import contextlib
import json
import selectors
import socket
import threading
from typing import Self

# The page's call goes by the cable: what it offers are the cable's ends, and so is what it is answered with.
BY_THE_CABLE = """
(({ near, far }) => {
  const Native = window.RTCPeerConnection;
  const led = (sdp, port) => sdp
    .split("\\r\\n")
    .filter((line) => !line.startsWith("a=candidate:") || / udp \\d+ [\\d.]+ \\d+ typ host/i.test(line))
    .map((line) => line.replace(/^(a=candidate:.* [\\d.]+ )\\d+( typ host).*/i, `$1${port}$2`))
    .join("\\r\\n");
  window.RTCPeerConnection = class extends Native {
    get localDescription() {
      const own = super.localDescription;
      return own && { type: own.type, sdp: led(own.sdp, far) };
    }
    setRemoteDescription(given) {
      return super.setRemoteDescription({ type: given.type, sdp: led(given.sdp, near) });
    }
  };
})(%s);
"""


class SoundCable:
    """Between a browser's WebRTC and Asterisk, for the calls of pages that run `script` first."""

    def __init__(self) -> None:
        self.whole = True
        self._browser, self._asterisk = _end(), _end()
        ends = {"near": self._browser.getsockname()[1], "far": self._asterisk.getsockname()[1]}
        self.script = BY_THE_CABLE % json.dumps(ends)
        threading.Thread(target=self._carry, daemon=True, name="sound-cable").start()

    def cut(self) -> Self:
        """Nothing comes through, and nobody is told so."""
        self.whole = False
        return self

    def mend(self) -> None:
        """Sound comes through again."""
        self.whole = True

    def close(self) -> None:
        """Takes the cable away."""
        self.whole = False
        for end in (self._browser, self._asterisk):
            end.close()

    def _carry(self) -> None:
        """Each end answers whoever was heard there last: a cable serves one call at a time."""
        last: dict[socket.socket, tuple[str, int]] = {}
        other = {self._browser: self._asterisk, self._asterisk: self._browser}
        with selectors.DefaultSelector() as ready, contextlib.suppress(OSError, ValueError):
            for end in other:
                ready.register(end, selectors.EVENT_READ)
            while True:
                for key, _ in ready.select():
                    end = self._browser if key.fileobj is self._browser else self._asterisk
                    datagram, last[end] = end.recvfrom(65536)
                    if self.whole and other[end] in last:
                        other[end].sendto(datagram, last[other[end]])


def _end() -> socket.socket:
    end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    end.bind(("0.0.0.0", 0))  # at whichever address the candidates name
    return end
