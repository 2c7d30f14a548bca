"""A cable between two programs that a test can cut, pull out and mend."""

import contextlib
import socket
import threading


class Cable:
    """Listens on a port and passes everything on to another; `cut` breaks all connections and lets none through.

    Pulled out, it is as a half-open link: connections seem to stand, and nothing comes through any more.
    """

    def __init__(self, port: int, to: int) -> None:
        self._to = to
        self._whole = threading.Event()
        self._whole.set()
        self._out = threading.Event()
        self._ends: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True, name="cable").start()

    def cut(self) -> None:
        """Both sides see their connection end; new ones end at once."""
        self._whole.clear()
        self._end_all()

    def pull_out(self) -> None:
        """Neither side is told anything, and neither hears the other any more."""
        self._out.set()

    def mend(self) -> None:
        """New connections come through again; those of before are over."""
        self._end_all()
        self._out.clear()
        self._whole.set()

    def close(self) -> None:
        """Takes the cable away."""
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._server.accept()
                if not self._whole.is_set():
                    near.close()
                    continue
                try:
                    far = socket.create_connection(("127.0.0.1", self._to), timeout=5)
                except OSError:
                    near.close()
                    continue
                far.settimeout(None)
                self._ends += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(source, target), daemon=True, name="cable").start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not self._out.is_set():
                    target.sendall(data)
        if self._out.is_set():
            return
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _end_all(self) -> None:
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()
