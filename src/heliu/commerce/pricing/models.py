"""Price lists, their versions, whom they are for, the prices in them, and contracts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from heliu.kernel.goods.models import Family, Sku
from heliu.kernel.ids import new_id
from heliu.kernel.money import CURRENCY, TRADED
from heliu.kernel.spool import Import, ImportState
from heliu.kernel.states import known_status


def in_language(name: str, name_zh: str) -> str:
    """A name in the reader's language, the other where it has none."""
    chinese = (get_language() or "").startswith("zh")
    return (name_zh or name) if chinese else (name or name_zh)


class Rounding(models.TextChoices):
    """How a computed price becomes a whole number of its step."""

    NEAREST = "NEAREST", _("To the nearest")
    UP = "UP", _("Up")
    DOWN = "DOWN", _("Down")


class PriceList(models.Model):
    """A seller's named set of prices in one currency; it answers to buyers who trade in it.

    A buyer's own lists are asked in order of `priority` (1 first, then by code; 0 is kept for
    contracts), the seller's default list last.

    A **version** (`version_of`) is a set of prices that stands in for its list from an instant on
    (`live_from`; none while it is being made). Of several the latest that is live counts. It is
    assigned to nobody: whoever has the list has its live version.

    A **computed** list has what another costs times a `factor`, rounded to 10^`round_to` minor
    units; prices of its own come first. Nothing is copied: it is worked out when it is asked.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.UUIDField()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    currency = models.CharField(max_length=3, default=CURRENCY)
    priority = models.PositiveIntegerField(default=100)
    is_default = models.BooleanField(default=False)
    version_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="versions",
        db_index=False,
    )
    version = models.PositiveIntegerField(default=1, db_default=1)
    live_from = models.DateTimeField(null=True, blank=True)
    base = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="computed",
        db_index=False,
    )
    factor = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    round_to = models.PositiveSmallIntegerField(default=0, db_default=0)
    rounding = models.CharField(
        max_length=7, choices=Rounding, default=Rounding.NEAREST, db_default=Rounding.NEAREST
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "code"], name="one_price_list_per_code"),
            models.UniqueConstraint(
                fields=["seller"], condition=Q(is_default=True), name="one_default_price_list"
            ),
            models.CheckConstraint(
                condition=Q(version_of__isnull=True, live_from__isnull=True)
                | Q(version_of__isnull=False, is_default=False, base__isnull=True),
                name="version_is_no_list_of_its_own",
            ),
            models.CheckConstraint(
                condition=Q(base__isnull=True, factor__isnull=True)
                | Q(base__isnull=False, factor__gt=0) & ~Q(base=F("id")),
                name="computed_list_has_base_and_factor",
            ),
            models.CheckConstraint(
                condition=Q(round_to__lte=4, rounding__in=Rounding.values),
                name="price_list_rounding_known",
            ),
            models.CheckConstraint(
                condition=Q(currency__in=list(TRADED)), name="price_list_currency_known"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(currency=CURRENCY),
                name="default_list_in_our_money",
            ),
        ]
        indexes = [
            models.Index(
                fields=["version_of", "live_from"],
                condition=Q(version_of__isnull=False),
                name="price_list_versions",
            )
        ]

    @property
    def display(self) -> str:
        """The list's name in the reader's language."""
        return in_language(self.name, self.name_zh)

    def __str__(self) -> str:
        return self.code


class PriceListBuyer(models.Model):
    """A list holds for a buyer from a day to a day, both included; no end means until further
    notice. The database refuses a second assignment of the same list over the same days."""

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="buyers")
    seller = models.UUIDField()
    buyer = models.UUIDField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="assignment_ends_after_it_begins",
            ),
        ]
        # All that is read stands in the index, so that it is chosen before the constraint's own,
        # which is made for overlaps and slow for look-ups.
        indexes = [
            models.Index(
                fields=["buyer", "seller"],
                include=["price_list", "valid_from", "valid_to"],
                name="price_list_buyer",
            )
        ]


class ListPrice(models.Model):
    """What one smallest unit of a SKU costs (minor units) from a quantity, from a day to a day.

    Both days are included; no end means until further notice. Two prices of one list, SKU and
    quantity never overlap in time: an exclusion constraint (see the migration) holds it.
    """

    price_list = models.ForeignKey(
        PriceList, on_delete=models.CASCADE, related_name="prices", db_index=False
    )
    seller = models.UUIDField()
    sku = models.ForeignKey(Sku, on_delete=models.CASCADE, related_name="+", db_index=False)
    min_quantity = models.BigIntegerField(default=1)
    amount = models.BigIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(min_quantity__gt=0, amount__gte=0), name="price_and_tier_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="price_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sku", "price_list", "min_quantity"],
                include=["amount", "valid_from", "valid_to"],
                name="list_price_tiers",
            )
        ]


class Contract(models.Model):
    """What a seller and a buyer agreed for a period: prices, and how much the buyer will take.

    Its prices stand in a list of its own, which is asked before all others and holds for the
    buyer in the period. `committed` (minor units at agreed prices) and `committed_quantity`
    (smallest units) are what the buyer promised to take of the goods in it; a promise without
    a number is none.

    An offer (`is_offer`) is the seller's alone and binds nobody: the buyer agrees (`agreed_at` and
    `agreed_by_name` are then the buyer's) or refuses (`refused_at`). What both agreed to is changed
    by both (`ContractChange`); the database holds that (`sql/pricing_contracts.sql`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.UUIDField()
    buyer = models.UUIDField()
    price_list = models.OneToOneField(PriceList, on_delete=models.PROTECT, related_name="contract")
    # As its list is called; the buyer sees no lists.
    code = models.CharField(max_length=40, default="", db_default="")
    name = models.CharField(max_length=120, default="", db_default="")
    name_zh = models.CharField(max_length=120, blank=True, default="", db_default="")
    # In which its prices stand, whatever the two trade in later.
    currency = models.CharField(max_length=3, default=CURRENCY, db_default=CURRENCY)
    committed = models.BigIntegerField(null=True, blank=True)
    committed_quantity = models.BigIntegerField(null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField()
    agreed_at = models.DateTimeField()
    agreed_by_name = models.CharField(max_length=80)
    is_offer = models.BooleanField(default=False, db_default=False)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(refused_at__isnull=True) | Q(is_offer=True),
                name="contract_refused_was_an_offer",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="contract_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=(Q(committed__isnull=True) | Q(committed__gt=0))
                & (Q(committed_quantity__isnull=True) | Q(committed_quantity__gt=0)),
                name="contract_commits_to_something",
            ),
            models.CheckConstraint(condition=~Q(buyer=F("seller")), name="contract_has_two_sides"),
        ]
        indexes = [
            models.Index(fields=["seller", "-valid_to"], name="contract_seller"),
            models.Index(fields=["buyer", "-valid_to"], name="contract_buyer"),
        ]

    @property
    def display(self) -> str:
        """The contract's name in the reader's language."""
        return in_language(self.name, self.name_zh)


