"""Budgets, limits, cost centres and agreement hold on the ways that lead to an order by way of
something else: a recurring order, a request that was agreed to, a change of a placed order. The
doors of orders themselves are in `test_spending_doors`; all places that call the story are named
here, so that a new one does not go without."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests.api.hands import Hand, Hands
from tests.api.test_spending_doors import RULES, orders
from tests.conftest import be
from tests.portal.browsing import browser, key_in, read
from tests.trade.behalf import allow

import heliu
from heliu.commerce.lists import operations as lists
from heliu.commerce.lists.models import Run
from heliu.commerce.ordering.models import Order
from heliu.commerce.spending import operations as spending
from heliu.commerce.spending import queries
from heliu.commerce.spending.models import Charge, OrderCentre
from heliu.demo.chain import enrol
from heliu.kernel.access.models import User
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of
from heliu.trade import approvals, recurring

# Who calls what places or changes an order, and by which tests it is held to a house's rules.
CALLERS = {
    "api/orders.py": "test_spending_doors: django",
    "api/lane/orders.py": "test_spending_doors: lane, behalf",
    "portal/dealer/checkout.py": "test_spending_doors: page",
    "trade/recurring.py": "recurring",
    "trade/purchases.py": "request",
    "trade/quoting.py": "tests/trade/test_quoting: a house that must agree, a budget",
    "api/purchases.py": "request",
    "portal/shell/purchases.py": "request",
    "api/order_changes.py": "change",
    "portal/deal/changes.py": "change",
}
CALLS = re.compile(
    r"place_order\.place\(|placing\.post_parameters\(|purchases\.(ask|place|change)\("
    r"|changing\.(change|answer)\("
)


def ruled(hands: Hands, rule: str) -> str:
    set_it, code = RULES[rule]
    with hands.world.desk(hands.world.dealer) as owner:
        set_it(owner, hands.world.at)
    return code


def test_every_caller_is_held_to_the_rules_by_a_test() -> None:
    source = Path(heliu.__file__).parent
    found = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if CALLS.search(path.read_text()) and path.relative_to(source).parts[0] != "demo"
    }
    assert found == set(CALLERS)


@pytest.mark.parametrize("rule", RULES)
def test_no_recurring_order_passes_a_rule(hands: Hands, rule: str) -> None:
    """Where others must agree they are asked; what a budget does not reach is told as a failure."""
    world = hands.world
    code = ruled(hands, rule)
    with world.desk(world.dealer) as owner:
        shelf = lists.make(
            actor=owner, seller=world.chain.seller, name="Shelf",
            quantities=dict(world.lines(M1=10)), at=world.at,
        )  # fmt: skip
        lists.recur(
            shelf.pk, actor=owner, pay_by="TRANSFER", every=1, unit="WEEK",
            first_on=day_of(world.at), last_on=None, at=world.at,
        )  # fmt: skip
    before = orders(hands)
    be("heliu_worker")
    recurring.place_due(at=world.at)
    assert orders(hands) == before
    with transaction.atomic():
        said = [(one.status, one.code) for one in Run.objects.all()]
        assert said == [("ASKED", "") if rule == "approval" else ("FAILED", code)]
        assert queries.check() == []


@pytest.mark.parametrize("rule", RULES)
def test_no_request_passes_a_rule_when_it_is_agreed_to_nor_later(hands: Hands, rule: str) -> None:
    """What all agreed to is placed by the same operation, which meets what is there by then."""
    world = hands.world
    code = ruled(hands, rule)
    with world.desk(world.dealer) as owner:
        spending.set_rule(levels=[Level("manage")], from_amount=1, actor=owner, at=world.at)
    with world.worker():
        enrol("chief@d001.demo", "Chief", world.chain.dealers["D001"], "owner")
    body = {**hands.order(M1=10), "reason": "low"}
    asked = hands.dealer.post("/purchase-requests", body, expect=201)["number"]
    before, later = orders(hands), f"/purchase-requests/{asked}/place"
    if rule == "approval":
        assert hands.dealer.post(later, expect=409)["code"] == "not-agreed"
        grown = {"lines": [{"position": 1, "quantity": 5}]}
        hands.dealer.post(f"/purchase-requests/{asked}/change", grown)
        assert hands.dealer.post(later, expect=409)["code"] == "not-agreed"
    else:
        with world.desk("chief@d001.demo") as chief:
            question = Approval.objects.get(name=asked)
            approvals.vote(question.pk, agrees=True, actor=chief, at=world.at)
        assert hands.dealer.get(f"/purchase-requests/{asked}")["status"] == "AGREED"
        status = 422 if rule == "centre" else 409
        assert hands.dealer.post(later, expect=status)["code"] == code
    assert orders(hands) == before
    with world.worker():
        assert queries.check() == []


def by_rest(hand: Hand, placed: dict[str, Any], rule: str) -> str:
    body = {"lines": [{"code": "M1", "quantity": 20}], "reason": "more"}
    expect = {"approval": 201, "centre": 422}.get(rule, 409)
    said = hand.post(f"/orders/{placed['order']['number']}/changes", body, expect=expect)
    return str(said.get("code") or said["status"])


def by_page(hands: Hands, placed: dict[str, Any], _rule: str) -> str:
    with hands.world.worker():
        User.objects.update(is_demo=False)
    deal = f"/deals/{placed['deal_number']}/change"
    client = browser(hands.world.dealer)
    page = read(client, deal)
    (line,) = set(re.findall(r'name="(line-\d+)"', page))
    said = client.post(
        deal,
        {"do": "change", "idempotency_key": key_in(page), "seen": "0", line: "20", "reason": "x"},
    )
    if said.status_code == 303:
        return "HOUSE"
    assert 'role="alert"' in said.content.decode()
    return "refused"


def in_name(hands: Hands, placed: dict[str, Any], rule: str) -> str:
    allow(hands.world)
    return by_rest(replace(hands.seller, customer="d001"), placed, rule)


CHANGES: dict[str, Callable[[Hands, dict[str, Any], str], str]] = {
    "rest": lambda hands, placed, rule: by_rest(hands.dealer, placed, rule),
    "page": by_page,
    "behalf": in_name,
}


@pytest.mark.parametrize("door", CHANGES)
@pytest.mark.parametrize("is_younger", [False, True])
@pytest.mark.parametrize("rule", RULES)
def test_no_change_passes_a_rule(hands: Hands, rule: str, is_younger: bool, door: str) -> None:
    """A small order that passes does not grow past what would have stopped a large one, nor past
    what the house has said since it was placed. (Under the rule no order without a centre can be
    there to be changed; a younger one meets those that are.)"""
    if is_younger or rule == "centre":
        placed = hands.dealer.post("/orders", hands.order(M1=1), expect=201)
        code = ruled(hands, rule)
    else:
        code = ruled(hands, rule)
        placed = hands.dealer.post("/orders", hands.order(M1=1), expect=201)
    said = CHANGES[door](hands, placed, rule)
    wanted = "HOUSE" if rule == "approval" else code
    assert said == ("refused" if door == "page" and wanted != "HOUSE" else wanted)
    with hands.world.worker():
        assert Order.objects.get(number=placed["order"]["number"]).total == 1_000
        assert queries.check() == []


def test_a_change_is_for_the_centre_of_who_makes_it_where_the_order_has_none(hands: Hands) -> None:
    """The way on that the refusal names: a centre that is set for the person once for all."""
    placed = hands.dealer.post("/orders", hands.order(M1=1), expect=201)
    ruled(hands, "centre")
    with hands.world.desk(hands.world.dealer) as owner:
        centre = spending.set_centre(code="SHOP", name="Shop", actor=owner)
        spending.seat_spender(owner.user_id, centre.pk, actor=owner)
        spending.set_budget(
            period="YEAR", amount=9_999, centre=centre.pk, actor=owner, at=hands.world.at
        )
    assert by_rest(hands.dealer, placed, "budget") == "budget-short"
    body = {"lines": [{"code": "M1", "quantity": 10}], "reason": "more"}
    hands.dealer.post(f"/orders/{placed['order']['number']}/changes", body, expect=201)
    with hands.world.worker():
        order = Order.objects.get(number=placed["order"]["number"])
        assert OrderCentre.objects.get(order_id=order.pk).cost_centre_id == centre.pk
        assert Charge.objects.get(order_id=order.pk).amount == 9_000
        assert queries.check() == []
