"""An order pad is judged: goods, the buyer's own prices and what can be had, whatever its length.

Seven statements for one row as for ten thousand, and one more where a price is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.ordering.paste import LARGEST, PastedLine, read_quantity
from heliu.commerce.ordering.policies import CheckedLine, PackRule, check_lines
from heliu.commerce.ordering.rows import PadRow
from heliu.commerce.pricing import queries as pricing
from heliu.kernel.access.actor import Actor
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties import queries as parties
from heliu.logistics.stock import queries as stock

NOT_SOLD = "not-for-you"


@dataclass(frozen=True, slots=True)
class Checked:
    """The filled rows as they were judged, what is free of each of their goods, and what the seller
    wants of one order at least (minor units)."""

    lines: tuple[CheckedLine[Sku], ...]
    free: Mapping[UUID, int]
    least: int = 0

    @property
    def good(self) -> list[CheckedLine[Sku]]:
        """Those that can be ordered as they stand."""
        return [line for line in self.lines if not line.problem]

    @property
    def total(self) -> int:
        """What the good ones come to, in minor units."""
        return sum(line.amount or 0 for line in self.good)

    @property
    def missing(self) -> int:
        """What the good ones lack to make an order of them, in minor units; 0 of an empty pad."""
        return max(self.least - self.total, 0) if self.lines else 0

    def wanted(self) -> dict[UUID, int]:
        """How much of which goods the good rows ask for."""
        return {line.sku.pk: line.quantity for line in self.good if line.sku and line.quantity}


def check(actor: Actor, seller: UUID, rows: Sequence[PadRow], at: datetime) -> Checked:
    """Every filled row of the actor's pad for a seller, numbered from 1 as it stands."""
    wanted = [_read(number, row) for number, row in enumerate(rows, start=1) if not row.is_empty]
    found = catalogue.find(actor, [line.code for line in wanted], seller)
    skus = {code: sku for code, sku in found.items() if sku.is_active}
    asked: dict[UUID, int] = {}
    for line in wanted:
        if line.code in skus:
            asked.setdefault(skus[line.code].pk, line.quantity or 1)
    prices = pricing.resolve(
        buyer=actor.own_org, seller=seller, wanted=list(asked.items()), at=at, as_order=True
    )
    free = stock.available(list(asked), owner=seller, warehouse=seller, at=at)
    rules = {sku.pk: rule_of(sku) for sku in skus.values()}
    # Where nothing is to be had at this quantity, perhaps it is from a larger one on.
    missing = [sku for sku, price in prices.items() if price is None]
    tiers = (
        pricing.resolve(
            buyer=actor.own_org, seller=seller, wanted=[(sku, LARGEST) for sku in missing], at=at
        )
        if missing
        else {}
    )
    for sku, price in tiers.items():
        if price is not None:
            rules[sku] = rules[sku]._replace(least=max(rules[sku].least, price.tiers[0][0]))
    all_known = all(line.code in skus for line in wanted)
    codes = () if all_known else catalogue.codes(actor, seller)
    judged = check_lines(wanted, skus, prices, free, codes, rules=rules, once=True)
    unsold = {sku for sku in missing if tiers.get(sku) is None}
    least = parties.least_order(buyer=actor.own_org, seller=seller)
    return Checked(tuple(_not_sold(line, unsold) for line in judged), free, least)


def rule_of(sku: Sku) -> PackRule:
    """In what quantities these goods are ordered."""
    return PackRule(sku.order_minimum, sku.order_multiple)


def _not_sold(line: CheckedLine[Sku], unsold: set[UUID]) -> CheckedLine[Sku]:
    """Goods without any price are not for this buyer, whatever the quantity is."""
    if line.sku is None or line.sku.pk not in unsold or line.problem == "double":
        return line
    return line._replace(problem=NOT_SOLD, field="code", repairs=())


def _read(number: int, row: PadRow) -> PastedLine:
    quantity, problem = read_quantity(row.quantity)
    code = row.code.strip()
    return PastedLine(number, code, quantity, row.remark, problem if code else "code-missing")
