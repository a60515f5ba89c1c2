"""Several lenders on one seller: their offers side by side, their quotas and caps, their own
rules."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.conftest import be
from tests.trade import laws, life
from tests.trade.conftest import AT, World

from heliu.capital.credit import queries as credit
from heliu.capital.credit import ruling
from heliu.capital.credit.models import Cap, CapKind, CreditAssessment, Facility, Programme, RuleSet
from heliu.capital.credit.rules import HOUSE_RULES
from heliu.capital.lending import operations as lending
from heliu.capital.lending.models import Loan
from heliu.commerce.ordering.models import Order
from heliu.demo import chain as chains
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Forbidden, Refused
from heliu.kernel.ids import new_id
from heliu.kernel.posting import operations as posting
from heliu.trade import approvals, financing, place_order, previewing
from heliu.trade.placed import Placed
from heliu.trade.previewing import Preview

BANK, OTHER = "credit@bank.demo", "credit@bank2.demo"
SECOND_DEALER = "owner@d002.demo"


@pytest.fixture
def second(world: World) -> Programme:
    """A second bank's programme for the same seller."""
    with world.worker():
        return chains.other_lender(world.chain, at=AT)


def seen(world: World, days: int | None = None, **lines: int) -> Preview:
    with world.desk(world.dealer) as dealer:
        return previewing.preview(
            actor=dealer,
            seller=world.chain.seller,
            lines=world.lines(**(lines or {"M1": 200, "B1": 100})),
            at=world.at,
            days=days,
        )


def place(world: World, who: str, programme: UUID | None = None, **lines: int) -> Placed:
    with world.desk(who) as dealer:
        return place_order.place(
            actor=dealer,
            seller=world.chain.seller,
            lines=world.lines(**(lines or {"M1": 200, "B1": 100})),
            pay_by="FINANCE",
            programme=programme,
            at=world.at,
        )


def cap(world: World, kind: CapKind, party: UUID, limit: int, who: str = BANK) -> Cap:
    with world.desk(who) as officer:
        return lending.set_cap(kind=kind, party=party, limit=limit, actor=officer, at=world.at)


def for_one_borrower(world: World) -> None:
    """One borrower may have all of a seller's quota."""
    with world.worker():
        Programme.objects.update(quota_share=1)


def stand(world: World, one: Cap) -> tuple[int, int]:
    """What of a cap is used and held."""
    with world.worker():
        balance = posting.balances([one.account], at=world.at)[one.account]
        return balance.posted, balance.held_in


def code_of(call: Any) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def test_offers_stand_side_by_side_and_the_picked_one_pays_the_seller(
    world: World, second: Programme
) -> None:
    preview = seen(world)
    lenders = [one.lender for one in preview.offers]
    assert lenders == [world.chain.bank, second.lender]
    options = preview.comparison.options
    assert sorted(one.pay_by for one in options[:3]) == ["FINANCE", "FINANCE", "TRANSFER"]
    assert options[3].pay_by == "TERMS"  # no day is agreed on which the seller is paid
    counted = [one.total for one in options[:3]]
    assert counted == sorted(counted)
    assert preview.comparison.saves == counted[1] - counted[0]
    placed = place(world, world.dealer, second.pk)
    assert placed.loan is not None
    assert (placed.deal.lender, placed.loan.lender) == (second.lender, second.lender)
    assert placed.loan.fee == preview.offers[1].grid[0].fee > 0
    life.sign(world, placed)
    world.bank()
    with world.worker():
        assert Loan.objects.get(pk=placed.loan.pk).status == "SELLER_PAID"
    with world.desk(BANK) as officer:  # the first bank saw nothing of it
        assert not credit.assessments_visible_to(officer).exists()
        assert not credit.visible_to(officer).exists()
    laws.hold(world)


