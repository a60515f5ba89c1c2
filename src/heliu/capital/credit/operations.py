"""Assessing borrowers and granting facilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from time import perf_counter_ns
from typing import Any
from uuid import UUID

from django.db import connection

from heliu.capital.books import operations as books
from heliu.capital.credit import drafting, policies, reasons, ruling, scorecard
from heliu.capital.credit.events import (
    CreditDecided,
    FacilityEnded,
    FacilityGranted,
    MarginsChanged,
    ProgrammeChanged,
    ReleasesCapped,
)
from heliu.capital.credit.features import CreditFeatures
from heliu.capital.credit.models import (
    FACILITY_MOVES,
    CreditAssessment,
    DepositMode,
    Facility,
    FacilityStatus,
    MarginRules,
    Outcome,
    OwnMoney,
    Product,
    Programme,
    RuleSet,
)
from heliu.capital.credit.seal import digest_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound, Refused
from heliu.kernel.events.facts import record
from heliu.kernel.events.notices import tell
from heliu.kernel.ids import new_id
from heliu.kernel.numbering import next_number
from heliu.kernel.parties.queries import names
from heliu.kernel.posting.operations import LimitShort
from heliu.kernel.states import move

VALID_DAYS = 365


def change(programme_id: UUID, modes: policies.Modes, *, actor: Actor, at: datetime) -> Programme:
    """The lender finances in another way from now on. Offers and deals that are made already keep
    what they were made under. What the seller is to promise it is asked for (`drafting`) before
    that holds too.

    Raises `Invalid` for modes that do not go together. Said again, it changes nothing.
    """
    actor.require("override")
    programme = _of_lender(programme_id, actor)
    if programme.product == Product.INVENTORY:
        raise Refused(
            "lends-on-stock",
            "%(name)s finances no orders.",
            name=programme.display,
            help="Change how far it lends against stock instead.",
        )
    policies.require_together(modes)
    said = asdict(modes)
    duty, share = said.pop("seller_duty"), said.pop("buy_back_share")
    is_kept = modes.deposit_mode == DepositMode.CASH_MARGIN
    gone: dict[str, Any] = {} if is_kept else {"margin_rate": Decimal(0)}  # nothing bears it
    if (duty, share) != (programme.seller_duty, programme.buy_back_share):
        drafting.offer_duty(
            programme, modes=said | gone, seller_duty=duty, buy_back_share=share, actor=actor, at=at
        )
        programme.refresh_from_db()
    if all(getattr(programme, name) == value for name, value in said.items()):
        return programme
    for name, value in (said | gone).items():
        setattr(programme, name, value)
    programme.save(update_fields=[*said, *gone])
    record(
        ProgrammeChanged(
            subject=programme.id,
            **said,
            seller_duty=programme.seller_duty,
            buy_back_share=programme.buy_back_share,
        ),
        actor=actor,
        at=at,
        audience=[programme.lender, programme.seller],
    )
    tell(
        programme.seller,
        "programme-changed",
        {"lender": names([programme.lender])[programme.lender]},
        link="/seller/programmes",
        at=at,
    )
    return programme


def cap_releases(programme_id: UUID, cap: int | None, *, actor: Actor, at: datetime) -> Programme:
    """From now on pledged goods of more than `cap` (fen) in one release wait for people at the
    lender; None lets all leave by themselves. Also for deals that run."""
    actor.require("override")
    programme = _of_lender(programme_id, actor)
    if cap is not None and cap < 0:
        raise Invalid("amount-negative", "An amount is not below zero.", field="cap")
    if programme.auto_release_cap == cap:
        return programme
    programme.auto_release_cap = cap
    programme.save(update_fields=["auto_release_cap"])
    record(
        ReleasesCapped(subject=programme.id, cap=cap),
        actor=actor,
        at=at,
        audience=[programme.lender],
    )
    return programme


def set_margins(
    programme_id: UUID, wanted: Mapping[str, Any], *, actor: Actor, at: datetime
) -> MarginRules:
    """From now on the lender lends against stock by these rules (fields of `MarginRules`); loans
    that were offered keep theirs. Raises `Invalid` (steps-do-not-rise, share-out-of-bounds)."""
    actor.require("override")
    programme = _of_lender(programme_id, actor)
    rules = MarginRules.objects.filter(programme=programme).first()
    if rules is None:
        raise NotFound()
    for name, value in wanted.items():
        setattr(rules, name, value)
    policies.require_rising(rules)
    rules.save(update_fields=list(wanted))
    record(
        MarginsChanged(
            subject=programme.id,
            opening=str(rules.opening_ratio),
            call=str(rules.call_ratio),
            liquidation=str(rules.liquidation_ratio),
        ),
        actor=actor,
        at=at,
        audience=[programme.lender, programme.seller],
    )
    return rules


def _of_lender(programme_id: UUID, actor: Actor) -> Programme:
    """The lender's own programme, held fast."""
    programme = (
        Programme.objects.select_for_update().filter(pk=programme_id, lender__in=actor.orgs).first()
    )
    if programme is None:
        raise NotFound()
    return programme


