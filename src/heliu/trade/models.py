"""The deal that ties one order's goods, money and facts together, and the memory of its steps."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.commerce.cases.policies import MOST_HOURS
from heliu.commerce.pricing.models import in_language
from heliu.kernel.ids import new_id
from heliu.kernel.parties.models import Tier
from heliu.kernel.parties.policies import TURN
from heliu.kernel.states import Tone, known_status
from heliu.logistics.pledges.models import Pledge
from heliu.trade import pool_models as pool_models  # Django looks for all tables here


class Outcome(models.TextChoices):
    """How a deal ended. While it is open its status is derived from its order, loan and pledge."""

    OPEN = "OPEN", _("Under way")
    CLOSED = "CLOSED", _("Closed")
    CANCELLED = "CANCELLED", _("Cancelled")
    DEFAULTED = "DEFAULTED", _("Ended in default")


class Step(models.TextChoices):
    """What has been done in a deal, in the order of the straight path; side exits come last."""

    ORDERED = "ORDERED", _("Ordered")
    ASSESSED = "ASSESSED", _("Credit decided")
    QUOTED = "QUOTED", _("Limit held")
    SIGNED = "SIGNED", _("Signed")
    DEPOSIT_PART = "DEPOSIT_PART", _("A part of the deposit paid")
    DEPOSIT_WITHDRAWN = "DEPOSIT_WITHDRAWN", _("A part of the deposit taken back by the bank")
    DEPOSIT_BOOKED = "DEPOSIT_BOOKED", _("Deposit paid")
    DISBURSED = "DISBURSED", _("Loan paid out")
    OWN_SHARE_MOVED = "OWN_SHARE_MOVED", _("Own share moved")
    SELLER_PAID = "SELLER_PAID", _("Seller paid")
    BILL_ACCEPTED = "BILL_ACCEPTED", _("Bill accepted")
    CONFIRMED = "CONFIRMED", _("Order confirmed")
    SHIPPED = "SHIPPED", _("Shipped")
    RECEIVED = "RECEIVED", _("Received")
    PLEDGED = "PLEDGED", _("Goods pledged")
    REPAYMENT_ASKED = "REPAYMENT_ASKED", _("Repayment ordered")
    REPAID = "REPAID", _("Repaid")
    BILL_PAID = "BILL_PAID", _("Bill paid")
    MARGIN_SET_OFF = "MARGIN_SET_OFF", _("Margin set off")
    RELEASED = "RELEASED", _("Goods released")
    PICKED_UP = "PICKED_UP", _("Picked up")
    CLOSED = "CLOSED", _("Closed")
    # Side exits.
    REFERRED = "REFERRED", _("A person decides")
    DECIDED = "DECIDED", _("Decided by a person")
    BANK_REJECTED = "BANK_REJECTED", _("Bank rejected")
    EXPIRED = "EXPIRED", _("Quote expired")
    DEPOSIT_MISSED = "DEPOSIT_MISSED", _("Deposit not paid in time")
    CAME_UNASKED = "CAME_UNASKED", _("Money came unasked")
    RECEIPT_DIFFERS = "RECEIPT_DIFFERS", _("Short or damaged")
    STRUCK = "STRUCK", _("Struck by the seller")
    NOT_SHIPPED = "NOT_SHIPPED", _("Not shipped in time")
    CANCELLED = "CANCELLED", _("Cancelled")
    REFUND_ASKED = "REFUND_ASKED", _("Refund ordered")
    REFUNDED = "REFUNDED", _("Refunded")
    REFUND_TAKEN_BACK = "REFUND_TAKEN_BACK", _("Refund taken back")
    DEPOSIT_RETURNED = "DEPOSIT_RETURNED", _("Deposit returned")
    UNAPPLIED_RETURNED = "UNAPPLIED_RETURNED", _("Overpayment returned")
    TERMS_PAID = "TERMS_PAID", _("Paid on terms")
    TERMS_CREDITED = "TERMS_CREDITED", _("Credit note")
    RETURNED = "RETURNED", _("Goods given back")
    EXCHANGE_ASKED = "EXCHANGE_ASKED", _("Exchange of goods asked for")
    EXCHANGED = "EXCHANGED", _("Goods exchanged")
    TERMS_TAKEN_BACK = "TERMS_TAKEN_BACK", _("Payment taken back")
    DUE_SOON = "DUE_SOON", _("Due soon")
    OVERDUE = "OVERDUE", _("Overdue")
    DEFAULT_NOTICED = "DEFAULT_NOTICED", _("Notice of default")
    ENFORCED = "ENFORCED", _("Enforced")
    GOODS_GIVEN_UP = "GOODS_GIVEN_UP", _("Goods taken back by the seller")
    WRITTEN_OFF = "WRITTEN_OFF", _("Written off")
    SALE_AGREED = "SALE_AGREED", _("Sale of the goods agreed")
    SALE_CALLED_OFF = "SALE_CALLED_OFF", _("Sale of the goods called off")
    GOODS_SOLD = "GOODS_SOLD", _("Goods sold")
    RECOVERED = "RECOVERED", _("Paid after writing off")
    CHANGED = "CHANGED", _("Order changed")
    RECKONED_ANEW = "RECKONED_ANEW", _("Payments reckoned anew")
    PAYMENTS_STOPPED = "PAYMENTS_STOPPED", _("Payments wait: the account is frozen")
    PAYMENTS_FREED = "PAYMENTS_FREED", _("The account is free: payments go on")
    # Of a loan against stock.
    STOCK_OFFERED = "STOCK_OFFERED", _("Stock offered")
    PAID_OUT = "PAID_OUT", _("Paid out against stock")
    WARNED = "WARNED", _("Warned: the stock lost value")
    CALLED = "CALLED", _("Called for cash or goods")
    CURED = "CURED", _("Call cured")
    CALL_LAPSED = "CALL_LAPSED", _("Call not cured in time")
    # The registry's part.
    SEARCHED = "SEARCHED", _("Register searched")
    CONFLICT_FOUND = "CONFLICT_FOUND", _("Another's claim found")
    CONFLICT_ACCEPTED = "CONFLICT_ACCEPTED", _("Gone on in spite of a claim")
    REGISTERED = "REGISTERED", _("Pledge registered")
    RENEWED = "RENEWED", _("Registration renewed")
    AMENDED = "AMENDED", _("Other goods registered")
    DISCHARGED = "DISCHARGED", _("Registration struck off")
    FILING_REFUSED = "FILING_REFUSED", _("Refused by the registry")


# The key under which the seller is asked to pay for the goods of a dealer in default.
BUY_BACK = "buy-back"
# The key with which begins what the seller refunds for pledged goods that go back to it.
GIVEN_BACK = "return:"
# The key with which begins what the seller pays by its duty once the loan was written off.
DUTY = "duty:"


class Deal(models.Model):
    """One order with its money, goods and facts, seen by all its parties.

    What the seller has not shipped by `ship_by` it refunds. One of a loan against stock
    (`is_stock`) has no order: `order_id` names its pool, and the seller supplied the goods.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20)
    order_id = models.UUIDField(unique=True)
    loan_id = models.UUIDField(null=True, blank=True)
    pledge_id = models.UUIDField(null=True, blank=True)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    custodian = models.UUIDField(null=True, blank=True)
    is_stock = models.BooleanField(default=False, db_default=False)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    ship_by = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("deal_outcome_known", Outcome, field="outcome"),
            models.CheckConstraint(
                condition=models.Q(outcome="OPEN", closed_at=None)
                | ~models.Q(outcome="OPEN") & ~models.Q(closed_at=None),
                name="deal_ended_when_closed",
            ),
            models.UniqueConstraint(fields=["number"], name="one_deal_per_number"),
            # Most deals have no loan: what is empty has no place in an index.
            models.UniqueConstraint(
                fields=["loan_id"], condition=models.Q(loan_id__isnull=False), name="deal_loan"
            ),
            models.UniqueConstraint(
                fields=["pledge_id"],
                condition=models.Q(pledge_id__isnull=False),
                name="deal_pledge",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-opened_at"], name="deal_buyer"),
            models.Index(fields=["seller", "-opened_at"], name="deal_seller"),
            models.Index(
                fields=["lender", "-opened_at"],
                condition=models.Q(lender__isnull=False),
                name="deal_lender",
            ),
            models.Index(
                fields=["custodian", "-opened_at"],
                condition=models.Q(custodian__isnull=False),
                name="deal_custodian",
            ),
            models.Index(
                fields=["moved_at"], name="deal_waits", condition=models.Q(outcome="OPEN")
            ),
        ]

    def __str__(self) -> str:
        return self.number


