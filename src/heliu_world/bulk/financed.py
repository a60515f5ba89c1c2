"""Financed deals of the loaded dealers: lived through, one by one, by the product's own steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from heliu.capital.bank.models import AccountKind
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.lending.models import LoanStatus
from heliu.demo.baskets import Shelf, favourites, fill
from heliu.demo.chain import SYSTEM, YUAN, Chain
from heliu.demo.stage import Stage, Story, live
from heliu.kernel.errors import Refused
from heliu.kernel.posting import operations as posting
from heliu.logistics.stock import operations as stock
from heliu.trade import previewing, side_exits
from heliu.trade.placed import Placed

EACH = 2  # financed deals of one dealer
YUANS = (6_000, 9_000, 14_000, 11_000, 7_500)  # what is ordered for, in turn
LEAST, NEARLY = 500, 9  # yuan; tenths of what the limit would carry
FUNDS = 800_000 * YUAN
PIECES = 200_000  # of each article the seller takes in for them
SHELVES = 12  # a dealer likes best

Say = Callable[[str], None]


@dataclass
class LargeStage(Stage):
    """A stage on which dealers like what sells best; nobody looks through millions of lines."""

    liked: list[Shelf] = field(default_factory=list)

    def shelves(self, code: str, at: datetime) -> Sequence[Shelf]:
        """A stretch of what sells best, another one for each dealer."""
        start = int(code[1:]) % max(1, len(self.liked) - SHELVES)
        return self.liked[start : start + SHELVES]

    def order(self, code: str, yuan: int, at: datetime, **how: Any) -> Placed:
        """For no more than its limit carries: what a dealer gets depends on the year it has had.

        Where the rules leave it open, the bank's people say yes at once: only then is the limit
        held, and a second order of the same morning knows of it.
        """
        seen = previewing.preview(
            actor=self.people.dealer(code), seller=self.chain.seller,
            lines=fill(self.shelves(code, at), yuan * YUAN), at=at, days=how.get("days"),
        )  # fmt: skip
        ours = (one for one in seen.offers if one.programme.pk == self.chain.programme)
        offer = next(ours, None)
        largest = max((terms.draws for terms in offer.grid), default=0) if offer else 0
        if offer and largest > offer.free:
            yuan = max(LEAST, yuan * offer.free * NEARLY // (10 * largest))
        placed = super().order(code, yuan, at, **how)
        if placed.loan is not None and placed.loan.status == LoanStatus.REFERRED:
            side_exits.decide(
                placed.deal.id, actor=self.people.bank, approve=True, reason="往来正常", at=at
            )
        return placed


def running(stage: Stage, code: str, yuan: int, ago: int) -> Story[None]:
    """All goods are pledged, nothing is repaid yet."""
    yield from stage.to_pledge(code, yuan, ago % 25 + 4, days=60)


def part_freed(stage: Stage, code: str, yuan: int, ago: int) -> Story[None]:
    """A part is repaid, its goods wait under a code."""
    placed = yield from stage.to_pledge(code, yuan, ago % 20 + 12, days=60)
    yield from stage.repay(code, placed, 40, ago % 6 + 2)


def closed(stage: Stage, code: str, yuan: int, ago: int) -> Story[None]:
    """Repaid at once and fetched."""
    placed = yield from stage.to_pledge(code, yuan, ago % 15 + 32, days=60)
    yield from stage.repay(code, placed, 100, ago % 12 + 6)
    yield from stage.pick_up(code, ago % 12 + 5)


def on_the_road(stage: Stage, code: str, yuan: int, ago: int) -> Story[None]:
    """Paid and shipped, not yet there."""
    yield from stage.to_transit(code, yuan, ago % 3 + 2)


def late(stage: Stage, code: str, yuan: int, ago: int) -> Story[None]:
    """Due some days ago, a part of it repaid."""
    placed = yield from stage.to_pledge(code, yuan, ago % 9 + 33, days=30)
    yield from stage.repay(code, placed, 30, ago % 5 + 12)


def unless_declined(story: Story[None]) -> Story[None]:
    """Whom the bank says no to, or whose limit is used up, does not order."""
    try:
        yield from story
    except Refused as refusal:
        if refusal.code not in ("finance-declined", "limit-short"):
            raise


WAYS = (running, closed, part_freed, running, on_the_road, closed, late, running)


def live_through(chain: Chain, codes: Sequence[str], count: int, *, at: datetime, say: Say) -> int:
    """Let so many financed deals of these dealers happen before `at`; returns how many were asked
    for, some of which the bank may have declined.

    Runs as the worker, each step in a transaction of its own. The goods for them are supplied, the
    dealers have accounts at the bank, and its programme is as large as the chain.
    """
    chosen = list(codes[: -(-count // EACH)])
    if not chosen:
        return 0
    stage = LargeStage(chain, at)
    with transaction.atomic():
        _prepare(chain, [chain.dealers[code] for code in chosen], stage)
    stories = [
        unless_declined(
            WAYS[n % len(WAYS)](
                stage, chosen[n // EACH % len(chosen)], YUANS[n % len(YUANS)], n * 7
            )
        )
        for n in range(count)
    ]
    for first in range(0, count, 100):
        live(stories[first : first + 100], until=at)
        posting.seal(at)
        say(f"{min(first + 100, count):,} financed deals of {count:,}")
    return count


def _prepare(chain: Chain, dealers: Sequence[UUID], stage: LargeStage) -> None:
    opening = stage.ago(59, 8)
    for dealer in dealers:
        sandbox.open_account(
            org=dealer, bank=chain.bank, kind=AccountKind.CURRENT, funds=FUNDS, actor=SYSTEM,
            at=opening,
        )  # fmt: skip
    # Loaded dealers bought nothing that is told apart by lot or number, so nothing of it is here.
    best = favourites(buyer=dealers[0], seller=chain.seller, at=stage.now)
    stock.supply(
        [stock.Supply(shelf.sku, PIECES) for shelf in best],
        owner=chain.seller, warehouse=chain.seller, key="bulk-financed", subject=chain.seller,
        at=opening,
    )  # fmt: skip
    stage.liked = [Shelf(one.sku, one.tiers, one.available + PIECES) for one in best]
