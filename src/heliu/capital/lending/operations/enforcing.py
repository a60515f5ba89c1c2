"""When the dealer does not pay: notice of default, enforcement, and giving up."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from heliu.capital.books import operations as books
from heliu.capital.books.journals import loans as templates
from heliu.capital.credit.models import SellerDuty
from heliu.capital.lending.events import LoanEnforced, LoanWrittenOff
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.lending.operations.closing import reckon
from heliu.capital.lending.operations.common import lock, post, save, step, tell
from heliu.capital.lending.queries import parties_of, repaid_principal
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Refused
from heliu.kernel.money import share_up


def give_notice(loan: Loan, *, actor: Actor, at: datetime) -> date:
    """The lender tells the dealer that it is in default; returns the last day to pay before the
    lender may enforce. Said again, the first notice stands."""
    actor.require("enforce")
    lock(loan)
    require_overdue(loan)
    if loan.default_noticed_on is None:
        save(loan, default_noticed_on=day_of(at))
    return last_day(loan)


def last_day(loan: Loan) -> date:
    """The last day on which a dealer in default may pay before it is enforced."""
    assert loan.default_noticed_on is not None
    return loan.default_noticed_on + timedelta(days=loan.notice_days)


def require_enforceable(loan: Loan, *, on: date, is_called: bool = False) -> None:
    """Raises `Refused` unless notice was given and its days have gone by; a loan against stock
    that was called in vain (`is_called`) had its notice with the call."""
    if is_called and loan.status in (LoanStatus.SELLER_PAID, LoanStatus.OVERDUE):
        return
    require_overdue(loan)
    if loan.default_noticed_on is None:
        raise Refused(
            "notice-missing",
            "No notice of default was given on %(number)s.",
            number=loan.number,
            help="Give notice first; the dealer has some days to pay.",
        )
    if on <= last_day(loan):
        raise Refused(
            "notice-runs",
            "The dealer may still pay until %(day)s.",
            day=last_day(loan).isoformat(),
        )


def require_overdue(loan: Loan) -> None:
    """Raises `Refused` for a loan that is not late, or is enforced already."""
    if loan.status != LoanStatus.OVERDUE:
        raise Refused(
            "not-overdue",
            "%(number)s is not overdue: it is %(now)s.",
            number=loan.number,
            now=loan.get_status_display(),
        )


def enforce(loan: Loan, *, actor: Actor, at: datetime, is_called: bool = False) -> Loan:
    """The lender takes hold of the goods; interest and penalty run on.

    That two persons agreed to it is for the caller to see to.
    """
    lock(loan)
    require_enforceable(loan, on=day_of(at), is_called=is_called)
    step(loan, LoanStatus.ENFORCING)
    fact = LoanEnforced(subject=loan.id, number=loan.number, principal=loan.principal_left)
    tell(loan, fact, actor=actor, at=at, also=[loan.seller])
    return loan


def price_for_seller(loan: Loan, value: int) -> int:
    """What the seller owes the lender for bound goods of this value (fen) by its duty: all of it, a
    share of it (rounded down), or nothing."""
    if loan.seller_duty == SellerDuty.BUY_BACK:
        return int(value * loan.buy_back_share)
    return value if loan.seller_duty == SellerDuty.DIFFERENCE_REFUND else 0


def reserve_price(loan: Loan, value: int) -> int:
    """What goods of this value (fen) should bring when they are sold."""
    return share_up(value, loan.sale_floor)


def write_off(loan: Loan, *, actor: Actor, at: datetime) -> int:
    """Give up what is left after the goods: principal and interest become the lender's loss.

    The dealer owes as before; the claim is kept off the balance sheet. Returns how much, in fen.
    """
    lock(loan)
    interest = reckon(loan, repaid_principal(loan), until=day_of(at))
    loan.save(update_fields=["interest_accrued", "accrued_to"])
    books.post_all(interest, at=at)
    principal, interest_left = loan.principal_left, loan.interest_left
    entries = templates.written_off(
        parties_of(loan), principal=principal, interest=interest_left, drawn=loan.drawn
    )
    post(loan, "written_off", entries, effective=day_of(at), at=at)
    step(loan, LoanStatus.WRITTEN_OFF, written_off_at=at, ended_at=at)
    lost = principal + interest_left
    fact = LoanWrittenOff(subject=loan.id, number=loan.number, lost=lost)
    tell(loan, fact, actor=actor, at=at, also=[loan.seller])
    return lost
