"""Accounts at banks, payment instructions, the bank's notices, and the daily comparison."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.capital.bank import freeze_models as freeze_models  # Django looks for all tables here
from heliu.kernel.ids import new_id
from heliu.kernel.money import CURRENCY
from heliu.kernel.states import Moves, Tone, known_status


class AccountKind(models.TextChoices):
    """What an account at a bank is for."""

    CURRENT = "CURRENT", _("Current account")
    SUPERVISED = "SUPERVISED", _("Supervised account")
    NOSTRO = "NOSTRO", _("The bank's own account")


class BankAccount(models.Model):
    """An account of an organisation at a bank. `opening` is what was on it when it was entered."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    org = models.UUIDField()
    bank = models.UUIDField()
    kind = models.CharField(max_length=10, choices=AccountKind)
    number = models.CharField(max_length=34, unique=True)
    currency = models.CharField(max_length=3, default=CURRENCY)
    opening = models.BigIntegerField(default=0)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["org", "bank", "kind", "currency"], name="one_bank_account_per_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=AccountKind.values), name="bank_account_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["bank", "kind"], name="bank_account_bank")]

    @property
    def tail(self) -> str:
        """The last four digits, as shown on pages."""
        return f"…{self.number[-4:]}"

    def __str__(self) -> str:
        return self.number


class Earmark(models.Model):
    """The money of one deal in a supervised account, and the only places it may go.

    To the payee named in the contract for the named order; or, when the deal ends otherwise, back
    to the lender and the dealer it came from. `drawn` is what has left or is about to; it is kept
    by a trigger of the database and never exceeds `amount`.
    """

    deal = models.UUIDField(primary_key=True)
    order = models.UUIDField(unique=True)
    dealer = models.UUIDField()
    seller = models.UUIDField()
    lender = models.UUIDField()
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    payee_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    lender_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    dealer_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    drawn = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="earmark_positive"),
            models.CheckConstraint(
                condition=models.Q(drawn__gte=0, drawn__lte=models.F("amount")),
                name="earmark_not_overdrawn",
            ),
        ]
        indexes = [models.Index(fields=["dealer"], name="earmark_dealer")]


class Purpose(models.TextChoices):
    """What a payment is for; it settles from which account to which the money goes."""

    DEPOSIT = "DEPOSIT", _("Deposit")
    DISBURSEMENT = "DISBURSEMENT", _("Loan paid out")
    OWN_SHARE = "OWN_SHARE", _("Own share moved")
    PAY_OUT = "PAY_OUT", _("Loan paid out to the borrower")
    SELLER_PAYMENT = "SELLER_PAYMENT", _("Payment to the seller")
    BILL_PAYMENT = "BILL_PAYMENT", _("Bill paid to its holder")
    REPAYMENT = "REPAYMENT", _("Repayment")
    REFUND = "REFUND", _("Refund by the seller")
    LOAN_BACK = "LOAN_BACK", _("Loan returned")
    DEPOSIT_BACK = "DEPOSIT_BACK", _("Deposit returned")
    UNAPPLIED_BACK = "UNAPPLIED_BACK", _("Overpayment returned")
    SALE = "SALE", _("Pledged goods bought")
    RETURN = "RETURN", _("Refund for goods given back")


class InstructionStatus(models.TextChoices):
    """Where a payment instruction stands."""

    CREATED = "CREATED", _("Written")
    SENT = "SENT", _("Sent to the bank")
    UNKNOWN = "UNKNOWN", _("Outcome unknown")
    BOOKED = "BOOKED", _("Booked")
    REJECTED = "REJECTED", _("Rejected by the bank")


_ANSWERS = {InstructionStatus.BOOKED, InstructionStatus.REJECTED}
# A notice may be quicker than the answer to the sending, so a written one may become booked.
INSTRUCTION_MOVES: Moves = {
    InstructionStatus.CREATED: {InstructionStatus.SENT, InstructionStatus.UNKNOWN, *_ANSWERS},
    InstructionStatus.SENT: {InstructionStatus.UNKNOWN, *_ANSWERS},
    InstructionStatus.UNKNOWN: {InstructionStatus.SENT, *_ANSWERS},
    InstructionStatus.BOOKED: set(),
    InstructionStatus.REJECTED: set(),
}
INSTRUCTION_TONES = {
    InstructionStatus.CREATED: Tone.OPEN,
    InstructionStatus.SENT: Tone.MOVING,
    InstructionStatus.UNKNOWN: Tone.DUE,
    InstructionStatus.BOOKED: Tone.QUIET,
    InstructionStatus.REJECTED: Tone.BAD,
}


