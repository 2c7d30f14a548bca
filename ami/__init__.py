"""The Manager protocol of Asterisk, on panoramisk with its faults mended; knows nothing of the product."""

from ami.client import Client, Login
from ami.link import ActionFailed, Link, LinkBroken, Message, NoAnswer
from ami.stream import messages

__all__ = ["ActionFailed", "Client", "Link", "LinkBroken", "Login", "Message", "NoAnswer", "messages"]
