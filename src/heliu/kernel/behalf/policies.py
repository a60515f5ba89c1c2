"""What somebody may do and open who acts in a customer's name. Pure."""

from __future__ import annotations

import re

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden

MAY = frozenset({"order"})
MOST_NAME = 80

# Everything else of the customer is its own; a new page is closed until it is named here.
PAGES = re.compile(
    r"/$|/dealer/(catalogue|papers/|price|cart|suggest|pad|checkout)|/orders?/|/deals?$|/deals/"
    r"|/requests|/on-behalf/|/(language|theme|density|help)$"
)
CALLS = re.compile(
    r"/api/v1/(catalogue|prices|skus|papers|carts|order-pads?|orders|deals|purchase-requests"
    r"|on-behalf|openapi\.json|docs)"
)


def is_open(path: str) -> bool:
    """Whether an address is for somebody who acts in a customer's name."""
    return bool(CALLS.match(path) if path.startswith("/api/") else PAGES.match(path))


def refuse_closed(actor: Actor, path: str) -> None:
    """Raise `Forbidden` (not-on-behalf) where an address is the customer's own affair."""
    if actor.behalf and not is_open(path):
        raise Forbidden(
            "not-on-behalf",
            "This is the customer's own affair: whoever orders for it does not see it.",
            help="Order here, or go back to your own desk.",
        )


def signature(person: str, house: str) -> str:
    """Both names, as history, notices and papers keep whoever acts for another house."""
    room = MOST_NAME - 3
    house = house[: room // 2]
    return f"{person[: room - len(house)]} ({house})"
