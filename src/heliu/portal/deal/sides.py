"""On which side of a deal a desk sits, and what that side calls things."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext as _

from heliu.kernel.access.actor import Actor

Side = Literal["buyer", "seller", "lender", "custodian"]
SIDES: tuple[Side, ...] = ("buyer", "seller", "lender", "custodian")


def side_of(deal: Any, actor: Actor) -> Side:
    """The first side one of the actor's organisations has; a deal is only seen by its sides."""
    for side in SIDES:
        if getattr(deal, side) in actor.orgs:
            return side
    return "buyer"


def remark(side: Side, names: dict[Any, Any], deal: Any, *, financed: bool) -> str:
    """One line beside the number: what this is to the reader."""
    words = {
        "buyer": _buying(deal, financed=financed),
        "seller": _("order of %(buyer)s, paid by a bank") if financed else _("order of %(buyer)s"),
        "lender": _("loan to %(buyer)s for goods of %(seller)s"),
        "custodian": _("goods of %(buyer)s under pledge"),
    }[side]
    return words % {"seller": _name(names, deal.seller), "buyer": _name(names, deal.buyer)}


def _buying(deal: Any, *, financed: bool) -> str:
    if deal.is_stock:
        return _("loan against goods bought from %(seller)s")
    return _("financed order from %(seller)s") if financed else _("order from %(seller)s")


def party_rows(names: dict[Any, Any], deal: Any) -> list[tuple[str, str]]:
    """Who is who in the deal."""
    rows = [
        (_("Buyer"), deal.buyer),
        (_("Seller"), deal.seller),
        (_("Bank"), deal.lender),
        (_("Supervised warehouse"), deal.custodian),
    ]
    return [(label, _name(names, org)) for label, org in rows if org is not None]


def _name(names: dict[Any, Any], org: Any) -> str:
    """A party the reader does not know stays unnamed."""
    found = names.get(org)
    return found.display if found else _("a party you do not deal with")
