"""VAT invoices of what was sent: written, refused by the tax authority, handed over again."""

from __future__ import annotations

from uuid import UUID

from heliu.trade import vat
from heliu_world.acts import Act
from heliu_world.lives.case import Case

NOTHING = frozenset({"nothing-to-invoice"})  # all of it came short


def write(case: Case) -> None:
    """The seller writes the invoice of a consignment."""
    shipment = UUID(case.stands["not_invoiced"][0])
    case.hands.do(
        Act(
            "write a VAT invoice", case.shop.seller, about=case.about,
            path="/vat-invoices", body={"shipment": str(shipment)},
            desk=lambda who: vat.invoice(shipment, actor=who, at=case.world.now),
            refusals=NOTHING,
        )
    )  # fmt: skip


def again(case: Case) -> None:
    """A refused one goes to the authority once more."""
    refused = UUID(str(case.stands["vat_refused"]))
    case.hands.do(
        Act(
            "hand a VAT invoice over again", case.shop.seller, about=case.about,
            path=f"/vat-invoices/{refused}/again",
            desk=lambda who: vat.again(refused, actor=who, at=case.world.now),
        )
    )  # fmt: skip
