"""What is bound, what was set free, and the gate where it leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import PRINTABLE, Code, Goods, Ref, Sent, id_or_number
from heliu.api.paging import Page, Paging, page
from heliu.api.stock import VerdictOut
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import NotFound
from heliu.logistics.pledges import queries
from heliu.logistics.pledges.operations import codes
from heliu.trade import deliveries

router = Router()

PledgeStatus = Literal["PROPOSED", "ACTIVE", "PARTLY_RELEASED", "RELEASED", "CLOSED", "CANCELLED"]
ReleaseStatus = Literal["RELEASED", "EXPIRED", "PICKED_UP"]


class PledgeOut(Schema):
    """A charge on named goods for a loan. Values are minor units, quantities smallest units."""

    id: UUID
    number: str
    deal: UUID
    loan: UUID
    pledgor: UUID = Field(description="Whose goods they are")
    pledgee: UUID = Field(description="Whom they secure")
    custodian: UUID = Field(description="Who keeps them")
    status: PledgeStatus
    agreed_at: datetime
    activated_at: datetime | None
    closed_at: datetime | None
    pledged_quantity: int
    pledged_value: int
    entitlement: int = Field(description="The value of goods earned free by repaying")
    released_quantity: int
    released_value: int
    picked_up_quantity: int
    bound_quantity: int
    bound_value: int
    missing_value: int = Field(description="Of goods that were to come and were not found good")
    short_since: datetime | None = Field(
        description="Since when nothing comes free by parts, because the goods that are there do "
        "not cover the debt"
    )


class PledgeLineOut(Schema):
    """Goods of one row of stock under a pledge."""

    position: int
    stock_row_id: UUID
    sku: Goods
    quantity: int
    unit_value: int
    released: int
    picked_up: int
    is_live: bool = Field(description="Whether anything of it is still bound")


class ReleaseOut(Schema):
    """The order to set named goods free, and the notice to fetch them."""

    id: UUID
    number: str
    notice_number: str = Field(description="Number of the pick-up notice")
    deal: UUID
    status: ReleaseStatus
    quantity: int
    value: int
    code_valid_until: datetime
    released_at: datetime
    picked_up_at: datetime | None
    picked_up_by_name: str
    is_exchanged: bool = Field(description="They left for others that the owner brought")
    pledgor: UUID
    pledgee: UUID
    custodian: UUID


class PledgeDetail(PledgeOut):
    """A pledge with its goods and what was set free of them."""

    lines: list[PledgeLineOut]
    releases: list[ReleaseOut]


class FreshCode(Schema):
    """A pick-up code; shown this once."""

    number: str = Field(description="Of the release order")
    code: str
    valid_until: datetime


class PickUpIn(Sent):
    """The code somebody shows at the gate."""

    code: str = Field(min_length=1, max_length=40, pattern=PRINTABLE)


class PickUpOut(VerdictOut):
    """Go or stop; the release order stands in it when the code is, or was, a right one."""

    release_number: str
    quantity: int = Field(description="How much to hand over; 0 for a stop")


@router.get("/pledges", response=Page[PledgeOut])
def list_pledges(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[PledgeStatus | None, Query(description="Only in this state")] = None,
) -> dict[str, object]:
    """The pledges the asker gave, took or keeps the goods of, newest first."""
    rows = queries.visible_to(request.actor)
    rows = rows.filter(status=status) if status else rows
    return page(request, response, rows, paging, by=("-agreed_at", "-id"), show=PledgeOut.from_orm)


@router.get("/pledges/{ref}", response=PledgeDetail)
def get_pledge(request: TypedRequest, ref: Ref) -> object:
    """One pledge with its goods and releases."""
    return queries.get(request.actor, id_or_number(ref))


@router.get("/releases", response=Page[ReleaseOut])
def list_releases(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[ReleaseStatus | None, Query(description="Only in this state")] = None,
    deal: Annotated[UUID | None, Query(description="Only of this deal")] = None,
) -> dict[str, object]:
    """Goods that were set free: to fetch, to hand over, or already gone; newest first."""
    rows = queries.releases_visible_to(request.actor)
    for name, value in (("status", status), ("deal", deal)):
        if value:
            rows = rows.filter(**{name: value})
    by = ("-released_at", "-id")
    return page(request, response, rows, paging, by=by, show=ReleaseOut.from_orm)


@router.post("/releases/{number}/code", response={201: FreshCode})
def renew_code(request: TypedRequest, number: Code, key: Key) -> HttpResponse:
    """The owner asks for a fresh pick-up code; the old one opens nothing any more."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, FreshCode]:
        orders = queries.releases_visible_to(actor).filter(number=number.upper())
        order = orders.first()
        if order is None:
            raise NotFound()
        code = codes.renew_code(order, actor=actor, at=at)
        order.refresh_from_db()
        return 201, FreshCode(number=order.number, code=code, valid_until=order.code_valid_until)

    return write(request, key, None, do)


@router.post("/pick-ups", response=PickUpOut)
def pick_up(request: TypedRequest, payload: PickUpIn, key: Key) -> HttpResponse:
    """The keeper tries a code at the gate: go, and the goods have left; or stop, and why.

    A wrong, late or used code is answered with 200 and `go` false, and is kept.
    """

    def do(at: datetime) -> tuple[int, PickUpOut]:
        verdict = deliveries.pick_up(actor=request.actor, code=payload.code, at=at)
        release = verdict.release_order
        return 200, PickUpOut(
            go=verdict.go,
            code=verdict.code,
            words=verdict.words,
            release_number=release.number if release else "",
            quantity=release.quantity if release and verdict.go else 0,
        )

    return write(request, key, payload, do)
