"""Why a buyer pays what it pays: every list and promotion that had a say, and what came of it.

A buyer is told of the lists that hold for it and of promotions for it; how the seller computes a
list (base and factor) is the seller's own business and told to the seller only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from heliu.commerce.pricing.models import OF_ORDERS, Effect
from heliu.kernel.access.actor import Actor
from heliu.kernel.language import in_language

ANSWER = """
select list_code, currency, tier_from, list_price, unit_price, applied, leaves, quantity_from,
       quantity_below, until
  from pricing_answer(%s, %s, '{1}', %s, %s, %s, true, false, true)"""
LISTS = """
select code, name, name_zh, is_default, is_contract, version, live_from, valid_from,
       valid_to, base_code, factor, tiers_from, tiers_price, price
  from pricing_why_lists(%s, %s, %s, %s, %s)"""
PROMOTIONS = """
select code, name, name_zh, effect, percent, amount, min_quantity, min_order, combinable,
       starts_at, ends_at, gift, gift_quantity, id, is_used_up
  from pricing_why_whole(%s, %s, %s, %s)"""


class Outcome(models.TextChoices):
    """What came of a list or a promotion."""

    DECIDES = "DECIDES", _("Decides")
    NO_PRICE = "NO_PRICE", _("No price")
    NOT_ASKED = "NOT_ASKED", _("Not asked")
    APPLIED = "APPLIED", _("Taken off")
    TO_COME = "TO_COME", _("To come")
    USED_UP = "USED_UP", _("Used up")
    QUANTITY = "QUANTITY", _("Quantity too small")
    ORDER = "ORDER", _("Order too small")
    ALONE = "ALONE", _("Not combined")
    WHOLE = "WHOLE", _("For the whole order")


@dataclass(frozen=True)
class Source:
    """A list that holds for the buyer, as it stands at the moment; amounts in minor units.

    `base_code` and `factor` are there when these are the computed prices of the list; `price` is
    what it says at the quantity, None where no tier applies.
    """

    code: str
    name: str
    name_zh: str
    is_default: bool
    is_contract: bool
    version: int
    live_from: datetime | None
    valid_from: date | None
    valid_to: date | None
    base_code: str | None
    factor: Decimal | None
    tiers: tuple[tuple[int, int], ...]
    price: int | None
    outcome: Outcome

    @property
    def display(self) -> str:
        """The list's name in the reader's language."""
        return in_language(self.name, self.name_zh)


@dataclass(frozen=True)
class Say:
    """A promotion for the buyer and these goods: its rule, and what it did to one (minor units).
    `gift` is the code of the goods it gives, None: of those that are bought."""

    code: str
    name: str
    name_zh: str
    effect: Effect
    percent: Decimal | None
    amount: int | None
    min_quantity: int
    min_order: int | None
    combinable: bool
    starts_at: datetime
    ends_at: datetime
    gift: str | None
    gift_quantity: int | None
    before: int | None
    after: int | None
    outcome: Outcome

    @property
    def display(self) -> str:
        """The promotion's name in the reader's language."""
        return in_language(self.name, self.name_zh)


@dataclass(frozen=True)
class Why:
    """The answer and its reasons. The price holds from `quantity_from` to below `quantity_below`,
    until `until`, when time changes it (None: it does not); `is_fleeting` when a budget or the
    worth of the whole order has a say, so that another order may be answered otherwise."""

    list_price: int | None
    unit_price: int | None
    currency: str
    quantity: int
    quantity_from: int | None
    quantity_below: int | None
    until: datetime | None
    is_fleeting: bool
    lists: tuple[Source, ...]
    promotions: tuple[Say, ...]


def explain(
    actor: Actor, *, buyer: UUID, seller: UUID, sku: UUID, quantity: int, at: datetime
) -> Why:
    """Why `buyer` pays `seller` what it pays for one of `quantity` at a moment, as an order of
    these goods alone. Three statements. Strangers get an answer without lists and price."""
    with connection.cursor() as cursor:
        cursor.execute(ANSWER, [[buyer], [seller], [sku], [quantity], at])
        answer = cursor.fetchone()
        cursor.execute(LISTS, [buyer, seller, sku, quantity, at])
        lists = cursor.fetchall()
        cursor.execute(PROMOTIONS, [buyer, seller, sku, at])
        promotions = cursor.fetchall()
    sources = _sources(lists)
    if seller not in actor.orgs and not actor.is_system:
        sources = tuple(replace(one, base_code=None, factor=None) for one in sources)
    if answer is None:
        return Why(None, None, "", quantity, None, None, None, False, sources, ())
    _, currency, _, listed, unit, applied, leaves, lowest, above, until = answer
    steps = dict(zip(applied, zip([listed, *leaves], leaves, strict=False), strict=True))
    worth = listed * quantity
    says = tuple(_say(row, steps, quantity, worth, at) for row in promotions)
    is_fleeting = until == at
    return Why(
        listed,
        unit,
        currency,
        quantity,
        lowest,
        above,
        None if is_fleeting else until,
        is_fleeting,
        sources,
        says,
    )


def _named(question: str, values: list[Any]) -> dict[str, Any]:
    """The first values of a row by the names in its question."""
    columns = question.partition("select")[2].partition("from pricing")[0].split(",")
    return dict(zip((one.strip() for one in columns), values, strict=False))


def _sources(rows: list[tuple[Any, ...]]) -> tuple[Source, ...]:
    found: list[Source] = []
    is_decided = False
    for *words, froms, amounts, price in rows:
        if price is None:
            outcome = Outcome.NOT_ASKED if is_decided else Outcome.NO_PRICE
        else:
            outcome = Outcome.NOT_ASKED if is_decided else Outcome.DECIDES
            is_decided = True
        tiers = tuple(zip(froms or (), amounts or (), strict=True))
        found.append(Source(**_named(LISTS, words), tiers=tiers, price=price, outcome=outcome))
    return tuple(found)


def _say(
    row: tuple[Any, ...],
    steps: dict[UUID, tuple[int, int]],
    quantity: int,
    worth: int,
    at: datetime,
) -> Say:
    *words, key, is_used_up = row
    rule = Say(**_named(PROMOTIONS, words), before=None, after=None, outcome=Outcome.ALONE)
    if key in steps:
        before, after = steps[key]
        return replace(rule, before=before, after=after, outcome=Outcome.APPLIED)
    if rule.starts_at > at:
        outcome = Outcome.TO_COME
    elif is_used_up:
        outcome = Outcome.USED_UP
    elif quantity < rule.min_quantity and rule.effect != Effect.ORDER:
        outcome = Outcome.QUANTITY
    elif rule.min_order is not None and worth < rule.min_order:
        outcome = Outcome.ORDER
    elif rule.effect in OF_ORDERS:
        outcome = Outcome.WHOLE
    else:
        outcome = Outcome.ALONE
    return replace(rule, outcome=outcome)
