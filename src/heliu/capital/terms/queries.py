"""Reading trade credit: what is open, how old it is, how it was paid; and whether all agrees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from heliu.capital.books import queries as books
from heliu.capital.books.chart import Code
from heliu.capital.terms import policies
from heliu.capital.terms.models import (
    LEFT,
    Allocation,
    DunningLevel,
    Invoice,
    Payment,
    Reminder,
    Terms,
)
from heliu.capital.terms.policies import BUCKETS, LADDER, Level
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import NotFound
from heliu.kernel.parties.models import TradingRelationship


def _of_side[Row: (Terms, Invoice, Payment, Reminder, Allocation)](
    rows: QuerySet[Row], actor: Actor
) -> QuerySet[Row]:
    if actor.is_system:
        return rows
    return rows.filter(Q(seller__in=actor.orgs) | Q(buyer__in=actor.orgs))


def visible_to(actor: Actor) -> QuerySet[Invoice]:
    """The invoices the actor's organisations owe or are owed."""
    return _of_side(Invoice.objects.all(), actor)


def terms_visible_to(actor: Actor) -> QuerySet[Terms]:
    """The terms the actor's organisations grant or have."""
    return _of_side(Terms.objects.all(), actor)


def payments_visible_to(actor: Actor) -> QuerySet[Payment]:
    """The payments under terms that the actor's organisations made or got."""
    return _of_side(Payment.objects.all(), actor)


def reminders_visible_to(actor: Actor) -> QuerySet[Reminder]:
    """The steps of ladders taken by or towards the actor's organisations."""
    return _of_side(Reminder.objects.all(), actor)


def get(actor: Actor, id_or_number: UUID | str) -> Invoice:
    """One invoice, or `NotFound`."""
    by = {"pk": id_or_number} if isinstance(id_or_number, UUID) else {"number": id_or_number}
    found = visible_to(actor).filter(**by).first()
    if found is None:
        raise NotFound()
    return found


def terms_of(actor: Actor, *, seller: UUID, buyer: UUID) -> Terms | None:
    """The terms of a pair, if there are any."""
    return terms_visible_to(actor).filter(seller=seller, buyer=buyer).first()


def payment(actor: Actor, id_or_number: UUID | str) -> Payment:
    """One payment, or `NotFound`."""
    by = {"pk": id_or_number} if isinstance(id_or_number, UUID) else {"number": id_or_number}
    found = payments_visible_to(actor).filter(**by).first()
    if found is None:
        raise NotFound()
    return found


def of_order(order: UUID) -> QuerySet[Invoice]:
    """The invoices of an order, the oldest first; for steps of a story."""
    return Invoice.objects.filter(order_id=order).order_by("due_on", "issued_on", "number")


def open_of(invoices: QuerySet[Invoice]) -> QuerySet[Invoice]:
    """Those of them that are open, the oldest first; `open_now` is what is open of each (fen)."""
    left = F("amount") - F("paid") - F("credited") - F("discounted") - F("written_off")
    found = invoices.filter(settled_on=None).annotate(open_now=left)
    return found.order_by("due_on", "issued_on", "number")


def ladder_of(seller: UUID) -> Sequence[Level]:
    """The steps of a seller, lowest first; those of the house where it has none."""
    rows = DunningLevel.objects.filter(seller=seller).order_by("days")
    return [Level(one.days, one.kind) for one in rows] or LADDER


@dataclass(frozen=True)
class Standing:
    """What a buyer owes a seller on a day, in fen.

    `aged` is what is open by age (not due, then as `BUCKETS`), `credit` what was paid too much;
    `oldest_due` is the due day of the oldest open invoice.
    """

    seller: UUID
    buyer: UUID
    aged: tuple[int, ...]
    credit: int = 0
    disputed: int = 0
    invoices: int = 0
    oldest_due: date | None = None

    @property
    def open(self) -> int:
        """What of invoices is open."""
        return sum(self.aged)

    @property
    def owed(self) -> int:
        """The claim: what is open less what was paid too much."""
        return self.open - self.credit

    @property
    def late(self) -> int:
        """What of it is late."""
        return sum(self.aged[1:])

    @property
    def expected_loss(self) -> int:
        """What of it is lost as a rule, by its age."""
        return policies.loss_of(self.aged, policies.LOSS)

    def days_late(self, on: date) -> int:
        """How late the oldest is; 0 when nothing is."""
        return max(0, (on - self.oldest_due).days) if self.oldest_due else 0


def standings(actor: Actor, *, on: date, most: int | None = None, **pair: UUID) -> list[Standing]:
    """How every pair of the actor stands, by what is late and then by what is open, most first, and
    no more than `most` of them; `pair` names a `seller` or a `buyer` to stay with."""
    ages = {f"age{place}": Sum(LEFT, filter=rule) for place, rule in enumerate(_ages(on))}
    rows: Any = (
        visible_to(actor)
        .filter(settled_on=None, **pair)
        .order_by()
        .values("seller", "buyer")
        .annotate(**ages, contested=Sum("disputed"), oldest=Min("due_on"), number=Count("pk"))
        .annotate(late=Coalesce(Sum(LEFT, filter=Q(due_on__lt=on)), 0), open=Sum(LEFT))
        .order_by("-late", "-open", "buyer")[:most]
    )
    left = {
        (row["seller"], row["buyer"]): row["sum"]
        for row in payments_visible_to(actor)
        .filter(taken_back_at=None, allocated__lt=F("amount"), **pair)
        .order_by()
        .values("seller", "buyer")
        .annotate(sum=Sum(F("amount") - F("allocated")))
    }
    found = [
        Standing(
            row["seller"],
            row["buyer"],
            tuple(row[age] or 0 for age in ages),
            left.pop((row["seller"], row["buyer"]), 0),
            row["contested"],
            row["number"],
            row["oldest"],
        )
        for row in rows
    ]
    if most is None or len(found) < most:  # those of whom nothing is open come last
        nothing = (0,) * len(ages)
        found += [Standing(seller, buyer, nothing, over) for (seller, buyer), over in left.items()]
    return found[:most]


