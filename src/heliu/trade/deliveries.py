"""The goods of a deal: sent by the seller, counted by the keeper, fetched by the dealer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from heliu.capital.books import operations as books
from heliu.capital.books.journals import orders as journals
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import RUNNING, Loan, LoanStatus
from heliu.capital.lending.policies.covering import frees_on_arrival
from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.models import Order, OrderLine, OrderStatus, PayBy
from heliu.commerce.ordering.policies import by_goods
from heliu.commerce.pricing.operations import discounts
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import gate
from heliu.logistics.pledges.models import Pledge, PledgeStatus
from heliu.logistics.stock.policies import Marked
from heliu.logistics.transport import carrying as carriages
from heliu.logistics.transport import operations as transport
from heliu.logistics.transport import queries as shipments
from heliu.logistics.transport.models import Shipment
from heliu.logistics.transport.operations import DispatchLine, Origin
from heliu.logistics.warehousing import operations as warehousing
from heliu.logistics.warehousing import queries as houses
from heliu.logistics.warehousing.operations import Received
from heliu.logistics.warehousing.policies import Count
from heliu.trade import (
    back_orders,
    carrying,
    deals,
    exchange,
    lodging,
    open_account,
    photos,
    side_exits,
    stock_loan,
    vat,
)
from heliu.trade.financed_order.closing import close_if_done
from heliu.trade.models import Deal, Outcome, Step
from heliu.trade.names import reservation_of
from heliu.trade.paperwork import loan_of, order_of, pledge_of
from heliu.trade.pledging import pledge_received
from heliu.trade.releasing import release
from heliu.trade.steps import end, locked, parties, remember


def ship(
    order_id: UUID,
    *,
    actor: Actor,
    carrier: str,
    at: datetime,
    lines: Mapping[int, int] | None = None,
    carrier_id: UUID | None = None,
    house: UUID | None = None,
    marks: Mapping[int, Sequence[Marked]] | None = None,
) -> Shipment:
    """The seller sends goods of an order (line id: quantity; None is all that is ready), out of one
    of its houses where it names one: an order goes in as many consignments as it likes.

    Goods of a financed order leave once the seller has its money, and only for the supervised
    warehouse that stands on the order. A carrier with a desk here (`carrier_id`) says itself how
    far they are; of another only the name is kept. Of goods that are told apart the pieces may
    be chosen by line (`marks`); else the first expiring ones go.
    """
    actor.require("ship")
    deal = deals.of_order(actor, order_id)
    hauler = carrying.named(actor, carrier_id) if carrier_id else None
    origin = Origin(house, houses.places_of(actor, house)) if house else None
    with widened(parties(deal)):
        deal = locked(deal.id)
        order = order_of(deal)
        _must_be_paid(deal, order)
        open_lines = {line.pk: line for line in order.lines.all() if line.to_ship}
        quantities = back_orders.in_turn(order, lines or {})
        if not set(quantities) <= set(open_lines):
            raise NotFound()
        ordering.note_shipped(order, quantities=quantities, actor=actor, at=at)
        shipment = transport.dispatch(
            actor=actor,
            order_id=order.id,
            sender=order.seller,
            warehouse=order.warehouse,
            owner=order.buyer,
            lines=[
                _dispatch_line(order, open_lines[pk], n, (marks or {}).get(pk, ()))
                for pk, n in quantities.items()
            ],
            carrier_name=hauler.short_in(chinese=False) if hauler else carrier,
            carrier_name_zh=hauler.short_in(chinese=True) if hauler else "",
            at=at,
            lender=deal.lender,
            deal=deal.id,
            is_picked_up=hauler is None,
            origin=origin,
            ship_to=order.ship_to,
        )
        if hauler is not None:
            carrying.give(deal, shipment, hauler.pk, at=at)
        value = sum(open_lines[pk].unit_price * n for pk, n in quantities.items())
        _book_shipped(deal, order, shipment, value, actor=actor, at=at)
        remember(
            deal, Step.SHIPPED, key=shipment.number, actor=actor, at=at,
            quantity=sum(quantities.values()), value=value, shipment=shipment.number,
        )  # fmt: skip
        vat.shipped(order, shipment, actor=actor, at=at)
        place = names([order.warehouse])[order.warehouse]
        for org in {order.buyer, order.warehouse}:
            tell(
                org,
                "goods-sent",
                {"number": order.number, "warehouse": place},
                link=deals.link(deal),
                at=at,
            )
    return shipment


def arrived(shipment_id: UUID, *, actor: Actor, at: datetime) -> Shipment:
    """The keeper sees the shipment at the gate."""
    shipment = _shipment(shipment_id, actor)
    transport.arrived(shipment, actor=actor, at=at)
    return shipment


def goods_received(
    shipment_id: UUID, *, actor: Actor, counts: Sequence[Count], at: datetime
) -> Received:
    """The keeper counted a shipment: what is good is stored and, when financed, pledged at once.

    Receipt and pledge are one transaction, so no financed goods ever lie free; goods that the
    dealer brought itself go their own way (`exchange`). What is short or damaged is not paid for
    (`side_exits.receipt_differs`). The parties see the photos of the goods from this moment on.
    """
    shipment = _shipment(shipment_id, actor)
    deal = deals.of_shipment(actor, shipment)
    with widened(parties(deal)):
        deal = locked(deal.id)
        if deal.is_stock:
            return stock_loan.goods_received(deal, shipment, counts, actor=actor, at=at)
        if lodging.carries(shipment):
            return exchange.received(deal, shipment, counts, actor=actor, at=at)
        order, pledge = order_of(deal), _open_pledge(deal)
        received = warehousing.receive(
            actor=actor,
            shipment=shipment,
            counts=counts,
            pledge=pledge.id if pledge else None,
            holder=pledge.pledgee if pledge else order.buyer,
            at=at,
            audience=parties(deal),
        )
        shown = photos.share(deal, shipment)
        ordering.note_received(
            order,
            quantities=received.good,
            damaged=received.damaged,
            missing=received.short,
            actor=actor,
            at=at,
        )
        if received.short or received.damaged:
            lost = Counter(received.short) + Counter(received.damaged)
            discounts.give_back(order.pk, by_goods(order.lines.all(), lost))
        carriages.counted(shipment.pk, at=at)
        remember(
            deal, Step.RECEIVED, key=shipment.number, actor=actor, at=at,
            good=sum(received.good.values()),
            receipt=received.receipt.number if received.receipt else "",
        )  # fmt: skip
        if pledge is not None:
            _pledge(deal, pledge, received, actor=actor, at=at)
        side_exits.receipt_differs(deal, shipment, received, photos=shown, at=at)
        if pledge is not None and received.receipt is not None:
            _free_on_arrival(deal, key=received.receipt.number, at=at)
        if received.short or received.damaged:
            vat.red_due(deal, shipment.pk, at=at)
        if deal.loan_id:
            close_if_done(deal, at=at)
        elif order.status == OrderStatus.RECEIVED:
            complete(deal, order, at=at)
    return received


def pick_up(*, actor: Actor, code: str, at: datetime) -> gate.PickUpVerdict:
    """A one-time code at the gate: the freed goods leave, or the verdict says why not.

    A stop is an answer, not an error, so that a wrong code is recorded too.
    """
    deal_id = gate.find_deal(code, actor=actor)
    if deal_id is None:
        return gate.pick_up(actor=actor, code=code, at=at)
    with widened(parties(deals.get(actor, deal_id))):
        deal = locked(deal_id)
        verdict = gate.pick_up(actor=actor, code=code, at=at)
        freed = verdict.release_order
        if verdict.go and freed is not None:
            remember(
                deal, Step.PICKED_UP, key=freed.number, actor=actor, at=at,
                quantity=freed.quantity, release=freed.number,
            )  # fmt: skip
            close_if_done(deal, at=at)
    return verdict


def _open_pledge(deal: Deal) -> Pledge | None:
    """The pledge arriving goods go under; None when nothing is owed on them any more."""
    pledge = pledge_of(deal)
    is_open = pledge is not None and pledge.status in (
        PledgeStatus.PROPOSED,
        PledgeStatus.ACTIVE,
        PledgeStatus.PARTLY_RELEASED,
    )
    return pledge if is_open else None


def _pledge(deal: Deal, pledge: Pledge, received: Received, *, actor: Actor, at: datetime) -> None:
    """The good goods secure the loan from this moment; what was repaid before frees its share."""
    loan = loan_of(deal)
    worth = dict(OrderLine.objects.filter(order=deal.order_id).values_list("id", "unit_price"))
    pledge_received(
        deal, pledge, loan, received, worth=worth, book=lending.goods_pledged, actor=actor, at=at
    )


def _free_on_arrival(deal: Deal, *, key: str, at: datetime) -> None:
    """What is free already of goods that just came; what came short is known by now."""
    loan = loan_of(deal)
    if frees_on_arrival(loan.release_mode, loan.principal_repaid):
        release(deal, key=key, at=at)


def _must_be_paid(deal: Deal, order: Order) -> None:
    if deal.loan_id is None:
        return
    loan = loan_of(deal)
    if loan.status not in (*RUNNING, LoanStatus.REPAID):
        raise Refused(
            "not-paid-yet",
            "The money for %(number)s has not arrived yet.",
            number=order.number,
            help="Ship when the notice of the payment is here.",
        )


def _book_shipped(
    deal: Deal, order: Order, shipment: Shipment, value: int, *, actor: Actor, at: datetime
) -> None:
    """What leaving goods do to the books: by loan, on terms, or paid before."""
    if deal.loan_id:
        loan: Loan = loan_of(deal)
        lending.goods_shipped(loan, amount=value, key=str(shipment.id), at=at)
        return
    if order.pay_by == PayBy.TERMS:
        open_account.sent(deal, order, value, shipment=shipment.id, actor=actor, at=at)
        return
    books.post(
        journals.order_delivered(
            seller=order.seller, buyer=order.buyer, order=order.id, amount=value
        ),
        kind="order_delivered",
        key=f"delivered:{shipment.id}",
        subject=order.id,
        effective=day_of(at),
        currency=order.currency,
        at=at,
    )


def complete(deal: Deal, order: Order, *, at: datetime) -> None:
    """An order without a loan is over when its goods are there."""
    ordering.complete(order, actor=Actor.system(), at=at)
    end(deal, Outcome.CLOSED, at=at)


def _dispatch_line(
    order: Order, line: OrderLine, quantity: int, marks: Sequence[Marked]
) -> DispatchLine:
    kept = reservation_of(order.id, line.sku_id)
    return DispatchLine(line.pk, line.sku_id, quantity, kept, tuple(marks))


def _shipment(shipment_id: UUID, actor: Actor) -> Shipment:
    found = shipments.visible_to(actor).filter(pk=shipment_id).first()
    if found is None:
        raise NotFound()
    return found
