"""Programmes a lender runs with a seller, and the drafts they come of."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heliu.capital.credit.models.figures import rate_field, share_field
from heliu.kernel.ids import new_id
from heliu.kernel.language import in_language
from heliu.kernel.states import Moves, Tone, known_status


class Product(models.TextChoices):
    """Kind of financing, by the names of the Global Supply Chain Finance Forum (2016)."""

    DISTRIBUTOR_FINANCE = "DISTRIBUTOR_FINANCE", _("Distributor finance")
    INVENTORY = "INVENTORY", _("Loan against inventory")
    FACTORING = "FACTORING", _("Factoring")
    PAYABLES = "PAYABLES", _("Payables finance")


class SellerDuty(models.TextChoices):
    """What the seller has promised the lender for goods of a dealer in default."""

    NONE = "NONE", _("None: the lender sells the goods")
    DIFFERENCE_REFUND = "DIFFERENCE_REFUND", _("Refund of their price against the goods")
    BUY_BACK = "BUY_BACK", _("Buying the goods back at a share of their price")
    RESALE_HELP = "RESALE_HELP", _("Finding a buyer: the lender sells the goods")


class Instrument(models.TextChoices):
    """With what the lender finances an order."""

    LOAN = "LOAN", _("A loan")
    ACCEPTANCE_BILL = "ACCEPTANCE_BILL", _("An accepted bill, paid on its due day")


class DepositMode(models.TextChoices):
    """What becomes of the dealer's deposit."""

    DOWN_PAYMENT = "DOWN_PAYMENT", _("Down payment: it goes to the seller beside the loan")
    CASH_MARGIN = "CASH_MARGIN", _("Margin: the lender keeps it, and finances all of the order")


class DepositBy(models.TextChoices):
    """How the dealer's deposit reaches the lender."""

    COLLECTED = "COLLECTED", _("The bank collects it at the signature")
    PAID_IN = "PAID_IN", _("The dealer pays it in, naming the loan")


class ReleaseMode(models.TextChoices):
    """What sets pledged goods free while a loan runs."""

    PROPORTIONAL = "PROPORTIONAL", _("The repaid share of the loan")
    DEPOSIT_FIRST = "DEPOSIT_FIRST", _("All that was paid in, the deposit included")
    FLOOR = "FLOOR", _("What lies there above the floor")


ORDER_RELEASES = (ReleaseMode.PROPORTIONAL, ReleaseMode.DEPOSIT_FIRST)
"""What sets goods of a financed order free; those of a loan against stock stand above a floor."""


