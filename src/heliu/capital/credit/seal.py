"""The seal of a decision: who changed a record afterwards cannot make it match again unseen."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from heliu.capital.credit.models import CreditAssessment


def digest_of(assessment: CreditAssessment) -> str:
    """The sha256 over what went in, which rules ran and what came out: the record's seal."""
    said: dict[str, Any] = {
        "borrower": str(assessment.borrower),
        "lender": str(assessment.lender),
        "programme": str(assessment.programme_id),
        "inputs": assessment.inputs,
        "versions": assessment.versions,
        "score": assessment.score,
        "grade": assessment.grade,
        "limit": assessment.limit,
        "deposit_ratio": f"{assessment.deposit_ratio:.4f}",
        "rate": f"{assessment.rate:.4f}",
        "decision": assessment.decision,
        "reasons": assessment.reasons,
        "override_reason": assessment.override_reason,
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
