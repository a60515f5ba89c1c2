"""The fixed vocabulary of reasons: what a borrower is told and what would help it."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

from heliu.capital.credit.scorecard import SCORECARD

# code: (what was found, what would help). Only what was really scored or ruled on may stand here.
REASONS: dict[str, tuple[str, str]] = {
    "NOT_VERIFIED": (
        gettext_noop("The business is not verified"),
        gettext_noop("Send the business licence and the account details for verification."),
    ),
    "BARRED": (
        gettext_noop("The business is on a list that bars financing"),
        gettext_noop("Ask the bank which list it is and have the entry reviewed."),
    ),
    "OVERDUE_NOW": (
        gettext_noop("A loan is overdue"),
        gettext_noop("Repay the overdue loan."),
    ),
    "SHORT_HISTORY": (
        gettext_noop("Short history with the seller"),
        gettext_noop("Each further quarter of trade helps."),
    ),
    "FEW_ORDERS": (
        gettext_noop("Few orders in the last 90 days"),
        gettext_noop("Twelve or more orders in 90 days give full points."),
    ),
    "FALLING_ORDERS": (
        gettext_noop("Orders are falling"),
        gettext_noop("Buying as much as in the quarter before, or more, helps."),
    ),
    "LONG_GAPS": (
        gettext_noop("Long gaps between orders"),
        gettext_noop("Ordering at least once a month helps."),
    ),
    "UNEVEN_ORDERS": (
        gettext_noop("Purchases vary much from month to month"),
        gettext_noop("More even monthly purchases help."),
    ),
    "SMALL_PARTNER": (
        gettext_noop("Little of what is bought comes from this seller"),
        gettext_noop("Letting the bank see all purchases, or buying more here, helps."),
    ),
    "LATE_PAYMENTS": (
        gettext_noop("Payments came late"),
        gettext_noop("Paying at least 95 of 100 bills on time gives full points."),
    ),
    "VERY_LATE_PAYMENT": (
        gettext_noop("One payment came very late"),
        gettext_noop("Paying on time helps; a late payment counts for two years."),
    ),
    "RETURNS": (
        gettext_noop("Many damaged or returned goods"),
        gettext_noop("Fewer returns and disputes help."),
    ),
    "LIMIT_USED_UP": (
        gettext_noop("The limit is nearly used up"),
        gettext_noop("Repaying a part before drawing again helps."),
    ),
    "FEW_CLEAN_CYCLES": (
        gettext_noop("Few loans repaid without delay so far"),
        gettext_noop("Each loan repaid by its due date helps."),
    ),
    "SLOW_REPAYMENT": (
        gettext_noop("Loans are repaid slowly"),
        gettext_noop("Repaying within 45 days gives full points."),
    ),
    "WEAK_GRADE": (
        gettext_noop("The score is below what the bank decides on by itself"),
        gettext_noop("The bank's credit officer looks at the request."),
    ),
    "AMOUNT_LARGE": (
        gettext_noop("The amount is above what is approved by itself"),
        gettext_noop("A smaller amount is approved at once; this one a credit officer decides."),
    ),
    "NO_CAPACITY": (
        gettext_noop("Purchases so far do not carry a limit"),
        gettext_noop("Regular monthly purchases open a limit."),
    ),
    "NO_FITTING_DEPOSIT": (
        gettext_noop("No deposit of the programme covers the risk"),
        gettext_noop("The bank's credit officer looks at the request."),
    ),
}

# What each rests on among the features that were judged.
BEHIND: dict[str, str] = {
    "NOT_VERIFIED": "is_verified",
    "BARRED": "is_barred",
    "OVERDUE_NOW": "overdue_now",
    **{one.code: one.feature for one in SCORECARD},
}


def words(code: str) -> str:
    """What was found, in the language active now."""
    return gettext(REASONS[code][0])


def help_for(code: str) -> str:
    """What would help, in the language active now."""
    return gettext(REASONS[code][1])
