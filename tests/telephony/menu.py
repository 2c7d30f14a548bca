"""An AGI server for tests: each connection is answered by whatever the test has put in `script`."""

import contextlib
import socket
import threading
from collections.abc import Callable


class Line:
    """One connection from Asterisk."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.file = connection.makefile("rb")
        self.environment = {}
        while line := self.file.readline().strip():
            name, _, value = line.decode().partition(": ")
            self.environment[name] = value

    def asks(self, command: str) -> str:
        """What Asterisk answers to a command; "" when the caller or Asterisk is gone."""
        self.connection.sendall(command.encode() + b"\n")
        return self.file.readline().decode().strip()

    def to_queue(self, queue: str) -> None:
        """Ends the menu as the real server does."""
        for command in (f'SET VARIABLE QUEUE_NAME "{queue}"', 'SET VARIABLE NOTICED "1"', 'SET VARIABLE NEXT "queue"'):
            self.asks(command)


Script = Callable[[Line], None]


class Menus:
    """Listens while the test runs. `script` None refuses connections."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener: socket.socket | None = None
        self.script: Script = lambda line: None

    def answer(self, script: Script) -> None:
        """From now on connections are answered by `script`; the connection is closed when it returns."""
        self.script = script
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self._port))
            threading.Thread(target=self._listen, args=(self._listener,), daemon=True).start()

    def refuse(self) -> None:
        """From now on nobody listens."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def _listen(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            self.script(Line(connection))
