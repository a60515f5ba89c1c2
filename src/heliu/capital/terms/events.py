"""What happened under the terms of a seller with a buyer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class InvoiceIssued(Fact):
    """A buyer owes for what was sent to it, or for having paid late."""

    name: ClassVar[str] = "capital.invoice-issued"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    order: str
    amount: int
    due_on: date


@dataclass(frozen=True, kw_only=True)
class InvoiceCredited(Fact):
    """A part of an invoice is owed no more; `amount` of it, and `left` stays."""

    name: ClassVar[str] = "capital.invoice-credited"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    amount: int
    left: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class TermsPaymentNoted(Fact):
    """A buyer paid; `allocated` settles invoices, the rest is its credit."""

    name: ClassVar[str] = "capital.terms-payment-noted"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    amount: int
    allocated: int
    value_day: date


@dataclass(frozen=True, kw_only=True)
class TermsPaymentTakenBack(Fact):
    """A payment that was written down by mistake counts no more."""

    name: ClassVar[str] = "capital.terms-payment-taken-back"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class InvoiceWrittenOff(Fact):
    """The seller gave an invoice up; the buyer owes it all the same."""

    name: ClassVar[str] = "capital.invoice-written-off"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class OrdersStopped(Fact):
    """Orders on terms are stopped: something is overdue (OVERDUE), or by a person (HAND)."""

    name: ClassVar[str] = "capital.terms-stopped"
    flows: ClassVar[tuple[str, ...]] = ("capital", "commerce")

    reason: str


@dataclass(frozen=True, kw_only=True)
class OrdersPass(Fact):
    """Orders on terms pass again; by a person until a day, else because all is paid."""

    name: ClassVar[str] = "capital.terms-passing"
    flows: ClassVar[tuple[str, ...]] = ("capital", "commerce")

    until: str


@dataclass(frozen=True, kw_only=True)
class NewcomerTermsGranted(Fact):
    """The seller's rule has granted a newcomer trade credit: `amount`, due `days` after
    shipment."""

    name: ClassVar[str] = "capital.newcomer-terms-granted"
    flows: ClassVar[tuple[str, ...]] = ("capital", "commerce")

    amount: int
    days: int
