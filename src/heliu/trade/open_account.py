"""The money between buyer and seller of an order that no bank finances.

    sent      what leaves on terms is owed from then on, by an invoice
    short     goods came short or damaged: on terms they are not owed; what was paid is owed back
    settle    the seller writes down that money came: the buyer's, or its own on the way back
    unrefund  what it wrote down of its own money was a mistake: it owes that again

On terms a buyer owes for what was sent and not lost (`receivables.py` has what concerns more than
one order); by transfer it has paid before. What is written down is remembered as steps of the deal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.capital.bank import queries as bank
from heliu.capital.bank.models import Purpose
from heliu.capital.books import operations as books
from heliu.capital.books.entries import Entry
from heliu.capital.books.journals import orders as journals
from heliu.capital.terms import queries as credit
from heliu.capital.terms.models import Invoice
from heliu.capital.terms.operations import giving_back, invoices
from heliu.capital.terms.operations.common import locked_terms
from heliu.commerce.ordering.models import Order, PayBy
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.kernel.posting import queries as posting
from heliu.trade import deals, receivables
from heliu.trade.models import Deal, DealStep, Step
from heliu.trade.names import terms_hold_of
from heliu.trade.paperwork import order_of
from heliu.trade.steps import is_done, locked, parties, remember


@dataclass(frozen=True)
class OpenAccount:
    """What one order comes to, in minor units.

    On terms `sent` is the price of what left the seller and `interest` what late payment cost;
    `credited` is what of it is not owed, `discounted` what paying early saved, `paid` what the
    buyer paid, `written_off` what the seller gave up and `owed` what is open, the first of it due
    on `due_on`. `lost` is the price of what came short or damaged, `refund` what had been paid of
    that, of what was struck and of what was given back, `refunded` what the buyer has back.
    """

    sent: int
    lost: int
    paid: int
    refund: int
    refunded: int
    owed: int = 0
    credited: int = 0
    discounted: int = 0
    interest: int = 0
    written_off: int = 0
    due_on: date | None = None

    @property
    def owed_back(self) -> int:
        """What the seller owes now."""
        return self.refund - self.refunded


def account_of(steps: Iterable[DealStep], invoices: Iterable[Invoice]) -> OpenAccount:
    """How an order that is not financed stands, by the steps of its deal and its invoices.

    By transfer all was paid before, and there is no invoice: nothing of what is sent is owed.
    """
    done, bills = list(steps), list(invoices)

    def total(step: Step, name: str) -> int:
        return sum(one.data[name] for one in done if one.step == step)

    return OpenAccount(
        sent=sum(one.amount for one in bills if one.is_for_goods),
        lost=total(Step.RECEIPT_DIFFERS, "value"),
        paid=sum(one.paid for one in bills),
        refund=sum(
            total(step, "refund") for step in (Step.RECEIPT_DIFFERS, Step.STRUCK, Step.RETURNED)
        ),
        refunded=total(Step.REFUNDED, "amount") - total(Step.REFUND_TAKEN_BACK, "amount"),
        owed=sum(one.left for one in bills),
        credited=sum(one.credited for one in bills),
        discounted=sum(one.discounted for one in bills),
        interest=sum(one.amount for one in bills if not one.is_for_goods),
        written_off=sum(one.written_off for one in bills),
        due_on=min((one.due_on for one in bills if one.left), default=None),
    )


def sent(
    deal: Deal, order: Order, value: int, *, shipment: UUID, actor: Actor, at: datetime
) -> None:
    """Goods of an order on terms left: held credit is owed from now on, under an invoice for each
    instalment; for what came for free there is none."""
    if not value:
        return
    granted = locked_terms(order.seller, order.buyer, at=at)
    issued = invoices.issue(
        granted,
        order=order.id,
        order_number=order.number,
        deal=deal.id,
        key=str(shipment),
        amount=value,
        credit_hold=terms_hold_of(order.id),
        actor=actor,
        at=at,
    )
    for invoice in issued:
        tell(
            order.buyer,
            "invoice-issued",
            {
                "number": order.number,
                "invoice": invoice.number,
                "amount": Money(invoice.amount),
                "due": invoice.due_on.isoformat(),
            },
            link=deals.link(deal),
            at=at,
        )
    receivables.use_credit(granted, at=at)


GIVEN_UP = {"short": journals.order_short, "returned": journals.order_returned}


def short(deal: Deal, value: int, *, key: str, at: datetime, kind: str = "short") -> int:
    """Goods of `value` came short or damaged, or (`returned`) were given back.

    What is not paid yet is not owed any more, and its credit is free at once; then what was given
    up; what was paid the seller owes back, less the discount it was paid with. Returns how much
    that is, in fen.
    """
    order, left = order_of(deal), value
    # What was sent with this shipment first: `key` is what its invoice is for.
    goods = [one for one in credit.of_order(order.id) if one.is_for_goods]
    goods.sort(key=lambda one: one.shipment != key)
    for invoice in goods:
        if unpaid := min(left, invoice.left):
            invoices.credit(
                invoice, unpaid, key=f"{key}:{invoice.number}", kind=f"terms_{kind}",
                reason=kind, actor=Actor.system(), at=at,
            )  # fmt: skip
            left -= unpaid
    for invoice in goods:
        if given_up := min(left, invoice.written_off):
            giving_back.drop_claim(
                invoice, given_up, key=f"{key}:{invoice.number}", reason=kind, at=at
            )
            left -= given_up
    # By transfer all was paid before; on terms what an invoice has of payments goes back, and what
    # a credit note gave up was never paid.
    refund = 0 if goods else left
    for invoice in goods:
        back = giving_back.give_back(
            invoice, left, key=f"{key}:{invoice.number}", reason=kind, actor=Actor.system(), at=at
        )
        left, refund = left - back.value, refund + back.value - back.discount
    if refund:
        entries = GIVEN_UP[kind](
            seller=order.seller, buyer=order.buyer, order=order.id, amount=refund
        )
        _book(order, f"order_{kind}", entries, key, day_of(at), at)
    return refund


def settle(
    order_id: UUID,
    *,
    actor: Actor,
    amount: int,
    value_day: date,
    reference: str,
    key: str,
    at: datetime,
) -> Order:
    """The seller writes down money that moved for an order that no bank finances.

    On terms it is the buyer's payment, whole or in part, and frees its credit at once; where the
    seller owes for lost goods and nothing is owed to it, it is the seller's payment back. `key`
    makes a repeated call harmless. Raises `Refused` for more than is owed.
    """
    actor.require("sell")
    deal = deals.of_order(actor, order_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        order = order_of(deal)
        receivables.require_seller(actor, order.seller)
        if is_done(deal, Step.TERMS_PAID, key=key) or is_done(deal, Step.REFUNDED, key=key):
            return order
        billed = list(credit.of_order(order.id))
        stands = account_of(DealStep.objects.filter(deal=deal), billed)
        _check(order, amount, stands.owed or _to_pay_back(deal, stands), value_day, at)
        if stands.owed:
            receivables.paid(
                locked_terms(order.seller, order.buyer, at=at), amount=amount,
                value_day=value_day, reference=reference, key=key,
                named=[one.id for one in billed], actor=actor, at=at,
            )  # fmt: skip
        else:
            paid_back(deal, order, amount, value_day, reference, key=key, actor=actor, at=at)
    return order


def refunds_by_hand(actor: Actor, deal: Deal) -> list[DealStep]:
    """What the seller wrote down of its own payments and did not take back, the newest first; what
    a bank has booked is none of it."""
    mine = deals.steps_of(deal, actor)
    gone = mine.filter(step=Step.REFUND_TAKEN_BACK).values("key")
    found = mine.filter(step=Step.REFUNDED, actor__isnull=False).exclude(key__in=gone)
    return list(found.order_by("-pk"))


def unrefund(order_id: UUID, *, actor: Actor, key: str, at: datetime) -> Order:
    """A refund (by the `key` under which the seller wrote it down) was written down by mistake: its
    journal is reversed and the seller owes as much again. Again, it changes nothing."""
    actor.require("sell")
    deal = deals.of_order(actor, order_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        order = order_of(deal)
        receivables.require_seller(actor, order.seller)
        if is_done(deal, Step.REFUND_TAKEN_BACK, key=key):
            return order
        found = next((one for one in refunds_by_hand(actor, deal) if one.key == key), None)
        if found is None:
            raise NotFound()
        back = posting.standing(order.id, ("order_short_refunded",), after=date.min)
        reversing = [one for one in back if one.key.endswith(f":{key}")]
        books.post_all([], reversing=reversing, subject=order.id, at=at)
        amount = found.data["amount"]
        remember(deal, Step.REFUND_TAKEN_BACK, key=key, actor=actor, at=at, amount=amount)
        tell(
            order.buyer,
            "money-back-withdrawn",
            {"amount": Money(amount, order.currency), "number": order.number},
            link=deals.link(deal),
            at=at,
        )
    return order


def owed_back(deal: Deal) -> int:
    """What the seller owes back on a deal now and no bank is paying yet, in fen."""
    billed = credit.of_order(deal.order_id)
    return _to_pay_back(deal, account_of(DealStep.objects.filter(deal=deal), billed))


def _to_pay_back(deal: Deal, stands: OpenAccount) -> int:
    return max(0, stands.owed_back - bank.under_way(deal.id, Purpose.RETURN))


def paid_back(
    deal: Deal, order: Order, amount: int, value_day: date, reference: str, *, key: str,
    actor: Actor, at: datetime,
) -> None:  # fmt: skip
    """The seller paid back what it owed: goods that came short or damaged, or were given back."""
    entries = journals.order_short_refunded(
        seller=order.seller, buyer=order.buyer, order=order.id, amount=amount
    )
    _book(order, "order_short_refunded", entries, key, value_day, at)
    remember(
        deal, Step.REFUNDED, key=key, actor=actor, at=at,
        amount=amount, value_day=value_day.isoformat(), reference=reference.strip()[:80],
    )  # fmt: skip
    tell(
        order.buyer,
        "money-back-noted",
        {"amount": Money(amount, order.currency), "number": order.number},
        link=deals.link(deal),
        at=at,
    )


def _check(order: Order, amount: int, owed: int, value_day: date, at: datetime) -> None:
    if order.pay_by == PayBy.FINANCE or not owed:
        raise Refused(
            "nothing-owed", "Nothing is owed between you on %(number)s.", number=order.number
        )
    if amount <= 0:
        raise Invalid(
            "amount-not-positive", "A payment needs an amount above zero.", field="amount"
        )
    if amount > owed:
        raise Refused(
            "more-than-owed",
            "Only %(owed)s is owed on %(number)s.",
            field="amount",
            owed=str(Money(owed, order.currency)),
            number=order.number,
        )
    if value_day > day_of(at):
        raise Invalid("day-to-come", "This day has not come yet.", field="value_day")


def _book(
    order: Order, kind: str, entries: list[Entry], key: str, effective: date, at: datetime
) -> None:
    books.post(
        entries,
        kind=kind,
        key=f"{kind}:{order.id}:{key}",
        subject=order.id,
        effective=effective,
        currency=order.currency,
        at=at,
    )
