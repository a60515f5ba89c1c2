"""Quotes: a buyer asks for prices, its seller answers, and what is offered becomes an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Path, Query, Router, Schema

from heliu.api.approvals import ApprovalOut
from heliu.api.fields import (
    Amount,
    Days,
    Flag,
    Goods,
    Line,
    Number,
    Plain,
    Quantity,
    Rate,
    Ref,
    Sent,
    Share,
    Text,
    Theirs,
    Whole,
    id_or_number,
)
from heliu.api.order_lines import require_theirs
from heliu.api.orders import OrderPlaced, PayBy, shown
from heliu.api.paging import Page, Paging, page
from heliu.api.purchases import PurchaseDetail, detail
from heliu.api.writes import Key, write
from heliu.commerce.quotes import operations, queries
from heliu.commerce.quotes.policies import MOST_LINES, Answer, Asked
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.approvals import queries as approvals
from heliu.kernel.money import require_in
from heliu.trade import conceding, quoting

router = Router()

QuoteState = Literal["ASKED", "OFFERED", "ACCEPTED", "DECLINED", "WITHDRAWN", "EXPIRED"]
Words = Annotated[Text, Field(max_length=200)]


class QuoteOut(Schema):
    """What a buyer asks one seller a price for, or a seller offers of its own."""

    id: UUID
    number: str
    buyer: UUID
    seller: UUID
    status: QuoteState = Field(
        description="ASKED waits for the seller, OFFERED for the buyer; ACCEPTED is ordered"
    )
    version: int = Field(description="Of what was said last")
    currency: str = Field(description="Of all its amounts: that in which the two trade")
    wanted_on: date | None = Field(description="The day on which the buyer wishes the goods")
    asked_by_name: str = Field(description="Who began: of the seller where it offered first")
    asked_at: datetime
    moved_at: datetime = Field(description="When something was said last")
    runs_out_at: datetime = Field(description="Until then it is answered, or the offer binds")
    order_id: UUID | None
    order_number: str
    said: str = Field(description="Why it was declined or withdrawn")
    ended_at: datetime | None


class QuoteLineOut(Plain):
    """Goods of a version; prices in minor units, of one smallest unit."""

    position: int
    sku: Goods
    quantity: int
    unit_price: int | None = Field(
        description="What the seller asks, or what the buyer wishes to pay, if it says so"
    )
    usual: int | None = Field(description="What the buyer would have paid then without a quote")
    is_struck: bool = Field(description="The seller does not offer this line")
    instead_of: Goods | None = Field(description="What was asked for in place of these goods")
    words: str


class QuoteVersionOut(Plain):
    """What one side said; it is never changed."""

    number: int
    by_seller: bool
    by_name: str
    is_by_rule: bool = Field(description="Answered within the seller's bounds, by no person")
    at: datetime
    words: str
    valid_until: date | None = Field(description="The last day on which an offer binds")
    total: int | None = Field(description="Minor units; null where a price is missing")
    lines: list[QuoteLineOut]


class QuoteDetail(QuoteOut):
    """With all that was said, the oldest first."""

    waits_for: UUID | None = Field(
        description="For its seller: the question to others of the house about an answer"
    )
    versions: list[QuoteVersionOut]


class QuoteLineIn(Sent):
    """Goods that a price is asked for, and what the buyer wishes to pay for one."""

    sku: UUID
    quantity: Quantity
    price: Amount | None = None
    words: Words = ""


class NewQuote(Sent):
    """What is asked of a seller."""

    seller: UUID
    lines: list[QuoteLineIn] = Field(min_length=1, max_length=MOST_LINES)
    words: Text = ""
    wanted_on: date | None = Field(None, description="The day on which the goods are wished")
    currency: Theirs = None


class QuoteAgain(Sent):
    """What is asked instead; the offer binds nobody any more."""

    lines: list[QuoteLineIn] = Field(min_length=1, max_length=MOST_LINES)
    words: Text = ""
    currency: Theirs = None


class AnswerLineIn(Sent):
    """The seller's word on the line at a position: a price, or that it is struck."""

    position: Number
    price: Amount | None = None
    is_struck: Flag = False
    sku: UUID | None = Field(None, description="Other goods in its place")
    quantity: Quantity | None = Field(None, description="Other pieces; by default those asked for")
    words: Words = ""


class AnswerIn(Sent):
    """An offer: every line of what was asked last, once."""

    lines: list[AnswerLineIn] = Field(min_length=1, max_length=MOST_LINES)
    valid_until: date = Field(description="Its last day: today, or within a year")
    words: Text = ""
    currency: Theirs = None
    reason: Text = Field("", description="For those of the house who must agree to it, if any")


class OfferLineIn(Sent):
    """Goods that the seller offers, and what it asks for one."""

    sku: UUID
    quantity: Quantity
    price: Amount
    words: Words = ""


class NewOffer(Sent):
    """Prices for a dealer that asked for nothing."""

    buyer: UUID
    lines: list[OfferLineIn] = Field(min_length=1, max_length=MOST_LINES)
    valid_until: date = Field(description="Its last day: today, or within a year")
    words: Text = ""
    currency: Theirs = None
    reason: Text = Field("", description="For those of the house who must agree to it, if any")


