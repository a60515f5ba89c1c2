"""What a changed order earns by promotions as a whole: reckoned anew, as if it were placed now.

    plain       the order as its lines were priced, before what it earned as a whole
    rewarded    a version with what it earns by the promotions of now, its own share of their
                budgets and its own goods for free counted as free
    make        what it earned before goes, what it earns now is written down
    told        what a version earns, in words for both sides

An order of which something has left keeps what it earned, and its goods.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from heliu.commerce.ordering.models import Order
from heliu.commerce.ordering.operations import PricedLine
from heliu.commerce.ordering.parts import Part, divided, parted
from heliu.commerce.ordering.versions import Version, VersionLine
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing import rewards
from heliu.commerce.pricing.models import Given
from heliu.commerce.pricing.operations import discounts
from heliu.commerce.pricing.rewards import Gift, Offers, Reward
from heliu.kernel.goods.models import Sku
from heliu.kernel.language import in_language
from heliu.trade.accepted import written
from heliu.trade.earning import offers_of


class Told(NamedTuple):
    """What one promotion gives: minor units off, and goods for free, as (code, how many)."""

    code: str
    name: str
    name_zh: str
    off: int
    gifts: tuple[tuple[str, int], ...]

    @property
    def display(self) -> str:
        """The promotion's name in the reader's language."""
        return in_language(self.name, self.name_zh)


def plain(order: Order, version: Version) -> Version:
    """An order as it stands, each of its goods in one line at the price before what the order
    earned as a whole, and without goods for free."""
    off, gifts = pricing.given_as_whole(order.pk)
    if not off and not gifts:
        return version
    bought: list[VersionLine] = []
    for line in reversed(version.lines):  # goods for free stand beneath those that were bought
        if line.unit_price or gifts.pop(line.sku, None) is None:
            bought.append(line)
    found: dict[UUID, list[VersionLine]] = defaultdict(list)
    for line in reversed(bought):
        found[line.sku].append(line)
    lines = tuple(_one(several, off.get(sku, 0), version) for sku, several in found.items())
    return replace(version, lines=lines)


def _one(lines: Sequence[VersionLine], off: int, version: Version) -> VersionLine:
    quantity = sum(line.quantity for line in lines)
    price = (sum(line.amount for line in lines) + off) // quantity
    on = version.wanted_on
    parts = [
        part
        for line in lines
        for part in line.parts or (Part(line.wanted_on or on, line.quantity),)
    ]
    line = lines[0]._replace(quantity=quantity, unit_price=price)
    return on_days(line, parts, on)


def on_days(line: VersionLine, parts: Iterable[Part], on: date | None) -> VersionLine:
    """A line in these parts; its own day is that of the first, where that is not the order's."""
    found = parted(parts, line.quantity, on)
    first = found[0].wanted_on
    return line._replace(
        wanted_on=None if first == on else first, parts=found if len(found) > 1 else ()
    )


def as_before(before: Version, wished: Version) -> Version:
    """The lines as they stand, in other words or on other days alone; `wished` has each of the
    goods once."""
    wanted = {line.sku: line for line in wished.lines}
    counts: dict[UUID, list[int]] = defaultdict(list)
    for line in before.lines:
        if line.sku in wanted and sum(counts[line.sku]) < wanted[line.sku].quantity:
            counts[line.sku].append(line.quantity)
    days = {
        sku: iter(divided(wanted[sku].parts, several)) for sku, several in counts.items() if several
    }
    lines = []
    for line in before.lines:
        now = wanted.get(line.sku)
        if now is not None and (parts := next(days[line.sku], None)) is not None:
            line = line._replace(wanted_on=now.wanted_on, parts=())
            line = on_days(line, parts, wished.wanted_on) if parts else line
        lines.append(line)
    return replace(wished, lines=tuple(lines))


