"""How each fact of a deal is told: in the list, and as an event of the confluence.

A fact that no page tells twice is not here: "shipped" is told once, though commerce and logistics
both write it down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliu.logistics.transport.queries import ExceptionKind, MilestoneKind
from heliu.portal.ui.formats import count_text, day_text, listed, money_text, percent_text
from heliu.portal.ui.svg import FLOWS

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """A fact's words.

    ``head`` has its two lines on either side of a bar; without it the fact stands in the list
    only. ``amount`` and ``pieces`` name the payload's figures.
    """

    title: str
    head: str = ""
    amount: str = ""
    pieces: str = ""
    detail: Callable[[Payload], str] = lambda payload: ""
    is_failure: bool = False

    def figure(self, payload: Payload) -> str:
        """Its amount or count as text, or ''."""
        if self.amount and payload.get(self.amount) is not None:
            return money_text(int(payload[self.amount]))
        return count_text(int(payload[self.pieces])) if payload.get(self.pieces) else ""

    def said(self, payload: Payload) -> str:
        """What follows the title in the list: amount, pieces, detail."""
        figures = [
            money_text(int(payload[self.amount])) if payload.get(self.amount) is not None else "",
            pieces(int(payload[self.pieces])) if payload.get(self.pieces) else "",
            self.detail(payload),
        ]
        return listed(figures)


def pieces(number: int) -> str:
    """A number of pieces in words."""
    return ngettext("%(n)s piece", "%(n)s pieces", number) % {"n": count_text(number)}


def _credit(payload: Payload) -> str:
    return _("deposit %(ratio)s, %(rate)s a year, score %(score)s") % {
        "ratio": percent_text(Decimal(payload["deposit_ratio"]) * 100, 0),
        "rate": percent_text(Decimal(payload["rate"]), 2),
        "score": payload["score"],
    }


def _decided(payload: Payload) -> str:
    outcome = _("approved") if payload.get("approved") else _("declined")
    reason = payload.get("reason", "")
    return _("%(words)s: %(more)s") % {"words": outcome, "more": reason} if reason else outcome


def _reason(payload: Payload) -> str:
    return str(payload.get("reason", ""))


def _bill(payload: Payload) -> str:
    return str(payload["bill"])


def _repaid(payload: Payload) -> str:
    if payload.get("margin"):
        return _("margin %(margin)s") % {"margin": money_text(payload["margin"])}
    return _("principal %(principal)s, interest %(interest)s") % {
        "principal": money_text(payload["principal"]),
        "interest": money_text(payload["interest"]),
    }


def _received(payload: Payload) -> str:
    wrong = payload.get("damaged", 0) + payload.get("missing", 0)
    if not wrong:
        return ""
    return ngettext("%(n)d short or damaged", "%(n)d short or damaged", wrong) % {"n": wrong}


def _said_on_the_way(payload: Payload) -> str:
    return listed([str(MilestoneKind(payload["kind"]).label), str(payload["place"])])


def _wrong(payload: Payload) -> str:
    shots = payload.get("photos", 0)
    photos = ngettext("%(n)d photo", "%(n)d photos", shots) % {"n": shots} if shots else ""
    kind = str(ExceptionKind(payload["kind"]).label)
    return listed([kind, str(payload.get("note", "")), photos])


def _receiver(payload: Payload) -> str:
    return str(payload.get("receiver", ""))


def _searched(payload: Payload) -> str:
    if payload["against"]:
        return _("entry %(number)s of another") % {"number": payload["claim"]}
    return _("nothing found that stands against the loan")


def _call_ended(payload: Payload) -> str:
    is_cured = payload["outcome"] == "CURED"
    return _("cured") if is_cured else _("not cured in time")


def _registered(payload: Payload) -> str:
    until = day_text(date.fromisoformat(payload["until"]), None, get_language() or "en")
    return _("No. %(number)s until %(day)s") % {"number": payload["number"], "day": until}


TELLINGS: dict[str, Telling] = {
    "commerce.order-placed": Telling(N_("Order placed"), N_("Order|placed"), amount="total"),
    "capital.credit-decided": Telling(N_("Credit decided"), N_("Credit|decided"), detail=_credit),
    "capital.loan-referred": Telling(
        N_("A person at the bank decides"), N_("With|the bank"), amount="principal"
    ),
    "capital.loan-decided": Telling(N_("The bank decided"), N_("Bank|decided"), detail=_decided),
    "capital.loan-quoted": Telling(N_("Limit held, terms ready to sign"), amount="principal"),
    "capital.loan-expired": Telling(N_("Offer expired"), N_("Offer|expired"), is_failure=True),
    "capital.loan-signed": Telling(N_("Agreement signed"), N_("Agreement|signed")),
    "capital.deposit-booked": Telling(
        N_("Deposit received"), N_("Deposit|received"), amount="amount"
    ),
    "capital.loan-disbursed": Telling(N_("Loan paid out"), N_("Loan|paid out"), amount="principal"),
    "capital.seller-paid": Telling(N_("Seller paid"), N_("Seller|paid"), amount="amount"),
    "capital.bill-accepted": Telling(
        N_("Bill accepted for the seller"), N_("Bill|accepted"), amount="amount", detail=_bill
    ),
    "capital.bill-paid": Telling(
        N_("Bill paid to the seller"), N_("Bill|paid"), amount="amount", detail=_bill
    ),
    "capital.bank-rejected": Telling(
        N_("Bank rejected a payment"), N_("Bank|rejected"), detail=_reason, is_failure=True
    ),
    "commerce.order-confirmed": Telling(N_("Order confirmed"), N_("Order|confirmed")),
    "logistics.goods-shipped": Telling(N_("Goods shipped"), N_("Goods|shipped"), pieces="quantity"),
    "logistics.carriage-moved": Telling(N_("On the way"), detail=_said_on_the_way),
    "logistics.carriage-went-wrong": Telling(
        N_("Something went wrong on the way"),
        N_("On the way:|exception"),
        detail=_wrong,
        is_failure=True,
    ),
    "logistics.carriage-settled": Telling(N_("Settled, the goods go on"), detail=_wrong),
    "logistics.delivery-proved": Telling(
        N_("Handed over by the carrier"), N_("Handed|over"), detail=_receiver
    ),
    "logistics.goods-arrived": Telling(N_("Arrived at the gate")),
    "logistics.goods-received": Telling(
        N_("Goods received"), N_("Goods|received"), pieces="good", detail=_received
    ),
    "commerce.order-received": Telling(N_("Counted in"), pieces="received", detail=_received),
    "logistics.goods-pledged": Telling(
        N_("Received and pledged"), N_("Received,|pledged"), amount="value", pieces="quantity"
    ),
    "capital.repaid": Telling(N_("Repaid"), N_("Repaid"), amount="amount", detail=_repaid),
    "capital.margin-called": Telling(
        N_("Called for cash or goods"), N_("Margin|call"), amount="cash", is_failure=True
    ),
    "capital.margin-call-ended": Telling(N_("Margin call ended"), detail=_call_ended),
    "capital.margin-set-off": Telling(
        N_("Margin set off"), N_("Margin|set off"), amount="amount", detail=_repaid
    ),
    "capital.loan-overdue": Telling(
        N_("Overdue"), N_("Overdue"), amount="principal", is_failure=True
    ),
    "capital.loan-enforced": Telling(
        N_("The bank enforces"), N_("Loan|enforced"), amount="principal", is_failure=True
    ),
    "capital.goods-sold": Telling(
        N_("Pledged goods sold"), N_("Goods|sold"), amount="amount", detail=_repaid
    ),
    "capital.loan-recovered": Telling(
        N_("Paid after writing off"), N_("Paid|after all"), amount="amount"
    ),
    "capital.payments-reckoned-anew": Telling(N_("Payments reckoned anew")),
    "capital.loan-written-off": Telling(
        N_("Written off"), N_("Written|off"), amount="lost", is_failure=True
    ),
    "logistics.goods-released": Telling(
        N_("Goods released"), N_("Goods|released"), amount="value", pieces="quantity"
    ),
    "logistics.goods-picked-up": Telling(
        N_("Goods picked up"), N_("Goods|picked up"), pieces="quantity"
    ),
    "capital.register-searched": Telling(N_("Register searched"), detail=_searched),
    "capital.claim-found": Telling(
        N_("Another's claim found"), N_("Claim|found"), detail=_searched
    ),
    "capital.claim-accepted": Telling(N_("Paid out in spite of a claim"), detail=_reason),
    "capital.pledge-registered": Telling(N_("Pledge registered"), detail=_registered),
    "capital.registration-renewed": Telling(N_("Registration renewed"), detail=_registered),
    "capital.registration-amended": Telling(N_("Other goods registered")),
    "capital.registration-discharged": Telling(N_("Registration struck off")),
    "capital.filing-refused": Telling(
        N_("Refused by the registry"), detail=_reason, is_failure=True
    ),
    "commerce.order-struck": Telling(
        N_("Struck by the seller"), N_("Rest|struck"), pieces="quantity", detail=_reason
    ),
    "commerce.order-cancelled": Telling(
        N_("Order cancelled"), N_("Order|cancelled"), detail=_reason
    ),
    "capital.loan-cancelled": Telling(N_("Loan taken back"), N_("Loan|taken back"), detail=_reason),
    "commerce.order-change-asked": Telling(N_("Change asked for"), N_("Change|asked for")),
    "commerce.order-changed": Telling(N_("Order changed"), N_("Order|changed")),
    "commerce.order-change-refused": Telling(
        N_("Change not agreed to"), N_("Change|refused"), detail=_reason
    ),
    "commerce.order-completed": Telling(N_("Order completed"), N_("Order|completed")),
    "capital.loan-closed": Telling(N_("Deal closed"), N_("Deal|closed")),
}

SAID_BY = {
    "commerce.order-confirmed": ("capital.seller-paid", "capital.bill-accepted"),
    "commerce.order-received": ("logistics.goods-received",),
    "logistics.goods-received": ("logistics.goods-pledged",),
    "commerce.order-completed": ("capital.loan-closed",),
}
"""Facts of which another says more; where that one is told, they are not."""


def drawn_flows(flows: list[str]) -> tuple[str, ...]:
    """The lanes that meet in an event, in lane order.

    Every fact is information; only where all four meet is that lane drawn into the meeting, so
    that no stream crosses one it has nothing to do with.
    """
    lanes = tuple(flow for flow in FLOWS if flow in flows)
    return lanes if len(lanes) in (1, len(FLOWS)) else tuple(f for f in lanes if f != "information")
