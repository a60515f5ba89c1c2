"""The bank's door: signed notices come in here."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Header, Query, Router, Schema, Status

from heliu.api.fields import LARGEST
from heliu.api.paging import Page, Paging, page
from heliu.capital.bank import queries
from heliu.capital.bank.operations import Kept
from heliu.kernel import clock
from heliu.kernel.access.request import TypedRequest
from heliu.trade import bank_answers

router = Router()

# The bytes are signed as they are, so they are read as they are; here is what they say.
NOTICE: dict[str, Any] = {
    "type": "object",
    "required": ["id", "instruction", "outcome", "amount", "booked_at"],
    "properties": {
        "id": {
            "type": "string",
            "minLength": 1,
            "maxLength": 60,
            "description": "The bank's id of the notice; sent again it changes nothing",
        },
        "instruction": {"type": "string", "format": "uuid", "description": "Id of the payment"},
        "outcome": {"enum": ["BOOKED", "REJECTED"]},
        "amount": {"type": "integer", "minimum": 1, "maximum": LARGEST},
        "booked_at": {"type": "string", "format": "date-time"},
        "reason": {
            "type": "string",
            "maxLength": 12,
            "description": "ISO 20022 code of a rejection, such as AM04",
        },
    },
}
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": NOTICE}}}}


class NoticeKept(Schema):
    """The notice is kept and will be applied."""

    id: str
    is_new: bool = Field(description="False when it was sent before")


class FlaggedNotice(Schema):
    """A notice a person has to look at."""

    number: int
    id: str
    instruction: UUID
    outcome: str
    reason: str
    amount: int
    booked_at: datetime
    received_at: datetime
    status: str = Field(
        description="UNMATCHED: for no payment of ours; CONFLICT: says otherwise than is known"
    )
    trouble: str


@router.post("/bank/notices", auth=None, response={202: NoticeKept}, openapi_extra=BODY)
def keep_notice(
    request: HttpRequest,
    signature: Annotated[
        str,
        Header(
            alias="X-Bank-Signature",
            pattern=r"^[0-9a-f]{64}$",
            description="HMAC-SHA256 over the body's bytes with the agreed secret, in hex",
        ),
    ],
) -> Status[Kept]:
    """What became of a payment, told by the bank. Signed instead of signed in; needs no key.

    The notice is kept as it came and applied at once in the background, in whatever order they
    come.
    """
    return Status(202, bank_answers.notice_came(request.body, signature, at=clock.now()))


@router.get("/bank/notices", response=Page[FlaggedNotice])
def list_flagged_notices(
    request: TypedRequest, response: HttpResponse, paging: Query[Paging]
) -> dict[str, object]:
    """For the lender: notices that fit no payment or contradict one, newest first."""
    rows = queries.flagged_notices(request.actor)
    by = ("-received_at", "-number")
    return page(request, response, rows, paging, by=by, show=FlaggedNotice.from_orm)