def test_a_further_lender_costs_no_further_statement(world: World) -> None:
    def statements() -> int:
        with (
            world.desk(world.dealer) as dealer,
            CaptureQueriesContext(connection) as asked,
        ):
            previewing.preview(
                actor=dealer, seller=world.chain.seller, lines=world.lines(M1=200), at=world.at
            )
            return len(asked)

    statements()
    one = statements()
    with world.worker():
        chains.other_lender(world.chain, at=AT)
    assert len(seen(world).offers) == 2
    assert statements() == one


def test_a_lost_offer_is_refused_and_nothing_is_lost(world: World, second: Programme) -> None:
    with world.desk(OTHER) as officer:
        dealer = world.chain.dealers["D001"]
        group = lending.set_group(name="Ours", members=[dealer], actor=officer, at=world.at)
    cap(world, CapKind.GROUP, group.pk, 1_000_00, OTHER)
    preview = seen(world)
    assert [one.closed for one in preview.offers] == ["", "no-room"]
    with pytest.raises(posting.LimitShort) as short:
        place(world, world.dealer, second.pk)
    assert not any(
        sign.isdecimal() for sign in short.value.text()
    )  # what others have drawn is told to nobody
    with world.worker():
        Programme.objects.filter(pk=second.pk).update(is_active=False)
    assert code_of(lambda: place(world, world.dealer, second.pk)) == "offer-gone"
    with world.worker():
        assert not Loan.objects.exists()
        assert not Order.objects.filter(pay_by="FINANCE").exists()
    laws.hold(world)


