"""What a domain says when a thing is not there or is in the way; the web turns them into 404 and 409."""


class NotFound(LookupError):
    """The thing asked for does not exist, or not for this organisation."""


class Conflict(ValueError):
    """The change contradicts what is stored."""
