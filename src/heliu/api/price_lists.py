"""A seller's price lists: what stands in them, their versions, whom they are for, their files."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext
from ninja import Field, Query, Router, Schema

from heliu.api.contracts import MOST_PRICES, AgreedPrice, new_prices
from heliu.api.fields import Flag, Line, Moment, Sent, Times, Traded, Whole
from heliu.api.files import sent_file
from heliu.api.paging import Page, Paging, page
from heliu.api.receipts import Content
from heliu.api.sheets import CSV, SHEET, ReadingState
from heliu.api.writes import Key, write
from heliu.commerce.pricing import operations
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.rows import WORDS
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.kernel.money import CURRENCY, OtherCurrency

router = Router()

Priority = Annotated[int, Field(ge=1, le=10_000), Whole]


class PriceListIn(Sent):
    """A price list; with `base` one that costs what the base costs times a factor."""

    code: Line = Field(min_length=1)
    name: Line = Field(min_length=1)
    name_zh: Line = ""
    priority: Priority = Field(100, description="1 is asked first; contracts come before")
    is_default: Flag = Field(False, description="For every buyer, asked last")
    currency: Traded | None = Field(None, description="Null: that of the base, else CNY")
    base: UUID | None = None
    factor: Times | None = None
    round_to: Annotated[int, Field(ge=0, le=4), Whole] = Field(0, description="To 10^n minor units")
    rounding: Literal["NEAREST", "UP", "DOWN"] = "NEAREST"


class PriceVersionOut(Schema):
    """A version of a list; its prices go live as a whole."""

    id: UUID
    version: int
    live_from: datetime | None = Field(description="Null: a draft")


class PriceListOut(Schema):
    """A price list of the asker's."""

    id: UUID
    code: str
    name: str
    name_zh: str
    currency: str
    priority: int
    is_default: bool
    base: UUID | None
    factor: str | None
    round_to: int
    rounding: str
    contract: UUID | None = Field(description="Whose prices these are: changed at /contracts")


class PriceListDetail(PriceListOut):
    """A price list with its versions and the buyers it holds for today."""

    versions: list[PriceVersionOut]
    live: UUID = Field(description="Where its prices stand now: a version or the list itself")
    buyers: list[UUID]


class ListPriceOut(Schema):
    """A price in a list or version."""

    sku: UUID
    quantity_from: int
    unit_price: int = Field(description="Minor units for one smallest unit")
    valid_from: date
    valid_to: date | None


class EntriesIn(Sent):
    """Prices to set; on their days they replace what was set before."""

    prices: list[AgreedPrice] = Field(min_length=1, max_length=MOST_PRICES)
    valid_from: date | None = Field(None, description="Today if none")
    valid_to: date | None = None


class EntriesSet(Schema):
    """How many prices were set."""

    prices: int


class GivenIn(Sent):
    """A buyer that the list shall hold for."""

    buyer: UUID
    valid_from: date | None = Field(None, description="Today if none")
    valid_to: date | None = None


class VersionIn(Sent):
    """The next version, beginning with the prices that are live times a factor."""

    factor: Times = Decimal(1)
    copy_prices: Flag = True


class ScheduleIn(Sent):
    """When a version goes live; null takes it off the schedule."""

    live_from: Moment | None


class PriceFileOut(Schema):
    """A file of prices and how far it is read."""

    id: UUID
    price_list: UUID
    version: UUID | None
    name: str
    state: ReadingState
    percent: int
    taken: int
    bad: int
    brought_at: datetime
    done_at: datetime | None


class PriceRowLeftOut(Schema):
    """A row of a file of prices that was left out."""

    line: int
    reason: str
    words: str
    raw: str


@router.get("/price-lists", response=Page[PriceListOut])
def list_price_lists(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, Any]:
    """The asker's price lists in the order in which they are asked."""
    rows = pricing.lists_visible_to(request.actor).select_related("contract")
    return page(request, response, rows, paging, by=("priority", "code", "id"), show=_shown)


