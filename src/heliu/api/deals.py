"""Deals: one order with its money, goods and facts, and the acts that lead it on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import get_language
from ninja import Field, Query, Router, Schema

from heliu.api.approvals import ApprovalOut
from heliu.api.fields import (
    Amount,
    Currency,
    Flag,
    Percent,
    Ref,
    Sent,
    Share,
    Text,
    id_or_number,
)
from heliu.api.loans import LoanOut, OwedOut
from heliu.api.notices import FactOut
from heliu.api.paging import Page, Paging, page
from heliu.api.payments import PaymentOut
from heliu.api.writes import Key, write
from heliu.capital.lending import queries as lending
from heliu.commerce.ordering import queries as ordering
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.events import queries as events
from heliu.logistics.pledges import queries as pledges
from heliu.trade import deals, duty, enforcement, looks, side_exits
from heliu.trade.financed_order import repaying, setting_off, signing
from heliu.trade.standing import next_of, status_of

router = Router()

DealOutcome = Literal["OPEN", "CLOSED", "CANCELLED", "DEFAULTED"]


class NextStep(Schema):
    """What the deal waits for."""

    act: str = Field(
        description="decide, sign, pay, confirm, ship, receive, refund, repay, enforce, pick-up, "
        "return-money or cancel"
    )
    by: str = Field(description="buyer, seller, lender, custodian, or bank when it goes by itself")


class DealOut(Schema):
    """A deal and where it stands, as far as the asker may see its documents."""

    id: UUID
    number: str
    order_id: UUID
    order_number: str = Field(description="Empty for a custodian, who does not see the order")
    loan_number: str = Field(description="Empty without a loan, and for who does not see it")
    pledge_number: str
    buyer: UUID
    seller: UUID
    lender: UUID | None
    custodian: UUID | None
    outcome: DealOutcome
    status: str = Field(
        description="The outcome once it is over; before, the state of the loan until the seller "
        "is paid, then of the pledge, else of the order"
    )
    next: NextStep | None
    opened_at: datetime
    moved_at: datetime
    closed_at: datetime | None
    ship_by: date | None = Field(
        description="What the seller has not shipped by then it refunds to the lender"
    )


class StepOut(Schema):
    """A step that was done; one under the same key is never done again."""

    step: str = Field(description="Such as SIGNED, DISBURSED, PLEDGED, RELEASED")
    at: datetime
    actor_name: str
    data: dict[str, Any] = Field(description="Numbers and amounts of the step")


class DealDetail(DealOut):
    """A deal with what was done in it, what happened and what is owed today."""

    owed: OwedOut | None
    steps: list[StepOut]
    facts: list[FactOut]


class Agreement(Schema):
    """The agreement a loan is signed on."""

    loan_number: str
    version: str
    digest: str = Field(description="SHA-256 of the text in both languages: what is signed")
    language: str
    text: str = Field(description="In the language asked for")
    signed_by_name: str = Field(description="Empty until it is signed")
    signed_at: datetime | None


class Signature(Sent):
    """The borrower signs the text it was shown."""

    agreement_digest: str = Field(pattern=r"^[0-9a-f]{64}$", description="Of the agreement")
    consent: Flag = Field(description="Whether the lender may read the borrower's trade here")


class DecisionIn(Sent):
    """What a credit officer decides."""

    approve: Flag
    reason: Text = Field(min_length=1, description="Kept with the decision")
    deposit_ratio: Share | None = Field(
        None, description='Another than was proposed, such as "0.3"; kept as an override'
    )


class DefaultNotice(Schema):
    """The lender's notice of default."""

    pay_until: date = Field(description="The last day to pay before the lender may enforce")


class ReasonIn(Sent):
    """Why it is asked for."""

    reason: Text = Field(min_length=1, description="Kept, and shown to who must agree")


class DutyIn(Sent):
    """What the seller pays by its duty; null is all that it still owes."""

    amount: Amount | None = None
    currency: Currency = "CNY"


class RepaymentIn(Sent):
    """How much to repay: an `amount`, or a `percent` of the loan with what falls due before it."""

    amount: Amount | None = None
    percent: Percent | None = Field(
        None, description='Above 0 and at most 100, such as "30"; 100 is all that is owed'
    )
    currency: Currency = "CNY"


