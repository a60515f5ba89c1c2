"""Quotes: what a buyer asks, what its seller answers, and the order that comes of it: at exactly
what was offered, and by no way past a rule of either house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import be, cloned
from tests.examples import examples
from tests.trade import laws
from tests.trade.behalf import allow, in_name_of
from tests.trade.conftest import World

from heliu.commerce.ordering.models import Order
from heliu.commerce.quotes import operations, policies, queries
from heliu.commerce.quotes.models import (
    LIVE,
    QUOTE_MOVES,
    AutoAnswer,
    Quote,
    QuoteLine,
    QuoteStatus,
)
from heliu.commerce.quotes.policies import Answer, Asked, Wished
from heliu.commerce.spending import operations as spending
from heliu.commerce.spending.models import PurchaseRequest
from heliu.demo.chain import enrol
from heliu.kernel.access.door import acting_for
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, NotFound, Refused
from heliu.kernel.events.models import Notice
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties.models import TradingRelationship
from heliu.trade import approvals, changing, purchases, quoting
from heliu.trade.change_terms import Wanted
from heliu.trade.close_of_day import close_of_day
from heliu.trade.placed import Placed

SALES, OTHER, CHIEF = "sales@seller.demo", "owner@d002.demo", "chief@d001.demo"
USUAL = {"M1": 1000, "M2": 1500, "B1": 2000}  # fen; M1 falls to 900 from 100 pieces on


def ask(
    world: World, who: str = "", wishes: dict[str, int] | None = None, **quantities: int
) -> Quote:
    with world.desk(who or world.dealer) as dealer:
        lines = [
            Asked(sku, n, (wishes or {}).get(code))
            for (sku, n), code in zip(world.lines(**quantities), quantities, strict=True)
        ]
        return quoting.ask(actor=dealer, seller=world.chain.seller, lines=lines, at=world.at)


def offer(world: World, quote: Quote, *prices: int | None, days: int = 7, **more: Any) -> Any:
    """The seller's answer, line by line, None strikes one; or the question to others of it."""
    answers = [Answer(n, price, price is None) for n, price in enumerate(prices, 1)]
    with world.desk(more.pop("who", SALES)) as seller:
        return quoting.answer(
            quote.number, actor=seller, answers=more.pop("answers", answers),
            valid_until=day_of(world.at) + timedelta(days=days), at=world.at, **more,
        )  # fmt: skip


def accept(world: World, quote: Quote, pay_by: str = "TRANSFER", **wish: Any) -> Placed:
    with world.desk(wish.pop("who", world.dealer)) as dealer:
        return quoting.accept(quote.number, actor=dealer, at=world.at, pay_by=pay_by, **wish)


def written(world: World, order: Any) -> list[tuple[str, int, int]]:
    with world.worker():
        return [
            (line.sku.code, line.quantity, line.unit_price)
            for line in Order.objects.get(
                pk=order.pk if hasattr(order, "pk") else order
            ).lines.all()
        ]


def now(world: World, quote: Quote) -> Quote:
    with world.worker():
        return Quote.objects.get(pk=quote.pk)


def refused(code: str) -> Any:
    return pytest.raises(Refused, match=f"^{code}:")


@pytest.mark.parametrize("pay_by", ["TRANSFER", "TERMS", "FINANCE"])
def test_the_order_is_the_offer_to_the_fen_however_it_is_paid(world: World, pay_by: str) -> None:
    quote = ask(world, wishes={"M1": 811}, M1=200, B1=100, M2=10)
    offer(world, quote, 837, 1999, None)
    placed = accept(world, quote, pay_by)
    assert written(world, placed.order) == [("M1", 200, 837), ("B1", 100, 1999)]
    assert placed.order.total == 200 * 837 + 100 * 1999
    over = now(world, quote)
    assert (over.status, over.order_id) == ("ACCEPTED", placed.order.id)
    with refused("quote-over"):
        accept(world, quote)
    laws.hold(world)


