"""Why a price is what it is: told whole to the seller, and to the buyer what concerns it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from tests.commerce.conftest import AT, DAY
from tests.commerce.contracts import agreed

from heliu.commerce.pricing import operations, why
from heliu.commerce.pricing.models import Effect
from heliu.commerce.pricing.operations import NewPrice, NewPromotion
from heliu.kernel.access.door import acting_for

HOUR = timedelta(hours=1)


def explain(chain, actor, quantity=5, at=AT):
    with acting_for(actor.orgs):
        return why.explain(
            actor, buyer=chain.dealer, seller=chain.seller, sku=chain.skus[0].pk,
            quantity=quantity, at=at,
        )  # fmt: skip


def lay(chain) -> None:
    act, sku = {"actor": chain.at_seller, "at": AT}, chain.skus[0].pk
    with acting_for([chain.seller]):
        std = operations.create_list(
            actor=chain.at_seller, seller=chain.seller, code="STD", name="s", is_default=True
        )
        operations.set_prices(std, prices=[NewPrice(sku, 1000)], valid_from=DAY, **act)
        computed = operations.compute_list(
            actor=chain.at_seller, base=std, code="VIP", name="v", factor=Decimal("0.9")
        )
        operations.assign(computed, buyer=chain.dealer, valid_from=DAY, **act)
        agreed(
            seller=chain.seller, buyer=chain.dealer, code="CT-1", name="c",
            prices=[NewPrice(sku, 700, 10)], valid_from=DAY, valid_to=DAY, **act,
        )  # fmt: skip
        version = operations.begin_version(std, factor=Decimal(2), **act)
        operations.schedule(version, live_from=AT + 2 * HOUR, **act)
        for code, more in (
            ("A", {"percent": Decimal(10), "priority": 1}),
            ("B", {"percent": Decimal(5), "priority": 2}),
            ("C", {"percent": Decimal(5), "priority": 3, "min_quantity": 50}),
        ):
            operations.announce(
                NewPromotion(code, code, Effect.PERCENT, AT, AT + HOUR, **more),
                seller=chain.seller, **act,
            )  # fmt: skip


def test_the_seller_is_told_each_list_and_promotion_and_what_came_of_it(chain) -> None:
    lay(chain)
    found = explain(chain, chain.at_seller)
    assert (found.list_price, found.unit_price) == (900, 810)
    assert [(one.code, one.price, one.outcome) for one in found.lists] == [
        ("CT-1", None, "NO_PRICE"),
        ("VIP", None, "NO_PRICE"),
        ("VIP", 900, "DECIDES"),
        ("STD", 1000, "NOT_ASKED"),
    ]
    assert (found.lists[2].base_code, found.lists[2].factor) == ("STD", Decimal("0.9"))
    assert [(one.code, one.before, one.after, one.outcome) for one in found.promotions] == [
        ("A", 900, 810, "APPLIED"),
        ("B", None, None, "ALONE"),
        ("C", None, None, "QUANTITY"),
    ]
    assert (found.quantity_from, found.quantity_below, found.until) == (1, 10, AT + HOUR)
    assert explain(chain, chain.at_seller, 10).unit_price == 630
    later = explain(chain, chain.at_seller, at=AT + 2 * HOUR)
    assert (later.unit_price, later.lists[2].version) == (1800, 2)


def test_the_buyer_is_not_told_how_a_list_is_computed_and_strangers_nothing(chain) -> None:
    lay(chain)
    found = explain(chain, chain.at_dealer)
    assert found.unit_price == 810
    assert [one.code for one in found.lists] == ["CT-1", "VIP", "VIP", "STD"]
    assert all(one.base_code is None and one.factor is None for one in found.lists)
    assert explain(chain, chain.at_stranger).lists == ()
    assert explain(chain, chain.at_stranger).unit_price is None