@router.post("/price-lists", response={201: PriceListDetail})
def begin_price_list(request: TypedRequest, payload: PriceListIn, key: Key) -> HttpResponse:
    """Begin a price list, or one that is computed from another."""

    def do(at: datetime) -> tuple[int, PriceListDetail]:
        actor = request.actor
        named = payload.model_dump(include={"code", "name", "name_zh", "priority"})
        if payload.base is not None:
            base = _list(request, payload.base)
            if payload.currency and payload.currency != base.currency:
                raise OtherCurrency(payload.currency, ours=base.currency, field="currency")
            made = operations.compute_list(
                actor=actor,
                base=base,
                factor=payload.factor or Decimal(1),
                round_to=payload.round_to,
                rounding=payload.rounding,
                **named,
            )
        else:
            made = operations.create_list(
                actor=actor,
                seller=actor.own_org,
                currency=payload.currency or CURRENCY,
                is_default=payload.is_default,
                **named,
            )
        return 201, _detail(request, made, at)

    return write(request, key, payload, do)


@router.get("/price-lists/{price_list}", response=PriceListDetail)
def get_price_list(request: TypedRequest, price_list: UUID) -> PriceListDetail:
    """A price list with its versions and buyers."""
    return _detail(request, _list(request, price_list), clock.now())


@router.get("/price-lists/{price_list}/prices", response=Page[ListPriceOut])
def list_entries(
    request: TypedRequest, response: HttpResponse, price_list: UUID, paging: Query[Paging]
) -> dict[str, Any]:
    """The prices that stand in a list, or in the version that is named."""
    table = _table(request, price_list)
    rows = pricing.prices_visible_to(request.actor).filter(price_list=table)
    return page(request, response, rows, paging, by=("sku_id", "min_quantity", "id"), show=_entry)


@router.put("/price-lists/{price_list}/prices", response=EntriesSet)
def set_entries(
    request: TypedRequest, price_list: UUID, payload: EntriesIn, key: Key
) -> HttpResponse:
    """Set prices in a list (where it is live) or in a version; `contract-agreed` (409) where both
    sides of a contract agreed to them."""

    def do(at: datetime) -> tuple[int, EntriesSet]:
        operations.set_prices(
            _table(request, price_list),
            actor=request.actor,
            prices=new_prices(payload.prices),
            valid_from=payload.valid_from or day_of(at),
            valid_to=payload.valid_to,
            at=at,
        )
        return 200, EntriesSet(prices=len(payload.prices))

    return write(request, key, payload, do)


@router.post("/price-lists/{price_list}/buyers", response=PriceListDetail)
def give_price_list(
    request: TypedRequest, price_list: UUID, payload: GivenIn, key: Key
) -> HttpResponse:
    """Let a list hold for a buyer; `held-by-contract` (409) for the list of a contract."""

    def do(at: datetime) -> tuple[int, PriceListDetail]:
        found = _list(request, price_list)
        operations.assign(
            found,
            actor=request.actor,
            buyer=payload.buyer,
            valid_from=payload.valid_from or day_of(at),
            valid_to=payload.valid_to,
            at=at,
        )
        return 200, _detail(request, found, at)

    return write(request, key, payload, do)


@router.post("/price-lists/{price_list}/versions", response={201: PriceVersionOut})
def begin_version(
    request: TypedRequest, price_list: UUID, payload: VersionIn, key: Key
) -> HttpResponse:
    """Begin the next version of a list; nobody sees it until it is scheduled."""

    def do(at: datetime) -> tuple[int, PriceVersionOut]:
        made = operations.begin_version(
            _list(request, price_list),
            actor=request.actor,
            at=at,
            copy=payload.copy_prices,
            factor=payload.factor,
        )
        return 201, PriceVersionOut.from_orm(made)

    return write(request, key, payload, do)


@router.put("/price-versions/{version}/schedule", response=PriceVersionOut)
def schedule_version(
    request: TypedRequest, version: UUID, payload: ScheduleIn, key: Key
) -> HttpResponse:
    """Let a version go live at an instant, as a whole, or take it off the schedule."""

    def do(at: datetime) -> tuple[int, PriceVersionOut]:
        found, actor = _version(request, version), request.actor
        if payload.live_from is None:
            return 200, PriceVersionOut.from_orm(operations.withdraw(found, actor=actor, at=at))
        made = operations.schedule(found, actor=actor, live_from=payload.live_from, at=at)
        return 200, PriceVersionOut.from_orm(made)

    return write(request, key, payload, do)


@router.get("/price-lists/{price_list}/sheet", openapi_extra=CSV)
def export_prices(request: TypedRequest, price_list: UUID) -> HttpResponse:
    """All prices of a list as they stand now, in the form in which they come in."""
    at, out = clock.now(), io.BytesIO()
    pricing.write_prices(pricing.live_table(_list(request, price_list), at), out, at)
    return HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")