class DealStep(models.Model):
    """A step that was done, once per business key; append-only. Carries the deal's parties."""

    id = models.BigAutoField(primary_key=True)
    # Found by `one_step_per_key`, which begins with the deal.
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="steps", db_index=False)
    step = models.CharField(max_length=20, choices=Step)
    key = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField(max_length=80)
    data = models.JSONField(default=dict)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    custodian = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "step", "key"], name="one_step_per_key")
        ]
        indexes = [
            models.Index(
                fields=["step", "-id"],
                condition=~models.Q(step__in=["ORDERED", "CLOSED"]),
                name="step_of_kind",
            )
        ]


class SaleStatus(models.TextChoices):
    """Where a sale stands, read off its times."""

    ASKED = "ASKED", _("Asked for")
    AGREED = "AGREED", _("Payment awaited")
    SOLD = "SOLD", _("Sold")
    CALLED_OFF = "CALLED_OFF", _("Called off")


SALE_TONES = {
    SaleStatus.ASKED: Tone.DUE,
    SaleStatus.AGREED: Tone.MOVING,
    SaleStatus.SOLD: Tone.GOOD,
    SaleStatus.CALLED_OFF: Tone.QUIET,
}


class Sale(models.Model):
    """A lender's sale of pledged goods of a dealer in default; amounts in fen.

    `buyer` is an organisation of the platform, which pays through its bank; empty is somebody
    else, whose money the lender writes down. `goods` are [SKU, quantity], `value` what they secure,
    `reserve` what they should bring. A sale that was asked for and not agreed to is only what its
    `approval` is about. `reference` and `value_day` are of the money.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="sales")
    approval = models.UUIDField(unique=True)
    lender = models.UUIDField()
    dealer = models.UUIDField()
    seller = models.UUIDField()
    custodian = models.UUIDField()
    buyer = models.UUIDField(null=True, blank=True)
    buyer_name = models.CharField(max_length=120)
    goods = models.JSONField()
    quantity = models.BigIntegerField()
    value = models.BigIntegerField()
    reserve = models.BigIntegerField()
    price = models.BigIntegerField()
    sale_costs = models.BigIntegerField(default=0)
    custody_costs = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    value_day = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0, price__gt=0, value__gte=0, reserve__gte=0),
                name="sale_of_something",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    sale_costs__gte=0,
                    custody_costs__gte=0,
                    price__gte=models.F("sale_costs") + models.F("custody_costs"),
                ),
                name="sale_brings_its_costs",
            ),
            models.CheckConstraint(
                condition=models.Q(paid_at=None, value_day=None)
                | models.Q(
                    paid_at__isnull=False,
                    value_day__isnull=False,
                    agreed_at__isnull=False,
                    called_off_at=None,
                ),
                name="sale_paid_when_agreed",
            ),
            models.UniqueConstraint(
                fields=["deal"],
                condition=models.Q(agreed_at__isnull=False, paid_at=None, called_off_at=None),
                name="one_sale_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["lender", "-asked_at"], name="sale_lender"),
            models.Index(fields=["buyer", "-asked_at"], name="sale_buyer"),
        ]

    @property
    def status(self) -> SaleStatus:
        """Where it stands."""
        if self.called_off_at:
            return SaleStatus.CALLED_OFF
        if self.paid_at:
            return SaleStatus.SOLD
        return SaleStatus.AGREED if self.agreed_at else SaleStatus.ASKED

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return SALE_TONES[self.status]

    @property
    def quantities(self) -> dict[UUID, int]:
        """How many units of each SKU."""
        return {UUID(sku): int(quantity) for sku, quantity in self.goods}

    @property
    def is_below_reserve(self) -> bool:
        """Whether it brings less than the goods should."""
        return self.price < self.reserve

    def __str__(self) -> str:
        return self.number


class Invoice(models.Model):
    """An invoice for the goods of a financed order, laid before its lender by one of its sides.

    `number` is kept without its spaces. `issuer` and `number` name an invoice wherever it is laid;
    `digest` is the SHA-256 of the `file` that shows it, '' without one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="invoices")
    issuer = models.UUIDField()
    number = models.CharField(max_length=40)
    amount = models.BigIntegerField()
    issued_on = models.DateField()
    file = models.UUIDField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    lender = models.UUIDField()
    laid_by_name = models.CharField(max_length=80)
    laid_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "number"], name="invoice_once_in_a_deal"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0) & ~models.Q(number=""),
                name="laid_invoice_of_something",
            ),
        ]
        indexes = [
            models.Index(fields=["issuer", "number"], name="invoice_number"),
            models.Index(fields=["digest"], condition=~models.Q(digest=""), name="invoice_digest"),
        ]

    def __str__(self) -> str:
        return self.number


