"""What an operator reads about all deals together: the reports of its pages."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from ninja import Field, Query, Router, Schema

from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.clock import day_of
from heliu.trade import oversight_reports as reports

router = Router()
NOT_TOLD = "Null of fewer than three loans"


class DealsStanding(Schema):
    """How many open deals stand somewhere."""

    kind: str = Field(description="ORDER or, where a bank finances it, LOAN")
    state: str
    n: int


class LentOut(Schema):
    """What a lender has out for a seller's goods."""

    lender: UUID
    seller: UUID
    loans: int
    late: int
    owed: int | None = Field(description=NOT_TOLD)
    owed_late: int | None = Field(description=NOT_TOLD)


class AgedOut(Schema):
    """What is lent, by how late it is."""

    bucket: int = Field(description="0: not late; then up to 30, 60, 90 days and more")
    loans: int
    owed: int | None = Field(description=NOT_TOLD)


class MonthVolume(Schema):
    """What happened in a month."""

    month: date
    name: str = Field(description="orders, lent or repaid")
    n: int
    amount: int | None = Field(description=NOT_TOLD)


class ReportDay(Schema):
    """For which day; by default today."""

    on: date | None = None

    @property
    def day(self) -> date:
        """The day that is asked for."""
        return self.on or day_of(clock.now())


@router.get("/oversight/deals", response=list[DealsStanding])
def list_deals_by_state(request: TypedRequest) -> object:
    """Open deals by where they stand, most first."""
    return reports.open_deals(request.actor)


@router.get("/oversight/exposure", response=list[LentOut])
def list_exposure(request: TypedRequest, asked: Query[ReportDay]) -> object:
    """What is lent, by lender and seller; what is late on a day."""
    return reports.lent(request.actor, asked.day)


@router.get("/oversight/ageing", response=list[AgedOut])
def list_ageing(request: TypedRequest, asked: Query[ReportDay]) -> object:
    """What is lent, by how late it is on a day."""
    return reports.aged(request.actor, asked.day)


@router.get("/oversight/volume", response=list[MonthVolume])
def list_volume(request: TypedRequest) -> object:
    """What was ordered, lent and repaid month by month, the newest first."""
    return reports.months(request.actor)
