"""What a seller grants: terms, with their ceiling, days and instalments."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from heliu.capital.books import operations as books
from heliu.capital.terms.models import DueRule, Terms
from heliu.capital.terms.operations.common import locked_terms, open_invoices, require_seller
from heliu.capital.terms.operations.stopping import review
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.money import CURRENCY, Money
from heliu.kernel.parties.queries import currency_of
from heliu.kernel.posting.operations import LimitShort

MOST_PARTS = 12


@dataclass(frozen=True)
class Wanted:
    """What a seller grants; as the fields of `Terms` say it."""

    ceiling: int
    rule: str = DueRule.NET
    days: int = 30
    rolls: bool = True
    discount: Decimal = Decimal(0)
    discount_days: int = 0
    grace_days: int = 30
    tolerance: int = 0
    late_rate: Decimal = Decimal(0)
    part_days: tuple[int, ...] = ()
    part_shares: tuple[int, ...] = ()


def set_terms(
    *,
    seller: UUID,
    buyer: UUID,
    wanted: Wanted,
    by_rule: bool = False,
    actor: Actor,
    at: datetime,
) -> Terms:
    """What a buyer may owe from now on, and by when; invoices there are keep their days.

    Raises `Invalid` for what cannot be, `Refused` (ceiling-short) where more than the new ceiling
    is owed or ordered already.
    """
    require_seller(actor, seller)
    _check(wanted)
    _require_ours(seller, buyer, wanted)
    terms = locked_terms(seller, buyer, actor=actor, at=at)
    try:
        books.trade_credit(seller=seller, buyer=buyer, limit=wanted.ceiling)
    except LimitShort as short:
        raise Refused(
            "ceiling-short",
            "%(over)s more than this is owed or ordered already.",
            field="ceiling",
            help="Name a higher ceiling, or wait for payments.",
            over=str(Money(short.short)),
        ) from None
    for name, value in asdict(wanted).items():
        setattr(terms, name, value)
    terms.by_rule, terms.set_by_name, terms.set_at = by_rule, actor.name, at
    terms.save()
    _look_again(terms, day_of(at))
    review(terms, actor=actor, at=at)
    return terms


def _require_ours(seller: UUID, buyer: UUID, wanted: Wanted) -> None:
    """Raises `Refused` for credit to a buyer that trades in another currency."""
    currency = currency_of(buyer=buyer, seller=seller)
    if wanted.ceiling and currency != CURRENCY:
        raise Refused(
            "currency-ours-alone",
            "Trade credit is in %(ours)s so far, and you trade with this buyer in %(currency)s.",
            field="ceiling",
            help="Let it pay by transfer.",
            ours=CURRENCY,
            currency=currency,
        )


def _look_again(terms: Terms, today: date) -> None:
    """Days of grace may have changed: the close of day looks at all that is open."""
    open_invoices(terms).update(next_on=today)


def _check(wanted: Wanted) -> None:
    if wanted.rule not in DueRule.values or not 0 <= wanted.days <= 365:
        raise Invalid("terms-invalid", "The days are from 0 to 365.", field="days")
    if wanted.rule == DueRule.DAY_OF_MONTH and not 1 <= wanted.days <= 28:
        raise Invalid("terms-invalid", "A day of the month is from 1 to 28.", field="days")
    _check_parts(wanted)
    if not 0 <= wanted.grace_days <= 365:
        raise Invalid("terms-invalid", "The days are from 0 to 365.", field="grace_days")
    if not 0 <= wanted.discount < 100 or not 0 <= wanted.late_rate <= 100:
        raise Invalid("terms-invalid", "A rate is from 0 to 100 per cent.", field="discount")
    if bool(wanted.discount) != bool(wanted.discount_days) or not 0 <= wanted.discount_days <= 365:
        raise Invalid(
            "terms-invalid", "A discount needs the days in which it is given.",
            field="discount_days",
        )  # fmt: skip
    if wanted.ceiling < 0 or wanted.tolerance < 0:
        raise Invalid("amount-negative", "An amount is not below zero.", field="ceiling")


def _check_parts(wanted: Wanted) -> None:
    """Instalments rise in days, make a whole of shares, and are counted from shipment or month's
    end: a day of the month has no second one."""
    days, shares = wanted.part_days, wanted.part_shares
    if not days and not shares:
        return
    is_sound = (
        len(days) == len(shares)
        and 2 <= len(days) <= MOST_PARTS
        and list(days) == sorted(set(days))
        and days[0] >= 0
        and days[-1] <= 365
        and min(shares) > 0
        and sum(shares) == 100
    )
    if not is_sound or wanted.rule == DueRule.DAY_OF_MONTH:
        raise Invalid(
            "instalments-invalid",
            "Instalments have rising days, after shipment or the month's end, and shares that make"
            " 100.",
            field="instalments",
        )
