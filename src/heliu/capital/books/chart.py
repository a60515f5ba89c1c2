"""The chart of accounts: the codes of the lender's, the dealer's and the seller's book.

Amounts are signed: a debit is positive, a credit negative, in every book.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from heliu.kernel.money import CURRENCY


class Code(models.TextChoices):
    """An account's place in the chart; one list, since a party may play many roles."""

    # lender
    NOSTRO = "nostro", _("Cash at bank")
    LIAB_MARGIN = "liab_margin", _("Deposits held for dealers")
    LIAB_SUPERVISED = "liab_supervised", _("Supervised accounts of dealers")
    LIAB_CURRENT = "liab_current", _("Current accounts of sellers")
    ACCEPTANCE_CLAIM = "acceptance_claim", _("Bills to be paid in for by dealers")
    ACCEPTANCES = "acceptances", _("Accepted bills to be paid")
    LOAN_PRINCIPAL = "loan_principal", _("Loans, principal")
    INTEREST_RECEIVABLE = "interest_receivable", _("Interest receivable")
    INTEREST_INCOME = "interest_income", _("Interest income")
    PENALTY_INCOME = "penalty_income", _("Penalty interest income")
    FEE_INCOME = "fee_income", _("Fee income")
    CREDIT_LOSS = "credit_loss", _("Credit losses")
    RECOVERY_INCOME = "recovery_income", _("Recovered after writing off")
    SALE_COSTS = "sale_costs", _("Costs of sales, out of their proceeds")
    CLAIM_WRITTEN_OFF = "claim_written_off", _("Claims written off (memo)")
    CLAIM_OFFSET = "claim_offset", _("Claims written off, contra (memo)")
    LIMIT_USED = "limit_used", _("Credit limits used (memo)")
    LIMIT_OFFSET = "limit_offset", _("Credit limits used, contra (memo)")
    CAP_SELLER = "cap_seller", _("Quotas of sellers used (memo)")
    CAP_GROUP = "cap_group", _("Caps of groups used (memo)")
    CAP_BORROWER = "cap_borrower", _("Caps of single borrowers used (memo)")
    CAP_OFFSET = "cap_offset", _("Quotas and caps used, contra (memo)")
    COLLATERAL = "collateral", _("Goods held in pledge (memo)")
    COLLATERAL_OFFSET = "collateral_offset", _("Goods held in pledge, contra (memo)")
    POOL_VALUE = "pool_value", _("Lendable value of pledged stock (memo)")
    POOL_OFFSET = "pool_offset", _("Lendable value of pledged stock, contra (memo)")
    # dealer
    BANK = "bank", _("Own money at bank")
    MARGIN_DEPOSIT = "margin_deposit", _("Deposits paid to the lender")
    CASH_SUPERVISED = "cash_supervised", _("Money in supervised accounts")
    BILLS_PAYABLE = "bills_payable", _("Bills to be paid in for")
    LOAN_PAYABLE = "loan_payable", _("Loans owed")
    PREPAYMENT = "prepayment", _("Prepaid to sellers")
    IN_TRANSIT_PLEDGED = "in_transit_pledged", _("Financed goods on the way")
    INVENTORY_PLEDGED = "inventory_pledged", _("Pledged stock")
    INVENTORY_FREE = "inventory_free", _("Free stock")
    INTEREST_EXPENSE = "interest_expense", _("Financing cost")
    INTEREST_PAYABLE = "interest_payable", _("Interest payable")
    PENALTY_EXPENSE = "penalty_expense", _("Penalty interest paid")
    GOODS_LOSS = "goods_loss", _("Loss on goods given up")
    GOODS_GAIN = "goods_gain", _("Gain on pledged goods sold")
    SALE_EXPENSE = "sale_expense", _("Costs of sales of pledged goods")
    DEBT_WRITTEN_OFF = "debt_written_off", _("Debts the lender has written off, still owed")
    DUTY_DEBT = "duty_debt", _("Owed to sellers that paid a lender for it")
    REFUND_DUE = "refund_due", _("Refunds due from sellers")
    PAYABLE = "payable", _("Owed to sellers")
    DISCOUNT_TAKEN = "discount_taken", _("Discounts for paying early")
    INPUT_TAX = "input_tax", _("Input VAT")
    INPUT_TAX_IN_GOODS = "input_tax_in_goods", _("Input VAT within the cost of goods")
    # seller
    CASH = "cash", _("Money received")
    BILLS_RECEIVABLE = "bills_receivable", _("Accepted bills held")
    CONTRACT_LIABILITY = "contract_liability", _("Paid orders not yet delivered")
    RECEIVABLE = "receivable", _("Owed by buyers")
    REVENUE = "revenue", _("Sales")
    OUTPUT_TAX = "output_tax", _("Output VAT")
    DISCOUNT_GIVEN = "discount_given", _("Discounts given for early payment")
    DUTY_CLAIM = "duty_claim", _("Claims on dealers whose lender was paid")
    REFUND_PAYABLE = "refund_payable", _("Refunds owed to buyers")
    # lender and dealer
    UNAPPLIED = "unapplied", _("Money not yet applied")


