"""The money between buyer and seller of an order that no bank finances.

    short     goods came short or damaged: on terms they are not owed; what was paid is owed back
    settle    the seller writes down that money came: the buyer's, or its own on the way back
    take_back what was written down by mistake is reversed

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
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.kernel.posting import operations as posting
from heliu.trade import deals
from heliu.trade.models import Deal, DealStep, Step
from heliu.trade.paperwork import order_of
from heliu.trade.steps import locked, parties, remember

PAID = (Step.TERMS_PAID, Step.REFUNDED)
KINDS = {Step.TERMS_PAID: "terms_paid", Step.REFUNDED: "order_short_refunded"}


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


@dataclass(frozen=True)
class Written:
    """A payment that the seller wrote down; `key` names it. Amount in minor units."""

    key: str
    amount: int
    value_day: date
    reference: str
    is_back: bool


def written(steps: Iterable[DealStep]) -> list[Written]:
    """What was written down on an order and stands, newest first."""
    done = list(steps)
    undone = {one.key for one in done if one.step == Step.PAYMENT_TAKEN_BACK}
    return [
        Written(
            one.key,
            one.data["amount"],
            date.fromisoformat(one.data["value_day"]),
            one.data["reference"],
            one.step == Step.REFUNDED,
        )
        for one in reversed(done)
        if one.step in PAID and "value_day" in one.data and one.key not in undone
    ]


def account_of(order: Order, steps: Iterable[DealStep]) -> OpenAccount:
    """How an order that is not financed stands by the steps of its deal.

    By transfer all was paid before, so nothing of what is sent is owed.
    """
    done = list(steps)

    undone = {one.key for one in done if one.step == Step.PAYMENT_TAKEN_BACK}

    def total(step: Step, name: str) -> int:
        stands = (
            one for one in done if one.step == step and not (step in PAID and one.key in undone)
        )
        return sum(one.data[name] for one in stands)

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


def take_back(order_id: UUID, *, key: str, reason: str, actor: Actor, at: datetime) -> Order:
    """The seller takes back what it wrote down by mistake under `key`; said again, nothing changes.

    The entry is reversed on its own day. Raises `LimitShort` when the buyer has used the credit
    that the payment set free, and `Refused` when the seller has paid back since.
    """
    actor.require("sell")
    deal = deals.of_order(actor, order_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        order = order_of(deal)
        if not actor.is_system and order.seller not in actor.orgs:
            raise Forbidden("not-your-order", "Only the seller writes down what was paid.")
        step = DealStep.objects.filter(deal=deal, key=key, step__in=PAID).first()
        if step is None or "value_day" not in step.data:
            raise NotFound()
        if not reason.strip():
            raise Invalid("reason-missing", "A reason is needed.", field="reason")
        amount, kind = step.data["amount"], KINDS[Step(step.step)]
        if not remember(
            deal, Step.PAYMENT_TAKEN_BACK, key=key, actor=actor, at=at, amount=amount,
            value_day=step.data["value_day"], reason=reason.strip()[:300],
        ):  # fmt: skip
            return order
        _require_unused(deal, order)
        written = posting.standing(order.id, [kind], after=date.min)
        entry = [one for one in written if one.key == f"{kind}:{order.id}:{key}"]
        books.post_all([], reversing=entry, subject=order.id, at=at)
        tell(
            order.buyer,
            "payment-taken-back",
            {"amount": Money(amount), "number": order.number},
            link=deals.link(deal),
            at=at,
        )
    return order


def _require_unused(deal: Deal, order: Order) -> None:
    """What goods that came short have turned into a debt of the seller stands."""
    stands = _stands(deal, order)
    if stands.refund > stands.paid:
        raise Refused(
            "paid-back-since",
            "Part of it is owed back for goods of %(number)s.",
            number=order.number,
            help="Settle it with the buyer.",
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
