"""Pledged goods are released as they are earned; large releases wait for the lender's people.

    release         what the repaid share of the loan has earned leaves
    may_leave       up to the programme's cap goods leave at once, above it the lender's people are
                    asked; what was earned since is asked about together
    ask             the question was refused or ran out: somebody at the lender asks it anew
    held_back       what was earned and waits
    release_agreed  all have agreed: it leaves

Until then goods stay bound; a dealer that is enforced meanwhile has them when all is paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals import queries as asked_for
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act, Level
from heliu.kernel.errors import Refused
from heliu.kernel.events.notices import tell
from heliu.kernel.money import Money
from heliu.logistics.pledges.models import Pledge, PledgeLine
from heliu.logistics.pledges.operations import freeing
from heliu.logistics.pledges.policies import comes_free
from heliu.trade import deals, shortfall
from heliu.trade.asking import ask_others
from heliu.trade.financed_order.closing import close_if_done
from heliu.trade.financed_order.instructing import is_seller_paying, seller_is_paying
from heliu.trade.models import Deal, Step
from heliu.trade.paperwork import has_all_goods, loan_of, number_of, pledge_of
from heliu.trade.pick_ups import tell_pick_up
from heliu.trade.repayment import earned_by, needs_word
from heliu.trade.steps import locked, parties, remember

SYSTEM = Actor.system()
RELEASE = Act("release", (Level("release"),), agreed_by=("release", "override"))


def release(deal: Deal, *, key: str, at: datetime, is_agreed: bool = False) -> None:
    """Set free what the repaid share of the loan has earned, in whole units, oldest first.

    The order goes to the keeper, the one-time code to the dealer, in the same transaction. A large
    release waits until the lender's people agreed.
    """
    pledge, loan = pledge_of(deal), loan_of(deal)
    if pledge is not None:
        shortfall.look(deal, loan, pledge, at=at)
    earned = earned_by(loan, pledge)
    if pledge is None or earned is None:
        return
    if not is_agreed and not may_leave(deal, loan, pledge, at=at):
        return
    freed = freeing.release(
        pledge,
        entitlement_value=earned.value,
        all_of_it=earned.all_of_it,
        key=key,
        actor=SYSTEM,
        at=at,
        is_last=has_all_goods(deal),
    )
    if freed is None or not freed.is_new:
        return
    lending.goods_released(loan, amount=freed.value, key=str(freed.release_order.id), at=at)
    remember(
        deal,
        Step.RELEASED,
        key=key,
        actor=SYSTEM,
        at=at,
        release=freed.release_order.number,
        notice=freed.release_order.notice_number,
        quantity=freed.quantity,
        value=freed.value,
    )
    tell_pick_up(deal, pledge, freed, to=deal.buyer, number=number_of(deal), at=at)


def release_agreed(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """The last of those at the lender who must has agreed to a large release of the locked deal."""
    if not waiting_value(deal):
        raise nothing_waits(deal)
    if is_seller_paying(deal, loan_of(deal)):
        raise seller_is_paying(loan_of(deal))
    approval = asked_for.agreed(deal.id, RELEASE.name)
    release(deal, key=str(approval.pk), is_agreed=True, at=at)
    close_if_done(deal, at=at)


def may_leave(deal: Deal, loan: Loan, pledge: Pledge, *, at: datetime) -> bool:
    """Whether the goods that a locked deal has earned leave without asking; else the lender's
    people are asked, and the dealer hears that they are."""
    if loan.programme.auto_release_cap is None:
        return True
    value = held_back(loan, pledge, _bound(pledge))
    waiting = asked_for.waiting(deal.id, RELEASE.name, at=at)
    if waiting is not None and waiting.amount == value:
        return False
    approvals.overtaken(deal.id, act=RELEASE, at=at)
    if not value:
        return True
    ask_others(RELEASE, deal, org=loan.lender, amount=value, actor=SYSTEM, reason="", at=at)
    tell(
        deal.buyer,
        "release-waits",
        {"number": deal.number, "amount": Money(value)},
        link=deals.link(deal),
        at=at,
    )
    return False


def ask(deal_id: UUID | str, *, actor: Actor, reason: str, at: datetime) -> Approval:
    """Somebody at the lender asks to release what was earned and held back."""
    actor.require("release")
    deal = deals.of_lender(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        value = waiting_value(deal)
        if not value:
            raise nothing_waits(deal)
        lender = loan_of(deal).lender
        return ask_others(
            RELEASE, deal, org=lender, amount=value, actor=actor, reason=reason, at=at
        )


def waiting_value(deal: Deal) -> int:
    """What a deal has earned and is held back, in fen. For a step that acts for all its parties."""
    pledge = pledge_of(deal)
    return held_back(loan_of(deal), pledge, _bound(pledge)) if pledge is not None else 0


def held_back(loan: Loan, pledge: Pledge | None, bound: Sequence[PledgeLine]) -> int:
    """The value in fen of the goods, of those `bound`, that a loan has earned and that wait for its
    lender: more than the programme lets out by itself. 0 where nothing waits."""
    earned = earned_by(loan, pledge)
    if pledge is None or earned is None:
        return 0
    _, share = comes_free(
        pledge,
        [line.bound for line in bound],
        entitlement_value=earned.value,
        all_of_it=earned.all_of_it,
    )
    return share.value if share.value and needs_word(loan, share.value) else 0


def nothing_waits(deal: Deal) -> Refused:
    """What is said where no release waits."""
    return Refused(
        "no-release-waits", "No goods of %(number)s wait for your word.", number=deal.number
    )


def _bound(pledge: Pledge) -> list[PledgeLine]:
    return list(pledge.lines.filter(is_live=True).order_by("position"))