class QuoteReason(Sent):
    """Why; a seller that makes no offer needs one."""

    reason: Text = ""


class AcceptIn(Sent):
    """How the order is paid and where it goes; its goods and prices are the offer's."""

    pay_by: PayBy
    programme: UUID | None = Field(None, description="Of a financed order: by default the best")
    deposit_ratio: Share | None = None
    days: Days | None = None
    warehouse: UUID | None = None
    remark: Text = ""
    external_id: Line = Field("", description="The buyer's own id, used once")
    wanted_on: date | None = Field(None, description="The day on which the goods are wished")
    address: UUID | None = None
    cost_centre: UUID | None = None


class AskHouseIn(AcceptIn):
    """The same, where others of the buyer's house must agree first."""

    reason: Text = Field(min_length=1, description="Those who are asked read it")


class AutoAnswerIn(Sent):
    """From so many pieces of a line on, up to where an answer needs nobody."""

    min_quantity: Quantity
    percent: Rate = Field(description="At most so many per cent under the usual price, up to 90")
    days: Annotated[int, Field(ge=1, le=90), Whole] = Field(description="The offer holds for")
    most: Amount | None = Field(
        None, description="Only quotes that come to this at most, in CNY: none in another currency"
    )


class AutoAnswerOut(Schema):
    """A bound; lines of fewer pieces than the least of all wait for a person."""

    min_quantity: int
    percent: Decimal
    days: int
    most: int | None
    set_by_name: str
    set_at: datetime


@router.get("/quotes", response=Page[QuoteOut])
def list_quotes(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[QuoteState | None, Query(description="Only in this state")] = None,
) -> dict[str, object]:
    """The quotes that the asker's houses ask for or are asked for, what moved last first."""
    rows = queries.visible_to(request.actor)
    rows = rows.filter(status=status) if status else rows
    by = ("-moved_at", "-id")
    return page(request, response, rows, paging, by=by, show=QuoteOut.from_orm)


@router.post("/quotes", response={201: QuoteDetail})
def ask_quote(request: TypedRequest, payload: NewQuote, key: Key) -> HttpResponse:
    """Ask a seller for its prices. Only goods that are sold to the asker, in quantities in which
    they are sold."""

    def do(at: datetime) -> tuple[int, QuoteDetail]:
        require_theirs(request.actor.own_org, payload.seller, payload.currency)
        made = quoting.ask(
            actor=request.actor, seller=payload.seller, lines=_asked(payload.lines),
            words=payload.words, wanted_on=payload.wanted_on, at=at,
        )  # fmt: skip
        return 201, _detail(made, request.actor)

    return write(request, key, payload, do)


@router.post("/quote-offers", response={201: QuoteDetail, 202: ApprovalOut})
def begin_quote(request: TypedRequest, payload: NewOffer, key: Key) -> HttpResponse:
    """A seller offers prices that nobody asked for; a quote as any other, which begins OFFERED.

    202 when others of its house must agree first to what is given away.
    """
    lines = [Asked(**one.model_dump()) for one in payload.lines]

    def do(at: datetime) -> tuple[int, QuoteDetail | ApprovalOut]:
        require_theirs(payload.buyer, request.actor.own_org, payload.currency)
        made = quoting.begin(
            actor=request.actor, buyer=payload.buyer, lines=lines, words=payload.words,
            valid_until=payload.valid_until, reason=payload.reason, at=at,
        )  # fmt: skip
        if conceding.is_asked(made):
            return 202, ApprovalOut.from_orm(made)
        return 201, _detail(made, request.actor)

    return write(request, key, payload, do)


@router.get("/quotes/{ref}", response=QuoteDetail)
def get_quote(request: TypedRequest, ref: Ref) -> object:
    """One quote with all that was said."""
    return _detail(queries.get(request.actor, id_or_number(ref)), request.actor)


@router.post("/quotes/{ref}/ask", response=QuoteDetail)
def ask_otherwise(request: TypedRequest, ref: Ref, payload: QuoteAgain, key: Key) -> HttpResponse:
    """The buyer does not take the offer and asks otherwise; it is the seller's turn again."""

    def do(at: datetime) -> tuple[int, QuoteDetail]:
        made = quoting.ask_otherwise(
            _named(request, ref, payload.currency), actor=request.actor,
            lines=_asked(payload.lines), words=payload.words, at=at,
        )  # fmt: skip
        return 200, _detail(made, request.actor)

    return write(request, key, payload, do)


@router.post("/quotes/{ref}/answer", response={200: QuoteDetail, 202: ApprovalOut})
def answer_quote(request: TypedRequest, ref: Ref, payload: AnswerIn, key: Key) -> HttpResponse:
    """The seller offers prices, line by line; they bind it to the end of the day.

    202 when others of its house must agree first to what is given away; the buyer hears nothing
    until then.
    """
    answers = [Answer(**one.model_dump()) for one in payload.lines]

    def do(at: datetime) -> tuple[int, QuoteDetail | ApprovalOut]:
        made = quoting.answer(
            _named(request, ref, payload.currency), actor=request.actor, answers=answers,
            valid_until=payload.valid_until, words=payload.words, reason=payload.reason, at=at,
        )  # fmt: skip
        if conceding.is_asked(made):
            return 202, ApprovalOut.from_orm(made)
        return 200, _detail(made, request.actor)

    return write(request, key, payload, do)


