"""Rounds over all pools: prices fetched, every pool valued anew, calls whose day has gone by.

Pools are taken in sets, a short transaction each; one that somebody is at waits for the next round.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from itertools import batched
from uuid import UUID

from django.db import transaction
from django.db.models import F

from heliu.capital.credit.models import Product, Programme
from heliu.capital.lending.models import RUNNING, Loan, LoanStatus
from heliu.capital.valuation import operations as valuation
from heliu.capital.valuation.models import Source
from heliu.capital.valuation.policies import Quote
from heliu.capital.valuation.port import Asked, FeedSilent, current_feed
from heliu.kernel.arrays import listed
from heliu.kernel.errors import Invalid
from heliu.kernel.goods.models import Sku
from heliu.logistics.stock.models import StockRow
from heliu.trade import margin_calls, pool_marks
from heliu.trade.models import Deal, LodgingLine, LodgingStatus, MarkCause
from heliu.trade.steps import locked_all

SET = 500
WATCHED = (LoanStatus.AWAIT_GOODS, *RUNNING)
log = logging.getLogger(__name__)


def fetch_prices(*, at: datetime) -> int:
    """Ask the feed what goods cost that secure a loan, or may, keep what is news, and value the
    pools anew; returns how many prices were kept. A feed that is silent is asked the next time."""
    skus = _watched()
    kept = _heard(skus, at) if skus else 0
    revalue_all(at=at)
    return kept


def _heard(skus: dict[UUID, Sku], at: datetime) -> int:
    asked = [Asked(pk, sku.code, sku.barcode) for pk, sku in skus.items()]
    try:
        told = current_feed().prices(asked, at)
    except FeedSilent as silence:
        log.warning("no prices fetched: %s", silence)
        return 0
    quotes = [
        Quote(one.ref, Source.INDEX, one.amount, one.at, one.confidence)
        for one in told
        if one.ref in skus
    ]
    return len(valuation.record([one for one in quotes if _is_news(one, at)], by="feed", at=at))


def revalue_all(*, at: datetime) -> int:
    """Value every pool that something rests on anew, and see whose call was not cured in time;
    returns how many said something new."""
    watched = Loan.objects.filter(margin_rules__isnull=False, status__in=WATCHED)
    news = 0
    for some in batched(watched.order_by("deal").values_list("deal", flat=True), SET):
        with transaction.atomic():
            news += _revalue(locked_all(some), at=at)
    with transaction.atomic():
        margin_calls.lapse(at=at)
    return news


def _revalue(free: Sequence[UUID], *, at: datetime) -> int:
    deals = list(Deal.objects.filter(pk__in=listed(free)))
    return len(pool_marks.mark(deals, MarkCause.PRICED, at=at)) if deals else 0


def _watched() -> dict[UUID, Sku]:
    """The goods that secure a loan, were announced for one, or lie where somebody could bring them
    from: in the own house of a buyer whose seller's goods are lent against."""
    lodged = LodgingLine.objects.filter(lodging__pool__deal__outcome="OPEN").exclude(
        lodging__status=LodgingStatus.CALLED_OFF
    )
    lent_on = Programme.objects.filter(product=Product.INVENTORY, is_active=True)
    at_home = StockRow.objects.filter(
        has_goods=True,
        pledge=None,
        warehouse=F("owner"),
        sku__seller__in=lent_on.values("seller"),
    ).exclude(owner=F("sku__seller"))
    skus = {*lodged.values_list("sku", flat=True), *at_home.values_list("sku", flat=True)}
    return Sku.objects.in_bulk(list(skus))


def _is_news(quote: Quote, at: datetime) -> bool:
    """What a feed says that is too old, or no price, is left out and told to whoever runs it."""
    try:
        valuation.require_news(quote, at)
    except Invalid as refusal:
        log.warning("a price of the feed is left out: %s", refusal.code)
        return False
    return True
