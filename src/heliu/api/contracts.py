"""Contracts: offered by a seller, agreed to by its buyer, changed by both."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Amount, Counted, Flag, Line, Quantity, Sent
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.pricing.operations import NewPrice
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.errors import NotFound
from heliu.trade import contracts

router = Router()
MOST_PRICES = 2_000

ContractState = Literal["OFFERED", "REFUSED", "AGREED"]


class AgreedPrice(Sent):
    """What one smallest unit shall cost from a quantity on."""

    sku: UUID
    quantity_from: Quantity = 1
    unit_price: Counted = Field(description="Minor units")


class ContractIn(Sent):
    """A contract to offer; it binds nobody until the buyer agrees."""

    buyer: UUID
    code: Line = Field(min_length=1)
    name: Line = Field(min_length=1)
    name_zh: Line = ""
    valid_from: date
    valid_to: date
    prices: list[AgreedPrice] = Field(min_length=1, max_length=MOST_PRICES)
    committed: Amount | None = Field(None, description="What the buyer promises to take")
    committed_quantity: Quantity | None = None


class ContractStep(Schema):
    """What one smallest unit costs from a quantity on, now and with the change asked for."""

    sku: UUID
    quantity_from: int
    unit_price: int | None
    asked_price: int | None


class ChangeOut(Schema):
    """A change that the seller asked for."""

    id: UUID
    state: Literal["ASKED", "AGREED", "REFUSED", "TAKEN_BACK"]
    live_on: date | None = Field(description="Other prices from this day")
    last: date | None = Field(description="An earlier end")
    asked_at: datetime
    asked_by_name: str
    decided_at: datetime | None
    decided_by_name: str


class ContractOut(Schema):
    """A contract, and how much of the buyer's promise is taken."""

    id: UUID
    code: str
    name: str
    name_zh: str
    seller: UUID
    buyer: UUID
    state: ContractState
    valid_from: date
    valid_to: date
    currency: str
    committed: int | None
    committed_quantity: int | None
    taken: int = Field(description="Ordered in its days of its goods, minor units")
    taken_quantity: int
    agreed_at: datetime
    agreed_by_name: str


class ContractDetail(ContractOut):
    """A contract with its prices, and the change that waits for the buyer."""

    steps: list[ContractStep]
    change: ChangeOut | None


class PricesAsked(Sent):
    """Other prices from a day on; what is not named stays."""

    live_on: date
    prices: list[AgreedPrice] = Field(min_length=1, max_length=MOST_PRICES)


class EndAsked(Sent):
    """An earlier end."""

    last: date = Field(description="The last day")


class Answered(Sent):
    """The buyer's word."""

    agrees: Flag


@router.get("/contracts", response=Page[ContractOut])
def list_contracts(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, Any]:
    """The contracts of the asker's houses, as seller or buyer; those that end last first."""
    rows = pricing.contracts_visible_to(request.actor)
    return page(request, response, rows, paging, by=("-valid_to", "-id"), show=_shown)


@router.post("/contracts", response={201: ContractDetail})
def offer_contract(request: TypedRequest, payload: ContractIn, key: Key) -> HttpResponse:
    """Offer a contract to a buyer; it holds once the buyer agrees."""

    def do(at: datetime) -> tuple[int, ContractDetail]:
        made = contracts.offer(
            actor=request.actor,
            seller=request.actor.own_org,
            **payload.model_dump(exclude={"prices"}),
            prices=new_prices(payload.prices),
            at=at,
        )
        return 201, _detail(made, at)

    return write(request, key, payload, do)


@router.get("/contracts/{contract}", response=ContractDetail)
def get_contract(request: TypedRequest, contract: UUID) -> ContractDetail:
    """A contract with its prices."""
    return _detail(_contract(request, contract), clock.now())


