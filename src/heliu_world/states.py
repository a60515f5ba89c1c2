"""Every document whose states a simulation should reach, and where its state stands."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import models

from heliu.capital.bank.models import BankNotice, PaymentInstruction, StatementLine
from heliu.capital.credit.models import CreditAssessment, Facility
from heliu.capital.lending.models import Loan
from heliu.capital.registry.models import Filing
from heliu.capital.vat.models import VatInvoice
from heliu.commerce.cases.models import Case
from heliu.commerce.ordering.models import Order, OrderChange
from heliu.commerce.returns.models import Return
from heliu.kernel.approvals.models import Approval
from heliu.kernel.posting.models import Hold
from heliu.logistics.pledges.models import CodeAttempt, Pledge, ReleaseOrder
from heliu.logistics.stock.models import Expected, StockRow
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.models import PickAttempt, Receiving, WarehouseReceipt
from heliu.trade.models import Deal, DealStep


class Watched(NamedTuple):
    """A document, its table and the column of its state."""

    name: str
    model: type[models.Model]
    column: str

    @property
    def states(self) -> list[str]:
        """All states there are."""
        choices: Any = self.model._meta.get_field(self.column).choices  # type: ignore[union-attr]
        return [str(value) for value, _ in choices]


WATCHED = (
    Watched("order", Order, "status"),
    Watched("order change", OrderChange, "status"),
    Watched("VAT invoice", VatInvoice, "status"),
    Watched("expected goods", Expected, "status"),
    Watched("case", Case, "status"),
    Watched("return", Return, "status"),
    Watched("remedy", Return, "remedy"),
    Watched("loan", Loan, "status"),
    Watched("instrument", Loan, "instrument"),
    Watched("deposit", Loan, "deposit_mode"),
    Watched("release mode", Loan, "release_mode"),
    Watched("duty of the seller", Loan, "seller_duty"),
    Watched("pledge", Pledge, "status"),
    Watched("deal", Deal, "outcome"),
    Watched("deal step", DealStep, "step"),
    Watched("release", ReleaseOrder, "status"),
    Watched("pick-up code", CodeAttempt, "outcome"),
    Watched("bank payment", PaymentInstruction, "status"),
    Watched("bank payment purpose", PaymentInstruction, "purpose"),
    Watched("registry filing", Filing, "status"),
    Watched("registry filing kind", Filing, "kind"),
    Watched("bank notice", BankNotice, "status"),
    Watched("statement line", StatementLine, "verdict"),
    Watched("shipment", Shipment, "status"),
    Watched("count", Receiving, "status"),
    Watched("receipt", WarehouseReceipt, "status"),
    Watched("pick", PickAttempt, "outcome"),
    Watched("goods", StockRow, "quality"),
    Watched("hold", Hold, "status"),
    Watched("assessment", CreditAssessment, "decision"),
    Watched("facility", Facility, "status"),
    Watched("approval", Approval, "status"),
)


def triggers() -> str:
    """The statements that let the database remember which states were reached."""
    return "\n".join(
        f"create trigger world_note_{place} after insert or update of {one.column}"
        f" on {one.model._meta.db_table} for each row"
        f" execute function world_note('{one.name}', '{one.column}');"
        for place, one in enumerate(WATCHED)
    )
