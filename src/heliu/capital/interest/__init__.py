"""Interest: pure functions on dates, integers and exact fractions. See README.md."""

from heliu.capital.interest.accrual import (
    Segment,
    accrued,
    cut,
    daily,
    exact,
    interest,
    segments_of,
)
from heliu.capital.interest.days import Convention, add_months, day_count, following, is_month_end
from heliu.capital.interest.early import Early, EarlyTerms, repay_early, share
from heliu.capital.interest.penalty import Late, PenaltyTerms, late
from heliu.capital.interest.rates import Rates, RateTable, reset_days
from heliu.capital.interest.rounding import Rounding, to_decimal, to_minor
from heliu.capital.interest.schedules import (
    Instalment,
    bullet,
    equal_instalment,
    equal_principal,
    interest_dues,
    monthly_dues,
)
from heliu.capital.interest.waterfall import (
    KINDS,
    PRINCIPAL_FOR_RELEASE,
    STANDARD,
    Allocation,
    Bucket,
    Claim,
    Kind,
    Order,
    Waterfall,
    waterfall,
)
from heliu.capital.interest.yields import NoRate, Rate, SeveralRates, Why, apr_simple, xirr

__all__ = [
    "KINDS",
    "PRINCIPAL_FOR_RELEASE",
    "STANDARD",
    "Allocation",
    "Bucket",
    "Claim",
    "Convention",
    "Early",
    "EarlyTerms",
    "Instalment",
    "Kind",
    "Late",
    "NoRate",
    "Order",
    "PenaltyTerms",
    "Rate",
    "RateTable",
    "Rates",
    "Rounding",
    "Segment",
    "SeveralRates",
    "Waterfall",
    "Why",
    "accrued",
    "add_months",
    "apr_simple",
    "bullet",
    "cut",
    "daily",
    "day_count",
    "equal_instalment",
    "equal_principal",
    "exact",
    "following",
    "interest",
    "interest_dues",
    "is_month_end",
    "late",
    "monthly_dues",
    "repay_early",
    "reset_days",
    "segments_of",
    "share",
    "to_decimal",
    "to_minor",
    "waterfall",
    "xirr",
]
