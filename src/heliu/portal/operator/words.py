"""What needs a person, and what is checked, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliu.trade.oversight import PartyName, Waiting

KINDS = {
    "OVERDUE": (N_("Loan overdue"), "bad"),
    "PAYMENT": (N_("Bank is silent"), "bad"),
    "NOTICE": (N_("Notice to read"), "due"),
    "REFERRED": (N_("Bank decides"), "due"),
    "FINDING": (N_("Finding to decide"), "due"),
    "CLAIM": (N_("Another's claim found"), "due"),
    "SLOW": (N_("Deal stands still"), "due"),
    "JOB": (N_("Job failed"), "bad"),
}

CHECKS: dict[str, tuple[str, tuple[str, ...]]] = {
    "posting": (
        N_("Every journal sums to zero; limits hold; holds are what was promised"),
        ("commerce", "capital", "logistics"),
    ),
    "seals": (N_("No sealed line was altered, removed or added"), ("information",)),
    "books": (
        N_("What the bank says of a dealer or seller, they say of the bank, deal by deal"),
        ("commerce", "capital"),
    ),
    "lending": (N_("Each loan says what the books say"), ("capital",)),
    "credit": (
        N_("Decisions are as they were made; each limit is its account's ceiling"),
        ("capital", "information"),
    ),
    "bank": (N_("Supervised money lies where books and payments say"), ("capital",)),
    "registry": (
        N_("The register says of each pledge what we filed, and of no deal that is over"),
        ("capital", "logistics"),
    ),
    "terms": (
        N_("What is open on terms is the seller's claim, as far as it is not paid"),
        ("commerce", "capital"),
    ),
    "pledges": (
        N_("Every pledge has its goods; nothing is free that is not repaid"),
        ("capital", "logistics"),
    ),
    "stock": (N_("Goods on hand are the sum of their movements"), ("logistics",)),
    "sales": (
        N_("What was sold in default left its pledge at its value, and its price paid the loan"),
        ("capital", "logistics"),
    ),
    "transport": (
        N_("What was shipped was ordered, what was counted was shipped"),
        ("commerce", "logistics"),
    ),
    "quotes": (N_("What was ordered by a quote is what was offered"), ("commerce",)),
    "vat": (
        N_("Tax in the books is what issued VAT invoices and red letters say"),
        ("commerce", "capital"),
    ),
}

DOCUMENTS = {
    "ORDER": N_("Order"),
    "LOAN": N_("Loan"),
    "PAYMENT": N_("Payment"),
    "PLEDGE": N_("Pledge"),
    "RELEASE": N_("Release"),
}

PHASES = {
    "SIGN": N_("Offer to signature"),
    "DEPOSIT": N_("Signature to deposit"),
    "DISBURSE": N_("Deposit to loan"),
    "PAY": N_("Loan to seller paid"),
    "SHIP": N_("Confirmed to shipped"),
    "RECEIVE": N_("Shipped to counted in"),
    "REPAY": N_("Repayment to booked"),
    "PICK_UP": N_("Release to pick-up"),
}


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A row of the queue."""

    kind: str
    title: str
    tone: str
    number: str
    state: str
    age: timedelta
    owner: str
    href: str


def exception_row(one: Waiting, names: dict[Any, PartyName], at: Any) -> Exceptional:
    """A thing that waits, with its words, its age and whose it is."""
    title, tone = KINDS[one.kind]
    owner = names.get(one.org) if one.org else None
    return Exceptional(
        kind=one.kind,
        title=_(title),
        tone=tone,
        number=one.number,
        state=one.state_label,
        age=max(timedelta(0), at - one.since),
        owner=owner.short if owner else _("the platform"),
        href=reverse("operator_exception", args=[one.deal]) if one.deal else "",
    )
