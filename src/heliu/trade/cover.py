"""How pledged goods cover the debt they secure. Logistics knows the goods, capital the debt.

The rule is a view, `sql/cover.sql`, so that boards of any length are summed and cut where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, DecimalField, F, Func, Q, QuerySet, Sum

from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.logistics.pledges import queries as pledges
from heliu.trade.models import Cover

LONG_DAYS = 60
SHORT = Q(gap__gt=0)
READY = Q(ready__gt=0)


@dataclass(frozen=True, slots=True)
class Total:
    """A board in figures: values in fen, pieces in `quantity` and `ready`.

    `pledges` counts them all, `known` those whose debt the reader sees (`percent` is of their
    goods), and then those that are short, to be fetched, lying long.
    """

    quantity: int
    value: int
    ready: int
    debt: int
    percent: Decimal | None
    gap: int
    pledges: int
    known: int
    short: int
    to_fetch: int
    long: int


class LoanToValue(Func):
    """Debt as per cent of the goods that secure it."""

    function = "trade_loan_to_value"
    output_field = DecimalField()


def covers(actor: Actor) -> QuerySet[Cover]:
    """All pledges in force that the actor may see: by gap, then loan to value, then age."""
    found = Cover.objects.filter(pledge__in=pledges.in_force(actor)).select_related("pledge")
    return found.order_by("-gap", F("percent").desc(nulls_last=True), "since", "pk")


def days_of(one: Cover, at: datetime) -> int:
    """For how many days the goods lie there."""
    return (day_of(at) - one.since).days


def lying_long(at: datetime) -> Q:
    """Goods that lie there for longer than is usual."""
    return Q(since__lte=day_of(at) - timedelta(days=LONG_DAYS))


def total(found: QuerySet[Cover], at: datetime) -> Total:
    """These pledges together, in one statement."""
    sums = found.order_by().aggregate(
        pledges=Count("pk"),
        known=Count("debt"),
        short=Count("pk", filter=SHORT),
        to_fetch=Count("pk", filter=READY),
        long=Count("pk", filter=lying_long(at)),
        percent=LoanToValue(Sum("debt"), Sum("value", filter=Q(debt__isnull=False))),
        # Last: sums called like their columns hide these.
        **{name: Sum(name, default=0) for name in ("quantity", "value", "ready", "debt", "gap")},
    )
    percent = sums.pop("percent")
    return Total(percent=percent, **{name: int(amount) for name, amount in sums.items()})
