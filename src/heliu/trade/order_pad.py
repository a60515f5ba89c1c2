"""An order pad is judged: goods, the buyer's own prices and what can be had, whatever its length.

    check       every row: good, or why not, and what of its goods is still to come
    arranged    rows for what is still to come: here now and the rest later, or all at once

Eight statements for one row as for ten thousand, one more where a price is missing, and one where
somebody typed packs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from uuid import UUID

from heliu.commerce.catalogue import queries as catalogue
from heliu.commerce.catalogue import sheets
from heliu.commerce.catalogue.policies import folded
from heliu.commerce.ordering.parts import Part
from heliu.commerce.ordering.paste import LARGEST, PastedLine, read_packs, read_quantity
from heliu.commerce.ordering.policies import CheckedLine, PackRule, check_lines, day_problem
from heliu.commerce.ordering.rows import PadRow
from heliu.commerce.pricing import queries as pricing
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.goods.models import Sku
from heliu.kernel.parties import queries as parties
from heliu.logistics.stock import back_orders as coming
from heliu.logistics.stock import queries as stock
from heliu.trade import back_orders
from heliu.trade.back_orders import TOGETHER, Days, Wait
from heliu.trade.earning import Earned, earns

NOT_SOLD = "not-for-you"


@dataclass(frozen=True, slots=True)
class Checked:
    """The filled rows as they were judged, what is free of each of their goods, and what the seller
    wants of one order at least (minor units); `earned` is what the good ones earn as one order,
    `waits` what of the good ones' goods is still to come and was not put off until then."""

    lines: tuple[CheckedLine[Sku], ...]
    free: Mapping[UUID, int]
    least: int = 0
    earned: tuple[Earned, ...] = ()
    waits: Mapping[UUID, Wait] = MappingProxyType({})

    @property
    def good(self) -> list[CheckedLine[Sku]]:
        """Those that can be ordered as they stand."""
        return [line for line in self.lines if not line.problem]

    @property
    def total(self) -> int:
        """What the good ones come to, in minor units, less what they earn as one order."""
        return sum(line.amount or 0 for line in self.good) - sum(one.off for one in self.earned)

    @property
    def missing(self) -> int:
        """What the good ones lack to make an order of them, in minor units; 0 of an empty pad."""
        return max(self.least - self.total, 0) if self.lines else 0

    def wanted(self) -> dict[UUID, int]:
        """How much of which goods the good rows ask for."""
        found: dict[UUID, int] = {}
        for line in self.good:
            if line.sku and line.quantity:
                found[line.sku.pk] = found.get(line.sku.pk, 0) + line.quantity
        return found

    def skus(self) -> dict[UUID, Sku]:
        """The goods that the good rows ask for."""
        return {line.sku.pk: line.sku for line in self.good if line.sku}

    def parts(self) -> dict[UUID, list[Part]]:
        """The days of those that have some."""
        found: dict[UUID, list[Part]] = {}
        for line in self.good:
            if line.sku and line.quantity:
                day = date.fromisoformat(line.day) if line.day else None
                found.setdefault(line.sku.pk, []).append(Part(day, line.quantity))
        return {sku: parts for sku, parts in found.items() if any(one.wanted_on for one in parts)}


def check(actor: Actor, seller: UUID, rows: Sequence[PadRow], at: datetime) -> Checked:
    """Every filled row of the actor's pad for a seller, numbered from 1 as it stands."""
    wanted = [_read(number, row) for number, row in enumerate(rows, start=1) if not row.is_empty]
    found = catalogue.find(actor, [line.code for line in wanted], seller)
    skus = {code: sku for code, sku in found.items() if sku.is_active}
    wanted, packed = _in_pieces(wanted, skus)
    today = day_of(at)
    wanted = [_with_day(line, today) if line.day else line for line in wanted]
    asked, several = _asked(wanted, skus)
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
    for sku in several:  # the least is of the line, not of each of its parts
        if asked[sku] >= rules[sku].least:
            rules[sku] = rules[sku]._replace(least=1)
    all_known = all(line.code in skus for line in wanted)
    codes = () if all_known else catalogue.codes(actor, seller)
    judged = check_lines(wanted, skus, prices, free, codes, rules=rules, once=True)
    unsold = {sku for sku in missing if tiers.get(sku) is None}
    lines = tuple(_not_sold(line, unsold)._replace(is_packed=line.row in packed) for line in judged)
    checked = Checked(
        lines,
        free,
        parties.least_order(buyer=actor.own_org, seller=seller),
        earns(actor.own_org, seller, lines, prices, at),
    )
    return replace(checked, waits=_waits(checked, seller, at))


