"""A seller's rule by which newcomers get trade credit at once."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.fields import LARGEST, Flag, Sent, Whole
from heliu.api.writes import Key, write
from heliu.capital.terms import newcomers
from heliu.capital.terms.newcomers import Rule
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.request import TypedRequest

router = Router()

Sum = Annotated[int, Field(ge=0, le=LARGEST, description="Minor units (fen)"), Whole]


class NewcomerTermsIn(Sent):
    """What newcomers are trusted with from now on; what was granted stays."""

    is_on: Flag
    ceiling: Sum = Field(0, description="For each, minor units (fen)")
    days: Annotated[int, Field(ge=0, le=newcomers.MOST_DAYS), Whole] = 30
    total: Sum = Field(0, description="For all of them together, minor units (fen)")
    least_days: Annotated[int, Field(ge=0, le=newcomers.OLDEST), Whole] = 0


class NewcomerTermsOut(Schema):
    """By which rule a newcomer that the register confirmed gets trade credit at once."""

    is_on: bool
    ceiling: int = Field(description="For each, minor units (fen)")
    days: int = Field(description="After shipment")
    total: int = Field(description="For all of them together")
    least_days: int = Field(description="Founded so long ago or longer")
    granted: int = Field(description="What the rule has granted and no person has set since")
    newcomers: int = Field(description="To how many")
    set_at: datetime | None


@router.get("/newcomer-terms", response=NewcomerTermsOut)
def get_newcomer_terms(request: TypedRequest) -> NewcomerTermsOut:
    """The rule of the asker's house."""
    return _shown(request.actor)


@router.put("/newcomer-terms", response=NewcomerTermsOut)
def set_newcomer_terms(request: TypedRequest, payload: NewcomerTermsIn, key: Key) -> HttpResponse:
    """Say whether newcomers get trade credit at once, how much each and how much together."""

    def do(at: datetime) -> tuple[int, NewcomerTermsOut]:
        newcomers.set_rule(Rule(**payload.model_dump()), actor=request.actor, at=at)
        return 200, _shown(request.actor)

    return write(request, key, payload, do)


def _shown(actor: Actor) -> NewcomerTermsOut:
    rule, done = newcomers.rule_of(actor), newcomers.granted(actor.own_org)
    return NewcomerTermsOut(
        is_on=rule.is_on,
        ceiling=rule.ceiling,
        days=rule.days,
        total=rule.total,
        least_days=rule.least_days,
        granted=done.amount,
        newcomers=done.newcomers,
        set_at=rule.set_at,
    )
