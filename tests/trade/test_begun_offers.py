"""Quotes that a seller begins: an offer nobody asked for is a quote as any other from then on, and
no way around what an answer must pass."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.conftest import be
from tests.trade import laws
from tests.trade.conftest import World
from tests.trade.test_low_offers import BOSS, SALES, kinds, ruled, status, vote
from tests.trade.test_quoting import accept, now, offer, refused, written

from heliu.commerce.quotes import queries
from heliu.commerce.quotes.models import Quote
from heliu.commerce.quotes.policies import Asked
from heliu.demo.chain import enrol
from heliu.kernel.access.door import acting_for
from heliu.kernel.approvals.models import Approval
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, NotFound
from heliu.kernel.goods.models import Sku
from heliu.trade import approvals, quoting

__all__ = ["ruled"]


def begin(world: World, *, who: str = SALES, days: int = 7, **prices: tuple[int, Any]) -> Any:
    """The seller offers the first dealer so many pieces at a price, by code."""
    quantities = {code: n for code, (n, _) in prices.items()}
    with world.desk(who) as seller:
        lines = [
            Asked(sku, n, price)
            for (sku, n), (_, price) in zip(world.lines(**quantities), prices.values(), strict=True)
        ]
        return quoting.begin(
            actor=seller, buyer=world.chain.dealers["D001"], lines=lines, words="for you",
            valid_until=day_of(world.at) + timedelta(days=days), at=world.at,
        )  # fmt: skip


@pytest.mark.parametrize("pay_by", ["TRANSFER", "FINANCE"])
def test_a_dealer_orders_at_the_prices_it_did_not_ask_for(world: World, pay_by: str) -> None:
    quote = begin(world, M1=(200, 850), B1=(100, 1900))
    assert (quote.status, quote.version, quote.asked_by_name) == ("OFFERED", 1, "沈若宁")
    (said,) = queries.versions(now(world, quote))
    assert (said.by_seller, said.words, said.total) == (True, "for you", 360_000)
    assert [line.usual for line in said.lines.all()] == [900, 2000]
    assert kinds(world, quote.buyer) == ["quote-offered"]
    placed = accept(world, quote, pay_by)
    assert written(world, placed.order) == [("M1", 200, 850), ("B1", 100, 1900)]
    assert now(world, quote).order_id == placed.order.id
    laws.hold(world)


def test_it_is_negotiated_as_one_that_was_asked_for(world: World) -> None:
    quote = begin(world, M1=(20, 950))
    with world.desk(world.dealer) as dealer:
        again = [Asked(sku, n, 900) for sku, n in world.lines(M1=50)]
        quoting.ask_otherwise(quote.number, actor=dealer, lines=again, at=world.at)
    offer(world, quote, 910)
    assert written(world, accept(world, quote).order) == [("M1", 50, 910)]


def test_it_runs_out_and_is_not_taken(world: World) -> None:
    first, second = begin(world, M1=(20, 950), days=0), begin(world, M1=(20, 950))
    with world.desk(world.dealer) as dealer:
        quoting.withdraw(second.number, actor=dealer, at=world.at)
    world.later(days=1)
    with world.worker():
        assert quoting.expire(at=world.at) == 1
    assert [now(world, one).status for one in (first, second)] == ["EXPIRED", "WITHDRAWN"]
    with refused("quote-over"):
        accept(world, first)


def test_what_is_no_offer_is_refused(world: World) -> None:
    with refused("price-missing-here"):
        begin(world, M1=(20, None))
    with refused("quote-lines"):
        begin(world)
    with refused("quantity-invalid"):
        begin(world, M1=(0, 900))
    with refused("price-invalid"):
        begin(world, M1=(20, 0))
    with refused("valid-until-invalid"):
        begin(world, M1=(20, 900), days=-1)
    with world.worker():
        Sku.objects.filter(code="M1").update(is_restricted=True)
        Sku.objects.filter(code="B1").update(order_multiple=12)
    with pytest.raises(NotFound):
        begin(world, M1=(20, 900))
    with refused("not-whole-pack"):
        begin(world, B1=(20, 900))
    with world.worker():
        assert not Quote.objects.exists()


def test_only_a_seller_s_people_offer_and_only_to_its_dealers(world: World) -> None:
    with world.worker():
        enrol("buyer@seller.demo", "Buyer", world.chain.seller, "purchaser")
    for who in (world.dealer, "buyer@seller.demo"):
        with pytest.raises(Forbidden):
            begin(world, who=who, M1=(20, 900))
    with world.desk(SALES) as seller, pytest.raises(NotFound):
        quoting.begin(
            actor=seller, buyer=world.chain.bank, lines=[Asked(world.chain.skus["M1"], 20, 900)],
            valid_until=day_of(world.at), at=world.at,
        )  # fmt: skip
    quote = begin(world, M1=(20, 900))
    be("heliu_web")
    with acting_for([world.chain.dealers["D002"]]):
        assert not Quote.objects.filter(pk=quote.pk).exists()


def test_a_low_one_waits_and_is_not_there_before_the_last_yes(ruled: World) -> None:
    asked = begin(ruled, M1=(20, 850), B1=(5, 1900))
    assert isinstance(asked, Approval)
    assert (asked.name, asked.amount) == ("Dealer 1", 3_500)
    with ruled.worker():
        assert not Quote.objects.exists()
    ruled.later(hours=2)
    vote(ruled, asked)
    with ruled.worker():
        quote = Quote.objects.get()
        (said,) = queries.versions(quote)
    assert (quote.pk, quote.status, quote.asked_at) == (asked.subject, "OFFERED", ruled.at)
    assert said.by_name.endswith(", Boss")
    assert kinds(ruled, quote.seller) == ["quote-offer-asked", "quote-offer-agreed"]
    assert kinds(ruled, quote.buyer) == ["quote-offered"]
    assert written(ruled, accept(ruled, quote).order) == [("M1", 20, 850), ("B1", 5, 1900)]


def test_a_no_a_withdrawal_and_a_day_gone_by_offer_nothing(ruled: World) -> None:
    turned_down, taken_back, late = (begin(ruled, M1=(20, 850), days=0) for _ in range(3))
    vote(ruled, turned_down, agrees=False)
    assert kinds(ruled, ruled.chain.seller)[-1] == "quote-offer-refused"
    with ruled.desk(SALES) as seller:
        approvals.withdraw(taken_back.pk, actor=seller, at=ruled.at)
    ruled.later(days=1)
    with refused("offer-too-late"):
        vote(ruled, late)
    assert [status(ruled, one) for one in (turned_down, taken_back, late)] == [
        "REFUSED", "WITHDRAWN", "WAITING",
    ]  # fmt: skip
    with ruled.worker():
        assert not Quote.objects.exists()


def test_the_asker_s_own_yes_is_none(ruled: World) -> None:
    asked = begin(ruled, who=BOSS, M1=(20, 850))
    with pytest.raises(Forbidden, match="own-request"):
        vote(ruled, asked, BOSS)
    vote(ruled, asked, SALES)
    with ruled.worker():
        assert Quote.objects.get().pk == asked.subject
