"""How a dealer of the demonstration buys: an address book, a budget and a rule, a request that
waits, lists, a recurring order; and a promotion of the seller that runs."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from heliu.commerce.lists import operations as lists
from heliu.commerce.pricing.operations.promotions import NewPromotion, announce
from heliu.commerce.quotes.policies import Answer, Asked
from heliu.commerce.spending import operations as spending
from heliu.demo.baskets import Shelf, fill
from heliu.demo.chain import YUAN, enrol
from heliu.demo.stage import Stage
from heliu.kernel.access.actor import Actor
from heliu.kernel.addresses import operations as addresses
from heliu.kernel.addresses.policies import Place
from heliu.kernel.approvals.policies import Level
from heliu.kernel.clock import day_of
from heliu.trade import purchases, quoting

DEALER = "D001"
BUYER = ("buyer@d001.demo", "陈采购")
BUDGET = 60_000 * YUAN  # a month, of the shop
DEAR = 5_000 * YUAN  # from here on the owner must agree to what the buyer orders
ASKED = 8_000 * YUAN
PLACES = (
    Place("湖滨门店", "陈采购", "13800000001", "延安路 258 号", region="浙江省 杭州市 上城区",
          postcode="310006", hours="每天 9–18 点"),
    Place("余杭仓库", "仓库收货台", "13800000002", "仓前街道 9 号 3 号门",
          region="浙江省 杭州市 余杭区", hours="周一至周五 8–17 点"),
)  # fmt: skip
OFF = Decimal(8)  # per cent
AGO = timedelta(hours=3)


def buying(stage: Stage) -> None:
    """The seller's promotion, and one dealer's house in order. As the worker."""
    chain, people, at = stage.chain, stage.people, stage.now - AGO
    owner = people.dealer(DEALER)
    person = enrol(*BUYER, chain.dealers[DEALER], "purchaser")
    buyer = people.at(BUYER[0])
    shelves = list(stage.shelves(DEALER, stage.now))
    _promote(stage, [shelf.sku for shelf in shelves])
    for place in PLACES:
        addresses.add(place, actor=owner, at=at)
    shop = spending.set_centre(code="SHOP", name="Shop", name_zh="门店", actor=owner)
    spending.seat_spender(person.pk, shop.pk, actor=owner)
    spending.set_budget(period="MONTH", amount=BUDGET, centre=shop.pk, actor=owner, at=at)
    spending.set_rule(
        levels=[Level("sign")], from_amount=DEAR, person=person.pk, actor=owner, at=at
    )
    purchases.ask(
        actor=buyer, seller=chain.seller, lines=fill(shelves, ASKED), pay_by="TRANSFER",
        reason="周末促销备货", cost_centre=shop.pk, at=at,
    )  # fmt: skip
    _lists(owner, buyer, chain.seller, shelves, at=at)
    _quotes(stage, owner, shelves, at=at)


def _lists(owner: Actor, buyer: Actor, seller: UUID, shelves: list[Shelf], *, at: datetime) -> None:
    """The house's weekly list orders itself; the buyer has one of its own."""
    weekly = lists.make(
        actor=owner, seller=seller, name="每周补货", shared=True,
        quantities={shelf.sku: 12 for shelf in shelves[:6]}, at=at,
    )  # fmt: skip
    lists.recur(
        weekly.pk, actor=owner, pay_by="TERMS", every=1, unit="WEEK",
        first_on=day_of(at) + timedelta(days=3), last_on=None, at=at,
    )  # fmt: skip
    lists.make(
        actor=buyer, seller=seller, name="新品试销",
        quantities={shelf.sku: 3 for shelf in shelves[6:10]}, at=at,
    )  # fmt: skip


def _quotes(stage: Stage, owner: Actor, shelves: list[Shelf], *, at: datetime) -> None:
    """One quote waits for the seller; under another it has made an offer, after the dealer asked a
    second time; a third the seller began."""
    seller, sales = stage.chain.seller, stage.people.seller
    wishes = [Asked(shelf.sku, 60, shelf.price(60) * 9 // 10) for shelf in shelves[:3]]
    quoting.ask(
        actor=owner, seller=seller, lines=wishes, words="双十二备货，价格合适就多拿一些",
        wanted_on=day_of(at) + timedelta(days=10), at=at,
    )  # fmt: skip
    asked = at - timedelta(days=1)
    quote = quoting.ask(
        actor=owner, seller=seller, lines=[one._replace(price=None) for one in wishes], at=asked
    )
    days = day_of(at) + timedelta(days=14)
    dear = [Answer(n, one.price) for n, one in enumerate(wishes, 1) if one.price]
    answers = [one._replace(price=(one.price or 0) * 21 // 20) for one in dear]
    quoting.answer(
        quote.pk, actor=sales, answers=answers, valid_until=days, at=asked + timedelta(hours=2)
    )
    quoting.ask_otherwise(
        quote.pk, actor=owner, words="数量加倍，再让一点",
        lines=[one._replace(quantity=120) for one in wishes], at=asked + timedelta(hours=5),
    )  # fmt: skip
    quoting.answer(
        quote.pk, actor=sales, answers=[*dear[:2], Answer(3, is_struck=True, words="本月无货")],
        valid_until=days, words="前两款按您的价，月底前有效", at=at,
    )  # fmt: skip
    quoting.begin(
        actor=sales, buyer=stage.chain.dealers[DEALER], words="年底清仓，先留给您",
        lines=[Asked(shelf.sku, 48, shelf.price(48) * 19 // 20) for shelf in shelves[3:5]],
        valid_until=days, at=at,
    )  # fmt: skip


def _promote(stage: Stage, liked: list[UUID]) -> None:
    """The seller's promotion on what this dealer likes."""
    seller, sales, at = stage.chain.seller, stage.people.seller, stage.now - AGO
    announce(
        NewPromotion(
            code="AUTUMN", name="Autumn restocking", name_zh="秋季补货", effect="PERCENT",
            percent=OFF, skus=liked[:4], starts_at=at, ends_at=at + timedelta(days=30),
        ),
        actor=sales, seller=seller, at=at,
    )  # fmt: skip
