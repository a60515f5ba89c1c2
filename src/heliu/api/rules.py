"""A lender's own rules of decision, in versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.fields import Amount, Factor, Part, Portion, Ref, Sent, Text, Whole
from heliu.api.writes import Key, write
from heliu.capital.credit import ruling
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound

router = Router()

MOST_DIGITS = 6

Outcome = Literal["APPROVE", "REFER", "DECLINE"]


class GradeIn(Sent):
    """What a grade means; shares are 0 to 1."""

    grade: Literal["A", "B", "C", "D", "E"]
    least_score: Annotated[int, Field(ge=0, le=1_000), Whole]
    deposit_floor: Portion
    coverage: Portion = Field(description="Of a cycle's purchases that may be financed")
    outcome: Outcome


class RulesIn(Sent):
    """A version to propose: the grid of grades and the thresholds."""

    grades: list[GradeIn] = Field(min_length=5, max_length=5, description="A to E, in this order")
    step_up: Factor = Field(description="The factor by which a limit may grow")
    clean_cycles: Annotated[int, Whole] = Field(
        ge=1, le=50, description="Loans repaid in time before it may"
    )
    cut: Part = Field(description="The share of a limit that is left after a warning")
    cut_trend: Annotated[int, Whole] = Field(
        ge=-100, le=0, description="Orders fell by so many per cent, such as -30"
    )
    cut_days_late: Annotated[int, Field(ge=0, le=365), Whole]
    cut_returns: Annotated[int, Whole] = Field(ge=1, le=100, description="Per cent")
    least_limit: Amount
    untold: list[Text] = Field([], max_length=40, description="Reasons a borrower is not told")
    effective_on: date
    reason: Text = Field(min_length=1)


class RuleSetOut(Schema):
    """A version of the asker's own rules. It is in force from its day on once it was agreed to."""

    id: UUID
    number: int
    version: str = Field(description="As the records of decisions name it")
    effective_on: date
    reason: str
    proposed_by_name: str
    proposed_at: datetime
    agreed_by_name: str = Field(description="Empty as long as nobody agreed")
    agreed_at: datetime | None


class RuleSetDetail(RuleSetOut):
    """With all it says."""

    rules: dict[str, object] = Field(
        description="By grade: least score, deposit floor, coverage, outcome; and the thresholds"
    )


class Proposed(RuleSetDetail):
    """A version that waits for another person."""

    approval: UUID = Field(description="The question that another person answers")


class InForce(Schema):
    """What decides today."""

    version: str
    rules: dict[str, object]


@router.get("/rule-sets", response=list[RuleSetOut])
def list_rule_sets(request: TypedRequest) -> list[object]:
    """All versions of the asker's own house, newest first."""
    return list(ruling.visible_to(request.actor)[:200])


@router.get("/rule-sets/in-force", response=InForce)
def rules_in_force(request: TypedRequest) -> dict[str, object]:
    """The rules by which the asker's house decides today: its own, or the platform's."""
    lender = request.actor.own_org
    found = ruling.read(ruling.in_force([lender], day_of(clock.now())).get(lender))
    return {"version": found.version, "rules": found.as_json()}


@router.get("/rule-sets/{number}", response=RuleSetDetail)
def get_rule_set(request: TypedRequest, number: Ref) -> dict[str, object]:
    """One version with all it says."""
    return _shown(ruling.get(request.actor, _read(number)))


@router.post("/rule-sets", response={201: Proposed})
def propose(request: TypedRequest, payload: RulesIn, key: Key) -> HttpResponse:
    """Propose a version: nothing changes before another person has agreed (`/approvals`)."""

    def do(at: datetime) -> tuple[int, Proposed]:
        said = payload.model_dump()
        content = said | {
            "grades": {
                one.grade: [one.least_score, one.deposit_floor, one.coverage, one.outcome]
                for one in payload.grades
            }
        }
        version, asked = ruling.propose(
            content,
            effective_on=payload.effective_on,
            reason=payload.reason,
            actor=request.actor,
            at=at,
        )
        return 201, Proposed.model_validate(_shown(version) | {"approval": asked.pk})

    return write(request, key, payload, do)


def _read(number: str) -> int:
    """The number of a version; what is none names no version."""
    if not (number.isdecimal() and len(number) <= MOST_DIGITS):
        raise NotFound()
    return int(number)


def _shown(version: Any) -> dict[str, object]:
    said = RuleSetOut.from_orm(version).model_dump()
    return said | {"rules": ruling.read(version).as_json()}
