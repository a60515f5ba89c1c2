"""Where goods may be sent to a house, and the sheets by which addresses come in."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Flag, Line, Sent, Text
from heliu.api.files import sent_file
from heliu.api.paging import Page, Paging, page
from heliu.api.receipts import Content
from heliu.api.sheets import SHEET, LeftOut, ReadingState
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.addresses import imports, operations, queries
from heliu.kernel.addresses.policies import Place

router = Router()


class PlaceOut(Schema):
    """Where goods go and who takes them there, as an order, a shipment or a waybill keeps it."""

    name: str = Field(description="What the receiving house calls it")
    receiver: str
    phone: str
    country: str = Field(description="Two letters (ISO 3166)")
    region: str = Field(description="Province, city and district")
    street: str
    postcode: str
    hours: str = Field(description="When goods are taken there")


class AddressOut(PlaceOut):
    """An address of the asker's book."""

    id: UUID
    is_default: bool = Field(description="Orders that name no address go there")
    changed_by_name: str
    changed_at: datetime
    ended_at: datetime | None


class AddressIn(Sent):
    """An address as it is from now on; orders that took it before keep what it was."""

    name: Line = Field(min_length=1, description="One address bears it")
    receiver: Line = Field(min_length=1)
    phone: Line = Field(min_length=1)
    country: Line = Field("CN", description="Two letters (ISO 3166)")
    region: Text = ""
    street: Text = Field(min_length=1)
    postcode: Line = ""
    hours: Text = ""

    def place(self) -> Place:
        """What it says. Raises `Invalid`."""
        return Place.of(self.model_dump())


class NewAddress(AddressIn):
    """An address to keep."""

    is_default: Flag = Field(False, description="The first one is the default in any case")


class AddressAct(Sent):
    """What is done with it: it becomes the default, or no order goes there any more."""

    act: Literal["default", "end"]


class AddressFilters(Schema):
    """What the book is narrowed by."""

    ended: Annotated[bool, Field(description="Also those to which no order goes any more")] = False


class AddressImportOut(Schema):
    """A sheet of addresses and how far it is read."""

    id: UUID
    name: str
    state: ReadingState
    percent: int
    taken: int = Field(description="Rows that were taken, so far")
    bad: int = Field(description="Rows that were left out, so far")
    brought_at: datetime
    brought_by_name: str
    done_at: datetime | None


@router.get("/addresses", response=Page[AddressOut])
def list_addresses(
    request: TypedRequest,
    response: HttpResponse,
    wanted: Query[AddressFilters],
    paging: Query[Paging],
) -> dict[str, Any]:
    """The book of the asker's house, or of the customer in whose name it orders."""
    actor = request.actor
    rows = queries.book(actor) if wanted.ended else queries.live(actor.own_org)
    return page(
        request, response, rows, paging, by=("name", "id"), show=AddressOut.from_orm
    )  # fmt: skip


@router.post("/addresses", response={201: AddressOut})
def add_address(request: TypedRequest, payload: NewAddress, key: Key) -> HttpResponse:
    """Keep an address. `address-name-used` (409): another one bears the name."""

    def do(at: datetime) -> tuple[int, AddressOut]:
        made = operations.add(
            payload.place(), actor=request.actor, at=at, is_default=payload.is_default
        )
        return 201, AddressOut.from_orm(made)

    return write(request, key, payload, do)


@router.get("/addresses/{address}", response=AddressOut)
def get_address(request: TypedRequest, address: UUID) -> AddressOut:
    """One address of the book."""
    return AddressOut.from_orm(queries.get(request.actor, address))


@router.put("/addresses/{address}", response=AddressOut)
def change_address(
    request: TypedRequest, address: UUID, payload: AddressIn, key: Key
) -> HttpResponse:
    """Another content; orders that took it before keep what it was."""

    def do(at: datetime) -> tuple[int, AddressOut]:
        found = operations.change(address, payload.place(), actor=request.actor, at=at)
        return 200, AddressOut.from_orm(found)

    return write(request, key, payload, do)


@router.post("/addresses/{address}/act", response=AddressOut)
def act_on_address(
    request: TypedRequest, address: UUID, payload: AddressAct, key: Key
) -> HttpResponse:
    """Make it the default, or end it: it stays in the book and no order goes there."""

    def do(at: datetime) -> tuple[int, AddressOut]:
        if payload.act == "default":
            found = operations.make_default(address, actor=request.actor)
        else:
            found = operations.end(address, actor=request.actor, at=at)
        return 200, AddressOut.from_orm(found)

    return write(request, key, payload, do)


@router.get("/address-imports", response=Page[AddressImportOut])
def list_address_imports(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, Any]:
    """The sheets of addresses the asker's house brought, the newest first."""
    rows, by = queries.imports(request.actor), ("-brought_at", "-id")
    return page(request, response, rows, paging, by=by, show=AddressImportOut.from_orm)


@router.post("/address-imports", response={201: AddressImportOut}, openapi_extra=SHEET)
def bring_addresses(request: TypedRequest, key: Key) -> HttpResponse:
    """Bring a sheet of addresses; the worker reads it. A row whose name stands in the book changes
    that address, others are new; bad rows are left out and kept with their reason."""
    name, content = sent_file(request)

    def do(at: datetime) -> tuple[int, AddressImportOut]:
        made = imports.bring(content, actor=request.actor, name=name or "sheet", at=at)
        return 201, AddressImportOut.from_orm(made)

    digest = sha256(content).hexdigest()
    return write(request, key, Content(name=f"addresses {name}", digest=digest), do)


@router.get("/address-imports/{sheet}", response=AddressImportOut)
def get_address_import(request: TypedRequest, sheet: UUID) -> AddressImportOut:
    """How far a sheet is read."""
    return AddressImportOut.from_orm(queries.imported(request.actor, sheet))


@router.get("/address-imports/{sheet}/left-out", response=Page[LeftOut])
def list_addresses_left_out(
    request: TypedRequest, response: HttpResponse, sheet: UUID, paging: Query[Paging]
) -> dict[str, Any]:
    """The rows of a sheet that were left out."""
    rows = queries.imported(request.actor, sheet).bad_rows.all()
    return page(request, response, rows, paging, by=("line", "id"), show=LeftOut.from_orm)


@router.post("/address-imports/{sheet}/cancel", response=AddressImportOut)
def cancel_address_import(request: TypedRequest, sheet: UUID, key: Key) -> HttpResponse:
    """Stop reading a sheet; what was read stays."""

    def do(at: datetime) -> tuple[int, AddressImportOut]:
        found = queries.imported(request.actor, sheet)
        return 200, AddressImportOut.from_orm(imports.cancel(found, actor=request.actor))

    return write(request, key, None, do)
