"""Goods that a borrower brings: named by it, sent to the keeper, counted, pledged.

    announce    it names goods for its pool that lie free in its own house; they are set aside
    send        they leave for the supervised warehouse, and stay the borrower's
    counted     (from deliveries) the keeper counts; what is good is pledged in the same transaction
    call_off    what was announced and not sent stays where it is

Goods that are brought in place of others come in before those leave: of a pool by
`taking_out.swap`, of an order by `exchange`, which says too when its dealer may bring some.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from heliu.capital.credit.models import MarginRules
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import RUNNING, Loan, LoanStatus
from heliu.commerce.ordering.models import OrderLine
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.policies import Act, Level
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties.queries import names
from heliu.kernel.states import move
from heliu.logistics.pledges.models import IN_FORCE, Pledge, PledgeStatus
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock import queries as rows
from heliu.logistics.transport import operations as transport
from heliu.logistics.transport.models import Shipment
from heliu.logistics.transport.operations import DispatchLine
from heliu.logistics.warehousing import operations as warehousing
from heliu.logistics.warehousing.operations import Received
from heliu.logistics.warehousing.policies import Count
from heliu.trade import deals, photos, pools
from heliu.trade.models import (
    LODGING_MOVES,
    NOT_SENT,
    Deal,
    Lodging,
    LodgingKind,
    LodgingLine,
    LodgingStatus,
    Step,
)
from heliu.trade.names import reservation_of
from heliu.trade.paperwork import keeper_of, loan_of, number_of, pledge_of
from heliu.trade.pledging import pledge_received
from heliu.trade.steps import locked, parties, remember

# A lender lets goods of an order go for others that its dealer brings (`exchange`).
EXCHANGE = Act("exchange", (Level("release"),), agreed_by=("release", "override"))

Goods = Mapping[UUID, int]
Bought = tuple[int, str]  # what a piece cost, and the order that says so


@dataclass(frozen=True)
class Bringable:
    """Goods that lie free in their owner's house: pieces, what one cost in fen, and the order that
    says so."""

    sku: Sku
    free: int
    unit_cost: int
    bought_by: str


def announce(deal_id: UUID, goods: Goods, *, actor: Actor, at: datetime) -> Lodging:
    """More goods for a loan that runs: to lift its cover, or to take others out against."""
    deal = of_borrower(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        loan = loan_of(deal)
        _must_take_goods(deal, loan)
        kind = LodgingKind.OFFER if loan.disbursed_on is None else LodgingKind.TOP_UP
        return set_aside(deal, goods, loan=loan, kind=kind, actor=actor, at=at)


def set_aside(
    deal: Deal,
    goods: Goods,
    *,
    loan: Loan,
    kind: LodgingKind,
    actor: Actor,
    at: datetime,
    wants_out: Goods | None = None,
    status: LodgingStatus = LodgingStatus.ANNOUNCED,
) -> Lodging:
    """Write a lodging down and set its goods aside in their owner's house, so that they are brought
    once. Raises `Invalid` for goods that the lender does not take or that were never bought,
    `Short` for more than lies there."""
    rules = loan.programme.margin_rules if deal.is_stock else None
    bought = costs_of(deal.buyer, loan.seller, goods, rules=rules)
    lodging = Lodging.objects.create(
        deal=deal,
        pool_id=deal.order_id if deal.is_stock else None,
        number=deal.lodgings.count() + 1,
        kind=kind,
        status=status,
        wants_out=[[str(sku), quantity] for sku, quantity in (wants_out or {}).items()],
        buyer=loan.borrower,
        lender=loan.lender,
        announced_at=at,
        announced_by_name=actor.name,
    )
    LodgingLine.objects.bulk_create(
        LodgingLine(
            lodging=lodging,
            sku_id=sku,
            quantity=quantity,
            unit_cost=bought[sku][0],
            bought_by=bought[sku][1],
            buyer=loan.borrower,
            lender=loan.lender,
        )
        for sku, quantity in goods.items()
    )
    stock.reserve(
        [(reservation_of(lodging.id, sku), sku, quantity) for sku, quantity in goods.items()],
        owner=deal.buyer,
        warehouse=deal.buyer,
        subject=lodging.id,
        at=at,
    )
    return lodging


def costs_of(
    buyer: UUID, seller: UUID, goods: Goods, *, rules: MarginRules | None
) -> dict[UUID, Bought]:
    """What a piece of each of these goods cost the buyer when it last bought them here, in fen, and
    the order. Raises `Invalid` for goods that are no goods of the seller's, not taken, or never
    received."""
    if not goods or any(quantity <= 0 for quantity in goods.values()):
        raise Invalid("nothing-brought", "Say which goods, and how many of each.", field="goods")
    skus = Sku.objects.filter(pk__in=goods, seller=seller).in_bulk()
    if len(skus) < len(goods):
        raise NotFound()
    taken = rules.families if rules else []
    if strange := [sku for sku in skus.values() if taken and sku.family_id not in taken]:
        raise Invalid(
            "goods-not-taken",
            "The bank does not lend against %(goods)s.",
            field="goods",
            goods=strange[0].display,
        )
    bought = bought_at(buyer, goods)
    if missing := [sku for sku in goods if sku not in bought]:
        raise Invalid(
            "goods-never-bought",
            "%(goods)s were never received from this seller.",
            field="goods",
            goods=skus[missing[0]].display,
            help="Bring goods whose invoice is here.",
        )
    return bought


def bought_at(buyer: UUID, skus: Iterable[UUID]) -> dict[UUID, Bought]:
    """What a piece of each of these goods cost a buyer when it last received them, and by which
    order; what it never received is left out. Lines are found by way of the buyer's orders: no
    index leads from a buyer or its goods to them."""
    lines = (
        OrderLine.objects.filter(
            order__buyer=buyer, buyer=buyer, sku__in=list(skus), received__gt=0
        )
        .order_by("sku", "-order__placed_at", "-id")
        .distinct("sku")
        .values_list("sku", "unit_price", "order__number")
    )
    return {sku: (price, number) for sku, price, number in lines}


def bringable(
    actor: Actor, seller: UUID, *, rules: MarginRules | None = None, at: datetime
) -> list[Bringable]:
    """What an actor could bring out of its own house, under a lender's rules where there are any:
    goods of the loan's seller that lie free there and that it has bought, by code."""
    own = actor.own_org
    lying = rows.rows_visible_to(actor).filter(
        owner=own, warehouse=own, pledge=None, sku__seller=seller
    )
    skus = Sku.objects.filter(pk__in=lying.values("sku")).order_by("code")
    if rules and rules.families:
        skus = skus.filter(family__in=rules.families)
    known = {sku.pk: sku for sku in skus}
    free = rows.lying_free(list(known), owner=own, warehouse=own, at=at) if known else {}
    bought = bought_at(own, known)
    return [
        Bringable(sku, free[pk], *bought[pk])
        for pk, sku in known.items()
        if free[pk] > 0 and pk in bought
    ]


