"""A dealer abroad, with which the seller of the demonstration trades in dollars: a price list in
them, one order that is paid, one that waits, and a quote that waits for the seller."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from heliu.commerce.ordering.models import PayBy
from heliu.commerce.pricing import operations as pricing
from heliu.commerce.pricing.operations import NewPrice
from heliu.commerce.quotes.policies import Asked
from heliu.demo.chain import enrol
from heliu.demo.stage import Stage
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.parties import operations as parties
from heliu.trade import confirming, currencies, place_order, quoting

LIKED_BY = "D001"  # whose favourites it buys
PRICES = (350, 480, 725, 1_260, 95, 1_890)  # US cents as the seller wrote them, not converted
AGO = timedelta(hours=5)
OWNER = "Grace Lin"


def abroad(stage: Stage) -> None:
    """What the two have agreed, and what is under way between them. As the worker."""
    chain, seller, at = stage.chain, stage.people.seller, stage.now - AGO
    buyer = _dealer(stage)
    currencies.set_currency(buyer.own_org, "USD", actor=seller, at=at)
    skus = [shelf.sku for shelf in stage.shelves(LIKED_BY, at)[: len(PRICES)]]
    _prices(skus, buyer.own_org, stage)
    for hours, sold in ((1, skus[:3]), (2, skus[3:])):
        placed = place_order.place(
            actor=buyer, seller=chain.seller, lines=[(sku, 24) for sku in sold],
            pay_by=PayBy.TRANSFER, at=at + timedelta(hours=hours),
        )  # fmt: skip
        if hours == 1:
            confirming.confirm(placed.order.pk, actor=seller, at=at + timedelta(hours=hours + 1))
    quoting.ask(
        actor=buyer, seller=chain.seller, lines=[Asked(skus[0], 480, PRICES[0] - 30)],
        words="A first container for the west coast.", at=at + timedelta(hours=3),
    )  # fmt: skip


def _dealer(stage: Stage) -> Actor:
    """The dealer's owner."""
    chain = stage.chain
    house = parties.register(
        actor=Actor.system(), code="abroad", roles=("DEALER",), name="Westbay Tableware Inc.",
        name_zh="西湾餐具公司", short_name="Westbay", short_name_zh="西湾餐具", city="Oakland",
        city_zh="奥克兰",
    )  # fmt: skip
    enrol("owner@abroad.demo", OWNER, house.pk, "owner")
    parties.relate(
        actor=Actor.system(), buyer=house.pk, seller=chain.seller, since=day_of(stage.now)
    )
    parties.introduce(house.pk, chain.seller)
    return stage.people.at("owner@abroad.demo")


def _prices(skus: list[UUID], buyer: UUID, stage: Stage) -> None:
    """The seller's list in dollars, and whom it is for."""
    seller, at = stage.people.seller, stage.now - AGO
    made = pricing.create_list(
        actor=seller, seller=stage.chain.seller, code="EXPORT", name="Export", name_zh="出口价",
        currency="USD",
    )  # fmt: skip
    prices = [NewPrice(sku, price) for sku, price in zip(skus, PRICES, strict=True)]
    pricing.set_prices(made, actor=seller, prices=prices, valid_from=day_of(at), at=at)
    pricing.assign(made, actor=seller, buyer=buyer, valid_from=day_of(at), at=at)
