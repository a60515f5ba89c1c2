"""What became of the demo's deal, as one document: what is written to the JSON file.

Its shape is published in docs/demo.schema.json.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from heliu.demo.walk import Hand, Walk

type Document = dict[str, Any]


def outcome_of(
    walk: Walk, *, books: Mapping[str, Hand], buyer: Document, seconds: float
) -> Document:
    """The whole deal. `books` are the people whose books are balanced, by desk; `seconds` is how
    long everything took. Asks the API and runs `heliu check`."""
    deal = walk.dealer.get(walk.deal)
    loan = walk.dealer.get(f"/loans/{deal['loan_number']}")
    payments = walk.dealer.get("/payments", deal=walk.placed["deal"])["items"]
    about_order = walk.dealer.get("/facts", subject=deal["order_id"])["items"]
    facts = {fact["number"]: fact for fact in (*about_order, *deal["facts"])}
    return {
        "version": 1,
        "is_closed": deal["outcome"] == "CLOSED",
        "seconds": round(seconds, 1),
        "dealer": buyer,
        "numbers": {
            "order": deal["order_number"],
            "deal": deal["number"],
            "assessment": _step(deal, "ASSESSED")["data"]["assessment"],
            "loan": deal["loan_number"],
            "payments": sorted(payment["number"] for payment in payments),
            "shipment": walk.shipment["number"],
            "receipt": _step(deal, "RECEIVED")["data"]["receipt"],
            "pledge": deal["pledge_number"],
            "releases": [release["number"] for release in walk.releases],
            "pick_up_notices": [release["notice_number"] for release in walk.releases],
        },
        "order": {
            "total": walk.placed["order"]["total"],
            "currency": walk.placed["order"]["currency"],
            "lines": [
                {
                    "code": line["sku"]["code"],
                    "name": line["sku"]["name"],
                    "name_zh": line["sku"]["name_zh"],
                    **{name: line[name] for name in ("quantity", "unit_price", "amount")},
                }
                for line in walk.lines
            ],
        },
        "credit": {
            name: walk.offer[name] for name in ("decision", "score", "grade", "limit", "free")
        },
        "loan": {
            **{name: loan[name] for name in ("status", "order_total", "deposit", "principal")},
            **{name: loan[name] for name in ("deposit_ratio", "rate", "days", "due_on")},
            **{name: loan[name] for name in ("interest_paid", "fee_paid", "penalty_paid")},
            "repaid": [repaid["amount"] for repaid in loan["repayments"]],
        },
        "steps": [
            {
                "name": step.name,
                "flow": step.flow,
                "by": step.by,
                "at": step.at.isoformat(),
                "milliseconds": step.milliseconds,
                "documents": list(step.documents),
                "detail": step.detail,
            }
            for step in walk.steps
        ],
        "timings": timings_of(walk, deal),
        "facts": [
            {"name": fact["name"], "flows": fact["flows"], "at": fact["at"]}
            for _, fact in sorted(facts.items())
        ],
        "trial_balances": [_balance(desk, hand) for desk, hand in books.items()],
        "check": check(),
    }


def timings_of(walk: Walk, deal: Document) -> Document:
    """The times that matter, in milliseconds.

    `decision` is measured in the request that placed the order. `supervised` and `releases` are
    between two steps of the deal, by the server's clock: signed to loan and own share both in the
    supervised account, repayment ordered to goods released. `disbursement` is what the dealer saw
    on its wall clock: from the signature until it heard that the seller has its money.
    """
    done = {step.name: step.milliseconds for step in walk.steps}
    signed = _at(_step(deal, "SIGNED"))
    supervised = max(_at(_step(deal, "DISBURSED")), _at(_step(deal, "OWN_SHARE_MOVED")))
    return {
        "decision_milliseconds": float(_step(deal, "ASSESSED")["data"]["milliseconds"]),
        "supervised_milliseconds": _between(signed, supervised),
        "disbursement_milliseconds": round(done["sign"] + done["seller paid"], 1),
        "release_milliseconds": _releases(deal["steps"]),
    }


def _releases(steps: Sequence[Document]) -> list[float]:
    """From each repayment asked for to the goods it released, in the order in which they came."""
    took, asked = [], None
    for step in steps:
        if step["step"] == "REPAYMENT_ASKED":
            asked = _at(step)
        elif step["step"] == "RELEASED" and asked is not None:
            took.append(_between(asked, _at(step)))
    return took


def check() -> Document:
    """What `heliu check` says about the whole database; it ends with 0 when all is sound."""
    ran = subprocess.run(
        [sys.executable, "-m", "heliu.cli", "check"],
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = (ran.stdout + ran.stderr).strip().splitlines()
    return {"is_sound": ran.returncode == 0, "lines": lines}


def _balance(desk: str, hand: Hand) -> Document:
    balance = hand.get("/books/trial-balance")
    rows = [
        {name: row[name] for name in ("code", "label", "debit", "credit", "is_memo")}
        for row in balance["rows"]
    ]
    return {"desk": desk, **{n: balance[n] for n in ("currency", "debit", "credit")}, "rows": rows}


def _step(deal: Document, name: str) -> Document:
    found: Document = next(step for step in deal["steps"] if step["step"] == name)
    return found


def _at(step: Document) -> datetime:
    return datetime.fromisoformat(step["at"])


def _between(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds() * 1000, 1)
