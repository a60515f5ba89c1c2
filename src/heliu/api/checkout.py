"""What an order would cost and how it could be paid, before it is placed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ninja import Field, Router, Schema

from heliu.api.fields import Goods, Plain
from heliu.api.loans import DepositMode, Instrument, ReleaseMode
from heliu.api.order_lines import OrderIn, judge_unknown, read_lines
from heliu.capital.credit import reasons
from heliu.commerce.ordering.policies import CheckedLine
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.money import CURRENCY
from heliu.trade import place_order
from heliu.trade.finance_offer import FinanceOffer

router = Router()


class CheckedLineOut(Plain):
    """A line as it can be ordered, or what is wrong with it."""

    place: int = Field(description="Place in the request, from 0; of the first line of the SKU")
    sku: Goods | None
    code: str
    quantity: int | None = Field(description="The sum over the lines of the SKU")
    unit_price: int | None
    amount: int | None
    problem: str = Field(description="Empty when the line is good, else a stable code")
    words: str = Field(description="The problem in the reader's language")
    suggestions: list[str] = Field(description="What to put there instead, the best first")


class WayToPay(Schema):
    """One way to pay, open or closed."""

    pay_by: str = Field(description="TRANSFER, TERMS or FINANCE")
    is_open: bool
    due_now: int = Field(description="What is taken at once")
    closed: str = Field(description="Why it is closed: a stable code, empty when it is open")
    reason: str = Field(description="The same in the reader's language")


class TermsOut(Schema):
    """One offer of a lender: its deposit, its term and all it costs."""

    deposit_ratio: Decimal
    days: int
    deposit: int
    principal: int
    rate: Decimal = Field(description="Per cent a year")
    interest: int = Field(description="If nothing is repaid before it is due")
    fee: int
    total_cost: int
    apr: Decimal = Field(description="All costs as a simple yearly rate, per cent")
    effective_rate: Decimal = Field(description="The same compounded, per cent")
    due_on: date
    instrument: Instrument = Field(description="With what the lender finances the order")
    deposit_mode: DepositMode = Field(description="What the deposit does")
    release_mode: ReleaseMode = Field(description="What sets pledged goods free")


class ReasonOut(Schema):
    """Why the decision is not better."""

    code: str
    points: int = Field(description="Points lost against the best; 0 for a rule without points")
    words: str
    help: str = Field(description="What would help")


class Offer(Schema):
    """What the seller's programme says to financing this order."""

    lender: UUID
    programme: UUID
    decision: str = Field(description="APPROVE, REFER (a person decides) or DECLINE")
    score: int
    grade: str
    limit: int
    used: int
    held: int
    free: int
    reasons: list[ReasonOut]
    grid: list[TermsOut] = Field(description="Every deposit and term on offer")
    recommended: TermsOut | None


class PreviewOut(Schema):
    """An order as it would be placed now."""

    currency: str
    total: int = Field(description="Of the lines that are good")
    lines: list[CheckedLineOut]
    ways: list[WayToPay]
    offer: Offer | None


@router.post("/orders/preview", response=PreviewOut)
def preview_order(request: TypedRequest, payload: OrderIn) -> dict[str, object]:
    """Price an order, see what is short and how it could be paid. Changes nothing: no key."""
    actor = request.actor
    wanted = read_lines(actor, payload.seller, payload.lines)
    seen = place_order.preview(
        actor=actor,
        seller=payload.seller,
        lines=wanted.found,
        warehouse=payload.warehouse,
        at=clock.now(),
    )
    lines = [_line(line, wanted.place_of(line.row)) for line in seen.lines]
    lines += [_line(line, line.row) for line in judge_unknown(actor, payload.seller, wanted)]
    return {
        "currency": CURRENCY,
        "total": seen.total,
        "lines": sorted(lines, key=lambda line: line["place"]),
        "ways": seen.ways,
        "offer": _offer(seen.offer),
    }


def _line(line: CheckedLine[Any], place: int) -> dict[str, Any]:
    return {
        "place": place,
        "sku": line.sku,
        "code": line.code,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "amount": line.amount,
        "problem": line.problem,
        "words": line.words,
        "suggestions": list(line.repairs),
    }


def _offer(offer: FinanceOffer | None) -> dict[str, object] | None:
    if offer is None:
        return None
    decision = offer.decision
    return {
        "lender": offer.lender,
        "programme": offer.programme.pk,
        "decision": decision.outcome,
        "score": decision.score,
        "grade": decision.grade,
        "limit": offer.limit,
        "used": offer.used,
        "held": offer.held,
        "free": offer.free,
        "reasons": [reason_out(reason.code, reason.points) for reason in decision.reasons],
        "grid": list(offer.grid),
        "recommended": offer.recommended,
    }


def reason_out(code: str, points: int) -> dict[str, object]:
    """A reason with its words."""
    return {
        "code": code,
        "points": points,
        "words": reasons.words(code),
        "help": reasons.help_for(code),
    }
