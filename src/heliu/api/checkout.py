"""What an order would cost and how it could be paid, before it is placed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext
from ninja import Field, Router, Schema

from heliu.api.fields import Goods, Plain, Rate, Sent
from heliu.api.loans import DepositMode, Instrument, ReleaseMode
from heliu.api.order_lines import OrderIn, judge_unknown, read_lines, require_theirs
from heliu.api.writes import Key, write
from heliu.capital.credit import operations, queries, reasons
from heliu.commerce.ordering.policies import CheckedLine
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.trade import previewing
from heliu.trade.comparison import OWN_MONEY, Comparison, is_counted
from heliu.trade.earning import Earned
from heliu.trade.finance_offer import FinanceOffer
from heliu.trade.ways import CLOSED

router = Router()


class PreviewIn(OrderIn):
    """What is wanted, and for how long the money is."""

    days: int | None = Field(
        None, ge=1, le=365, description="Compare offers for this term where it is on offer"
    )
    cost_centre: UUID | None = Field(
        None, description="Who would bear it in the buyer's house; not named, the orderer's own"
    )


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
    """What a lender's programme says to financing this order."""

    lender: UUID
    programme: UUID
    programme_name: str
    decision: str = Field(description="APPROVE, REFER (a person decides) or DECLINE")
    closed: str = Field(description="Why it cannot be taken: a stable code, empty when it can")
    reason: str = Field(description="The same in the reader's language")
    rules: str = Field(description="The version of the lender's rules that judged")
    score: int
    grade: str
    limit: int
    used: int
    held: int
    free: int
    reasons: list[ReasonOut] = Field(description="Those that the lender's rules let you be told")
    grid: list[TermsOut] = Field(description="Every deposit and term on offer")
    recommended: TermsOut | None


class OptionOut(Schema):
    """One way to pay with all it costs over the span; the rest of an offer stands in `offers`."""

    pay_by: str = Field(description="TRANSFER, TERMS or FINANCE")
    programme: UUID | None = Field(description="Of FINANCE: whose offer it is")
    closed: str = Field(description="Why it cannot be taken: a stable code, empty when it can")
    financed_share: Decimal = Field(description="Of the order, 0 to 1")
    paid_today: int
    cost: int = Field(description="Interest and fees")
    own_money: int = Field(description="What the buyer's own money costs it over the span")
    total: int
    is_counted: bool = Field(description="Whether its cost is known; on terms no day is agreed")
    terms: TermsOut | None


class ComparisonOut(Schema):
    """The ways to pay side by side, the cheapest first; what cannot be taken last."""

    days: int = Field(description="The span over which all are counted")
    own_money_rate: Decimal = Field(description="Per cent a year, simple on 365 days")
    is_stated: bool = Field(description="True when the buyer has not set its own rate")
    options: list[OptionOut]


class GiftOut(Schema):
    """Goods that come for free."""

    sku: UUID
    code: str
    quantity: int


class EarnedOut(Schema):
    """A promotion that the order would earn as a whole."""

    code: str
    name: str = Field(description="In the reader's language")
    off: int = Field(description="What it takes off the whole order, minor units")
    gifts: list[GiftOut]


def earned_out(earned: Iterable[Earned]) -> list[dict[str, object]]:
    """What an order would earn as a whole, in the words of the API."""
    return [
        {
            "code": one.code,
            "name": one.name,
            "off": one.off,
            "gifts": [
                {"sku": sku.pk, "code": sku.code, "quantity": quantity}
                for sku, quantity in one.gifts
            ],
        }
        for one in earned
    ]


class WarnedOut(Plain):
    """A budget of the buyer's house that only warns; minor units."""

    org: UUID = Field(description="Whose budget: the house's or one above it")
    cost_centre: str = Field(description="Code and name, in the asker's language; may be ''")
    is_own: bool = Field(description="The orderer's own")
    amount: int | None = Field(description="Planned for the period; hidden from a seller's person")
    taken: int | None = Field(description="Ordered already; likewise")


