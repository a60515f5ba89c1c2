"""What a house lets its people spend: cost centres, budgets by period, rules of purchase."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from heliu.commerce.ordering.parts import Part, read
from heliu.kernel.goods.models import Sku
from heliu.kernel.ids import new_id
from heliu.kernel.language import is_chinese
from heliu.kernel.parties.names import Names
from heliu.kernel.states import Moves, Tone, known_status


class House(models.Model):
    """A house that has said anything about spending. Of others nothing is asked when they order.

    A purchase request waits, and keeps its prices, for `keeps_days`.
    """

    org = models.UUIDField(primary_key=True)
    needs_centre = models.BooleanField(default=False)
    keeps_days = models.PositiveSmallIntegerField(default=7)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(keeps_days__gte=1, keeps_days__lte=30), name="prices_kept_1_to_30_days"
            )
        ]


class CostCentre(models.Model):
    """Who bears the cost inside a house."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    name_zh = models.CharField(max_length=80, blank=True, db_default="")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "code"], name="one_cost_centre_per_code"),
            models.CheckConstraint(condition=~Q(code=""), name="cost_centre_has_a_code"),
        ]

    @property
    def display(self) -> str:
        """The name in the reader's language, or in the other where there is none."""
        return (self.name_zh or self.name) if is_chinese() else self.name

    @property
    def names(self) -> Names:
        """Its code and name for readers of either language."""
        return Names(f"{self.code} {self.name}", f"{self.code} {self.name_zh or self.name}", "", "")

    def __str__(self) -> str:
        return f"{self.code} {self.display}"


class Spender(models.Model):
    """The cost centre that a person's orders go to where the order names none."""

    org = models.UUIDField()
    person = models.UUIDField()
    cost_centre = models.ForeignKey(CostCentre, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "person"], name="one_cost_centre_per_spender")
        ]


class PeriodKind(models.TextChoices):
    """How long a budget lasts before it begins anew; calendar periods."""

    MONTH = "MONTH", _("Month")
    QUARTER = "QUARTER", _("Quarter")
    YEAR = "YEAR", _("Year")


class Budget(models.Model):
    """So much (minor units) may be ordered in each period: by a cost centre, by a person, or, with
    neither, by the whole house and all houses below it.

    With `carries` what is left goes over into the next period. One that `only_warns` stops nothing:
    who orders reads that it is passed, and who manages the house is told. What ended stays for its
    history.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    cost_centre = models.ForeignKey(CostCentre, null=True, blank=True, on_delete=models.PROTECT)
    person = models.UUIDField(null=True, blank=True)
    period = models.CharField(max_length=7, choices=PeriodKind)
    amount = models.BigIntegerField()
    carries = models.BooleanField(default=False)
    only_warns = models.BooleanField(default=False, db_default=False)
    is_active = models.BooleanField(default=True)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            known_status("budget_period_known", PeriodKind, field="period"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="budget_is_something"),
            models.CheckConstraint(
                condition=Q(cost_centre=None) | Q(person=None), name="budget_is_of_one_thing"
            ),
            models.UniqueConstraint(
                fields=["org", "cost_centre", "person", "period", "only_warns"],
                condition=Q(is_active=True),
                nulls_distinct=False,
                name="one_budget_per_thing_and_period",
            ),
        ]


class BudgetPeriod(models.Model):
    """One period of a budget, and its account in the posting engine.

    The account's ceiling is the budget's amount and what was `carried` over from the period before;
    where it only warns there is none, and `warned_at` is when it was passed.
    """

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="periods")
    org = models.UUIDField()
    starts = models.DateField()
    ends = models.DateField()
    account = models.BigIntegerField()
    carried = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["budget", "starts"], name="one_budget_period"),
            models.CheckConstraint(
                condition=Q(starts__lte=F("ends")), name="budget_period_has_days"
            ),
        ]


class ChargeStatus(models.TextChoices):
    """Where an order stands on a budget."""

    HELD = "HELD", _("Held")
    SPENT = "SPENT", _("Spent")
    FREED = "FREED", _("Given back")


CHARGE_MOVES: Moves = {
    ChargeStatus.HELD: {ChargeStatus.SPENT, ChargeStatus.FREED},
    ChargeStatus.SPENT: {ChargeStatus.FREED},
    ChargeStatus.FREED: set(),
}
CHARGE_TONES = {
    ChargeStatus.HELD: Tone.BOUND,
    ChargeStatus.SPENT: Tone.MOVING,
    ChargeStatus.FREED: Tone.QUIET,
}


class Charge(models.Model):
    """What an order takes of one budget; its id is the hold's. `back` was given back of it. Of a
    budget that is younger than the order it is what the order became dearer since."""

    id = models.UUIDField(primary_key=True, editable=False)
    order_id = models.UUIDField()
    org = models.UUIDField()
    buyer = models.UUIDField()
    period = models.ForeignKey(BudgetPeriod, on_delete=models.PROTECT, related_name="charges")
    amount = models.BigIntegerField()
    back = models.BigIntegerField(db_default=0)
    status = models.CharField(max_length=5, choices=ChargeStatus, default=ChargeStatus.HELD)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            known_status("charge_status_known", ChargeStatus),
            models.UniqueConstraint(
                fields=["order_id", "period"],
                condition=~Q(status="FREED"),
                name="one_charge_per_budget",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, back__gte=0, back__lte=F("amount")),
                name="charge_gives_back_what_it_took",
            ),
            models.CheckConstraint(
                condition=Q(status="FREED", back=F("amount"))
                | Q(status="HELD", back=0)
                | Q(status="SPENT", back__lt=F("amount")),
                name="charge_freed_is_all_back",
            ),
        ]


class OrderCentre(models.Model):
    """The cost centre that an order is for."""

    order_id = models.UUIDField(primary_key=True)
    org = models.UUIDField()
    cost_centre = models.ForeignKey(CostCentre, on_delete=models.PROTECT)


class PurchaseRule(models.Model):
    """From this total (minor units) on an order needs the agreement of these levels.

    It may be narrowed to a cost centre, a family of goods or a person who orders. Of rules that are
    narrowed alike the highest amount that is reached holds; rules that are narrowed differently
    all hold, one after the other. `levels` are as the approval engine keeps them. With
    `holds_goods` the goods are set aside while it waits. A rule is not changed but ended and set
    anew.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    from_amount = models.BigIntegerField(default=0)
    cost_centre = models.ForeignKey(CostCentre, null=True, blank=True, on_delete=models.PROTECT)
    family = models.CharField(max_length=40, blank=True)
    person = models.UUIDField(null=True, blank=True)
    levels = models.JSONField()
    holds_goods = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    set_by_name = models.CharField(max_length=80)
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(from_amount__gte=0), name="purchase_rule_from_nothing_on"
            ),
            models.UniqueConstraint(
                fields=["org", "cost_centre", "family", "person", "from_amount"],
                condition=Q(is_active=True),
                nulls_distinct=False,
                name="one_purchase_rule_per_amount",
            ),
        ]


