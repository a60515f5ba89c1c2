"""Facilities a lender granted, and the assessments they rest on."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.checkout import ReasonOut, reason_out
from heliu.api.fields import Code
from heliu.api.paging import Page, Paging, page
from heliu.capital.credit import queries
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest

router = Router()

FacilityStatus = Literal["ACTIVE", "SUSPENDED", "ENDED"]
CreditDecision = Literal["APPROVE", "REFER", "DECLINE"]


class FacilityOut(Schema):
    """A revolving limit granted to a borrower for a seller's goods."""

    id: UUID
    number: str
    borrower: UUID
    lender: UUID
    seller: UUID
    status: FacilityStatus
    limit: int
    deposit_ratio: Decimal
    rate: Decimal = Field(description="Per cent a year")
    grade: str
    valid_to: date
    granted_at: datetime


class FacilityDetail(FacilityOut):
    """A facility and how far it is used: limit = used + held + free."""

    used: int
    held: int
    free: int


class AssessmentOut(Schema):
    """A scored proposal, kept as it was made."""

    id: UUID
    number: str
    borrower: UUID
    lender: UUID
    decision: CreditDecision
    score: int
    grade: str
    default_probability: Decimal
    limit: int
    deposit_ratio: Decimal
    rate: Decimal
    decided_by_name: str
    at: datetime


class AssessmentDetail(AssessmentOut):
    """An assessment with its reasons and everything it was made from."""

    reasons: list[ReasonOut]
    limit_parts: dict[str, Any] = Field(description="What bounds the limit, in minor units")
    price_parts: dict[str, Any] = Field(description="The rate in its parts, per cent a year")
    inputs: dict[str, Any] = Field(description="The features that were scored")
    versions: dict[str, Any] = Field(description="Of the scorecard and of the rules")
    digest: str = Field(description="SHA-256 over inputs, versions and results")
    milliseconds: Decimal
    overrides: str = Field(description="Number of the assessment a person overrode with this one")
    override_reason: str


@router.get("/facilities", response=Page[FacilityOut])
def list_facilities(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    status: Annotated[FacilityStatus | None, Query(description="Only in this state")] = None,
) -> dict[str, object]:
    """The facilities the asker has or gives, newest first."""
    rows = queries.visible_to(request.actor)
    rows = rows.filter(status=status) if status else rows
    return page(request, response, rows, paging, by=("-id",), show=FacilityOut.from_orm)


@router.get("/facilities/{number}", response=FacilityDetail)
def get_facility(request: TypedRequest, number: Code) -> dict[str, object]:
    """One facility and how far it is used now."""
    facility = queries.get(request.actor, number.upper())
    line = queries.line_of(facility, at=clock.now())
    used = {"used": line.used, "held": line.held, "free": line.free}
    return {**FacilityOut.from_orm(facility).model_dump(), **used}


@router.get("/assessments", response=Page[AssessmentOut])
def list_assessments(
    request: TypedRequest,
    response: HttpResponse,
    paging: Query[Paging],
    decision: Annotated[CreditDecision | None, Query(description="Only with this answer")] = None,
) -> dict[str, object]:
    """The assessments of the asker, and those it made, newest first."""
    rows = queries.assessments_visible_to(request.actor)
    rows = rows.filter(decision=decision) if decision else rows
    return page(request, response, rows, paging, by=("-at", "-id"), show=AssessmentOut.from_orm)


@router.get("/assessments/{number}", response=AssessmentDetail)
def get_assessment(request: TypedRequest, number: Code) -> dict[str, object]:
    """One assessment with its reasons in the reader's language."""
    one = queries.get_assessment(request.actor, number.upper())
    return {
        **AssessmentOut.from_orm(one).model_dump(),
        "reasons": [
            reason_out(reason["code"], reason["points"])
            for reason in queries.reasons_for(request.actor, one)
        ],
        "limit_parts": one.limit_parts,
        "price_parts": one.price_parts,
        "inputs": queries.inputs_for(request.actor, one),
        "versions": one.versions,
        "digest": one.digest,
        "milliseconds": one.milliseconds,
        "overrides": one.overrides.number if one.overrides else "",
        "override_reason": one.override_reason,
    }
