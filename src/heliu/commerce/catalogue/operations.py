"""Keeping the search table."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from heliu.commerce.catalogue.policies import folded, words_of
from heliu.kernel.goods.models import Sku


def index(sku_ids: Iterable[UUID]) -> None:
    """Make these SKUs findable as they are now, or unfindable when they are no longer active.

    Whoever writes a SKU calls this in the same transaction; it changes only the goods of sellers
    the door is open for. Two statements for any number.
    """
    skus = list(Sku.objects.filter(pk__in=list(sku_ids)))
    texts = [
        words_of(code=sku.code, barcode=sku.barcode, name=sku.name, name_zh=sku.name_zh)
        for sku in skus
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "select catalogue_index(%s::uuid[], %s::text[], %s::text[])",
            [[sku.pk for sku in skus], [folded(sku.code) for sku in skus], texts],
        )
