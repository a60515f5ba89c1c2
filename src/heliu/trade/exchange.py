"""Pledged goods of an order exchanged for others, and goods that cure a shortfall: both are brought
by the dealer out of its own house (`lodging`).

    ask           the dealer names goods to come and pledged ones to leave; the lender's people are
                  asked
    agreed        they agree: the goods may be sent
    turned_down   they do not: these stay with the dealer, those stay bound
    bring         goods came short and the others do not cover the debt: more goods, whatever they
                  are; nobody need agree to them
    received      (from deliveries) the keeper has counted: what is good is pledged, and in the same
                  transaction goods worth no more leave for it, under a code of their own
    fall          the lender takes hold: what was not sent stays where it is
    run_out       nobody at the lender has answered in time

Goods count for what a piece cost by the order that bought it, those that come as those that leave:
the loan of an order has no price feed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import RUNNING, Loan, LoanStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals import queries as asked_for
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.states import move
from heliu.logistics.pledges.models import IN_FORCE, Pledge
from heliu.logistics.pledges.operations import freeing
from heliu.logistics.transport.models import Shipment
from heliu.logistics.warehousing.operations import Received
from heliu.logistics.warehousing.policies import Count
from heliu.trade import deals, lodging, pools, registration, releasing, sales, taking_out
from heliu.trade.asking import ask_others
from heliu.trade.financed_order import closing
from heliu.trade.lodging import EXCHANGE, Goods
from heliu.trade.models import LODGING_MOVES, Deal, Lodging, LodgingKind, LodgingStatus, Step
from heliu.trade.paperwork import loan_of, number_of, pledge_of
from heliu.trade.pick_ups import tell_pick_up
from heliu.trade.steps import locked, parties, remember

SYSTEM = Actor.system()
TAKES_GOODS = (LoanStatus.SELLER_PAID, LoanStatus.OVERDUE)


@dataclass(frozen=True)
class IfExchanged:
    """What an exchange would do, in fen at cost: what comes, what leaves, what is bound now."""

    comes: int
    leaves: int
    bound: int

    @property
    def bound_then(self) -> int:
        """What is bound once it is done."""
        return self.bound + self.comes - self.leaves


def if_exchanged(deal_id: UUID, goods_in: Goods, goods_out: Goods, *, actor: Actor) -> IfExchanged:
    """What an exchange would do. Raises what `ask` raises, but for goods that do not lie there."""
    deal = of_dealer(actor, deal_id)
    with widened(parties(deal)):
        return _weighed(deal, goods_in, goods_out)


def ask(
    deal_id: UUID, goods_in: Goods, goods_out: Goods, *, actor: Actor, reason: str, at: datetime
) -> Lodging:
    """The dealer asks its lender to let pledged goods go for others of the same families that cost
    no less. Those are set aside in its house; one exchange is asked for at a time.

    Raises `Refused` (takes-no-goods, nothing-bound, goods-short, not-so-much-bound,
    approval-waits), `Invalid` (nothing-brought, nothing-leaves, swap-of-another-kind,
    swap-worth-less, goods-never-bought), `Short` for more than lies there.
    """
    deal = of_dealer(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        _lapse(deal, at=at)
        seen, loan = _weighed(deal, goods_in, goods_out), loan_of(deal)
        ask_others(
            EXCHANGE, deal, org=loan.lender, amount=seen.leaves, actor=SYSTEM,
            reason=reason.strip(), at=at,
        )  # fmt: skip
        made = lodging.set_aside(
            deal, goods_in, loan=loan, kind=LodgingKind.SWAP, wants_out=goods_out,
            status=LodgingStatus.ASKED, actor=actor, at=at,
        )  # fmt: skip
        remember(
            deal, Step.EXCHANGE_ASKED, key=str(made.number), actor=actor, at=at,
            lodging=made.number, comes=seen.comes, leaves=seen.leaves,
        )  # fmt: skip
    return made


def agreed(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """All at the lender who must have agreed: the dealer may send the goods."""
    _require_open(deal)
    asked = _asked(deal)
    move(asked, LodgingStatus.ANNOUNCED, moves=LODGING_MOVES)
    tell(deal.buyer, "exchange-agreed", {"number": number_of(deal)}, link=deals.link(deal), at=at)


def turned_down(deal: Deal, *, actor: Actor, reason: str, at: datetime) -> None:
    """The lender does not let its goods go: the others stay in the dealer's house."""
    pools.drop(_asked(deal), at=at)
    said = {"number": number_of(deal), "reason": reason}
    tell(deal.buyer, "exchange-declined", said, link=deals.link(deal), at=at)


