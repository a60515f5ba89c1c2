"""What happens in a market beside the lives of its deals: new ones, goods, prices, mischief."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from heliu.commerce.pricing import operations as pricing
from heliu.commerce.spending.operations import APPROVAL_NEEDED
from heliu.kernel.clock import day_of
from heliu.logistics.stock import operations as stock
from heliu.trade import place_order, stock_loan
from heliu.trade.stock_loan import Wish as StockWish
from heliu_world import readings, wire
from heliu_world.acts import Act, Hands
from heliu_world.judge import Broken
from heliu_world.lives.goods import told
from heliu_world.lives.life import Life
from heliu_world.lives.stock import StockLife, bought
from heliu_world.market import Dealer, Shop
from heliu_world.rhythm import Wish
from heliu_world.world import BEGINS, World

# What may stand in the way of an order that was wished for long ago.
NOT_NOW = frozenset(
    {"short", "sold-out", "no-price", "stock-short", "limit-short", "finance-declined",
     "terms-not-offered", "cost-absurd", "nothing-to-finance", "no-programme",
     "facility-not-active", "terms-overdue", "finance-needs-goods", "budget-short", "budget-over",
     "budget-not-open"}
)  # fmt: skip
MANY = 3  # requests for the same goods
GUESSES = 12  # of a code, one after the other: more than the gate takes


class Street:
    """Everything that is nobody's order yet, or nobody's business."""

    def __init__(self, world: World, hands: Hands) -> None:
        self._world, self._hands = world, hands
        self._random: Random = world.random("street")
        self._known: set[UUID] = set()  # deals that somebody looks after

    def order(self, wish: Wish) -> Life | None:
        """A dealer orders what it wished for, or cannot."""
        world, random, shop = self._world, self._random, wish.shop
        pay_by = random.choices(("FINANCE", "TRANSFER", "TERMS"), (60, 18, 22))[0]
        ratio = random.choice((None, None, None, "0.2", "0.3", "0.4"))
        days = random.choice((None, None, *shop_days(shop, world)))
        if pay_by != "FINANCE":
            ratio = days = None
        key = self._hands.fresh_key()
        lines = [(shop.skus[line.sku], line.quantity) for line in wish.lines]
        body = {
            "seller": str(shop.seller.org),
            "lines": [{"sku": str(sku), "quantity": quantity} for sku, quantity in lines],
            "pay_by": pay_by,
            "warehouse": str(shop.keeper.org) if pay_by == "FINANCE" else None,
            "deposit_ratio": ratio,
            "days": days,
            "remark": key,
        }
        done = self._hands.do(
            Act(
                f"order ({pay_by.lower()})", wish.dealer.seat, about=wish.dealer.code,
                path="/orders", body=body, changed={**body, "pay_by": "TRANSFER", "remark": "x"},
                desk=lambda who: place_order.place(
                    actor=who, seller=shop.seller.org, lines=lines, pay_by=pay_by, at=world.now,
                    warehouse=shop.keeper.org if pay_by == "FINANCE" else None,
                    deposit_ratio=None if ratio is None else Decimal(ratio), days=days, remark=key,
                ),
                refusals=NOT_NOW | {APPROVAL_NEEDED},
            ),
            key,
        )  # fmt: skip
        if done.code == APPROVAL_NEEDED:
            self._ask(wish, body)
        if not done.is_done:
            return None
        found = world.ask(
            "select d.id from trade_deal d join ordering_order o on o.id = d.order_id"
            " where o.remark = %s",
            key,
        )
        if len(found) != 1:
            raise Broken("an order that was answered is there once", f"{key}: {len(found)}")
        return self._life(found[0]["id"], shop, wish.dealer)

    def _ask(self, wish: Wish, body: dict[str, Any]) -> None:
        """The house of a dealer wants an order agreed to first; who is afraid that there will be
        too little asks for more of it than once."""
        for _ in range(self._random.choice((1, 1, MANY))):
            said = body | {"reason": "the shelves are empty", "remark": self._hands.fresh_key()}
            self._hands.do(
                Act(
                    "ask for an order", wish.dealer.seat, about=wish.dealer.code,
                    path="/purchase-requests", body=said, changed=said | {"reason": "another"},
                    refusals=NOT_NOW,
                )
            )  # fmt: skip

    def found(self) -> list[Life]:
        """Orders that came about without anybody at a desk: agreed to, or come back."""
        market = self._world.market
        shops = {one.seller.org: one for one in market.shops}
        dealers = {one.seat.org: one for one in market.dealers}
        new = self._world.ask(
            "select id, buyer, seller from trade_deal where opened_at >= %s and not id = any (%s)"
            " order by number",
            BEGINS, sorted(self._known),
        )  # fmt: skip
        return [self._life(row["id"], shops[row["seller"]], dealers[row["buyer"]]) for row in new]

    def _life(self, deal: UUID, shop: Shop, dealer: Dealer, kind: type[Life] = Life) -> Life:
        """Who looks after a deal: of the banks the one that lends for it."""
        self._known.add(deal)
        lender = self._world.ask("select lender from trade_deal where id = %s", deal)[0]["lender"]
        for other in self._world.market.shops:
            if other.bank.org == lender:
                shop = replace(shop, bank=other.bank, reviewer=other.reviewer)
        chance = self._world.random("life", len(self._known))
        return kind(self._world, self._hands, shop, dealer, deal, chance)

    def borrow(self) -> Life | None:
        """A dealer asks for a loan against goods it keeps at home, or cannot."""
        world, random = self._world, self._random
        dealer, shop = random.choice(world.market.dealers), world.market.shops[0]
        programme = world.ask(
            "select id, days_options from credit_programme where seller = %s"
            " and product = 'INVENTORY'",
            shop.seller.org,
        )[0]
        goods = bought(world, random, dealer.seat.org, shop.seller.org, most=5)
        if not goods:
            return None
        with world.ground.desk(dealer.seat.actor) as actor:
            most = stock_loan.preview_for(actor, programme["id"], goods, at=world.now).most
        amount, days = (
            most * random.randint(75, 101) // 100,
            random.choice(programme["days_options"]),
        )
        body = {
            "programme": str(programme["id"]), "goods": told(goods), "amount": amount, "days": days,
            "keeper": str(shop.keeper.org),
        }  # fmt: skip
        wish = StockWish(programme["id"], goods, amount, days, shop.keeper.org)
        if not amount:
            return None
        done = self._hands.do(
            Act(
                "ask for a stock loan", dealer.seat, about=dealer.code, path="/stock-loans",
                body=body, changed={**body, "days": days + 1},
                desk=lambda who: stock_loan.ask(wish, actor=who, at=world.now),
                refusals=NOT_NOW | {"above-lendable"},
            )
        )  # fmt: skip
        if not done.is_done:
            return None
        deal = world.ask("select id from trade_deal where is_stock order by number desc limit 1")
        return self._life(deal[0]["id"], shop, dealer, StockLife)

    def goods_come(self) -> None:
        """A seller gets new goods of some kinds."""
        world, random = self._world, self._random
        shop = random.choice(world.market.shops)
        skus = random.sample(sorted(shop.skus.values()), 12)
        lines = [stock.Supply(sku, random.randint(10, 200)) for sku in skus]
        with world.ground.working():
            stock.supply(
                lines, owner=shop.seller.org, warehouse=shop.seller.org,
                key=self._hands.fresh_key(), subject=shop.seller.org, at=world.now,
            )  # fmt: skip
        world.acts["supply"] += 1
        world.tell(f"supply {len(lines)} kinds", "done")

    def prices_change(self) -> None:
        """A seller sets some prices anew, from today or from tomorrow on."""
        world, random = self._world, self._random
        shop = random.choice(world.market.shops)
        skus = random.sample(sorted(shop.skus.values()), 5)
        prices = [pricing.NewPrice(sku, random.randint(50, 4_000)) for sku in skus]
        day = day_of(world.now) + timedelta(days=random.randint(0, 1))
        self._hands.do(
            Act(
                "set prices", shop.seller, about=f"{len(prices)} kinds",
                desk=lambda who: pricing.set_prices(
                    shop.prices, actor=who, prices=prices, valid_from=day, at=world.now
                ),
            )
        )  # fmt: skip

    def consent_ends(self) -> None:
        """A dealer takes back what it let a bank read."""
        dealer = self._random.choice(self._world.market.dealers)
        found = self._world.ask(
            "select id from consent_disclosure where of = %s and withdrawn_at is null"
            " order by id limit 1",
            dealer.seat.org,
        )
        for row in found:
            self._hands.do(
                Act(
                    "withdraw a consent", dealer.seat, about=dealer.code,
                    path=f"/consents/{row['id']}/withdraw",
                )
            )  # fmt: skip

    def somebody_reads(self) -> None:
        """Somebody looks at a page."""
        self._hands.read(*readings.chosen(self._world, self._random))

    def pledged_goods_are_asked_for(self) -> None:
        """Somebody wants to take goods from a row at the warehouse that is bound, damaged or set
        aside; the gate says no."""
        world = self._world
        rows = world.ask(
            "select id, warehouse, quantity, pledge is not null or quality <> 'GOOD' as is_shut"
            " from stock_stockrow where quantity > 0"
            " and warehouse = any (%s) order by id",
            [shop.keeper.org for shop in world.market.shops],
        )
        if not rows:
            return
        row = self._random.choice(rows)
        keepers = {shop.keeper.org: shop.keeper for shop in world.market.shops}
        done = self._hands.do(
            Act(
                "pick at the gate", keepers[row["warehouse"]], about="", path="/picks",
                body={"row": str(row["id"]), "quantity": row["quantity"]},
                changed={"row": str(row["id"]), "quantity": row["quantity"] + 1},
            )
        )  # fmt: skip
        if row["is_shut"] and done.said["go"]:
            raise Broken("pledged and damaged goods are not picked", str(row["id"]))

    def codes_are_guessed(self) -> None:
        """Somebody tries codes at a gate until it takes none any more."""
        keeper = self._random.choice(self._world.market.shops).keeper
        said = ""
        for _ in range(GUESSES):
            done = self._hands.do(
                Act(
                    "guess a code", keeper, path="/pick-ups",
                    body={"code": f"{self._random.randrange(10**6):06}"},
                )
            )  # fmt: skip
            said = done.said["code"]
        if said != "locked":
            raise Broken("the gate does not let codes be guessed", said)

    def stranger_tries(self) -> None:
        """Somebody who is no party to a deal reaches for it."""
        world, random = self._world, self._random
        deals = world.ask(
            "select id, order_id, buyer, seller from trade_deal where lender is not null"
            " order by number"
        )
        if not deals:
            return
        deal = random.choice(deals)
        others = [one.seat for one in world.market.dealers if one.seat.org != deal["buyer"]]
        stranger = random.choice(others)
        paths: tuple[tuple[str, dict[str, object]], ...] = (
            (f"/orders/{deal['order_id']}/cancel", {"reason": "x"}),
            (f"/orders/{deal['order_id']}/ship", {}),
            (f"/deals/{deal['id']}/repay", {"percent": "10"}),
            (f"/deals/{deal['id']}/sign", {"agreement_digest": "0" * 64, "consent": True}),
            (f"/deals/{deal['id']}/decide", {"approve": True, "reason": "x"}),
        )
        path, body = random.choice(paths)
        with world.ground.being("web"):
            answer = wire.post(path, body, token=stranger.token, key=self._hands.fresh_key())
        if answer.status not in (403, 404):
            raise Broken("nobody reaches what is not theirs", f"{path}: {answer.status}")
        world.tell(f"stranger tries {path.rsplit('/', 1)[1]}", answer.code)


def shop_days(shop: Shop, world: World) -> list[int]:
    """The terms the banks offer to a seller's dealers."""
    found = world.ask(
        "select distinct unnest(days_options) as days from credit_programme"
        " where seller = %s and product <> 'INVENTORY' order by 1",
        shop.seller.org,
    )
    return [row["days"] for row in found]
