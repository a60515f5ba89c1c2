"""Papers to take away: statements, receipts, agreements, as PDF in both languages."""

from heliu.trade.papers.documents import (
    agreement,
    dealer_statement,
    loan_statement,
    repayment_receipt,
    warehouse_receipt,
)
from heliu.trade.papers.open_account import account_statement
from heliu.trade.papers.paper import Paper, rendered
from heliu.trade.papers.serving import pdf
from heliu.trade.papers.vat import vat_invoice

__all__ = [
    "Paper",
    "account_statement",
    "agreement",
    "dealer_statement",
    "loan_statement",
    "pdf",
    "rendered",
    "repayment_receipt",
    "vat_invoice",
    "warehouse_receipt",
]
