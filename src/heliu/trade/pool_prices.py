"""Prices a lender brings itself, by the codes the trade uses; and the goods they are about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from heliu.capital.credit import queries as credit
from heliu.capital.valuation import operations as valuation
from heliu.capital.valuation.models import Source
from heliu.capital.valuation.policies import Quote
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of, start_of
from heliu.kernel.errors import Invalid
from heliu.kernel.goods.models import Sku
from heliu.trade.models import LodgingLine, LodgingStatus
from heliu.trade.wake import value_pools_soon


class Line(NamedTuple):
    """A price as it is brought: fen for a piece, of a day (None: of now)."""

    code: str
    amount: int
    day: date | None = None


def bring(lines: Sequence[Line], *, actor: Actor, at: datetime) -> int:
    """Keep prices for the actor's own loans, all or none; returns how many were new. Its pools are
    valued anew at once. Raises `Invalid` for a code of no goods that its programmes take, and for
    a price that is old, of a time to come, or none."""
    actor.require("decide")
    sellers = credit.programmes_visible_to(actor).filter(lender__in=actor.orgs, product="INVENTORY")
    codes = {line.code for line in lines}
    found = Sku.objects.filter(seller__in=sellers.values("seller"), code__in=codes)
    skus = dict(found.values_list("code", "pk"))
    quotes = []
    for number, line in enumerate(lines, 1):
        if line.code not in skus:
            raise Invalid(
                "goods-unknown",
                "Line %(line)s: there are no goods %(goods)s.",
                field="lines",
                line=number,
                goods=line.code,
            )
        is_past = line.day is not None and line.day != day_of(at)
        quoted = start_of(line.day) if is_past and line.day else at
        quotes.append(Quote(skus[line.code], Source.LENDER, line.amount, quoted))
    with transaction.atomic():
        kept = valuation.bring(quotes, actor=actor, at=at)
        value_pools_soon()
    return len(kept)


def in_pools_of(actor: Actor) -> dict[UUID, Sku]:
    """The goods that secure a loan of the actor's, or were announced for one."""
    lines = LodgingLine.objects.filter(
        lender__in=actor.orgs, lodging__pool__deal__outcome="OPEN"
    ).exclude(lodging__status=LodgingStatus.CALLED_OFF)
    return Sku.objects.in_bulk(list(lines.values_list("sku", flat=True).distinct()))