class ChangeState(models.TextChoices):
    """What became of a change of a contract that the seller asked for."""

    ASKED = "ASKED", _("Asked for")
    AGREED = "AGREED", _("Agreed")
    REFUSED = "REFUSED", _("Refused")
    TAKEN_BACK = "TAKEN_BACK", _("Taken back")


class ContractChange(models.Model):
    """A change of a contract that needs the buyer's yes: other prices from a day on (`version`, a
    version of its list), or an earlier end (`last`, its last day)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="changes")
    seller = models.UUIDField()
    buyer = models.UUIDField()
    version = models.ForeignKey(
        PriceList, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    live_on = models.DateField(null=True, blank=True)
    last = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.ASKED)
    asked_at = models.DateTimeField()
    asked_by_name = models.CharField(max_length=80)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_name = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            known_status("contract_change_state_known", ChangeState, field="state"),
            models.CheckConstraint(
                condition=Q(live_on__isnull=True, last__isnull=False)
                | Q(live_on__isnull=False, last__isnull=True),
                name="contract_change_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["contract"], condition=Q(state="ASKED"), name="one_open_contract_change"
            ),
        ]


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


class PriceImport(Import):
    """A file of prices on its way into a version of a list that is not live yet.

    Without bad rows the version goes live at `live_from`, if one was named; with them a person
    decides. `keep_others` takes over what the file does not name from the live version.
    """

    seller = models.UUIDField()
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="imports")
    version = models.ForeignKey(
        PriceList, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    keep_others = models.BooleanField(default=False)
    live_from = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            known_status("price_import_state_known", ImportState, field="state"),
            models.CheckConstraint(
                condition=Q(offset__gte=0, offset__lte=F("size")), name="price_import_in_its_file"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-brought_at"], name="price_import_seller"),
            models.Index(
                fields=["brought_at"], condition=Q(state="READING"), name="price_import_open"
            ),
        ]


class BadPriceRow(models.Model):
    """A row of a file that was left out: where, why, and as it was."""

    price_import = models.ForeignKey(
        PriceImport, on_delete=models.CASCADE, related_name="bad_rows", db_index=False
    )
    seller = models.UUIDField()
    line = models.IntegerField()
    reason = models.CharField(max_length=20)
    raw = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["price_import", "line"], name="bad_price_row")]
