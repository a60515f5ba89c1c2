"""One price, stock and promotion answer for the same buyer at the same moment, whoever is asked:
the pad, the checkout, REST, the fast lane, an order by each door, somebody who orders in the
buyer's name; against a plain reference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.api.hands import Hand, Hands
from tests.api.test_doors import Street
from tests.commerce.contracts import agreed
from tests.conftest import be
from tests.trade.behalf import allow, in_name_of

from heliu.commerce.ordering.rows import row_of
from heliu.commerce.pricing import operations
from heliu.commerce.pricing.models import (
    Contract,
    Discount,
    Effect,
    PriceList,
    PriceListBuyer,
    Promotion,
)
from heliu.commerce.pricing.operations import NewPrice, NewPromotion
from heliu.config import asgi
from heliu.kernel.access.actor import Actor
from heliu.kernel.behalf.models import Mandate
from heliu.kernel.clock import day_of
from heliu.trade import order_pad

CODES = ("M1", "M2", "B1")
numbers = count(1)


@dataclass(frozen=True)
class Rules:
    """What the seller has set for the dealer, as drawn."""

    own: dict[str, int]
    tier: dict[str, int]
    contract: dict[str, int]
    percent: Decimal | None
    family: bool
    off: int | None
    combinable: bool
    threshold: int
    factor: Decimal | None

    def listed(self, code: str, quantity: int) -> int:
        """What the first list says in which there is a price."""
        default = {"M1": 900 if quantity >= 100 else 1000, "M2": 1500, "B1": 2000}[code]
        if code in self.contract:
            return self.contract[code]
        if quantity >= 5 and code in self.tier:
            return self.tier[code]
        if code in self.own:
            return self.own[code]
        return rounded(default * self.factor) if self.factor else default

    def prices(self, wanted: dict[str, int], *, as_order: bool) -> dict[str, int]:
        """What one of each costs after promotions."""
        found = {code: self.listed(code, n) for code, n in wanted.items()}
        worth = sum(found[code] * n for code, n in wanted.items())
        for code, price in found.items():
            taken = False
            if self.percent and (not self.family or code != "B1"):
                left = rounded(price * (100 - self.percent) / 100)
                taken, price = left != price, left
            may = self.off and (not taken or self.combinable)
            if may and as_order and worth >= self.threshold:
                price = max(price - (self.off or 0), 0)
            found[code] = price
        return found


def rounded(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


SOME = st.dictionaries(st.sampled_from(CODES), st.integers(1, 3000), max_size=2)
RULES = st.builds(
    Rules,
    own=SOME,
    tier=SOME,
    contract=SOME,
    percent=st.none() | st.decimals("0.5", "60", places=1),
    family=st.booleans(),
    off=st.none() | st.integers(1, 500),
    combinable=st.booleans(),
    threshold=st.integers(1, 60_000),
    factor=st.none() | st.decimals("0.7", "1.3", places=3),
)


def lay(hands: Hands, rules: Rules) -> None:
    """Write the rules down afresh."""
    world, chain = hands.world, hands.world.chain
    be("heliu_worker")
    with transaction.atomic():
        actor, buyer = world.actor("sales@seller.demo"), chain.dealers["D001"]
        act = {"actor": actor, "at": world.at}
        since = day_of(world.at)
        Promotion.objects.filter(stopped_at=None).update(stopped_at=world.at - timedelta(days=9))
        Contract.objects.all().delete()
        PriceListBuyer.objects.filter(buyer=buyer).delete()
        base = PriceList.objects.get(seller=chain.seller, is_default=True)
        n = next(numbers)

        def priced(found: dict[str, int], tier: int = 1) -> list[NewPrice]:
            return [NewPrice(chain.skus[code], amount, tier) for code, amount in found.items()]

        made = {"actor": actor, "seller": chain.seller, "name": "own"}
        lists = [operations.create_list(**made, code=f"OWN{n}", priority=2)]
        operations.set_prices(
            lists[0], prices=[*priced(rules.own), *priced(rules.tier, 5)], valid_from=since, **act
        )
        if rules.factor:
            lists.append(
                operations.compute_list(
                    actor=actor, base=base, code=f"COMP{n}", name="c", factor=rules.factor
                )
            )
        for one in lists:
            operations.assign(one, buyer=buyer, valid_from=since, **act)
        if rules.contract:
            agreed(
                seller=chain.seller, buyer=buyer, code=f"CT{n}", name="contract",
                prices=priced(rules.contract), valid_from=since, valid_to=since, **act,
            )  # fmt: skip
        always = {"starts_at": world.at, "ends_at": world.at + timedelta(days=1)}
        if rules.percent:
            families = ["mugs"] if rules.family else []
            wanted = NewPromotion(
                f"A{n}", "share", Effect.PERCENT, percent=rules.percent, families=families,
                combinable=rules.combinable, priority=1, **always,
            )  # fmt: skip
            operations.announce(wanted, seller=chain.seller, **act)
        if rules.off:
            wanted = NewPromotion(
                f"B{n}", "large orders", Effect.AMOUNT, amount=rules.off, priority=2,
                min_order=rules.threshold, combinable=rules.combinable, **always,
            )  # fmt: skip
            operations.announce(wanted, seller=chain.seller, **act)
    be("heliu_web")


def asked(hands: Hands, street: Street, code: str, quantity: int, by: Hand | None = None):
    """Price and stock of one code, as GET /prices says."""
    sku = str(hands.world.chain.skus[code])
    said = street.ask(by or hands.dealer, seller=hands.seller_id, sku=sku, quantity=quantity)
    assert said.status_code == 200, said.text
    (row,) = said.json()["items"]
    return row["price"]["unit_price"], row["available"]


def check_pad(hands: Hands, actor: Actor, wanted: dict[str, int], order: dict, free: dict) -> None:
    world = hands.world
    rows = [row_of(code, str(n), "") for code, n in wanted.items()]
    checked = order_pad.check(actor, world.chain.seller, rows, world.at)
    assert {line.code: line.unit_price for line in checked.lines} == order
    assert {code: checked.free[world.chain.skus[code]] for code in wanted} == free


@given(
    rules=RULES,
    wanted=st.dictionaries(st.sampled_from(CODES), st.integers(1, 12), min_size=1),
)
@settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking places orders by hundreds
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_route_says_the_same(
    hands: Hands, monkeypatch: pytest.MonkeyPatch, rules: Rules, wanted: dict[str, int]
) -> None:
    monkeypatch.setattr(asgi, "DOORS", True)
    world = hands.world
    lay(hands, rules)
    alone = {code: rules.prices({code: n}, as_order=False)[code] for code, n in wanted.items()}
    order = rules.prices(wanted, as_order=True)
    lane, django = Street("lane"), Street("django")
    with world.worker():
        is_allowed = Mandate.objects.exists()
    if not is_allowed:
        allow(world)
    in_name = replace(hands.seller, customer="d001")
    # What one costs by itself, and how much there is.
    free = {}
    for code, n in wanted.items():
        told = asked(hands, lane, code, n)
        assert told == asked(hands, django, code, n)
        assert told == asked(hands, lane, code, n, by=in_name)
        assert told[0] == alone[code]
        free[code] = told[1]
    # The order before it is placed: at the checkout and on the pad.
    body = hands.order(**wanted)
    shown = hands.dealer.post("/orders/preview", {name: body[name] for name in ("seller", "lines")})
    assert {line["code"]: line["unit_price"] for line in shown["lines"]} == order
    for seat in (world.desk(world.dealer), in_name_of(world)):
        with seat as dealer:
            check_pad(hands, dealer, wanted, order, free)
    shown = in_name.post("/orders/preview", {name: body[name] for name in ("seller", "lines")})
    assert {line["code"]: line["unit_price"] for line in shown["lines"]} == order
    # The order as it is placed, by both doors and in the buyer's name.
    for street, hand in ((lane, hands.dealer), (django, hands.dealer), (lane, in_name)):
        said = street.one(hand, hands.order(**wanted), key=f"one-price-{next(numbers):05}")
        assert said.status_code == 201, said.text
        placed = hands.dealer.get(f"/orders/{said.json()['order']['id']}")
        lines = {line["sku"]["code"]: line for line in placed["lines"]}
        assert {code: line["unit_price"] for code, line in lines.items()} == order
        assert placed["total"] == sum(order[code] * n for code, n in wanted.items())
        for code, line in lines.items():
            off = rules.listed(code, wanted[code]) - order[code]
            assert sum(one["amount"] for one in line["discounts"]) == off * wanted[code]


def test_a_budget_is_spent_by_orders_and_ends_the_promotion(hands: Hands) -> None:
    world = hands.world
    with world.desk("sales@seller.demo") as actor:
        operations.announce(
            NewPromotion(
                "SPRING", "Spring", Effect.PERCENT, world.at, world.at + timedelta(days=1),
                percent=Decimal(10), budget=250, name_zh="春季",
            ),
            actor=actor, seller=world.chain.seller, at=world.at,
        )  # fmt: skip
    totals = []
    for _ in range(3):
        totals.append(hands.dealer.post("/orders", hands.order(M2=1), expect=201)["order"]["total"])
    assert totals == [1350, 1350, 1500]
    be("heliu_worker")
    assert Promotion.objects.get(code="SPRING").spent == 300
    assert [one.amount for one in Discount.objects.all()] == [150, 150]
    be("heliu_web")
