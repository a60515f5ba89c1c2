"""What a bank's notice says, and how it stands in the bytes that are signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from heliu.kernel.errors import Invalid

OUTCOMES = frozenset({"BOOKED", "REJECTED"})


@dataclass(frozen=True)
class Notice:
    """What a bank's notice says. `amount` in minor units; `reason` an ISO code when rejected."""

    id: str
    instruction: UUID
    outcome: str
    amount: int
    booked_at: datetime
    reason: str = ""


def read(raw: bytes) -> Notice:
    """Understand a notice's bytes, or raise `Invalid` (notice-unreadable)."""
    try:
        said = json.loads(raw)
        notice = Notice(
            id=str(said["id"]),
            instruction=UUID(said["instruction"]),
            outcome=str(said["outcome"]),
            amount=int(said["amount"]),
            booked_at=datetime.fromisoformat(said["booked_at"]),
            reason=str(said.get("reason", "")),
        )
        if notice.outcome not in OUTCOMES or notice.booked_at.tzinfo is None:
            raise ValueError(notice.outcome)
        if (
            not 0 < len(notice.id) <= 60
            or len(notice.reason) > 12
            or "\0" in notice.id + notice.reason
        ):
            raise ValueError(notice.id)
        if not 0 < notice.amount < 2**63:
            raise ValueError(notice.amount)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid("notice-unreadable", "This notice cannot be understood.") from error
    return notice


def written(notice: Notice) -> bytes:
    """A notice as the bytes a bank sends."""
    return json.dumps(
        {
            "id": notice.id,
            "instruction": str(notice.instruction),
            "outcome": notice.outcome,
            "amount": notice.amount,
            "booked_at": notice.booked_at.isoformat(),
            "reason": notice.reason,
        },
        sort_keys=True,
    ).encode()