class Programme(models.Model):
    """A lender's rules for financing the dealers of one seller.

    Rates are per cent a year (`fee_rate` per cent of the loan, once), shares are 0..1, amounts are
    minor units. `is_principal_first`: a payment without arrears frees goods before it pays
    interest. `instrument` says with what the lender finances, `deposit_mode` what the deposit does,
    `release_mode` what sets goods free; a bill rests on a margin that is filled up before the goods
    leave. `deposit_by` says how the deposit comes: a dealer that pays it in itself has
    `deposit_days` days after its signature. A margin bears `margin_rate`, by the same day count. In
    default the lender gives notice and waits `notice_days` before it enforces; then the seller's
    duty holds (`buy_back_share` of the goods' price). Goods that the lender sells should
    bring `sale_floor` of their price. Pledged goods of more than `auto_release_cap` leave only when
    people at the lender agreed; without one all leave by themselves. Its claim on the goods is
    registered for `register_months`, and for as many again while the deal is open. The seller
    refunds what it has not shipped `ship_days` after it was paid (never, where empty). The defaults
    are starting values of ours; every figure is the lender's to set.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lender = models.UUIDField()
    seller = models.UUIDField()
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    product = models.CharField(max_length=24, choices=Product, default=Product.DISTRIBUTOR_FINANCE)
    deposit_ratios = ArrayField(models.DecimalField(max_digits=5, decimal_places=4))
    days_options = ArrayField(models.PositiveSmallIntegerField())
    max_tenor_days = models.PositiveSmallIntegerField(default=180)
    day_count = models.CharField(max_length=20, default="ACT/360")
    grace_days = models.PositiveSmallIntegerField(default=3)
    penalty_factor = models.DecimalField(max_digits=4, decimal_places=2, default=Decimal("1.5"))
    is_principal_first = models.BooleanField(default=False)
    instrument = models.CharField(
        max_length=15,
        choices=Instrument,
        default=Instrument.LOAN,
        db_default=Instrument.LOAN,
    )
    deposit_mode = models.CharField(
        max_length=12,
        choices=DepositMode,
        default=DepositMode.DOWN_PAYMENT,
        db_default=DepositMode.DOWN_PAYMENT,
    )
    release_mode = models.CharField(
        max_length=13,
        choices=ReleaseMode,
        default=ReleaseMode.PROPORTIONAL,
        db_default=ReleaseMode.PROPORTIONAL,
    )
    deposit_by = models.CharField(
        max_length=9,
        choices=DepositBy,
        default=DepositBy.COLLECTED,
        db_default=DepositBy.COLLECTED,
    )
    deposit_days = models.PositiveSmallIntegerField(default=3, db_default=3)
    margin_rate = models.DecimalField(
        max_digits=7, decimal_places=4, default=Decimal(0), db_default=Decimal(0)
    )
    fee_rate = rate_field("0")
    base_rate = rate_field("3.10")
    opex_rate = rate_field("0.60")
    hurdle_rate = rate_field("12")
    rate_cap = rate_field("12")
    capital_share = share_field("0.08")
    loss_given_default = share_field("0.40")
    price_fall = share_field("0.12")
    sale_cost = share_field("0.05")
    refund_share = share_field("0.15")
    seller_default = share_field("0.01")
    seller_duty = models.CharField(
        max_length=17, choices=SellerDuty, default=SellerDuty.DIFFERENCE_REFUND
    )
    buy_back_share = share_field("1")
    notice_days = models.PositiveSmallIntegerField(default=3)
    sale_floor = models.DecimalField(max_digits=5, decimal_places=4, db_default=Decimal("0.80"))
    register_months = models.PositiveSmallIntegerField(default=12, db_default=12)
    ship_days = models.PositiveSmallIntegerField(null=True, blank=True)
    single_name_cap = models.BigIntegerField()
    auto_approve_cap = models.BigIntegerField()
    quota_share = share_field("0.10")
    auto_release_cap = models.BigIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(max_tenor_days__lte=365), name="tenor_at_most_a_year"
            ),
            models.CheckConstraint(
                condition=models.Q(penalty_factor__gte=1), name="penalty_not_below_rate"
            ),
            models.CheckConstraint(
                condition=models.Q(single_name_cap__gte=0, auto_approve_cap__gte=0),
                name="caps_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(auto_release_cap=None) | models.Q(auto_release_cap__gte=0),
                name="release_cap_not_negative",
            ),
            known_status("seller_duty_known", SellerDuty, field="seller_duty"),
            known_status("programme_instrument_known", Instrument, field="instrument"),
            models.CheckConstraint(
                condition=~models.Q(instrument=Instrument.ACCEPTANCE_BILL)
                | models.Q(
                    deposit_mode=DepositMode.CASH_MARGIN,
                    release_mode=ReleaseMode.DEPOSIT_FIRST,
                ),
                name="programme_bill_rests_on_margin",
            ),
            known_status("programme_deposit_known", DepositMode, field="deposit_mode"),
            known_status("programme_release_known", ReleaseMode, field="release_mode"),
            known_status("programme_deposit_by_known", DepositBy, field="deposit_by"),
            models.CheckConstraint(
                condition=models.Q(deposit_by=DepositBy.COLLECTED)
                | models.Q(deposit_days__gt=0) & ~models.Q(product=Product.INVENTORY),
                name="deposit_paid_in_has_days",
            ),
            models.CheckConstraint(
                condition=models.Q(margin_rate=0)
                | models.Q(margin_rate__gt=0, deposit_mode=DepositMode.CASH_MARGIN),
                name="interest_only_on_a_margin",
            ),
            models.CheckConstraint(
                condition=models.Q(buy_back_share__gt=0, buy_back_share__lte=1),
                name="buy_back_at_most_the_price",
            ),
            models.CheckConstraint(
                condition=models.Q(sale_floor__gte=0, sale_floor__lte=1),
                name="sale_floor_at_most_the_price",
            ),
            models.CheckConstraint(
                condition=models.Q(register_months__gte=1, register_months__lte=360),
                name="registered_as_the_registry_takes",
            ),
            models.CheckConstraint(
                condition=models.Q(product=Product.INVENTORY, release_mode=ReleaseMode.FLOOR)
                | ~models.Q(product=Product.INVENTORY) & ~models.Q(release_mode=ReleaseMode.FLOOR),
                name="stock_is_held_by_a_floor",
            ),
        ]
        indexes = [
            models.Index(fields=["seller"], name="programme_seller"),
            models.Index(fields=["lender"], name="programme_lender"),
        ]

    @property
    def display(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name, self.name_zh)

    def __str__(self) -> str:
        return self.display


class DraftStatus(models.TextChoices):
    """Where a programme that a lender writes stands."""

    DRAFT = "DRAFT", _("Draft")
    OFFERED = "OFFERED", _("With the seller")
    AGREED = "AGREED", _("In force")
    REFUSED = "REFUSED", pgettext_lazy("programme", "Refused")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


DRAFT_MOVES: Moves = {
    DraftStatus.DRAFT: {DraftStatus.OFFERED, DraftStatus.AGREED, DraftStatus.WITHDRAWN},
    DraftStatus.OFFERED: {DraftStatus.AGREED, DraftStatus.REFUSED, DraftStatus.WITHDRAWN},
    DraftStatus.AGREED: set(),
    DraftStatus.REFUSED: set(),
    DraftStatus.WITHDRAWN: set(),
}
DRAFT_TONES = {
    DraftStatus.DRAFT: Tone.OPEN,
    DraftStatus.OFFERED: Tone.DUE,
    DraftStatus.AGREED: Tone.GOOD,
    DraftStatus.REFUSED: Tone.BAD,
    DraftStatus.WITHDRAWN: Tone.QUIET,
}


class ProgrammeDraft(models.Model):
    """A programme that a lender writes, or a new version of `programme`, before it is in force.

    `terms` are the fields of a programme by name, as text; `changed` names those that a version
    makes another, so that what else is changed meanwhile stays. What binds the seller to something
    waits for its yes. A draft is the lender's alone; what was offered stays as it was answered.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lender = models.UUIDField()
    seller = models.UUIDField()
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.PROTECT, related_name="drafts"
    )
    terms = models.JSONField()
    changed = models.JSONField(default=list)
    status = models.CharField(max_length=9, choices=DraftStatus, default=DraftStatus.DRAFT)
    written_by_name = models.CharField(max_length=80)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_by_name = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            known_status("programme_draft_status_known", DraftStatus),
            models.UniqueConstraint(
                fields=["programme"],
                condition=models.Q(status__in=["DRAFT", "OFFERED"]),
                name="one_open_draft_per_programme",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["DRAFT", "WITHDRAWN"]) | ~models.Q(sent_at=None),
                name="programme_answered_when_sent",
            ),
        ]
        indexes = [
            models.Index(fields=["lender", "-written_at"], name="programme_draft_lender"),
            models.Index(fields=["seller", "-written_at"], name="programme_draft_seller"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return DRAFT_TONES[DraftStatus(self.status)]


class MarginRules(models.Model):
    """How far a lender lends against stock that lies in a supervised warehouse, and what it does
    when the stock loses value. Shares are 0..1.

    A loan begins at `opening_ratio` of the lendable value at most; that ratio is also its floor.
    From `warn_ratio` on the borrower is warned, from `call_ratio` it is called for cash or goods
    within `cure_days` working days, from `liquidation_ratio` the lender need not wait for them.
    `haircut` (by family: `haircuts`) is taken off what goods are worth. Goods whose newest price is
    older than `stale_days`, and goods that lie there for longer than `max_age_days`, count nothing;
    goods of one kind count for no more than `concentration` of the pool. `families` are the goods
    that are taken, none means all of the programme's seller. Starting values are ours; every figure
    is the lender's to set. A loan that was offered keeps those it was offered under.
    """

    programme = models.OneToOneField(
        Programme, on_delete=models.PROTECT, primary_key=True, related_name="margin_rules"
    )
    lender = models.UUIDField()
    seller = models.UUIDField()
    opening_ratio = share_field("0.60")
    warn_ratio = share_field("0.65")
    call_ratio = share_field("0.70")
    liquidation_ratio = share_field("0.80")
    cure_days = models.PositiveSmallIntegerField(default=3)
    haircut = share_field("0.10")
    haircuts = models.JSONField(default=dict, blank=True)
    stale_days = models.PositiveSmallIntegerField(default=7)
    max_age_days = models.PositiveSmallIntegerField(default=180)
    concentration = share_field("1")
    families = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    opening_ratio__gt=0,
                    warn_ratio__gt=models.F("opening_ratio"),
                    call_ratio__gt=models.F("warn_ratio"),
                    liquidation_ratio__gt=models.F("call_ratio"),
                    liquidation_ratio__lte=1,
                ),
                name="margin_steps_rise",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    haircut__gte=0, haircut__lt=1, concentration__gt=0, concentration__lte=1
                ),
                name="margin_shares_sane",
            ),
            models.CheckConstraint(
                condition=models.Q(stale_days__gt=0, max_age_days__gt=0), name="margin_days_sane"
            ),
        ]

    def __str__(self) -> str:
        return str(self.programme)
