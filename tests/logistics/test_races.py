"""Many hands at once: real commits, real connections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from django.db import connection, transaction
from tests.logistics.conftest import AT, Chain, person

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.ids import new_id
from heliu.kernel.posting import operations as posting
from heliu.logistics.pledges import gate
from heliu.logistics.pledges.models import Pledge, ReleaseOrder
from heliu.logistics.pledges.operations import freeing
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock import queries
from heliu.logistics.stock.ends import Move, Place
from heliu.logistics.stock.moves import move_goods


def at_once(hands: int, deed: Callable[[int], str]) -> Counter[str]:
    """Let `hands` threads begin together; what each of them came back with, counted."""
    start = Barrier(min(hands, 8), timeout=60)

    def run(n: int) -> str:
        if n < start.parties:
            start.wait()
        try:
            return deed(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(hands) as pool:
        return Counter(pool.map(run, range(hands)))


def as_worker[T](deed: Callable[[], T]) -> T:
    """One transaction of the worker's."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set local role heliu_worker")
        return deed()


def supply(place: Place, quantity: int) -> None:
    stock.supply(
        [stock.Supply(place.sku, quantity, place.bin)], owner=place.owner,
        warehouse=place.warehouse, key=f"{new_id()}", subject=new_id(), at=AT,
    )  # fmt: skip


def reserve(chain: Chain, sku: UUID, quantity: int) -> str:
    try:
        with acting_for([chain.seller]):
            stock.reserve(
                [(new_id(), sku, quantity)],
                owner=chain.seller,
                warehouse=chain.seller,
                subject=new_id(),
                at=AT,
            )
    except stock.Short as short:
        return f"short of {short.sku}"
    return "reserved"


def test_fifty_want_three_of_a_hundred_and_thirty_three_get_them(real_chain: Chain) -> None:
    chain, sku = real_chain, real_chain.skus[0]
    as_worker(lambda: chain.supply(100))
    assert at_once(50, lambda _: reserve(chain, sku, 3)) == {"reserved": 33, f"short of {sku}": 17}
    with acting_for([chain.seller]):
        left = queries.available([sku], owner=chain.seller, warehouse=chain.seller)
    assert left == {sku: 1}
    assert as_worker(posting.check) == []


def test_sets_in_opposite_directions_queue(real_chain: Chain) -> None:
    """Half of the hands move goods away while the others move them back, in any order of lines."""
    chain, bins = real_chain, [new_id(), new_id(), new_id()]
    here = [Place(sku, chain.seller, chain.seller, bins[0]) for sku in chain.skus]
    for place in here:
        as_worker(lambda place=place: supply(place, 100))

    def move(n: int) -> str:
        there = [place._replace(bin=bins[1 + n % 4 // 2]) for place in here]
        ends = (here, there) if n % 2 else (there, here)
        moves = [Move(*pair, 1) for pair in zip(*ends, strict=True)]
        if n % 3:
            moves.reverse()
        try:
            with acting_for([chain.seller]):
                move_goods(moves, kind="test", key=f"{new_id()}", subject=new_id(), at=AT)
        except stock.Short:
            return "short"
        return "moved"

    found = at_once(24, move)
    assert found["moved"] >= 12
    assert found.total() == 24
    assert as_worker(posting.check) == as_worker(queries.check) == []


def test_shipments_from_the_same_rows_queue(real_chain: Chain) -> None:
    chain = real_chain
    for n in range(4):
        as_worker(lambda n=n: chain.supply(10, lot=str(n)))

    def send(_: int) -> str:
        try:
            as_worker(lambda: chain.send(3))
        except stock.Short:
            return "short"
        return "sent"

    assert at_once(16, send) == {"sent": 13, "short": 3}
    assert as_worker(posting.check) == []
    assert as_worker(queries.check) == []


def test_one_repayment_told_eight_times_frees_once(real_chain: Chain) -> None:
    pledge = as_worker(lambda: real_chain.pledged(10))

    def release(_: int) -> str:
        freed = as_worker(
            lambda: freeing.release(
                pledge,
                entitlement_value=500,
                all_of_it=False,
                key="one",
                actor=Actor.system(),
                at=AT,
            )
        )
        assert freed is not None
        return "new" if freed.code else "known"

    assert at_once(8, release) == {"new": 1, "known": 7}
    assert as_worker(ReleaseOrder.objects.count) == 1
    assert as_worker(lambda: Pledge.objects.get().released_value) == 500


def test_one_code_shown_eight_times_opens_once(real_chain: Chain) -> None:
    chain = real_chain
    pledge = as_worker(lambda: chain.pledged(10))
    freed = as_worker(
        lambda: freeing.release(
            pledge, entitlement_value=0, all_of_it=True, key="one", actor=Actor.system(), at=AT
        )
    )
    assert freed is not None

    def pick_up(_: int) -> str:
        with acting_for([chain.keeper]):
            actor = person(chain.keeper, "pick")
            return gate.pick_up(actor=actor, code=freed.code, at=AT).code

    assert at_once(8, pick_up) == {"go": 1, "used": 7}
    assert as_worker(posting.check) == []