@router.get("/deals", response=Page[DealOut])
def list_deals(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    outcome: Annotated[DealOutcome | None, Query(description="Only with this outcome")] = None,
    order: Annotated[UUID | None, Query(description="The deal of this order")] = None,
) -> dict[str, object]:
    """The deals the asker is a party of, newest first."""
    given = {"outcome": outcome, "order_id": order}
    wanted = Q(**{name: value for name, value in given.items() if value})
    rows = deals.by_side(request.actor, wanted)
    found = page(request, response, rows, paging, by=("-opened_at", "-id"), show=lambda row: row)
    return {**found, "items": _deals(request.actor, found["items"])}


@router.get("/deals/{ref}", response=DealDetail)
def get_deal(request: TypedRequest, ref: Ref) -> DealDetail:
    """One deal: its steps, its facts, what is owed and what comes next."""
    return _detail(request.actor, ref, clock.now())


@router.get("/deals/{ref}/agreement", response=Agreement)
def get_agreement(request: TypedRequest, ref: Ref) -> dict[str, object]:
    """The agreement to sign, or that was signed; for borrower and lender."""
    deal = deals.get(request.actor, id_or_number(ref))
    loan = lending.of_deal(deal.pk, request.actor)
    if loan is None or not loan.agreement_digest:
        raise NotFound()
    looks.at_loan_paper(request.actor, loan, deal.number, paper=loan.number, at=clock.now())
    language = get_language() or "en"
    return {
        "loan_number": loan.number,
        "version": loan.agreement_version,
        "digest": loan.agreement_digest,
        "language": language,
        "text": loan.agreement_zh if language.startswith("zh") else loan.agreement_en,
        "signed_by_name": loan.signed_by_name,
        "signed_at": loan.signed_at,
    }


