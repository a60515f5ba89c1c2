"""What sellers do for their trade beside the orders: promotions, contracts, goods still to come."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from heliu.commerce.pricing import operations as pricing
from heliu.commerce.pricing.models import Promotion
from heliu.commerce.pricing.operations.promotions import NewPromotion, announce, stop_promotion
from heliu.kernel.clock import day_of
from heliu.logistics.stock import back_orders as stock
from heliu.trade import back_orders, contracts
from heliu_world.acts import Act, Hands
from heliu_world.market import Shop
from heliu_world.world import World

NEVER_COME = 0.15  # of the goods that were expected
MOST_WAITING = 60  # of a SKU that is sold before it is there


class Season:
    """The sellers of a world, and the dealers as far as they answer them."""

    def __init__(self, world: World, hands: Hands) -> None:
        self._world, self._hands = world, hands
        self._random: Random = world.random("season")
        self._made = 0

    def promotion(self) -> None:
        """A seller lowers some prices for a while, or stops doing so."""
        world, random, shop = self._world, self._random, self._shop()
        running = world.ask(
            "select id, code from pricing_promotion where seller = %s and stopped_at is null"
            " and ends_at > %s order by code",
            shop.seller.org, world.now,
        )  # fmt: skip
        if running and random.random() < 0.4:
            self._stop(shop, running[0])
            return
        skus = random.sample(sorted(shop.skus.values()), 8)
        code, ends = self._code("P"), world.now + timedelta(days=random.randint(1, 5))
        percent = Decimal(random.choice((5, 10, 30)))
        budget = random.choice((None, 20_000))
        body = {
            "code": code, "name": code, "effect": "PERCENT", "percent": str(percent),
            "starts_at": world.now.isoformat(), "ends_at": ends.isoformat(),
            "budget": budget, "goods": [str(sku) for sku in skus],
        }  # fmt: skip
        wanted = NewPromotion(
            code, code, "PERCENT", world.now, ends, percent=percent, budget=budget, skus=skus
        )
        self._hands.do(
            Act(
                "announce a promotion", shop.seller, about=code, path="/promotions", body=body,
                changed={**body, "percent": "1"},
                desk=lambda who: announce(
                    wanted, actor=who, seller=shop.seller.org, at=world.now
                ),
            )
        )  # fmt: skip

    def _stop(self, shop: Shop, running: dict[str, UUID]) -> None:
        self._hands.do(
            Act(
                "stop a promotion", shop.seller, about=str(running["code"]),
                path=f"/promotions/{running['id']}/stop",
                desk=lambda who: stop_promotion(
                    Promotion.objects.get(pk=running["id"]), actor=who, at=self._world.now
                ),
            )
        )  # fmt: skip

    def contract(self) -> None:
        """A seller offers a dealer its own prices, or a dealer answers such an offer."""
        world, random = self._world, self._random
        offers = world.ask(
            "select id, code, buyer from pricing_contract where is_offer and refused_at is null"
            " and valid_to >= %s order by code",
            day_of(world.now),
        )
        if offers and random.random() < 0.6:
            self._answer(offers[0])
            return
        shop, dealer = self._shop(), random.choice(world.market.dealers)
        code, today = self._code("C"), day_of(world.now)
        last = today + timedelta(days=random.randint(2, 20))
        prices = [
            pricing.NewPrice(sku, random.randint(40, 900))
            for sku in random.sample(sorted(shop.skus.values()), 6)
        ]
        body = {
            "buyer": str(dealer.seat.org), "code": code, "name": code,
            "valid_from": today.isoformat(), "valid_to": last.isoformat(),
            "prices": [{"sku": str(one.sku_id), "unit_price": one.amount} for one in prices],
        }  # fmt: skip
        self._hands.do(
            Act(
                "offer a contract", shop.seller, about=code, path="/contracts", body=body,
                changed={**body, "name": "another"},
                desk=lambda who: pricing.offer(
                    actor=who, seller=shop.seller.org, buyer=dealer.seat.org, code=code, name=code,
                    prices=prices, valid_from=today, valid_to=last, at=world.now,
                ),
            )
        )  # fmt: skip

    def _answer(self, offer: dict[str, UUID]) -> None:
        seats = {one.seat.org: one.seat for one in self._world.market.dealers}
        agrees, ref = self._random.random() < 0.8, offer["id"]
        verb = contracts.agree if agrees else contracts.refuse
        self._hands.do(
            Act(
                "agree to a contract" if agrees else "refuse a contract", seats[offer["buyer"]],
                about=str(offer["code"]), path=f"/contracts/{ref}/decision",
                body={"agrees": agrees}, changed={"agrees": not agrees},
                desk=lambda who: verb(ref, actor=who, at=self._world.now),
            )
        )  # fmt: skip

    def sells_ahead(self) -> None:
        """A seller takes orders for more than lies there of the goods it has least of."""
        shop = self._shop()
        few = self._world.ask(
            "select sku_id from stock_stockrow where owner = %s and warehouse = %s"
            " and pledge is null"
            " group by sku_id order by sum(quantity), sku_id limit 12",
            shop.seller.org, shop.seller.org,
        )  # fmt: skip
        for sku in [row["sku_id"] for row in few]:
            self._hands.do(
                Act(
                    "sell ahead", shop.seller, about=shop.seller.actor.name,
                    desk=lambda who, sku=sku: stock.allow(
                        sku, MOST_WAITING, actor=who, at=self._world.now
                    ),
                )
            )  # fmt: skip

    def waited_for_come(self) -> None:
        """Goods that somebody waits for are expected, and then they are there: some, or all."""
        for shop in self._world.market.shops:
            with self._world.ground.desk(shop.seller.actor):
                queue = back_orders.queue(shop.seller.org)
            waiting: dict[UUID, int] = {}
            for one in queue:
                waiting[one.sku] = waiting.get(one.sku, 0) + one.waiting
            for sku, pieces in sorted(waiting.items()):
                if pieces and (self._world.is_ending or self._random.random() < 0.6):
                    self._come(shop, sku, pieces)

    def _come(self, shop: Shop, sku: UUID, pieces: int) -> None:
        day = day_of(self._world.now) + timedelta(days=self._random.randint(0, 6))
        self._hands.do(
            Act(
                "expect goods", shop.seller, path="/expected-goods",
                body={"sku": str(sku), "quantity": pieces, "day": day.isoformat()},
                changed={"sku": str(sku), "quantity": pieces + 1, "day": day.isoformat()},
            )
        )  # fmt: skip
        expected = self._world.ask(
            "select id from stock_expected where sku_id = %s and status = 'OPEN'"
            " order by id desc limit 1",
            sku,
        )[0]["id"]
        if not self._world.is_ending and self._random.random() < NEVER_COME:
            self._hands.do(
                Act(
                    "call expected goods off", shop.seller,
                    path=f"/expected-goods/{expected}/call-off",
                    desk=lambda who: stock.call_off(expected, actor=who, at=self._world.now),
                )
            )  # fmt: skip
            return
        few = pieces if self._world.is_ending else self._random.randint(1, pieces)
        self._hands.do(
            Act(
                "take expected goods in", shop.seller, path=f"/expected-goods/{expected}/arrived",
                body={"quantity": few}, changed={"quantity": few + 1},
                desk=lambda who: back_orders.arrived(
                    expected, few, actor=who, at=self._world.now
                ),
            )
        )  # fmt: skip

    def _shop(self) -> Shop:
        return self._random.choice(self._world.market.shops)

    def _code(self, kind: str) -> str:
        self._made += 1
        return f"{kind}{self._made:03}"