def bring(deal_id: UUID, goods: Goods, *, actor: Actor, at: datetime) -> Lodging:
    """Goods came short and the others do not cover the debt: the dealer brings more, of any kind
    that it has bought here. They are set aside in its house. `Refused` while nothing is short."""
    deal = of_dealer(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        loan, pledge = loan_of(deal), pledge_of(deal)
        if pledge is None or not pledge.is_short or loan.status not in TAKES_GOODS:
            raise Refused(
                "nothing-short",
                "The goods of %(number)s cover what is owed: no more are wanted.",
                number=number_of(deal),
            )
        return lodging.set_aside(
            deal, goods, loan=loan, kind=LodgingKind.TOP_UP, actor=actor, at=at
        )


def received(
    deal: Deal, shipment: Shipment, counts: Sequence[Count], *, actor: Actor, at: datetime
) -> Received:
    """Goods that the dealer of the locked deal brought were counted in: they are pledged; others
    leave for them, if it is an exchange; and what was repaid may free goods that were held."""
    is_open = why_not(deal) is None
    counted, brought = lodging.counted(deal, shipment, counts, actor=actor, at=at)
    registration.name_brought(deal, actor=actor, at=at)
    if brought.kind == LodgingKind.SWAP:
        costs = dict(brought.lines.values_list("pk", "unit_cost"))
        worth = sum(costs[line] * quantity for line, quantity in counted.good.items())
        is_done = is_open and _let_out(deal, brought, worth=worth, at=at)
        if not is_done and loan_of(deal).status in RUNNING:
            said = {"number": number_of(deal)}
            tell(deal.buyer, "swap-refused", said, link=deals.link(deal), at=at)
    releasing.release(deal, key=shipment.number, at=at)
    closing.close_if_done(deal, at=at)
    return counted


def fall(deal: Deal, *, at: datetime) -> None:
    """The lender takes hold of the goods of a locked deal: what its dealer would have brought stays
    where it is."""
    approvals.overtaken(deal.id, act=EXCHANGE, at=at)
    pools.drop_announced(deal, at=at)


def run_out(*, at: datetime) -> int:
    """Exchanges that nobody at the lender has answered in time are over; returns how many."""
    waiting = Lodging.objects.filter(status=LodgingStatus.ASKED).order_by("deal")
    over = [
        deal
        for deal in waiting.values_list("deal", flat=True)
        if asked_for.waiting(deal, EXCHANGE.name, at=at) is None
    ]
    return sum(_lapse(locked(deal), at=at) for deal in over)


def _lapse(deal: Deal, *, at: datetime) -> bool:
    """An exchange of a locked deal is over if nobody has answered it in time; whether it is."""
    if asked_for.waiting(deal.pk, EXCHANGE.name, at=at) is not None:
        return False
    asked = Lodging.objects.filter(deal=deal, status=LodgingStatus.ASKED).first()
    if asked is None:
        return False
    pools.drop(asked, at=at)
    said = {"number": number_of(deal)}
    tell(deal.buyer, "exchange-lapsed", said, link=deals.link(deal), at=at)
    return True


def of_dealer(actor: Actor, deal_id: UUID | str) -> Deal:
    """A deal of the actor's own order with a loan; `NotFound` otherwise."""
    deal = lodging.borrowed(actor, deal_id)
    if deal.is_stock:
        raise NotFound()
    return deal


def why_not(deal: Deal) -> Refused | None:
    """Why no goods of a deal are exchanged now; None where they may be."""
    loan, pledge = loan_of(deal), pledge_of(deal)
    if loan.status not in TAKES_GOODS or sales.is_begun(deal):
        return Refused(
            "takes-no-goods",
            "%(number)s takes no goods now: it is %(now)s.",
            number=number_of(deal),
            now=str(loan.get_status_display()),
        )
    if pledge is None or pledge.status not in IN_FORCE:
        return Refused("nothing-bound", "No goods secure %(number)s.", number=number_of(deal))
    if pledge.is_short:
        return Refused(
            "goods-short",
            "Goods of %(number)s came short: the others stay bound.",
            number=number_of(deal),
        )
    return None


def why_not_for(actor: Actor, deal: Deal) -> Refused | None:
    """The same for a party to the deal."""
    with widened(parties(deal)):
        return why_not(deal)


def _require_open(deal: Deal) -> tuple[Loan, Pledge]:
    """The loan and the pledge of a deal whose goods may be exchanged."""
    if (refusal := why_not(deal)) is not None:
        raise refusal
    pledge = pledge_of(deal)
    assert pledge is not None
    return loan_of(deal), pledge


def _weighed(deal: Deal, goods_in: Goods, goods_out: Goods) -> IfExchanged:
    """What an exchange would do, if it may be done."""
    loan, pledge = _require_open(deal)
    if not goods_out:
        raise Invalid("nothing-leaves", "Say which goods, and how many of each.", field="goods")
    bought = lodging.costs_of(deal.buyer, loan.seller, goods_in, rules=None)
    leaves = freeing.share_of(pledge, goods_out).value
    taking_out.require_same_families(goods_in, goods_out)
    comes = sum(quantity * bought[sku][0] for sku, quantity in goods_in.items())
    if comes < leaves:
        raise taking_out.worth_less()
    return IfExchanged(comes, leaves, pledge.bound_value)


def _let_out(deal: Deal, brought: Lodging, *, worth: int, at: datetime) -> bool:
    """For goods of this worth that were brought and pledged, those asked for leave, as far as they
    are worth no more; False where none does."""
    loan, pledge = _require_open(deal)
    key = f"swap:{brought.number}"
    freed = freeing.exchange(pledge, brought.goods_out, worth=worth, key=key, actor=SYSTEM, at=at)
    if freed is None:
        return False
    lending.goods_released(loan, amount=freed.value, key=str(freed.release_order.id), at=at)
    remember(
        deal, Step.EXCHANGED, key=key, actor=SYSTEM, at=at,
        release=freed.release_order.number, notice=freed.release_order.notice_number,
        quantity=freed.quantity, value=freed.value, comes=worth,
    )  # fmt: skip
    tell_pick_up(deal, pledge, freed, to=deal.buyer, number=number_of(deal), at=at)
    return True


def _asked(deal: Deal) -> Lodging:
    """The exchange that the lender was asked about."""
    return Lodging.objects.get(deal=deal, status=LodgingStatus.ASKED)