class RequestStatus(models.TextChoices):
    """Where an order stands that others must agree to before it is one."""

    WAITING = "WAITING", _("Waits for agreement")
    AGREED = "AGREED", _("Agreed, not placed")
    PLACED = "PLACED", _("Ordered")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    EXPIRED = "EXPIRED", _("Expired")


_R = RequestStatus
REQUEST_MOVES: Moves = {
    _R.WAITING: {_R.AGREED, _R.PLACED, _R.REFUSED, _R.WITHDRAWN, _R.EXPIRED},
    _R.AGREED: {_R.PLACED, _R.WITHDRAWN, _R.EXPIRED},
    _R.PLACED: set(),
    _R.REFUSED: set(),
    _R.WITHDRAWN: set(),
    _R.EXPIRED: set(),
}
REQUEST_TONES = {
    _R.WAITING: Tone.DUE,
    _R.AGREED: Tone.BAD,
    _R.PLACED: Tone.GOOD,
    _R.REFUSED: Tone.BAD,
    _R.WITHDRAWN: Tone.QUIET,
    _R.EXPIRED: Tone.QUIET,
}
OPEN_REQUEST = (_R.WAITING, _R.AGREED)


class PurchaseRequest(models.Model):
    """An order before it is one: others of the buyer's house must agree; the seller sees nothing.

    Its id becomes the order's. `total` (minor units) is that of the lines that were not struck; the
    prices are kept until `kept_until`. `problem` is why it could not be placed once all had agreed.
    `quote` is the seller's offer that it takes, at exactly its prices. The other fields are what
    will be told when it is placed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20)
    buyer = models.UUIDField()
    seller = models.UUIDField()
    pay_by = models.CharField(max_length=8)
    warehouse = models.UUIDField(null=True, blank=True)
    programme = models.UUIDField(null=True, blank=True)
    deposit_ratio = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    remark = models.TextField(blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    wanted_on = models.DateField(null=True, blank=True)
    address = models.UUIDField(null=True, blank=True)
    quote = models.UUIDField(null=True, blank=True)
    cost_centre = models.ForeignKey(CostCentre, null=True, blank=True, on_delete=models.PROTECT)
    total = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    asked_by = models.UUIDField()
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    kept_until = models.DateTimeField()
    holds_goods = models.BooleanField(default=False)
    status = models.CharField(max_length=9, choices=RequestStatus, default=RequestStatus.WAITING)
    problem = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("purchase_request_status_known", RequestStatus),
            models.CheckConstraint(condition=Q(total__gte=0), name="purchase_request_total"),
            models.CheckConstraint(
                condition=Q(status__in=OPEN_REQUEST, ended_at=None)
                | ~Q(status__in=OPEN_REQUEST) & ~Q(ended_at=None),
                name="purchase_request_ended_when_over",
            ),
            models.UniqueConstraint(fields=["number"], name="one_purchase_request_per_number"),
        ]
        indexes = [
            models.Index(fields=["buyer", "-asked_at", "-id"], name="purchase_request_buyer"),
            models.Index(
                fields=["kept_until"],
                condition=Q(status__in=OPEN_REQUEST),
                name="purchase_request_open",
            ),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return REQUEST_TONES[RequestStatus(self.status)]

    def __str__(self) -> str:
        return self.number


class RequestLine(models.Model):
    """One SKU of a request at the price that is kept. A line that was struck is not ordered."""

    request = models.ForeignKey(PurchaseRequest, on_delete=models.PROTECT, related_name="lines")
    buyer = models.UUIDField()
    position = models.PositiveIntegerField()
    sku = models.ForeignKey(Sku, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    unit_price = models.BigIntegerField()
    wanted_on = models.DateField(null=True, blank=True)
    parts = models.JSONField(null=True, blank=True)
    struck_by_name = models.CharField(max_length=80, blank=True)
    struck_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "position"], name="one_request_line_per_position"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0), name="request_line_is_something"
            ),
            models.CheckConstraint(
                condition=Q(struck_by_name="") | ~Q(struck_reason=""), name="a_strike_says_why"
            ),
        ]

    @property
    def amount(self) -> int:
        """What it comes to, in minor units."""
        return self.quantity * self.unit_price

    @property
    def by_day(self) -> tuple[Part, ...]:
        """In which parts it is wished, if it is."""
        return read(self.parts)

    @property
    def is_struck(self) -> bool:
        """Whether it will not be ordered."""
        return bool(self.struck_by_name)
