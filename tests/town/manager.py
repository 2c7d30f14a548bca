"""A small blocking Manager client for the town's own Asterisk; the product's own client is not used to test it."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from itertools import count

Message = dict[str, str]
ANSWERS_WITHIN = 20  # seconds; mostly a few thousandths


class ManagerFailed(AssertionError):
    """The town's Asterisk refused what the test asked of it."""


class Manager:
    """Signed in; `ask` waits for the response, `on_event` is called in the reading thread."""

    def __init__(self, address: tuple[str, int], *, user: str, secret: str, on_event: Callable[[Message], None]):
        self._socket = socket.create_connection(address, timeout=ANSWERS_WITHIN)
        self._socket.settimeout(None)
        self._numbers = count(1)
        self._answers: dict[str, Message] = {}
        self._arrived = threading.Condition()
        self._on_event = on_event
        threading.Thread(target=self._read, daemon=True, name="town-ami").start()
        self.ask("Login", Username=user, Secret=secret)

    def ask(self, action: str, *, variables: dict[str, str] | None = None, **fields: str) -> Message:
        """The response to an action. ManagerFailed when it is an error or none came in time."""
        number = str(next(self._numbers))
        lines = [f"Action: {action}", f"ActionID: {number}", *(f"{name}: {value}" for name, value in fields.items())]
        lines += [f"Variable: {name}={value}" for name, value in (variables or {}).items()]
        self._socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        with self._arrived:
            if not self._arrived.wait_for(lambda: number in self._answers, timeout=ANSWERS_WITHIN):
                raise ManagerFailed(f"{action}: no response")
            answer = self._answers.pop(number)
        if answer["Response"] not in {"Success", "Follows", "Goodbye"}:
            raise ManagerFailed(f"{action}: {answer.get('Message', answer)}")
        return answer

    def close(self) -> None:
        """Hangs up on the Manager."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            for message in _messages(self._socket):
                if "Response" in message and "Event" not in message:
                    with self._arrived:
                        self._answers[message.get("ActionID", "")] = message
                        self._arrived.notify_all()
                elif "Event" in message:
                    self._on_event(message)


def _messages(connection: socket.socket) -> Iterator[Message]:
    """Messages as they come; repeated headers keep their last value, a banner is skipped."""
    message: Message = {}
    with connection.makefile("r", encoding="utf-8", errors="replace", newline="\r\n") as lines:
        for raw in lines:
            line = raw.rstrip("\r\n")
            if not line:
                if message:
                    yield message
                message = {}
                continue
            name, separator, value = line.partition(": ")
            if separator:
                message[name] = value