def standing(actor: Actor, *, seller: UUID, buyer: UUID, on: date) -> Standing:
    """How one pair stands."""
    found = standings(actor, on=on, seller=seller, buyer=buyer)
    return found[0] if found else Standing(seller, buyer, (0,) * (len(BUCKETS) + 1))


def _ages(on: date) -> list[Q]:
    rules = [Q(due_on__gte=on)]
    for least, most in BUCKETS:
        rule = Q(due_on__lte=on - timedelta(days=least))
        rules.append(rule & Q(due_on__gte=on - timedelta(days=most)) if most else rule)
    return rules


def to_look_at(on: date) -> list[tuple[UUID, UUID]]:
    """The pairs (seller, buyer) for which a day changes something; for the worker."""
    ripe = Invoice.objects.filter(next_on__lte=on).order_by().values_list("seller", "buyer")
    passed = Terms.objects.filter(passes_until__lt=on).values_list("seller", "buyer")
    return sorted({*ripe.distinct(), *passed})


def interest_so_far(invoices: Iterable[Invoice], on: date) -> dict[UUID, int]:
    """What paying these late has cost up to a day, if they are paid then; of what is settled
    nothing, for which an invoice of its own was written."""
    late = [one for one in invoices if one.late_rate and one.due_on < on and not one.settled_on]
    paid: dict[UUID, list[tuple[date, int]]] = {
        one.id: [(one.issued_on, one.credited)] for one in late
    }
    rows = Allocation.objects.filter(invoice__in=paid, undone_at=None)
    settled = F("amount") + F("discount") - F("lapsed")
    for invoice, day, amount in rows.values_list("invoice", "value_day", settled):
        paid[invoice].append((day, amount))
    return {one.id: policies.late_interest(one, paid[one.id], on) for one in late}


def room(actor: Actor, terms: Terms, *, at: datetime) -> int:
    """What the buyer may still order under these terms, if it is not stopped."""
    return books.terms_left(seller=terms.seller, buyer=terms.buyer, at=at)


def check() -> list[str]:
    """Where invoices, payments, claims and stops contradict each other; for the worker."""
    return check_claims() + check_allocations() + check_stops()


def check_claims() -> list[str]:
    """Pairs whose open invoices less what was paid too much are not the seller's claim."""
    said: dict[tuple[UUID, UUID], int] = {}
    for seller, buyer, left in _sums(Invoice.objects.filter(settled_on=None), LEFT):
        said[seller, buyer] = left
    unused = Payment.objects.filter(taken_back_at=None, allocated__lt=F("amount"))
    for seller, buyer, left in _sums(unused, F("amount") - F("allocated")):
        said[seller, buyer] = said.get((seller, buyer), 0) - left
    claims = {
        (seller, buyer): minor
        for (seller, buyer), minor in books.totals(Code.RECEIVABLE).items()
        if buyer is not None
    }
    return [
        f"terms of {seller} with {buyer}: {said.get((seller, buyer), 0)} is open,"
        f" {claims.get((seller, buyer), 0)} in the books"
        for seller, buyer in sorted({*said, *claims}, key=str)
        if said.get((seller, buyer), 0) != claims.get((seller, buyer), 0)
    ]


def check_allocations() -> list[str]:
    """Invoices and payments that do not say what their allocations say."""
    kept = Allocation.objects.filter(undone_at=None).order_by()
    paid = {
        row["invoice"]: (row["paid"], row["off"])
        for row in kept.values("invoice").annotate(
            paid=Sum("amount"), off=Sum(F("discount") - F("lapsed"))
        )
    }
    given = dict(kept.values_list("payment").annotate(Sum("amount")))
    findings = [
        f"invoice {number} says {amounts} paid, its payments {paid.get(pk, (0, 0))}"
        for pk, number, *amounts in Invoice.objects.filter(
            Q(paid__gt=0) | Q(discounted__gt=0) | Q(pk__in=paid)
        ).values_list("pk", "number", "paid", "discounted")
        if tuple(amounts) != paid.get(pk, (0, 0))
    ]
    return findings + [
        f"payment {one} says {one.allocated} allocated, its allocations {given.get(one.pk, 0)}"
        for one in Payment.objects.iterator()
        if one.allocated != given.get(one.pk, 0)
    ]


def check_stops() -> list[str]:
    """Pairs whose orders are stopped by the terms and not at the gate, or the other way round."""
    stops = {
        (seller, buyer): stop
        for seller, buyer, stop in Terms.objects.exclude(stop="").values_list(
            "seller", "buyer", "stop"
        )
    }
    gate = {
        (seller, buyer): stop
        for seller, buyer, stop in TradingRelationship.objects.exclude(terms_stop=None).values_list(
            "seller", "buyer", "terms_stop"
        )
    }
    return [
        f"terms of {seller} with {buyer}: stop {stops.get((seller, buyer), '')!r},"
        f" at the gate {gate.get((seller, buyer), '')!r}"
        for seller, buyer in sorted({*stops, *gate}, key=str)
        if stops.get((seller, buyer), "") != gate.get((seller, buyer), "")
    ]


def _sums(rows: QuerySet[Any], amount: Any) -> Iterable[tuple[UUID, UUID, int]]:
    pairs: Any = rows.order_by().values_list("seller", "buyer")
    return pairs.annotate(sum=Sum(amount))  # type: ignore[no-any-return]
