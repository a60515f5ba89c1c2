"""What is done once all who must agree have agreed: the last yes and the act are one
transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from heliu.capital.credit import ruling
from heliu.capital.terms import queries as credit
from heliu.capital.terms.operations.common import locked_terms
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals import queries
from heliu.kernel.approvals.models import Approval, ApprovalStatus
from heliu.kernel.approvals.policies import Act
from heliu.trade import (
    changing,
    closing_books,
    closing_houses,
    conceding,
    confirming,
    control_answers,
    controls,
    corrections,
    deals,
    enforcement,
    exchange,
    freezing,
    giving_back,
    liquidation,
    lodging,
    programmes,
    proposals,
    purchases,
    quoting,
    receivables,
    releasing,
    returns,
)
from heliu.trade.financed_order import signing
from heliu.trade.models import Proposed
from heliu.trade.steps import locked, parties

# What was kept until others agreed, and how it is done then.
PROPOSED: dict[str, proposals.Hand] = {
    Proposed.VALUE_DAY: corrections.counts_from,
    Proposed.TAKE_BACK: corrections.goes_back,
    Proposed.PAID_OUT: corrections.paid_out_on,
    Proposed.DRAFT: programmes.sent,
    Proposed.MODES: programmes.changed,
    Proposed.RELEASE_CAP: programmes.capped,
    Proposed.MARGINS: programmes.margins_set,
    Proposed.QUOTE_ANSWER: quoting.answered,
    Proposed.QUOTE_BEGUN: quoting.begun,
}
ACCOUNTS = (freezing.FREEZE, freezing.LIFT)
KEPT = (corrections.CORRECT, programmes.PROGRAMME, conceding.OFFER)
BOOKS = (closing_books.CLOSE, closing_books.REOPEN)
# What a house may have rules for, by what it is.
RULED: dict[str, tuple[Act, ...]] = {
    "BANK": (
        controls.PAY_OUT,
        releasing.RELEASE,
        giving_back.GIVE_BACK,
        lodging.EXCHANGE,
        enforcement.ENFORCE,
        liquidation.SELL,
        enforcement.WRITE_OFF,
        ruling.CHANGE_RULES,
        *ACCOUNTS,
        *KEPT,
        *BOOKS,
    ),
    "SELLER": (
        confirming.CONFIRM,
        receivables.LET_PASS,
        receivables.WRITE_OFF,
        returns.AGREE,
        conceding.OFFER,
        *BOOKS,
    ),
    "DEALER": (signing.SIGN, *BOOKS),
    "BUYER": (signing.SIGN, *BOOKS),
}
DONE: dict[str, Callable[..., None]] = {
    signing.SIGN.name: signing.countersigned,
    controls.PAY_OUT.name: control_answers.accepted,
    releasing.RELEASE.name: releasing.release_agreed,
    giving_back.GIVE_BACK.name: giving_back.agreed,
    lodging.EXCHANGE.name: exchange.agreed,
    enforcement.ENFORCE.name: enforcement.enforce,
    enforcement.WRITE_OFF.name: enforcement.write_off,
    liquidation.SELL.name: liquidation.sell,
    receivables.WRITE_OFF.name: receivables.write_off,
    changing.CHANGE.name: changing.agreed,
    confirming.CONFIRM.name: confirming.agreed,
}
# Acts that are about no deal, but about something of the house's own (its id is the subject).
OF_THE_HOUSE: dict[str, Callable[..., object]] = {
    ruling.CHANGE_RULES.name: ruling.agreed,
    returns.AGREE.name: returns.agreed,
    closing_houses.CLOSE.name: closing_houses.agreed,
    **{act.name: closing_books.agreed for act in BOOKS},
    **{act.name: freezing.agreed for act in ACCOUNTS},
    **{act.name: partial(proposals.carry_out, hands=PROPOSED) for act in KEPT},
}

# What a no leads to, beyond that nothing is done.
TURNED_DOWN: dict[str, Callable[..., None]] = {
    controls.PAY_OUT.name: control_answers.refused,
    giving_back.GIVE_BACK.name: giving_back.turned_down,
    lodging.EXCHANGE.name: exchange.turned_down,
    changing.CHANGE.name: changing.turned_down,
}

# About what a seller grants a buyer, not about one deal.
OF_TERMS: dict[str, Callable[..., None]] = {receivables.LET_PASS.name: receivables.let_pass}


def ruled_by(actor: Actor) -> dict[str, Act]:
    """The acts for which the actor's house may have rules, by name."""
    acts = (act for role in sorted(actor.party_roles) for act in RULED.get(role, ()))
    return {act.name: act for act in acts}


