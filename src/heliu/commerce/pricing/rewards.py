"""What whole orders earn by promotions: an amount or a share off all of it, goods for free. Pure.

They come after what promotions take off single goods, in their order. Goods on which one was given
that does not combine take no part in later ones; one that does not combine is about goods on which
nothing was given yet. An amount off the whole order is spread over its lines by what they come to,
to the minor unit; so that each line still costs a whole number per piece, one line may become two.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple
from uuid import UUID

from heliu.commerce.pricing.models import Effect, Given
from heliu.kernel.language import in_language

FIRST_PLACE = 100  # of what was given: behind all that is taken off single goods


class Line(NamedTuple):
    """Goods of an order: how many (smallest units), what one costs and what its list said."""

    sku: UUID
    quantity: int
    unit_price: int
    list_price: int


class Part(NamedTuple):
    """Pieces of one line that cost the same (minor units)."""

    quantity: int
    unit_price: int


class Gift(NamedTuple):
    """Goods that may be given: their code, what one is worth (minor units, 0 where they have no
    price), where they are promised and how many are free."""

    code: str
    worth: int
    account: int | None
    free: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A promotion of whole orders, as far as one order is concerned; see `Promotion`. `covers` are
    those of the order's goods that it is about, `room` what is left of its budget."""

    promotion: UUID
    code: str
    name: str
    name_zh: str
    effect: str
    percent: Decimal | None
    amount: int | None
    min_quantity: int
    min_order: int | None
    combinable: bool
    room: int | None
    gift: UUID | None
    gift_quantity: int
    covers: frozenset[UUID]

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Rule:
        """As `pricing_rewards` says it."""
        return cls(
            UUID(said["promotion"]), said["code"], said["name"], said["name_zh"], said["effect"],
            Decimal(said["percent"]) if said["percent"] else None, said["amount"],
            said["min_quantity"], said["min_order"], said["combinable"], said["room"],
            UUID(said["gift"]) if said["gift"] else None, said["gift_quantity"] or 0,
            frozenset(map(UUID, said["covers"])),
        )  # fmt: skip

    @property
    def display(self) -> str:
        """The promotion's name in the reader's language."""
        return in_language(self.name, self.name_zh)


@dataclass(frozen=True, slots=True)
class Offers:
    """What one order may earn: the promotions in their order, what its goods cost by their lists,
    on which of them a promotion was given that does not combine, and what may come for free."""

    rules: tuple[Rule, ...]
    listed: Mapping[UUID, int]
    closed: frozenset[UUID]
    gifts: Mapping[UUID, Gift]


@dataclass(frozen=True, slots=True)
class Reward:
    """What a promotion gives an order: minor units off its goods, or goods for free, for the goods
    `of` it. `worth` is what its budget is charged."""

    rule: Rule
    off: Mapping[UUID, int]
    gifts: Mapping[UUID, int]
    worth: int
    of: frozenset[UUID]


def offers(answer: Mapping[str, Any] | str | None, pairs: int) -> list[Offers | None]:
    """What `trade_order_gains` says, by the places of its orders."""
    if not answer:
        return [None] * pairs
    # Django leaves JSON as the text it is.
    said = json.loads(answer) if isinstance(answer, str) else answer
    found: list[Offers | None] = [None] * pairs
    for place in {rule["pair"] for rule in said["rules"]}:
        found[place - 1] = Offers(
            tuple(Rule.read(rule) for rule in said["rules"] if rule["pair"] == place),
            {UUID(sku): price for pair, sku, price, _ in said["listed"] or () if pair == place},
            frozenset(
                UUID(sku) for pair, sku, _, alone in said["listed"] or () if pair == place and alone
            ),
            {
                UUID(sku): Gift(code, worth or 0, account, free or 0)
                for pair, sku, code, worth, account, free in said["gifts"] or ()
                if pair == place
            },
        )
    return found


