"""The papers: what stands on each, read with the rights of whoever asks."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliu.capital.books.chart import Code
from heliu.capital.credit import queries as credit
from heliu.capital.lending import queries as lending
from heliu.kernel import clock
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import ZONE
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.language import is_chinese
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.warehousing import queries as warehousing
from heliu.trade import deals, looks
from heliu.trade.papers.movements import Movement, Sums, movements, runs, sums_of
from heliu.trade.papers.paper import Column, Paper, Table

MINUS = "−"
ENDORSED = {
    "pledged": N_("Pledged to the bank"),
    "released": N_("Released by the bank"),
    "delivered": N_("Handed over"),
}


def agreement(actor: Actor, loan: Any) -> Paper:
    """The loan agreement as it is shown and signed, with who signed it and when."""
    if not loan.agreement_digest:
        raise NotFound()
    deal = _opened(actor, loan, loan.number)
    houses = names([loan.lender, loan.borrower])
    text = loan.agreement_zh if is_chinese() else loan.agreement_en
    return Paper(
        title=_("Loan agreement"),
        number=loan.number,
        issuer=_name(houses, loan.lender),
        page=f"/deals/{deal}/agreement",
        facts=[
            (_("Lender"), _name(houses, loan.lender)),
            (_("Borrower"), _name(houses, loan.borrower)),
            (_("Signed by"), loan.signed_by_name or _("not signed yet")),
            *([(_("Signed at"), moment(loan.signed_at))] if loan.signed_at else []),
            (_("Version"), loan.agreement_version),
        ],
        text=[line for line in text.splitlines() if line.strip()],
        notes=[
            _("The digest is of the text in both languages; it is what the signature binds to.")
        ],
        signed=loan.agreement_digest,
    )


def loan_statement(actor: Actor, loan: Any, first: date | None, last: date) -> Paper:
    """What was owed on a loan before a time, what moved in it, and what is owed after."""
    if loan.disbursed_on is None:
        raise NotFound()
    first = max(first or loan.disbursed_on, loan.disbursed_on)
    if last < first:
        raise Invalid(
            "days-reversed", "The last day lies before the first.", field="last",
            help="Choose a later last day.",
        )  # fmt: skip
    houses = names([loan.lender, loan.borrower, loan.seller])
    deal = _opened(actor, loan, loan.number)
    moved = movements(actor, loan, last)
    before, during = [m for m in moved if m.on < first], [m for m in moved if m.on >= first]
    paid = [one for one in lending.repayments_of(loan) if first <= one.effective <= last]
    return Paper(
        title=_("Account statement"),
        number=f"{loan.number} {first:%Y%m%d}-{last:%Y%m%d}",
        issuer=_name(houses, loan.lender),
        page=f"/deals/{deal}",
        facts=[
            (_("Borrower"), _name(houses, loan.borrower)),
            (_("Lender"), _name(houses, loan.lender)),
            (_("Seller"), _name(houses, loan.seller)),
            (_("From, to"), f"{first.isoformat()} – {last.isoformat()}"),
            (_("Paid out, due"), f"{loan.disbursed_on.isoformat()}, {loan.due_on.isoformat()}"),
            (_("Rate a year"), f"{loan.rate.normalize():f}% {loan.day_count}"),
        ],
        tables=[_movement_table(before, during)],
        notes=[
            _("Interest is written day by day; days that follow each other stand in one line."),
            *_beside(paid),
        ],
    )


def repayment_receipt(actor: Actor, loan: Any, place: int) -> Paper:
    """A payment that came for a loan, what it paid, and what is owed after it.

    `place` counts the payments of the loan from 1 in the order in which they came.
    """
    paid = sorted(lending.repayments_of(loan), key=lambda one: (one.at, one.pk))
    if not 1 <= place <= len(paid):
        raise NotFound()
    deal = _opened(actor, loan, f"{loan.number}-R{place}")
    one = paid[place - 1]
    left = loan.principal - sum(earlier.principal for earlier in paid[:place])
    houses = names([loan.lender, loan.borrower, loan.seller])
    payer = loan.seller if one.paid_by == "SELLER" else loan.borrower
    parts = (
        (_("Fee"), one.fee),
        (_("Penalty interest"), one.penalty),
        (_("Interest"), one.interest),
        (_("Principal"), one.principal),
        (_("Left over"), one.unapplied),
    )
    return Paper(
        title=_("Receipt of a payment"),
        number=f"{loan.number}-R{place}",
        issuer=_name(houses, loan.lender),
        page=f"/deals/{deal}",
        facts=[
            (_("Received from"), _name(houses, payer)),
            (_("Received by"), _name(houses, loan.lender)),
            (_("For loan"), f"{loan.number}, {_name(houses, loan.borrower)}"),
            (_("Value day"), one.effective.isoformat()),
            (_("Booked at"), moment(one.at)),
            (_("Amount"), f"CNY {amount(one.amount)}"),
        ],
        tables=[
            Table(
                _("What it paid"),
                [Column(_("Part"), is_wide=True), Column("CNY", is_number=True)],
                [(label, amount(minor)) for label, minor in parts if minor],
                (_("Total"), amount(one.amount)),
            )
        ],
        notes=[
            _("Principal still owed after this payment: CNY %(amount)s.") % {"amount": amount(left)}
        ],
    )


def warehouse_receipt(actor: Actor, receipt: Any) -> Paper:
    """A warehouse receipt with its goods, what became of them, and the keeper's digest."""
    houses = names([receipt.warehouse, receipt.owner, receipt.holder, receipt.pledgee])
    place = receipt.content.get("place", {})
    goods = receipt.content.get("goods", [])
    marks = [one.get("mark", "") for one in goods]
    is_genuine = warehousing.is_genuine(receipt)
    return Paper(
        title=_("Warehouse receipt"),
        number=receipt.number,
        issuer=_name(houses, receipt.warehouse),
        page=_receipt_page(actor, receipt),
        facts=[
            (_("Warehouse"), _name(houses, receipt.warehouse)),
            (
                _("Place"),
                ", ".join(
                    filter(None, (place.get("name"), place.get("address"), place.get("city")))
                ),
            ),
            (_("Owner"), _name(houses, receipt.owner)),
            (_("Holder"), _name(houses, receipt.holder)),
            (_("State"), receipt.get_status_display()),
            (_("Issued"), f"{moment(receipt.issued_at)}, {receipt.issued_by_name}"),
        ],
        tables=[
            Table(
                _("Goods"),
                [
                    Column(_("Item")),
                    Column(_("Name of the goods"), is_wide=True),
                    Column(_("Mark")),
                    Column(_("Pieces"), is_number=True),
                    Column(_("Handed over"), is_number=True),
                ],
                [
                    (
                        line.sku.code,
                        line.sku.display,
                        marks[place_] if place_ < len(marks) else "",
                        f"{line.quantity:,}",
                        f"{line.delivered:,}" if line.delivered else "–",
                    )
                    for place_, line in enumerate(receipt.lines.all())
                ],
            ),
            Table(
                _("Endorsements"),
                [Column(_("What"), is_wide=True), Column(_("Signed by")), Column(_("When"))],
                [
                    (
                        _(ENDORSED.get(one["word"], "Noted")),
                        one["by"],
                        moment(datetime.fromisoformat(one["at"])),
                    )
                    for one in receipt.endorsements
                ],
            ),
        ],
        notes=[
            _("The content is as the keeper signed it.")
            if is_genuine
            else _("The content is not what the keeper signed.")
        ],
        signed=receipt.content_hash,
    )


