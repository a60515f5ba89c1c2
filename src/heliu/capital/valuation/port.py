"""What the platform asks of a feed of prices; every feed is an adapter behind this.

One call: what these goods cost now. Who does not know leaves them out. A feed that is silent is
asked again by the next round; prices that were not heard grow stale by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from typing import NamedTuple, Protocol
from uuid import UUID

from django.conf import settings


class FeedSilent(Exception):
    """The feed did not answer."""


class Asked(NamedTuple):
    """Goods to be priced: `ref` is given back, the rest is what the trade calls them."""

    ref: UUID
    code: str
    barcode: str


class Told(NamedTuple):
    """What a feed says of goods: fen for the smallest unit, when that was so, and how sure it is,
    in per cent."""

    ref: UUID
    amount: int
    at: datetime
    confidence: int = 100


class PriceFeed(Protocol):
    """A feed of prices as the platform uses it."""

    def prices(self, goods: Sequence[Asked], at: datetime) -> list[Told]:
        """What these goods cost now; may be silent (`FeedSilent`)."""


def current_feed() -> PriceFeed:
    """The one this installation listens to: its package's `adapter.connect()`."""
    feed: PriceFeed = import_module(f"{settings.HELIU_PRICE_FEED}.adapter").connect()
    return feed