def assess(
    features: CreditFeatures,
    *,
    borrower: UUID,
    lender: UUID,
    programme: Programme,
    actor: Actor,
    at: datetime,
    wanted: int = 0,
    quota: int | None = None,
    findings: Sequence[str] = (),
    rules: RuleSet | None = None,
    began_ns: int | None = None,
) -> CreditAssessment:
    """Judge a borrower and keep the record: inputs, versions, result, reasons and their digest.

    `wanted` is the price of the order to finance, in fen, `quota` the lender's for the seller
    (None: it has set none), `rules` the version of the lender's own
    that holds (None: those of the house); `findings` are codes of what speaks against it, on which
    people decide. The record has all that it was made from, the programme's figures too, and can be
    worked out again (`policies.again`). `began_ns` is the `perf_counter_ns` at which the caller
    began to gather the features, so that the record shows the whole time it took.
    """
    began = perf_counter_ns() if began_ns is None else began_ns
    read = ruling.read(rules)
    decision = policies.decide(features, programme, wanted=wanted, quota=quota, rules=read)
    assessment = CreditAssessment(
        borrower=borrower,
        lender=lender,
        programme=programme,
        score=decision.score,
        default_probability=decision.default_probability,
        grade=decision.grade,
        limit=decision.limit,
        deposit_ratio=decision.deposit_ratio,
        rate=decision.rate,
        decision=decision.outcome,
        price_parts=policies.plain(decision.price_parts),
        limit_parts=policies.plain(decision.limit_parts),
        reasons=[
            {"code": one.code, "points": one.points, "help": reasons.REASONS[one.code][1]}
            | ({} if read.tells(one.code) else {"untold": True})
            for one in decision.reasons
        ],
        inputs=features.as_json()
        | {"wanted": wanted, "quota": quota, "programme": policies.figures_of(programme)}
        | ({"findings": list(findings)} if findings else {}),
        versions={"scorecard": scorecard.VERSION, "rules": read.version}
        | ({} if rules is None else {"rule_set": str(rules.pk)}),
    )
    return _keep(assessment, began=began, actor=actor, at=at)


def override(
    assessment: CreditAssessment,
    *,
    actor: Actor,
    reason: str,
    at: datetime,
    limit: int | None = None,
    deposit_ratio: Decimal | None = None,
    rate: Decimal | None = None,
) -> CreditAssessment:
    """A risk officer decides otherwise and says why; the first assessment stays as it was."""
    actor.require("override")
    if not reason.strip():
        raise Invalid(
            "reason-missing", "An override needs a reason.", field="reason", help="Say why."
        )
    other = CreditAssessment(
        borrower=assessment.borrower,
        lender=assessment.lender,
        programme=assessment.programme,
        score=assessment.score,
        default_probability=assessment.default_probability,
        grade=assessment.grade,
        limit=assessment.limit if limit is None else limit,
        deposit_ratio=assessment.deposit_ratio if deposit_ratio is None else deposit_ratio,
        rate=assessment.rate if rate is None else rate,
        decision=Outcome.APPROVE,
        price_parts=assessment.price_parts,
        limit_parts=assessment.limit_parts,
        reasons=assessment.reasons,
        inputs=assessment.inputs,
        versions=assessment.versions,
        overrides=assessment,
        override_reason=reason.strip(),
    )
    return _keep(other, began=perf_counter_ns(), actor=actor, at=at)


