"""Goods in a carrier's hands: its waybills, how far they are, what goes wrong, the hand-over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.addresses import PlaceOut
from heliu.api.fields import PRINTABLE, Ref, Sent, Text, id_or_number
from heliu.api.files import SENT, FileOut, sent_file, shown
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.files import queries as files
from heliu.logistics.transport import queries
from heliu.trade import carrying
from heliu.trade.carrying import Shot

router = Router()

CarriageStatus = Literal["TO_PICK_UP", "PICKED_UP", "DEPARTED", "AT_HUB", "OUT", "DELIVERED"]
Milestone = Literal["PICKED_UP", "DEPARTED", "AT_HUB", "OUT"]
ExceptionKind = Literal[
    "LATE", "DAMAGED", "SHORT", "REFUSED", "NOBODY", "SEAL", "BREAKDOWN", "OTHER"
]
Receiver = Annotated[str, Query(min_length=1, max_length=80, pattern=PRINTABLE)]


class Stop(Schema):
    """Where goods are fetched or brought, as the waybill names it."""

    name: str
    name_zh: str
    city: str
    city_zh: str
    address: str
    ship_to: PlaceOut | None = Field(None, description="Where and to whom exactly, if it was said")


class Carried(Schema):
    """One kind of goods on a waybill."""

    code: str
    name: str
    name_zh: str
    quantity: int


class CarriageOut(Schema):
    """A shipment given to a carrier. Of its order, its prices and its loan this says nothing."""

    id: UUID
    number: str = Field(description="That of the shipment")
    status: CarriageStatus
    origin: Stop
    destination: Stop = Field(description="Where alone it may be handed over")
    pieces: int
    open_exceptions: int
    given_at: datetime
    moved_at: datetime
    delivered_at: datetime | None
    receiver_name: str = Field(description="Who took the goods")
    is_counted: bool = Field(description="Whether the receiver has counted the goods in")

    @staticmethod
    def resolve_origin(carriage: Any) -> Any:
        """Its first stop."""
        return carriage.waybill["from"]

    @staticmethod
    def resolve_destination(carriage: Any) -> Any:
        """Its last stop."""
        return carriage.waybill["to"]


class SaidOut(Schema):
    """A milestone as the carrier said it."""

    kind: str
    at: datetime
    place: str
    actor_name: str


class CarriageExceptionOut(Schema):
    """Something that went wrong on the way; open until it is settled."""

    id: UUID
    kind: ExceptionKind
    note: str
    at: datetime
    actor_name: str
    settled_at: datetime | None
    settled_by_name: str
    photos: list[FileOut]

    @staticmethod
    def resolve_photos(exception: Any, context: Any) -> list[FileOut]:
        """Those the asker may see."""
        return shown(files.of_subjects(context["request"].actor, [exception.pk]))


class CarriageDetail(CarriageOut):
    """A carriage with what it carries, what was said of it and what went wrong."""

    goods: list[Carried]
    milestones: list[SaidOut]
    exceptions: list[CarriageExceptionOut]
    proof: list[FileOut] = Field(description="The signature or photo of the hand-over")

    @staticmethod
    def resolve_goods(carriage: Any) -> Any:
        """What the waybill names."""
        return carriage.waybill["goods"]

    @staticmethod
    def resolve_milestones(carriage: Any) -> list[Any]:
        """In order."""
        return list(queries.said_of(carriage))

    @staticmethod
    def resolve_exceptions(carriage: Any) -> list[Any]:
        """In order."""
        return list(carriage.exceptions.all())

    @staticmethod
    def resolve_proof(carriage: Any, context: Any) -> list[FileOut]:
        """Empty before the hand-over."""
        return shown(files.of_subjects(context["request"].actor, [carriage.pk]))


class MilestoneIn(Sent):
    """How far the goods are."""

    kind: Milestone
    place: str = Field("", max_length=120, pattern=PRINTABLE)


class ExceptionIn(Sent):
    """What is wrong; `OTHER` needs a note."""

    kind: ExceptionKind
    note: Text = ""


class Content(Schema):
    """What the key of a sent file stands for."""

    name: str
    digest: str
    receiver: str = ""


@router.get("/carriages", response=Page[CarriageOut])
def list_carriages(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[CarriageStatus | None, Query(description="Only in this state")] = None,
) -> dict[str, object]:
    """The carriages the asker carries or whose goods it sends, gets, owns or has lent for."""
    rows = queries.carriages_visible_to(request.actor)
    rows = rows.filter(status=status) if status else rows
    by = ("-given_at", "-id")
    return page(request, response, rows, paging, by=by, show=lambda row: row)


@router.get("/carriages/{ref}", response=CarriageDetail)
def get_carriage(request: TypedRequest, ref: Ref) -> object:
    """One carriage, whole."""
    return queries.carriage(request.actor, id_or_number(ref))


@router.post("/carriages/{ref}/milestones", response=CarriageOut)
def say_milestone(request: TypedRequest, ref: Ref, payload: MilestoneIn, key: Key) -> HttpResponse:
    """The carrier says how far the goods are. Handing over is a call of its own, with its proof."""

    def do(at: datetime) -> tuple[int, CarriageOut]:
        carriage = queries.carriage(request.actor, id_or_number(ref))
        moved = carrying.seen(
            carriage, kind=payload.kind, place=payload.place, actor=request.actor, at=at
        )
        return 200, CarriageOut.from_orm(moved)

    return write(request, key, payload, do)


@router.post("/carriages/{ref}/exceptions", response={201: CarriageExceptionOut})
def report_exception(
    request: TypedRequest, ref: Ref, payload: ExceptionIn, key: Key
) -> HttpResponse:
    """The carrier says what is wrong; seller, dealer, warehouse and lender are told."""

    def do(at: datetime) -> tuple[int, CarriageExceptionOut]:
        carriage = queries.carriage(request.actor, id_or_number(ref))
        made = carrying.went_wrong(
            carriage, kind=payload.kind, note=payload.note.strip(), actor=request.actor, at=at
        )
        return 201, _exception(request, made)

    return write(request, key, payload, do)


@router.post(
    "/carriages/{ref}/exceptions/{exception}/photos",
    response={201: FileOut},
    openapi_extra=SENT,
)
def add_exception_photo(request: TypedRequest, ref: Ref, exception: UUID, key: Key) -> HttpResponse:
    """The carrier adds a photo of what is wrong; the same parties may see it."""

    def do(shot: Shot, at: datetime) -> tuple[int, Schema]:
        carriage = queries.carriage(request.actor, id_or_number(ref))
        photo = carrying.add_photo(carriage, exception, shot, actor=request.actor, at=at)
        return 201, FileOut.from_orm(photo)

    return _with_file(request, key, do)


@router.post("/carriages/{ref}/exceptions/{exception}/settle", response=CarriageExceptionOut)
def settle_exception(request: TypedRequest, ref: Ref, exception: UUID, key: Key) -> HttpResponse:
    """The carrier says that what was wrong is settled; said again, nothing changes."""

    def do(at: datetime) -> tuple[int, CarriageExceptionOut]:
        carriage = queries.carriage(request.actor, id_or_number(ref))
        settled = carrying.settle(carriage, exception, actor=request.actor, at=at)
        return 200, _exception(request, settled)

    return write(request, key, None, do)


@router.post("/carriages/{ref}/proof", response=CarriageOut, openapi_extra=SENT)
def hand_over(request: TypedRequest, ref: Ref, receiver: Receiver, key: Key) -> HttpResponse:
    """The carrier handed the goods over: who took them, and the picture of the signature.

    They stand at the gate of the warehouse from this moment.
    """

    def do(shot: Shot, at: datetime) -> tuple[int, Schema]:
        carriage = queries.carriage(request.actor, id_or_number(ref))
        done = carrying.handed_over(
            carriage, receiver=receiver.strip(), proof=shot, actor=request.actor, at=at
        )
        return 200, CarriageOut.from_orm(done)

    return _with_file(request, key, do, receiver=receiver)


def _with_file(
    request: TypedRequest,
    key: str,
    do: Callable[[Shot, datetime], tuple[int, Schema]],
    *,
    receiver: str = "",
) -> HttpResponse:
    name, content = sent_file(request)
    digest = sha256(content).hexdigest()
    said = Content(name=name, digest=digest, receiver=receiver)
    return write(request, key, said, lambda at: do(Shot(name, content), at))


def _exception(request: TypedRequest, made: Any) -> CarriageExceptionOut:
    return CarriageExceptionOut.model_validate(made, context={"request": request})
