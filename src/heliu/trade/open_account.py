"""The money between buyer and seller of an order that no bank finances.

    short     goods came short or damaged: on terms they are not owed; what was paid is owed back
    settle    the seller writes down that money came: the buyer's, or its own on the way back

On terms a buyer owes for what was sent and not lost; by transfer it has paid before. The money
itself moves outside of the platform; what is written down is remembered as steps of the deal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from heliu.capital.books import operations as books
from heliu.capital.books import policies as journals
from heliu.capital.books.policies import Entry
from heliu.commerce.ordering.models import Order, PayBy
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.trade import deals
from heliu.trade.models import Deal, DealStep, Step
from heliu.trade.paperwork import order_of
from heliu.trade.steps import locked, parties, remember

PAID = (Step.TERMS_PAID, Step.REFUNDED)


@dataclass(frozen=True)
class OpenAccount:
    """What one order comes to, in minor units.

    `sent` is the price of what left the seller on terms, `lost` of what came short or damaged.
    `paid` is what the buyer paid since, `refund` what it had paid of the lost ones, `refunded` what
    of that it has back.
    """

    sent: int
    lost: int
    paid: int
    refund: int
    refunded: int

    @property
    def owed(self) -> int:
        """What the buyer owes now."""
        return self.sent - self.lost + self.refund - self.paid if self.sent else 0

    @property
    def owed_back(self) -> int:
        """What the seller owes now."""
        return self.refund - self.refunded


def account_of(order: Order, steps: Iterable[DealStep]) -> OpenAccount:
    """How an order that is not financed stands by the steps of its deal.

    By transfer all was paid before, so nothing of what is sent is owed.
    """
    done = list(steps)

    def total(step: Step, name: str) -> int:
        return sum(one.data[name] for one in done if one.step == step)

    return OpenAccount(
        sent=total(Step.SHIPPED, "value") if order.pay_by == PayBy.TERMS else 0,
        lost=total(Step.RECEIPT_DIFFERS, "value"),
        paid=total(Step.TERMS_PAID, "amount"),
        refund=total(Step.RECEIPT_DIFFERS, "refund"),
        refunded=total(Step.REFUNDED, "amount"),
    )


def short(deal: Deal, value: int, *, key: str, at: datetime) -> int:
    """Goods of `value` came short or damaged.

    What is not paid yet is not owed any more, and its credit is free at once; what was paid the
    seller owes back. Returns how much that is.
    """
    order = order_of(deal)
    ends = {"seller": order.seller, "buyer": order.buyer}
    refund = max(0, value - _stands(deal, order).owed)
    if unpaid := value - refund:
        _book(
            order, "terms_short", journals.terms_short(**ends, amount=unpaid), key, day_of(at), at
        )
    if refund:
        entries = journals.order_short(**ends, order=order.id, amount=refund)
        _book(order, "order_short", entries, key, day_of(at), at)
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
        if not actor.is_system and order.seller not in actor.orgs:
            raise Forbidden("not-your-order", "Only the seller writes down what was paid.")
        if DealStep.objects.filter(deal=deal, key=key, step__in=PAID).exists():
            return order
        stands = _stands(deal, order)
        is_back = not stands.owed
        _check(order, amount, stands.owed_back if is_back else stands.owed, value_day, at)
        ends = {"seller": order.seller, "buyer": order.buyer}
        kind, entries = (
            (
                "order_short_refunded",
                journals.order_short_refunded(**ends, order=order.id, amount=amount),
            )
            if is_back
            else ("terms_paid", journals.terms_paid(**ends, amount=amount))
        )
        _book(order, kind, entries, key, value_day, at)
        remember(
            deal, Step.REFUNDED if is_back else Step.TERMS_PAID, key=key, actor=actor, at=at,
            amount=amount, value_day=value_day.isoformat(), reference=reference.strip()[:80],
        )  # fmt: skip
        tell(
            order.buyer,
            "money-back-noted" if is_back else "terms-paid",
            {"amount": Money(amount), "number": order.number},
            link=deals.link(deal),
            at=at,
        )
    return order


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
            owed=str(Money(owed)),
            number=order.number,
        )
    if value_day > day_of(at):
        raise Invalid("day-to-come", "This day has not come yet.", field="value_day")


def _stands(deal: Deal, order: Order) -> OpenAccount:
    return account_of(order, DealStep.objects.filter(deal=deal))


def _book(
    order: Order, kind: str, entries: list[Entry], key: str, effective: date, at: datetime
) -> None:
    books.post(
        entries,
        kind=kind,
        key=f"{kind}:{order.id}:{key}",
        subject=order.id,
        effective=effective,
        at=at,
    )
