"""What comes beside the straight path: goods given back, goods still to come, VAT invoices, a
payment known late, ties between houses; and what a seller agrees with its customers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from heliu.capital.vat import operations as tax
from heliu.capital.vat.models import VatKind
from heliu.capital.vat.operations import TaxData
from heliu.commerce.catalogue.operations import shop
from heliu.commerce.ordering.models import Order, PayBy
from heliu.commerce.pricing import operations as pricing
from heliu.commerce.pricing.operations.promotions import NewPromotion, announce
from heliu.commerce.returns.policies import Judged
from heliu.demo.baskets import fill
from heliu.demo.chain import SYSTEM, YUAN, email_of
from heliu.demo.stage import Stage, Story
from heliu.demo.traced import by_lot
from heliu.kernel.behalf import operations as behalf
from heliu.kernel.behalf.queries import seated
from heliu.kernel.clock import day_of
from heliu.kernel.parties import operations as parties
from heliu.kernel.todos import operations as todos
from heliu.logistics.stock import back_orders as coming
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.policies import Count
from heliu.trade import (
    cases,
    conversations,
    corrections,
    deals,
    deliveries,
    place_order,
    returns,
    tiers,
    vat,
)
from heliu.trade.placed import Placed

DEALER = "D001"
LARGE, OFF_LARGE = 6_000 * YUAN, 200 * YUAN
GRANTED = 60_000 * YUAN  # of trade credit, to customers of the tier
SELLER_NUMBER, DEALER_NUMBER = "91330200MA2DEMO01X", "92330100MA2DEMO02Y"


def stories(stage: Stage, scarce: list[UUID]) -> list[Story[None]]:
    """Those that take days; `scarce` are goods of which there is little."""
    return [*(story(stage) for story in STORIES), goods_to_come(stage, scarce[0])]


def taxed(stage: Stage) -> Story[None]:
    """Both sides have given what a VAT invoice names, and the seller its rate."""
    at = stage.ago(14, 9, 0)
    yield at
    people = stage.people
    tax.set_data(
        TaxData(
            "海棠家居供应链有限公司", SELLER_NUMBER, "宁波市海曙区示例路 1 号", "0574-00000000",
            "澄江商业银行", "33010000000000001",
        ),
        actor=people.seller, at=at,
    )  # fmt: skip
    tax.set_data(
        TaxData("青禾百货商行", DEALER_NUMBER, wants=VatKind.ORDINARY),
        actor=people.dealer(DEALER), at=at,
    )  # fmt: skip
    tax.set_rate(Decimal(13), from_day=day_of(at), actor=people.seller)


def given_back(stage: Stage) -> Story[None]:
    """On terms: invoiced with VAT; broken goods led to a case, came back and are credited; for some
    of the rest the dealer would pay a little less, and waits for the seller's answer."""
    placed, shipment = yield from _sent_on_terms(stage, 4_000, 13)
    dealer, seller = stage.people.dealer(DEALER), stage.people.seller
    at = stage.ago(10, 14, 0)
    yield at
    lines = list(shipment.lines.order_by("position"))
    deliveries.goods_received(
        shipment.id, actor=dealer, counts=[Count(line.id, line.quantity) for line in lines], at=at
    )
    at = stage.ago(9, 10, 20)
    yield at
    case = cases.open_case(
        placed.order.number, actor=dealer, kind="DAMAGED", position=1, quantity=2,
        text="开箱发现两件破损，照片随后上传。", at=at,
    )  # fmt: skip
    record = conversations.of_case(case)
    conversations.write(
        record, actor=seller, text="收到，退回后给你们记账扣减。", at=at + timedelta(hours=2)
    )
    at = stage.ago(8, 9, 30)
    yield at
    back = returns.ask(
        placed.order.pk, actor=dealer, remedy="CREDIT", quantities={1: 2}, reason="破损",
        case=case.pk, at=at,
    )  # fmt: skip
    returns.agree(back.pk, actor=seller, at=at + timedelta(hours=3))
    at = stage.ago(7, 11, 0)
    yield at
    returns.send(back.pk, actor=dealer, at=at)
    at = stage.ago(5, 15, 10)
    yield at
    returns.receive(back.pk, [Judged(1, 0, 2, 2)], actor=seller, at=at)
    cases.act(case.pk, "solve", actor=seller, at=at + timedelta(minutes=20))
    at = stage.ago(1, 16, 30)
    yield at
    returns.ask(
        placed.order.pk, actor=dealer, remedy="ALLOWANCE", quantities={2: 3}, allowance=20 * YUAN,
        reason="颜色与图片略有差别", at=at,
    )  # fmt: skip


def talked_about(stage: Stage) -> Story[None]:
    """On terms: not invoiced with VAT yet; dealer and seller talk about it, one thing is to do."""
    placed, _ = yield from _sent_on_terms(stage, 2_500, 4, is_invoiced=False)
    dealer, seller = stage.people.dealer(DEALER), stage.people.seller
    at = stage.ago(1, 10, 5)
    yield at
    ref = placed.order.pk
    conversations.write(
        conversations.find(dealer, "order", ref), actor=dealer, text="周五前能到吗？", at=at
    )
    link = deals.link(placed.deal)
    todos.add(
        actor=seller, text="问承运商到货时间", kind="order", number=placed.order.number, link=link,
        due_on=day_of(stage.now) + timedelta(days=1), at=at + timedelta(minutes=40),
    )  # fmt: skip