# Memo accounts stand off the balance sheet; they balance among themselves.
MEMO = frozenset(
    {
        Code.LIMIT_USED,
        Code.LIMIT_OFFSET,
        Code.CAP_SELLER,
        Code.CAP_GROUP,
        Code.CAP_BORROWER,
        Code.CAP_OFFSET,
        Code.COLLATERAL,
        Code.COLLATERAL_OFFSET,
        Code.POOL_VALUE,
        Code.POOL_OFFSET,
        Code.CLAIM_WRITTEN_OFF,
        Code.CLAIM_OFFSET,
    }
)

# What one book says of another, the other says of it: per counterparty and reference they sum to 0.
MIRRORS: tuple[tuple[Code, Code], ...] = (
    (Code.LOAN_PRINCIPAL, Code.LOAN_PAYABLE),
    (Code.ACCEPTANCE_CLAIM, Code.BILLS_PAYABLE),
    (Code.ACCEPTANCES, Code.BILLS_RECEIVABLE),
    (Code.INTEREST_RECEIVABLE, Code.INTEREST_PAYABLE),
    (Code.CLAIM_WRITTEN_OFF, Code.DEBT_WRITTEN_OFF),
    (Code.DUTY_CLAIM, Code.DUTY_DEBT),
    (Code.LIAB_MARGIN, Code.MARGIN_DEPOSIT),
    (Code.LIAB_SUPERVISED, Code.CASH_SUPERVISED),
    (Code.LIAB_CURRENT, Code.CASH),
    (Code.CONTRACT_LIABILITY, Code.PREPAYMENT),
    (Code.REFUND_PAYABLE, Code.REFUND_DUE),
    (Code.RECEIVABLE, Code.PAYABLE),
    (Code.UNAPPLIED, Code.UNAPPLIED),
)


@dataclass(frozen=True)
class Limits:
    """The floor and ceiling an account is opened with, and its place in the order of locks."""

    floor: int | None = None
    ceiling: int | None = None
    rank: int = 50


# Credit that nobody granted is zero; supervised money cannot be overdrawn.
LIMITS: dict[str, Limits] = {
    Code.LIMIT_USED: Limits(ceiling=0, rank=10),
    Code.CAP_BORROWER: Limits(ceiling=0, rank=11),
    Code.CAP_GROUP: Limits(ceiling=0, rank=12),
    Code.CAP_SELLER: Limits(ceiling=0, rank=13),  # of many dealers: locked last, for the least time
    Code.RECEIVABLE: Limits(ceiling=0, rank=10),
    Code.CASH_SUPERVISED: Limits(floor=0, rank=20),
}
UNLIMITED = Limits()


_IN = "@"
IN_ANOTHER_CURRENCY = r"^[a-z_]+@[A-Z]{3}$"


def in_currency(code: str, currency: str) -> str:
    """The code of accounts in a currency: `receivable@USD`; of ours the code itself."""
    return code if currency == CURRENCY else f"{code}{_IN}{currency}"


def currency_of(code: str) -> str:
    """The currency of the accounts of a code."""
    return code.partition(_IN)[2] or CURRENCY


def plain(code: str) -> Code:
    """The place in the chart, whatever the currency."""
    return Code(code.partition(_IN)[0])


def label(code: str) -> str:
    """An account's name in the reader's language, with its currency where that is not ours."""
    name, currency = str(plain(code).label), currency_of(code)
    return name if currency == CURRENCY else f"{name} · {currency}"


