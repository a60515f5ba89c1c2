"""The statement of account between a buyer and a seller: what is open, and how it came to be."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heliu.capital.books import queries as books
from heliu.capital.books.chart import Code
from heliu.capital.terms import queries
from heliu.capital.terms.models import Invoice
from heliu.capital.terms.policies import BUCKETS
from heliu.capital.terms.queries import Standing
from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.trade.papers.documents import amount
from heliu.trade.papers.paper import Column, Paper, Table
from heliu.trade.papers.promotions import promoted
from heliu.trade.receivables import account_to_pay

MOST = 500
MOVES = 40


def account_statement(actor: Actor, seller: UUID, buyer: UUID, on: date) -> Paper:
    """What a buyer owes a seller on a day, invoice by invoice and by age, and what moved last."""
    houses = names([seller, buyer])
    code = houses[buyer].code.upper()
    standing = queries.standing(actor, seller=seller, buyer=buyer, on=on)
    mine = queries.visible_to(actor).filter(seller=seller, buyer=buyer)
    number = account_to_pay(seller)
    invoices = list(queries.open_of(mine)[:MOST])
    return Paper(
        title=_("Statement of account"),
        number=f"{code} {on:%Y%m%d}",
        issuer=houses[seller].display,
        page=f"/dealer/owed/{seller}",
        facts=[
            (_("Buyer"), houses[buyer].display),
            (_("Seller"), houses[seller].display),
            (_("Day"), on.isoformat()),
            (_("Owed"), f"CNY {amount(standing.owed)}"),
            *([(_("Account to pay to"), number)] if number else []),
            (_("Reference"), code),
        ],
        tables=[
            _open(invoices, standing, on),
            *promoted(actor, {one.order_id: one.order_number for one in invoices}),
            _aged(standing),
            _moved(actor, seller, buyer, on),
        ],
        notes=[
            _(
                "With this reference, or the number of an invoice or order,"
                " a transfer settles by itself."
            )
        ],
    )


def _open(invoices: list[Invoice], standing: Standing, on: date) -> Table:
    rows = [
        (
            one.number,
            one.order_number,
            one.due_on.isoformat(),
            str((on - one.due_on).days) if one.due_on < on else "–",
            amount(one.amount),
            amount(one.left),
        )
        for one in invoices
    ]
    if standing.credit:
        rows.append(("", _("Paid too much"), "", "", "", amount(-standing.credit)))
    return Table(
        _("Open invoices, CNY"),
        [
            Column(pgettext("on terms", "Invoice")),
            Column(_("Order"), is_wide=True),
            Column(_("Due")),
            Column(_("Days late"), is_number=True),
            Column(_("Invoiced"), is_number=True),
            Column(_("Open amount"), is_number=True),
        ],
        rows,
        (_("Total"), "", "", "", "", amount(standing.owed)),
    )


def _aged(standing: Standing) -> Table:
    labels = [
        _("Not due"),
        *(f"{least}–{most}" if most else f"{least}+" for least, most in BUCKETS),
    ]
    return Table(
        _("By age, in days after the due day, CNY"),
        [Column(label, is_number=True) for label in labels],
        [tuple(amount(minor) for minor in standing.aged)],
    )


def _moved(actor: Actor, seller: UUID, buyer: UUID, on: date) -> Table:
    """The last lines on the reader's own account: the seller's claim, or the buyer's debt."""
    is_seller = seller in actor.orgs
    code = Code.RECEIVABLE if is_seller else Code.PAYABLE
    sign = 1 if is_seller else -1
    lines = books.lines_on(actor, code, buyer if is_seller else seller, on, limit=MOVES)
    return Table(
        _("Movements, CNY"),
        [
            Column(_("Day")),
            Column(_("What"), is_wide=True),
            Column(_("Amount"), is_number=True),
            Column(_("Owed"), is_number=True),
        ],
        [
            (
                line.effective.isoformat(),
                line.label,
                amount(sign * line.amount),
                amount(sign * line.balance),
            )
            for line in reversed(lines)
        ],
    )
