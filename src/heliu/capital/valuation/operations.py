"""Writing prices down: from the feed, and those a lender brings itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from heliu.capital.valuation.models import Price, Source
from heliu.capital.valuation.policies import A_DAY, OLDEST, Quote, is_jump
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid


def bring(quotes: Sequence[Quote], *, actor: Actor, at: datetime) -> list[Price]:
    """A lender brings prices for its own loans. Raises `Invalid` for one that is too old, of a time
    to come, or no price; then none is kept."""
    actor.require("decide")
    for row, quote in enumerate(quotes, 1):
        require_news(quote, at, row=row)
    own = [quote._replace(source=Source.LENDER) for quote in quotes]
    return record(own, lender=actor.own_org, by=actor.name, at=at)


def record(
    quotes: Iterable[Quote], *, at: datetime, by: str, lender: UUID | None = None
) -> list[Price]:
    """Keep the prices that are not known yet; returns them. One that jumped is doubted until a
    second source says about the same, and confirms one that was doubted before it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtextextended('valuation', 0))")
        beside = _recent(quotes := list(quotes), lender)
        kept = []
        for quote in sorted(quotes, key=lambda one: one.at):
            mine = beside.setdefault(quote.sku, [])
            if any(_is_same(one, quote, lender) for one in mine):
                continue
            price = _price(quote, lender, by, at)
            price.is_confirmed = _is_sound(price, mine)
            mine.append(price)
            kept.append(price)
        Price.objects.bulk_create(kept)
        return kept


def require_news(quote: Quote, at: datetime, *, row: int = 1) -> None:
    """Raises `Invalid` for a price that is nothing to go by."""
    if quote.amount <= 0:
        raise Invalid("price-not-positive", "A price is above zero.", field=f"price-{row}")
    if quote.at > at:
        raise Invalid("price-to-come", "This price is of a time to come.", field=f"price-{row}")
    if at - quote.at > OLDEST:
        raise Invalid(
            "price-stale",
            "This price is older than %(days)s days.",
            field=f"price-{row}",
            days=OLDEST.days,
            help="Bring one of these days.",
        )


def _recent(quotes: Sequence[Quote], lender: UUID | None) -> dict[UUID, list[Price]]:
    """What was quoted about these goods since a day before the first of them, oldest first."""
    if not quotes:
        return {}
    found = Price.objects.select_for_update().filter(
        sku__in={one.sku for one in quotes},
        quoted_at__gte=min(one.at for one in quotes) - A_DAY,
    )
    by_sku: dict[UUID, list[Price]] = {}
    for price in found.order_by("quoted_at", "id"):
        if lender is None or price.lender in (None, lender):
            by_sku.setdefault(price.sku_id, []).append(price)
    return by_sku


def _price(quote: Quote, lender: UUID | None, by: str, at: datetime) -> Price:
    return Price(
        sku_id=quote.sku,
        lender=lender,
        source=quote.source,
        amount=quote.amount,
        confidence=quote.confidence,
        quoted_at=quote.at,
        recorded_at=at,
        recorded_by_name=by[:80],
    )


def _is_same(known: Price, quote: Quote, lender: UUID | None) -> bool:
    return (known.lender, known.source, known.quoted_at) == (lender, quote.source, quote.at)


def _is_sound(price: Price, beside: Sequence[Price]) -> bool:
    """Whether a price may be gone by. A doubted one that it bears out may then be too: what a
    lender brought is borne out by the market, but never the market by what a lender brought."""
    near = [one for one in beside if abs(price.quoted_at - one.quoted_at) <= A_DAY]
    known = [one for one in near if one.lender in (None, price.lender)]
    before = [one for one in known if one.is_confirmed and one.quoted_at <= price.quoted_at]
    if not before or not is_jump(price.amount, before[-1].amount):
        return True
    seconds = [
        one for one in near if one.source != price.source and not is_jump(price.amount, one.amount)
    ]
    for one in seconds:
        if not one.is_confirmed and price.lender in (None, one.lender):
            one.is_confirmed = True
            if not one._state.adding:
                one.save(update_fields=["is_confirmed"])
    return any(one in known for one in seconds)
