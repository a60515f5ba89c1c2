"""Who sits at which desk of the demonstration."""

from __future__ import annotations

PEOPLE = {
    "dealer": "owner@d001.demo",
    "seller": "sales@seller.demo",
    "bank": "credit@bank.demo",
    "warehouse": "gate@warehouse.demo",
    "carrier": "carrier@carrier.demo",
    "operator": "ops@operator.demo",
}