class JournalKind(models.TextChoices):
    """What a journal is for; the templates in `journals` bear the same names."""

    DEPOSIT_COLLECTED = "deposit_collected", _("Deposit received")
    UNAPPLIED_RECEIVED = "unapplied_received", _("Received, not applied yet")
    DISBURSED = "disbursed", _("Loan paid out")
    PAID_OUT = "paid_out", _("Loan against stock paid out")
    CAP_COUNTED = "cap_counted", _("Counted on a cap")
    OWN_SHARE_MOVED = "own_share_moved", _("Own share moved")
    SELLER_PAID = "seller_paid", _("Seller paid")
    BILL_ACCEPTED = "bill_accepted", _("Bill accepted")
    BILL_CANCELLED = "bill_cancelled", _("Bill cancelled")
    BILL_PAID = "bill_paid", _("Bill paid")
    GOODS_SHIPPED = "goods_shipped", _("Goods shipped")
    GOODS_PLEDGED = "goods_pledged", _("Goods pledged")
    STOCK_PLEDGED = "stock_pledged", _("Own stock pledged")
    POOL_REVALUED = "pool_revalued", _("Pledged stock valued anew")
    GOODS_SHORT = "goods_short", _("Goods short or damaged")
    GOODS_RELEASED = "goods_released", _("Goods released")
    GOODS_TAKEN_BACK = "goods_taken_back", _("Goods taken back")
    GOODS_SOLD = "goods_sold", _("Pledged goods sold")
    ACCRUED = "accrued", _("Interest accrued")
    REPAID = "repaid", _("Repayment")
    MARGIN_SET_OFF = "margin_set_off", _("Set off against the margin")
    MARGIN_INTEREST = "margin_interest", _("Interest on the margin")
    REFUND_AGREED = "refund_agreed", _("Refund agreed")
    REFUNDED_BY_SELLER = "refunded_by_seller", _("Refund by the seller")
    LOAN_CANCELLED = "loan_cancelled", _("Loan returned")
    DEPOSIT_RETURNED = "deposit_returned", _("Deposit returned")
    UNAPPLIED_RETURNED = "unapplied_returned", _("Overpayment returned")
    WRITTEN_OFF = "written_off", _("Written off")
    RECOVERED = "recovered", _("Recovered after writing off")
    RECOVERED_BY_DUTY = "recovered_by_duty", _("Recovered from the seller")
    TERMS_DELIVERED = "terms_delivered", _("Delivered on terms")
    TERMS_SHORT = "terms_short", _("Short or damaged, not owed")
    TERMS_CREDITED = "terms_credited", _("Credit note")
    TERMS_RETURNED = "terms_returned", _("Goods given back, not owed")
    ORDER_RETURNED = "order_returned", _("Goods given back, to be paid back")
    TERMS_PAID = "terms_paid", _("Paid on terms")
    TERMS_PAID_BACK = "terms_paid_back", _("Payment taken back")
    TERMS_DISCOUNTED = "terms_discounted", _("Discount for paying early")
    TERMS_DISCOUNT_BACK = "terms_discount_back", _("Discount taken back")
    TERMS_DISCOUNT_DROPPED = "terms_discount_dropped", _("Discount on goods short or given back")
    LATE_INTEREST = "late_interest", _("Interest for late payment")
    INTEREST_FORGIVEN = "interest_forgiven", _("Interest taken back")
    TERMS_WRITTEN_OFF = "terms_written_off", _("Invoice written off")
    TERMS_RECOVERED = "terms_recovered", _("Recovered after writing off")
    TERMS_RECOVERY_BACK = "terms_recovery_back", _("Recovery taken back")
    TERMS_CLAIM_DROPPED = "terms_claim_dropped", _("Goods short or given back, given up before")
    ORDER_PAID = "order_paid", _("Order paid")
    ORDER_REFUNDED = "order_refunded", _("Order refunded")
    ORDER_SHORT = "order_short", _("Short or damaged, to be paid back")
    ORDER_SHORT_REFUNDED = "order_short_refunded", _("Short or damaged, paid back")
    ORDER_STRUCK = "order_struck", _("Not delivered, to be paid back")
    ORDER_DELIVERED = "order_delivered", _("Order delivered")
    VAT_INVOICED = "vat_invoiced", _("VAT invoice issued")
    VAT_TAKEN_BACK = "vat_taken_back", _("VAT taken back by a red letter")
    REVERSED = "reversed", _("Entry reversed")


def kind_label(kind: str) -> str:
    """What a journal is for, in the reader's language."""
    return str(JournalKind(kind).label)
