"""The map of a house: its bins by state, drawn as a plan and told as a table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET

from heliu.kernel.access.actor import Actor
from heliu.kernel.parties.queries import names
from heliu.logistics.pledges import queries as pledges
from heliu.portal.shell.pages import actor_of, desk_page, show
from heliu.portal.ui.formats import count_text, listed
from heliu.portal.ui.parts import Chip
from heliu.portal.ui.pledge_map import Bin, PledgeMap
from heliu.portal.warehouse.houses import chosen_house, houses_of

WIDE = 12
STATES = {
    "free": (N_("Empty"), "free"),
    "stock": (N_("Goods, not pledged"), "stock"),
    "pledged": (N_("Pledged"), "pledged"),
    "released": (N_("Released, to be fetched"), "released"),
    "short": (N_("Pledge is short"), "short"),
}
"""The words of a bin's state and the swatch of the key."""


@dataclass(frozen=True, slots=True)
class Place:
    """A bin with its state and what lies in it; ``owners`` as they are called."""

    place: Any
    state: str
    rows: Sequence[Any]
    owners: str
    pledges: frozenset[UUID]
    href: str

    @property
    def words(self) -> str:
        """The state in words."""
        return _(STATES[self.state][0])

    @property
    def goods(self) -> str:
        """What lies in it, kind by kind."""
        return listed(f"{row.sku.display} × {count_text(row.quantity)}" for row in self.rows)

    @property
    def codes(self) -> str:
        """Their codes, each once."""
        return listed(dict.fromkeys(row.sku.code for row in self.rows))


@require_GET
@desk_page
def index(request: HttpRequest) -> HttpResponse:
    """The plan of a house; a chosen bin shows its lots."""
    actor = actor_of(request)
    houses = houses_of(actor)
    house = chosen_house(request, houses)
    places = places_of(actor, house) if house else []
    code = request.GET.get("bin", "")
    chosen = next((place for place in places if place.place.code == code), None)
    numbers = _pledge_numbers(actor, chosen.pledges) if chosen else {}
    context = {
        "house": house,
        "houses": [
            Chip(str(one), _address(house=one.code), on=one.pk == house.pk) for one in houses
        ],
        "plan": draw(places, {chosen.place.pk} if chosen else set()) if places else None,
        "key": key_of(places),
        "counts": _counts(places),
        "used": [place for place in places if place.rows],
        "chosen": chosen,
        "may_tell": actor.may("receive"),
        "lots": [(row, numbers.get(row.pledge, "")) for row in chosen.rows] if chosen else [],
    }
    return show(request, "warehouse/map.html", context, here="warehouse_map")


def places_of(actor: Actor, house: Any, short: Collection[UUID] = ()) -> list[Place]:
    """The bins of a house; those that hold goods of a pledge in ``short`` are marked."""
    found = pledges.plan(actor, house)
    owners = names(row.owner for state in found for row in state.rows)
    return [
        Place(
            place=state.bin,
            state="short" if state.pledges & set(short) else state.state,
            rows=state.rows,
            owners=listed(
                dict.fromkeys(owners[row.owner].short for row in state.rows if row.owner in owners)
            ),
            pledges=state.pledges,
            href=reverse("warehouse_map") + _address(house=house.code, bin=state.bin.code) + "#bin",
        )
        for state in found
    ]


def draw(places: Sequence[Place], chosen: Collection[UUID]) -> PledgeMap:
    """The plan with the chosen bins outlined."""
    columns = max(place.place.x for place in places) + 1
    drawn = [place for place in places if place.rows or not place.place.is_dock]
    letters = {place.place.y: place.place.code[:1] for place in drawn}
    return PledgeMap(
        bins=tuple(
            Bin(
                column=place.place.x,
                row=place.place.y,
                state=place.state,
                code=place.place.code,
                title=" · ".join(filter(None, (place.words, place.goods, place.owners))),
                href=place.href,
                selected=place.place.pk in chosen,
            )
            for place in drawn
        ),
        label=_("Plan of the house; the table of bins says the same"),
        row_names=tuple(
            letters.get(y, "") + letters.get(y + 1, "") for y in range(0, max(letters) + 1, 2)
        )
        if letters
        else (),
        aisles_after=(columns // 2 - 1,) if columns > WIDE else (),
    )


def key_of(places: Sequence[Place]) -> list[tuple[str, str]]:
    """Swatch and words of the states on a plan."""
    there = {place.state for place in places}
    return [(swatch, _(words)) for state, (words, swatch) in STATES.items() if state in there]


def _counts(places: Sequence[Place]) -> list[tuple[str, int]]:
    return [
        (_(words), sum(1 for place in places if place.state == state))
        for state, (words, _swatch) in STATES.items()
        if any(place.state == state for place in places)
    ]


def _pledge_numbers(actor: Actor, wanted: Collection[UUID]) -> dict[UUID, str]:
    return dict(pledges.visible_to(actor).filter(pk__in=wanted).values_list("pk", "number"))


def _address(**asked: str) -> str:
    return "?" + urlencode({name: value for name, value in asked.items() if value})
