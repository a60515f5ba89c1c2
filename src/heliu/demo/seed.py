"""Setting the demo up: the chain, its past, and deals in every state; all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from heliu.capital.credit import ruling
from heliu.capital.credit.rules import HOUSE_RULES
from heliu.capital.lending import operations as lending
from heliu.demo import afterwards, goods, history, states
from heliu.demo import chain as chains
from heliu.demo.abroad import abroad
from heliu.demo.buying import buying
from heliu.demo.chain import Chain
from heliu.demo.newcomers import newcomers
from heliu.demo.sample import Sample
from heliu.demo.stage import Stage, live
from heliu.kernel.clock import day_of
from heliu.kernel.posting import operations as posting

LOG_INS = 6  # dealers somebody can sit down for
SEASON = timedelta(days=91)
LEAST = 1_200  # pieces of what sells slowly
FEW = 13  # pieces: goods of which there is little
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
        goods.describe(
            seller=chain.seller, families=sample.families, skus=sample.skus, ids=chain.skus,
            at=opening,
        )  # fmt: skip
        chains.other_lender(chain, at=opening)
        chains.stock_programme(chain)
        say(f"{len(sample.orders):,} real orders")
        ways = {dealer.code: dealer.behaviour for dealer in sample.dealers}
        history.load(chain, sample.orders, behaviours=ways, at=at)
        say("Deals in every state")
        stage = Stage(chain, at)
        scarce = [chain.skus[code] for code, n in pieces.items() if n < FEW and code in chain.skus]
        live([*states.stories(stage), *afterwards.stories(stage, scarce)], until=at)
        _house_rules(stage)
        newcomers(chain, stage.people, at=at)
        buying(stage)
        abroad(stage)
        afterwards.agreements(stage)
    posting.seal(at)
    return chain


def _house_rules(stage: Stage) -> None:
    """The bank has set a quota and caps, knows a group, and stricter rules wait for another."""
    officer, chain, at = stage.people.bank, stage.chain, stage.now
    one, two, third = sorted(chain.dealers)[:3]
    group = lending.set_group(
        name="青禾集团", members=[chain.dealers[one], chain.dealers[two]], actor=officer, at=at
    )
    for kind, party, yuan in (
        ("cap_seller", chain.seller, 8_000_000),
        ("cap_group", group.pk, 600_000),
        ("cap_borrower", chain.dealers[third], 250_000),
    ):
        lending.set_cap(kind=kind, party=party, limit=yuan * chains.YUAN, actor=officer, at=at)
    stricter = HOUSE_RULES.as_json() | {"cut_days_late": 5, "cut": "0.60"}
    ruling.propose(
        stricter,
        effective_on=day_of(at) + timedelta(days=7),
        reason="付款变慢，提前收紧",
        actor=officer,
        at=at,
    )


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