def test_both_are_told_and_the_seller_of_what_is_asked_again(world: World) -> None:
    quote = ask(world, M1=20)
    offer(world, quote, 950)
    with world.desk(world.dealer) as dealer:
        again = [Asked(sku, n, 900) for sku, n in world.lines(M1=50)]
        quoting.ask_otherwise(quote.number, actor=dealer, lines=again, words="more", at=world.at)
    with refused("quote-over"):
        accept(world, quote)
    offer(world, quote, 910)
    with world.worker():
        told = Notice.objects.filter(link=f"/quotes/{quote.number}").order_by("at", "id")
        assert [one.kind for one in told] == ["quote-asked", "quote-offered"] * 2
        assert [
            (one.number, one.by_seller, one.total) for one in queries.versions(now(world, quote))
        ] == [(1, False, None), (2, True, 19_000), (3, False, 45_000), (4, True, 45_500)]
    assert written(world, accept(world, quote).order) == [("M1", 50, 910)]


def test_the_seller_may_offer_other_goods_and_other_pieces(world: World) -> None:
    quote = ask(world, M1=20, B1=5)
    lines = [
        Answer(1, 1400, sku=world.chain.skus["M2"], quantity=24, words="blue ends"),
        Answer(2, 1900),
    ]
    offer(world, quote, answers=lines)
    with world.worker():
        line = QuoteLine.objects.get(by_seller=True, position=1)
        assert (line.instead_of and line.instead_of.code, line.usual) == ("M1", USUAL["M2"])
    assert written(world, accept(world, quote).order) == [("M2", 24, 1400), ("B1", 5, 1900)]


def test_what_is_no_offer_is_refused(world: World) -> None:
    quote = ask(world, M1=20, B1=5)
    with refused("price-needed"):
        offer(world, quote, answers=[Answer(1), Answer(2, 5)])
    with refused("all-struck"):
        offer(world, quote, None, None)
    with refused("answer-each"):
        offer(world, quote, 900)
    with refused("price-invalid"):
        offer(world, quote, 0, 900)
    with refused("valid-until-invalid"):
        offer(world, quote, 900, 900, days=-1)
    with refused("goods-twice"):
        offer(world, quote, answers=[Answer(1, 900, sku=world.chain.skus["B1"]), Answer(2, 900)])
    with refused("reason-missing"), world.desk(SALES) as seller:
        quoting.decline(quote.number, reason=" ", actor=seller, at=world.at)
    assert now(world, quote).status == "ASKED"


def test_an_offer_binds_to_the_end_of_its_day_and_no_longer(world: World) -> None:
    quote = ask(world, M1=20)
    offer(world, quote, 500, days=1)
    world.later(hours=36)  # still its last day
    assert now(world, quote).runs_out_at > world.at
    other = ask(world, M1=20)
    offer(world, other, 500, days=0)
    assert accept(world, quote).order.total == 10_000
    world.later(days=1)
    with refused("quote-over"):
        accept(world, other)
    asked = ask(world, M1=20)
    be("heliu_worker")
    close_of_day(at=world.later(days=31))
    assert [now(world, one).status for one in (other, asked)] == ["EXPIRED"] * 2
    with world.worker():
        told = Notice.objects.filter(kind="quote-expired", link=f"/quotes/{asked.number}")
        assert {one.org for one in told} == {asked.buyer, asked.seller}


def test_today_is_cheaper_and_the_offer_is_what_it_is(world: World) -> None:
    """The buyer orders without the quote where today is better: a quote is a price, no discount."""
    quote = ask(world, M1=20)
    offer(world, quote, 1200)
    assert written(world, accept(world, quote).order) == [("M1", 20, 1200)]


def test_no_rule_is_passed(world: World) -> None:
    """Stock, credit, the least of an order, packs, what is on sale and to whom: as for any order."""
    much = ask(world, M1=10_000_000)
    offer(world, much, 1)
    with refused("short"):
        accept(world, much)
    dear = ask(world, M1=20)
    offer(world, dear, 900_000_000)
    with refused("limit-short"):
        accept(world, dear, "TERMS")
    small = ask(world, M1=20)
    offer(world, small, 10)
    with world.worker():
        TradingRelationship.objects.filter(seller=world.chain.seller).update(least_order=10_000)
    with refused("below-least-order"):
        accept(world, small)
    with world.worker():
        TradingRelationship.objects.update(least_order=0)
        Sku.objects.filter(code="M1").update(order_multiple=12)
    with refused("price-missing|not-whole-pack"):
        accept(world, small)
    with refused("not-whole-pack"):
        ask(world, M1=20)
    with world.worker():
        Sku.objects.filter(code="M1").update(order_multiple=1, is_restricted=True)
    with pytest.raises(NotFound):
        accept(world, small)
    with pytest.raises(NotFound):
        ask(world, M1=20)
    assert now(world, small).status == "OFFERED"


