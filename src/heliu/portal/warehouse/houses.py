"""The buildings of the desk, their bins, and how full they are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from heliu.kernel.access.actor import Actor
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.stock import queries as stock
from heliu.logistics.warehousing import queries as warehousing
from heliu.portal.ui import parts
from heliu.portal.ui.parts import Pill


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many storage bins there are and in how many of them goods lie."""

    used: int
    bins: int


def houses_of(actor: Actor) -> list[Any]:
    """The buildings of the actor's own organisations, by code."""
    return list(warehousing.warehouses_visible_to(actor).filter(org__in=actor.orgs))


def chosen_house(request: HttpRequest, houses: Sequence[Any]) -> Any:
    """The building named in the address, else the first; None when there is none."""
    asked = request.GET.get("house", "")
    return next((house for house in houses if house.code == asked), next(iter(houses), None))


def capacity(actor: Actor) -> Capacity:
    """Storage bins in use over all buildings; the dock and the quarantine do not count."""
    return Capacity(
        **parts.numbers(
            used=warehousing.bins_in_use(actor.orgs), bins=warehousing.storage_bins(actor.orgs)
        )
    )


def bin_codes(actor: Actor) -> dict[UUID, str]:
    """The name of every bin of the desk's buildings."""
    return {
        place.pk: place.code
        for house in houses_of(actor)
        for place in warehousing.bins_of(actor, house)
    }


def kept_rows(actor: Actor) -> Any:
    """The rows of goods that lie in the desk's buildings, first in first."""
    return (
        stock.rows_visible_to(actor)
        .filter(warehouse__in=actor.orgs)
        .select_related("sku")
        .order_by("since", "id")
    )


def waiting_rows(actor: Actor) -> set[UUID]:
    """The rows of goods that are released and not fetched yet."""
    return set(pledges.pick_ups(actor).values_list("lines__stock_row", flat=True))


def claim_on(row: Any, waiting: Collection[UUID]) -> Pill:
    """Who has a claim on a row of goods, in a pill."""
    if row.pledge is not None:
        return Pill(_("Pledged"), "bound")
    if row.quality == "DAMAGED":
        return Pill(_("In quarantine"), "due")
    return Pill(_("To be fetched"), "good") if row.pk in waiting else Pill(_("Free"), "quiet")