@router.post("/contracts/{contract}/decision", response=ContractDetail)
def decide_contract(
    request: TypedRequest, contract: UUID, payload: Answered, key: Key
) -> HttpResponse:
    """The buyer agrees to an offer or refuses it; its seller may take it back (`agrees` false)."""

    def do(at: datetime) -> tuple[int, ContractDetail]:
        decide = contracts.agree if payload.agrees else contracts.refuse
        decide(contract, actor=request.actor, at=at)
        return 200, _detail(_contract(request, contract), at)

    return write(request, key, payload, do)


@router.post("/contracts/{contract}/prices", response=ContractDetail)
def ask_contract_prices(
    request: TypedRequest, contract: UUID, payload: PricesAsked, key: Key
) -> HttpResponse:
    """Ask the buyer for other prices; where none rises nobody is asked and they hold from that
    day."""

    def do(at: datetime) -> tuple[int, ContractDetail]:
        contracts.ask_prices(
            contract,
            actor=request.actor,
            prices=new_prices(payload.prices),
            live_on=payload.live_on,
            at=at,
        )
        return 200, _detail(_contract(request, contract), at)

    return write(request, key, payload, do)


@router.post("/contracts/{contract}/end", response=ContractDetail)
def ask_contract_end(
    request: TypedRequest, contract: UUID, payload: EndAsked, key: Key
) -> HttpResponse:
    """Ask the buyer to end a contract early."""

    def do(at: datetime) -> tuple[int, ContractDetail]:
        contracts.ask_end(contract, actor=request.actor, last=payload.last, at=at)
        return 200, _detail(_contract(request, contract), at)

    return write(request, key, payload, do)


@router.post("/contract-changes/{change}/answer", response=ContractDetail)
def answer_contract_change(
    request: TypedRequest, change: UUID, payload: Answered, key: Key
) -> HttpResponse:
    """The buyer agrees to a change or refuses it."""

    def do(at: datetime) -> tuple[int, ContractDetail]:
        done = contracts.answer(change, actor=request.actor, agrees=payload.agrees, at=at)
        return 200, _detail(_contract(request, done.contract_id), at)

    return write(request, key, payload, do)


@router.post("/contract-changes/{change}/take-back", response=ContractDetail)
def take_contract_change_back(request: TypedRequest, change: UUID, key: Key) -> HttpResponse:
    """The seller takes a change back that the buyer was asked about."""

    def do(at: datetime) -> tuple[int, ContractDetail]:
        found = contracts.take_back(change, actor=request.actor, at=at)
        return 200, _detail(_contract(request, found.contract_id), at)

    return write(request, key, None, do)


def _contract(request: TypedRequest, pk: UUID) -> Any:
    one = pricing.contracts_visible_to(request.actor).filter(pk=pk).first()
    if one is None:
        raise NotFound()
    return one


def new_prices(prices: list[AgreedPrice]) -> list[NewPrice]:
    """Prices as they are to be set."""
    return [NewPrice(one.sku, one.unit_price, one.quantity_from) for one in prices]


def _shown(one: Any) -> dict[str, Any]:
    pieces, amount = pricing.taken_under([one]).get(one.pk, (0, 0))
    state = "AGREED" if not one.is_offer else "REFUSED" if one.refused_at else "OFFERED"
    same = (
        "code", "name", "name_zh", "seller", "buyer", "currency", "valid_from", "valid_to",
        "committed", "committed_quantity", "agreed_at", "agreed_by_name",
    )  # fmt: skip
    return {name: getattr(one, name) for name in same} | {
        "id": one.pk,
        "state": state,
        "taken": amount,
        "taken_quantity": pieces,
    }


def _detail(one: Any, at: datetime) -> ContractDetail:
    change = one.changes.filter(state="ASKED").first()
    steps = pricing.steps_of(one, at, change.version_id if change else None)
    return ContractDetail.model_validate(
        _shown(one)
        | {
            "steps": [
                {"sku": sku, "quantity_from": least, "unit_price": now, "asked_price": then}
                for sku, least, now, then in steps
            ],
            "change": ChangeOut.from_orm(change) if change else None,
        }
    )