def test_an_offer_is_of_exactly_its_lines(world: World) -> None:
    quote = ask(world, M1=20, B1=5)
    offer(world, quote, 900, 1800)
    with world.desk(world.dealer) as dealer:
        for lines in (world.lines(M1=20), world.lines(M1=21, B1=5), world.lines(M1=20, B1=5, M2=1)):
            with refused("quote-other-lines"):
                quoting.place_order.place(
                    actor=dealer, seller=world.chain.seller, lines=lines, pay_by="TRANSFER",
                    quote=quote.pk, at=world.at,
                )  # fmt: skip
    placed = accept(world, quote)
    with refused("quoted-order-fixed"), world.desk(world.dealer) as dealer:
        more = Wanted(quantities={world.lines(M1=1)[0][0]: 30})
        changing.change(placed.order.id, more, actor=dealer, at=world.at)


def test_a_house_that_must_agree_is_asked_at_the_offered_prices(world: World) -> None:
    with world.worker():
        enrol(CHIEF, "Chief", world.chain.dealers["D001"], "owner")
    with world.desk(world.dealer) as owner:
        spending.set_rule(levels=[Level("manage")], from_amount=1, actor=owner, at=world.at)
    quote = ask(world, M1=20, B1=5)
    offer(world, quote, 777, 1555, days=2)
    with refused("approval-needed"):
        accept(world, quote)
    wish: dict[str, Any] = {"pay_by": "TRANSFER", "reason": "low", "at": world.at}
    with world.desk(world.dealer) as owner:
        request = quoting.ask_house(quote.number, actor=owner, **wish)
        with refused("quote-asked-for"):
            quoting.ask_house(quote.number, actor=owner, **wish)
        with refused("quote-asked-for"):
            quoting.withdraw(quote.number, actor=owner, at=world.at)
        with refused("quote-other-lines"):
            purchases.change(request, {1: 5}, actor=owner, at=world.at)
    assert request.total == 20 * 777 + 5 * 1555
    assert request.kept_until == now(world, quote).runs_out_at
    with world.desk(CHIEF) as chief:
        question = Approval.objects.get(name=request.number)
        with refused("quote-other-lines"):
            purchases.strike(request, 1, reason="no", actor=chief, at=world.at)
        approvals.vote(question.pk, agrees=True, actor=chief, at=world.at)
    with world.worker():
        assert PurchaseRequest.objects.get(pk=request.pk).status == "PLACED"
    assert now(world, quote).order_id == request.pk
    assert written(world, request) == [("M1", 20, 777), ("B1", 5, 1555)]
    laws.hold(world)


def test_a_budget_that_is_passed_refuses_and_the_offer_stands(world: World) -> None:
    quote = ask(world, M1=20)
    offer(world, quote, 900)
    with world.desk(world.dealer) as owner:
        spending.set_budget(period="YEAR", amount=17_999, actor=owner, at=world.at)
    with refused("budget-short"):
        accept(world, quote)
    assert now(world, quote).status == "OFFERED"


def test_only_the_two_houses_see_it_and_each_does_its_own(world: World) -> None:
    quote = ask(world, M1=20)
    with world.desk(OTHER) as other, pytest.raises(NotFound):
        quoting.withdraw(quote.number, actor=other, at=world.at)
    with world.desk(world.dealer) as dealer, pytest.raises(Forbidden):
        quoting.decline(quote.number, reason="x", actor=dealer, at=world.at)
    with world.desk(SALES) as seller, pytest.raises(Forbidden):
        quoting.withdraw(quote.number, actor=seller, at=world.at)
    offer(world, quote, 900)
    with world.desk(SALES) as seller, pytest.raises((Forbidden, NotFound)):
        quoting.accept(quote.number, actor=seller, at=world.at, pay_by="TRANSFER")
    be("heliu_web")
    with acting_for([world.chain.dealers["D002"]]):
        assert not Quote.objects.exists()
        assert not QuoteLine.objects.exists()


def test_what_was_said_is_never_changed(world: World) -> None:
    quote = ask(world, M1=20)
    offer(world, quote, 900)
    for role in ("heliu_web", "heliu_worker"):
        be(role)
        for statement in (
            "update quotes_quoteline set unit_price = 1",
            "delete from quotes_quoteversion",
        ):
            with acting_for([quote.seller]), pytest.raises(ProgrammingError), transaction.atomic():
                connection.cursor().execute(statement)


