"""Freezing a supervised account and lifting that again; which payments wait for it.

    ask           the bank writes the order down; nothing is frozen yet
    freeze        the other person has agreed: nothing leaves the account any more
    ask_to_lift   the bank writes down by which paper it is to be lifted
    lift          the other person has agreed; the account is free once no freeze is left

A payment that leaves a frozen account, or that would bring the lender's money and the dealer's own
share onto it, stays written and is not sent (`bank_may_go`, and a trigger behind it). What the bank
books of what it has already is believed as ever. Freezing at the bank itself is the bank's.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from heliu.capital.bank.events import AccountFreed, AccountFrozen
from heliu.capital.bank.freeze_models import Authority, Freeze
from heliu.capital.bank.models import (
    AccountKind,
    BankAccount,
    InstructionStatus,
    PaymentInstruction,
    Purpose,
)
from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.numbering import next_number

ONTO_IT = (Purpose.DISBURSEMENT, Purpose.OWN_SHARE)
"""What is not sent onto a frozen account: the lender's own money would be caught on it."""
IN_FORCE = Q(frozen_at__isnull=False, lifted_at=None)


class Order(NamedTuple):
    """By whose order (`authority`), with which paper and why the account of `org` is frozen."""

    org: UUID
    authority: str
    paper: str
    reason: str


def visible_to(actor: Actor) -> QuerySet[Freeze]:
    """The bank's own, and those by which an account of the actor was frozen; newest first."""
    found = Freeze.objects.order_by("-asked_at", "-id")
    if actor.is_system:
        return found
    mine = Q(org__in=actor.orgs, frozen_at__isnull=False)
    return found.filter(Q(bank__in=actor.orgs) | mine)


def get(actor: Actor, number: str) -> Freeze:
    """One of them by its number, or `NotFound`."""
    found = visible_to(actor).filter(number=number).select_related("account").first()
    if found is None:
        raise NotFound()
    return found


def in_force(actor: Actor) -> QuerySet[Freeze]:
    """Those that hold now."""
    return visible_to(actor).filter(IN_FORCE)


def waiting(found: QuerySet[PaymentInstruction]) -> QuerySet[PaymentInstruction]:
    """Those of the payments that are not sent because an account is frozen."""
    live = Freeze.objects.filter(IN_FORCE)
    leaves = Exists(live.filter(account=OuterRef("from_account")))
    onto = Exists(live.filter(account=OuterRef("to_account")))
    written = found.filter(status=InstructionStatus.CREATED)
    return written.filter(Q(leaves) | Q(onto, purpose__in=ONTO_IT))


def payments_of(one: Freeze, actor: Actor) -> QuerySet[PaymentInstruction]:
    """The payments that wait for a freeze that holds, as far as the actor may see them; the oldest
    first."""
    mine = actor.orgs
    seen = Q(payer__in=mine) | Q(payee__in=mine) | Q(lender__in=mine)
    found = PaymentInstruction.objects.filter(seen, status=InstructionStatus.CREATED)
    onto = Q(to_account=one.account_id, purpose__in=ONTO_IT)
    return found.filter(Q(from_account=one.account_id) | onto).order_by("created_at", "number")


def holders(actor: Actor) -> list[UUID]:
    """The houses that have a supervised account at the actor's bank."""
    found = BankAccount.objects.filter(bank=actor.own_org, kind=AccountKind.SUPERVISED)
    return list(found.values_list("org", flat=True))


def authorities() -> list[tuple[str, str]]:
    """Who may order a freeze, with words."""
    return [(value, str(words)) for value, words in Authority.choices]


