"""The order pad: a list of up to 10,000 lines judged in one call, and the drafts people keep."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, Router, Schema

from heliu.api.checkout import EarnedOut, earned_out
from heliu.api.fields import MOST_LINES, Counted, Goods, Line, Plain, Sent, Text
from heliu.api.writes import Key, write
from heliu.commerce.ordering import operations, queries
from heliu.commerce.ordering.policies import CheckedLine
from heliu.commerce.ordering.rows import Change, PadRow, row_of
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.kernel.parties.queries import currency_of
from heliu.trade import order_pad

router = Router()


class PadRowIn(Sent):
    """A row as somebody typed it; nothing in it has to be right."""

    code: Line = ""
    quantity: Line = ""
    remark: Text = ""
    day: Line = Field(
        "", description="The wished day; rows of the same goods for several days are one line"
    )

    def row(self) -> PadRow:
        """The row as the pad keeps it."""
        return row_of(self.code, self.quantity, self.remark, self.day)


class PadCheckIn(Sent):
    """A list to be judged; its rows are judged by themselves."""

    seller: UUID
    rows: list[PadRowIn] = Field(min_length=1, max_length=MOST_LINES)


class PadLineOut(Plain):
    """A row as it can be ordered, or what is wrong with it and what would mend it."""

    place: int = Field(description="Place in the request, from 0; empty rows are left out")
    code: str
    sku: Goods | None
    quantity: int | None
    unit_price: int | None
    amount: int | None
    available: int | None = Field(description="What can be promised of these goods now")
    order_minimum: int = Field(description="The least that is sold at once")
    order_multiple: int = Field(description="The packs the goods come in")
    problem: str = Field(
        description="Empty when the row is good, else a stable code: code-unknown, not-for-you, "
        "double, below-minimum, not-whole-pack, short, sold-out, quantity-…, day-…"
    )
    field: str = Field(description="Which cell is at fault: code, quantity or day")
    words: str = Field(description="The problem in the reader's language")
    repairs: list[str] = Field(description="What to put in that cell instead, the best first")
    twin: int | None = Field(description="Of a double: the place that names the goods first")


class PadCheckOut(Schema):
    """The whole list, judged."""

    currency: str
    good: int
    bad: int
    total: int = Field(description="Of the rows that are good, less what they earn as one order")
    earned: list[EarnedOut] = Field(description="Promotions of the whole order, as applied")
    least_order: int = Field(description="What the seller wants of one order at least")
    missing: int = Field(description="How much of that is missing")
    rows: list[PadLineOut]


class PadRowOut(Plain):
    """A row of a kept draft, and who changed it last."""

    code: str
    quantity: str
    remark: str
    day: str
    by: str


class PadOut(Schema):
    """A draft as it was left: the asker's own, or the one its house shares."""

    seller: UUID
    shared: bool
    changed_by: str
    changed_at: datetime | None
    rows: list[PadRowOut]


class PadChange(Sent):
    """What a row was when it was read (null: it is new) and what it is now (null: taken out)."""

    place: Counted = Field(0, description="Where it stood, from 0")
    before: PadRowIn | None = None
    after: PadRowIn | None = None


class PadChangesIn(Sent):
    """Changes to a draft, each by itself."""

    changes: list[PadChange] = Field(min_length=1, max_length=MOST_LINES)
    shared: bool = Field(False, description="Of the draft the house shares")


class PadChanged(PadOut):
    """The draft with the changes, beside those that others made meanwhile."""

    clashes: int = Field(description="Rows somebody else had changed: both stand in the draft")


@router.post("/order-pad/check", response=PadCheckOut, summary="Check Order Pad")
def check_order_pad(request: TypedRequest, payload: PadCheckIn) -> dict[str, object]:
    """Judge up to 10,000 rows in one call. Changes nothing: no key."""
    request.actor.require("order")
    rows = [row.row() for row in payload.rows]
    checked = order_pad.check(request.actor, payload.seller, rows, clock.now())
    return {
        "currency": currency_of(buyer=request.actor.own_org, seller=payload.seller),
        "good": len(checked.good),
        "bad": len(checked.lines) - len(checked.good),
        "total": checked.total,
        "earned": earned_out(checked.earned),
        "least_order": checked.least,
        "missing": checked.missing,
        "rows": [_line(line, checked) for line in checked.lines],
    }


@router.get("/order-pads/{seller}", response=PadOut)
def get_order_pad(request: TypedRequest, seller: UUID, shared: bool = False) -> dict[str, object]:
    """The draft of the asker's order pad for a seller, or of the one its house shares."""
    return _pad(request, seller, shared=shared)


@router.post("/order-pads/{seller}/changes", response=PadChanged)
def change_order_pad(
    request: TypedRequest, seller: UUID, payload: PadChangesIn, key: Key
) -> HttpResponse:
    """Change rows of a draft. Nobody's work is undone: each change says what the row was."""

    def do(at: datetime) -> tuple[int, PadChanged]:
        merged = operations.change_pad(
            actor=request.actor,
            seller=seller,
            changes=[
                Change(
                    one.place,
                    one.before.row() if one.before else PadRow(),
                    one.after.row() if one.after else PadRow(),
                )
                for one in payload.changes
            ],
            at=at,
            shared=payload.shared,
        )
        kept = _pad(request, seller, shared=payload.shared)
        return 200, PadChanged.model_validate({**kept, "clashes": merged.clashes})

    return write(request, key, payload, do)


def _pad(request: TypedRequest, seller: UUID, *, shared: bool) -> dict[str, Any]:
    kept = queries.pad(request.actor, seller, shared=shared)
    return {
        "seller": seller,
        "shared": shared,
        "changed_by": kept.changed_by,
        "changed_at": kept.changed_at,
        "rows": [row._asdict() for row in kept.rows],
    }


def _line(line: CheckedLine[Any], checked: order_pad.Checked) -> dict[str, Any]:
    return {
        "place": line.row - 1,
        "code": line.code,
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "amount": line.amount,
        "available": checked.free.get(line.sku.pk) if line.sku else None,
        "order_minimum": line.rule.least,
        "order_multiple": line.rule.pack,
        "problem": line.problem,
        "field": line.field,
        "words": line.words,
        "repairs": list(line.repairs),
        "twin": line.twin - 1 if line.problem == "double" else None,
    }
