"""A loan: one use of a facility, and where its money stands."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.capital.books.journals.loans import Allocation, Counted
from heliu.capital.credit.models import (
    CreditAssessment,
    DepositBy,
    DepositMode,
    Facility,
    Instrument,
    Programme,
    ReleaseMode,
    SellerDuty,
)
from heliu.capital.lending.policies.covering import least_cover
from heliu.capital.lending.policies.offering import due_in_the_end, fee_at_once, margin_of
from heliu.kernel.ids import new_id
from heliu.kernel.states import Moves, Tone, known_status

if TYPE_CHECKING:
    from heliu.capital.lending.models.repayments import Repayment


class LoanStatus(models.TextChoices):
    """Where the money of a deal stands."""

    REFERRED = "REFERRED", _("With the bank")
    QUOTED = "QUOTED", _("To be signed")
    DECLINED = "DECLINED", _("Declined")
    EXPIRED = "EXPIRED", _("Expired")
    AWAIT_DEPOSIT = "AWAIT_DEPOSIT", _("Deposit awaited")
    AWAIT_GOODS = "AWAIT_GOODS", _("Goods awaited")
    FUNDED_SHARE = "FUNDED_SHARE", _("Deposit paid")
    DISBURSING = "DISBURSING", _("Being paid out")
    DISBURSED = "DISBURSED", _("Paid out")
    PAYING_SELLER = "PAYING_SELLER", _("Seller being paid")
    SELLER_PAID = "SELLER_PAID", _("Running")
    OVERDUE = "OVERDUE", _("Overdue")
    ENFORCING = "ENFORCING", _("Being enforced")
    WRITTEN_OFF = "WRITTEN_OFF", _("Written off")
    REPAID = "REPAID", _("Repaid")
    BANK_REJECTED = "BANK_REJECTED", _("Bank rejected")
    UNWINDING = "UNWINDING", _("Being taken back")
    CANCELLED = "CANCELLED", _("Cancelled")
    CLOSED = "CLOSED", _("Closed")


_S = LoanStatus
LOAN_MOVES: Moves = {
    _S.REFERRED: {_S.QUOTED, _S.DECLINED, _S.EXPIRED, _S.CANCELLED},
    _S.QUOTED: {_S.AWAIT_DEPOSIT, _S.AWAIT_GOODS, _S.EXPIRED, _S.CANCELLED},
    _S.DECLINED: set(),
    _S.EXPIRED: set(),
    _S.AWAIT_DEPOSIT: {_S.FUNDED_SHARE, _S.BANK_REJECTED, _S.CANCELLED},
    _S.AWAIT_GOODS: {_S.DISBURSING, _S.CANCELLED},
    _S.FUNDED_SHARE: {_S.DISBURSING, _S.SELLER_PAID, _S.UNWINDING},
    _S.DISBURSING: {_S.DISBURSED, _S.SELLER_PAID, _S.BANK_REJECTED},
    _S.DISBURSED: {_S.PAYING_SELLER, _S.BANK_REJECTED, _S.UNWINDING},
    _S.PAYING_SELLER: {_S.SELLER_PAID, _S.BANK_REJECTED},
    _S.SELLER_PAID: {_S.OVERDUE, _S.REPAID, _S.UNWINDING, _S.ENFORCING},
    _S.OVERDUE: {_S.REPAID, _S.UNWINDING, _S.ENFORCING},
    _S.ENFORCING: {_S.REPAID, _S.WRITTEN_OFF},
    _S.WRITTEN_OFF: set(),
    _S.REPAID: {_S.CLOSED, _S.SELLER_PAID},  # back when a payment is taken back
    _S.BANK_REJECTED: {_S.UNWINDING, _S.CANCELLED},
    _S.UNWINDING: {_S.CANCELLED},
    _S.CANCELLED: set(),
    _S.CLOSED: set(),
}
LOAN_TONES = {
    _S.REFERRED: Tone.DUE,
    _S.QUOTED: Tone.DUE,
    _S.DECLINED: Tone.BAD,
    _S.EXPIRED: Tone.QUIET,
    _S.AWAIT_DEPOSIT: Tone.MOVING,
    _S.AWAIT_GOODS: Tone.MOVING,
    _S.FUNDED_SHARE: Tone.MOVING,
    _S.DISBURSING: Tone.MOVING,
    _S.DISBURSED: Tone.MOVING,
    _S.PAYING_SELLER: Tone.MOVING,
    _S.SELLER_PAID: Tone.GOOD,
    _S.OVERDUE: Tone.BAD,
    _S.ENFORCING: Tone.BAD,
    _S.WRITTEN_OFF: Tone.BAD,
    _S.REPAID: Tone.GOOD,
    _S.BANK_REJECTED: Tone.BAD,
    _S.UNWINDING: Tone.MOVING,
    _S.CANCELLED: Tone.QUIET,
    _S.CLOSED: Tone.QUIET,
}
# Whom it was lent for has the money, and interest runs.
RUNNING = (_S.SELLER_PAID, _S.OVERDUE, _S.ENFORCING)


def _rate() -> models.DecimalField[Decimal, Decimal]:
    return models.DecimalField(max_digits=9, decimal_places=4)


class Loan(models.Model):
    """One use of a facility for one order (a drawdown). Amounts in fen, rates per cent a year.

    One against stock stands for no order: `order_id` names its pool of goods, `order_total` is the
    loan, and its lender's `margin_rules` are written down as they stood at the quote.

    An accepted bill is one too: until its due day it is promised (since `accepted_on`) and the
    borrower pays in margin; on that day the lender pays it, and what the margin does not reach for
    is lent from then on.
    `interest_accrued` (posted so far, up to `accrued_to`), `…_paid`, `principal_repaid`,
    `unapplied` and `deposit_back` (the borrower's money that the lender is to return), `margin`
    (what it keeps as security since `margin_since`; it bears `margin_rate`, of which
    `margin_interest` was credited when it was set off or came free), `topped_up` (what of that was
    paid in after the deposit) and `set_off` (the principal that the margin has paid) only repeat
    what the books hold, for reading and for working out the next step; `recovered` is what came
    after the rest was written off.
    `caps` are the lender's quotas and caps that it counts on beside its facility
    (`Counted`).
    A deposit that the borrower pays in itself (`deposit_by`) goes to the lender's account
    `pay_into`, naming the loan's number, until `deposit_until`; what has come of it and is not
    enough yet is `unapplied`.
    `replays` counts how often its payments were reckoned anew.
    `stopped_stage` says which payment the bank rejected,
    `default_noticed_on` is the day the lender gave notice of default. The programme's rules, the
    seller's duty among them, are written down with the quote: a programme that changes changes
    nothing for loans that were offered before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    deal = models.UUIDField(unique=True)
    order_id = models.UUIDField()
    borrower = models.UUIDField()
    seller = models.UUIDField()
    lender = models.UUIDField()
    facility = models.ForeignKey(Facility, null=True, blank=True, on_delete=models.PROTECT)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    assessment = models.ForeignKey(
        CreditAssessment, null=True, blank=True, on_delete=models.PROTECT
    )
    status = models.CharField(max_length=14, choices=LoanStatus)
    currency = models.CharField(max_length=3, default="CNY")

    order_total = models.BigIntegerField()
    deposit = models.BigIntegerField()
    principal = models.BigIntegerField()
    deposit_ratio = models.DecimalField(max_digits=5, decimal_places=4)
    rate = _rate()
    day_count = models.CharField(max_length=20)
    days = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    grace_days = models.PositiveSmallIntegerField()
    penalty_factor = models.DecimalField(max_digits=4, decimal_places=2)
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
    deposit_until = models.DateField(null=True, blank=True)
    margin_rate = models.DecimalField(
        max_digits=7, decimal_places=4, default=Decimal(0), db_default=Decimal(0)
    )
    margin_since = models.DateField(null=True, blank=True)
    margin_interest = models.BigIntegerField(default=0, db_default=0)
    pay_into = models.CharField(max_length=34, blank=True, db_default="")
    seller_duty = models.CharField(
        max_length=17, choices=SellerDuty, db_default=SellerDuty.DIFFERENCE_REFUND
    )
    buy_back_share = models.DecimalField(max_digits=5, decimal_places=4, db_default=Decimal("1"))
    notice_days = models.PositiveSmallIntegerField(db_default=3)
    sale_floor = models.DecimalField(max_digits=5, decimal_places=4, db_default=Decimal("0.80"))
    register_months = models.PositiveSmallIntegerField(default=12, db_default=12)
    ship_days = models.PositiveSmallIntegerField(null=True, blank=True)
    fee = models.BigIntegerField()
    interest = models.BigIntegerField()
    total_cost = models.BigIntegerField()
    apr = _rate()
    effective_rate = _rate()

    agreement_version = models.CharField(max_length=20)
    agreement_en = models.TextField()
    agreement_zh = models.TextField()
    agreement_digest = models.CharField(max_length=64)

    limit_hold = models.UUIDField(null=True, blank=True)
    caps = ArrayField(models.CharField(max_length=80), default=list, db_default=[])
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by_name = models.CharField(max_length=80, blank=True)
    decision_reason = models.CharField(max_length=300, blank=True)
    signed_by = models.UUIDField(null=True, blank=True)
    signed_by_name = models.CharField(max_length=80, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    deposit_booked_at = models.DateTimeField(null=True, blank=True)
    disbursed_at = models.DateTimeField(null=True, blank=True)
    disbursed_on = models.DateField(null=True, blank=True)
    own_share_moved_at = models.DateTimeField(null=True, blank=True)
    seller_paid_at = models.DateTimeField(null=True, blank=True)
    default_noticed_on = models.DateField(null=True, blank=True)
    written_off_at = models.DateTimeField(null=True, blank=True)
    loan_returned_at = models.DateTimeField(null=True, blank=True)
    seller_refunded_at = models.DateTimeField(null=True, blank=True)
    repaid_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    stopped_stage = models.CharField(max_length=20, blank=True)
    stop_reason = models.CharField(max_length=300, blank=True)

    accrued_to = models.DateField(null=True, blank=True)
    interest_accrued = models.BigIntegerField(default=0)
    principal_repaid = models.BigIntegerField(default=0)
    interest_paid = models.BigIntegerField(default=0)
    penalty_paid = models.BigIntegerField(default=0)
    fee_paid = models.BigIntegerField(default=0)
    unapplied = models.BigIntegerField(default=0)
    deposit_back = models.BigIntegerField(default=0)
    recovered = models.BigIntegerField(db_default=0)
    margin = models.BigIntegerField(default=0, db_default=0)
    topped_up = models.BigIntegerField(default=0, db_default=0)
    set_off = models.BigIntegerField(default=0, db_default=0)
    accepted_on = models.DateField(null=True, blank=True)
    replays = models.PositiveSmallIntegerField(default=0, db_default=0)
    margin_rules = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            known_status("loan_status_known", LoanStatus),
            known_status("loan_instrument_known", Instrument, field="instrument"),
            known_status("loan_deposit_known", DepositMode, field="deposit_mode"),
            known_status("loan_release_known", ReleaseMode, field="release_mode"),
            known_status("loan_duty_known", SellerDuty, field="seller_duty"),
            models.CheckConstraint(
                condition=models.Q(principal__gt=0, deposit__gte=0)
                & (
                    models.Q(
                        deposit_mode=DepositMode.DOWN_PAYMENT,
                        deposit=models.F("order_total") - models.F("principal"),
                    )
                    | models.Q(
                        deposit_mode=DepositMode.CASH_MARGIN,
                        principal=models.F("order_total"),
                        deposit__lt=models.F("principal"),
                    )
                ),
                name="deposit_and_loan_make_the_order",
            ),
            models.CheckConstraint(
                condition=models.Q(margin=0, topped_up=0, set_off=0)
                | models.Q(
                    deposit_mode=DepositMode.CASH_MARGIN,
                    margin__gte=0,
                    margin__lte=models.F("principal") + models.F("margin_interest"),
                    topped_up__gte=0,
                    set_off__gte=0,
                    set_off__lte=models.F("principal_repaid"),
                ),
                name="margin_only_where_it_is_kept",
            ),
            models.CheckConstraint(
                condition=models.Q(release_mode=ReleaseMode.FLOOR, deposit=0)
                & models.Q(margin_rules__isnull=False)
                | ~models.Q(release_mode=ReleaseMode.FLOOR) & models.Q(margin_rules__isnull=True),
                name="margin_rules_of_loans_on_stock",
            ),
            models.CheckConstraint(
                condition=models.Q(instrument=Instrument.LOAN, accepted_on=None, topped_up=0)
                | models.Q(
                    instrument=Instrument.ACCEPTANCE_BILL,
                    deposit_mode=DepositMode.CASH_MARGIN,
                    release_mode=ReleaseMode.DEPOSIT_FIRST,
                ),
                name="bill_rests_on_margin",
            ),
            models.CheckConstraint(
                condition=models.Q(margin_interest=0)
                | models.Q(margin_interest__gt=0, margin_rate__gt=0, margin_since__isnull=False),
                name="margin_interest_by_its_rate",
            ),
            known_status("loan_deposit_by_known", DepositBy, field="deposit_by"),
            models.CheckConstraint(
                condition=models.Q(deposit_until=None, pay_into="")
                | models.Q(deposit_by=DepositBy.PAID_IN, deposit_until__isnull=False)
                & ~models.Q(pay_into=""),
                name="deposit_paid_in_by_a_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="AWAIT_DEPOSIT")
                | models.Q(unapplied=0)
                | models.Q(
                    deposit_until__isnull=False,
                    unapplied__lt=models.F("deposit") + models.F("fee"),
                ),
                name="deposit_awaited_is_short",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    principal_repaid__gte=0, principal_repaid__lte=models.F("principal")
                ),
                name="repaid_within_principal",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    interest_paid__gte=0,
                    penalty_paid__gte=0,
                    fee_paid__gte=0,
                    unapplied__gte=0,
                    deposit_back__gte=0,
                ),
                name="paid_sums_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(recovered=0)
                | models.Q(recovered__gt=0, written_off_at__isnull=False)
                & models.Q(
                    recovered__lte=models.F("principal")
                    - models.F("principal_repaid")
                    + models.F("interest_accrued")
                    - models.F("interest_paid")
                ),
                name="recovered_within_the_claim",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["REFERRED", "DECLINED", "EXPIRED", "CANCELLED"])
                | ~models.Q(facility=None),
                name="running_loan_has_a_facility",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_at=None) | ~models.Q(signed_by_name=""),
                name="signature_has_a_name",
            ),
        ]
        indexes = [
            models.Index(fields=["borrower", "-created_at"], name="loan_borrower"),
            models.Index(fields=["lender", "status", "-created_at"], name="loan_lender"),
            models.Index(fields=["facility", "status"], name="loan_facility"),
            models.Index(
                fields=["due_on"],
                name="loan_due",
                condition=models.Q(status__in=["SELLER_PAID", "OVERDUE", "ENFORCING"]),
            ),
            models.Index(
                fields=["deposit_until"],
                name="loan_deposit_until",
                condition=models.Q(status="AWAIT_DEPOSIT", deposit_until__isnull=False),
            ),
            models.Index(
                fields=["expires_at"],
                name="loan_expires",
                condition=models.Q(status__in=["REFERRED", "QUOTED"]),
            ),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return LOAN_TONES[LoanStatus(self.status)]

    @property
    def rests_on_stock(self) -> bool:
        """Whether it is lent against a pool of goods, and not for an order."""
        return self.release_mode == ReleaseMode.FLOOR

    @property
    def bill(self) -> str:
        """The number of its bill, or ''."""
        is_bill = self.instrument == Instrument.ACCEPTANCE_BILL
        return f"AB{self.number.removeprefix('LN')}" if is_bill else ""

    @property
    def counted(self) -> tuple[Counted, ...]:
        """The lender's quotas and caps it counts on."""
        return tuple(Counted(*one.split(":")) for one in self.caps)

    @property
    def limit_holds(self) -> list[UUID]:
        """What is held for it: on its facility, and on each cap."""
        if self.limit_hold is None:
            return []
        return [self.limit_hold, *(cap.hold_for(self.limit_hold) for cap in self.counted)]

    @property
    def due_now(self) -> int:
        """What the borrower pays when it signs, in fen."""
        return self.deposit + fee_at_once(self.instrument, self.fee)

    @property
    def due_in_the_end(self) -> int:
        """What it was agreed to ask for by the due day, in fen."""
        return due_in_the_end(self)

    @property
    def deposit_missing(self) -> int:
        """What the borrower has still to pay in before the lender finances, in fen."""
        return self.due_now - self.unapplied if self.status == LoanStatus.AWAIT_DEPOSIT else 0

    @property
    def own_share(self) -> int:
        """What of the deposit goes to the seller beside the loan, in fen."""
        return self.deposit - margin_of(self.deposit_mode, self.deposit)

    @property
    def draws(self) -> int:
        """What it takes of the facility when it is paid out, in fen: the loan less the margin."""
        return self.principal - margin_of(self.deposit_mode, self.deposit)

    @property
    def drawn(self) -> int:
        """What it takes of the facility now, in fen. It only falls: money of the margin that paid
        interest is not lent out once more, and what the margin has borne frees what it pays."""
        freed = self.topped_up + self.principal_repaid - self.set_off
        taken = max(0, self.draws - freed)
        if self.is_promised:
            return taken
        return min(taken, self.principal_left)

    @property
    def exposure(self) -> int:
        """What is owed or promised and no margin secures, in fen: goods must cover it."""
        promised = self.principal if self.is_promised else 0
        return max(0, self.principal_left + promised - self.margin)

    @property
    def least_cover(self) -> int:
        """The least value of goods, in fen, that covers what they secure."""
        return least_cover(self.exposure, self.release_mode, self.deposit_ratio)

    @property
    def to_repay(self) -> int:
        """What the borrower has still to bring of the principal, in fen: to repay it, or to fill
        the margin of a bill up before it is paid."""
        return self.exposure if self.is_promised else self.principal_left

    @property
    def is_promised(self) -> bool:
        """Whether a bill is accepted and not paid yet."""
        is_out = self.accepted_on is not None and self.loan_returned_at is None
        return is_out and self.disbursed_on is None

    @property
    def is_lent(self) -> bool:
        """Whether the lender's money is out."""
        ended = self.loan_returned_at or self.written_off_at
        return self.disbursed_on is not None and ended is None

    @property
    def principal_left(self) -> int:
        """The principal still owed, in fen."""
        return self.principal - self.principal_repaid if self.is_lent else 0

    @property
    def interest_left(self) -> int:
        """The interest that was posted and not paid yet, in fen."""
        return 0 if self.written_off_at else self.interest_accrued - self.interest_paid

    def count_paid(self, paid: Allocation) -> None:
        """The sums follow what a payment paid; what was left over is counted by who paid it."""
        self.principal_repaid += paid.principal
        self.interest_paid += paid.interest
        self.penalty_paid += paid.penalty
        self.fee_paid += paid.fee
        self.margin += paid.margin
        self.topped_up += paid.margin

    def count_unpaid(self, paid: Repayment) -> None:
        """As if the borrower's payment had not been, before it is reckoned anew."""
        self.principal_repaid -= paid.principal
        self.interest_paid -= paid.interest
        self.penalty_paid -= paid.penalty
        self.fee_paid -= paid.fee
        self.unapplied -= paid.unapplied

    @property
    def claim_left(self) -> int:
        """What the borrower still owes of a loan that was written off, in fen."""
        if self.written_off_at is None:
            return 0
        interest = self.interest_accrued - self.interest_paid
        return self.principal - self.principal_repaid + interest - self.recovered

    def __str__(self) -> str:
        return self.number