@router.post("/quotes/{ref}/decline", response=QuoteDetail)
def decline_quote(request: TypedRequest, ref: Ref, payload: QuoteReason, key: Key) -> HttpResponse:
    """The seller makes no offer, and says why."""

    def do(at: datetime) -> tuple[int, QuoteDetail]:
        made = quoting.decline(id_or_number(ref), reason=payload.reason, actor=request.actor, at=at)
        return 200, _detail(made, request.actor)

    return write(request, key, payload, do)


@router.post("/quotes/{ref}/withdraw", response=QuoteDetail)
def withdraw_quote(request: TypedRequest, ref: Ref, payload: QuoteReason, key: Key) -> HttpResponse:
    """The buyer wants no price any more, or does not take the offer."""

    def do(at: datetime) -> tuple[int, QuoteDetail]:
        made = quoting.withdraw(
            id_or_number(ref), reason=payload.reason, actor=request.actor, at=at
        )
        return 200, _detail(made, request.actor)

    return write(request, key, payload, do)


@router.post("/quotes/{ref}/accept", response={201: OrderPlaced})
def accept_quote(request: TypedRequest, ref: Ref, payload: AcceptIn, key: Key) -> HttpResponse:
    """The buyer takes the offer: an order of exactly its lines at exactly its prices. It is placed
    as any other; `approval-needed` (409) says that the house is asked first."""

    def do(at: datetime) -> tuple[int, OrderPlaced]:
        placed = quoting.accept(
            id_or_number(ref), actor=request.actor, at=at, **payload.model_dump()
        )
        answer = shown(placed.order, placed.deal.pk, placed.deal.number, placed.loan)
        return 201, OrderPlaced.model_validate(answer)

    return write(request, key, payload, do)


@router.post("/quotes/{ref}/purchase-request", response={201: PurchaseDetail})
def ask_house(request: TypedRequest, ref: Ref, payload: AskHouseIn, key: Key) -> HttpResponse:
    """Ask those of the buyer's house who must agree; with the last yes the offer is ordered, as
    long as it binds by then."""

    def do(at: datetime) -> tuple[int, PurchaseDetail]:
        made = quoting.ask_house(
            id_or_number(ref), actor=request.actor, at=at, **payload.model_dump()
        )
        return 201, detail(made)

    return write(request, key, payload, do)


@router.get("/quote-rules", response=list[AutoAnswerOut])
def list_auto_answers(request: TypedRequest) -> object:
    """Up to where quotes of the asker's house are answered without a person, by pieces."""
    return queries.auto_answers(request.actor.own_org)


@router.post("/quote-rules", response=AutoAnswerOut)
def set_auto_answer(request: TypedRequest, payload: AutoAnswerIn, key: Key) -> HttpResponse:
    """Let quotes be answered at once from so many pieces of a line on: a wished price within the
    bound is offered, without a wish the lowest. All lines must lie within theirs."""

    def do(at: datetime) -> tuple[int, AutoAnswerOut]:
        made = operations.set_auto_answer(actor=request.actor, at=at, **payload.model_dump())
        return 200, AutoAnswerOut.from_orm(made)

    return write(request, key, payload, do)


@router.post("/quote-rules/{min_quantity}/drop", response=AutoAnswerOut)
def drop_auto_answer(
    request: TypedRequest, min_quantity: Annotated[int, Path(ge=1, le=10**9)], key: Key
) -> HttpResponse:
    """From so many pieces on the next bound below decides, or a person."""

    def do(at: datetime) -> tuple[int, AutoAnswerOut]:
        gone = operations.drop_auto_answer(min_quantity, actor=request.actor)
        return 200, AutoAnswerOut.from_orm(gone)

    return write(request, key, None, do)


def _named(request: TypedRequest, ref: str, currency: str | None) -> UUID:
    """Of which quote something is said. Raises `OtherCurrency` where it is taken to be in another
    currency than it is."""
    found = queries.get(request.actor, id_or_number(ref))
    require_in(found.currency, currency or "", field="currency")
    return found.pk


def _asked(lines: Sequence[QuoteLineIn]) -> list[Asked]:
    return [Asked(**one.model_dump()) for one in lines]


def _detail(found: Any, actor: Actor) -> QuoteDetail:
    plain = QuoteOut.from_orm(found).model_dump()
    versions = [_version(one) for one in queries.versions(found)]
    waits = approvals.about(actor, found.pk, conceding.OFFER.name)
    more = {"versions": versions, "waits_for": waits.pk if waits else None}
    return QuoteDetail.model_validate(plain | more)


def _version(one: Any) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in QuoteVersionOut.model_fields if name != "lines"}
    return plain | {"lines": list(one.lines.all())}
