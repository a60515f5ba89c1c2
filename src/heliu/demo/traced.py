"""Goods told apart by lot: flagged with stock, counted by name, sent, and complained of."""

from __future__ import annotations

from datetime import timedelta

from heliu.commerce.catalogue import operations as catalogue
from heliu.commerce.catalogue.operations import Article
from heliu.commerce.ordering.models import PayBy
from heliu.demo.stage import Stage, Story
from heliu.kernel.clock import day_of
from heliu.logistics.stock import counting
from heliu.logistics.stock.models import StockRow
from heliu.logistics.stock.policies import Marked
from heliu.logistics.warehousing.policies import Count
from heliu.trade import cases, deliveries, place_order

ARTICLE = "22553"  # plasters, which do not keep for ever
DEALER = "D003"
OLD, NEW, OLD_PIECES, SENT = "HT2608", "HT2611", 400, 60


def by_lot(stage: Stage) -> Story[None]:
    """By transfer: of plasters the lot that expires first went out; one tin was not good, and its
    dealer's case about that lot is overdue."""
    chain, seller = stage.chain, stage.people.seller
    at = stage.ago(20, 9, 0)
    yield at
    catalogue.write_articles([Article(ARTICLE, tracking="LOT")], actor=seller, seller=chain.seller)
    row = StockRow.objects.get(sku=chain.skus[ARTICLE], owner=chain.seller, has_goods=True)
    today = day_of(stage.now)
    lots = [
        Marked(OLD, OLD_PIECES, today + timedelta(days=75)),
        Marked(NEW, row.quantity - OLD_PIECES, today + timedelta(days=420)),
    ]
    counting.recount(
        row.pk, actor=seller, pieces=lots, reason="按箱标登记批号", key="demo-lots", at=at
    )
    dealer = stage.people.dealer(DEALER)
    at = stage.ago(9, 10, 30)
    yield at
    placed = place_order.place(
        actor=dealer, seller=chain.seller, lines=[(chain.skus[ARTICLE], SENT)],
        pay_by=PayBy.TRANSFER, at=at,
    )  # fmt: skip
    place_order.confirm(placed.order.pk, actor=seller, at=at + timedelta(hours=1))
    at = stage.ago(8, 9, 45)
    yield at
    shipment = stage.ship(placed, at)
    at = stage.ago(5, 14, 5)
    yield at
    counts = [Count(line.id, line.quantity) for line in shipment.lines.all()]
    deliveries.goods_received(shipment.id, actor=dealer, counts=counts, at=at)
    at = stage.ago(2, 9, 20)
    yield at
    cases.open_case(
        placed.order.number, actor=dealer, kind="QUALITY", position=1, quantity=1, serial=OLD,
        text="一盒创可贴胶面已干，盒上批号 HT2608，请查同批其他货。", at=at,
    )  # fmt: skip
