"""A supervised account is frozen and freed again, by two persons of its bank with reason and paper.

    ask           one of the bank's people writes a court's or the bank's order down and asks
    ask_to_lift   the same, with the paper that lifts it
    agreed        another person agreed: the account is frozen, or free
    run_out       (worker) nobody agreed in time: nothing was frozen
    stop          (worker) payments that wait for it are noted in their deals, and told
    go_on         lifted: the deals say so, and the worker sends what waited

What a deal holds (limit, goods, earmark) stands all the while; its payments stay written.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from heliu.capital.bank import freezing as accounts
from heliu.capital.bank import queries as payments
from heliu.capital.bank.events import PaymentsFreed, PaymentsStopped
from heliu.capital.bank.freeze_models import Freeze, FreezeStatus
from heliu.capital.bank.models import PaymentInstruction
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import queries as asked_for
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act, Level
from heliu.kernel.events.facts import record
from heliu.kernel.events.notices import tell
from heliu.kernel.files import operations as files
from heliu.trade import deals
from heliu.trade.asking import ask as ask_house
from heliu.trade.models import DealStep, Step
from heliu.trade.paperwork import number_of
from heliu.trade.steps import locked, parties, remember
from heliu.trade.wake import file_soon

SYSTEM = Actor.system()
FREEZE = Act("freeze", (Level("decide"),), agreed_by=("decide", "override"), days=2)
LIFT = Act("unfreeze", (Level("decide"),), agreed_by=("decide", "override"), days=2)


def ask(wanted: accounts.Order, *, actor: Actor, at: datetime) -> tuple[Freeze, Approval]:
    """Somebody at the bank asks the others to freeze a dealer's supervised account."""
    with transaction.atomic():
        one = accounts.ask(wanted, actor=actor, at=at)
        return one, _ask(FREEZE, one, wanted.reason, actor=actor, at=at)


def show(number: str, *, name: str, content: bytes, actor: Actor, at: datetime) -> Freeze:
    """The paper of an order, a picture or a PDF; once. Whose account it is may read it."""
    actor.require("decide")
    with transaction.atomic():
        one = accounts.get(actor, number)
        paper = files.keep(
            content, actor=actor, org=one.bank, name=name, subject=one.pk,
            readers=[one.org], at=at,
        )  # fmt: skip
        return accounts.shown(one, paper.pk, actor=actor)


def ask_to_lift(
    number: str, *, paper: str, reason: str, actor: Actor, at: datetime
) -> tuple[Freeze, Approval]:
    """Somebody at the bank asks the others to lift a freeze."""
    with transaction.atomic():
        one = accounts.get(actor, number)
        one = accounts.ask_to_lift(one, paper=paper, reason=reason, actor=actor, at=at)
        return one, _ask(LIFT, one, reason, actor=actor, at=at)


def agreed(asked: Approval, *, actor: Actor, at: datetime) -> None:
    """The last yes to freezing or lifting has been said."""
    one = accounts.visible_to(actor).get(pk=asked.subject, bank__in=actor.orgs)
    if asked.act == FREEZE.name:
        one = accounts.freeze(one, actor=actor, at=at)
        _tell(one, "account-frozen", at=at)
    else:
        one, is_free = accounts.lift(one, actor=actor, at=at)
        _tell(one, "account-freed" if is_free else "freeze-lifted", at=at)
        go_on(one, actor=actor, at=at)
    file_soon()


def not_agreed(asked: Approval, *, actor: Actor) -> None:
    """The question was withdrawn, or somebody said no: nothing was frozen."""
    if asked.act == FREEZE.name:
        one = accounts.visible_to(actor).get(pk=asked.subject, bank__in=actor.orgs)
        accounts.dropped(one, asked.status)


def run_out(*, at: datetime) -> int:
    """Freezes that nobody at the bank has agreed to in time are over; returns how many."""
    over = [
        one
        for one in Freeze.objects.filter(frozen_at=None, dropped="").order_by("pk")
        if asked_for.waiting(one.pk, FREEZE.name, at=at) is None
    ]
    for one in over:
        accounts.dropped(one, FreezeStatus.EXPIRED)
    return len(over)


def stop(*, at: datetime) -> int:
    """Note in its deal, once for each freeze, that payments of it wait; returns how many. For the
    worker, which meets them when it would send them."""
    noted = DealStep.objects.filter(step=Step.PAYMENTS_STOPPED)
    met = 0
    for payment in accounts.waiting(PaymentInstruction.objects.all()).order_by("created_at"):
        known = set(noted.filter(deal=payment.deal).values_list("key", flat=True))
        for number in set(accounts.that_stop(payment)) - known:
            with transaction.atomic():
                met += _note(payment, number, at)
    return met


def go_on(one: Freeze, *, actor: Actor, at: datetime) -> None:
    """The deals that waited for a freeze say that it is lifted."""
    for step in DealStep.objects.filter(step=Step.PAYMENTS_STOPPED, key=one.number):
        deal = deals.of_lender(actor, step.deal_id)
        with widened(parties(deal)):
            deal = locked(deal.id)
            remember(deal, Step.PAYMENTS_FREED, key=one.number, actor=actor, at=at)
            fact = PaymentsFreed(subject=deal.pk)
            record(fact, actor=actor, at=at, audience=parties(deal), deal=deal.pk)
            tell(deal.seller, "payments-go-on", {"number": number_of(deal)},
                 link=deals.link(deal), at=at)  # fmt: skip


def link(one: Freeze) -> str:
    """Where it is read; the same address for the bank and for whose account it is."""
    return f"/freezes/{one.number}"


def _note(payment: PaymentInstruction, number: str, at: datetime) -> bool:
    deal = locked(payment.deal)
    said = {"payment": payment.number}
    if not remember(deal, Step.PAYMENTS_STOPPED, key=number, actor=SYSTEM, at=at, **said):
        return False
    fact = PaymentsStopped(subject=deal.pk, **said)
    record(fact, actor=SYSTEM, at=at, audience=parties(deal), deal=deal.pk)
    tell(deal.seller, "payments-stopped", {"number": number_of(deal)}, link=deals.link(deal), at=at)
    return True


def _ask(act: Act, one: Freeze, reason: str, *, actor: Actor, at: datetime) -> Approval:
    return ask_house(
        act, subject=one.pk, name=one.number, org=one.bank,
        amount=payments.supervised_on(one.account_id), actor=actor, reason=reason, at=at,
    )  # fmt: skip


def _tell(one: Freeze, kind: str, *, at: datetime) -> None:
    said = {"account": one.account_number, "paper": one.lift_paper or one.paper}
    tell(one.org, kind, said, link=link(one), at=at)
