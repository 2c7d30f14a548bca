"""What Asterisk itself has: evidence besides the product's own books."""

from tests.town.product import Product
from tests.town.waiting import wait_for


def queued_in_asterisk(product: Product, queue: str, callers: int) -> None:
    """So many wait in a queue, as Asterisk itself has it."""
    shown = f"{queue} has {callers} calls"
    wait_for(f"{callers} to wait in {queue}", lambda: shown in product.says(f"queue show {queue}"), every=0.2)