@router.post("/price-lists/{price_list}/files", response={201: PriceFileOut}, openapi_extra=SHEET)
def bring_prices(
    request: TypedRequest,
    price_list: UUID,
    key: Key,
    live_from: Annotated[Moment | None, Query(description="If no row is left out")] = None,
    keep_others: Annotated[bool, Query(description="What it does not name stays")] = False,
) -> HttpResponse:
    """Bring a CSV of prices (code, from, price, perhaps currency); it becomes the next version of
    the list."""
    name, content = sent_file(request)

    def do(at: datetime) -> tuple[int, PriceFileOut]:
        made = operations.bring(
            _list(request, price_list),
            [content],
            actor=request.actor,
            name=name or "prices.csv",
            at=at,
            live_from=live_from,
            keep_others=keep_others,
        )
        return 201, _file(made)

    named = f"{price_list} {live_from} {keep_others} {name}"
    digest = sha256(content).hexdigest()
    return write(request, key, Content(name=named, digest=digest), do)


@router.get("/price-files/{file}", response=PriceFileOut)
def get_price_file(request: TypedRequest, file: UUID) -> PriceFileOut:
    """How far a file of prices is read."""
    return _file(_brought(request, file))


@router.get("/price-files/{file}/left-out", response=Page[PriceRowLeftOut])
def list_price_rows_left_out(
    request: TypedRequest, response: HttpResponse, file: UUID, paging: Query[Paging]
) -> dict[str, Any]:
    """The rows of a file of prices that were left out."""
    rows = _brought(request, file).bad_rows.all()

    def shown(row: Any) -> dict[str, Any]:
        words = gettext(WORDS.get(row.reason, row.reason))
        return {"line": row.line, "reason": row.reason, "words": words, "raw": row.raw}

    return page(request, response, rows, paging, by=("line", "id"), show=shown)


@router.post("/price-files/{file}/cancel", response=PriceFileOut)
def cancel_price_file(request: TypedRequest, file: UUID, key: Key) -> HttpResponse:
    """Stop reading a file of prices."""

    def do(at: datetime) -> tuple[int, PriceFileOut]:
        return 200, _file(operations.cancel(_brought(request, file), actor=request.actor))

    return write(request, key, None, do)


def _list(request: TypedRequest, pk: UUID) -> Any:
    found = pricing.lists_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def _version(request: TypedRequest, pk: UUID) -> Any:
    found = pricing.versions_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def _table(request: TypedRequest, pk: UUID) -> Any:
    found = pricing.lists_visible_to(request.actor).filter(pk=pk).first()
    return found if found is not None else _version(request, pk)


def _brought(request: TypedRequest, pk: UUID) -> Any:
    found = pricing.imports_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def _shown(one: Any) -> dict[str, Any]:
    same = (
        "code", "name", "name_zh", "currency", "priority", "is_default", "round_to", "rounding",
    )  # fmt: skip
    contract = getattr(one, "contract", None)
    return {name: getattr(one, name) for name in same} | {
        "id": one.pk,
        "base": one.base_id,
        "factor": str(one.factor.normalize()) if one.factor is not None else None,
        "contract": contract.pk if contract else None,
    }


def _detail(request: TypedRequest, one: Any, at: datetime) -> PriceListDetail:
    actor = request.actor
    versions = pricing.versions_visible_to(actor).filter(version_of=one).order_by("version")
    held = pricing.assignments_visible_to(actor).filter(price_list=one)
    today = day_of(at)
    buyers = [
        row.buyer
        for row in held.order_by("buyer")
        if row.valid_from <= today and (row.valid_to is None or row.valid_to >= today)
    ]
    return PriceListDetail.model_validate(
        _shown(one)
        | {
            "versions": [PriceVersionOut.from_orm(version) for version in versions],
            "live": pricing.live_table(one, at).pk,
            "buyers": buyers,
        }
    )


def _entry(row: Any) -> dict[str, Any]:
    return {
        "sku": row.sku_id,
        "quantity_from": row.min_quantity,
        "unit_price": row.amount,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
    }


def _file(one: Any) -> PriceFileOut:
    same = ("name", "state", "percent", "taken", "bad", "brought_at", "done_at")
    return PriceFileOut.model_validate(
        {name: getattr(one, name) for name in same}
        | {"id": one.pk, "price_list": one.price_list_id, "version": one.version_id}
    )
