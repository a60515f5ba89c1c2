"""In which currency two houses trade; nothing is converted."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Sent, Traded
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.parties import queries
from heliu.trade import currencies

router = Router()


class CurrencyOut(Schema):
    """In what a buyer trades with a seller."""

    buyer: UUID
    seller: UUID
    currency: str


class CurrencyIn(Sent):
    """In what a buyer shall trade with the asker's house."""

    currency: Traded = Field(description="Set before anything is agreed between the two")


@router.get("/currencies", response=Page[CurrencyOut])
def list_currencies(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """Those who trade with the asker's house in another currency than CNY."""
    rows = queries.abroad(request.actor)
    return page(request, response, rows, paging, by=("buyer", "seller"), show=_shown)


@router.put("/currencies/{buyer}", response=CurrencyOut)
def set_currency(request: TypedRequest, buyer: UUID, payload: CurrencyIn, key: Key) -> HttpResponse:
    """A buyer trades in this currency with the asker's house from now on. `currency-bound` (409):
    something is agreed between the two already."""

    def do(at: datetime) -> tuple[int, CurrencyOut]:
        link = currencies.set_currency(buyer, payload.currency, actor=request.actor, at=at)
        return 200, CurrencyOut.model_validate(_shown(link))

    return write(request, key, payload, do)


def _shown(link: Any) -> dict[str, Any]:
    return {"buyer": link.buyer, "seller": link.seller, "currency": link.currency}
