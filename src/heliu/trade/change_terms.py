"""What a change of an order comes to: judged and priced, nothing written.

What is added or raised is priced as an order of today; what is made smaller, or left alone, keeps
its price unless it was one of a quantity or a worth that the order does not reach any more. What
the order earns as a whole is reckoned anew (`change_rewards.py`), as long as nothing has left.
Goods are judged as on an order that is placed, those of which something left by what left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import EllipsisType
from uuid import UUID

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.catalogue.policies import seen as visible
from heliu.commerce.ordering.models import Order, OrderLine, OrderStatus, PayBy
from heliu.commerce.ordering.operations.drafts import LARGEST_TOTAL
from heliu.commerce.ordering.parts import Part, fitted
from heliu.commerce.ordering.paste import LARGEST
from heliu.commerce.ordering.policies import PastedLine, check_lines, refuse_day
from heliu.commerce.ordering.versions import Version, VersionLine, moved
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.queries import Price
from heliu.commerce.quotes import queries as quotes
from heliu.kernel.addresses import queries as addresses
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties import queries as parties
from heliu.logistics.stock import queries as stock
from heliu.trade import back_orders, change_rewards
from heliu.trade.deciding import refuse_bad, refuse_small, stopped
from heliu.trade.models import Deal
from heliu.trade.order_pad import rule_of

CHANGEABLE = (OrderStatus.PLACED, OrderStatus.CONFIRMED, OrderStatus.PART_SHIPPED)


@dataclass(frozen=True)
class Wanted:
    """What is to be another: goods named here get this quantity (0 strikes the line) and this day
    of their own, or these parts by day; what is not named stays, and so do words that are not
    given. `address` is of the buyer's book."""

    quantities: Mapping[UUID, int] = field(default_factory=dict)
    line_days: Mapping[UUID, date | None] = field(default_factory=dict)
    wanted_on: date | EllipsisType | None = ...
    remark: str | None = None
    external_id: str | None = None
    line_parts: Mapping[UUID, Sequence[Part]] = field(default_factory=dict)
    address: UUID | None = None


@dataclass(frozen=True)
class Proposal:
    """An order as it is and as it would be. `priced` are the goods that have a price of now;
    `rises` is whether anything of it becomes more or dearer."""

    before: Version
    after: Version
    priced: frozenset[UUID]

    @classmethod
    def of(cls, before: Version, after: Version, *, order: Order, at: datetime) -> Proposal:
        """What was proposed before, against an order that may have gone on meanwhile."""
        was = before.by_sku
        priced = frozenset(
            line.sku
            for line in after.lines
            if line.sku not in was or line.unit_price != was[line.sku].unit_price
        )
        proposal = cls(before, after, priced)
        if proposal.rises:
            _refuse_stopped(order)
        return proposal

    @property
    def rises(self) -> bool:
        """Whether a line is new, larger or dearer: then the house's rules are asked anew."""
        was = self.before.by_sku
        return any(
            line.sku not in was
            or line.quantity > was[line.sku].quantity
            or line.unit_price > was[line.sku].unit_price
            for line in self.after.lines
        )

    @property
    def concerns_goods(self) -> bool:
        """Whether the seller is concerned: lines, days or the place they go to are others."""
        return self.before.words() != self.after.words()

    @property
    def concerns_amounts(self) -> bool:
        """Whether quantities or prices are others."""
        return _amounts(self.before) != _amounts(self.after)


def propose_for(deal: Deal, order: Order, wanted: Wanted, *, at: datetime) -> Proposal:
    """What the order would be. Raises what placing it so would raise, and what is past changing."""
    lines = list(order.lines.select_related("sku__unit").order_by("position"))
    before = change_rewards.has_earned(order, Version.of(order, lines))
    plain = change_rewards.plain(order, before)
    priced = _priced(order, plain, _worded(order, plain, wanted, at), at=at)
    made = Proposal(before, _earning(order, before, plain, priced, at), priced.priced)
    refuse_fixed(deal, order, before, made.after)
    if before == made.after:
        raise Invalid("nothing-changed", "This changes nothing.", field="lines")
    if made.concerns_amounts:
        _refuse_total(order, made)
    return made


def _earning(
    order: Order, before: Version, plain: Version, priced: Proposal, at: datetime
) -> Version:
    """What was priced, with what it earns as a whole, reckoned anew where goods are others."""
    if not priced.concerns_amounts:
        return replace(change_rewards.as_before(before, priced.after), earned=before.earned)
    if any(line.shipped or line.cancelled for line in order.lines.all()):
        return priced.after
    return change_rewards.rewarded(order, priced.after, priced.priced, at=at)


