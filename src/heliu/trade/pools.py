"""Reading pools of goods: what lies in them, by which rules, and how they cover what is owed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import NullIf

from heliu.capital.lending.models import Loan
from heliu.capital.valuation import policies as valuation
from heliu.capital.valuation import queries as prices
from heliu.capital.valuation.policies import Lying, Rules, Valued
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound
from heliu.kernel.goods.models import Sku
from heliu.logistics.pledges.models import PledgeLine
from heliu.logistics.stock import operations as stock
from heliu.trade.models import (
    NOT_SENT,
    STANDING,
    Deal,
    Lodging,
    LodgingLine,
    LodgingStatus,
    MarginCall,
    Pool,
    PoolMark,
)
from heliu.trade.names import reservation_of


@dataclass(frozen=True)
class Pooled:
    """What lies in a pool and the prices that hold for it."""

    rules: Rules
    lying: Sequence[Lying]
    prices: Mapping[UUID, valuation.Priced]

    def valued(self, at: datetime, *, without: Mapping[UUID, int] | None = None) -> Valued:
        """What it counts for; `without` so many pieces of some goods, the oldest first."""
        left = dict(without or {})
        lines = []
        for one in self.lying:
            gone = min(one.quantity, left.get(one.sku, 0))
            left[one.sku] = left.get(one.sku, 0) - gone
            if one.quantity > gone:
                lines.append(one._replace(quantity=one.quantity - gone))
        return valuation.valued(lines, self.prices, self.rules, day_of(at))


def visible_to(actor: Actor) -> QuerySet[Pool]:
    """The pools the actor brought, or lends against; the newest first."""
    found = Pool.objects.select_related("deal").order_by("-deal__opened_at")
    if actor.is_system:
        return found
    return found.filter(buyer__in=actor.orgs) | found.filter(lender__in=actor.orgs)


def thinnest_first(found: QuerySet[Pool]) -> QuerySet[Pool]:
    """Pools by what is owed of their value, those that count nothing first."""
    share = F("exposure") * 1000 / NullIf(F("value"), 0)
    return found.order_by(share.desc(nulls_first=True), "-exposure", "pk")


def get(actor: Actor, number: str) -> Pool:
    """The pool of a deal by the deal's number, or `NotFound`."""
    found = visible_to(actor).filter(deal__number=number).first()
    if found is None:
        raise NotFound()
    return found


def calls_visible_to(actor: Actor) -> QuerySet[MarginCall]:
    """The margin calls the actor got or made, the newest first."""
    found = MarginCall.objects.select_related("pool__deal").order_by("-called_at", "-id")
    if actor.is_system:
        return found
    return found.filter(buyer__in=actor.orgs) | found.filter(lender__in=actor.orgs)


def history(pool: Pool, most: int = 90) -> list[PoolMark]:
    """How the pool stood, a mark for each day it was valued on, the oldest first."""
    by_day = {day_of(one.at): one for one in pool.marks.order_by("id")}
    return list(by_day.values())[-most:]


def lodgings_of(deal: Deal) -> list[Lodging]:
    """What was brought for a deal, or will be, in order."""
    found = deal.lodgings.select_related("shipment").prefetch_related("lines__sku")
    return list(found.order_by("number"))


def codes_out(lodgings: Sequence[Lodging]) -> dict[UUID, str]:
    """The codes of the goods that leave for what is brought, as far as the reader may see them."""
    wanted = {sku for one in lodgings for sku in one.goods_out}
    return dict(Sku.objects.filter(pk__in=wanted).values_list("pk", "code")) if wanted else {}


def standing_call(pool: Pool) -> MarginCall | None:
    """The call that stands, in time or not."""
    return pool.calls.filter(status__in=STANDING).first()


def rules_of(loan: Loan) -> Rules:
    """The lender's rules as they were written down with the loan."""
    assert loan.margin_rules is not None
    return valuation.read(loan.margin_rules)


def lying_in(deals: Collection[UUID]) -> dict[UUID, list[Lying]]:
    """What is bound for these deals, by deal, the oldest first, in one statement."""
    lines = (
        PledgeLine.objects.filter(is_live=True, pledge__deal__in=list(deals))
        .order_by("pledge", "position")
        .values_list(
            "pledge__deal", "sku", "sku__family", F("quantity") - F("released"), "unit_value",
            "stock_row__since",
        )
    )  # fmt: skip
    found: dict[UUID, list[Lying]] = {deal: [] for deal in deals}
    for deal, sku, family, quantity, cost, since in lines:
        found[deal].append(Lying(sku, family, quantity, cost, day_of(since)))
    return found


def pooled(loans: Sequence[Loan], at: datetime) -> dict[UUID, Pooled]:
    """What lies in the pools of these loans and the prices that hold, by deal: two statements for
    any number of them."""
    lying = lying_in([loan.deal for loan in loans])
    skus = {one.sku for lines in lying.values() for one in lines}
    newest = prices.newest(skus, at)
    return {
        loan.deal: Pooled(
            rules_of(loan),
            lying[loan.deal],
            prices.holding(newest, (one.sku for one in lying[loan.deal]), loan.lender),
        )
        for loan in loans
    }


def worth_of(loan: Loan, goods: Mapping[UUID, int], *, at: datetime) -> int:
    """What goods of a pool are worth at the lower of cost and price, in fen; 0 where nobody quotes
    a price that holds."""
    content = pooled([loan], at)[loan.deal]
    return content.valued(at).worth - content.valued(at, without=goods).worth


def lodged(deal: Deal) -> list[tuple[str, int]]:
    """What was ever brought for a deal, and not called off: codes and pieces."""
    lines = LodgingLine.objects.filter(lodging__deal=deal).exclude(
        lodging__status=LodgingStatus.CALLED_OFF
    )
    return list(lines.values_list("sku__code", "quantity"))


def brought_in(deal: Deal) -> list[tuple[str, int]]:
    """What was brought for a deal and counted in: codes and pieces."""
    lines = LodgingLine.objects.filter(
        lodging__deal=deal, lodging__status=LodgingStatus.COUNTED
    ).order_by("pk")
    return list(lines.values_list("sku__code", "quantity"))


def drop_announced(deal: Deal, *, at: datetime) -> None:
    """What was announced and not sent will not come: it lies free in its owner's house again."""
    for lodging in Lodging.objects.filter(deal=deal, status__in=NOT_SENT):
        drop(lodging, at=at)


def drop(lodging: Lodging, *, at: datetime) -> None:
    """A lodging that was not sent is off."""
    not_sent = Lodging.objects.filter(pk=lodging.pk, status__in=NOT_SENT)
    if not not_sent.update(status=LodgingStatus.CALLED_OFF):
        return
    holds = [reservation_of(lodging.id, sku) for sku in lodging.lines.values_list("sku", flat=True)]
    stock.void_reservations(holds, at=at)