@router.post("/deals/{ref}/sign", response=LoanOut)
def sign_deal(request: TypedRequest, ref: Ref, payload: Signature, key: Key) -> HttpResponse:
    """The borrower signs; the bank is told to collect the deposit, and the deal runs by itself."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, LoanOut]:
        deal = deals.get(actor, id_or_number(ref))
        loan = signing.sign(
            deal.pk,
            actor=actor,
            agreement_digest=payload.agreement_digest,
            consent=payload.consent,
            at=at,
        )
        return 200, LoanOut.from_orm(loan)

    return write(request, key, payload, do)


@router.post("/deals/{ref}/decide", response=LoanOut)
def decide_deal(request: TypedRequest, ref: Ref, payload: DecisionIn, key: Key) -> HttpResponse:
    """A credit officer approves or declines what the rules left open; declining ends the order."""
    actor = request.actor

    def do(at: datetime) -> tuple[int, LoanOut]:
        deal = deals.get(actor, id_or_number(ref))
        loan = side_exits.decide(
            deal.pk,
            actor=actor,
            approve=payload.approve,
            reason=payload.reason,
            deposit_ratio=payload.deposit_ratio,
            at=at,
        )
        return 200, LoanOut.from_orm(loan)

    return write(request, key, payload, do)


@router.post("/deals/{ref}/repay", response={202: PaymentOut})
def repay_deal(request: TypedRequest, ref: Ref, payload: RepaymentIn, key: Key) -> HttpResponse:
    """The borrower orders a repayment. The goods it earns come free when the bank has booked it."""
    actor = request.actor
    if (payload.amount is None) == (payload.percent is None):
        raise Invalid("amount-or-percent", "Name an amount or a percent.", field="amount")

    def do(at: datetime) -> tuple[int, PaymentOut]:
        deal = deals.get(actor, id_or_number(ref))
        payment = repaying.repay(
            deal.pk,
            actor=actor,
            key=key,
            amount=payload.amount,
            percent=payload.percent,
            at=at,
        )
        return 202, PaymentOut.from_orm(payment)

    return write(request, key, payload, do)


@router.post("/deals/{ref}/set-off", response=LoanOut)
def set_off_margin(request: TypedRequest, ref: Ref, key: Key) -> HttpResponse:
    """The borrower lets the margin the lender keeps pay all that is still owed."""

    def do(at: datetime) -> tuple[int, LoanOut]:
        deal = deals.get(request.actor, id_or_number(ref))
        loan = setting_off.set_off_margin(deal.pk, actor=request.actor, at=at)
        return 200, LoanOut.from_orm(loan)

    return write(request, key, None, do)


@router.post("/deals/{ref}/duty", response={202: PaymentOut})
def pay_by_duty(request: TypedRequest, ref: Ref, payload: DutyIn, key: Key) -> HttpResponse:
    """The seller pays what it still owes by its duty on a loan that was written off. Said again
    while a payment is on its way, that one is returned."""

    def do(at: datetime) -> tuple[int, PaymentOut]:
        deal = deals.get(request.actor, id_or_number(ref))
        payment = duty.pay(deal.pk, actor=request.actor, amount=payload.amount, at=at)
        return 202, PaymentOut.from_orm(payment)

    return write(request, key, payload, do)


@router.post("/deals/{ref}/default-notice", response=DefaultNotice)
def give_notice_of_default(request: TypedRequest, ref: Ref, key: Key) -> HttpResponse:
    """The lender tells dealer and seller that it will enforce; said again, the first one stands."""

    def do(at: datetime) -> tuple[int, DefaultNotice]:
        deal = deals.get(request.actor, id_or_number(ref))
        until = enforcement.give_notice(deal.pk, actor=request.actor, at=at)
        return 200, DefaultNotice(pay_until=until)

    return write(request, key, None, do)


@router.post("/deals/{ref}/enforcement", response={202: ApprovalOut})
def ask_to_enforce(request: TypedRequest, ref: Ref, payload: ReasonIn, key: Key) -> HttpResponse:
    """Ask to enforce once the days of the notice are over; another person at the lender agrees."""

    def do(at: datetime) -> tuple[int, ApprovalOut]:
        deal = deals.get(request.actor, id_or_number(ref))
        asked = enforcement.ask_to_enforce(
            deal.pk, actor=request.actor, reason=payload.reason, at=at
        )
        return 202, ApprovalOut.from_orm(asked)

    return write(request, key, payload, do)


@router.post("/deals/{ref}/write-off", response={202: ApprovalOut})
def ask_to_write_off(request: TypedRequest, ref: Ref, payload: ReasonIn, key: Key) -> HttpResponse:
    """Ask to give up what is left after the goods; another person at the lender agrees."""

    def do(at: datetime) -> tuple[int, ApprovalOut]:
        deal = deals.get(request.actor, id_or_number(ref))
        asked = enforcement.ask_to_write_off(
            deal.pk, actor=request.actor, reason=payload.reason, at=at
        )
        return 202, ApprovalOut.from_orm(asked)

    return write(request, key, payload, do)


def _deals(actor: Actor, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Deals with their documents, in three statements however many there are."""
    ids = [row.pk for row in rows]
    orders = ordering.visible_to(actor).in_bulk([row.order_id for row in rows])
    loans = {loan.deal: loan for loan in lending.visible_to(actor).filter(deal__in=ids)}
    bound = pledges.of_deals(actor, ids)
    return [
        _shown(row, orders.get(row.order_id), loans.get(row.pk), bound.get(row.pk)) for row in rows
    ]


def _shown(deal: Any, order: Any, loan: Any, pledge: Any) -> dict[str, Any]:
    step = next_of(deal, order, loan, pledge)
    return {
        "id": deal.pk,
        "number": deal.number,
        "order_id": deal.order_id,
        "order_number": order.number if order else "",
        "loan_number": loan.number if loan else "",
        "pledge_number": pledge.number if pledge else "",
        "buyer": deal.buyer,
        "seller": deal.seller,
        "lender": deal.lender,
        "custodian": deal.custodian,
        "outcome": deal.outcome,
        "ship_by": deal.ship_by,
        "status": status_of(deal, order, loan, pledge),
        "next": step and {"act": step.act, "by": step.by},
        "opened_at": deal.opened_at,
        "moved_at": deal.moved_at,
        "closed_at": deal.closed_at,
    }


def _detail(actor: Actor, ref: str, at: datetime) -> DealDetail:
    deal = deals.get(actor, id_or_number(ref))
    looks.at_deal(actor, deal, at=at)
    loan = lending.of_deal(deal.pk, actor)
    return DealDetail(
        **_deals(actor, [deal])[0],
        owed=OwedOut.from_orm(lending.owed(loan, day_of(at))) if loan else None,
        steps=[StepOut.from_orm(step) for step in deals.steps_of(deal, actor)],
        facts=[FactOut.from_orm(fact) for fact in events.of_deal(deal.pk, actor)],
    )