def vote(
    approval_id: UUID, *, agrees: bool, actor: Actor, at: datetime, reason: str = ""
) -> Approval:
    """One person's word on what somebody of the house asked for; raises as `approvals.vote` does,
    and what the act itself refuses: then the word is not said either."""
    asked = queries.get(actor, approval_id)
    if asked.act == conceding.OFFER.name:
        return quoting.voted(
            asked,
            lambda: _vote_on_own(asked, agrees=agrees, actor=actor, at=at, reason=reason),
            actor=actor,
            at=at,
        )
    if asked.act in OF_THE_HOUSE:
        return _vote_on_own(asked, agrees=agrees, actor=actor, at=at, reason=reason)
    if asked.act in OF_TERMS:
        return _vote_on_terms(asked, agrees=agrees, actor=actor, at=at, reason=reason)
    if asked.act == purchases.PURCHASE.name:
        return purchases.voted(
            asked,
            lambda: approvals.vote(asked.pk, agrees=agrees, reason=reason, actor=actor, at=at),
            actor=actor,
            at=at,
        )
    deal = deals.get(actor, asked.subject)
    # A yes that cannot be carried out is no yes: the question waits on.
    with transaction.atomic(), widened(parties(deal)):
        deal = locked(deal.id)
        said = approvals.vote(asked.id, agrees=agrees, reason=reason, actor=actor, at=at)
        if said.status == ApprovalStatus.APPROVED:
            DONE[said.act](deal, actor=actor, at=at)
        elif said.status == ApprovalStatus.REFUSED and said.act in TURNED_DOWN:
            TURNED_DOWN[said.act](deal, actor=actor, reason=reason.strip(), at=at)
    return said


def withdraw(approval_id: UUID, *, actor: Actor, at: datetime) -> Approval:
    """Whoever asked takes the question back, and with it what it was about where that only waited
    for the answer."""
    asked = queries.get(actor, approval_id)
    if asked.act == changing.CHANGE.name:
        deal = deals.get(actor, asked.subject)
        with widened(parties(deal)):
            locked(deal.id)
            said = approvals.withdraw(approval_id, actor=actor, at=at)
            changing.withdraw(deal.order_id, actor=actor, at=at)
        return said
    if asked.act != purchases.PURCHASE.name:
        with transaction.atomic():
            said = approvals.withdraw(approval_id, actor=actor, at=at)
            freezing.not_agreed(said, actor=actor)
        return said
    with transaction.atomic():
        said = approvals.withdraw(approval_id, actor=actor, at=at)
        purchases.withdraw(purchases.of(said, actor), actor=actor, at=at)
    return said


def _vote_on_own(
    asked: Approval, *, agrees: bool, actor: Actor, at: datetime, reason: str
) -> Approval:
    with transaction.atomic():
        said = approvals.vote(asked.id, agrees=agrees, reason=reason, actor=actor, at=at)
        if said.status == ApprovalStatus.APPROVED:
            OF_THE_HOUSE[said.act](said, actor=actor, at=at)
        elif said.status == ApprovalStatus.REFUSED:
            freezing.not_agreed(said, actor=actor)
    return said


def _vote_on_terms(
    asked: Approval, *, agrees: bool, actor: Actor, at: datetime, reason: str
) -> Approval:
    found = credit.terms_visible_to(actor).get(pk=asked.subject)
    with widened([found.seller, found.buyer]):
        found = locked_terms(found.seller, found.buyer, at=at)
        said = approvals.vote(asked.id, agrees=agrees, reason=reason, actor=actor, at=at)
        if said.status == ApprovalStatus.APPROVED:
            OF_TERMS[said.act](found, actor=actor, at=at)
    return said
