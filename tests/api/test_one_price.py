"""One price, stock and promotion answer for the same buyer at the same moment, whoever is asked:
the pad, the checkout, REST, the fast lane, an order by each door or by a file, somebody who orders
in the buyer's name; against a plain reference."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import count
from typing import Any

import pytest
from django.conf import settings as installed
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.api.hands import Hand, Hands
from tests.api.test_doors import Street
from tests.commerce.contracts import agreed
from tests.conftest import be
from tests.examples import examples
from tests.portal.browsing import browser, key_in, read, send
from tests.trade.behalf import allow, in_name_of
from tests.trade.conftest import World

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
from heliu.portal.ui.formats import money_text
from heliu.trade import order_pad
from heliu.trade.models import Deal

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
    budget: int | None
    whole: int | Decimal | None
    gift: str | None
    gift_budget: int | None

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
        """What one of each costs after promotions of single goods."""
        found = {code: self.listed(code, n) for code, n in wanted.items()}
        worth = sum(found[code] * n for code, n in wanted.items())
        share = 0
        if self.percent:
            share = sum(
                n * (found[code] - rounded(found[code] * (100 - self.percent) / 100))
                for code, n in wanted.items()
                if not self.family or code != "B1"
            )
        is_paid = self.budget is None or share <= self.budget
        for code, price in found.items():
            taken = False
            if self.percent and is_paid and (not self.family or code != "B1"):
                left = rounded(price * (100 - self.percent) / 100)
                taken, price = left != price, left
            may = self.off and (not taken or self.combinable)
            if may and as_order and worth >= self.threshold:
                price = max(price - (self.off or 0), 0)
            found[code] = price
        return found

    def order(self, wanted: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
        """What each of the goods of an order comes to, and what of which goods comes for free."""
        prices = self.prices(wanted, as_order=True)
        listed = {code: self.listed(code, n) for code, n in wanted.items()}
        amounts = {code: prices[code] * n for code, n in wanted.items()}
        worth = sum(listed[code] * n for code, n in wanted.items())
        touched = {code for code in wanted if prices[code] < listed[code]}
        if not self.combinable:
            shares = {code: amounts[code] for code in wanted if code not in touched}
        else:
            shares = dict(amounts)
        base = sum(shares.values())
        if self.whole is not None and worth >= self.threshold and base:
            is_share = isinstance(self.whole, Decimal)
            off = rounded(base * self.whole / 100) if is_share else min(int(self.whole), base)
            # As long as there is enough, one off each piece of a line; the rest off the smallest.
            taken = {
                code: int(Fraction(off * shares[code], base * wanted[code])) * wanted[code]
                for code in shares
            }
            order = sorted(shares, key=lambda code: (-wanted[code], -shares[code]))
            going = True
            while going:
                going = False
                for code in order:
                    rest = off - sum(taken.values())
                    if wanted[code] <= rest and taken[code] + wanted[code] <= shares[code]:
                        taken[code] += wanted[code]
                        going = True
            for code in order[::-1]:
                taken[code] += min(off - sum(taken.values()), shares[code] - taken[code])
            for code, part in taken.items():
                amounts[code] -= part
                touched |= {code} if part else set()
        free: dict[str, int] = {}
        for code, n in wanted.items():
            if self.gift is not None and n >= 2 and (self.combinable or code not in touched):
                given = self.gift or code
                free[given] = free.get(given, 0) + n // 2
        worth = sum(self.listed(code, 1) * n for code, n in free.items())
        if self.gift_budget is not None and worth > self.gift_budget:
            free = {}
        return amounts, free


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
    budget=st.none() | st.integers(1, 4_000),
    whole=st.none() | st.integers(1, 9_999) | st.decimals("0.5", "50", places=1),
    gift=st.none() | st.sampled_from(["", "B1"]),
    gift_budget=st.none() | st.integers(1, 20_000),
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
        Contract.objects.all().delete()  # first: its list is for its buyer as long as it stands
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
                combinable=rules.combinable, priority=1, budget=rules.budget, **always,
            )  # fmt: skip
            operations.announce(wanted, seller=chain.seller, **act)
        if rules.off:
            wanted = NewPromotion(
                f"B{n}", "large orders", Effect.AMOUNT, amount=rules.off, priority=2,
                min_order=rules.threshold, combinable=rules.combinable, **always,
            )  # fmt: skip
            operations.announce(wanted, seller=chain.seller, **act)
        if rules.whole is not None:
            is_share = isinstance(rules.whole, Decimal)
            wanted = NewPromotion(
                f"C{n}", "whole order", Effect.ORDER, priority=3, min_order=rules.threshold,
                percent=rules.whole if is_share else None, combinable=rules.combinable,
                amount=None if is_share else int(rules.whole), **always,
            )  # fmt: skip
            operations.announce(wanted, seller=chain.seller, **act)
        if rules.gift is not None:
            wanted = NewPromotion(
                f"D{n}", "one for two", Effect.GOODS, priority=4, min_quantity=2, gift_quantity=1,
                gift=chain.skus[rules.gift] if rules.gift else None, budget=rules.gift_budget,
                combinable=rules.combinable, **always,
            )  # fmt: skip
            operations.announce(wanted, seller=chain.seller, **act)
    be("heliu_web")


def freed(world: World) -> None:
    """What the orders so far took of budgets is there again."""
    with world.worker():
        Promotion.objects.filter(stopped_at=None).update(spent=0)


def earned_in(earned: list[dict[str, Any]]) -> dict[str, int]:
    """What comes for free, of what is shown before an order is placed."""
    found: dict[str, int] = {}
    for one in earned:
        for gift in one["gifts"]:
            found[gift["code"]] = found.get(gift["code"], 0) + gift["quantity"]
    return found


def asked(hands: Hands, street: Street, code: str, quantity: int, by: Hand | None = None):
    """Price and stock of one code, as GET /prices says."""
    sku = str(hands.world.chain.skus[code])
    said = street.ask(by or hands.dealer, seller=hands.seller_id, sku=sku, quantity=quantity)
    assert said.status_code == 200, said.text
    (row,) = said.json()["items"]
    return row["price"]["unit_price"], row["available"]


def check_pad(
    hands: Hands, actor: Actor, wanted: dict[str, int], order: dict, free: dict, total: int
) -> None:
    world = hands.world
    rows = [row_of(code, str(n), "") for code, n in wanted.items()]
    checked = order_pad.check(actor, world.chain.seller, rows, world.at)
    assert {line.code: line.unit_price for line in checked.lines} == order
    assert {code: checked.free[world.chain.skus[code]] for code in wanted} == free
    assert checked.total == total


def plain(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page)


def ordered_by_file(hands: Hands, wanted: dict[str, int], total: int) -> str:
    """The order of a file that is loaded into the pad on its page, checked, and placed."""
    dealer = browser(hands.world.dealer)
    send(dealer, "/dealer/pad", {"action": "clear"})
    rows = "\n".join(["code,quantity", *(f"{code},{n}" for code, n in wanted.items())])
    file = SimpleUploadedFile("order.csv", rows.encode())
    send(dealer, "/dealer/pad", {"file": file, "action": "read"})
    assert money_text(total) in plain(read(dealer, "/dealer/pad"))
    send(dealer, "/dealer/pad", {"action": "order"}, to="/dealer/checkout")
    page = read(dealer, "/dealer/checkout?pay_by=TRANSFER")
    assert money_text(total) in plain(page)
    form = {"pay_by": "TRANSFER", "idempotency_key": key_in(page)}
    led = send(dealer, "/dealer/checkout", form, to="/deals?/")
    with hands.world.worker():
        return str(Deal.objects.get(number=led.strip("/").split("/")[-1]).order_id)


def check_order(rules: Rules, placed: dict[str, Any], wanted: dict[str, int]) -> None:
    """An order is what the reference says, to the minor unit, and names what promotions gave."""
    amounts, gifts = rules.order(wanted)
    order = rules.prices(wanted, as_order=True)
    paid: Counter[str] = Counter()
    pieces: Counter[str] = Counter()
    off: Counter[str] = Counter()
    for line in placed["lines"]:
        assert line["amount"] == line["quantity"] * line["unit_price"]
        code = line["sku"]["code"]
        paid[code] += line["amount"]
        pieces[code] += line["quantity"]
        off[code] += sum(one["amount"] for one in line["discounts"])
    assert placed["total"] == sum(amounts.values())
    assert {code: paid[code] for code in wanted} == amounts
    assert pieces == Counter(wanted) + Counter(gifts)
    for code, n in wanted.items():
        assert off[code] == (rules.listed(code, n) - order[code]) * n
    whole = [one for one in placed["rewards"] if one["kind"] == "ORDER"]
    assert sum(one["amount"] for one in whole) == sum(
        order[code] * n - amounts[code] for code, n in wanted.items()
    )
    free = [one for one in placed["rewards"] if one["kind"] == "GIFT"]
    assert sum(one["quantity"] for one in free) == sum(gifts.values())


@given(
    rules=RULES,
    wanted=st.dictionaries(st.sampled_from(CODES), st.integers(1, 12), min_size=1),
)
@settings(
    max_examples=examples(4),
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
    amounts, gifts = rules.order(wanted)
    total = sum(amounts.values())
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
    assert (shown["total"], earned_in(shown["earned"])) == (total, gifts)
    for seat in (world.desk(world.dealer), in_name_of(world)):
        with seat as dealer:
            check_pad(hands, dealer, wanted, order, free, total)
    shown = in_name.post("/orders/preview", {name: body[name] for name in ("seller", "lines")})
    assert {line["code"]: line["unit_price"] for line in shown["lines"]} == order
    assert (shown["total"], earned_in(shown["earned"])) == (total, gifts)
    # The order as it is placed: by a file, by both doors, and in the buyer's name.
    with monkeypatch.context() as while_signed_in:
        while_signed_in.setattr(installed, "DEMO", True)  # else nobody of the chain may sign in
        made = [ordered_by_file(hands, wanted, total)]
    freed(world)
    for street, hand in ((lane, hands.dealer), (django, hands.dealer), (lane, in_name)):
        said = street.one(hand, hands.order(**wanted), key=f"one-price-{next(numbers):05}")
        assert said.status_code == 201, said.text
        made.append(said.json()["order"]["id"])
        freed(world)
    for one in made:
        check_order(rules, hands.dealer.get(f"/orders/{one}"), wanted)


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
    assert totals == [1350, 1500, 1500]  # the second would take 150 of the 100 that are left
    be("heliu_worker")
    assert Promotion.objects.get(code="SPRING").spent == 150
    assert [one.amount for one in Discount.objects.all()] == [150]
    be("heliu_web")
