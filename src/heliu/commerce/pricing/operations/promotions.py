"""Promotions: announcing one and stopping it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from heliu.commerce.pricing.events import PromotionAnnounced, PromotionStopped
from heliu.commerce.pricing.models import Effect, Promotion, PromotionBuyer, PromotionGoods
from heliu.commerce.pricing.operations.lists import require_seller
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.goods.models import Family, Sku
from heliu.kernel.parties.queries import active_relationship

MOST_CODE = 40


@dataclass(frozen=True)
class NewPromotion:
    """What a promotion shall do; see `Promotion` for what each means. Neither SKUs nor families
    means all goods, no buyers means everybody who trades with the seller."""

    code: str
    name: str
    effect: str
    starts_at: datetime
    ends_at: datetime
    percent: Decimal | None = None
    amount: int | None = None
    gift: UUID | None = None
    gift_quantity: int | None = None
    name_zh: str = ""
    priority: int = 100
    combinable: bool = False
    min_quantity: int = 1
    min_order: int | None = None
    budget: int | None = None
    skus: Sequence[UUID] = ()
    families: Sequence[str] = ()
    buyers: Sequence[UUID] = ()


def announce(wanted: NewPromotion, *, actor: Actor, seller: UUID, at: datetime) -> Promotion:
    """Announce a promotion; from its start on it lowers prices by itself.

    Raises `Invalid` for an effect or bounds that are none, `Refused` when the code is taken,
    `NotFound` for goods that are not the seller's and buyers that do not trade with it.
    """
    require_seller(seller, actor)
    _check(wanted, at)
    if Promotion.objects.filter(seller=seller, code=wanted.code).exists():
        raise Refused(
            "code-taken", "There is a promotion %(promotion)s.", field="code", promotion=wanted.code
        )
    skus, families = set(wanted.skus), set(wanted.families)
    named = skus | ({wanted.gift} if wanted.gift else set())
    if Sku.objects.filter(seller=seller, pk__in=named).count() != len(named):
        raise NotFound()
    if Family.objects.filter(pk__in=families).count() != len(families):
        raise NotFound()
    for buyer in wanted.buyers:
        active_relationship(buyer=buyer, seller=seller)
    made = Promotion.objects.create(
        seller=seller,
        code=wanted.code,
        name=wanted.name,
        name_zh=wanted.name_zh,
        priority=wanted.priority,
        combinable=wanted.combinable,
        effect=wanted.effect,
        percent=wanted.percent,
        amount=wanted.amount,
        gift_id=wanted.gift,
        gift_quantity=wanted.gift_quantity,
        min_quantity=wanted.min_quantity,
        min_order=wanted.min_order,
        all_goods=not skus and not families,
        all_buyers=not wanted.buyers,
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        budget=wanted.budget,
    )
    PromotionGoods.objects.bulk_create(
        [PromotionGoods(promotion=made, seller=seller, sku_id=sku) for sku in sorted(skus)]
        + [PromotionGoods(promotion=made, seller=seller, family_id=one) for one in sorted(families)]
    )
    PromotionBuyer.objects.bulk_create(
        PromotionBuyer(promotion=made, seller=seller, buyer=buyer)
        for buyer in sorted(set(wanted.buyers))
    )
    record(
        PromotionAnnounced(
            subject=made.pk, code=made.code, starts_at=made.starts_at, ends_at=made.ends_at
        ),
        actor=actor,
        at=at,
        audience=[seller],
    )
    return made


def stop_promotion(promotion: Promotion, *, actor: Actor, at: datetime) -> Promotion:
    """Stop a promotion now; orders placed under it keep their prices. Stopping twice is once."""
    require_seller(promotion.seller, actor)
    promotion = Promotion.objects.select_for_update().get(pk=promotion.pk)
    if promotion.stopped_at is not None or promotion.ends_at <= at:
        return promotion
    promotion.stopped_at = at
    promotion.save(update_fields=["stopped_at"])
    record(
        PromotionStopped(subject=promotion.pk, code=promotion.code),
        actor=actor,
        at=at,
        audience=[promotion.seller],
    )
    return promotion


def _check(wanted: NewPromotion, at: datetime) -> None:
    if not wanted.code or len(wanted.code) > MOST_CODE or not wanted.name:
        raise Invalid("promotion-unnamed", "A promotion needs a code and a name.", field="code")
    if not _gives(wanted):
        raise Invalid(
            "effect-invalid",
            "A promotion takes off more than 0 and at most 100 percent or an amount, or gives so"
            " many pieces for free.",
            field="effect",
        )
    if wanted.ends_at <= wanted.starts_at or wanted.ends_at <= at:
        raise Invalid(
            "period-invalid", "A promotion ends after it begins, and not before now.",
            field="ends_at",
        )  # fmt: skip
    bounds = (wanted.min_quantity, wanted.min_order, wanted.budget)
    if any(bound is not None and bound < 1 for bound in bounds):
        raise Invalid(
            "bound-invalid", "Quantity, order and budget are above zero.", field="min_quantity"
        )


def _gives(wanted: NewPromotion) -> bool:
    """Whether it gives one thing, and that is something."""
    shares = wanted.percent is not None and 0 < wanted.percent <= 100
    lowest = 0 if wanted.effect == Effect.PRICE else 1
    takes = wanted.amount is not None and wanted.amount >= lowest
    gives = wanted.gift_quantity is not None and wanted.gift_quantity > 0
    told = [wanted.percent is not None, wanted.amount is not None, wanted.gift_quantity is not None]
    if sum(told) != 1 or (wanted.gift and not gives):
        return False
    if wanted.effect == Effect.ORDER:
        return shares or takes
    if wanted.effect == Effect.GOODS:
        return gives
    return shares if wanted.effect == Effect.PERCENT else takes and wanted.effect in Effect.values
