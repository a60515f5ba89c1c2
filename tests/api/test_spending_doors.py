"""What a house lets its people spend holds by every door, and for many who come by all of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.db import transaction
from tests.api.hands import Hands
from tests.api.test_doors import Sent, Street
from tests.conftest import be
from tests.portal.browsing import browser
from tests.trade.behalf import allow

import heliu
from heliu.commerce.ordering.models import Order
from heliu.commerce.ordering.operations import carts
from heliu.commerce.spending import operations as spending
from heliu.commerce.spending import queries
from heliu.commerce.spending.models import Budget, Charge
from heliu.demo.chain import enrol
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.models import User
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.behalf.models import Mandate
from heliu.trade import approvals, purchases

Set = Callable[[Actor, datetime], object]


def limit(owner: Actor, at: datetime) -> None:
    spending.set_budget(period="MONTH", amount=9_999, person=owner.user_id, actor=owner, at=at)


RULES: dict[str, tuple[Set, str]] = {
    "budget": (
        lambda owner, at: spending.set_budget(period="YEAR", amount=9_999, actor=owner, at=at),
        "budget-short",
    ),
    "limit": (limit, "budget-short"),
    "centre": (
        lambda owner, at: spending.set_house(needs_centre=True, keeps_days=7, actor=owner),
        "centre-missing",
    ),
    "approval": (
        lambda owner, at: spending.set_rule(
            levels=[Level("manage")], from_amount=10_000, actor=owner, at=at
        ),
        "approval-needed",
    ),
}


def by_page(hands: Hands) -> str:
    """The order as the checkout sends it; what is said when it does not lead to a deal."""
    world = hands.world
    with world.desk(world.dealer) as owner:
        goods = {world.chain.skus["M1"]: 10}
        carts.fill_cart(actor=owner, seller=world.chain.seller, quantities=goods)
    with world.worker():
        User.objects.update(is_demo=False)  # as of an install: they sign in without a demo
    answer = browser(world.dealer).post(
        "/dealer/checkout",
        {"seller": "seller", "pay_by": "TRANSFER", "idempotency_key": "k" * 32},
    )
    return "" if answer.status_code == 303 else answer.content.decode()


def mugs(hands: Hands) -> dict[str, object]:
    """Ten mugs for CNY 100, named by id, as the lane wants them."""
    sku = str(hands.world.chain.skus["M1"])
    return {
        "seller": hands.seller_id, "pay_by": "TRANSFER", "lines": [{"sku": sku, "quantity": 10}],
    }  # fmt: skip


def by_program(door: str, hands: Hands) -> str:
    answer = Street(door).one(hands.dealer, mugs(hands))
    return "" if answer.status_code == 201 else str(answer.json()["code"])


def limited(hands: Hands) -> bool:
    with hands.world.worker():
        return Budget.objects.filter(person__isnull=False).exists()


def in_name(hands: Hands) -> str:
    """By the seller's person, in the house's name."""
    with hands.world.worker():
        is_allowed = Mandate.objects.exists()
    if not is_allowed:
        allow(hands.world)
    if limited(hands):  # what a person may spend is set for the seller as well
        with hands.world.desk(hands.world.dealer) as owner:
            spending.set_budget(
                period="MONTH", amount=9_999, person=hands.world.chain.seller, actor=owner,
                at=hands.world.at,
            )  # fmt: skip
    hand = replace(hands.seller, customer="d001")
    answer = Street("lane").one(hand, mugs(hands))
    return "" if answer.status_code == 201 else str(answer.json()["code"])


DOORS: dict[str, Callable[[Hands], str]] = {
    "lane": lambda hands: by_program("lane", hands),
    "django": lambda hands: by_program("django", hands),
    "page": by_page,
    "behalf": in_name,
}


def orders(hands: Hands) -> int:
    be("heliu_worker")
    with transaction.atomic():
        return Order.objects.filter(number__startswith="SO-").count()


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("rule", RULES)
def test_no_door_passes_a_rule(hands: Hands, rule: str, door: str) -> None:
    world = hands.world
    set_it, code = RULES[rule]
    with world.desk(world.dealer) as owner:
        set_it(owner, world.at)
    before = orders(hands)
    said = DOORS[door](hands)
    assert said == code or (door == "page" and 'role="alert"' in said)
    assert orders(hands) == before
    with world.worker():
        assert not Charge.objects.exists()
        assert queries.check() == []


@pytest.mark.parametrize("door", DOORS)
def test_every_door_charges_the_budget_the_same(hands: Hands, door: str) -> None:
    world = hands.world
    with world.desk(world.dealer) as owner:
        spending.set_budget(period="YEAR", amount=10_000, actor=owner, at=world.at)
    assert DOORS[door](hands) == ""
    with world.worker():
        assert [(one.amount, one.status) for one in Charge.objects.all()] == [(10_000, "HELD")]
        assert queries.check() == []


def test_many_at_once_by_the_lane_never_pass_a_budget_and_spoil_no_other_s_order(
    hands: Hands,
) -> None:
    world = hands.world
    with world.desk(world.dealer) as owner:
        spending.set_budget(period="YEAR", amount=50_000, actor=owner, at=world.at)
    sent = [
        Sent(hand, f"key-{number:04}", mugs(hands))
        for number in range(8)
        for hand in (hands.dealer, hands.other)
    ]
    answers = Street("lane").send(sent)
    own = [answer.status_code for answer in answers[::2]]
    assert sorted(own) == [*[201] * 5, *[409] * 3]
    assert {answer.status_code for answer in answers[1::2]} == {201}
    with world.worker():
        assert queries.check() == []


def test_agreement_to_one_order_lets_no_other_pass(hands: Hands) -> None:
    """A request that is agreed to places itself; the same content by another door is asked anew."""
    world = hands.world
    with world.worker():
        enrol("chief@d001.demo", "Chief", world.chain.dealers["D001"], "owner")
    with world.desk(world.dealer) as owner:
        RULES["approval"][0](owner, world.at)
        asked = purchases.ask(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=10),
            pay_by="TRANSFER", reason="low", at=world.at,
        )  # fmt: skip
    with world.desk("chief@d001.demo") as chief:
        question = Approval.objects.get(subject=asked.pk)
        approvals.vote(question.pk, agrees=True, actor=chief, at=world.at)
    before = orders(hands)
    assert by_program("lane", hands) == "approval-needed"
    assert by_program("django", hands) == "approval-needed"
    assert orders(hands) == before


def test_orders_are_written_in_one_place_alone() -> None:
    """Whoever wrote an order beside `trade_place` would pass the gate by."""
    source = Path(heliu.__file__).parent
    writes = re.compile(
        r"insert into ordering_order\b|perform ordering_write\(|\bOrder\.objects\.(bulk_)?create\("
    )
    found = {
        str(path.relative_to(source))
        for kind in ("*.py", "*.sql")
        for path in source.rglob(kind)
        if writes.search(path.read_text())
    }
    past = {one for one in found if one.startswith("demo/")}  # a past that is laid, not ordered
    banks = {one for one in found if one.startswith("capital/bank/")}  # orders of another kind
    assert found - past - banks == {
        "commerce/ordering/sql/ordering_write.sql",
        "trade/sql/place.sql",
    }
