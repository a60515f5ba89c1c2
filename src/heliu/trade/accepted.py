"""An order that is good, and what is written for it: its lines after promotions, its deal, what it
holds of credit and goods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from heliu.commerce.ordering import operations as ordering
from heliu.commerce.ordering.operations import Draft, PricedLine
from heliu.commerce.ordering.parts import Part, divided
from heliu.commerce.ordering.policies import CheckedLine
from heliu.commerce.pricing import rewards
from heliu.commerce.pricing.rewards import Gift, Reward
from heliu.kernel.ids import new_id
from heliu.kernel.numbering import number_of
from heliu.logistics.stock.moves import Short
from heliu.trade.models import Deal
from heliu.trade.names import reservations_of, terms_hold_of
from heliu.trade.wishes import Ask, Goods, Known


def written(
    lines: Sequence[PricedLine], earned: Sequence[Reward], order_day: date | None
) -> list[PricedLine]:
    """Lines as they are written: those that share in an amount off the whole order perhaps in two,
    goods for free beneath."""
    if not earned:
        return list(lines)
    off: dict[UUID, int] = {}
    for one in earned:
        for sku, share in one.off.items():
            off[sku] = off.get(sku, 0) + share
    found: list[PricedLine] = []
    for line in lines:
        amount = line.quantity * line.unit_price - off.get(line.sku_id, 0)
        prices = rewards.parts(line.quantity, amount)
        days = divided(line.parts, [part.quantity for part in prices])
        found += [
            line._replace(
                quantity=price.quantity,
                unit_price=price.unit_price,
                wanted_on=_first_day(parts, order_day) if parts else line.wanted_on,
                parts=parts if len(parts) > 1 else (),
            )
            for price, parts in zip(prices, days, strict=True)
        ]
    return found + [PricedLine(sku, n, 0) for one in earned for sku, n in one.gifts.items()]


def _first_day(parts: Sequence[Part], order_day: date | None) -> date | None:
    """The first of some parts' days, where that is not the order's."""
    first = parts[0].wanted_on
    return None if first == order_day else first


@dataclass(frozen=True)
class Good:
    """An ask that is good: what is written for it once it is known where the goods go. `lines` are
    as they were asked for, `rewards` what the order earns as a whole, `total` is after those."""

    ask: Ask
    known: Known
    lines: list[CheckedLine[Goods]]
    total: int
    rewards: tuple[Reward, ...] = ()

    @cached_property
    def promised(self) -> list[tuple[UUID, int | None, int]]:
        """What the seller promises of its goods: (SKU, the account it is promised on, how much)."""
        found = {
            line.sku.pk: (wanted.account, line.quantity)
            for line, wanted in zip(self.lines, self.known.wanted, strict=True)
            if line.sku and line.quantity
        }
        for one in self.rewards:
            for sku, n in one.gifts.items():
                account, before = found.get(sku, (self._gifts[sku].account, 0))
                found[sku] = (account, before + n)
        return [(sku, account, quantity) for sku, (account, quantity) in found.items()]

    @property
    def earned(self) -> list[dict[str, Any]]:
        """What is written down of its rewards."""
        quantities = {line.sku.pk: line.quantity or 0 for line in self.lines if line.sku}
        return rewards.kept(self.rewards, quantities, self._gifts)

    @property
    def _gifts(self) -> Mapping[UUID, Gift]:
        return self.known.offers.gifts if self.known.offers else {}

    @property
    def priced(self) -> list[PricedLine]:
        """Its lines with their days, as they will be written."""
        return [
            self.ask.wish.line(line.sku.pk, line.quantity, line.unit_price)
            for line in self.lines
            if line.sku and line.quantity and line.unit_price is not None
        ]

    def accepted(self, at: datetime, *, warehouse: UUID, lender: UUID | None = None) -> Accepted:
        """The order and its deal, not yet written. Raises `Invalid` for what is no order."""
        ask, wish = self.ask, self.ask.wish
        draft = ordering.draft(
            actor=ask.actor,
            buyer=ask.buyer,
            seller=wish.seller,
            warehouse=warehouse,
            pay_by=wish.pay_by,
            lines=written(self.priced, self.rewards, wish.wanted_on),
            number=number_of("SO", self.known.order_number, at),
            at=at,
            remark=wish.remark,
            external_id=wish.external_id,
            lender=lender,
            order_id=wish.asked,
            wanted_on=wish.wanted_on,
            address=wish.address,
            currency=self.known.currency,
        )
        return Accepted(self, draft, new_id(), number_of("DL", self.known.deal_number, at))


@dataclass(frozen=True)
class Accepted:
    """An order that will be written, with the id and the number of its deal."""

    good: Good
    draft: Draft
    deal_id: UUID
    deal_number: str

    def deal(self) -> Deal:
        """The deal, once it is written."""
        order = self.draft
        deal = Deal(
            id=self.deal_id,
            number=self.deal_number,
            order_id=order.id,
            buyer=order.buyer,
            seller=order.seller,
            lender=order.lender,
            custodian=order.warehouse if order.lender else None,
            opened_at=order.placed_at,
            moved_at=order.placed_at,
        )
        deal._state.adding = False
        return deal

    def holds(self) -> list[tuple[UUID, int, int, UUID]]:
        """What it holds: (id, account, signed amount, order); credit, then goods."""
        order, known = self.draft, self.good.known
        held = []
        if known.terms is not None:
            held.append((terms_hold_of(order.id), known.terms, order.total, order.id))
        promised = self.good.promised
        names = reservations_of(order.id, (sku for sku, _, _ in promised))
        for name, (sku, account, quantity) in zip(names, promised, strict=True):
            if account is None:  # judged as sold out
                raise Short(sku)
            held.append((name, account, -quantity, order.id))
        return held