def goods_to_come(stage: Stage, sku: UUID) -> Story[None]:
    """By transfer: more than lies there; the rest is expected in six days."""
    at = stage.ago(2, 15, 0)
    yield at
    seller = stage.people.seller
    coming.allow(sku, 200, actor=seller, at=at)
    placed = place_order.place(
        actor=stage.people.dealer(DEALER), seller=stage.chain.seller, lines=[(sku, 40)],
        pay_by=PayBy.TRANSFER, at=at + timedelta(minutes=20),
    )  # fmt: skip
    at += timedelta(hours=1)
    yield at
    place_order.confirm(placed.order.pk, actor=seller, at=at)
    expected_on = day_of(stage.now) + timedelta(days=6)
    coming.expect(sku, 120, expected_on, note="集装箱 3 号", actor=seller, at=at)


def known_late(stage: Stage) -> Story[None]:
    """Partly repaid; the bank finds that the money was there two days before, and reckons anew."""
    placed = yield from stage.to_pledge("D007", 11_000, 27, days=60)
    yield from stage.repay("D007", placed, 30, 13)
    at = stage.ago(11, 10, 40)
    yield at
    assert placed.loan is not None
    paid = placed.loan.repayments.order_by("pk").last()
    assert paid is not None
    corrections.correct_value_day(
        placed.deal.pk, key=paid.key, value_day=day_of(stage.ago(15, 12)),
        reason="回单显示款项早两天到账", actor=stage.people.bank, at=at,
    )  # fmt: skip
    stage.bank(at)


def tied_to_its_seller(stage: Stage) -> Story[None]:
    """Not paid out: the buyer belongs to a large part to its seller, so people at the bank look."""
    at = stage.now - timedelta(hours=5)
    yield at
    parties.tie(
        stage.chain.dealers["D021"], "OWNER", name="海棠家居供应链有限公司", number=SELLER_NUMBER,
        holder=stage.chain.seller, share=Decimal("0.4"),
        actor=stage.people.at(email_of("operator")), at=at,
    )  # fmt: skip
    placed = stage.order("D021", 8_000, at + timedelta(minutes=5))
    yield at + timedelta(minutes=9)
    stage.sign("D021", placed, at + timedelta(minutes=9))


STORIES: tuple[Callable[[Stage], Story[None]], ...] = (
    taxed,
    given_back,
    talked_about,
    known_late,
    tied_to_its_seller,
    by_lot,
)


def agreements(stage: Stage) -> None:
    """Public pages, a tier and what it gives, a case that is answered as the tier says, an offered
    contract, a mandate and what is done by it; as the worker."""
    chain, people, at = stage.chain, stage.people, stage.now - timedelta(hours=2)
    dealer, seller = chain.dealers[DEALER], people.seller
    shop.set_shop(actor=seller, seller=chain.seller, is_public=True, shows_prices=True)
    tiers.set_offer(
        "CLUSTER", credit=GRANTED, answer_hours=4, solve_hours=48,
        service="Shipped the next day", service_zh="次日发货",
        welcome="For cluster customers: a higher limit and service of your own",
        welcome_zh="集群客户专享：更高额度与专属服务", actor=seller, at=at,
    )  # fmt: skip
    tiers.set_tier(dealer, "CLUSTER", actor=SYSTEM)
    tiers.run(at=at)
    last = Order.objects.filter(buyer=dealer, pay_by=PayBy.TERMS).order_by("-placed_at")[0]
    cases.open_case(
        last.number, actor=people.dealer(DEALER), kind="QUESTION", text="这批货的包装箱能回收吗？",
        at=at + timedelta(minutes=50),
    )  # fmt: skip
    today = day_of(stage.now)
    shelves = stage.shelves(DEALER, stage.now)[:5]
    pricing.offer(
        actor=seller, seller=chain.seller, buyer=dealer, code="HT-D001-27", name="Year 2027",
        name_zh="2027 年度供货", valid_from=today, valid_to=today + timedelta(days=365),
        prices=[pricing.NewPrice(one.sku, one.price(1) * 93 // 100) for one in shelves],
        committed=50_000 * YUAN, at=at,
    )  # fmt: skip
    behalf.give(chain.seller, actor=people.dealer(DEALER), at=at)
    _in_its_name(stage)


def _in_its_name(stage: Stage) -> None:
    """The seller's promotion of whole orders for one customer, and an order in its name that earns
    it."""
    seller, at = stage.people.seller, stage.now - timedelta(hours=1)
    customer = stage.chain.dealers[DEALER]
    announce(
        NewPromotion(
            code="BULK", name="Off large orders", name_zh="满额立减", effect="ORDER",
            amount=OFF_LARGE, min_order=LARGE, budget=50 * OFF_LARGE, combinable=True,
            buyers=[customer], starts_at=at, ends_at=at + timedelta(days=30),
        ),
        actor=seller, seller=stage.chain.seller, at=at,
    )  # fmt: skip
    at += timedelta(minutes=10)
    place_order.place(
        actor=seated(seller, customer), seller=stage.chain.seller, pay_by=PayBy.TRANSFER,
        lines=fill(stage.shelves(DEALER, at), LARGE * 12 // 10), remark="电话订货", at=at,
    )  # fmt: skip


def _sent_on_terms(
    stage: Stage, yuan: int, ago: int, *, is_invoiced: bool = True
) -> Story[tuple[Placed, Shipment]]:
    at = stage.ago(ago, 10, 10)
    yield at
    placed = stage.order(DEALER, yuan, at, pay_by=PayBy.TERMS)
    at += timedelta(hours=2)
    yield at
    place_order.confirm(placed.order.pk, actor=stage.people.seller, at=at)
    at = stage.ago(ago - 1, 9, 40)
    yield at
    shipment = stage.ship(placed, at)
    if is_invoiced:
        vat.invoice(shipment.pk, actor=stage.people.seller, at=at)
        vat.run(at=at)
    return placed, shipment
