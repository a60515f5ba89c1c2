"""A VAT invoice or red letter as a paper to read; the invoice itself is the authority's file."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heliu.capital.vat import queries
from heliu.capital.vat.models import VatInvoice, VatLine
from heliu.capital.vat.policies import in_chinese
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.language import is_chinese
from heliu.trade.papers.documents import amount
from heliu.trade.papers.paper import Column, Paper, Table
from heliu.trade.papers.promotions import promoted


def vat_invoice(actor: Actor, invoice_id: UUID) -> Paper:
    """For its seller and its buyer; before it is issued it says so."""
    one = queries.get(actor, invoice_id)
    return Paper(
        title=_title(one),
        number=one.number or _("not issued yet"),
        issuer=one.issuer["name"],
        page=f"/vat-invoices/{one.pk}.pdf",
        facts=[
            (_("Day"), day_of(one.issued_at).isoformat() if one.issued_at else "–"),
            (_("Order"), one.order_number),
            *([(_("Takes back"), one.red_of.number)] if one.red_of else []),
            *([(_("Reason"), one.reason)] if one.reason else []),
            *_house(_("Buyer"), one.title),
            *_house(_("Seller"), one.issuer),
        ],
        tables=[
            _lines(one),
            *([] if one.is_red else promoted(actor, {one.order_id: one.order_number})),
        ],
        text=[
            _("Price and tax together: %(amount)s") % {"amount": f"CNY {amount(one.gross)}"},
            *([in_chinese(one.gross)] if is_chinese() else []),
        ],
        notes=[_("A copy to read. The invoice itself is the file the tax authority gives out.")],
    )


def _title(one: VatInvoice) -> str:
    kind = str(one.get_kind_display())
    return _("%(kind)s, red letter") % {"kind": kind} if one.is_red else kind


def _house(side: str, data: dict[str, str]) -> list[tuple[str, str]]:
    facts = [
        (side, data["name"]),
        (_("Tax number"), data["number"]),
        (_("Address and phone"), f"{data['address']} {data['phone']}".strip()),
        (_("Bank and account"), f"{data['bank']} {data['account']}".strip()),
    ]
    return [(label, words) for label, words in facts if words]


def _lines(one: VatInvoice) -> Table:
    return Table(
        _("Goods, CNY"),
        [
            Column(_("Goods"), is_wide=True),
            Column(_("Unit")),
            Column(_("Quantity"), is_number=True),
            Column(_("Amount without tax"), is_number=True),
            Column(_("Rate"), is_number=True),
            Column(pgettext("VAT", "Tax"), is_number=True),
        ],
        [
            (
                f"{line.name} {line.code}",
                line.unit,
                f"{line.quantity:,}" if line.quantity else "–",
                amount(line.net),
                rate_words(line),
                amount(line.tax) if line.tax else "–",
            )
            for line in one.lines.all()
        ],
        (_("Total"), "", "", amount(one.net), "", amount(one.tax)),
    )


def rate_words(line: VatLine) -> str:
    """The rate of a line, or that it is exempt."""
    return _("exempt") if line.is_exempt else f"{line.rate.normalize():f} %"