def test_the_database_says_no_first(world: World) -> None:
    quote = ask(world, M1=20)
    other = ask(world, M1=20)
    offer(world, quote, 900)
    offer(world, other, 900)
    placed = accept(world, quote)
    with world.worker():
        for change in (
            {"status": "ACCEPTED"},
            {"status": "SOLD"},
            {"order_id": placed.order.id},
            {"status": "ACCEPTED", "order_id": placed.order.id, "ended_at": world.at},
            {"runs_out_at": world.at - timedelta(days=1)},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Quote.objects.filter(pk=other.pk).update(**change)


def test_two_who_take_it_at_once_order_once(world: World) -> None:
    quote = ask(world, M1=20)
    offer(world, quote, 900)
    ready, said = Barrier(2), []

    def take() -> None:
        ready.wait()
        try:
            with acting_for([quote.buyer]):
                actor = world.actor(world.dealer)
                quoting.accept(quote.number, actor=actor, at=world.at, pay_by="TRANSFER")
            said.append("placed")
        except Refused as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    be("heliu_web")
    hands = [Thread(target=take) for _ in range(2)]
    [hand.start() for hand in hands]
    [hand.join() for hand in hands]
    assert sorted(said) == ["placed", "quote-over"]
    with world.worker():
        assert Order.objects.filter(status="PLACED").count() == 1


def test_whoever_orders_in_a_customer_s_name_neither_asks_nor_takes(world: World) -> None:
    quote = ask(world, M1=20)
    offer(world, quote, 900)
    allow(world)
    with in_name_of(world) as hand, refused("quote-is-own"):
        quoting.place_order.place(
            actor=hand, seller=quote.seller, lines=world.lines(M1=20), pay_by="TRANSFER",
            quote=quote.pk, at=world.at,
        )  # fmt: skip
    with in_name_of(world) as hand, refused("quote-is-own"):
        lines = [Asked(sku, n) for sku, n in world.lines(M1=20)]
        quoting.ask(actor=hand, seller=quote.seller, lines=lines, at=world.at)


def bound(world: World, pieces: int, percent: str, **more: Any) -> None:
    with world.desk(SALES) as seller:
        operations.set_auto_answer(
            actor=seller, min_quantity=pieces, percent=Decimal(percent), days=more.pop("days", 7),
            most=more.pop("most", None), at=world.at,
        )  # fmt: skip


def test_within_the_bounds_nobody_needs_to_be_there(world: World) -> None:
    """At 3 a.m.: asked, answered by rule, taken; the seller is not told before the order is."""
    bound(world, 10, "5")
    bound(world, 50, "12.5", days=3)
    quote = now(world, ask(world, wishes={"M1": 960}, M1=20, B1=60))
    assert quote.status == "OFFERED"
    version = queries.versions(quote)[-1]
    assert version.is_by_rule
    assert version.valid_until == day_of(world.at) + timedelta(days=3)
    assert [line.unit_price for line in version.lines.all()] == [960, 1750]
    assert written(world, accept(world, quote).order) == [("M1", 20, 960), ("B1", 60, 1750)]
    with world.worker():
        assert not Notice.objects.filter(kind="quote-asked").exists()


@pytest.mark.parametrize(
    ("wishes", "quantities"),
    [
        ({"M1": 949}, {"M1": 20}),  # below the bound
        ({}, {"M1": 9}),  # too few
        ({}, {"M1": 20, "B1": 2}),  # one of the lines is not within
        ({}, {"M1": 60}),  # comes to too much
    ],
)
def test_all_else_waits_for_a_person(
    world: World, wishes: dict[str, int], quantities: dict[str, int]
) -> None:
    bound(world, 10, "5", most=20_000)
    assert now(world, ask(world, wishes=wishes, **quantities)).status == "ASKED"
    with world.worker():
        assert Notice.objects.filter(kind="quote-asked").count() == 1


def test_who_wishes_more_pays_what_it_would_anyway_and_asks_again_by_rule(world: World) -> None:
    bound(world, 10, "5")
    quote = ask(world, wishes={"M1": 1200}, M1=20)
    assert [line.unit_price for line in queries.versions(now(world, quote))[-1].lines.all()] == [
        1000
    ]
    with world.desk(world.dealer) as dealer:
        lines = [Asked(sku, n, 951) for sku, n in world.lines(M1=20)]
        quoting.ask_otherwise(quote.number, actor=dealer, lines=lines, at=world.at)
    assert written(world, accept(world, quote).order) == [("M1", 20, 951)]


def test_bounds_are_the_seller_s_own(world: World) -> None:
    bound(world, 10, "5")
    with world.desk(world.dealer) as dealer, pytest.raises(Forbidden):
        operations.drop_auto_answer(10, actor=dealer)
    be("heliu_web")
    with acting_for([world.chain.dealers["D001"]]):
        assert not AutoAnswer.objects.exists()
    with world.desk(SALES) as seller:
        for wrong in ({"percent": Decimal(91)}, {"days": 0}, {"most": 0}, {"min_quantity": 0}):
            right = {"min_quantity": 10, "percent": Decimal(5), "days": 7, "most": None}
            with pytest.raises(Refused):
                operations.set_auto_answer(actor=seller, at=world.at, **right | wrong)
        operations.drop_auto_answer(10, actor=seller)
    assert now(world, ask(world, M1=20)).status == "ASKED"


@dataclass(frozen=True)
class OfPieces:
    min_quantity: int
    percent: Decimal
    days: int = 7
    most: int | None = None


BOUNDS = st.lists(
    st.builds(OfPieces, st.integers(1, 300), st.decimals(0, 90, places=2)),
    max_size=3, unique_by=lambda one: one.min_quantity,
)  # fmt: skip
WISHED = st.lists(
    st.builds(Wished, st.integers(1, 500), st.none() | st.integers(1, 3000), st.integers(1, 2000)),
    min_size=1, max_size=4,
)  # fmt: skip


@given(BOUNDS, WISHED)
def test_no_answer_by_rule_is_below_a_bound_or_above_what_is_paid_anyway(
    bounds: list[OfPieces], lines: list[Wished]
) -> None:
    found = policies.by_rule(bounds, lines)
    reached = [[x for x in bounds if x.min_quantity <= line.quantity] for line in lines]
    if found is None:
        assert any(
            not some or (line.price is not None and line.price * 100
                         < line.usual * (100 - max(some, key=lambda x: x.min_quantity).percent))
            or line.usual < 1
            for line, some in zip(lines, reached, strict=True)
        )  # fmt: skip
        return
    for line, some, price in zip(lines, reached, found[0], strict=True):
        off = max(some, key=lambda one: one.min_quantity).percent
        assert price * 100 >= line.usual * (100 - off)
        assert price <= line.usual
        assert line.price is None or price <= line.price


MOVES = ("offer", "otherwise", "decline", "withdraw", "accept", "night", "month")


@given(st.lists(st.sampled_from(MOVES), max_size=7), st.lists(st.integers(1, 5000), min_size=7))
@settings(max_examples=examples(12))
def test_any_sequence_keeps_the_moves_and_what_is_ordered_is_what_was_offered_last(
    laid: Any, django_db_blocker: Any, moves: list[str], prices: list[int]
) -> None:
    base, chain = laid
    with django_db_blocker.unblock(), cloned(base):
        world = World(chain)
        quote, last = ask(world, M1=20), 0
        for move, price in zip(moves, prices, strict=False):
            was = now(world, quote).status
            try:
                if move == "offer":
                    offer(world, quote, price)
                    last = price
                else:
                    _do(world, quote, move, price)
            except Refused:
                assert now(world, quote).status == was
            then = now(world, quote)
            assert then.status == was or then.status in QUOTE_MOVES[QuoteStatus(was)]
            if then.status == "ACCEPTED":
                assert written(world, then.order_id) == [("M1", 20, last)]
            assert (then.ended_at is None) == (then.status in LIVE)
        with world.worker():
            assert queries.check() == []


def _do(world: World, quote: Quote, move: str, price: int) -> None:
    if move in ("night", "month"):
        be("heliu_worker")
        with transaction.atomic():
            quoting.expire(at=world.later(days=1 if move == "night" else 31))
    elif move == "accept":
        accept(world, quote)
    elif move == "decline":
        with world.desk(SALES) as seller:
            quoting.decline(quote.number, reason="no", actor=seller, at=world.at)
    else:
        with world.desk(world.dealer) as dealer:
            if move == "withdraw":
                quoting.withdraw(quote.number, actor=dealer, at=world.at)
            else:
                lines = [Asked(sku, n, price) for sku, n in world.lines(M1=20)]
                quoting.ask_otherwise(quote.number, actor=dealer, lines=lines, at=world.at)
