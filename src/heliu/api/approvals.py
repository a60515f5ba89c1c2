"""What needs more than one person: what was asked for, who agreed, and one's own word."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema

from heliu.api.fields import Flag, Sent, Text
from heliu.api.paging import Page, Paging, page
from heliu.api.writes import Key, write
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.approvals import operations, queries
from heliu.kernel.approvals.policies import MOST_LEVELS, MOST_PEOPLE, Act, Level
from heliu.kernel.approvals.policies import Measure as ActMeasure
from heliu.kernel.errors import Invalid
from heliu.trade import approvals, proposals

router = Router()

Measure = Literal["AMOUNT", "SHARE"]
Status = Literal["WAITING", "APPROVED", "REFUSED", "WITHDRAWN", "EXPIRED"]


class ApprovalOut(Schema):
    """Something that somebody of the asker's house asks the others to agree to."""

    id: UUID
    act: str = Field(description="Such as enforce, sell or write-off")
    name: str = Field(description="The number of what it is about")
    amount: int = Field(description="What it is about, in minor units")
    reason: str
    status: Status
    level: int = Field(description="The level whose people are asked now, from 1")
    asked_by_name: str
    asked_at: datetime
    expires_at: datetime
    ended_at: datetime | None


class VoteOut(Schema):
    """One person's word."""

    person_name: str
    agrees: bool
    reason: str
    at: datetime


class ApprovalDetail(ApprovalOut):
    """With who has said what."""

    votes: list[VoteOut]
    said: dict[str, Any] | None = Field(
        description="What is done with the last yes, where that was kept as it was asked for"
    )


class VoteIn(Sent):
    """One's own word."""

    agrees: Flag
    reason: Text = Field("", description="Needed for a no")


class LevelOut(Schema):
    """So many people who may do something."""

    permission: str = Field(description="Such as sign, enforce or override")
    people: int


class RuleOut(Schema):
    """From this amount on an act needs these levels, one after the other."""

    act: str = Field(description="Such as sign, enforce or write-off")
    measure: Measure = Field(description="What from_amount counts")
    from_amount: int = Field(
        description="In minor units; by share in hundredths of a per cent, 1000 for ten per cent"
    )
    levels: list[LevelOut]


class LevelIn(Sent):
    """So many people who may do something."""

    permission: Text = Field(min_length=1)
    people: int = Field(1, ge=1, le=MOST_PEOPLE)


class RuleIn(Sent):
    """A rule of the asker's house; without levels the rule of this amount is taken away."""

    act: Text = Field(min_length=1)
    from_amount: int = Field(0, ge=0, le=10**15, description="By the measure of the act")
    levels: list[LevelIn] = Field(max_length=MOST_LEVELS)


@router.get("/approval-rules", response=list[RuleOut])
def list_rules(request: TypedRequest) -> list[dict[str, object]]:
    """The rules of the asker's own house, by act and amount. Without one an act's own levels hold:
    another person who may enforce for enforcing and writing off, nobody else for signing."""
    acts = approvals.ruled_by(request.actor)
    found = groupby(queries.rules(request.actor), lambda one: (one.act, one.from_amount))
    return [
        {
            "act": act,
            "measure": _measure(acts.get(act)),
            "from_amount": amount,
            "levels": list(levels),
        }
        for (act, amount), levels in found
    ]


@router.post("/approval-rules", response=RuleOut)
def set_rule(request: TypedRequest, payload: RuleIn, key: Key) -> HttpResponse:
    """Set the levels of an act from an amount on. What waits already goes on as it was asked."""
    act = approvals.ruled_by(request.actor).get(payload.act)
    if act is None:
        raise Invalid("act-unknown", "Your house has no rules for this.", field="act")

    def do(at: datetime) -> tuple[int, RuleOut]:
        levels = [Level(one.permission, one.people) for one in payload.levels]
        operations.set_levels(
            act, from_amount=payload.from_amount, levels=levels, actor=request.actor, at=at
        )
        return 200, RuleOut(**payload.model_dump(), measure=_measure(act))

    return write(request, key, payload, do)


@router.get("/approvals", response=Page[ApprovalOut])
def list_approvals(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """What was asked for in the asker's house, newest first."""
    rows = queries.visible_to(request.actor)
    by = ("-asked_at", "-id")
    return page(request, response, rows, paging, by=by, show=ApprovalOut.from_orm)


@router.get("/approvals/{approval}", response=ApprovalDetail)
def get_approval(request: TypedRequest, approval: UUID) -> dict[str, object]:
    """One of them, with the words said so far."""
    found = queries.get(request.actor, approval)
    shown = ApprovalOut.from_orm(found).dict()
    kept = proposals.of(found.pk, request.actor)
    votes = list(found.votes.order_by("at"))
    return {**shown, "votes": votes, "said": kept.said if kept else None}


@router.post("/approvals/{approval}/withdraw", response=ApprovalOut)
def withdraw(request: TypedRequest, approval: UUID, key: Key) -> HttpResponse:
    """Whoever asked takes the question back."""

    def do(at: datetime) -> tuple[int, ApprovalOut]:
        return 200, ApprovalOut.from_orm(approvals.withdraw(approval, actor=request.actor, at=at))

    return write(request, key, None, do)


@router.post("/approvals/{approval}/votes", response=ApprovalOut)
def vote(request: TypedRequest, approval: UUID, payload: VoteIn, key: Key) -> HttpResponse:
    """Agree, or say no with a reason. With the last yes that is needed the act is done."""

    def do(at: datetime) -> tuple[int, ApprovalOut]:
        said = approvals.vote(
            approval, agrees=payload.agrees, reason=payload.reason, actor=request.actor, at=at
        )
        return 200, ApprovalOut.from_orm(said)

    return write(request, key, payload, do)


def _measure(act: Act | None) -> Measure:
    return "SHARE" if act and act.measure == ActMeasure.SHARE else "AMOUNT"
