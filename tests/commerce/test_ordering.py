"""The life of an order, who may move it and who sees it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Barrier

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.commerce.conftest import AT, build_chain, desk

from heliu.commerce.ordering import operations, queries
from heliu.commerce.ordering.models import (
    MOVES,
    TONES,
    Cart,
    CartLine,
    Order,
    OrderLine,
    OrderStatus,
    PayBy,
)
from heliu.commerce.ordering.operations import PricedLine
from heliu.commerce.ordering.rows import row_of
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.events.models import Fact
from heliu.kernel.ids import new_id
from heliu.kernel.money import CURRENCY

WRITE = """select ordering_write(
    %s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[],
    %s::text[], %s::bigint[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::date[],
    %s::uuid[], %s::int[], %s::uuid[], %s::bigint[], %s::bigint[], %s::date[], %s)"""
numbers = count(1)


def place(chain, *quantities: int, **fields) -> Order:
    lines = [
        PricedLine(chain.skus[n % len(chain.skus)].pk, quantity, 250)
        for n, quantity in enumerate(quantities or (10, 5))
    ]
    draft = operations.draft(
        **{
            "number": f"SO-TEST-{next(numbers)}",
            "actor": chain.at_dealer,
            "buyer": chain.dealer,
            "seller": chain.seller,
            "warehouse": chain.dealer,
            "pay_by": PayBy.TRANSFER,
            "lines": lines,
            "at": AT,
            **fields,
        }
    )
    columns = operations.columns([draft])
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [*columns, draft.placed_at])
    return draft.order()


def both(chain):
    return acting_for([chain.dealer, chain.seller])


def ids_of(order: Order) -> list[int]:
    return list(order.lines.order_by("position").values_list("pk", flat=True))


def ship(chain, order: Order, quantities: dict[int, int]) -> Order:
    return operations.note_shipped(order, quantities=quantities, actor=chain.at_seller, at=AT)


def receive(order: Order, good=None, damaged=None, missing=None) -> Order:
    return operations.note_received(
        order,
        quantities=good or {},
        damaged=damaged or {},
        missing=missing or {},
        actor=Actor.system(),
        at=AT,
    )


def test_no_order_is_in_another_currency_than_theirs(chain) -> None:
    with acting_for([chain.dealer]):
        order = place(chain)
        assert order.currency == CURRENCY
        with pytest.raises(IntegrityError, match="order_in_their_currency"), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(currency="USD")


def test_tables_of_states_are_whole() -> None:
    assert set(MOVES) == set(TONES) == set(OrderStatus)


def test_an_order_is_written_as_it_was_agreed(chain) -> None:
    with acting_for([chain.dealer]):
        order = place(chain, 3, 4, remark="by noon\x00", external_id="PO-7")
        found = queries.get(chain.at_dealer, order.number)
    assert (found.pk, found.status, found.total) == (order.pk, OrderStatus.PLACED, 7 * 250)
    assert (found.placed_by_name, found.placed_at, found.external_id) == ("Chen Ya", AT, "PO-7")
    assert found.remark == "by noon"
    assert [(line.position, line.quantity, line.amount) for line in found.lines.all()] == [
        (1, 3, 750),
        (2, 4, 1000),
    ]


@pytest.mark.parametrize("lines", [1, 200, 3000])
def test_any_number_of_lines_is_written(chain, lines) -> None:
    with acting_for([chain.dealer]):
        place(chain, *range(1, lines + 1), external_id=f"PO-{lines}")
    with acting_for([chain.dealer]):
        assert OrderLine.objects.count() == lines


def test_what_is_not_an_order_is_refused(chain) -> None:
    with both(chain):
        for code, fields in (
            ("no-lines", {"lines": []}),
            ("line-invalid", {"lines": [PricedLine(chain.skus[0].pk, 0, 1)]}),
            ("line-invalid", {"lines": [PricedLine(chain.skus[0].pk, 1, -1)]}),
            ("line-invalid", {"lines": [PricedLine(chain.skus[0].pk, 10**12, 1)]}),
            ("order-too-large", {"lines": [PricedLine(chain.skus[0].pk, 10**9, 10**9)]}),
            ("external-id-invalid", {"external_id": "P" * 81}),
            ("external-id-invalid", {"external_id": "PO\x00"}),
            ("pay-by-unknown", {"pay_by": "SHELLS"}),
            ("own-goods", {"seller": chain.dealer}),
        ):
            with pytest.raises(Invalid, match=code):
                place(chain, **fields)
        with pytest.raises(Forbidden, match="not-your-desk"):
            place(chain, actor=chain.at_stranger)
        with pytest.raises(Forbidden, match="not-permitted"):
            place(chain, actor=desk(chain.dealer, "pay"))
        place(chain, external_id="PO-7")
        with pytest.raises(IntegrityError, match="one_order_per_external_id"), transaction.atomic():
            place(chain, external_id="PO-7")
        assert Order.objects.count() == 1


def test_an_order_is_for_its_sides_and_its_lender(chain) -> None:
    lender = new_id()
    with acting_for([chain.dealer]):
        order = place(chain, pay_by=PayBy.FINANCE, lender=lender)
        plain = place(chain)
    for org, sees in (
        (chain.dealer, {order.pk, plain.pk}),
        (chain.seller, {order.pk, plain.pk}),
        (lender, {order.pk}),
        (chain.stranger, set()),
    ):
        actor = desk(org)
        with acting_for([org]):
            assert {one.pk for one in queries.visible_to(actor)} == sees
            assert {line.order_id for line in queries.lines_visible_to(actor)} == sees
            assert {one.pk for one in Order.objects.all()} == sees
            assert {line.order_id for line in OrderLine.objects.all()} == sees
    with acting_for([chain.stranger]), pytest.raises(NotFound):
        queries.get(chain.at_stranger, order.pk)
    with acting_for([chain.stranger]), pytest.raises(NotFound):
        queries.get(chain.at_dealer, order.number)


def test_part_deliveries_carry_the_status(chain) -> None:
    with both(chain):
        order = place(chain, 10, 5)
        one, two = ids_of(order)
        operations.confirm(order, actor=chain.at_seller, at=AT)
        assert ship(chain, order, {one: 4}).status == OrderStatus.PART_SHIPPED
        assert receive(order, {one: 4}).status == OrderStatus.PART_SHIPPED
        assert ship(chain, order, {one: 6, two: 5}).status == OrderStatus.SHIPPED
        assert receive(order, {one: 6, two: 1}, {two: 2}).status == OrderStatus.SHIPPED
        assert receive(order, missing={two: 2}).status == OrderStatus.RECEIVED
        operations.complete(order, actor=Actor.system(), at=AT)
        found = queries.get(chain.at_dealer, order.pk)
        assert found.status == OrderStatus.COMPLETED
        assert [
            (line.shipped, line.received, line.damaged, line.missing) for line in found.lines.all()
        ] == [(10, 10, 0, 0), (5, 1, 2, 2)]
        names = (
            Fact.objects.filter(subject=order.pk).order_by("number").values_list("name", flat=True)
        )
        assert list(names) == [
            "commerce.order-confirmed",
            "commerce.order-shipped",
            "commerce.order-received",
            "commerce.order-shipped",
            "commerce.order-received",
            "commerce.order-received",
            "commerce.order-completed",
        ]


def test_no_more_is_shipped_or_received_than_there_is(chain) -> None:
    with both(chain):
        order = place(chain, 10, 5)
        one, two = ids_of(order)
        with pytest.raises(Refused, match="not-to-ship"):
            ship(chain, order, {one: 1})
        with pytest.raises(Refused, match="nothing-under-way"):
            receive(order, {one: 1})
        operations.confirm(order, actor=chain.at_seller, at=AT)
        with pytest.raises(Refused, match="more-than-ordered"):
            ship(chain, order, {two: 5, one: 11})
        for bad in ({one: 0}, {one: -1}, {-7: 1}, {}):
            with pytest.raises(Invalid):
                ship(chain, order, bad)
        ship(chain, order, {one: 4})
        with pytest.raises(Refused, match="more-than-shipped"):
            receive(order, {one: 3}, {one: 2})
        with pytest.raises(Refused, match="more-than-shipped"):
            receive(order, {two: 1})
        lines = queries.get(chain.at_dealer, order.pk).lines.all()
        assert [(line.shipped, line.received) for line in lines] == [(4, 0), (0, 0)]


def test_an_order_is_cancelled_until_something_is_shipped(chain) -> None:
    with both(chain):
        for confirmed in (False, True):
            order = place(chain)
            if confirmed:
                operations.confirm(order, actor=chain.at_seller, at=AT)
            operations.cancel(order, actor=chain.at_dealer, reason="changed my mind", at=AT)
            found = queries.get(chain.at_seller, order.pk)
            assert (found.status, found.cancelled_at) == (OrderStatus.CANCELLED, AT)
            assert all(line.to_ship == 0 for line in found.lines.all())
            with pytest.raises(Refused, match="state-move"):
                operations.confirm(order, actor=chain.at_seller, at=AT)
        order = place(chain)
        operations.confirm(order, actor=chain.at_seller, at=AT)
        stale = Order.objects.get(pk=order.pk)
        ship(chain, order, {ids_of(order)[0]: 1})
        with pytest.raises(Refused, match="already-shipped"):
            operations.cancel(stale, actor=chain.at_seller, reason="", at=AT)


def test_only_its_own_side_moves_an_order(chain) -> None:
    with both(chain):
        order = place(chain)
        lines = dict.fromkeys(ids_of(order), 1)
        for actor, refusal in (
            (chain.at_dealer, NotFound),
            (chain.at_stranger, NotFound),
            (desk(chain.seller, "price"), Forbidden),
        ):
            with pytest.raises(refusal):
                operations.confirm(order, actor=actor, at=AT)
            with pytest.raises(refusal):
                operations.note_shipped(order, quantities=lines, actor=actor, at=AT)
        for actor, refusal in (
            (chain.at_stranger, NotFound),
            (desk(chain.seller, "price"), Forbidden),
            (desk(chain.dealer, "pay"), Forbidden),
        ):
            with pytest.raises(refusal):
                operations.cancel(order, actor=actor, reason="", at=AT)
        assert queries.get(chain.at_dealer, order.pk).status == OrderStatus.PLACED


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"shipped": 11}, "order_line_ships_what_was_ordered"),
        ({"shipped": 6, "cancelled": 5}, "order_line_ships_what_was_ordered"),
        ({"received": 1}, "order_line_receives_what_was_shipped"),
        ({"shipped": 3, "received": 2, "damaged": 1, "missing": 1}, "order_line_receives"),
        ({"amount": 1}, "order_line_amount"),
        ({"quantity": 0, "amount": 0}, "order_line_amount"),
    ],
)
def test_the_database_refuses_lines_that_cannot_be(chain, changes, constraint) -> None:
    with acting_for([chain.dealer]):
        order = place(chain, 10)
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            OrderLine.objects.filter(order=order).update(**changes)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"status": "LOST"}, "order_status_known"),
        ({"pay_by": "SHELLS"}, "order_pay_by_known"),
        ({"status": "CANCELLED"}, "order_cancelled_has_a_time"),
        ({"cancelled_at": AT}, "order_cancelled_has_a_time"),
        ({"total": -1}, "order_total_not_negative"),
    ],
)
def test_the_database_refuses_orders_that_cannot_be(chain, changes, constraint) -> None:
    with acting_for([chain.dealer]):
        order = place(chain, 10)
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**changes)


def test_pages_are_newest_first_and_follow_each_other(chain, django_assert_num_queries) -> None:
    with acting_for([chain.dealer]):
        orders = [
            place(chain, at=AT + timedelta(days=day), external_id=f"PO-{day}-{n}")
            for day in (2, 1, 3)
            for n in (0, 1)
        ]
        newest = sorted(orders, key=lambda order: (order.placed_at, order.pk), reverse=True)
        whole = queries.page(chain.at_dealer, side="buyer")
        assert [one.pk for one in whole.orders] == [one.pk for one in newest]
        assert whole.next_after is None
        paged, after = [], None
        while True:
            with django_assert_num_queries(2 if after else 1):
                part = queries.page(chain.at_dealer, side="buyer", limit=4, after=after)
            paged += part.orders
            after = part.next_after
            if after is None:
                break
        assert [one.pk for one in paged] == [one.pk for one in newest]


def test_filters(chain) -> None:
    with both(chain):
        first = place(chain, external_id="PO-1")
        second = place(chain, at=AT + timedelta(days=1), pay_by=PayBy.TERMS)
        operations.confirm(second, actor=chain.at_seller, at=AT)

        def found(actor=chain.at_dealer, **filters) -> set:
            return {order.pk for order in queries.page(actor, **filters).orders}

        assert found() == {first.pk, second.pk}
        assert found(side="seller") == set()
        assert found(chain.at_seller, side="seller") == {first.pk, second.pk}
        assert found(statuses=[OrderStatus.CONFIRMED]) == {second.pk}
        assert found(pay_by=PayBy.TRANSFER) == {first.pk}
        assert found(text="po-") == {first.pk}
        assert found(text=second.number.lower()) == {second.pk}
        assert found(counterparty=chain.seller) == {first.pk, second.pk}
        assert found(counterparty=chain.stranger) == set()
        assert found(placed_from=AT + timedelta(days=1)) == {second.pk}
        assert found(placed_before=AT + timedelta(days=1)) == {first.pk}
        assert queries.status_counts(chain.at_dealer) == {"PLACED": 1, "CONFIRMED": 1}
        assert queries.count_up_to(queries.filtered(chain.at_dealer)) == 2


def test_get_takes_two_statements(chain, django_assert_num_queries) -> None:
    with acting_for([chain.dealer]):
        order = place(chain, *range(1, 30))
        with django_assert_num_queries(2):
            found = queries.get(chain.at_dealer, order.pk)
            assert len({line.sku.code for line in found.lines.all()}) == len(chain.skus)


def test_a_cart_is_its_person_s_own(chain) -> None:
    one, two = chain.skus[:2]
    colleague = Actor(new_id(), "Li", chain.dealer, (chain.dealer,), frozenset({"order"}))

    def wants(actor: Actor) -> dict:
        return {line.sku: line.quantity for line in queries.cart(actor, chain.seller)}

    with acting_for([chain.dealer]):
        put = {"actor": chain.at_dealer, "seller": chain.seller}
        operations.fill_cart(**put, quantities={one.pk: 3, two.pk: 4})
        operations.put_in_cart(**put, sku=one.pk, quantity=7)
        operations.put_in_cart(**put, sku=two.pk, quantity=0)
        rows = [row_of("KFR", "12\x00"), row_of("nonsense")]
        operations.add_rows(**put, rows=rows, at=AT)
        assert wants(chain.at_dealer) == {one: 7}
        kept = queries.pad(chain.at_dealer, chain.seller)
        assert [row.typed for row in kept.rows] == [("KFR", "12", "", ""), ("nonsense", "", "", "")]
        assert (kept.changed_by, kept.changed_at) == ("Chen Ya", AT)
        assert wants(colleague) == {}
        assert queries.pad(colleague, chain.seller).rows == []
    with acting_for([chain.seller]):
        assert not Cart.objects.exists()
        assert not CartLine.objects.exists()
    with acting_for([chain.dealer]):
        operations.clear_cart(**put)
        assert wants(chain.at_dealer) == {}


def test_a_cart_takes_only_what_may_be_ordered(chain) -> None:
    put = {"actor": chain.at_dealer, "seller": chain.seller}
    with acting_for([chain.dealer]):
        with pytest.raises(NotFound):
            operations.put_in_cart(**put, sku=chain.foreign_sku.pk, quantity=1)
        with pytest.raises(NotFound):
            operations.put_in_cart(
                **{**put, "seller": chain.other_seller}, sku=chain.foreign_sku.pk, quantity=1
            )
        with pytest.raises(Invalid):
            operations.put_in_cart(**put, sku=chain.skus[0].pk, quantity=-1)
        with pytest.raises(Forbidden):
            operations.put_in_cart(
                **{**put, "actor": desk(chain.dealer)}, sku=chain.skus[0].pk, quantity=1
            )


def test_the_order_s_life_holds_under_any_sequence_of_deeds(chain) -> None:
    """Every deed either happens by the rules or changes nothing, whatever was done before."""

    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            with both(chain):
                self.order = place(chain, 6, 3)
                self.lines = ids_of(self.order)
            self.was_confirmed = self.was_cancelled = self.was_completed = False
            self.moved = {line: [0, 0, 0, 0] for line in self.lines}

        def attempt(self, deed) -> bool:
            """Do it as a request does: a refusal rolls back."""
            try:
                with both(chain), transaction.atomic():
                    deed(Order.objects.get(pk=self.order.pk))
            except Refused:
                return False
            return True

        @property
        def any_shipped(self) -> bool:
            return any(shipped for shipped, *_ in self.moved.values())

        @property
        def all_arrived(self) -> bool:
            ordered = dict(zip(self.lines, (6, 3), strict=True))
            return all(
                shipped == ordered[line] == sum(arrived)
                for line, (shipped, *arrived) in self.moved.items()
            )

        @rule()
        def confirm(self) -> None:
            allowed = not (self.was_confirmed or self.was_cancelled)
            done = self.attempt(lambda o: operations.confirm(o, actor=chain.at_seller, at=AT))
            assert done == allowed
            self.was_confirmed |= done

        @rule()
        def cancel(self) -> None:
            allowed = not (self.was_cancelled or self.any_shipped)
            done = self.attempt(
                lambda o: operations.cancel(o, actor=chain.at_dealer, reason="", at=AT)
            )
            assert done == allowed
            self.was_cancelled |= done

        @rule(line=st.integers(0, 1), quantity=st.integers(1, 4))
        def ship(self, line: int, quantity: int) -> None:
            pk, open_ = self.lines[line], (6, 3)[line]
            moved = self.moved[pk]
            allowed = self.was_confirmed and not self.was_cancelled and moved[0] + quantity <= open_
            assert self.attempt(lambda o: ship(chain, o, {pk: quantity})) == allowed
            moved[0] += quantity * allowed

        @rule(line=st.integers(0, 1), counts=st.tuples(*[st.integers(0, 3)] * 3))
        def receive(self, line: int, counts: tuple[int, int, int]) -> None:
            pk = self.lines[line]
            shipped, *arrived = self.moved[pk]
            allowed = (
                self.any_shipped and not self.all_arrived and sum(arrived) + sum(counts) <= shipped
            )
            good, damaged, missing = counts
            done = self.attempt(lambda o: receive(o, {pk: good}, {pk: damaged}, {pk: missing}))
            assert done == allowed
            if done:
                self.moved[pk] = [shipped, *map(sum, zip(arrived, counts, strict=True))]

        @rule()
        def complete(self) -> None:
            allowed = self.all_arrived and not self.was_completed
            done = self.attempt(lambda o: operations.complete(o, actor=Actor.system(), at=AT))
            assert done == allowed
            self.was_completed |= done

        @invariant()
        def the_rows_tell_the_same(self) -> None:
            with both(chain):
                order = queries.get(chain.at_dealer, self.order.pk)
            assert {
                line.pk: [line.shipped, line.received, line.damaged, line.missing]
                for line in order.lines.all()
            } == self.moved
            for line in order.lines.all():
                assert line.cancelled == (line.quantity if self.was_cancelled else 0)
            assert order.status == self.expected_status()

        def expected_status(self) -> OrderStatus:
            if self.was_cancelled:
                return OrderStatus.CANCELLED
            if self.was_completed:
                return OrderStatus.COMPLETED
            if self.all_arrived:
                return OrderStatus.RECEIVED
            if [self.moved[line][0] for line in self.lines] == [6, 3]:
                return OrderStatus.SHIPPED
            if self.any_shipped:
                return OrderStatus.PART_SHIPPED
            return OrderStatus.CONFIRMED if self.was_confirmed else OrderStatus.PLACED

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_two_clerks_ship_the_same_goods_once(own_db, as_worker) -> None:
    with acting_for([]), as_worker():
        chain = build_chain()
    with both(chain):
        order = place(chain, 10)
        (line,) = ids_of(order)
        operations.confirm(order, actor=chain.at_seller, at=AT)
    at_once = Barrier(4, timeout=60)

    def clerk(_: int) -> str:
        try:
            at_once.wait()
            with acting_for([chain.seller]):
                ship(chain, Order.objects.get(pk=order.pk), {line: 4})
        except Refused as refusal:
            return refusal.code
        finally:
            connection.close()
        return "shipped"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(clerk, range(4)))
    assert answers == ["more-than-ordered", "more-than-ordered", "shipped", "shipped"]
    with both(chain):
        assert OrderLine.objects.get().shipped == 8


def test_orders_stay_for_ever(chain, as_worker) -> None:
    with as_worker():
        order = place(chain)
        with (
            pytest.raises(DatabaseError, match="stay for ever"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("delete from ordering_order where id = %s", [order.pk])
        assert Order.objects.filter(pk=order.pk).exists()


def test_the_check_names_lines_without_an_order_and_totals_that_differ(chain, as_worker) -> None:
    with as_worker():
        order = place(chain, 10, 5)
        assert queries.check() == []
        line = order.lines.latest("position")
        OrderLine.objects.filter(pk=line.pk).update(order=new_id())
        lost, short = queries.check()
    assert lost == f"a line has its order, of the same parties: {line.pk}"
    assert short == f"an order comes to what its lines come to: {order.number}"