def test_what_is_lent_counts_on_a_cap_from_the_moment_it_is_set(world: World) -> None:
    dealer = world.chain.dealers["D001"]
    paid_out, quoted = place(world, world.dealer), None
    life.sign(world, paid_out)
    world.bank()
    quoted = place(world, world.dealer, M1=100)
    assert paid_out.loan is not None
    assert quoted.loan is not None
    lent, held = paid_out.loan.draws, quoted.loan.draws
    below = cap(world, CapKind.BORROWER, dealer, lent // 2)  # nothing new until it fits
    assert below.is_sinking
    assert stand(world, below) == (lent, held)
    with pytest.raises(posting.LimitShort):
        place(world, world.dealer, M1=10)
    one = cap(world, CapKind.BORROWER, dealer, lent + held)
    assert stand(world, one) == (lent, held)
    with pytest.raises(posting.LimitShort):
        place(world, world.dealer, M1=10)
    world.later(minutes=40)
    life.settle(world, hours=1)  # the quote runs out
    assert stand(world, one) == (lent, 0)
    life.receive(world, life.ship(world, paid_out))
    life.repay(world, paid_out.deal.id, 50)
    world.bank()
    assert stand(world, one) == (lent - lent // 2, 0)
    laws.hold(world)
    left = lent - lent // 2
    assert cap(world, CapKind.BORROWER, dealer, left - 100_00).is_sinking
    with pytest.raises(posting.LimitShort):
        place(world, world.dealer, M1=10)
    life.repay(world, paid_out.deal.id, 30)  # part of it fits again, and the room is the cap's
    world.bank()
    with world.worker():
        assert credit.check() == []
    again = place(world, world.dealer, M1=10)
    assert again.loan is not None
    with world.worker():
        assert not Cap.objects.get(pk=one.pk).is_sinking
        assert posting.balances([one.account], at=world.at)[one.account].ceiling == left - 100_00
    world.later(minutes=40)
    life.settle(world, hours=1)
    laws.hold(world)
    with world.desk(BANK) as officer:
        lending.lift_cap(one.pk, actor=officer, at=world.at)
    laws.hold(world)
    assert stand(world, one) == (0, 0)


def test_a_groups_cap_follows_its_members(world: World, second: Programme) -> None:
    one, two = (world.chain.dealers[code] for code in ("D001", "D002"))
    first = place(world, world.dealer, second.pk, M1=100)
    place(world, SECOND_DEALER, second.pk, M1=100)
    assert first.loan is not None
    draws = first.loan.draws

    def group(*members: UUID) -> UUID:
        with world.desk(OTHER) as officer:
            return lending.set_group(
                name="Two shops", members=members, actor=officer, at=world.at
            ).pk

    limit = cap(world, CapKind.GROUP, group(one), 2 * draws, OTHER)
    assert stand(world, limit) == (0, draws)
    group(one, two)
    assert stand(world, limit) == (0, 2 * draws)
    for _ in range(2):  # whoever comes back is counted again, on a hold of its own
        group(two)
        assert stand(world, limit) == (0, draws)
        group(one, two)
    life.sign(world, first)
    world.bank()
    assert stand(world, limit) == (draws, draws)
    with pytest.raises(posting.LimitShort):
        place(world, SECOND_DEALER, second.pk, M1=10)
    place(world, SECOND_DEALER, world.chain.programme, M1=10)  # another bank's cap is its own
    laws.hold(world)


def at_once(world: World, people: Sequence[str]) -> list[str]:
    """All of them order in the same moment; what became of each."""
    be("heliu_web")
    actors = [world.actor(who) for who in people]
    together = Barrier(len(people), timeout=60)

    def one(actor: Actor) -> str:
        try:
            together.wait()
            with acting_for(actor.orgs):
                place_order.place(
                    actor=actor, seller=world.chain.seller, at=world.at, pay_by="FINANCE",
                    lines=world.lines(M1=200, B1=100),
                )  # fmt: skip
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "placed"

    with ThreadPoolExecutor(len(people)) as pool:
        return sorted(pool.map(one, actors))


def test_two_dealers_at_once_do_not_pass_the_sellers_quota(world: World) -> None:
    preview = seen(world)
    assert preview.offer is not None
    terms = preview.offer.recommended
    assert terms is not None
    for_one_borrower(world)
    quota = cap(world, CapKind.SELLER, world.chain.seller, 3 * terms.draws)
    answers = at_once(world, [world.dealer, SECOND_DEALER] * 3)
    assert answers == ["limit-short"] * 3 + ["placed"] * 3
    assert stand(world, quota) == (0, 3 * terms.draws)
    laws.hold(world)


def agreed(world: World, content: dict[str, Any], *, days: int = 0) -> RuleSet:
    """The risk officer proposes, another person agrees."""
    with world.desk(BANK) as officer:
        version, asked = ruling.propose(
            content,
            effective_on=day_of(world.at) + timedelta(days=days),
            reason="Stricter",
            actor=officer,
            at=world.at,
        )
        with pytest.raises(Forbidden):
            approvals.vote(asked.pk, agrees=True, actor=officer, at=world.at)
    with world.desk("review@bank.demo") as other:
        approvals.vote(asked.pk, agrees=True, actor=other, at=world.at)
    return version


def test_a_lenders_own_rules_decide_from_their_day_on(world: World) -> None:
    content = HOUSE_RULES.as_json()
    for rule in content["grades"].values():
        rule[3] = "DECLINE"
    version = agreed(world, content | {"untold": ["WEAK_GRADE"]}, days=1)
    before = place(world, world.dealer, M1=50)
    assert before.loan is not None
    world.later(days=1)
    offer = seen(world).offer
    assert offer is not None
    assert (offer.closed, offer.version) == ("declined", version)
    assert "WEAK_GRADE" in {one.code for one in offer.decision.reasons}
    assert "WEAK_GRADE" not in {one.code for one in offer.reasons}
    assert code_of(lambda: place(world, world.dealer)) == "finance-declined"
    with world.worker():
        first, last = CreditAssessment.objects.order_by("at")
        assert first.versions["rules"] == HOUSE_RULES.version
        assert last.versions == {
            "scorecard": first.versions["scorecard"], "rules": "R-1",
            "rule_set": str(version.pk),
        }  # fmt: skip
        assert credit.check() == []
    with world.desk(world.dealer) as dealer:
        mine = credit.get_assessment(dealer, last.number)
        assert "WEAK_GRADE" not in {one["code"] for one in credit.reasons_for(dealer, mine)}
        assert "programme" not in credit.inputs_for(dealer, mine)
        assert not ruling.visible_to(dealer).exists()


def test_a_decision_is_worked_out_again_from_its_record(world: World) -> None:
    """Whatever became of the programme and the rules since."""
    content = HOUSE_RULES.as_json() | {"cut": "0.5", "cut_trend": 0}
    agreed(world, content)
    placed = place(world, world.dealer, M1=50)
    assert placed.loan is not None
    with world.worker():
        Programme.objects.update(base_rate=Decimal(9), single_name_cap=1)
    agreed(world, HOUSE_RULES.as_json() | {"least_limit": 10**12})
    with world.worker():
        (one,) = CreditAssessment.objects.all()
        found = credit.policies.again(one.inputs, ruling.of_record(one.versions))
        assert (found.outcome, found.score, found.limit) == (one.decision, one.score, one.limit)
        assert (found.rate, found.deposit_ratio) == (one.rate, one.deposit_ratio)
        assert [(r.code, r.points) for r in found.reasons] == [
            (r["code"], r["points"]) for r in one.reasons
        ]
        assert credit.check() == []


def test_two_programmes_of_one_lender_grow_each_by_its_own_limit(world: World) -> None:
    with world.worker():
        first = Programme.objects.get(pk=world.chain.programme)
        other = Programme.objects.get(pk=first.pk)
        other.pk, other.name, other.base_rate = new_id(), "Pledged orders, longer", Decimal(3)
        other.save(force_insert=True)
    place(world, world.dealer, first.pk, M1=50)
    with world.worker():
        account = Facility.objects.get(programme=first).account
        posting.set_limits(account, ceiling=10_000_00)
    offers = {one.programme.pk: one for one in seen(world, M1=50).offers}
    stepped, fresh = offers[first.pk].decision.limit_parts, offers[other.pk].decision.limit_parts
    assert stepped.step_up == 10_000_00
    assert fresh.step_up is None
    assert offers[other.pk].limit > offers[first.pk].limit
    assert offers[other.pk].file.features.facility_use is None


def test_the_quota_of_the_seller_is_what_a_limit_is_a_part_of(world: World) -> None:
    (free,) = seen(world).offers
    assert free.decision.limit_parts.seller_quota is None
    cap(world, CapKind.SELLER, world.chain.seller, 900_000_00)
    (bound,) = seen(world).offers
    assert bound.decision.limit_parts.seller_quota == 90_000_00
    assert bound.limit == min(free.limit, 90_000_00)
    place(world, world.dealer, M1=50)
    with world.worker():
        (one,) = CreditAssessment.objects.all()
        assert one.inputs["quota"] == 900_000_00
        assert credit.check() == []
    with world.desk(world.dealer) as dealer:
        assert not {"quota", "programme"} & credit.inputs_for(dealer, one).keys()


def test_terms_and_kept_rules_are_of_one_read_of_the_programme(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lender changes its programme after the offers were read: the loan mixes nothing."""
    place(world, world.dealer, M1=50)  # its facility is there already
    asked = financing.offers_for

    def change() -> None:
        try:
            with world.worker():
                Programme.objects.update(grace_days=9, notice_days=77, penalty_factor=Decimal(3))
        finally:
            connection.close()

    def read_and_changed(*args: Any, **said: Any) -> Any:
        found = asked(*args, **said)
        with ThreadPoolExecutor(1) as other:
            other.submit(change).result()
        return found

    with world.worker():
        before = Programme.objects.get(pk=world.chain.programme)
    monkeypatch.setattr(financing, "offers_for", read_and_changed)
    loan = place(world, world.dealer, M1=50).loan
    assert loan is not None
    assert (loan.grace_days, loan.notice_days) == (before.grace_days, before.notice_days)
    assert loan.penalty_factor == before.penalty_factor
