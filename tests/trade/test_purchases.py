"""Orders that others must agree to: by tier, one after the other or at once, by deputies and after
a time by those who manage; never without them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from tests.conftest import be
from tests.trade import laws
from tests.trade.conftest import World

from heliu.commerce.ordering.models import Order
from heliu.commerce.pricing.models import Effect
from heliu.commerce.pricing.operations import NewPromotion, announce
from heliu.commerce.spending import operations as spending
from heliu.commerce.spending.models import PurchaseRequest
from heliu.demo.chain import enrol
from heliu.kernel.approvals import operations as questions
from heliu.kernel.approvals import queries
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.logistics.stock import queries as stock
from heliu.trade import approvals, place_order, purchases
from heliu.trade.close_of_day import close_of_day

BUYER, CLERK, CHIEF = "buyer@d001.demo", "clerk@d001.demo", "chief@d001.demo"
MANAGES, PAYS = Level("manage"), Level("pay")


@pytest.fixture
def house(world: World) -> World:
    """The first dealer has a buyer, a finance clerk and a second owner."""
    with world.worker():
        for email, role in ((BUYER, "purchaser"), (CLERK, "finance"), (CHIEF, "owner")):
            enrol(email, email.split("@")[0], world.chain.dealers["D001"], role)
    return world


def rule(world: World, *levels: Level, **narrowed: object) -> None:
    with world.desk(world.dealer) as owner:
        spending.set_rule(levels=levels, actor=owner, at=world.at, **narrowed)  # type: ignore[arg-type]


def who(world: World, email: str) -> UUID:
    found = world.actor(email).user_id
    assert found
    return found


def ask(world: World, email: str = BUYER, **quantities: int) -> PurchaseRequest:
    with world.desk(email) as buyer:
        return purchases.ask(
            actor=buyer, seller=world.chain.seller, lines=world.lines(**quantities),
            pay_by="TRANSFER", reason="stock is low", at=world.at,
        )  # fmt: skip


def place(world: World, email: str = BUYER, **quantities: int) -> Order:
    with world.desk(email) as buyer:
        return place_order.place(
            actor=buyer, seller=world.chain.seller, lines=world.lines(**quantities),
            pay_by="TRANSFER", at=world.at,
        ).order  # fmt: skip


def vote(world: World, request: PurchaseRequest, email: str, *, agrees: bool = True) -> Approval:
    with world.desk(email) as actor:
        asked = Approval.objects.get(subject=request.pk, status="WAITING")
        return approvals.vote(
            asked.pk, agrees=agrees, reason="" if agrees else "too much", actor=actor, at=world.at
        )


def now(world: World, request: PurchaseRequest) -> PurchaseRequest:
    with world.worker():
        return PurchaseRequest.objects.get(pk=request.pk)


def order_of(world: World, request: PurchaseRequest) -> Order | None:
    with world.worker():
        return Order.objects.filter(pk=request.pk).first()


def test_tiers_follow_the_amount_and_the_last_yes_places_the_order(house: World) -> None:
    rule(house, PAYS, from_amount=10_000)
    rule(house, PAYS, MANAGES, from_amount=50_000)
    assert place(house, M1=9).total < 10_000
    with pytest.raises(Refused) as refused:
        place(house, M1=20)
    assert refused.value.code == "approval-needed"
    small, large = ask(house, M1=20), ask(house, M1=60)
    assert vote(house, small, CLERK).status == "APPROVED"
    order = order_of(house, small)
    assert order
    assert (order.total, order.placed_by_name) == (20_000, "buyer")
    assert vote(house, large, CLERK).status == "WAITING"
    with pytest.raises(Refused):
        vote(house, large, CLERK)
    assert order_of(house, large) is None
    vote(house, large, house.dealer)
    assert order_of(house, large)
    assert now(house, large).status == "PLACED"
    laws.hold(house)


def test_whoever_asks_has_no_vote_and_one_no_ends_it(house: World) -> None:
    rule(house, MANAGES)
    request = ask(house, house.dealer, M1=1)
    with pytest.raises(Forbidden):
        vote(house, request, house.dealer)
    vote(house, request, CHIEF, agrees=False)
    assert now(house, request).status == "REFUSED"
    assert order_of(house, request) is None
    with pytest.raises(Refused):
        place(house, house.dealer, M1=1)


def test_two_named_people_are_asked_at_once(house: World) -> None:
    named = Level("pay", 2, (who(house, CLERK), who(house, CHIEF)))
    rule(house, named)
    request = ask(house, M1=1)
    with pytest.raises(Forbidden):
        vote(house, request, house.dealer)  # may pay, and is not named
    vote(house, request, CHIEF)
    vote(house, request, CLERK)
    assert order_of(house, request)


def test_rules_are_narrowed_to_family_person_and_cost_centre(house: World) -> None:
    with house.desk(house.dealer) as owner:
        centre = spending.set_centre(code="N", name="North", actor=owner)
    rule(house, PAYS, family="bags")
    rule(house, PAYS, person=who(house, CHIEF))
    rule(house, PAYS, centre=centre.pk)
    place(house, M1=1)
    for email, lines in ((BUYER, {"B1": 1}), (CHIEF, {"M1": 1})):
        with pytest.raises(Refused):
            place(house, email, **lines)
    with house.desk(house.dealer) as owner:
        spending.seat_spender(who(house, BUYER), centre.pk, actor=owner)
    with pytest.raises(Refused):
        place(house, M1=1)


def test_a_deputy_speaks_for_who_is_away_and_only_then(house: World) -> None:
    rule(house, Level("pay", 1, (who(house, CLERK),)))
    request = ask(house, M1=1)
    today = house.at.date()
    with house.desk(CLERK) as clerk:
        questions.delegate(
            who(house, CHIEF), starts=today + timedelta(days=1),
            ends=today + timedelta(days=3), actor=clerk, at=house.at,
        )  # fmt: skip
    with pytest.raises(Forbidden):
        vote(house, request, CHIEF)
    house.later(days=2)
    with house.desk(CHIEF) as chief:
        assert queries.for_vote_of(chief, on=house.at.date()).count() == 1
    vote(house, request, CHIEF)
    assert order_of(house, request)
    with house.worker():
        said = Approval.objects.get(subject=request.pk).votes.get()
    assert (said.person_name, said.stands_for_name) == ("chief", "clerk")


def test_nobody_lends_a_vote_to_a_request_of_its_own(house: World) -> None:
    rule(house, MANAGES)
    request = ask(house, CHIEF, M1=1)
    with house.desk(CHIEF) as chief:
        questions.delegate(
            who(house, CLERK), starts=house.at.date(),
            ends=house.at.date(), actor=chief, at=house.at,
        )  # fmt: skip
    with pytest.raises(Forbidden):
        vote(house, request, CLERK)


def test_what_waits_too_long_is_opened_to_those_who_manage(house: World) -> None:
    rule(house, Level("pay", 1, (who(house, CLERK),), hours=24))
    request = ask(house, M1=1)
    with pytest.raises(Forbidden):
        vote(house, request, CHIEF)
    house.later(hours=25)
    with house.worker():
        assert purchases.escalate(at=house.at) == 1
        assert purchases.escalate(at=house.at) == 0
    vote(house, request, CHIEF)
    assert order_of(house, request)


def test_a_line_is_struck_and_the_rest_is_ordered(house: World) -> None:
    rule(house, PAYS)
    request = ask(house, M1=10, B1=3)
    with house.desk(BUYER) as buyer, pytest.raises(Forbidden):
        purchases.strike(request, 2, reason="mine", actor=buyer, at=house.at)
    with house.desk(CLERK) as clerk:
        purchases.strike(request, 2, reason="not now", actor=clerk, at=house.at)
        with pytest.raises(Refused):
            purchases.strike(request, 1, reason="nor this", actor=clerk, at=house.at)
    vote(house, request, CLERK)
    order = order_of(house, request)
    assert order
    assert order.total == 10_000
    with house.worker():
        assert [line.quantity for line in order.lines.all()] == [10]


def test_for_more_all_are_asked_anew_and_for_less_nobody(house: World) -> None:
    rule(house, PAYS, MANAGES)
    request = ask(house, M1=10)
    vote(house, request, CLERK)
    with house.desk(BUYER) as buyer:
        same = purchases.change(request, {1: 8}, actor=buyer, at=house.at)
        assert (same.pk, same.total) == (request.pk, 8_000)
        more = purchases.change(request, {1: 9}, actor=buyer, at=house.at)
    assert more.pk != request.pk
    assert now(house, request).status == "WITHDRAWN"
    assert vote(house, more, CLERK).status == "WAITING"
    vote(house, more, CHIEF)
    assert order_of(house, more)


def test_the_price_is_kept_and_the_goods_only_where_the_rule_says_so(house: World) -> None:
    rule(house, PAYS, holds_goods=True)
    mugs = house.chain.skus["M1"]
    request = ask(house, M1=10)

    def free() -> int:
        with house.worker():
            return stock.available(
                [mugs], owner=house.chain.seller, warehouse=house.chain.seller, at=house.at
            )[mugs]

    assert free() == 9_990
    with house.worker():
        from heliu.commerce.pricing.models import ListPrice

        ListPrice.objects.filter(sku=mugs).update(amount=5_000)
    vote(house, request, CLERK)
    order = order_of(house, request)
    assert order
    assert order.total == 10_000
    assert free() == 9_990
    laws.hold(house)


def test_what_could_not_be_placed_is_told_and_placed_later(house: World) -> None:
    rule(house, PAYS)
    request = ask(house, M1=10_000)
    with house.worker():
        spending_rule = spending.PurchaseRule.objects.get()
        spending_rule.is_active = False
        spending_rule.save()
    taken = place(house, house.dealer, M1=1)
    vote(house, request, CLERK)
    assert (now(house, request).status, order_of(house, request)) == ("AGREED", None)
    assert now(house, request).problem
    from heliu.trade import side_exits

    with house.desk(house.dealer) as owner:
        side_exits.cancel(taken.pk, actor=owner, reason="", at=house.at)
    with house.desk(BUYER) as buyer:
        purchases.place(request, actor=buyer, at=house.at)
    assert now(house, request).status == "PLACED"
    laws.hold(house)


def test_nobody_agreed_in_time(house: World) -> None:
    rule(house, PAYS, holds_goods=True)
    request = ask(house, M1=10)
    house.later(days=8)
    be("heliu_worker")
    close_of_day(at=house.at)
    assert now(house, request).status == "EXPIRED"
    with house.worker():
        assert Approval.objects.get(subject=request.pk).status == "EXPIRED"
    laws.hold(house)


def test_nobody_to_ask_and_no_reason_are_said(house: World) -> None:
    with pytest.raises(Refused) as refused:
        ask(house, M1=1)
    assert refused.value.code == "nobody-to-ask"
    rule(house, PAYS)
    with house.desk(BUYER) as buyer, pytest.raises(Invalid):
        purchases.ask(
            actor=buyer, seller=house.chain.seller, lines=house.lines(M1=1), pay_by="TRANSFER",
            reason=" ", at=house.at,
        )  # fmt: skip


def rewarded(house: World, amount: int, min_order: int) -> None:
    """The seller takes an amount off orders from a size on."""
    with house.desk("sales@seller.demo") as seller:
        announce(
            NewPromotion(
                "P", "Large order", Effect.ORDER, house.at, house.at + timedelta(days=90),
                amount=amount, min_order=min_order,
            ),
            actor=seller, seller=house.chain.seller, at=house.at,
        )  # fmt: skip


def test_a_struck_line_may_take_what_the_whole_order_earned_with_it(house: World) -> None:
    rewarded(house, amount=6_000, min_order=10_000)
    rule(house, PAYS)
    request = ask(house, M1=10, B1=1)
    assert request.total == 6_000
    with house.desk(CLERK) as clerk:
        assert purchases.strike(request, 1, reason="no", actor=clerk, at=house.at).total == 2_000
    vote(house, request, CLERK)
    order = order_of(house, request)
    assert order
    assert order.total == 2_000


def test_no_line_is_struck_where_the_rest_costs_more(house: World) -> None:
    rewarded(house, amount=6_000, min_order=12_000)
    rule(house, PAYS)
    request = ask(house, M1=10, B1=1)
    with house.desk(CLERK) as clerk, pytest.raises(Refused, match="strike-costs-more"):
        purchases.strike(request, 2, reason="no", actor=clerk, at=house.at)
    with house.desk(BUYER) as buyer:  # whoever asked may, and all are asked anew
        other = purchases.change(request, {2: 0}, actor=buyer, at=house.at)
    assert (other.total, now(house, request).status) == (10_000, "WITHDRAWN")
    vote(house, other, CLERK)
    assert order_of(house, other)


def test_fewer_of_a_line_keep_what_the_order_earns(house: World) -> None:
    rewarded(house, amount=6_000, min_order=10_000)
    rule(house, PAYS)
    request = ask(house, M1=20)
    with house.desk(BUYER) as buyer:
        less = purchases.change(request, {1: 15}, actor=buyer, at=house.at)
    assert (less.pk, less.total) == (request.pk, 9_000)
