"""The document an integrator reads: complete, in step with the tables, and kept under review."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from django.test import Client
from pydantic import BaseModel

from heliu.api import (
    carriages,
    consents,
    credit,
    deals,
    loans,
    orders,
    payments,
    pledges,
    receipts,
    shipments,
    stock,
)
from heliu.capital.bank.models import InstructionStatus, Purpose
from heliu.capital.credit.models import FacilityStatus, Outcome
from heliu.capital.lending.models import LoanStatus
from heliu.commerce.ordering.models import OrderStatus, PayBy
from heliu.kernel.parties.models import RelationshipStatus
from heliu.logistics.pledges.models import PledgeStatus, ReleaseStatus
from heliu.logistics.stock.models import Quality
from heliu.logistics.transport.models import CarriageStatus, ExceptionKind, ShipmentStatus
from heliu.logistics.warehousing.models import ReceiptStatus
from heliu.trade.models import Outcome as DealOutcome

SNAPSHOT = Path(__file__).parents[2] / "docs" / "openapi.json"
# They change nothing, and one has the bank's own id.
UNKEYED = {
    "check_order_pad",
    "preview_order",
    "preview_order_change",
    "preview_exchange",
    "preview_stock_loan",
    "simulate_repayment",
    "keep_notice",
}


@pytest.fixture
def document(db: None, client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(verb, one) for path in document["paths"].values() for verb, one in path.items()]


def test_the_document_changes_only_on_purpose(document: dict[str, Any]) -> None:
    """`UPDATE_SNAPSHOTS=1 pytest tests/api/test_openapi.py` writes it anew; read the difference."""
    written = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        SNAPSHOT.write_text(written, encoding="utf-8")
    assert written == SNAPSHOT.read_text(encoding="utf-8")


def test_no_two_shapes_share_a_name(document: dict[str, Any]) -> None:
    """Of two with one name the document would keep the later and tell wrong things of the other."""
    named = Counter(shape.__name__ for shape in shapes(BaseModel))
    shown = document["components"]["schemas"]
    assert [name for name, many in named.items() if many > 1 and name in shown] == []


def shapes(above: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for shape in above.__subclasses__():
        if shape.__module__.startswith("heliu.api"):
            yield shape
        yield from shapes(shape)


def test_every_route_and_shape_says_what_it_is(document: dict[str, Any]) -> None:
    names = [one["operationId"] for _, one in operations(document)]
    assert len(names) == len(set(names))
    assert [one["operationId"] for _, one in operations(document) if not one["description"]] == []
    shapes = document["components"]["schemas"]
    pages = {name for name in shapes if name.startswith("Page_")}
    assert [name for name in shapes.keys() - pages if not shapes[name].get("description")] == []


def test_every_write_takes_a_key(document: dict[str, Any]) -> None:
    unkeyed = {
        one["operationId"]
        for verb, one in operations(document)
        if verb != "get"
        and not any(
            p["name"] == "Idempotency-Key" and p["required"] for p in one.get("parameters", [])
        )
    }
    assert unkeyed == UNKEYED


def test_every_list_is_bounded(document: dict[str, Any]) -> None:
    """Whatever answers with a page takes a limit with a ceiling."""
    for _, one in operations(document):
        said = next(iter(one["responses"].values()))["content"]
        answer = said.get("application/json", {}).get("schema", {})
        if answer.get("$ref", "").rpartition("/")[2].startswith("Page_"):
            limit = next(p["schema"] for p in one["parameters"] if p["name"] == "limit")
            assert (limit["minimum"], limit["maximum"]) == (1, 200), one["operationId"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (orders.OrderStatus, OrderStatus),
        (orders.PayBy, PayBy),
        (deals.DealOutcome, DealOutcome),
        (loans.LoanStatus, LoanStatus),
        (credit.FacilityStatus, FacilityStatus),
        (credit.CreditDecision, Outcome),
        (payments.PaymentStatus, InstructionStatus),
        (payments.PaymentPurpose, Purpose),
        (pledges.PledgeStatus, PledgeStatus),
        (pledges.ReleaseStatus, ReleaseStatus),
        (receipts.ReceiptStatus, ReceiptStatus),
        (shipments.ShipmentStatus, ShipmentStatus),
        (carriages.CarriageStatus, CarriageStatus),
        (carriages.ExceptionKind, ExceptionKind),
        (stock.Quality, Quality),
        (consents.RelationshipStatus, RelationshipStatus),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_document_knows_every_state_of_the_tables(said: Any, kept: Any) -> None:
    assert set(get_args(said)) == set(kept.values)
