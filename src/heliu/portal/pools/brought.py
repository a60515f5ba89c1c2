"""Goods that are brought, as pages show them: for a pool, or for the loan of an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from heliu.kernel.access.actor import Actor
from heliu.logistics.pledges import queries as pledges
from heliu.trade import lodging, pools


@dataclass(frozen=True, slots=True)
class Brought:
    """A lodging, and what leaves for it: (code, pieces)."""

    lodging: Any
    leaves: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Kind:
    """Goods of one kind that are bound, and what a piece of the newest of them cost."""

    sku: Any
    pieces: int
    unit_value: int


def rows(deal: Any) -> list[Brought]:
    """What was brought for a deal, or will be, for those who may see it."""
    found = pools.lodgings_of(deal)
    codes = pools.codes_out(found)
    return [
        Brought(one, [(codes[sku], n) for sku, n in one.goods_out.items() if sku in codes])
        for one in found
    ]


def bound_kinds(actor: Actor, deal: Any) -> list[Kind]:
    """What is bound for a deal, by kind, the oldest first."""
    pledge = pledges.of_deals(actor, [deal.pk]).get(deal.pk)
    found: dict[UUID, Kind] = {}
    for one in pledges.bound_lines([pledge.pk]).get(pledge.pk, []) if pledge else []:
        so_far = found[one.line.sku_id].pieces if one.line.sku_id in found else 0
        found[one.line.sku_id] = Kind(one.sku, so_far + one.quantity, one.line.unit_value)
    return list(found.values())


def may_send(actor: Actor, deal: Any, loan: Any) -> bool:
    """Whether the actor's house may send what it announced for a deal."""
    is_mine = deal.buyer in actor.orgs and actor.may("order")
    return is_mine and lodging.takes_goods(loan)


def home_of(deal: Any) -> str:
    """Where a borrower reads of what it brings."""
    return reverse("pool" if deal.is_stock else "deal", args=[deal.number])


def here(deal: Any) -> str:
    """The place in the menu that goes with it."""
    return "dealer_stock" if deal.is_stock else "deals"


def crumbs(deal: Any) -> tuple[tuple[str, str], ...]:
    """The way back from a sheet about it."""
    first = (
        (_("Loans against stock"), reverse("dealer_stock"))
        if deal.is_stock
        else (_("Deals"), reverse("deals"))
    )
    return (first, (deal.number, home_of(deal)))