def send(deal_id: UUID, number: int, *, actor: Actor, carrier: str, at: datetime) -> Shipment:
    """The goods of a lodging leave their owner's house for the keeper; they stay the owner's."""
    deal = borrowed(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        lodging = _lodging(deal, number)
        if lodging.shipment is not None:
            return lodging.shipment
        if lodging.status != LodgingStatus.ANNOUNCED:
            raise Refused(
                "lodging-not-to-send",
                "These goods are not to be sent now: %(now)s.",
                now=str(lodging.get_status_display()),
            )
        _must_take_goods(deal, loan_of(deal))
        shipment = transport.dispatch(
            actor=actor,
            order_id=deal.order_id if deal.is_stock else lodging.id,  # no goods of the order
            sender=deal.buyer,
            warehouse=keeper_of(deal),
            owner=deal.buyer,
            lines=[
                DispatchLine(line.pk, line.sku_id, line.quantity,
                             reservation_of(lodging.id, line.sku_id))
                for line in lodging.lines.all()
            ],
            carrier_name=carrier.strip()[:80],
            at=at,
            lender=deal.lender,
            deal=deal.id,
        )  # fmt: skip
        move(lodging, LodgingStatus.SENT, moves=LODGING_MOVES, shipment=shipment)
        quantity = sum(line.quantity for line in lodging.lines.all())
        remember(
            deal, Step.SHIPPED, key=shipment.number, actor=actor, at=at,
            quantity=quantity, shipment=shipment.number,
        )  # fmt: skip
        keeper = keeper_of(deal)
        tell(
            keeper,
            "goods-sent",
            {"number": number_of(deal), "warehouse": names([keeper])[keeper]},
            link=deals.link(deal),
            at=at,
        )
    return shipment


def counted(
    deal: Deal, shipment: Shipment, counts: Sequence[Count], *, actor: Actor, at: datetime
) -> tuple[Received, Lodging]:
    """The keeper counted the goods of a lodging of the locked deal: what is good is pledged at
    once. What is short or damaged is its owner's to settle with its carrier; it secures nothing."""
    pledge, loan = _open_pledge(deal), loan_of(deal)
    lodging = Lodging.objects.get(shipment=shipment)
    received = warehousing.receive(
        actor=actor,
        shipment=shipment,
        counts=counts,
        pledge=pledge.id,
        holder=pledge.pledgee,
        at=at,
        audience=parties(deal),
    )
    photos.share(deal, shipment)
    remember(
        deal, Step.RECEIVED, key=shipment.number, actor=actor, at=at,
        good=sum(received.good.values()),
        receipt=received.receipt.number if received.receipt else "",
    )  # fmt: skip
    move(lodging, LodgingStatus.COUNTED, moves=LODGING_MOVES)
    costs = dict(lodging.lines.values_list("pk", "unit_cost"))
    pledge_received(
        deal, pledge, loan, received, worth=costs, book=lending.stock_pledged, actor=actor, at=at,
        is_brought=True,
    )  # fmt: skip
    if lost := sum(received.short.values()) + sum(received.damaged.values()):
        tell(
            deal.buyer,
            "receipt-differs",
            {"number": number_of(deal), "short": str(lost)},
            link=deals.link(deal),
            at=at,
        )
    return received, lodging


def carries(shipment: Shipment) -> bool:
    """Whether a shipment carries what a borrower brings, and nothing that it ordered."""
    return Lodging.objects.filter(shipment=shipment).exists()


def takes_goods(loan: Loan) -> bool:
    """Whether goods may be sent for a loan: until it ends, or its lender takes hold of those that
    are there. What would come after that could arrive when all of them are sold."""
    return loan.status in (LoanStatus.AWAIT_GOODS, *RUNNING) and (
        loan.status != LoanStatus.ENFORCING
    )


def call_off(deal_id: UUID, number: int, *, actor: Actor, at: datetime) -> Lodging:
    """The borrower does not bring these goods after all, and asks its lender no more."""
    deal = borrowed(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        lodging = _lodging(deal, number)
        if lodging.status == LodgingStatus.CALLED_OFF:
            return lodging
        if lodging.status not in NOT_SENT:
            raise Refused("goods-sent", "These goods are on the way.")
        if lodging.status == LodgingStatus.ASKED:
            approvals.overtaken(deal.id, act=EXCHANGE, at=at)
        pools.drop(lodging, at=at)
        lodging.refresh_from_db()
    return lodging


def borrowed(actor: Actor, deal_id: UUID | str) -> Deal:
    """A deal of a loan to the actor's own house; `NotFound` otherwise."""
    actor.require("order")
    deal = deals.get(actor, deal_id)
    if deal.loan_id is None or not (actor.is_system or deal.buyer in actor.orgs):
        raise NotFound()
    return deal


def of_borrower(actor: Actor, deal_id: UUID) -> Deal:
    """A deal of a loan against the actor's own stock; `NotFound` otherwise."""
    deal = borrowed(actor, deal_id)
    if not deal.is_stock:
        raise NotFound()
    return deal


def _lodging(deal: Deal, number: int) -> Lodging:
    found = Lodging.objects.filter(deal=deal, number=number).first()
    if found is None:
        raise NotFound()
    return found


def _must_take_goods(deal: Deal, loan: Loan) -> None:
    """Raises `Refused` while a loan takes no goods, or once all that secured it is free: it runs on
    to the due day of a bill whose margin is full, or again when a payment is taken back."""
    if not takes_goods(loan):
        raise Refused(
            "takes-no-goods",
            "%(number)s takes no goods now: it is %(now)s.",
            number=loan.number,
            now=str(loan.get_status_display()),
        )
    pledge = pledge_of(deal)
    if pledge is not None and not _is_open(pledge):
        raise Refused(
            "takes-no-goods",
            "%(number)s takes no goods now: it is %(now)s.",
            number=pledge.number,
            now=str(pledge.get_status_display()),
            help="Call it off; the goods stay with you.",
        )


def _open_pledge(deal: Deal) -> Pledge:
    pledge = pledge_of(deal)
    assert pledge is not None
    assert _is_open(pledge)
    return pledge


def _is_open(pledge: Pledge) -> bool:
    """Whether goods that come may still secure the loan."""
    return pledge.status in (PledgeStatus.PROPOSED, *IN_FORCE)