class PreviewOut(Schema):
    """An order as it would be placed now."""

    currency: str
    total: int = Field(description="Of the lines that are good, less what they earn as one order")
    earned: list[EarnedOut] = Field(description="Promotions of the whole order, as applied")
    least_order: int = Field(description="What the seller wants of one order at least")
    missing: int = Field(description="How much of that is missing")
    lines: list[CheckedLineOut]
    ways: list[WayToPay]
    offer: Offer | None = Field(description="The best of the offers")
    offers: list[Offer] = Field(description="Of all lenders, the best first")
    comparison: ComparisonOut
    warned: list[WarnedOut] = Field(description="Budgets that only warn and that it would pass")


class OwnMoneyIn(Sent):
    """What the buyer's own money costs it."""

    rate: Rate = Field(description="Per cent a year")


class OwnMoneyOut(Schema):
    """What the buyer's own money costs it; only the buyer sees it."""

    rate: Decimal = Field(description="Per cent a year")
    is_stated: bool = Field(description="True when the buyer has not set its own rate")


@router.get("/own-money", response=OwnMoneyOut)
def get_own_money(request: TypedRequest) -> dict[str, object]:
    """The rate at which the asker's own money is counted when offers are compared."""
    rate = queries.own_money(request.actor)
    return {"rate": OWN_MONEY if rate is None else rate, "is_stated": rate is None}


@router.post("/own-money", response=OwnMoneyOut)
def set_own_money(request: TypedRequest, payload: OwnMoneyIn, key: Key) -> HttpResponse:
    """Say what the asker's own money costs it; offers are compared with that from now on."""

    def do(at: datetime) -> tuple[int, OwnMoneyOut]:
        said = operations.set_own_money(payload.rate, actor=request.actor, at=at)
        return 200, OwnMoneyOut(rate=said.rate, is_stated=False)

    return write(request, key, payload, do)


@router.post("/orders/preview", response=PreviewOut)
def preview_order(request: TypedRequest, payload: PreviewIn) -> dict[str, object]:
    """Price an order, see what is short and how it could be paid. Changes nothing: no key."""
    actor = request.actor
    require_theirs(actor.own_org, payload.seller, payload.currency)
    wanted = read_lines(actor, payload.seller, payload.lines)
    seen = previewing.preview(
        actor=actor,
        seller=payload.seller,
        lines=wanted.found,
        warehouse=payload.warehouse,
        days=payload.days,
        cost_centre=payload.cost_centre,
        at=clock.now(),
    )
    lines = [_line(line, wanted.place_of(line.row)) for line in seen.lines]
    lines += [_line(line, line.row) for line in judge_unknown(actor, payload.seller, wanted)]
    return {
        "currency": seen.currency,
        "total": seen.total,
        "earned": earned_out(seen.earned),
        "least_order": seen.least,
        "missing": seen.missing,
        "lines": sorted(lines, key=lambda line: line["place"]),
        "ways": seen.ways,
        "offer": _offer(seen.offer) if seen.offer else None,
        "offers": [_offer(one) for one in seen.offers],
        "comparison": _comparison(seen.comparison),
        "warned": [one._asdict() for one in seen.warned],
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


def _comparison(found: Comparison) -> dict[str, object]:
    return {
        "days": found.days,
        "own_money_rate": found.rate,
        "is_stated": found.is_stated,
        "options": [
            {
                "pay_by": one.pay_by,
                "programme": one.offer.programme.pk if one.offer else None,
                "closed": one.closed,
                "financed_share": one.financed_share,
                "paid_today": one.paid_today,
                "cost": one.cost,
                "own_money": one.own_money,
                "total": one.total,
                "is_counted": is_counted(one),
                "terms": one.terms,
            }
            for one in found.options
        ],
    }


def _offer(offer: FinanceOffer) -> dict[str, object]:
    decision = offer.decision
    return {
        "lender": offer.lender,
        "programme": offer.programme.pk,
        "programme_name": offer.programme.display,
        "decision": decision.outcome,
        "closed": offer.closed,
        "reason": gettext(CLOSED[offer.closed]) if offer.closed else "",
        "rules": offer.rules.version,
        "score": decision.score,
        "grade": decision.grade,
        "limit": offer.limit,
        "used": offer.used,
        "held": offer.held,
        "free": offer.free,
        "reasons": [reason_out(reason.code, reason.points) for reason in offer.reasons],
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
