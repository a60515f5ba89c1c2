"""Pages that stand behind others and are found by their name: what the rail has no room for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.kernel.access.actor import Actor
from heliu.portal.ui.frame import NavHead, NavItem

BUYS = frozenset({"DEALER", "BUYER"})
SELLS = frozenset({"SELLER"})
LENDS = frozenset({"BANK"})
KEEPS = frozenset({"WAREHOUSE"})


def places(actor: Actor, nav: Sequence[NavItem | NavHead]) -> Iterator[tuple[str, str, str]]:
    """Name, address and key of every page this person may open by its name; the rail's first."""
    words = [item for item in nav if isinstance(item, NavItem)]
    yield from ((item.label, item.href, item.key) for item in words)
    if actor.behalf:
        return
    known = {item.href for item in words}
    for label, route in _behind(actor):
        if (href := reverse(route)) not in known:
            yield label, href, ""


def _behind(actor: Actor) -> Iterator[tuple[str, str]]:
    for roles, pages in OF_DESKS:
        if roles & actor.party_roles:
            yield from pages()
    if actor.may("manage"):
        yield from _managed()
    yield from _of_all()


def _of_buyers() -> list[tuple[str, str]]:
    return [
        (_("Purchase requests"), "purchases"),
        (_("VAT invoices"), "dealer_vat"),
        (_("Bought before"), "dealer_bought"),
        (_("Branches"), "branches"),
    ]


def _of_sellers() -> list[tuple[str, str]]:
    return [
        (_("What makes prices"), "seller_price_lists"),
        (_("Customer tiers"), "seller_tiers"),
        (_("Offer prices"), "seller_quote_offer"),
        (_("Automatic answers"), "seller_quote_rules"),
        (_("Sheets"), "seller_sheets"),
        (_("Ladder of reminders"), "seller_ladder"),
        (_("Order for a customer"), "seller_behalf"),
    ]


def _of_lenders() -> list[tuple[str, str]]:
    return [(_("Prices of goods"), "bank_prices")]


def _of_keepers() -> list[tuple[str, str]]:
    return [(_("Scan"), "warehouse_scan"), (_("Address and hours"), "warehouse_map")]


def _managed() -> list[tuple[str, str]]:
    return [
        (_("People"), "people"),
        (_("Roles"), "roles"),
        (_("Tax data"), "tax_data"),
        (_("Webhooks"), "webhooks"),
        (_("Rules of approval"), "approval_rules"),
    ]


def _of_all() -> list[tuple[str, str]]:
    return [
        (_("Deals"), "deals"),
        (_("To-dos"), "todos"),
        (_("Conversations"), "conversations"),
        (_("Address book"), "addresses"),
        (_("Budgets and approvals"), "spending"),
        (_("Months of the books"), "periods"),
        (_("Who saw this"), "seen"),
        (_("Sign-in and security"), "security"),
        (_("Access for programs"), "tokens"),
        (_("By mail and SMS"), "outward"),
        (_("Help and contact"), "help"),
    ]


OF_DESKS: Sequence[tuple[frozenset[str], Callable[[], list[tuple[str, str]]]]] = (
    (BUYS, _of_buyers),
    (SELLS, _of_sellers),
    (LENDS, _of_lenders),
    (KEEPS, _of_keepers),
)
