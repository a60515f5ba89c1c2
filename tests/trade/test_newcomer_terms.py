"""Trade credit for newcomers by the seller's rule: whom it trusts, with how much, and no more."""

from __future__ import annotations

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from tests.conftest import be
from tests.trade import laws
from tests.trade.conftest import World
from tests.trade.newcomers import joined, known, newcomer, takes_newcomers, work

from heliu.capital.terms import newcomers
from heliu.capital.terms.models import NewcomerTerms, Terms
from heliu.capital.terms.newcomers import Rule
from heliu.capital.terms.operations.granting import Wanted
from heliu.kernel.errors import Forbidden, Invalid, Refused
from heliu.kernel.events.models import Notice
from heliu.kernel.joining.operations import verifying
from heliu.trade import place_order, receivables

SALES = "sales@seller.demo"
BASE = Rule(is_on=True, ceiling=500_000, days=14, total=1_000_000)


def rule(world: World, **other: object) -> None:
    with world.desk(SALES) as sales:
        wanted = Rule(**(vars(BASE) | other))  # type: ignore[arg-type]
        newcomers.set_rule(wanted, actor=sales, at=world.at)


def granted(world: World) -> list[tuple[int, int, bool]]:
    with world.worker():
        found = Terms.objects.exclude(buyer__in=world.chain.dealers.values()).order_by("set_at")
        return list(found.values_list("ceiling", "days", "by_rule"))


def test_a_newcomer_orders_on_terms_and_nobody_came(world: World) -> None:
    takes_newcomers(world)
    rule(world)
    who = joined(world)
    with world.desk(who.email) as owner:
        placed = place_order.place(
            actor=owner, seller=world.chain.seller, lines=world.lines(M1=3), pay_by="TERMS",
            at=world.at,
        )  # fmt: skip
        with pytest.raises(Refused):
            place_order.place(
                actor=owner, seller=world.chain.seller, lines=world.lines(M1=600), pay_by="TERMS",
                at=world.at,
            )  # fmt: skip
    assert placed.order.pay_by == "TERMS"
    assert granted(world) == [(500_000, 14, True)]
    with world.worker():
        told = Notice.objects.get(org=who.org, kind="newcomer-terms")
        assert told.link == f"/dealer/owed/{world.chain.seller}"
    laws.hold(world)


def test_together_they_get_no_more_than_the_total(world: World) -> None:
    takes_newcomers(world)
    rule(world)
    first = joined(world, 1)
    for n in (2, 3):
        joined(world, n)
    assert granted(world) == [(500_000, 14, True)] * 2
    with world.desk(SALES) as sales:  # a person looked: it counts no more
        receivables.set_terms(first.org, Wanted(ceiling=200_000), actor=sales, at=world.at)
    joined(world, 4)
    assert sorted(granted(world)) == [(200_000, 30, False), *[(500_000, 14, True)] * 2]


@pytest.mark.parametrize(
    ("founded", "other"),
    [(date(2026, 10, 5), {"least_days": 30}), (None, {"least_days": 1}), (None, {"is_on": False})],
)
def test_who_is_too_young_or_comes_while_it_is_off_gets_none(
    world: World, founded: date | None, other: dict[str, object]
) -> None:
    takes_newcomers(world)
    rule(world, **other)
    who = newcomer(world)
    known(who, founded_on=founded)
    who.confirm()
    work(world)
    assert who.application.status == "APPROVED"
    assert granted(world) == []


def test_whom_a_person_admitted_gets_nothing_by_rule(world: World) -> None:
    takes_newcomers(world)
    rule(world)
    who = joined(world, name="不同商行")
    application = who.application.pk
    with world.desk("ops@operator.demo") as ops:
        verifying.approve(application, actor=ops, reason="known", at=world.at)
    work(world)
    assert who.application.welcomed_at
    assert granted(world) == []


def test_only_a_seller_sets_what_can_be(world: World) -> None:
    for wrong in ({"ceiling": 0}, {"total": 499_999}, {"days": 366}, {"least_days": 4_000}):
        with pytest.raises(Invalid):
            rule(world, **wrong)
    with world.desk(world.dealer) as dealer, pytest.raises(Forbidden):
        newcomers.set_rule(BASE, actor=dealer, at=world.at)
    with world.desk(world.dealer):
        assert not NewcomerTerms.objects.exists()


def test_two_that_come_at_once_share_the_total(world: World) -> None:
    takes_newcomers(world)
    rule(world, total=500_000)
    orgs = [joined(world, n, name=f"别名{n}").org for n in (1, 2)]  # a person decides: not granted
    name, gate, done = connection.settings_dict["NAME"], Barrier(2, timeout=60), []
    be("heliu_worker", name)

    def come(org: object) -> None:
        try:
            with transaction.atomic():
                gate.wait()
                done.append(
                    newcomers.grant(
                        seller=world.chain.seller,
                        buyer=org,
                        founded_on=None,
                        at=world.at,  # type: ignore[arg-type]
                    )
                )
        finally:
            connection.close()

    threads = [Thread(target=come, args=[org]) for org in orgs]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(done) == 2
    assert len(granted(world)) == 1
