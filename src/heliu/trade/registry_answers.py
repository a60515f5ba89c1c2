"""The door through which the registry's answers enter the stories, and the lender's word on them.

searched     nobody else has a claim: the loan is paid out if the deposit is there;
             somebody has: the deal waits and the lender is told
go_on        the lender pays out in spite of the claim, with a reason
call_off     or it does not, and the order is cancelled
registered   the claim is entered; of a deal that ended meanwhile it is struck off at once
amended, struck_off, refused
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from heliu.capital.bank import queries as payments
from heliu.capital.registry import operations as registry
from heliu.capital.registry import queries
from heliu.capital.registry.models import Filing, FilingKind, FilingStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.errors import Invalid, Refused
from heliu.kernel.events.notices import tell
from heliu.trade import deals, registration, side_exits, stock_loan
from heliu.trade.financed_order import paying_out
from heliu.trade.models import Deal, Outcome, Step
from heliu.trade.paperwork import loan_of, number_of
from heliu.trade.steps import locked, parties, remember
from heliu.trade.wake import wake

SYSTEM = Actor.system()
Answer = Callable[..., None]


def file_written(*, at: datetime) -> int:
    """Hand over what is written for the registry and go on with what it answers."""
    return registry.hand_over_written(at, lambda filing: answered(filing, at=at))


def ask_again(*, at: datetime) -> int:
    """Ask for every answer that was lost or takes long; returns how many were asked for."""
    return registry.ask_again(at, lambda filing: answered(filing, at=at))


def answered(filing: Filing, *, at: datetime) -> None:
    """Go on with the deal as the registry's answer says; in the transaction that keeps it."""
    if filing.deal is None:
        return  # a search by hand: somebody reads it
    deal = locked(filing.deal)
    if filing.status == FilingStatus.REFUSED:
        refused(deal, filing, at=at)
    else:
        ANSWERED[filing.kind](deal, filing, at=at)


def searched(deal: Deal, filing: Filing, *, at: datetime) -> None:
    """The register was searched before the loan is paid out."""
    key, against = str(filing.pk), queries.conflicts(filing)
    if not remember(
        deal, Step.SEARCHED, key=key, actor=SYSTEM, at=at,
        found=len(filing.found), against=len(against),
    ):  # fmt: skip
        return
    if not against:
        _pay_out(deal, at=at)
    elif deal.outcome == Outcome.OPEN:
        remember(deal, Step.CONFLICT_FOUND, key=key, actor=SYSTEM, at=at, number=against[0].number)
        _tell_lender(deal, "claim-found", at=at, entry=against[0].number)


def go_on(deal_id: UUID | str, *, actor: Actor, reason: str, at: datetime) -> None:
    """The lender pays out in spite of another's claim, and says why."""
    actor.require("override")
    deal = deals.of_lender(actor, deal_id)
    if not reason.strip():
        raise Invalid("reason-missing", "Say why.", field="reason")
    with widened(parties(deal)):
        deal = locked(deal.id)
        search = _require_conflict(deal)
        remember(deal, Step.CONFLICT_ACCEPTED, key=str(search.pk), actor=actor, at=at)
        registry.accept(search, reason=reason.strip()[:300], actor=actor, at=at)
        _pay_out(deal, at=at)
    wake(deal.id)


def call_off(deal_id: UUID | str, *, actor: Actor, reason: str, at: datetime) -> None:
    """The lender does not pay on goods that another may claim: the deposit goes back. Refused while
    goods for a loan against stock are on the way."""
    actor.require("decide")
    deal = deals.of_lender(actor, deal_id)
    if not reason.strip():
        raise Invalid("reason-missing", "Say why.", field="reason")
    with widened(parties(deal)):
        deal = locked(deal.id)
        _require_conflict(deal)
        if payments.has_open(deal.id):
            raise Refused(
                "bank-is-paying",
                "The bank is just paying for %(number)s.",
                number=number_of(deal),
                help="Try again in a minute.",
            )
        if deal.is_stock:
            stock_loan.require_none_on_the_way(deal)
        side_exits.stop(deal, actor=actor, reason=reason.strip(), at=at)
    wake(deal.id)


def registered(deal: Deal, filing: Filing, *, at: datetime) -> None:
    """The lender's claim is entered."""
    remember(deal, Step.REGISTERED, actor=SYSTEM, at=at, number=filing.number, until=filing.until)
    if deal.outcome != Outcome.OPEN:
        registry.discharge(deal.id, actor=SYSTEM, at=at)
    elif deal.is_stock:
        stock_loan.go_on(deal, at=at)
    else:
        registration.name_brought(deal, actor=SYSTEM, at=at)


def amended(deal: Deal, filing: Filing, *, at: datetime) -> None:
    """The registration runs longer, or names other goods."""
    step = Step.AMENDED if filing.goods else Step.RENEWED
    remember(
        deal, step, key=str(filing.pk), actor=SYSTEM, at=at,
        number=filing.number, until=filing.until,
    )  # fmt: skip


def struck_off(deal: Deal, filing: Filing, *, at: datetime) -> None:
    """Nobody has a claim on the goods any more."""
    remember(deal, Step.DISCHARGED, actor=SYSTEM, at=at, number=filing.number)


def refused(deal: Deal, filing: Filing, *, at: datetime) -> None:
    """The registry refused a filing: the lender has it filed again when its cause is mended."""
    if remember(
        deal, Step.FILING_REFUSED, key=str(filing.pk), actor=SYSTEM, at=at,
        kind=filing.kind, reason=filing.reason,
    ):  # fmt: skip
        _tell_lender(deal, "filing-refused", at=at, reason=filing.reason)


ANSWERED: dict[str, Answer] = {
    FilingKind.SEARCH: searched,
    FilingKind.REGISTER: registered,
    FilingKind.AMEND: amended,
    FilingKind.DISCHARGE: struck_off,
}


def _pay_out(deal: Deal, *, at: datetime) -> None:
    """Nobody else's claim is in the way: pay out what waits for nothing else."""
    (stock_loan.go_on if deal.is_stock else paying_out.finance)(deal, at=at)


def _require_conflict(deal: Deal) -> Filing:
    """The search that found another's claim, on which a locked deal waits for its lender."""
    search = queries.newest_search(deal.id)
    if search is None or not queries.conflicts(search):
        raise Refused(
            "no-conflict", "Nobody else has a claim on the goods of %(number)s.", number=deal.number
        )
    if loan_of(deal).status not in registration.BEFORE_PAY_OUT:
        raise Refused(
            "not-waiting", "%(number)s does not wait for this any more.", number=deal.number
        )
    return search


def _tell_lender(deal: Deal, kind: str, *, at: datetime, **said: str) -> None:
    if deal.lender is not None:
        number = number_of(deal)
        tell(deal.lender, kind, {"number": number, **said}, link=deals.link(deal), at=at)