def refuse_fixed(deal: Deal, order: Order, before: Version, after: Version) -> None:
    """What cannot be another any more: an order that is over, what has left, what a bank pays."""
    if order.status not in CHANGEABLE:
        raise Refused(
            "order-past-changing",
            "Order %(number)s is %(now)s; it cannot be changed any more.",
            number=order.number,
            now=order.get_status_display(),
        )
    if before.ship_to != after.ship_to:
        _refuse_bound(deal, order)
    if _amounts(before) == _amounts(after):
        return
    if deal.loan_id is not None:
        raise Refused(
            "financed-order-fixed",
            "A bank finances order %(number)s as it stands: its goods cannot be changed.",
            help="Cancel it and order anew, or order what is to be added by itself.",
            number=order.number,
        )
    if quote := quotes.of_order(order.pk):
        raise Refused(
            "quoted-order-fixed",
            "Order %(number)s is of quote %(quote)s, whose prices are for exactly these goods.",
            help="Order what is to be added by itself, or cancel it and order anew.",
            number=order.number,
            quote=quote.number,
        )
    begun = any(line.shipped or line.cancelled for line in order.lines.all())
    if begun and (change_rewards.told(before) or change_rewards.told(after)):
        raise Refused(
            "promoted-order-fixed",
            "Order %(number)s earned a promotion as a whole, and a part of it has left: its goods"
            " cannot be changed any more.",
            help="Order what is to be added by itself, or give back what is too much.",
            number=order.number,
        )
    wanted = after.by_sku
    for line in order.lines.select_related("sku"):
        now = wanted.get(line.sku_id)
        if line.shipped or line.cancelled:
            _refuse_begun(line, now.quantity if now else 0)


def _refuse_bound(deal: Deal, order: Order) -> None:
    """Goods that are pledged go to their keeper, and what has begun to leave goes where it went."""
    if deal.lender is not None:
        raise Refused(
            "financed-order-bound",
            "The goods of %(number)s go to the warehouse that keeps them for the bank.",
            field="address",
            number=order.number,
        )
    if any(line.shipped for line in order.lines.all()):
        raise Refused(
            "order-has-left",
            "A part of %(number)s has left: the rest goes to the same address.",
            field="address",
            number=order.number,
        )


def _refuse_begun(line: OrderLine, quantity: int) -> None:
    """A line of which something left keeps what left, and does not grow."""
    begun = line.shipped + line.cancelled
    if quantity > line.quantity:
        raise Refused(
            "line-begun",
            "%(goods)s: a part has left, the line cannot become larger.",
            field=f"lines.{line.position}",
            help="Order what is to be added by itself.",
            goods=line.sku.code,
        )
    if quantity < begun:
        raise Refused(
            "line-sent",
            "%(goods)s: %(sent)s have left, so many stay on the order.",
            field=f"lines.{line.position}",
            goods=line.sku.code,
            sent=begun,
        )


def _worded(order: Order, before: Version, wanted: Wanted, at: datetime) -> Version:
    """The order with its words and quantities as wanted, still at its old prices; what is new has
    none."""
    today = day_of(at)
    on = before.wanted_on if isinstance(wanted.wanted_on, EllipsisType) else wanted.wanted_on
    for old, new in (
        (before.wanted_on, on),
        *((_day_of(before, sku), day) for sku, day in wanted.line_days.items()),
    ):
        if old != new:
            refuse_day(new, today)
    for sku, parts in wanted.line_parts.items():
        was = before.by_sku.get(sku)
        known = {part.wanted_on for part in was.parts} if was else set()
        for day in {part.wanted_on for part in parts} - known:
            refuse_day(day, today)
    if any(not 0 <= quantity <= LARGEST for quantity in wanted.quantities.values()):
        raise Invalid("quantity-invalid", "A quantity is a whole number.", field="quantity")
    remark = before.remark if wanted.remark is None else visible(wanted.remark).strip()[:300]
    own = before.external_id if wanted.external_id is None else wanted.external_id.strip()
    if len(own) > 80 or own != visible(own):
        raise Invalid(
            "external-id-invalid",
            "Your own number may have up to 80 visible characters.",
            field="external_id",
        )
    lines = (*_kept(before, wanted, on), *_added(order, before, wanted, on))
    return Version(on, remark, own, lines, _bound_for(order, before, wanted))


def _bound_for(order: Order, before: Version, wanted: Wanted) -> Mapping[str, str] | None:
    """Where it goes, as the buyer's book says it now; an address that was not named stays as it
    was when the order was placed."""
    if wanted.address is None:
        return before.ship_to
    return addresses.frozen(order.buyer, wanted.address)


def _kept(before: Version, wanted: Wanted, on: date | None) -> list[VersionLine]:
    """A line in parts stays so, unless it is given another day, or other parts."""
    kept = []
    for line in before.lines:
        quantity = wanted.quantities.get(line.sku, line.quantity)
        if line.sku in wanted.line_parts:
            kept.append(_in_parts(line._replace(quantity=quantity), wanted, on))
            continue
        day = wanted.line_days.get(line.sku, line.wanted_on)
        parts = fitted(line.parts, quantity) if day == line.wanted_on else ()
        kept.append(
            line._replace(quantity=quantity, wanted_on=day, parts=parts if len(parts) > 1 else ())
        )
    return [line for line in kept if line.quantity]