def reward(
    lines: Sequence[Line], offered: Offers, taken: Mapping[int | None, int]
) -> tuple[Reward, ...]:
    """What an order of these lines earns. `taken` is what earlier orders and the lines themselves
    take of the accounts on which goods are promised: what is not there is not given."""
    worth = sum(line.list_price * line.quantity for line in lines)
    amounts = {line.sku: line.unit_price * line.quantity for line in lines}
    quantities = {line.sku: line.quantity for line in lines}
    given = {line.sku for line in lines if line.unit_price < line.list_price}
    closed = set(offered.closed)
    used = dict(taken)
    found: list[Reward] = []
    for rule in offered.rules:
        if rule.min_order is not None and worth < rule.min_order:
            continue
        goods = rule.covers - closed if rule.combinable else rule.covers - closed - given
        one = (
            _off(rule, {sku: n for sku, n in amounts.items() if sku in goods}, quantities)
            if rule.effect == Effect.ORDER
            else _goods(rule, [x for x in lines if x.sku in goods], offered.gifts, used)
        )
        if one is None or (rule.room is not None and one.worth > rule.room):
            continue
        for sku, off in one.off.items():
            amounts[sku] -= off
        for sku, quantity in one.gifts.items():
            account = offered.gifts[sku].account
            used[account] = used.get(account, 0) + quantity
        found.append(one)
        given |= one.of
        if not rule.combinable:
            closed |= one.of
    return tuple(found)


def spread(
    off: int, amounts: Mapping[UUID, int], quantities: Mapping[UUID, int]
) -> dict[UUID, int]:
    """An amount over goods by what they come to, to the minor unit: off each piece of a line the
    same, as far as that goes; the rest off one line, whose pieces then cost two prices."""
    whole = sum(amounts.values())
    taken = {
        sku: off * amount // whole // quantities[sku] * quantities[sku]
        for sku, amount in amounts.items()
    }
    left = off - sum(taken.values())
    # Of as many pieces the dearer first, so that no order of lines has a say.
    largest_first = sorted(amounts, key=lambda sku: (-quantities[sku], -amounts[sku]))
    while left:
        fits = [
            sku
            for sku in largest_first
            if quantities[sku] <= left and taken[sku] + quantities[sku] <= amounts[sku]
        ]
        for sku in fits:
            if quantities[sku] <= left:
                taken[sku] += quantities[sku]
                left -= quantities[sku]
        if not fits:
            break
    for sku in reversed(largest_first):
        more = min(left, amounts[sku] - taken[sku])
        taken[sku] += more
        left -= more
    return taken


def parts(quantity: int, amount: int) -> tuple[Part, ...]:
    """A line that comes to an amount, as pieces that each cost a whole number."""
    price, dearer = divmod(amount, quantity)
    if not dearer:
        return (Part(quantity, price),)
    return (Part(quantity - dearer, price), Part(dearer, price + 1))


def kept(
    rewards: Iterable[Reward], quantities: Mapping[UUID, int], gifts: Mapping[UUID, Gift]
) -> list[dict[str, Any]]:
    """What is written down of them, as `pricing_keep_rewards` reads it (without the order)."""
    rows = []
    for place, one in enumerate(rewards, FIRST_PLACE):
        same = {"promotion": str(one.rule.promotion), "place": place}
        rows += [
            same | {
                "kind": Given.ORDER.value, "sku": str(sku), "quantity": quantities[sku],
                "before": 0, "amount": off,
            }
            for sku, off in one.off.items()
        ]  # fmt: skip
        rows += [
            same | {
                "kind": Given.GIFT.value, "sku": str(sku), "quantity": n,
                "before": gifts[sku].worth, "amount": n * gifts[sku].worth,
            }
            for sku, n in one.gifts.items()
        ]  # fmt: skip
    return rows


def _off(rule: Rule, amounts: Mapping[UUID, int], quantities: Mapping[UUID, int]) -> Reward | None:
    base = sum(amounts.values())
    if rule.percent is None:
        off = min(rule.amount or 0, base)
    else:
        off = int((base * rule.percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
    if not off:
        return None
    shares = {sku: share for sku, share in spread(off, amounts, quantities).items() if share}
    return Reward(rule, shares, {}, off, frozenset(shares))


def _goods(
    rule: Rule, lines: Iterable[Line], gifts: Mapping[UUID, Gift], used: Mapping[int | None, int]
) -> Reward | None:
    wanted: dict[UUID, int] = {}
    of = set()
    for line in lines:
        sku = rule.gift or line.sku
        n = line.quantity // rule.min_quantity * rule.gift_quantity
        if n and sku in gifts:
            wanted[sku] = wanted.get(sku, 0) + n
            of.add(line.sku)
    given = {}
    for sku, n in wanted.items():
        gift = gifts[sku]
        left = gift.free - used.get(gift.account, 0) if gift.account is not None else 0
        if min(n, left) > 0:
            given[sku] = min(n, left)
    if not given:
        return None
    worth = sum(gifts[sku].worth * n for sku, n in given.items())
    return Reward(rule, {}, given, worth, frozenset(of))
