"""Assessments as records, overrides and facilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection

from heliu.capital.credit import operations, policies, queries
from heliu.capital.credit.features import CreditFeatures
from heliu.capital.credit.models import CreditAssessment, Facility, Outcome, Programme
from heliu.capital.credit.seal import digest_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Fact
from heliu.kernel.ids import new_id
from heliu.kernel.posting.operations import LimitShort, NewHold, post

AT = datetime(2026, 11, 2, 3, tzinfo=UTC)
SYSTEM = Actor.system()
DEALER, SELLER, LENDER, STRANGER = (new_id() for _ in range(4))
RISK = Actor(new_id(), "Risk", LENDER, (LENDER,), frozenset({"decide", "override"}))
FEATURES = CreditFeatures(
    is_verified=True, tenure_days=400, orders_90=8, monthly_value=(10_000_00,) * 12, on_time=100,
    max_days_late=0, returns=0, longest_gap_days=20, volatility=30, trend=0,
)  # fmt: skip


@pytest.fixture
def programme(db: None, as_worker) -> Iterator[Programme]:
    with as_worker():
        yield Programme.objects.create(
            lender=LENDER,
            seller=SELLER,
            name="Pledged orders",
            name_zh="货押订单",
            deposit_ratios=[Decimal("0.10"), Decimal("0.20"), Decimal("0.30")],
            days_options=[30, 90],
            single_name_cap=10**9,
            auto_approve_cap=10**9,
        )


def assess(programme: Programme, features: CreditFeatures = FEATURES) -> CreditAssessment:
    return operations.assess(
        features, borrower=DEALER, lender=LENDER, programme=programme, actor=SYSTEM, at=AT
    )


def desk(org: UUID) -> Actor:
    return Actor(new_id(), "Somebody", org, (org,), frozenset())


def test_an_assessment_keeps_what_it_was_made_from(programme: Programme) -> None:
    kept = CreditAssessment.objects.get(pk=assess(programme).pk)
    decision = policies.decide(FEATURES, programme)
    assert (kept.decision, kept.grade, kept.score) == ("APPROVE", decision.grade, decision.score)
    assert (kept.limit, kept.rate) == (decision.limit, decision.rate)
    inputs = dict(kept.inputs)
    assert inputs.pop("wanted") == 0
    assert inputs.pop("quota") is None
    assert inputs.pop("programme")["single_name_cap"] == programme.single_name_cap
    again = CreditFeatures(**inputs | {"monthly_value": tuple(inputs["monthly_value"])})
    assert again == FEATURES
    assert [(r["code"], r["points"]) for r in kept.reasons] == [
        (r.code, r.points) for r in decision.reasons
    ]
    assert all(r["help"] for r in kept.reasons)
    assert (
        sum(
            Decimal(kept.price_parts[part])
            for part in ("funding", "operations", "expected_loss", "capital")
        )
        == kept.rate
    )
    assert kept.milliseconds > 0
    fact = Fact.objects.get(name="capital.credit-decided")
    assert (fact.flows, fact.payload["grade"]) == (["information", "capital"], kept.grade)
    assert set(fact.audience) == {DEALER, LENDER}


def test_the_digest_seals_inputs_and_result(programme: Programme) -> None:
    kept = CreditAssessment.objects.get(pk=assess(programme).pk)
    assert digest_of(kept) == kept.digest
    for field, other in (("limit", 1), ("rate", Decimal(1)), ("inputs", {}), ("reasons", [])):
        changed = CreditAssessment.objects.get(pk=kept.pk)
        setattr(changed, field, other)
        assert digest_of(changed) != kept.digest


def test_the_check_names_what_does_not_fit(programme: Programme) -> None:
    facility = operations.grant(assess(programme), actor=SYSTEM, at=AT, limit=100_000_00)
    assert queries.check() == []
    Facility.objects.update(limit=1)
    false = assess(programme)
    assert queries.check() == [f"facility {facility}: its limit is 1, its account's 10000000"]
    false.pk, false.number, false.limit = new_id(), "CA-false", 1
    false.save(force_insert=True)
    assert queries.check()[0] == "assessment CA-false is not what was decided"


def test_an_override_is_a_new_record_with_a_reason(programme: Programme) -> None:
    first = assess(programme, replace(FEATURES, overdue_now=1))
    assert (first.decision, first.limit) == ("DECLINE", 0)
    with pytest.raises(Forbidden):
        operations.override(first, actor=desk(DEALER), reason="I want it", at=AT)
    with pytest.raises(Invalid, match="reason-missing"):
        operations.override(first, actor=RISK, reason=" ", at=AT)
    other = operations.override(
        first, actor=RISK, reason="Paid this morning", at=AT, limit=50_000_00
    )
    assert (other.decision, other.limit, other.overrides) == (Outcome.APPROVE, 50_000_00, first)
    first.refresh_from_db()
    assert first.decision == "DECLINE"


def test_granting_again_changes_the_one_facility(programme: Programme) -> None:
    one = operations.grant(assess(programme), actor=SYSTEM, at=AT, limit=100_000_00)
    two = operations.grant(assess(programme), actor=SYSTEM, at=AT, limit=60_000_00)
    assert one.pk == two.pk
    line = queries.line_of(two, at=AT)
    assert (line.limit, line.used, line.held, line.free) == (60_000_00, 0, 0, 60_000_00)
    assert queries.facility_of(DEALER, lender=LENDER) == two
    assert queries.facility_of(DEALER, seller=SELLER) == two
    assert queries.facility_of(DEALER, seller=STRANGER) is None


def test_a_limit_is_not_cut_below_what_is_held(programme: Programme) -> None:
    facility = operations.grant(assess(programme), actor=SYSTEM, at=AT, limit=100_000_00)
    post(holds=[NewHold(new_id(), facility.account, 70_000_00, new_id())], at=AT)
    with pytest.raises(LimitShort):
        operations.grant(assess(programme), actor=SYSTEM, at=AT, limit=60_000_00)


def test_a_limit_ends_once_nothing_stands_on_it(programme: Programme) -> None:
    facility = operations.grant(assess(programme), actor=SYSTEM, at=AT, limit=100_000_00)
    hold = NewHold(new_id(), facility.account, 40_000_00, facility.id)
    post(holds=[hold], at=AT)
    with pytest.raises(Forbidden):
        operations.end(facility, actor=desk(LENDER), at=AT)
    with pytest.raises(Refused, match="facility-in-use"):
        operations.end(facility, actor=RISK, at=AT)
    assert Facility.objects.get().status == "ACTIVE"
    post(void=[hold.id], at=AT)
    operations.end(facility, actor=RISK, at=AT)
    ended = Facility.objects.get()
    assert (ended.status, ended.limit, queries.check()) == ("ENDED", 0, [])
    assert Fact.objects.get(name="capital.facility-ended").payload["limit"] == 100_000_00
    with pytest.raises(LimitShort):
        post(holds=[replace(hold, id=new_id())], at=AT)
    with pytest.raises(Refused, match="state-move"):
        operations.resume(ended, actor=RISK, at=AT)
    assert operations.grant(assess(programme), actor=SYSTEM, at=AT).id != facility.id


def test_the_programmes_of_a_seller(programme: Programme) -> None:
    assert queries.programmes_for(SELLER) == [programme]
    assert queries.programmes_for(STRANGER) == []
    Programme.objects.update(is_active=False)
    assert queries.programmes_for(SELLER) == []


def test_who_sees_what(programme: Programme) -> None:
    facility = operations.grant(assess(programme), actor=SYSTEM, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
    expected = {DEALER: (1, 1, 1), LENDER: (1, 1, 1), SELLER: (0, 0, 1), STRANGER: (0, 0, 0)}
    for org, counts in expected.items():
        with acting_for([org]):
            assert counts == (
                Facility.objects.count(),
                CreditAssessment.objects.count(),
                Programme.objects.count(),
            )
            assert counts == (
                queries.visible_to(desk(org)).count(),
                queries.assessments_visible_to(desk(org)).count(),
                queries.programmes_visible_to(desk(org)).count(),
            )
    with acting_for([DEALER]):
        assert queries.get(desk(DEALER), facility.number) == facility
        assert queries.get_assessment(desk(DEALER), facility.assessment.number)
        line = queries.credit_line(desk(DEALER), at=AT)
        assert line is not None
        assert line.free == facility.limit
    with acting_for([STRANGER]):
        with pytest.raises(NotFound):
            queries.get(desk(STRANGER), facility.number)
        with pytest.raises(NotFound):
            queries.get_assessment(desk(STRANGER), facility.assessment.number)
        assert queries.credit_line(desk(STRANGER), at=AT + timedelta(days=1)) is None
