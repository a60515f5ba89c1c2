"""The registry's part in a pledged order, top to bottom.

    search       at the signature: what is entered against the dealer already
    search_anew  the deposit is there: an answer that has grown old is no ground to pay on
    is_clear     before the loan is paid out: the search found nobody else's claim on the goods
    register     the goods are pledged: the lender's claim on them is entered
    register_missing   pledges that were never filed, such as older ones, are entered late
    name_brought goods of other kinds came in: they are entered too
    renew_due    its end comes near while the deal is open: for the same term again
    file_again   the registry refused: the lender has it filed once more

A deal that ends has its registration struck off (`steps.end`); nobody at the gate waits for that.
The registry's answers, and what the lender decides on a conflict, come in through
`registry_answers`.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast

from heliu.capital.lending import queries as loans
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.capital.registry import operations as registry
from heliu.capital.registry import policies, queries
from heliu.capital.registry.models import Filing, FilingKind, FilingStatus
from heliu.commerce.ordering.models import OrderLine
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import day_of
from heliu.kernel.errors import NotFound, Refused
from heliu.logistics.pledges.models import IN_FORCE, Pledge
from heliu.trade import deals
from heliu.trade.models import Deal, DealStep, Outcome, Step
from heliu.trade.paperwork import loan_of, number_of
from heliu.trade.pools import brought_in, lodged
from heliu.trade.steps import is_done, locked, parties
from heliu.trade.wake import file_soon, wake

SYSTEM = Actor.system()
LATE_AT_ONCE = 500
BEFORE_PAY_OUT = (LoanStatus.AWAIT_DEPOSIT, LoanStatus.FUNDED_SHARE, LoanStatus.AWAIT_GOODS)


def search(deal: Deal, loan: Loan, *, at: datetime, key: str = "", actor: Actor = SYSTEM) -> Filing:
    """Ask what is entered against the dealer; once for a key."""
    number, goods = _about(deal)
    return registry.search(
        debtor=loan.borrower,
        lender=loan.lender,
        deal=deal.id,
        key=key,
        goods=[code for code, _ in goods],
        lot=number,
        actor=actor,
        at=at,
    )


def search_anew(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """Search again where the answer has grown old, or where nobody has searched."""
    newest = queries.newest_search(deal.id)
    if newest is None or (
        newest.answered_at is not None and not policies.is_fresh(newest.answered_at, at)
    ):
        search(deal, loan, key=at.isoformat() if newest else "", at=at)


def is_clear(deal: Deal) -> bool:
    """Whether the loan may be paid out: the newest search found nobody else's claim, or the lender
    goes on in spite of it."""
    newest = queries.newest_search(deal.id)
    if newest is None or newest.status != FilingStatus.ANSWERED:
        return False
    return not queries.conflicts(newest) or is_accepted(deal, newest)


def is_accepted(deal: Deal, search: Filing) -> bool:
    """Whether the lender goes on in spite of what this search found."""
    return is_done(deal, Step.CONFLICT_ACCEPTED, key=str(search.pk))


def register(deal: Deal, loan: Loan, *, actor: Actor, at: datetime) -> Filing:
    """The first goods are pledged: have the lender's claim on the goods of the order entered; on
    those of a pool, which change, as whatever lies under its number."""
    number, goods = _about(deal)
    return registry.register(
        deal=deal.id,
        debtor=loan.borrower,
        lender=loan.lender,
        goods=[] if deal.is_stock else [code for code, _ in goods],
        lot=number,
        content=f"{number}: " + ", ".join(f"{quantity}×{code}" for code, quantity in goods),
        amount=loan.principal,
        until=_ends(loan, at),
        actor=actor,
        at=at,
    )


def name_brought(deal: Deal, *, actor: Actor, at: datetime) -> None:
    """Kinds of goods that the dealer of an order brought, and that its registration does not name,
    are entered too; of one that is not entered yet, once it is (`registry_answers.registered`)."""
    number, goods = _about(deal)
    named, brought = {code for code, _ in goods}, brought_in(deal)
    if deal.is_stock or not {code for code, _ in brought} - named:
        return
    every = [*goods, *brought]
    registry.name_goods(
        deal.id,
        sorted({code for code, _ in every}),
        content=f"{number}: " + ", ".join(f"{quantity}×{code}" for code, quantity in every),
        key=f"goods:{len(brought)}",  # what was brought only ever becomes more
        actor=actor,
        at=at,
    )


def renew_due(*, at: datetime) -> int:
    """Renew what ends soon and still secures an open deal; returns how many. For the worker."""
    today = day_of(at)
    ending = {one.deal: one for one in queries.ending(on=today)}
    still_open = Deal.objects.filter(pk__in=ending, outcome=Outcome.OPEN).values("pk")
    terms = Loan.objects.filter(deal__in=still_open).order_by("deal")
    due = [
        (ending[deal], months)
        for deal, months in terms.values_list("deal", "register_months")
        if ending[deal].expires_on <= today + policies.lead(months)
    ]
    with transaction.atomic():
        for registration, months in due:
            registry.renew(registration, months, actor=SYSTEM, at=at)
    return len(due)


def register_missing(*, at: datetime) -> int:
    """Have pledges in force entered that nobody has filed for, such as those made before there was
    a register; returns how many, so many a turn. For the worker."""
    filed = Filing.objects.filter(deal=OuterRef("pk"), kind=FilingKind.REGISTER)
    in_force = Pledge.objects.filter(pk=OuterRef("pledge_id"), status__in=IN_FORCE)
    missing = Deal.objects.filter(
        Exists(in_force), ~Exists(filed), outcome=Outcome.OPEN, loan_id__isnull=False
    )
    due = list(missing.order_by("pk").values_list("pk", flat=True)[:LATE_AT_ONCE])
    for pk in due:
        with transaction.atomic():
            deal = locked(pk)
            register(deal, loan_of(deal), actor=SYSTEM, at=at)
    return len(due)


def file_again(filing_id: UUID, *, actor: Actor, at: datetime) -> Filing:
    """The registry refused and its cause is mended: the lender has it filed once more."""
    actor.require("decide")
    refused = queries.get(actor, filing_id)
    if refused.deal is None:
        raise NotFound()
    deal = deals.of_lender(actor, refused.deal)
    with widened(parties(deal)):
        deal = locked(deal.id)
        if deal.outcome != Outcome.OPEN and refused.kind != FilingKind.DISCHARGE:
            raise Refused(
                "deal-over",
                "%(number)s is over; only its registration can still be struck off.",
                number=deal.number,
            )
        is_new = refused.kind == FilingKind.REGISTER
        until = _ends(loan_of(deal), at) if is_new else None
        again = registry.file_again(refused, actor=actor, at=at, until=until)
    wake(deal.id)
    return again


def search_by_hand(*, debtor: UUID, actor: Actor, at: datetime) -> Filing:
    """Somebody at a lender looks a debtor up in the register; the answer comes to the desk."""
    actor.require("decide")
    filing = registry.search(debtor=debtor, lender=actor.own_org, actor=actor, at=at)
    file_soon()
    return filing


def in_conflict(actor: Actor) -> QuerySet[Filing]:
    """The searches of another's claim on which the lender has to decide."""
    waiting = loans.visible_to(actor).filter(status__in=BEFORE_PAY_OUT).values("deal")
    accepted = DealStep.objects.filter(
        deal=OuterRef("deal"),
        step=Step.CONFLICT_ACCEPTED,
        key=Cast(OuterRef("pk"), CharField()),
    )
    return queries.in_conflict(actor).filter(~Exists(accepted), deal__in=waiting)


def _ends(loan: Loan, at: datetime) -> date:
    """The last day of a registration that is filed for now."""
    return policies.months_after(day_of(at), loan.register_months)


def _about(deal: Deal) -> tuple[str, list[tuple[str, int]]]:
    """The document the goods go by, and what they are: codes and quantities, in its own order."""
    if deal.is_stock:
        return deal.number, lodged(deal)
    lines = OrderLine.objects.filter(order=deal.order_id).order_by("position")
    return number_of(deal), list(lines.values_list("sku__code", "quantity"))