class Doubt(models.TextChoices):
    """What may speak against financing an order."""

    DUPLICATE_INVOICE = "DUPLICATE_INVOICE", _("Invoice financed already")
    DUPLICATE_FILE = "DUPLICATE_FILE", _("Paper financed already")
    CIRCULAR_TRADE = "CIRCULAR_TRADE", _("Trade in a circle")
    RELATED_KIN = "RELATED_KIN", _("One group of companies")
    RELATED_NUMBER = "RELATED_NUMBER", _("One tax number")
    RELATED_TIE = "RELATED_TIE", _("Same owner, representative or account")
    RELATED_ADDRESS = "RELATED_ADDRESS", _("One address")
    RELATED_PEOPLE = "RELATED_PEOPLE", _("People in common")


class Finding(models.Model):
    """Something that speaks against financing a deal's order; the lender's alone to read.

    `found` are the figures of it, without anything of others; `key` names it for ever, so that
    looking again finds it once. A hard one keeps the loan from being paid out until people at the
    lender agreed (`approval`), or until what it was about is no more (`ended_at`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="findings")
    lender = models.UUIDField()
    code = models.CharField(max_length=20, choices=Doubt)
    key = models.CharField(max_length=80, blank=True)
    is_hard = models.BooleanField()
    found = models.JSONField(default=dict)
    at = models.DateTimeField()
    approval = models.UUIDField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["deal", "code", "key"], name="one_finding_per_key"),
            known_status("finding_code_known", Doubt, field="code"),
            models.CheckConstraint(
                condition=models.Q(approval=None, accepted_at=None)
                | models.Q(approval__isnull=False, accepted_at__isnull=False),
                name="finding_accepted_by_approval",
            ),
        ]

    @property
    def tone(self) -> Tone:
        """How it looks."""
        if self.approval is not None or self.ended_at is not None:
            return Tone.QUIET
        return Tone.BAD if self.is_hard else Tone.DUE


class Proposed(models.TextChoices):
    """What may be kept until others agreed (`proposals`)."""

    VALUE_DAY = "VALUE_DAY", _("Another value day of a payment")
    TAKE_BACK = "TAKE_BACK", _("A payment taken back")
    PAID_OUT = "PAID_OUT", _("Another day of a pay-out")
    DRAFT = "DRAFT", _("A programme, or a version of one")
    MODES = "MODES", _("Other modes of a programme")
    RELEASE_CAP = "RELEASE_CAP", _("Another cap on releases")
    MARGINS = "MARGINS", _("Other margins on stock")
    QUOTE_ANSWER = "QUOTE_ANSWER", _("An answer to a quote")
    QUOTE_BEGUN = "QUOTE_BEGUN", _("An offer that was not asked for")


class Proposal(models.Model):
    """Something that a house's own rules let nobody do alone, kept as it was asked for.

    `said` is all that is needed to do it once its `approval` is given, with the `right` that
    whoever asked has. It is written once; only that it was done comes later.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    approval = models.UUIDField(unique=True)
    org = models.UUIDField()
    what = models.CharField(max_length=16, choices=Proposed)
    right = models.CharField(max_length=30)
    said = models.JSONField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [known_status("proposal_known", Proposed, field="what")]


