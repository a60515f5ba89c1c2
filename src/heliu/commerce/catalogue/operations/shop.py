"""What a seller shows to everybody."""

from __future__ import annotations

from uuid import UUID

from heliu.commerce.catalogue.models import Category, Shop
from heliu.commerce.catalogue.operations.circles import require_seller
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid


def set_shop(
    *, actor: Actor, seller: UUID, is_public: bool, shows_prices: bool, category: str = ""
) -> Shop:
    """Switch a seller's public pages on or off, say whether the prices of its list for everybody
    show, and which branch of its goods ('' for all). Goods for a circle never show. Raises
    `Invalid` (category-unknown)."""
    require_seller(seller, actor)
    branch = Category.objects.filter(seller=seller, code=category).first() if category else None
    if category and branch is None:
        raise Invalid(
            "category-unknown", "There is no category %(named)s.", field="category", named=category
        )
    made, _ = Shop.objects.update_or_create(
        seller=seller,
        defaults={"is_public": is_public, "shows_prices": shows_prices, "category": branch},
    )
    return made
