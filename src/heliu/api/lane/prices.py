"""What goods cost and how much of them there is, for programs that ask about what they order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qs
from uuid import UUID

from pydantic_core import to_json

from heliu.api.catalogue import MOST_PRICED, MOST_WANTED, prices_out
from heliu.api.lane.calls import JSON, Request, Said, has_token, moment, orgs_of, senders
from heliu.api.lane.gather import Turn
from heliu.api.lane.link import Database, Links, rows
from heliu.commerce.pricing.queries import RESOLVE, Price, price_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import NAME, orgs_text
from heliu.kernel.arrays import ids, numbers
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused

FREE = """
select s.seller, a.sku, a.quantity
  from (select seller, array_agg(distinct sku) as skus
          from unnest(%s::uuid[], %s::uuid[]) w (seller, sku) group by seller) s,
       lateral stock_available(s.skus, s.seller, s.seller, %s) a"""


class Asked(NamedTuple):
    """Somebody wants to know the prices of a seller's SKUs, each for the same quantity."""

    token: bytes
    seller: UUID
    skus: list[UUID]
    quantity: int


class Prices:
    """`GET /api/v1/prices` for the asker itself, today."""

    method, path = "GET", "/api/v1/prices"

    def takes(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether it comes with a token."""
        return has_token(headers)

    def read(self, request: Request) -> Asked | None:
        """What is asked, if it is plainly good."""
        try:
            said = parse_qs(request.query.decode("ascii"), strict_parsing=True)
            skus = list(dict.fromkeys(UUID(sku) for sku in said.pop("sku")))
            (seller,) = said.pop("seller")
            (quantity,) = said.pop("quantity", ["1"])
        except (KeyError, ValueError):
            return None
        is_plain = quantity.isascii() and quantity.isdecimal() and not said
        if not is_plain or len(skus) > MOST_PRICED or not 0 < int(quantity) <= MOST_WANTED:
            return None
        try:
            return Asked(request.token, UUID(seller), skus, int(quantity))
        except ValueError:
            return None

    async def work(
        self, links: Links, batch: Sequence[Asked], turn: Turn
    ) -> list[Said | Exception]:
        """Answer a batch: one statement for all prices, one for all goods."""
        async with links.one() as link, link.transaction() as db:
            at = await moment(db)
            found = await senders(db, [asked.token for asked in batch], at)
            await db.execute(NAME, [orgs_text(orgs_of(found))])
            good = [(n, one, batch[n]) for n, one in enumerate(found) if isinstance(one, Actor)]
            prices = await _prices(db, good, at)
            free = await _free(db, good, at)
        said: dict[int, Said] = {}
        for pair, (n, actor, asked) in enumerate(good, 1):
            answer = prices_out(
                buyer=actor.own_org,
                seller=asked.seller,
                on=day_of(at),
                quantity=asked.quantity,
                prices={sku: prices.get((pair, sku)) for sku in asked.skus},
                free={sku: free.get((asked.seller, sku), 0) for sku in asked.skus},
            )
            said[n] = Said(200, to_json(answer), actor.own_org, JSON)
        return [
            refusal if isinstance(refusal, Refused) else said[n] for n, refusal in enumerate(found)
        ]


async def _prices(
    db: Database, good: Sequence[tuple[int, Actor, Asked]], at: datetime
) -> dict[tuple[int, UUID], Price]:
    lines = [
        (pair, sku, asked.quantity)
        for pair, (_, _, asked) in enumerate(good, 1)
        for sku in asked.skus
    ]
    found = await rows(
        db,
        RESOLVE,
        [
            ids(actor.own_org for _, actor, _ in good),
            ids(asked.seller for _, _, asked in good),
            numbers(pair for pair, _, _ in lines),
            ids(sku for _, sku, _ in lines),
            numbers(quantity for _, _, quantity in lines),
            at,
        ],
    )
    return {(pair, sku): price_of(rest) for pair, sku, *rest in found}


async def _free(
    db: Database, good: Sequence[tuple[int, Actor, Asked]], at: datetime
) -> dict[tuple[UUID, UUID], int]:
    wanted = [(asked.seller, sku) for _, _, asked in good for sku in asked.skus]
    found = await rows(
        db, FREE, [ids(seller for seller, _ in wanted), ids(sku for _, sku in wanted), at]
    )
    return {(seller, sku): quantity for seller, sku, quantity in found}