def dealer_statement(actor: Actor, borrower: UUID, month: date) -> Paper:
    """A lender's statement for one dealer and one month: each loan's opening, changes, closing.

    `NotFound` for whom the actor's house never gave a limit.
    """
    first = month.replace(day=1)
    last = month.replace(day=monthrange(month.year, month.month)[1])
    lender = actor.own_org
    if not credit.visible_to(actor).filter(lender=lender, borrower=borrower).exists():
        raise NotFound()
    loans = {
        str(loan.deal): loan
        for loan in lending.visible_to(actor)
        .filter(lender=lender, borrower=borrower)
        .exclude(disbursed_on=None)
        .order_by("disbursed_on", "number")
    }
    looks.at_statement(actor, borrower, f"{first:%Y-%m}", at=clock.now())
    sums = sums_of(lender, borrower, first, last)
    houses = names([lender, borrower])
    rows, whole = _month_rows(loans, sums)
    code = houses[borrower].code.upper() if borrower in houses else ""
    return Paper(
        title=_("Monthly statement"),
        number=f"{code} {first:%Y-%m}",
        issuer=_name(houses, lender),
        page=f"/bank/dealers/{code.lower()}/statement.pdf?month={first:%Y-%m}",
        facts=[
            (_("Dealer"), _name(houses, borrower)),
            (_("Lender"), _name(houses, lender)),
            (_("From, to"), f"{first.isoformat()} – {last.isoformat()}"),
        ],
        tables=[
            Table(
                _("Loans, CNY"),
                [
                    Column(_("Loan"), is_wide=True),
                    Column(_("Owed before"), is_number=True),
                    Column(_("Lent"), is_number=True),
                    Column(_("Interest"), is_number=True),
                    Column(_("Settled"), is_number=True),
                    Column(_("Owed after"), is_number=True),
                ],
                rows,
                whole,
            )
        ],
        notes=[_("Owed is principal and interest, without penalty interest and fees.")],
    )