class PaymentInstruction(models.Model):
    """An order to the bank to move money, under an id that never changes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=20, unique=True)
    deal = models.UUIDField()
    purpose = models.CharField(max_length=14, choices=Purpose)
    key = models.CharField(max_length=80)
    payer = models.UUIDField()
    payee = models.UUIDField()
    lender = models.UUIDField()
    from_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    to_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    # As sent: the parties to a payment may read the numbers, though not each other's accounts.
    from_number = models.CharField(max_length=34)
    to_number = models.CharField(max_length=34)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3, default=CURRENCY)
    status = models.CharField(
        max_length=8, choices=InstructionStatus, default=InstructionStatus.CREATED
    )
    reason = models.CharField(max_length=12, blank=True)
    bank_reference = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_by_name = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    booked_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "purpose", "key"], name="one_instruction_per_key"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="instruction_positive"),
            models.CheckConstraint(
                condition=models.Q(status=InstructionStatus.BOOKED, booked_on__isnull=False)
                | (~models.Q(status=InstructionStatus.BOOKED) & models.Q(booked_on__isnull=True)),
                name="booked_has_a_day",
            ),
            known_status("instruction_status_known", InstructionStatus),
        ]
        indexes = [
            models.Index(fields=["payer", "-created_at"], name="instruction_payer"),
            models.Index(fields=["payee", "-created_at"], name="instruction_payee"),
            models.Index(fields=["lender", "-created_at"], name="instruction_lender"),
            models.Index(
                fields=["created_at"],
                condition=models.Q(status__in=["CREATED", "SENT", "UNKNOWN"]),
                name="instruction_open",
            ),
            models.Index(fields=["from_account", "booked_on"], name="instruction_from"),
            models.Index(fields=["to_account", "booked_on"], name="instruction_to"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return INSTRUCTION_TONES[InstructionStatus(self.status)]

    def __str__(self) -> str:
        return self.number


class NoticeStatus(models.TextChoices):
    """What became of a notice."""

    WAITING = "WAITING", _("Not yet applied")
    APPLIED = "APPLIED", _("Applied")
    REPEATED = "REPEATED", _("Said again what was known")
    UNMATCHED = "UNMATCHED", _("For no instruction of ours")
    CONFLICT = "CONFLICT", _("Contradicts what is known")


NOTICE_TONES = {
    NoticeStatus.WAITING: Tone.MOVING,
    NoticeStatus.APPLIED: Tone.QUIET,
    NoticeStatus.REPEATED: Tone.QUIET,
    NoticeStatus.UNMATCHED: Tone.DUE,
    NoticeStatus.CONFLICT: Tone.BAD,
}


class BankNotice(models.Model):
    """What the bank said of an instruction, kept as the bytes that came.

    `lender` is known when the instruction is; without it only the platform sees the notice.
    `trouble` is why the last try to apply it failed.
    """

    number = models.BigAutoField(primary_key=True)
    id = models.CharField(max_length=60, unique=True)
    raw = models.BinaryField()
    signature = models.CharField(max_length=64)
    instruction = models.UUIDField()
    lender = models.UUIDField(null=True, blank=True)
    outcome = models.CharField(max_length=8)
    reason = models.CharField(max_length=12, blank=True)
    amount = models.BigIntegerField()
    booked_at = models.DateTimeField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=9, choices=NoticeStatus, default=NoticeStatus.WAITING)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["BOOKED", "REJECTED"]), name="notice_outcome_known"
            ),
            known_status("bank_notice_status_known", NoticeStatus),
        ]
        indexes = [
            models.Index(
                fields=["number"],
                condition=models.Q(status="WAITING"),
                name="bank_notice_waiting",
            ),
            models.Index(fields=["instruction"], name="bank_notice_instruction"),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return NOTICE_TONES[NoticeStatus(self.status)]


class Statement(models.Model):
    """An account's day at the bank beside ours; `shadow` is what we think it closed with."""

    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="statements")
    org = models.UUIDField()
    bank = models.UUIDField()
    day = models.DateField()
    opening = models.BigIntegerField()
    closing = models.BigIntegerField()
    shadow = models.BigIntegerField()
    compared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "day"], name="one_statement_per_day")
        ]
        indexes = [models.Index(fields=["bank", "-day"], name="statement_bank")]

    @property
    def is_tied(self) -> bool:
        """Whether the bank's closing balance is the one we think it is."""
        return self.closing == self.shadow


class Verdict(models.TextChoices):
    """How an entry of the bank and an instruction of ours compare."""

    MATCHED = "MATCHED", _("Matched")
    AMOUNT_DIFF = "AMOUNT_DIFF", _("Amount differs")
    DUPLICATE = "DUPLICATE", _("Booked twice")
    MISSING_AT_BANK = "MISSING_AT_BANK", _("Missing at the bank")
    MISSING_IN_BOOK = "MISSING_IN_BOOK", _("Missing in our book")


