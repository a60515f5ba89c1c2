"""Roles of a house's own making: within the operator's limits, in two hands what must be, for this
house alone; and what they allow is asked at every door."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from tests.access.conftest import laid, world
from tests.api.hands import hand_of
from tests.portal.browsing import browser, read
from tests.trade.conftest import World

from heliu.commerce.spending import operations as spending
from heliu.demo.chain import enrol
from heliu.kernel.access import operations, role_editing
from heliu.kernel.access.models import Membership, MembershipRole, Role
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Level
from heliu.kernel.errors import Forbidden, Refused
from heliu.trade import approvals, purchases

__all__ = ["laid", "world"]

CLERK = "clerk@d001.demo"
HOUSES = {  # somebody who manages, what the house may give, what it may not
    "owner@d001.demo": ("order", "terms"),
    "sales@seller.demo": ("behalf", "order"),
    "credit@bank.demo": ("enforce", "sell"),
    "ops@operator.demo": ("manage", "operate"),
}


def seat_of(world: World, email: str) -> Membership:
    with world.worker():
        return Membership.objects.get(user__username=email)


@pytest.fixture
def clerk(world: World) -> Membership:
    with world.worker():
        enrol(CLERK, "Clerk", world.chain.dealers["D001"], "purchaser")
    return seat_of(world, CLERK)


@pytest.mark.parametrize("email", HOUSES)
def test_a_house_gives_what_the_operator_lets_its_kind_give(world: World, email: str) -> None:
    may, may_not = HOUSES[email]
    with world.desk(email) as actor:
        assert may in role_editing.may_give(actor)
        made = role_editing.save_role(actor=actor, code="own", name="Own", permissions=[may])
        assert made.permissions == [may]
        with pytest.raises(Refused) as refused, transaction.atomic():
            role_editing.save_role(actor=actor, code="more", name="More", permissions=[may_not])
        assert refused.value.code == "beyond-limits"
        # By raw SQL the database says the same.
        with pytest.raises(DatabaseError, match="beyond what this house"), transaction.atomic():
            Role.objects.filter(pk=made.pk).update(permissions=[may, may_not])


def test_the_operator_s_limits_bind_from_the_next_change(world: World) -> None:
    with world.desk("owner@d001.demo") as owner, pytest.raises(Forbidden):
        role_editing.set_limits("DEALER", ["order"], actor=owner)
    with world.desk("ops@operator.demo") as operator:
        role_editing.set_limits("DEALER", ["order", "manage", "operate"], actor=operator)
        assert role_editing.limits(operator)["DEALER", ""] == ["manage", "order"]
    with world.desk("owner@d001.demo") as owner:
        assert {role.code for role in role_editing.roles(owner)} == {
            "administrator",
            "purchaser",
        } & {role.code for role in Role.objects.all()}
        with pytest.raises(Refused), transaction.atomic():
            role_editing.save_role(actor=owner, code="p", name="Pays", permissions=["pay"])


def test_what_must_be_in_two_hands_is_refused_in_one_role_and_in_two(
    world: World, clerk: Membership
) -> None:
    with world.desk("ops@operator.demo") as operator:
        role_editing.set_apart("pay", "order", actor=operator)
    with world.desk("owner@d001.demo") as owner:
        act = {"actor": owner}
        with pytest.raises(Refused) as refused, transaction.atomic():
            role_editing.save_role(**act, code="both", name="B", permissions=["order", "pay"])
        assert refused.value.code == "two-hands"
        assert "order and pay" in refused.value.text()
        for code in ("order", "pay"):
            role_editing.save_role(**act, code=code, name=code, permissions=[code])
        for pair in (["order", "pay"], ["pay", "purchaser"], ["finance", "order"]):
            with pytest.raises(Refused, match="two hands"), transaction.atomic():
                role_editing.give_roles(clerk.pk, pair, **act)
        role_editing.give_roles(clerk.pk, ["pay"], **act)
        role_editing.save_role(**act, code="more", name="More", permissions=["consent"])
        role_editing.give_roles(clerk.pk, ["pay", "more"], **act)
        # Not through the back door either: a role that somebody has grows by the other half.
        with pytest.raises(Refused, match="two hands"), transaction.atomic():
            role_editing.save_role(**act, code="more", name="M", permissions=["consent", "order"])


def test_a_role_works_at_the_next_request_and_with_approvals(
    world: World, clerk: Membership
) -> None:
    with world.desk("owner@d001.demo") as owner:
        spending.set_rule(levels=[Level("sign")], from_amount=1, actor=owner, at=world.at)
        asked = purchases.ask(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=5), pay_by="TRANSFER",
            reason="low", at=world.at,
        )  # fmt: skip
    with world.desk(CLERK) as one:
        assert one.permissions == {"order"}
        with pytest.raises(Forbidden):
            role_editing.give_roles(clerk.pk, ["owner"], actor=one)
    with world.desk("owner@d001.demo") as owner:
        role_editing.save_role(actor=owner, code="agrees", name="Agrees", permissions=["sign"])
        role_editing.give_roles(clerk.pk, ["agrees"], actor=owner)
    with world.desk(CLERK) as one:
        assert one.permissions == {"sign"}
        question = Approval.objects.get(subject=asked.pk)
        assert approvals.vote(question.pk, agrees=True, actor=one, at=world.at).status == "APPROVED"


def test_somebody_always_manages_the_house(world: World) -> None:
    own = seat_of(world, "owner@d001.demo")
    with world.desk("owner@d001.demo") as owner:
        with pytest.raises(Refused) as refused, transaction.atomic():
            role_editing.give_roles(own.pk, ["purchaser"], actor=owner)
        assert refused.value.code == "last-manager"


def test_a_role_is_its_house_s_alone(world: World, clerk: Membership) -> None:
    with world.desk("owner@d002.demo") as other:
        theirs = role_editing.save_role(
            actor=other, code="theirs", name="Theirs", permissions=["order"]
        )
    with world.desk("owner@d001.demo") as owner:
        assert "theirs" not in {role.code for role in role_editing.roles(owner)}
        with pytest.raises(Refused, match="no such role"):
            role_editing.give_roles(clerk.pk, ["theirs"], actor=owner)
        with pytest.raises(DatabaseError, match="another house"), transaction.atomic():
            MembershipRole.objects.create(
                membership_id=clerk.pk, role_id=theirs.pk, org=world.chain.dealers["D001"]
            )
        with pytest.raises(Refused), transaction.atomic():
            role_editing.drop_role("theirs", actor=owner)
        role_editing.save_role(actor=owner, code="held", name="Held", permissions=["order"])
        role_editing.give_roles(clerk.pk, ["held"], actor=owner)
        with pytest.raises(Refused, match="has this role"):
            role_editing.drop_role("held", actor=owner)
        role_editing.give_roles(clerk.pk, ["purchaser"], actor=owner)
        role_editing.drop_role("held", actor=owner)
        operations.unseat(clerk.pk, actor=owner)


def test_the_page_keeps_what_was_typed_and_rest_says_the_same(
    world: World, clerk: Membership, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = True
    monkeypatch.setattr("heliu.kernel.clock.now", lambda: world.at)
    page, key = browser("owner@d001.demo"), {"idempotency_key": "k" * 32}
    form = {"act": "save", "code": "cash", "name": "Cashier", "permission": ["pay", "terms"]}
    refused = page.post("/company/roles", {**form, **key})
    assert refused.status_code == 409
    assert "set terms of trade credit" in refused.content.decode()
    assert 'value="Cashier"' in refused.content.decode()
    assert page.post("/company/roles", {**form, "permission": ["pay"], **key}).status_code == 303
    given = {"act": "give", "person": str(clerk.pk), "role": ["cash"], "idempotency_key": "g" * 32}
    assert page.post("/company/roles", given).status_code == 303
    assert "Cashier" in read(page, "/company/people")
    hand = hand_of(world, "owner@d001.demo")
    (row,) = [one for one in hand.get("/members") if one["id"] == str(clerk.pk)]
    assert row["roles"] == ["cash"]
    said = hand.send("put", "/roles/x", {"name": "X", "permissions": ["sell"]}, expect=409)
    assert said["code"] == "beyond-limits"
    operator = browser("ops@operator.demo")
    read(operator, "/operator/roles")
    limits = {"act": "limits", "kind": "DEALER", "permission": ["order", "manage"], **key}
    assert operator.post("/operator/roles", limits).status_code == 303
    assert hand.get("/roles")["may_give"] == ["manage", "order"]
