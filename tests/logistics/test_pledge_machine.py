"""Whatever happens in whatever order: goods never leave while unpaid, and none get lost."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.models import Count, F, Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.examples import examples
from tests.logistics.conftest import AT, Chain, person, settled

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Refused
from heliu.kernel.ids import new_id
from heliu.kernel.posting import operations as posting
from heliu.logistics.pledges import gate, queries
from heliu.logistics.pledges.models import Pledge, PledgeLine, PledgeStatus, ReleaseOrder
from heliu.logistics.pledges.operations import binding, freeing
from heliu.logistics.pledges.operations.common import BINDING
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock import queries as stock_queries
from heliu.logistics.stock.models import StockRow
from heliu.logistics.transport import queries as shipments
from heliu.logistics.warehousing import operations as warehousing

SYSTEM = Actor.system()
quantities = st.integers(0, 6)


class PledgedGoods(RuleBasedStateMachine):
    """Two pledges in one house; the model knows what was paid and what was carried out."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint_create()
        self.chain = Chain().lay()
        self.shipped = self.lost = self.carried_out = 0
        self.paid: list[int] = []
        self.out_value: list[int] = []
        self.codes: list[tuple[int, str, int]] = []  # pledge, code, value
        self.keys: list[tuple[int, str]] = []
        self.used: set[str] = set()

    @initialize()
    def agree(self) -> None:
        self.pledges = [self.chain.propose().pk for _ in range(2)]
        self.paid, self.out_value = [0, 0], [0, 0]

    def pledge(self, which: int) -> Pledge:
        return Pledge.objects.get(pk=self.pledges[which])

    @rule(
        which=st.integers(0, 1),
        amounts=st.tuples(quantities, quantities),
        damaged=st.integers(0, 2),
        missing=st.integers(0, 2),
        values=st.tuples(*[st.sampled_from([0, 1, 7, 100, 999])] * 3),
    )
    def a_shipment_comes(
        self,
        which: int,
        amounts: tuple[int, int],
        damaged: int,
        missing: int,
        values: tuple[int, int, int],
    ) -> None:
        pledge = self.pledge(which)
        first = next((n for n in amounts if n), 0)
        if first <= damaged + missing or pledge.status not in ("PROPOSED", *BINDING):
            return
        for n, quantity in enumerate(amounts):
            if quantity:
                self.chain.supply(quantity, n)
        shipment = self.chain.send(*amounts, deal=pledge.deal)
        came = self.chain.receive(shipment, pledge=pledge.pk, damaged=damaged, missing=missing)
        worth = dict(zip(self.chain.skus, values, strict=True))
        assert came.receipt is not None
        binding.activate(
            pledge,
            receipt=came.receipt,
            lines=[(r.stock_row, r.sku, r.quantity, worth[r.sku]) for r in came.rows],
            actor=person(self.chain.keeper),
            at=AT,
        )
        self.shipped += sum(amounts)
        self.lost += missing

    @rule(which=st.integers(0, 1), amount=st.integers(1, 2000))
    def a_repayment_comes(self, which: int, amount: int) -> None:
        pledge = self.pledge(which)
        self.paid[which] += amount
        self.release(which, pledge, str(new_id()))

    @rule(which=st.integers(0, 1))
    def all_the_rest_is_repaid(self, which: int) -> None:
        pledge = self.pledge(which)
        self.paid[which] = max(self.paid[which], pledge.pledged_value)
        self.release(which, pledge, str(new_id()))

    def release(self, which: int, pledge: Pledge, key: str) -> None:
        freed = freeing.release(
            pledge,
            entitlement_value=self.paid[which],
            all_of_it=0 < pledge.pledged_value <= self.paid[which],
            key=key,
            actor=SYSTEM,
            at=AT,
        )
        if freed is not None:
            assert freed.is_new
            self.codes.append((which, freed.code, freed.value))
            self.keys.append((which, key))

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def a_repayment_is_told_again(self, data: st.DataObject) -> None:
        which, key = data.draw(st.sampled_from(self.keys))
        before = ReleaseOrder.objects.count()
        freed = freeing.release(
            self.pledge(which),
            entitlement_value=10**9,
            all_of_it=True,
            key=key,
            actor=SYSTEM,
            at=AT,
        )
        assert freed is not None
        assert (freed.code, freed.is_new) == ("", False)
        assert ReleaseOrder.objects.count() == before

    @precondition(lambda self: self.codes)
    @rule(data=st.data())
    def a_code_is_shown(self, data: st.DataObject) -> None:
        which, code, value = data.draw(st.sampled_from(self.codes))
        verdict = gate.pick_up(actor=person(self.chain.keeper, "pick"), code=code, at=AT)
        assert verdict.code == ("used" if code in self.used else "go")
        if verdict.go:
            assert verdict.release_order is not None
            self.used.add(code)
            self.carried_out += verdict.release_order.quantity
            self.out_value[which] += value

    @rule(data=st.data(), wanted=st.integers(1, 3))
    def somebody_tries_the_back_door(self, data: st.DataObject, wanted: int) -> None:
        rows = list(StockRow.objects.exclude(pledge=None).filter(quantity__gt=0).order_by("id"))
        if not rows:
            return
        row = data.draw(st.sampled_from(rows))
        keeper = person(self.chain.keeper)
        verdict = warehousing.pick(actor=keeper, row_id=row.id, quantity=wanted, at=AT)
        assert verdict.code == "pledged"
        with pytest.raises(Refused):
            stock.hand_over(
                [stock.RowQuantity(row.id, wanted)], key=str(new_id()), subject=new_id(), at=AT
            )

    @rule(wanted=st.integers(1, 8))
    def the_owner_promises_what_is_set_aside(self, wanted: int) -> None:
        with pytest.raises(stock.Short):
            stock.reserve(
                [(new_id(), self.chain.skus[0], wanted)],
                owner=self.chain.dealer,
                warehouse=self.chain.keeper,
                subject=new_id(),
                at=AT,
            )

    @invariant()
    def goods_are_conserved(self) -> None:
        lying = StockRow.objects.filter(warehouse=self.chain.keeper)
        total = lying.aggregate(all=Sum("quantity"))["all"] or 0
        assert total + self.carried_out + self.lost == self.shipped

    @invariant()
    def nothing_leaves_unpaid(self) -> None:
        for which, pledge in enumerate(map(self.pledge, range(len(self.paid)))):
            assert pledge.released_value <= pledge.entitlement <= self.paid[which]
            assert self.out_value[which] <= self.paid[which]
            bound = StockRow.objects.filter(pledge=pledge.pk).aggregate(all=Sum("quantity"))
            assert (bound["all"] or 0) == pledge.bound_quantity
            owed = pledge.pledged_value > self.paid[which]
            assert not (owed and pledge.status in (PledgeStatus.RELEASED, PledgeStatus.CLOSED))

    @invariant()
    def a_row_has_one_live_pledge(self) -> None:
        twice = PledgeLine.objects.filter(is_live=True).values("stock_row")
        assert not twice.annotate(n=Count("id")).filter(n__gt=1).exists()
        assert not PledgeLine.objects.filter(picked_up__gt=F("released")).exists()

    @invariant()
    def the_database_agrees(self) -> None:
        settled()
        assert queries.check() == []
        assert stock_queries.check() == []
        assert shipments.check() == []

    def teardown(self) -> None:
        broken = posting.check()
        transaction.savepoint_rollback(self.savepoint)
        assert broken == []


def test_goods_never_leave_unpaid(db: None, as_worker) -> None:
    with as_worker():
        run_state_machine_as_test(
            PledgedGoods,
            settings=settings(
                max_examples=examples(12),
                stateful_step_count=20,
                deadline=None,
                database=None,
                phases=[Phase.generate],  # shrinking a story of the database takes minutes
                suppress_health_check=list(HealthCheck),
            ),
        )
