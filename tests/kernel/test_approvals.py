"""The engine of approvals: who must agree, and that nobody agrees alone or twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Door

from heliu.kernel.access.actor import Actor
from heliu.kernel.approvals import operations, queries
from heliu.kernel.approvals.models import Approval, ApprovalRule, Vote
from heliu.kernel.approvals.policies import Act, Level, Ruled, levels_for
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.ids import new_id

AT = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
PAY = Act("pay-out", (Level("release"),))

rules = st.lists(
    st.builds(
        Ruled,
        st.sampled_from((0, 100, 5_000)),
        st.integers(1, 3),
        st.sampled_from(("release", "decide")),
        st.integers(1, 3),
    ),
    unique_by=lambda rule: (rule.from_amount, rule.level),
)


@given(rules, st.integers(0, 10_000))
def test_the_highest_amount_that_is_reached_rules_with_all_its_levels(
    found: list[Ruled], amount: int
) -> None:
    levels = levels_for(PAY, found, amount)
    reached = {rule.from_amount for rule in found if rule.from_amount <= amount}
    if not reached:
        assert levels == PAY.levels
        return
    own = [rule for rule in found if rule.from_amount == max(reached)]
    expected = sorted(own, key=lambda rule: rule.level)
    assert list(levels) == [Level(rule.permission, rule.people) for rule in expected]


@pytest.fixture
def house(db: None, as_worker: Door) -> Iterator[UUID]:
    with as_worker():
        yield new_id()


def person(house: UUID, *may: str) -> Actor:
    who = new_id()
    return Actor(who, f"person {who.hex[-4:]}", house, (house,), frozenset(may))


def ask(house: UUID, who: Actor, amount: int = 0, subject: UUID | None = None) -> Approval:
    return operations.ask(
        PAY, subject=subject or new_id(), name="DL-1", org=house, amount=amount, reason="due",
        actor=who, at=AT,
    )  # fmt: skip


def agree(approval: Approval, who: Actor, *, at: datetime = AT) -> Approval:
    return operations.vote(approval.id, agrees=True, actor=who, at=at)


def test_levels_follow_one_another_each_with_its_people(house: UUID) -> None:
    for level, permission, people in ((1, "release", 2), (2, "decide", 1)):
        ApprovalRule.objects.create(
            org=house, act=PAY.name, from_amount=1_000, level=level, permission=permission,
            people=people,
        )  # fmt: skip
    asker, chief = person(house, "release"), person(house, "decide")
    one, two = (person(house, "release") for _ in range(2))
    asked = ask(house, asker, amount=1_000)
    with pytest.raises(Forbidden):
        agree(asked, chief)  # not at this level
    assert agree(asked, one).status == "WAITING"
    with pytest.raises(Refused) as twice:
        agree(asked, one)
    assert twice.value.code == "voted"
    assert list(queries.for_vote_of(two)) == [asked]
    assert agree(asked, two).level == 2
    assert not queries.for_vote_of(one).exists()
    assert list(queries.for_vote_of(chief)) == [asked]
    assert agree(asked, chief).status == "APPROVED"
    assert queries.check() == []


def test_below_the_amount_the_act_s_own_levels_hold(house: UUID) -> None:
    ApprovalRule.objects.create(
        org=house, act=PAY.name, from_amount=1_000, level=1, permission="decide", people=3
    )
    asked = ask(house, person(house, "release"), amount=999)
    assert agree(asked, person(house, "release")).status == "APPROVED"


def test_rules_that_change_leave_what_was_asked_before(house: UUID) -> None:
    asked = ask(house, person(house, "release"))
    ApprovalRule.objects.create(org=house, act=PAY.name, level=1, permission="decide", people=3)
    assert agree(asked, person(house, "release")).status == "APPROVED"


def test_whoever_asked_withdraws_it_and_nobody_else(house: UUID) -> None:
    asker = person(house, "release")
    asked = ask(house, asker)
    with pytest.raises(Forbidden):
        operations.withdraw(asked.id, actor=person(house, "release"), at=AT)
    assert operations.withdraw(asked.id, actor=asker, at=AT).status == "WITHDRAWN"
    with pytest.raises(Refused):
        agree(asked, person(house, "release"))


def test_one_waits_for_a_subject_and_runs_out(house: UUID) -> None:
    subject, asker = new_id(), person(house, "release")
    asked = ask(house, asker, subject=subject)
    with pytest.raises(Refused) as again:
        ask(house, asker, subject=subject)
    assert again.value.code == "approval-waits"
    late = AT + timedelta(days=PAY.days)
    with pytest.raises(Refused):
        agree(asked, person(house, "release"), at=late)
    assert operations.expire(at=late) == 1
    assert ask(house, asker, subject=subject).status == "WAITING"


def test_a_reason_is_needed_to_ask_and_to_say_no(house: UUID) -> None:
    with pytest.raises(Invalid):
        operations.ask(
            PAY, subject=new_id(), name="", org=house, amount=0, reason=" ", actor=person(house),
            at=AT,
        )  # fmt: skip
    asked = ask(house, person(house, "release"))
    with pytest.raises(Invalid):
        operations.vote(asked.id, agrees=False, actor=person(house, "release"), at=AT)


def test_a_house_s_document_goes_by_its_own_rules_whoever_of_above_asks(house: UUID) -> None:
    above, rules = new_id(), ApprovalRule.objects
    rules.create(org=house, act=PAY.name, level=1, permission="release", people=2)
    rules.create(org=above, act=PAY.name, level=1, permission="decide", people=3)
    asker = Actor(new_id(), "above", above, (above, house), frozenset(["release"]))
    asked = ask(house, asker)
    assert asked.org == house
    assert agree(asked, person(house, "release")).status == "WAITING"
    assert agree(asked, person(house, "release")).status == "APPROVED"
    with pytest.raises(NotFound):
        ask(above, person(house, "release"))


def test_another_house_does_not_see_it(house: UUID) -> None:
    asked, stranger = ask(house, person(house, "release")), person(new_id(), "release")
    with pytest.raises(NotFound):
        agree(asked, stranger)
    with pytest.raises(NotFound):
        queries.get(stranger, asked.id)


class TestTheDatabaseHoldsIt:
    """Whatever the code did, these rows are refused."""

    def vote(self, asked: Approval, **other: object) -> None:
        fields = {
            "approval": asked, "org": asked.org, "level": 1, "asked_by": asked.asked_by,
            "person": new_id(), "person_name": "x", "agrees": True, "at": AT,
        }  # fmt: skip
        with transaction.atomic():
            Vote.objects.create(**fields | other)

    def test_who_asks_has_no_vote(self, house: UUID) -> None:
        asked = ask(house, person(house, "release"))
        with pytest.raises(IntegrityError):
            self.vote(asked, person=asked.asked_by)

    def test_one_vote_a_person(self, house: UUID) -> None:
        asked, who = ask(house, person(house, "release")), new_id()
        self.vote(asked, person=who)
        with pytest.raises(IntegrityError):
            self.vote(asked, person=who)

    def test_a_no_says_why(self, house: UUID) -> None:
        asked = ask(house, person(house, "release"))
        with pytest.raises(IntegrityError):
            self.vote(asked, agrees=False)


def test_a_house_sets_its_levels_and_takes_them_away(house: UUID) -> None:
    act = Act("sign", agreed_by=("sign",))
    owner = person(house, "manage", "sign")
    assert not operations.is_needed(act, org=house, amount=10_000)
    operations.set_levels(act, from_amount=5_000, levels=[Level("sign", 2)], actor=owner, at=AT)
    assert operations.is_needed(act, org=house, amount=5_000)
    assert not operations.is_needed(act, org=house, amount=4_999)
    assert not operations.is_needed(act, org=new_id(), amount=5_000)
    operations.set_levels(act, from_amount=5_000, levels=[Level("sign")], actor=owner, at=AT)
    (rule,) = queries.rules(owner)
    assert (rule.people, rule.set_by_name, rule.set_at) == (1, owner.name, AT)
    operations.set_levels(act, from_amount=5_000, levels=[], actor=owner, at=AT)
    assert not queries.rules(owner)


@pytest.mark.parametrize(
    ("amount", "levels", "code"),
    [
        (-1, [Level("sign")], "amount-negative"),
        (0, [Level("decide")], "level-invalid"),
        (0, [Level("sign", 0)], "level-invalid"),
        (0, [Level("sign", 6)], "level-invalid"),
        (0, [Level("sign")] * 4, "too-many-levels"),
    ],
)
def test_a_rule_that_nobody_could_keep_is_refused(
    house: UUID, amount: int, levels: list[Level], code: str
) -> None:
    act = Act("sign", agreed_by=("sign",))
    with pytest.raises(Invalid) as refused:
        operations.set_levels(
            act, from_amount=amount, levels=levels, actor=person(house, "manage"), at=AT
        )
    assert refused.value.code == code


def test_who_may_not_manage_sets_no_rule(house: UUID) -> None:
    with pytest.raises(Forbidden):
        operations.set_levels(
            Act("sign", agreed_by=("sign",)), from_amount=0, levels=[Level("sign")],
            actor=person(house, "sign"), at=AT,
        )  # fmt: skip
