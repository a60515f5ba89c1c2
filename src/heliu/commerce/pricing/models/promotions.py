"""Promotions, their goods and buyers, and the discounts they gave."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heliu.kernel.goods.models import Family, Sku
from heliu.kernel.ids import new_id
from heliu.kernel.language import in_language


class Effect(models.TextChoices):
    """What a promotion does: to the price of one, or (`ORDER`, `GOODS`) for the whole order."""

    PERCENT = "PERCENT", _("Percent off")
    AMOUNT = "AMOUNT", _("Amount off each")
    PRICE = "PRICE", _("Special price")
    ORDER = "ORDER", _("Off the whole order")
    GOODS = "GOODS", _("Goods for free")


OF_ORDERS = (Effect.ORDER, Effect.GOODS)


class Promotion(models.Model):
    """A seller's rule that lowers prices for a while: from an instant until an instant.

    `percent` is taken off, or `amount` (minor units of one smallest unit) is taken off or is the
    price. It applies from `min_quantity` of a line up and, where `min_order` is given, to orders
    whose lines come to at least that at their list prices (minor units).

    Promotions are applied in order of `priority` (1 first, then by code), each to what the one
    before left, rounded to whole minor units (half up). One that is not `combinable` applies
    alone: it stands if it comes first and is passed over later.

    After those of single goods come those of the whole order (`rewards.reward`): `percent` or
    `amount` off what its goods come to, or `gift_quantity` of `gift` (none: of what was bought) for
    every `min_quantity` of a line.

    With a `budget` (minor units) it gives no more than that: an order that would take more than is
    left gets nothing of it. `spent` is what orders have taken; it is theirs when they are placed
    and comes back where they are called off or struck.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.UUIDField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    priority = models.PositiveIntegerField(default=100)
    combinable = models.BooleanField(default=False)
    effect = models.CharField(max_length=7, choices=Effect)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    amount = models.BigIntegerField(null=True, blank=True)
    gift = models.ForeignKey(
        Sku, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    gift_quantity = models.BigIntegerField(null=True, blank=True)
    min_quantity = models.BigIntegerField(default=1)
    min_order = models.BigIntegerField(null=True, blank=True)
    all_goods = models.BooleanField(default=True)
    all_buyers = models.BooleanField(default=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    budget = models.BigIntegerField(null=True, blank=True)
    spent = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "code"], name="one_promotion_per_code"),
            models.CheckConstraint(
                condition=Q(
                    effect__in=[Effect.PERCENT, Effect.ORDER],
                    percent__gt=0,
                    percent__lte=100,
                    amount__isnull=True,
                    gift_quantity__isnull=True,
                )
                | Q(
                    effect__in=[Effect.AMOUNT, Effect.PRICE, Effect.ORDER],
                    percent__isnull=True,
                    amount__gte=0,
                    gift_quantity__isnull=True,
                )
                | Q(
                    effect=Effect.GOODS,
                    percent__isnull=True,
                    amount__isnull=True,
                    gift_quantity__gt=0,
                ),
                name="promotion_effect_is_known",
            ),
            models.CheckConstraint(
                condition=Q(budget__isnull=True) | Q(spent__lte=F("budget")),
                name="promotion_within_budget",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="promotion_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(min_quantity__gt=0, spent__gte=0)
                & (Q(min_order__isnull=True) | Q(min_order__gt=0))
                & (Q(budget__isnull=True) | Q(budget__gt=0)),
                name="promotion_bounds_above_zero",
            ),
        ]
        indexes = [models.Index(fields=["seller", "ends_at"], name="promotion_seller")]

    @property
    def display(self) -> str:
        """The promotion's name in the reader's language."""
        return in_language(self.name, self.name_zh)


class PromotionGoods(models.Model):
    """A SKU or a whole family that a promotion is about; none means all goods of the seller."""

    promotion = models.ForeignKey(Promotion, on_delete=models.CASCADE, related_name="goods")
    seller = models.UUIDField()
    sku = models.ForeignKey(
        Sku, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    family = models.ForeignKey(
        Family, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sku__isnull=True, family__isnull=False)
                | Q(sku__isnull=False, family__isnull=True),
                name="promotion_goods_are_sku_or_family",
            ),
            models.UniqueConstraint(fields=["promotion", "sku"], name="promotion_sku_once"),
            models.UniqueConstraint(fields=["promotion", "family"], name="promotion_family_once"),
        ]


class PromotionBuyer(models.Model):
    """A buyer that a promotion is for; none means all who trade with the seller."""

    promotion = models.ForeignKey(Promotion, on_delete=models.CASCADE, related_name="buyers")
    seller = models.UUIDField()
    buyer = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promotion", "buyer"], name="promotion_buyer_once"),
        ]


class Given(models.TextChoices):
    """How a promotion gave what it gave."""

    PIECE = "PIECE", _("Off each piece")
    ORDER = "ORDER", _("Off the whole order")
    GIFT = "GIFT", _("Goods for free")


class Discount(models.Model):
    """What a promotion gave on goods of an order, with the promotion's words of then, because a
    buyer sees no promotions. Written with the order, and anew where the order is changed.

    Off each piece: from `before` to `after` for one smallest unit (minor units), `amount` on the
    line. Off the whole order: these goods' share of it is `amount`. Goods for free: so many, each
    worth `before`. Of `back` of the pieces nothing came: the budget has its part of them again.
    """

    order_id = models.UUIDField()
    sku = models.UUIDField()
    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="given")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(
        max_length=5, choices=Given, default=Given.PIECE, db_default=Given.PIECE
    )
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    quantity = models.BigIntegerField()
    before = models.BigIntegerField()
    after = models.BigIntegerField()
    amount = models.BigIntegerField()
    back = models.BigIntegerField(default=0, db_default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_id", "sku", "place"], name="discount_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, after__gte=0, before__gte=F("after"), amount__gte=0)
                & (
                    Q(kind=Given.ORDER, before=0)
                    | Q(kind__in=[Given.PIECE, Given.GIFT])
                    & Q(amount=F("quantity") * (F("before") - F("after")))
                ),
                name="discount_is_its_amount",
            ),
            models.CheckConstraint(
                condition=Q(back__gte=0, back__lte=F("quantity")), name="discount_back_in_bounds"
            ),
        ]

    @property
    def display(self) -> str:
        """The promotion's name in the reader's language."""
        return in_language(self.name, self.name_zh)
