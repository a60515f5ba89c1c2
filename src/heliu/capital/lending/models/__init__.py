"""Tables of lending: loans, and what was repaid on them."""

from heliu.capital.lending.models.loans import LOAN_MOVES, LOAN_TONES, RUNNING, Loan, LoanStatus
from heliu.capital.lending.models.repayments import PaidBy, Reckoned, Repayment, Replay, ReplayCause

__all__ = [
    "LOAN_MOVES",
    "LOAN_TONES",
    "RUNNING",
    "Loan",
    "LoanStatus",
    "PaidBy",
    "Reckoned",
    "Repayment",
    "Replay",
    "ReplayCause",
]