def grant(
    assessment: CreditAssessment, *, actor: Actor, at: datetime, limit: int | None = None
) -> Facility:
    """Give the borrower the assessed limit (or `limit`, in fen); a running facility is changed.

    Valid for a year. Raises `LimitShort` when more is in use than the new limit.
    """
    amount = assessment.limit if limit is None else limit
    # Two first orders at once: the later one finds what the earlier one was granted.
    with connection.cursor() as cursor:
        name = f"facility:{assessment.borrower}:{assessment.programme_id}"
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    facility = (
        Facility.objects.select_for_update()
        .filter(borrower=assessment.borrower, programme=assessment.programme)
        .exclude(status=FacilityStatus.ENDED)
        .first()
    )
    if facility is None:
        facility = Facility(
            id=new_id(),
            number=next_number("CF", at),
            borrower=assessment.borrower,
            lender=assessment.lender,
            seller=assessment.programme.seller,
            programme=assessment.programme,
            granted_at=at,
        )
    facility.account = books.facility_limit(
        lender=assessment.lender,
        borrower=assessment.borrower,
        facility=facility.id,
        limit=amount,
    )
    facility.assessment = assessment
    facility.limit = amount
    facility.deposit_ratio = assessment.deposit_ratio
    facility.rate = assessment.rate
    facility.grade = assessment.grade
    facility.valid_to = _valid_to(at)
    facility.save()
    record(
        FacilityGranted(subject=facility.id, number=facility.number, limit=amount),
        actor=actor,
        at=at,
        audience=[facility.borrower, facility.lender],
    )
    return facility


def set_own_money(rate: Decimal, *, actor: Actor, at: datetime) -> OwnMoney:
    """A buyer says what its own money costs it, per cent a year: offers are compared with it."""
    actor.require("order")
    if not 0 <= rate <= 100:
        raise Invalid("rate-out-of-bounds", "A rate is 0 to 100% a year.", field="rate")
    rate = rate.quantize(Decimal("0.0001"))
    said = {"rate": rate, "set_by_name": actor.name, "set_at": at}
    return OwnMoney.objects.update_or_create(org=actor.own_org, defaults=said)[0]


def suspend(facility: Facility, *, actor: Actor, at: datetime) -> None:
    """No new quotes from now on; what runs goes on."""
    actor.require("decide")
    move(facility, FacilityStatus.SUSPENDED, moves=FACILITY_MOVES)


def resume(facility: Facility, *, actor: Actor, at: datetime) -> None:
    """Quotes again."""
    actor.require("decide")
    move(facility, FacilityStatus.ACTIVE, moves=FACILITY_MOVES)


def end(facility: Facility, *, actor: Actor, at: datetime) -> None:
    """Take a limit back for good, once nothing is drawn or held on it; the next one is granted new.

    Its account's ceiling falls to nothing, so that not even a quote under way can pass it. Raises
    `Refused` (facility-in-use).
    """
    actor.require("decide")
    try:
        books.facility_limit(
            lender=facility.lender, borrower=facility.borrower, facility=facility.id, limit=0
        )
    except LimitShort:
        raise Refused(
            "facility-in-use",
            "Loans or offers still stand on %(number)s.",
            help="Close it for new loans, and end it when all is repaid.",
            number=facility.number,
        ) from None
    limit = facility.limit
    move(facility, FacilityStatus.ENDED, moves=FACILITY_MOVES, limit=0)
    record(
        FacilityEnded(subject=facility.id, number=facility.number, limit=limit),
        actor=actor,
        at=at,
        audience=[facility.borrower, facility.lender],
    )


def _keep(
    assessment: CreditAssessment, *, began: int, actor: Actor, at: datetime
) -> CreditAssessment:
    assessment.number = next_number("CA", at)
    assessment.at = at
    assessment.decided_by, assessment.decided_by_name = actor.user_id, actor.name
    assessment.digest = digest_of(assessment)
    taken = Decimal(perf_counter_ns() - began) / 1_000_000
    assessment.milliseconds = taken.quantize(Decimal("0.001"))
    assessment.save(force_insert=True)
    record(
        CreditDecided(
            subject=assessment.id,
            number=assessment.number,
            decision=assessment.decision,
            grade=assessment.grade,
            score=assessment.score,
            limit=assessment.limit,
            deposit_ratio=assessment.deposit_ratio,
            rate=assessment.rate,
        ),
        actor=actor,
        at=at,
        audience=[assessment.borrower, assessment.lender],
    )
    return assessment


def _valid_to(at: datetime) -> date:
    return day_of(at) + timedelta(days=VALID_DAYS)