def may_go(instruction: UUID) -> bool:
    """Whether a payment may be sent; nobody freezes its accounts until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select bank_may_go(%s)", [instruction])
        answer: bool = cursor.fetchone()[0]
        return answer


def that_stop(payment: PaymentInstruction) -> list[str]:
    """The numbers of the freezes that a payment waits for."""
    onto = Q(account=payment.to_account_id) if payment.purpose in ONTO_IT else Q(pk=None)
    found = Freeze.objects.filter(IN_FORCE, Q(account=payment.from_account_id) | onto)
    return list(found.order_by("number").values_list("number", flat=True))


def ask(wanted: Order, *, actor: Actor, at: datetime) -> Freeze:
    """The actor's bank writes down by whose order the supervised account of a house is to be
    frozen.

    The same paper again is the first. Raises `Invalid` for what says not who, by what and why, and
    for a house without such an account.
    """
    actor.require("decide")
    org, authority, paper, reason = wanted
    if authority not in Authority.values:
        raise Invalid("authority-unknown", "Choose who orders it.", field="authority")
    _require_said(paper, "paper", reason, "reason")
    account = BankAccount.objects.filter(
        org=org, bank=actor.own_org, kind=AccountKind.SUPERVISED
    ).first()
    if account is None:
        raise Invalid("account-missing", "There is no supervised account of it.", field="org")
    known = Freeze.objects.filter(account=account, authority=authority, paper=paper.strip()[:80])
    if one := known.first():
        return dropped(one, "")
    return Freeze.objects.create(
        number=next_number("FZ", at),
        account=account,
        account_number=account.number,
        org=org,
        bank=account.bank,
        authority=authority,
        paper=paper.strip()[:80],
        reason=reason.strip()[:300],
        asked_by_name=actor.name,
        asked_at=at,
    )


def dropped(one: Freeze, how: str) -> Freeze:
    """Whoever asked took it back, another person said no, or nobody said anything in time (`how`, a
    status); asked for again it is open (empty). Nothing of one that is in force."""
    one = Freeze.objects.select_for_update(of=("self",)).get(pk=one.pk)
    if one.frozen_at is None and one.dropped != how:
        one.dropped = how
        one.save(update_fields=["dropped"])
    return one


def shown(one: Freeze, file: UUID, *, actor: Actor) -> Freeze:
    """The paper of an order is kept; once."""
    one = Freeze.objects.select_for_update(of=("self",)).get(pk=one.pk, bank__in=actor.orgs)
    if one.file not in (None, file):
        raise Refused("paper-shown", "This order has its paper already.", field="file")
    one.file = file
    one.save(update_fields=["file"])
    return one


def freeze(one: Freeze, *, actor: Actor, at: datetime) -> Freeze:
    """All who must have agreed. Only the story of approvals comes here."""
    with connection.cursor() as cursor:  # waits for payments that are just being handed over
        key = f"account:{one.account_id}"
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    one = Freeze.objects.select_for_update(of=("self",)).get(pk=one.pk)
    if one.frozen_at is None:
        one.frozen_at, one.frozen_by_name, one.dropped = at, actor.name, ""
        one.save(update_fields=["frozen_at", "frozen_by_name", "dropped"])
        fact = AccountFrozen(
            subject=one.pk, number=one.number, account=one.account_number,
            authority=one.authority, paper=one.paper,
        )  # fmt: skip
        record(fact, actor=actor, at=at, audience=[one.bank, one.org])
    return one


def ask_to_lift(one: Freeze, *, paper: str, reason: str, actor: Actor, at: datetime) -> Freeze:
    """By which paper it is to be lifted, and why; nothing is lifted yet. Raises `Refused` where
    nothing is frozen."""
    actor.require("decide")
    _require_said(paper, "lift_paper", reason, "lift_reason")
    one = Freeze.objects.select_for_update(of=("self",)).get(pk=one.pk, bank__in=actor.orgs)
    if one.frozen_at is None or one.lifted_at is not None:
        raise Refused("not-frozen", "%(number)s freezes nothing.", number=one.number)
    one.lift_paper, one.lift_reason = paper.strip()[:80], reason.strip()[:300]
    one.lift_asked_by_name = actor.name
    one.save(update_fields=["lift_paper", "lift_reason", "lift_asked_by_name"])
    return one


def lift(one: Freeze, *, actor: Actor, at: datetime) -> tuple[Freeze, bool]:
    """All who must have agreed; with whether the account is free now. Only the story of approvals
    comes here."""
    one = Freeze.objects.select_for_update(of=("self",)).get(pk=one.pk)
    if one.lifted_at is None:
        one.lifted_at, one.lifted_by_name = at, actor.name
        one.save(update_fields=["lifted_at", "lifted_by_name"])
    is_free = not Freeze.objects.filter(IN_FORCE, account=one.account_id).exists()
    fact = AccountFreed(
        subject=one.pk, number=one.number, account=one.account_number, paper=one.lift_paper,
        is_free=is_free,
    )  # fmt: skip
    record(fact, actor=actor, at=at, audience=[one.bank, one.org])
    return one, is_free


def _require_said(paper: str, paper_field: str, reason: str, reason_field: str) -> None:
    if not paper.strip():
        raise Invalid(
            "paper-missing", "Name the paper by its number.", field=paper_field,
            help="That of the court's or the bank's order.",
        )  # fmt: skip
    if not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field=reason_field)
