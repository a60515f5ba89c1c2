"""What the tax authority said to an invoice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class VatInvoiceIssued(Fact):
    """A VAT invoice has its number; one below zero is a red letter. Amounts in fen."""

    name: ClassVar[str] = "capital.vat-invoice-issued"
    flows: ClassVar[tuple[str, ...]] = ("capital", "information")

    number: str
    order: str
    gross: int
    tax: int


@dataclass(frozen=True, kw_only=True)
class VatInvoiceRefused(Fact):
    """The authority does not issue it; `reason` is its word."""

    name: ClassVar[str] = "capital.vat-invoice-refused"
    flows: ClassVar[tuple[str, ...]] = ("capital", "information")

    order: str
    reason: str
