"""A lender's own rules: proposing a version, agreeing to it, and which one holds on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from heliu.capital.credit import reasons
from heliu.capital.credit.events import RulesAgreed
from heliu.capital.credit.models import RuleSet
from heliu.capital.credit.rules import HOUSE_RULES, HOUSE_VERSION, Rules, rules_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act, Level
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.events.facts import record

# Another person of the lender's must agree, whatever the house's own rules of approval say less.
CHANGE_RULES = Act("rules", (Level("decide"),), agreed_by=("decide", "override"))


def propose(
    content: Mapping[str, Any], *, effective_on: date, reason: str, actor: Actor, at: datetime
) -> tuple[RuleSet, Approval]:
    """Write a new version down and ask another person to agree; until then nothing changes.

    Raises `Invalid` for what no rules can be, and for a day that is gone: nothing is decided anew.
    """
    actor.require("override")
    lender = actor.own_org
    if effective_on < day_of(at):
        raise Invalid("day-gone", "Rules begin today or later.", field="effective_on")
    if not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    rules = rules_of(content, version="", reasons=frozenset(reasons.REASONS))
    last = RuleSet.objects.filter(lender=lender).aggregate(last=Max("number"))["last"] or 0
    version = RuleSet.objects.create(
        lender=lender,
        number=last + 1,
        content=rules.as_json(),
        effective_on=effective_on,
        reason=reason.strip()[:300],
        proposed_by_name=actor.name,
        proposed_at=at,
    )
    asked = approvals.ask(
        CHANGE_RULES,
        subject=version.pk,
        name=version.version,
        org=version.lender,
        amount=0,
        reason=reason,
        actor=actor,
        at=at,
    )
    return version, asked


def agreed(asked: Approval, *, actor: Actor, at: datetime) -> RuleSet:
    """All who must have agreed: the version holds from its day on. Only the story of approvals
    (`trade.approvals`) comes here."""
    version = RuleSet.objects.select_for_update().get(pk=asked.subject, lender__in=actor.orgs)
    if version.agreed_at is None:
        version.agreed_at, version.agreed_by_name = at, actor.name
        version.save(update_fields=["agreed_at", "agreed_by_name"])
        fact = RulesAgreed(
            subject=version.pk, version=version.version, effective_on=version.effective_on
        )
        record(fact, actor=actor, at=at, audience=[version.lender])
    return version


def visible_to(actor: Actor) -> QuerySet[RuleSet]:
    """The versions of the actor's own house, newest first."""
    found = RuleSet.objects.order_by("-number")
    return found if actor.is_system else found.filter(lender__in=actor.orgs)


def get(actor: Actor, number: int) -> RuleSet:
    """One of them by its number, or `NotFound`."""
    found = visible_to(actor).filter(number=number).first()
    if found is None:
        raise NotFound()
    return found


def in_force(lenders: Iterable[UUID], on: date) -> dict[UUID, RuleSet]:
    """The version that holds at each lender on a day, in one statement; none where the lender has
    none of its own."""
    found = (
        RuleSet.objects.filter(
            lender__in=list(lenders), agreed_at__isnull=False, effective_on__lte=on
        )
        .order_by("lender", "-effective_on", "-number")
        .distinct("lender")
    )
    return {one.lender: one for one in found}


def before(version: RuleSet) -> RuleSet | None:
    """What a version replaces: the newest of the agreed ones that begin no later, itself aside."""
    return (
        RuleSet.objects.filter(
            lender=version.lender, agreed_at__isnull=False, number__lt=version.number,
            effective_on__lte=version.effective_on,
        )
        .order_by("-effective_on", "-number")
        .first()
    )  # fmt: skip


def read(version: RuleSet | None) -> Rules:
    """The rules of a version; those of the house when there is none."""
    if version is None:
        return HOUSE_RULES
    known = frozenset(reasons.REASONS)
    return rules_of(version.content, version=version.version, reasons=known)


def of_record(versions: Mapping[str, str]) -> Rules:
    """The rules that the record of a decision names."""
    if versions["rules"] == HOUSE_VERSION:
        return HOUSE_RULES
    return read(RuleSet.objects.get(pk=versions["rule_set"]))
