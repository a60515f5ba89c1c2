"""Setting the demo up: the chain, its past, and deals in every state; all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from heliu.demo import chain as chains
from heliu.demo import history, states
from heliu.demo.chain import Chain
from heliu.demo.sample import Sample
from heliu.demo.stage import Stage, live
from heliu.kernel.posting import operations as posting

LOG_INS = 6  # dealers somebody can sit down for
SEASON = timedelta(days=91)
LEAST = 1_200  # pieces of what sells slowly
SHORT = 17  # every so-manieth SKU is nearly or wholly sold out

Say = Callable[[str], None]


def seed(sample: Sample, *, at: datetime, say: Say = lambda words: None) -> Chain:
    """Fill an empty database; `say` hears what is being done. Runs as the worker."""
    pieces = pieces_of(sample, at)
    opening = at - timedelta(days=states.FIRST_DAY)
    with transaction.atomic():
        say("Houses, people, goods and prices")
        chain = chains.lay(
            dealers=sample.dealers,
            families=sample.families,
            skus=sample.skus,
            at=opening,
            log_ins=LOG_INS,
            pieces=pieces,
        )
        chains.other_lender(chain, at=opening)
        say(f"{len(sample.orders):,} real orders")
        ways = {dealer.code: dealer.behaviour for dealer in sample.dealers}
        history.load(chain, sample.orders, behaviours=ways, at=at)
        say("Deals in every state")
        live(states.stories(Stage(chain, at)), until=at)
    posting.seal(at)
    return chain


def pieces_of(sample: Sample, at: datetime) -> dict[str, int]:
    """What the seller has of each SKU: about what sold in a season; some are nearly sold out."""
    sold: Counter[str] = Counter()
    for order in sample.orders:
        if order.placed_at > at - SEASON:
            for line in order.lines:
                sold[line.sku] += line.quantity
    pieces = {
        sku.code: place % 5 * 3 if place % SHORT == SHORT - 1 else max(sold[sku.code], LEAST)
        for place, sku in enumerate(sample.skus)
    }
    return {code: quantity for code, quantity in pieces.items() if quantity}