def arranged(
    how: str, rows: Sequence[PadRow], checked: Checked, seller: UUID, at: datetime, code: str = ""
) -> list[PadRow]:
    """The rows of a pad where something is not there yet, as `back_orders.arranged` arranges an
    order: in two, what is here now and the rest for the day it comes, or (TOGETHER) all for one
    day. With a code as it was typed, its goods alone. Goods in rows for several days stay where it
    is not all together. Raises `Refused` where nobody knows by when all is there.
    """
    asked = {line.sku.pk for line in checked.good if line.sku and code in ("", line.code)}
    wanted = {sku: n for sku, n in checked.wanted().items() if sku in asked}
    parts = checked.parts()
    single = {sku: one.wanted_on for sku, (one, *more) in parts.items() if not more}
    split = {sku: many for sku, many in parts.items() if len(many) > 1}
    days = back_orders.arranged(
        how, seller, list(wanted.items()),
        Days(None, {sku: day for sku, day in single.items() if day}, split), at=at,
    )  # fmt: skip
    if how == TOGETHER and days.wanted_on:
        fresh = {sku: [Part(days.wanted_on, n)] for sku, n in wanted.items()}
    else:
        later = {sku: [Part(day, wanted[sku])] for sku, day in days.line_days.items()}
        fresh = {sku: list(many) for sku, many in {**later, **days.line_parts}.items()}
        fresh = {sku: many for sku, many in fresh.items() if sku in wanted and sku not in split}
    return _written(rows, checked, fresh)


def _written(
    rows: Sequence[PadRow], checked: Checked, fresh: Mapping[UUID, Sequence[Part]]
) -> list[PadRow]:
    """The rows with these parts of goods in place of their good rows; a row that says the same
    stays as it was typed (3 箱)."""
    good = {line.row: line for line in checked.good}
    done: set[UUID] = set()
    found: list[PadRow] = []
    for number, row in enumerate(rows, start=1):
        line = good.get(number)
        if line is None or line.sku is None or line.sku.pk not in fresh:
            found.append(row)
        elif line.sku.pk not in done:
            done.add(line.sku.pk)
            for part in fresh[line.sku.pk]:
                typed = row.quantity if part.quantity == line.quantity else str(part.quantity)
                day = part.wanted_on.isoformat() if part.wanted_on else ""
                found.append(row._replace(quantity=typed, day=day))
    return found


def _waits(checked: Checked, seller: UUID, at: datetime) -> dict[UUID, Wait]:
    """What of the good rows' goods is not there yet, but where it is wished for no earlier than it
    comes."""
    wanted, parts, skus = checked.wanted(), checked.parts(), checked.skus()
    told = coming.outlook(list(wanted), owner=seller, at=at) if wanted else {}
    found = {}
    for sku, outlook in told.items():
        until = back_orders.comes_by(outlook, wanted[sku], at)
        at_once = sum(
            part.quantity
            for part in parts.get(sku, [Part(None, wanted[sku])])
            if until is None or part.wanted_on is None or part.wanted_on < until
        )
        if at_once > outlook.ready:
            here = back_orders.in_packs(outlook.ready, skus[sku].order_multiple)
            found[sku] = Wait(skus[sku], here, wanted[sku] - here, until)
    return found


def _asked(
    wanted: Sequence[PastedLine], skus: Mapping[str, Sku]
) -> tuple[dict[UUID, int], set[UUID]]:
    """How much of which goods is asked for, rows for several days together, and which goods have
    such rows. A second row for the same day counts nothing: it is refused."""
    asked: dict[UUID, int] = {}
    days: dict[UUID, set[str]] = {}
    for line in wanted:
        if line.code in skus:
            sku = skus[line.code].pk
            if line.day not in days.setdefault(sku, set()):
                days[sku].add(line.day)
                asked[sku] = asked.get(sku, 0) + (line.quantity or 0)
    return {sku: n or 1 for sku, n in asked.items()}, {x for x, on in days.items() if len(on) > 1}


def _in_pieces(
    wanted: Sequence[PastedLine], skus: Mapping[str, Sku]
) -> tuple[list[PastedLine], frozenset[int]]:
    """Quantities that were typed in packs ("3 箱") as pieces, and in which rows they stood."""
    typed = {
        line.row: found
        for line in wanted
        if line.code in skus and line.problem and (found := read_packs(line.typed))
    }
    if not typed:
        return list(wanted), frozenset()
    packs = sheets.packs_of({skus[line.code].pk for line in wanted if line.row in typed})

    def line_of(line: PastedLine) -> PastedLine:
        if line.row not in typed:
            return line
        count, word = typed[line.row]
        sku = skus[line.code]
        holds = {
            folded(name): pieces
            for unit, pieces in [
                *((pack.unit, pack.pieces) for pack in packs.get(sku.pk, ())),
                (sku.unit, 1),
            ]
            for name in (unit.code, unit.name, unit.name_zh)
        }
        pieces = count * (holds.get(word) or holds.get(word.removesuffix("s"), 0))
        if not pieces:
            return line._replace(problem="pack-unknown")
        return line._replace(quantity=pieces, problem=None)

    return [line_of(line) for line in wanted], frozenset(typed)


def rule_of(sku: Sku) -> PackRule:
    """In what quantities these goods are ordered."""
    return PackRule(sku.order_minimum, sku.order_multiple)


def _not_sold(line: CheckedLine[Sku], unsold: set[UUID]) -> CheckedLine[Sku]:
    """Goods without any price are not for this buyer, whatever the quantity is."""
    if line.sku is None or line.sku.pk not in unsold or line.problem == "double":
        return line
    return line._replace(problem=NOT_SOLD, field="code", repairs=())


def _with_day(line: PastedLine, today: date) -> PastedLine:
    return line._replace(problem=line.problem or day_problem(line.day, today))


def _read(number: int, row: PadRow) -> PastedLine:
    quantity, problem = read_quantity(row.quantity)
    code = row.code.strip()
    problem = problem if code else "code-missing"
    return PastedLine(number, code, quantity, row.remark, problem, typed=row.quantity, day=row.day)
