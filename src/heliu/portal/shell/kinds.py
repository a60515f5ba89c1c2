"""What the kinds of facts are called, and in which order they are offered."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from heliu.kernel.events import facts
from heliu.kernel.webhooks.policies import TEST
from heliu.portal.deal.tellings import TELLINGS

# Kinds that no deal tells.
TITLES = {
    "capital.facility-granted": N_("Limit granted"),
    "capital.facility-ended": N_("Limit ended"),
    "capital.invoice-issued": N_("Invoice issued"),
    "capital.invoice-credited": N_("Invoice credited"),
    "capital.invoice-written-off": N_("Invoice written off"),
    "capital.newcomer-terms-granted": N_("Trade credit granted to a newcomer"),
    "capital.programme-answered": N_("Programme answered"),
    "capital.programme-changed": N_("Programme changed"),
    "capital.programme-offered": N_("Programme offered"),
    "capital.margins-changed": N_("Margins of loans against stock changed"),
    "capital.releases-capped": N_("Bound of releases set"),
    "capital.account-frozen": N_("Account frozen"),
    "capital.payments-stopped": N_("Payments wait: the account is frozen"),
    "capital.payments-freed": N_("The account is free: payments go on"),
    "capital.account-freed": N_("Freeze lifted"),
    "capital.rules-agreed": N_("Rules of decision agreed"),
    "capital.terms-passing": N_("Orders on terms pass again"),
    "capital.terms-payment-noted": N_("Payment on terms written down"),
    "capital.terms-payment-taken-back": N_("Payment on terms taken back"),
    "capital.vat-invoice-issued": N_("VAT invoice issued"),
    "capital.vat-invoice-refused": N_("VAT invoice refused"),
    "capital.terms-stopped": N_("Orders on terms stopped"),
    "commerce.branch-opened": N_("Branch opened"),
    "commerce.standing-changed": N_("Standing of a company changed"),
    "commerce.case-opened": N_("Case opened"),
    "commerce.case-moved": N_("Case went on"),
    "commerce.quote-asked": N_("Quote asked for"),
    "commerce.quote-offered": N_("Quote offered"),
    "commerce.quote-ended": N_("Quote ended"),
    "commerce.return-asked": N_("Return asked for"),
    "commerce.return-moved": N_("Return went on"),
    "commerce.application-decided": N_("Application to join decided"),
    "commerce.contract-agreed": N_("Contract agreed"),
    "commerce.contract-change-answered": N_("Change of a contract answered"),
    "commerce.contract-change-asked": N_("Change of a contract asked for"),
    "commerce.contract-ended": N_("Contract ended"),
    "commerce.contract-offered": N_("Contract offered"),
    "commerce.contract-refused": N_("Contract refused"),
    "commerce.order-shipped": N_("Order shipped"),
    "commerce.price-list-assigned": N_("Price list assigned"),
    "commerce.price-version-scheduled": N_("Price version scheduled"),
    "commerce.prices-set": N_("Prices set"),
    "commerce.promotion-announced": N_("Promotion announced"),
    "commerce.promotion-stopped": N_("Promotion stopped"),
    "commerce.trading-begun": N_("Trading begun"),
    "information.message-written": N_("Message written"),
    "information.message-taken-back": N_("Message taken back"),
    "information.ledgers-checked": N_("Ledgers checked"),
    "logistics.goods-moved": N_("Goods moved to other bins"),
    "logistics.pick-refused": N_("Taking goods refused"),
    "logistics.receipt-differs": N_("Receipt differs from what was sent"),
    "logistics.stock-adjusted": N_("Stock corrected by a count"),
    TEST: N_("Test message"),
}
FLOWS = {
    "commerce": N_("Commerce"),
    "capital": N_("Capital"),
    "logistics": N_("Logistics"),
    "information": N_("Information"),
}


@dataclass(frozen=True)
class Kind:
    """One kind of fact as it is offered."""

    name: str
    title: str
    on: bool


def title_of(name: str) -> str:
    """A kind of fact in the reader's words; its name where it has none yet."""
    if telling := TELLINGS.get(name):
        return _(telling.title)
    return _(TITLES[name]) if name in TITLES else name


def offered(chosen: frozenset[str]) -> list[tuple[str, str, list[Kind]]]:
    """Every kind by the flow that its name begins with: (flow, its word, kinds)."""
    names = facts.kinds()
    return [
        (
            flow,
            _(word),
            [
                Kind(name, title_of(name), name in chosen)
                for name in names
                if name.startswith(f"{flow}.")
            ],
        )
        for flow, word in FLOWS.items()
    ]