def _in_parts(line: VersionLine, wanted: Wanted, on: date | None) -> VersionLine:
    """A line in the parts that are wanted; its own day is that of the first, where that is not the
    order's."""
    if not line.quantity:
        return line
    return change_rewards.on_days(line, wanted.line_parts[line.sku], on)


def _added(order: Order, before: Version, wanted: Wanted, on: date | None) -> list[VersionLine]:
    fresh = {
        sku: quantity
        for sku, quantity in wanted.quantities.items()
        if quantity and sku not in before.by_sku
    }
    found = Sku.objects.filter(pk__in=fresh, seller=order.seller).in_bulk()
    if len(found) < len(fresh):
        raise NotFound()
    lines = [
        VersionLine(
            sku, found[sku].code, found[sku].name, found[sku].name_zh, quantity, 0,
            wanted.line_days.get(sku),
        )
        for sku, quantity in fresh.items()
    ]  # fmt: skip
    return [_in_parts(x, wanted, on) if x.sku in wanted.line_parts else x for x in lines]


def _priced(order: Order, before: Version, after: Version, *, at: datetime) -> Proposal:
    """With the prices each line has by the rule above. Raises for the first line that is not
    good."""
    if _amounts(before) == _amounts(after):
        return Proposal(before, after, frozenset())
    if not after.lines:
        raise Refused(
            "no-lines-left", "An order needs at least one line.", field="lines",
            help="Cancel the order instead.",
        )  # fmt: skip
    was = before.by_sku
    then, now = (_as_today(order, version, at) for version in (before, after))
    _judge(order, before, after, now, at)
    begun = {line.sku_id for line in order.lines.all() if line.shipped or line.cancelled}
    lines, priced = [], set()
    for line in after.lines:
        price = now[line.sku]
        grows = line.sku not in was or line.quantity > was[line.sku].quantity
        if price is not None and line.sku not in begun and (grows or then[line.sku] != price):
            priced.add(line.sku)
            line = line._replace(unit_price=price)
        lines.append(line)
    return Proposal(before, replace(after, lines=tuple(lines)), frozenset(priced))


def _refuse_total(order: Order, proposal: Proposal) -> None:
    """An order that comes to too much, or to too little; and one that grows where its terms are
    stopped."""
    total = proposal.after.total
    if total > LARGEST_TOTAL:
        raise Invalid("order-too-large", "This order is too large.", field="lines")
    if total <= sum(line.cancelled * line.unit_price for line in order.lines.all()):
        raise Refused(
            "nothing-to-pay", "Nothing would be left to pay.", field="lines",
            help="Cancel the order instead.",
        )  # fmt: skip
    refuse_small(total, parties.least_order(buyer=order.buyer, seller=order.seller), order.currency)
    if proposal.rises:
        _refuse_stopped(order)


def _as_today(order: Order, version: Version, at: datetime) -> dict[UUID, int | None]:
    """What one piece of each line would cost if this were ordered now."""
    wanted = [(line.sku, line.quantity) for line in version.lines]
    found: Mapping[UUID, Price | None] = pricing.resolve(
        buyer=order.buyer, seller=order.seller, wanted=wanted, at=at, as_order=True
    )
    return {sku: price.unit_price if price else None for sku, price in found.items()}


@dataclass(frozen=True)
class _Priced:
    unit_price: int


def _judge(
    order: Order, before: Version, after: Version, now: Mapping[UUID, int | None], at: datetime
) -> None:
    """Lines that are others, as on an order that is placed. What the order holds is its own."""
    touched = [
        pair.after
        for pair in moved(before, after)
        if pair.after and (pair.before is None or pair.before.quantity != pair.after.quantity)
    ]
    if not touched:
        return
    was = before.by_sku
    grow = [x.sku for x in touched if x.sku not in was or x.quantity > was[x.sku].quantity]
    offered = catalogue.offered(order.buyer, order.seller).filter(pk__in=grow)
    if offered.count() < len(grow):
        raise NotFound()
    skus = Sku.objects.in_bulk([line.sku for line in touched])
    free = stock.available(list(skus), owner=order.seller, warehouse=order.seller, at=at)
    free = back_orders.free_now(order, free)
    held = {sku: line.quantity for sku, line in was.items()}
    refuse_bad(
        check_lines(
            [PastedLine(row, line.code, line.quantity) for row, line in enumerate(touched, 1)],
            {sku.code: sku for sku in skus.values()},
            {sku: None if price is None else _Priced(price) for sku, price in now.items()},
            {sku: free[sku] + held.get(sku, 0) for sku in skus},
            rules={sku.pk: rule_of(sku) for sku in skus.values()},
        )
    )


def _refuse_stopped(order: Order) -> None:
    if order.pay_by != PayBy.TERMS:
        return
    link = parties.active_relationship(buyer=order.buyer, seller=order.seller)
    if link.terms_stop:
        raise stopped(link.terms_stop)


def _amounts(version: Version) -> list[tuple[UUID, int, int]]:
    return [(line.sku, line.quantity, line.unit_price) for line in version.lines]


def _day_of(version: Version, sku: UUID) -> date | None:
    line = version.by_sku.get(sku)
    return line.wanted_on if line else None
