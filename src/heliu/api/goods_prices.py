"""Prices of goods as security: what was quoted, and those a lender brings itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Amount, Goods, Line, Sent
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.capital.valuation import queries
from heliu.kernel.access.request import TypedRequest
from heliu.trade import pool_prices

router = Router()

MOST_QUOTES = 2_000


class GoodsPriceOut(Schema):
    """What goods were quoted at."""

    sku: Goods
    amount: int = Field(description="Fen a piece")
    source: str = Field(description="CLEARED, LIST, INDEX or LENDER")
    confidence: int = Field(description="How sure the source is, per cent")
    quoted_at: datetime
    is_confirmed: bool = Field(description="False: it jumped, and no second source bears it out")


class QuoteIn(Sent):
    """A price, by the seller's code."""

    code: Line
    amount: Amount
    day: date | None = Field(None, description="Of another day than today, a week old at most")


class QuotesIn(Sent):
    """Prices for the lender's own loans; all are kept or none."""

    quotes: list[QuoteIn] = Field(min_length=1, max_length=MOST_QUOTES)


class QuotesKept(Schema):
    """How many of them were new."""

    kept: int


@router.get("/goods-prices", response=Page[GoodsPriceOut])
def list_goods_prices(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    doubted: Annotated[bool, Query(description="Only those that jumped")] = False,
) -> dict[str, object]:
    """What was quoted by the market and brought by the asker, newest first."""
    rows = queries.visible_to(request.actor)
    rows = rows.filter(is_confirmed=False) if doubted else rows
    return page(request, response, rows, paging, by=("-id",), show=_shown)


@router.post("/goods-prices", response={201: QuotesKept})
def bring_goods_prices(request: TypedRequest, payload: QuotesIn, key: Key) -> HttpResponse:
    """A lender brings prices for its own loans; its pools are valued anew."""

    def do(at: datetime) -> tuple[int, QuotesKept]:
        lines = [pool_prices.Line(one.code, one.amount, one.day) for one in payload.quotes]
        return 201, QuotesKept(kept=pool_prices.bring(lines, actor=request.actor, at=at))

    return write(request, key, payload, do)


def _shown(price: Any) -> dict[str, Any]:
    names = ("amount", "source", "confidence", "quoted_at", "is_confirmed")
    return {"sku": price.sku, **{name: getattr(price, name) for name in names}}
