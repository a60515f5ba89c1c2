"""Reading the catalogue: what the actor may order, and its own goods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from heliu.commerce.catalogue.policies import folded, patterns
from heliu.commerce.pricing.queries import Price
from heliu.kernel.access.actor import Actor
from heliu.kernel.goods.models import Family, Sku
from heliu.kernel.parties.models import RelationshipStatus
from heliu.kernel.parties.queries import relationships_visible_to


@dataclass
class CatalogueRow:
    """A SKU as the catalogue shows it; the caller fills in price and stock."""

    sku: Sku
    price: Price | None = None
    available: int | None = None


def visible_to(actor: Actor) -> QuerySet[Sku]:
    """The active SKUs of the actor's own organisations and of sellers it has a live link with."""
    active = Sku.objects.filter(is_active=True)
    if actor.is_system:
        return active
    sellers = relationships_visible_to(actor).filter(
        buyer__in=actor.orgs, status=RelationshipStatus.ACTIVE
    )
    return active.filter(Q(seller__in=actor.orgs) | Q(seller__in=sellers.values("seller")))


def search(
    actor: Actor,
    *,
    seller: UUID | None = None,
    text: str = "",
    family: str = "",
    limit: int = 50,
    after: UUID | None = None,
) -> list[CatalogueRow]:
    """The goods the actor may order that match what was typed, in the catalogue's order.

    `text` is a code, a barcode, words of a name, Chinese characters, pinyin or its initials; all
    words must match; a text without a letter or figure finds nothing. `after` is the SKU the page
    before ended with. Two statements.
    """
    typed = folded(text)
    if typed and not patterns(text):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "select sku from catalogue_find(%s::uuid[], %s::text[], %s, %s, %s, %s, %s)",
            [_asking(actor), list(patterns(text)), typed, seller, family, after, limit],
        )
        ids = [sku for (sku,) in cursor.fetchall()]
    found = Sku.objects.select_related("family", "unit").in_bulk(ids)
    return [CatalogueRow(found[sku]) for sku in ids if sku in found]


def find(actor: Actor, codes: Sequence[str], seller: UUID) -> dict[str, Sku]:
    """The SKU of each code or barcode as it was given; those that are not there are absent.

    Exact but for case and full-width letters. Two statements for any number of codes.
    """
    if not codes:
        return {}
    asked = {code: folded(code) for code in codes}
    with connection.cursor() as cursor:
        cursor.execute(
            "select asked, sku from catalogue_match(%s::uuid[], %s, %s::text[])",
            [_asking(actor), seller, sorted(set(asked.values()))],
        )
        hits: dict[str, UUID] = dict(cursor.fetchall())
    found = Sku.objects.select_related("family", "unit").in_bulk(set(hits.values()))
    return {code: found[hits[key]] for code, key in asked.items() if hits.get(key) in found}


def codes(actor: Actor, seller: UUID) -> list[str]:
    """All codes of a seller, for "did you mean"; none when the actor may not order there."""
    with connection.cursor() as cursor:
        cursor.execute("select catalogue_codes(%s::uuid[], %s)", [_asking(actor), seller])
        return [code for (code,) in cursor.fetchall()]


def families(actor: Actor, *, seller: UUID | None = None) -> list[tuple[Family, int]]:
    """The families the actor may order from and how many SKUs each has, by code; two statements."""
    goods = visible_to(actor)
    if seller is not None:
        goods = goods.filter(seller=seller)
    counts = dict(goods.order_by().values_list("family").annotate(n=Count("pk")))
    return [
        (family, counts[family.pk])
        for family in Family.objects.filter(pk__in=counts).order_by("code")
    ]


def _asking(actor: Actor) -> list[UUID] | None:
    return None if actor.is_system else list(actor.orgs)