def rewarded(order: Order, after: Version, priced: Iterable[UUID], *, at: datetime) -> Version:
    """A version with what it earns as a whole; its lines come as they are priced, each of the goods
    in one, `priced` names those that have a price of now."""
    wanted = {line.sku: line.quantity for line in after.lines}
    found, offered = _earned(order, after, wanted, at)
    gifts: Mapping[UUID, Gift] = offered.gifts if offered else {}
    lines = [
        PricedLine(line.sku, line.quantity, line.unit_price, line.wanted_on, line.parts)
        for line in after.lines
    ]
    named = after.by_sku
    for sku in Sku.objects.filter(pk__in={x for one in found for x in one.gifts if x not in named}):
        named[sku.pk] = VersionLine(sku.pk, sku.code, sku.name, sku.name_zh, 0, 0)
    fresh = set(priced)
    earned = {
        "given": [row | {"o": 1} for row in rewards.kept(found, wanted, gifts)],
        "plain": [
            [str(one.sku_id), one.quantity, one.unit_price, one.sku_id in fresh] for one in lines
        ],
        "told": [_said(one, named) for one in found],
    }
    made = tuple(
        named[one.sku_id]._replace(
            quantity=one.quantity, unit_price=one.unit_price, wanted_on=one.wanted_on,
            parts=one.parts,
        )
        for one in written(lines, found, after.wanted_on)
    )  # fmt: skip
    return replace(after, lines=made, earned=earned)


def make(order: Order, after: Version, *, priced: Iterable[UUID], at: datetime) -> None:
    """Write down what an order earns from now on, off single goods and as a whole. Takes promotions
    before it takes accounts. Raises `Refused` (promotion-used-up) where a budget has no more."""
    fresh = set(priced)
    lines = [(x.sku, x.quantity, x.unit_price, x.sku in fresh) for x in after.lines]
    given: list[dict[str, Any]] = []
    if after.earned is not None:
        lines = [(UUID(sku), n, price, is_new) for sku, n, price, is_new in after.earned["plain"]]
        given = list(after.earned["given"])
        discounts.clear_whole(order.pk, {row["promotion"] for row in given})
    discounts.change_discounts(order.pk, buyer=order.buyer, seller=order.seller, lines=lines, at=at)
    if given:
        discounts.give_whole(order.pk, buyer=order.buyer, seller=order.seller, given=given, at=at)


def told(version: Version) -> list[Told]:
    """What a version earns as a whole."""
    said = version.earned["told"] if version.earned else []
    return [
        Told(one["code"], one["name"], one["name_zh"], one["off"], tuple(map(tuple, one["gifts"])))
        for one in said
    ]


def has_earned(order: Order, version: Version) -> Version:
    """An order as it stands, with what it earned as a whole."""
    found: dict[str, dict[str, Any]] = {}
    codes = {line.sku: line.code for line in version.lines}
    for one in pricing.whole_of(order.pk):
        said = found.setdefault(
            one.code,
            {"code": one.code, "name": one.name, "name_zh": one.name_zh, "off": 0, "gifts": []},
        )
        if one.kind == Given.GIFT:
            said["gifts"].append([codes.get(one.sku, ""), one.quantity])
        else:
            said["off"] += one.amount
    return replace(version, earned={"told": list(found.values())}) if found else version


def _earned(
    order: Order, after: Version, wanted: Mapping[UUID, int], at: datetime
) -> tuple[tuple[Reward, ...], Offers | None]:
    """What it earns, as if it were not there yet: what it took of budgets is looked at as free."""
    with transaction.atomic():
        discounts.clear_whole(order.pk, ())
        offered = offers_of(order.buyer, order.seller, wanted, at)
        transaction.set_rollback(True)
    if offered is None:
        return (), None
    held: dict[UUID, int] = defaultdict(int)
    for line in order.lines.all():
        held[line.sku_id] += line.quantity
    used: dict[int | None, int] = {}
    for sku, gift in offered.gifts.items():
        used[gift.account] = wanted.get(sku, 0) - held[sku]
    lines = [
        rewards.Line(x.sku, x.quantity, x.unit_price, offered.listed.get(x.sku, x.unit_price))
        for x in after.lines
    ]
    return rewards.reward(lines, offered, used), offered


def _said(one: Reward, named: Mapping[UUID, VersionLine]) -> dict[str, Any]:
    rule = one.rule
    return {
        "code": rule.code, "name": rule.name, "name_zh": rule.name_zh,
        "off": sum(one.off.values()),
        "gifts": [[named[sku].code, n] for sku, n in one.gifts.items()],
    }  # fmt: skip
