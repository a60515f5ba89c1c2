"""Goods out of a pool: above the floor at any time, or in exchange for others.

    take_out    the borrower names goods; what is left must be worth the floor
    ask_swap    it names goods to come in and goods to leave for them
    swap        (when the others are counted) they leave: of the same families, and the pool is
                worth no less than before, or lies above its floor all the same

Under which price and by which rule goods count is asked of the pool itself (`pools.Pooled`), so
what a page shows as free is what may leave.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.valuation import policies as valuation
from heliu.capital.valuation.policies import Cure
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.goods.models import Sku
from heliu.kernel.money import Money
from heliu.logistics.pledges.models import Pledge
from heliu.logistics.pledges.operations import freeing
from heliu.logistics.pledges.operations.freeing import Released
from heliu.trade import deals, lodging, pool_marks, pools
from heliu.trade.lodging import Goods, of_borrower
from heliu.trade.models import Deal, Lodging, LodgingKind, MarkCause, Step
from heliu.trade.paperwork import loan_of, pledge_of
from heliu.trade.pick_ups import tell_pick_up
from heliu.trade.steps import locked, parties, remember

SYSTEM = Actor.system()
LETS_OUT = (LoanStatus.SELLER_PAID, LoanStatus.OVERDUE)


@dataclass(frozen=True)
class IfTaken:
    """What a pool would stand at without some goods, in fen."""

    value: int
    exposure: int
    floor: int
    cure: Cure

    @property
    def may_leave(self) -> bool:
        """Whether what is left is worth the floor."""
        return self.value >= self.floor


def if_taken(loan: Loan, goods: Goods, *, at: datetime) -> IfTaken:
    """What taking these goods out would leave, by the rules by which they leave."""
    content = pools.pooled([loan], at)[loan.deal]
    exposure = pool_marks.exposure_of(loan, lending.owed(loan, day_of(at)))
    left = content.valued(at, without=goods).value
    return IfTaken(
        left,
        exposure,
        valuation.floor_of(exposure, content.rules),
        valuation.cure_of(exposure, left, content.rules),
    )


def take_out(deal_id: UUID, goods: Goods, *, actor: Actor, key: str, at: datetime) -> Released:
    """The borrower takes goods out of its pool; the code comes to it at once. Once per `key`.

    Raises `Refused` (below-floor) where what is left would be worth less than the floor: it says
    how much must be repaid first.
    """
    deal = of_borrower(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        loan, pledge = _running(deal)
        if known := pledge.releases.filter(key=f"out:{key}").first():
            return Released(known, "", known.quantity, known.value, is_new=False)
        freeing.share_of(pledge, goods)
        left = if_taken(loan, goods, at=at)
        if not left.may_leave:
            raise Refused(
                "below-floor",
                "Without these goods the stock would be worth %(value)s; it must be worth"
                " %(floor)s.",
                field="goods",
                value=str(Money(left.value)),
                floor=str(Money(left.floor)),
                help="Repay %(cash)s first, or bring other goods in their place.",
                cash=str(Money(left.cure.cash)),
            )
        return _let_out(
            deal, loan, pledge, goods, key=f"out:{key}", cause=MarkCause.TAKEN, actor=actor, at=at
        )


def ask_swap(
    deal_id: UUID, goods_in: Goods, goods_out: Goods, *, actor: Actor, at: datetime
) -> Lodging:
    """The borrower will bring goods in place of others, of the same families. Raises `Invalid`
    (swap-of-another-kind, swap-worth-less) where it is plain today that they are not enough."""
    deal = of_borrower(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        loan, pledge = _running(deal)
        freeing.share_of(pledge, goods_out)
        require_same_families(goods_in, goods_out)
        made = lodging.set_aside(
            deal, goods_in, loan=loan, kind=LodgingKind.SWAP, actor=actor,
            at=at, wants_out=goods_out,
        )  # fmt: skip
        if cost(goods_out, dict(pledge.lines.values_list("sku", "unit_value"))) > sum(
            line.cost for line in made.lines.all()
        ):
            raise worth_less()
    return made


def cost(goods: Goods, unit_costs: dict[UUID, int]) -> int:
    """What these goods cost together."""
    return sum(quantity * unit_costs[sku] for sku, quantity in goods.items())


def swap(deal: Deal, brought: Lodging, *, before: int, at: datetime) -> Released | None:
    """What was brought in place of others is pledged: those leave, if the pool is then worth no
    less than `before` they came, or lies above its floor. Else they stay, and the borrower is
    told."""
    loan, pledge, goods = loan_of(deal), pledge_of(deal), brought.goods_out
    if pledge is None or loan.status not in LETS_OUT:
        return None
    left = if_taken(loan, goods, at=at)
    if not left.may_leave and left.value < before:
        tell(deal.buyer, "swap-refused", {"number": deal.number}, link=deals.link(deal), at=at)
        return None
    return _let_out(
        deal, loan, pledge, goods, key=f"swap:{brought.number}", cause=MarkCause.SWAPPED,
        actor=SYSTEM, at=at,
    )  # fmt: skip


def _let_out(
    deal: Deal, loan: Loan, pledge: Pledge, goods: Goods, *, key: str, cause: MarkCause,
    actor: Actor, at: datetime,
) -> Released:  # fmt: skip
    is_exchanged = cause == MarkCause.SWAPPED
    freed = freeing.take_out(pledge, goods, key=key, actor=actor, at=at, is_exchanged=is_exchanged)
    lending.goods_released(loan, amount=freed.value, key=str(freed.release_order.id), at=at)
    remember(
        deal, Step.RELEASED, key=key, actor=actor, at=at,
        release=freed.release_order.number, notice=freed.release_order.notice_number,
        quantity=freed.quantity, value=freed.value,
    )  # fmt: skip
    pool_marks.mark([deal], cause, at=at)
    tell_pick_up(deal, pledge, freed, to=deal.buyer, number=deal.number, at=at)
    return freed


def _running(deal: Deal) -> tuple[Loan, Pledge]:
    """A loan whose pool may change, and its pledge."""
    loan, pledge = loan_of(deal), pledge_of(deal)
    if pledge is None or loan.status not in LETS_OUT:
        raise Refused(
            "pool-shut",
            "Nothing leaves the stock of %(number)s now: the loan is %(now)s.",
            number=deal.number,
            now=str(loan.get_status_display()),
        )
    return loan, pledge


def require_same_families(goods_in: Goods, goods_out: Goods) -> None:
    """Raises `Invalid` for an exchange of goods for some of another kind."""
    if _families(goods_in) != _families(goods_out):
        raise Invalid(
            "swap-of-another-kind",
            "Goods are exchanged for goods of the same families.",
            field="goods",
        )


def worth_less() -> Invalid:
    """What is said where goods would leave for cheaper ones."""
    return Invalid(
        "swap-worth-less", "The goods that come in cost less than those that leave.", field="goods"
    )


def _families(goods: Iterable[UUID]) -> set[str]:
    return set(Sku.objects.filter(pk__in=list(goods)).values_list("family", flat=True))