VERDICT_TONES = {
    Verdict.MATCHED: Tone.QUIET,
    Verdict.AMOUNT_DIFF: Tone.BAD,
    Verdict.DUPLICATE: Tone.BAD,
    Verdict.MISSING_AT_BANK: Tone.BAD,
    Verdict.MISSING_IN_BOOK: Tone.BAD,
}


class StatementLine(models.Model):
    """One row of the comparison: an entry of the bank, an instruction of ours, or both."""

    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="lines")
    org = models.UUIDField()
    bank = models.UUIDField()
    position = models.PositiveIntegerField()
    entry = models.CharField(max_length=40, blank=True)
    instruction = models.UUIDField(null=True, blank=True)
    counterparty = models.CharField(max_length=34, blank=True)
    theirs = models.BigIntegerField(null=True, blank=True)
    ours = models.BigIntegerField(null=True, blank=True)
    verdict = models.CharField(max_length=15, choices=Verdict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "position"], name="one_line_per_position"),
            models.CheckConstraint(
                condition=models.Q(verdict__in=Verdict.values), name="verdict_known"
            ),
        ]

    @property
    def tone(self) -> Tone:
        """How the verdict looks."""
        return VERDICT_TONES[Verdict(self.verdict)]


class IncomingStatus(models.TextChoices):
    """What became of money that came unasked."""

    SUSPENSE = "SUSPENSE", _("In suspense")
    MATCHED = "MATCHED", _("Matched by itself")
    SETTLED = "SETTLED", _("Settled by a person")
    RECALLED = "RECALLED", _("Taken back by the bank")


INCOMING_MOVES: Moves = {
    IncomingStatus.SUSPENSE: {
        IncomingStatus.MATCHED,
        IncomingStatus.SETTLED,
        IncomingStatus.RECALLED,
    },
    IncomingStatus.MATCHED: {IncomingStatus.SUSPENSE, IncomingStatus.RECALLED},
    IncomingStatus.SETTLED: {IncomingStatus.SUSPENSE, IncomingStatus.RECALLED},
    IncomingStatus.RECALLED: {IncomingStatus.SUSPENSE},  # the bank says it once more
}
INCOMING_TONES = {
    IncomingStatus.SUSPENSE: Tone.DUE,
    IncomingStatus.MATCHED: Tone.QUIET,
    IncomingStatus.SETTLED: Tone.QUIET,
    IncomingStatus.RECALLED: Tone.QUIET,
}


class IncomingRead(models.Model):
    """Up to which day the transfers to an account were read for good. The worker's."""

    account = models.OneToOneField(BankAccount, primary_key=True, on_delete=models.PROTECT)
    org = models.UUIDField()
    day = models.DateField()


class Incoming(models.Model):
    """Money that came to an account by somebody's own transfer, for no instruction of ours.

    `payer` is whose account it came from, where that is known here; `note` is what a person said it
    is for. It lies in suspense until it is known what it pays.

    A bank may take back within its days what it told by mistake (`recalled_at`, for the
    `recalls`-th time). Where what it paid cannot be undone it keeps its state, and a person settles
    that outside and says so.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    org = models.UUIDField()
    bank = models.UUIDField()
    entry = models.CharField(max_length=40)
    amount = models.BigIntegerField()
    reference = models.CharField(max_length=140, blank=True)
    counterparty = models.CharField(max_length=34, blank=True)
    payer = models.UUIDField(null=True, blank=True)
    booked_on = models.DateField()
    came_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=IncomingStatus, default=IncomingStatus.SUSPENSE)
    note = models.CharField(max_length=200, blank=True)
    settled_by_name = models.CharField(max_length=80, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    recalled_at = models.DateTimeField(null=True, blank=True)
    recalls = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "entry"], name="came_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="incoming_positive"),
            known_status("incoming_status_known", IncomingStatus),
            models.CheckConstraint(
                condition=models.Q(status="SUSPENSE", settled_at=None)
                | ~models.Q(status="SUSPENSE") & models.Q(settled_at__isnull=False),
                name="incoming_settled_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(recalled_at=None) & ~models.Q(status="RECALLED")
                | models.Q(recalled_at__isnull=False, recalls__gt=0) & ~models.Q(status="SUSPENSE"),
                name="incoming_recalled_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["org", "-booked_on"], name="incoming_org"),
            models.Index(fields=["counterparty", "booked_on"], name="incoming_payer"),
            models.Index(
                fields=["org"], condition=models.Q(status="SUSPENSE"), name="incoming_suspense"
            ),
        ]

    @property
    def tone(self) -> Tone:
        """How the status looks."""
        return Tone.BAD if self.is_missing else INCOMING_TONES[IncomingStatus(self.status)]

    @property
    def is_missing(self) -> bool:
        """Whether the bank took it back and what it paid stands: a person is to settle that."""
        return self.recalled_at is not None and self.status != IncomingStatus.RECALLED