def amount(minor: int) -> str:
    """An amount as papers write it: 1,284.50, a true minus before it."""
    whole, rest = divmod(abs(minor), 100)
    return f"{MINUS if minor < 0 else ''}{whole:,}.{rest:02d}"


def moment(at: datetime) -> str:
    """A moment in the organisation's zone, to the second, with its year."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"


def _movement_table(before: list[Movement], during: list[Movement]) -> Table:
    principal = sum(one.principal for one in before)
    interest = sum(one.interest for one in before)
    rows = [("", _("Opening"), "", "", amount(principal), amount(principal + interest))]
    for one in runs(during):
        principal, interest = principal + one.principal, interest + one.interest
        days = one.on.isoformat()
        if one.until != one.on:
            days += f" – {one.until:%m-%d}"
        rows.append(
            (
                days,
                one.label,
                amount(one.principal) if one.principal else "–",
                amount(one.interest) if one.interest else "–",
                amount(principal),
                amount(principal + interest),
            )
        )
    moved = (sum(one.principal for one in during), sum(one.interest for one in during))
    return Table(
        _("Movements, CNY"),
        [
            Column(_("Day")),
            Column(_("What"), is_wide=True),
            Column(_("Principal"), is_number=True),
            Column(_("Interest"), is_number=True),
            Column(_("Principal owed"), is_number=True),
            Column(_("Owed"), is_number=True),
        ],
        rows,
        (
            "",
            _("Closing"),
            amount(moved[0]),
            amount(moved[1]),
            amount(principal),
            amount(principal + interest),
        ),
    )


def _beside(paid: Iterable[Any]) -> list[str]:
    """What was paid beside principal and interest, in sentences."""
    found = list(paid)
    fee, penalty = sum(one.fee for one in found), sum(one.penalty for one in found)
    notes = []
    if penalty:
        notes.append(
            _("Penalty interest paid in this time: CNY %(amount)s.") % {"amount": amount(penalty)}
        )
    if fee:
        notes.append(_("Fees paid in this time: CNY %(amount)s.") % {"amount": amount(fee)})
    return notes


def _month_rows(
    loans: dict[str, Any], sums: dict[tuple[str, str], Sums]
) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """A line for each loan on which something stood or moved, and the sum of all."""
    rows, whole = [], [0] * 5
    for deal, loan in loans.items():
        principal = sums.get((deal, str(Code.LOAN_PRINCIPAL)), Sums())
        interest = sums.get((deal, str(Code.INTEREST_RECEIVABLE)), Sums())
        figures = (
            principal.opening + interest.opening,
            principal.more,
            interest.more,
            -(principal.less + interest.less),
            principal.closing + interest.closing,
        )
        if any(figures):
            rows.append((loan.number, *(amount(minor) for minor in figures)))
            whole = [sum_ + minor for sum_, minor in zip(whole, figures, strict=True)]
    return rows, (_("Total"), *(amount(minor) for minor in whole))


def _opened(actor: Actor, loan: Any, paper: str) -> str:
    """Keep that a paper of a loan was opened; returns the number of its deal."""
    deal = deals.get(actor, loan.deal).number
    looks.at_loan_paper(actor, loan, deal, paper=paper, at=clock.now())
    return deal


def _receipt_page(actor: Actor, receipt: Any) -> str:
    """Where the receipt stands: with the deal it is pledged for, else in the keeper's list. That it
    was opened is kept."""
    deal = pledges.visible_to(actor).filter(pk=receipt.pledge).values_list("deal", flat=True)
    found = deals.visible_to(actor).filter(pk__in=list(deal)).first()
    looks.at_receipt(actor, receipt, found.number if found else "", at=clock.now())
    if found is None:
        return f"/warehouse/receipts?q={receipt.number}"
    return f"/deals/{found.number}/receipts/{receipt.number}"


def _name(houses: dict[UUID, Any], org: UUID | None) -> str:
    return houses[org].display if org in houses else ""