class DayTotal(models.Model):
    """How often something happened on a day that is over, and for how much (minor units), over all
    houses; for the operator's reports. Written once by the close of day (`trade_keep_days`)."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    name = models.CharField(max_length=12)
    n = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "name"], name="one_total_per_day"),
        ]


class Cover(models.Model):
    """How the goods still bound by a pledge cover its debt, in fen: a view, `sql/cover.sql`.

    `debt` is what no margin secures (`Loan.exposure`), `percent` the loan to value now and `agreed`
    the one of the loan, in per cent; `gap` is what of the debt passes that share of the goods, else
    0. `ready` are the units released and not picked up yet; goods lie there `since` a day. Who may
    not see the loan reads no debt.
    """

    pledge = models.OneToOneField(
        Pledge, primary_key=True, on_delete=models.DO_NOTHING, related_name="cover"
    )
    quantity = models.BigIntegerField()
    ready = models.BigIntegerField()
    since = models.DateField()
    value = models.BigIntegerField()
    debt = models.BigIntegerField(null=True)
    percent = models.DecimalField(max_digits=20, decimal_places=1, null=True)
    agreed = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    gap = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "trade_cover"


class TierOffer(models.Model):
    """What a seller's customers of a tier get: a price list, a circle of the catalogue, trade
    credit to begin with (minor units), and what is said to them of service, on their first page,
    in either language.

    Their orders on terms confirm themselves up to `passes_to`; from `agreed_from` on so many others
    (`agreed_people`) must agree to the yes of whoever confirms (minor units; null: neither).
    `may_wait` is whether they may order what is still to come, `turn` when their orders come up at
    the supply desk among those of one day, 1 first. Their cases are answered within `answer_hours`
    and solved within `solve_hours` (null: as the seller promises to all).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seller = models.UUIDField()
    tier = models.CharField(max_length=8, choices=Tier)
    price_list = models.UUIDField(null=True, blank=True)
    circle = models.UUIDField(null=True, blank=True)
    credit = models.BigIntegerField(default=0)
    service = models.CharField(max_length=200, blank=True)
    service_zh = models.CharField(max_length=200, blank=True, db_default="")
    welcome = models.CharField(max_length=400, blank=True)
    welcome_zh = models.CharField(max_length=400, blank=True, db_default="")
    passes_to = models.BigIntegerField(null=True, blank=True)
    agreed_from = models.BigIntegerField(null=True, blank=True)
    agreed_people = models.PositiveSmallIntegerField(default=1, db_default=1)
    may_wait = models.BooleanField(default=True, db_default=True)
    turn = models.PositiveSmallIntegerField(default=TURN, db_default=TURN)
    answer_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    solve_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seller", "tier"], name="one_offer_per_tier"),
            models.CheckConstraint(
                condition=models.Q(credit__gte=0), name="tier_credit_not_negative"
            ),
            models.CheckConstraint(
                condition=(models.Q(passes_to=None) | models.Q(passes_to__gte=0))
                & (models.Q(agreed_from=None) | models.Q(agreed_from__gte=0))
                & (
                    models.Q(passes_to=None)
                    | models.Q(agreed_from=None)
                    | models.Q(agreed_from__gt=models.F("passes_to"))
                ),
                name="tier_yes_is_clear",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_people__gte=1, agreed_people__lte=5),
                name="tier_yes_of_some",
            ),
            models.CheckConstraint(
                condition=models.Q(turn__gte=1, turn__lte=9), name="tier_turn_of_nine"
            ),
            models.CheckConstraint(
                condition=models.Q(answer_hours=None, solve_hours=None)
                | models.Q(
                    answer_hours__isnull=False,
                    solve_hours__isnull=False,
                    answer_hours__gte=1,
                    solve_hours__gte=models.F("answer_hours"),
                    solve_hours__lte=MOST_HOURS,
                ),
                name="tier_hours_in_bounds",
            ),
        ]

    @property
    def service_said(self) -> str:
        """What is promised of service, for the reader."""
        return in_language(self.service, self.service_zh)


class TierGrant(models.Model):
    """What a buyer has by its tier: it goes when the tier goes. What it had before is not here.

    The names are those of the list or circle, whose rows the buyer does not see."""

    class What(models.TextChoices):
        LIST = "LIST", _("Price list")
        CIRCLE = "CIRCLE", _("Circle of the catalogue")
        CREDIT = "CREDIT", _("Trade credit")

    id = models.BigAutoField(primary_key=True)
    seller = models.UUIDField()
    buyer = models.UUIDField()
    tier = models.CharField(max_length=8, choices=Tier)
    what = models.CharField(max_length=6, choices=What)
    subject = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=120, blank=True)
    name_zh = models.CharField(max_length=120, blank=True)
    amount = models.BigIntegerField(default=0)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "buyer", "what"],
                condition=models.Q(until=None),
                name="one_live_grant_of_a_kind",
            ),
        ]
