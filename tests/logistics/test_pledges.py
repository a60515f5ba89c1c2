"""What binds goods, what sets them free, and the gate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import Error, IntegrityError
from tests.logistics.conftest import AT, Chain, person, settled

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Forbidden, NotFound, Refused
from heliu.kernel.events.models import Fact
from heliu.kernel.ids import new_id
from heliu.kernel.posting import operations as posting
from heliu.logistics.pledges import gate, queries
from heliu.logistics.pledges.models import (
    CodeAttempt,
    Pledge,
    PledgeLine,
    PledgeStatus,
    ReleaseOrder,
    ReleaseStatus,
)
from heliu.logistics.pledges.operations import binding, codes, freeing
from heliu.logistics.pledges.policies import (
    ALPHABET,
    Bound,
    digest_of,
    fresh_code,
    units_to_release,
    units_to_sell,
)
from heliu.logistics.stock import counting
from heliu.logistics.stock import operations as stock
from heliu.logistics.stock import queries as stock_queries
from heliu.logistics.stock.models import StockRow
from heliu.logistics.warehousing.models import ReceiptStatus, WarehouseReceipt

SYSTEM = Actor.system()


def release(pledge: Pledge, value: int, key: str = "r1", *, all: bool = False):
    return freeing.release(
        pledge, entitlement_value=value, all_of_it=all, key=key, actor=SYSTEM, at=AT
    )


def pick_up(chain: Chain, code: str, at=AT) -> gate.PickUpVerdict:
    return gate.pick_up(actor=person(chain.keeper, "pick"), code=code, at=at)


def test_whole_units_oldest_first_never_above_the_entitlement() -> None:
    lines = [Bound(3, 100), Bound(2, 70), Bound(10, 1)]

    def share(entitlement: int, released: int = 0) -> tuple[tuple[int, ...], int]:
        found = units_to_release(lines, entitlement=entitlement, released_value=released)
        return found.units, found.value

    assert share(0) == ((0, 0, 0), 0)
    assert share(99) == ((0, 1, 10), 80)
    assert share(299) == ((2, 1, 10), 280)
    assert share(450) == ((3, 2, 10), 450)
    assert share(450, 150) == ((3, 0, 0), 300)
    assert share(50, 60) == ((0, 0, 0), 0)


def test_gifts_come_free_with_the_last_of_the_rest() -> None:
    lines = [Bound(2, 0), Bound(3, 100)]
    assert units_to_release(lines, entitlement=299, released_value=0).units == (0, 2)
    assert units_to_release(lines, entitlement=300, released_value=0).units == (2, 3)


def test_units_are_sold_by_kind_oldest_row_first_and_never_more_than_are_bound() -> None:
    mug, bag = new_id(), new_id()
    rows = [(mug, Bound(4, 900)), (bag, Bound(5, 2000)), (mug, Bound(6, 1000))]
    share = units_to_sell(rows, {mug: 7, bag: 5})
    assert share is not None
    assert (share.units, share.value) == ((4, 5, 3), 4 * 900 + 5 * 2000 + 3 * 1000)
    for goods in ({mug: 11}, {bag: 6}, {new_id(): 1}, {mug: 0}, {mug: 2, bag: -1}):
        assert units_to_sell(rows, goods) is None


def test_codes_are_read_without_mistake() -> None:
    assert not set("0O1IL5S8BZ") & set(ALPHABET)
    code = fresh_code()
    assert len(code) == 7
    assert code[3] == " "
    assert digest_of("7q4-k29", "s") == digest_of(" 7Q4 K29", "s")
    assert digest_of("7Q4 K29", "s") != digest_of("7Q4 K29", "t")


def test_received_goods_are_bound(chain: Chain) -> None:
    pledge = chain.pledged(10, 4)
    assert pledge.status == PledgeStatus.ACTIVE
    assert (pledge.pledged_quantity, pledge.pledged_value) == (14, 2000)
    receipt = WarehouseReceipt.objects.get(pledge=pledge.id)
    assert (receipt.status, receipt.holder) == (ReceiptStatus.PLEDGED, chain.lender)
    assert receipt.endorsements[0]["word"] == "pledged"
    free = stock_queries.available(chain.skus, owner=chain.dealer, warehouse=chain.keeper)
    assert set(free.values()) == {0}
    told = Fact.objects.get(name="logistics.goods-pledged")
    assert (told.flows, told.deal) == (["logistics", "capital"], pledge.deal)
    settled()
    assert queries.check() == []


def test_a_deal_has_one_pledge(chain: Chain) -> None:
    pledge = chain.propose()
    again = binding.propose(
        deal=pledge.deal,
        loan=pledge.loan,
        pledgor=chain.dealer,
        pledgee=chain.lender,
        custodian=chain.keeper,
        actor=person(chain.dealer),
        at=AT,
    )
    assert again.pk == pledge.pk
    with pytest.raises(NotFound):
        binding.propose(
            deal=new_id(),
            loan=new_id(),
            pledgor=chain.dealer,
            pledgee=chain.lender,
            custodian=chain.keeper,
            actor=person(chain.stranger),
            at=AT,
        )


def test_only_what_was_received_for_it_is_bound(chain: Chain) -> None:
    chain.supply(10)
    other = chain.pledged(0, 4)
    pledge = chain.propose()
    came = chain.receive(chain.send(10), pledge=pledge.id)
    (row,) = came.rows
    theirs = PledgeLine.objects.get(pledge=other)
    for lines in (
        [(row.stock_row, row.sku, 9, 100)],
        [(row.stock_row, chain.skus[1], 10, 100)],
        [(theirs.stock_row_id, theirs.sku_id, 4, 100)],
        [(new_id(), row.sku, 10, 100)],
    ):
        with pytest.raises(Refused) as refused:
            binding.activate(
                pledge, receipt=came.receipt, lines=lines, actor=person(chain.keeper), at=AT
            )
        assert refused.value.code == "rows-not-bound"
    binding.activate(
        pledge,
        receipt=came.receipt,
        lines=[(row.stock_row, row.sku, 10, 100)],
        actor=person(chain.keeper),
        at=AT,
    )


def test_a_second_shipment_joins_the_pledge(chain: Chain) -> None:
    pledge = chain.pledged(10)
    release(pledge, 400)
    chain.supply(5)
    pledge = chain.bind(pledge, chain.send(5, deal=pledge.deal))
    assert (pledge.status, pledge.pledged_value) == (PledgeStatus.PARTLY_RELEASED, 1500)
    done = release(pledge, 0, "r2", all=True)
    assert done is not None
    assert (done.quantity, done.value) == (11, 1100)
    chain.supply(5)
    with pytest.raises(Refused) as refused, transaction.atomic():
        chain.bind(pledge, chain.send(5, deal=pledge.deal))
    assert refused.value.code == "pledge-over"


def test_a_row_is_under_one_live_pledge(chain: Chain) -> None:
    pledge = chain.pledged(10)
    line = pledge.lines.get()
    with pytest.raises(IntegrityError, match="one_live_pledge_per_row"), transaction.atomic():
        PledgeLine.objects.create(
            pledge=chain.propose(),
            position=1,
            stock_row_id=line.stock_row_id,
            sku_id=line.sku_id,
            quantity=1,
            unit_value=1,
            pledgor=chain.dealer,
            pledgee=chain.lender,
            custodian=chain.keeper,
        )


def test_part_repayment_frees_whole_units(chain: Chain) -> None:
    pledge = chain.pledged(10, 4)
    freed = release(pledge, 1050)
    assert freed is not None
    assert (freed.quantity, freed.value, freed.is_new) == (10, 1000, True)
    assert freed.release_order.number.startswith("RO-2611-")
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.PARTLY_RELEASED
    assert (pledge.entitlement, pledge.released_value) == (1050, 1000)
    rows = StockRow.objects.filter(warehouse=chain.keeper, sku=chain.skus[0])
    assert {(r.pledge is None, r.quantity) for r in rows} == {(True, 10), (False, 0)}
    # Free, but set aside for the pick-up: nobody else can promise it.
    free = stock_queries.available(chain.skus[:1], owner=chain.dealer, warehouse=chain.keeper)
    assert free == {chain.skus[0]: 0}
    told = Fact.objects.get(name="logistics.goods-released")
    assert told.flows == ["capital", "logistics"]
    assert freed.code not in str(told.payload)
    settled()
    assert queries.check() == []
    assert posting.check() == []


def test_less_than_a_unit_frees_nothing_but_is_remembered(chain: Chain) -> None:
    pledge = chain.pledged(10)
    assert release(pledge, 99) is None
    pledge.refresh_from_db()
    assert (pledge.entitlement, pledge.status) == (99, PledgeStatus.ACTIVE)
    freed = release(pledge, 200, "r2")
    assert freed is not None
    assert freed.quantity == 2


def test_a_doubled_release_is_answered_without_a_code(chain: Chain) -> None:
    pledge = chain.pledged(10)
    first, second = release(pledge, 300), release(pledge, 900)
    assert first is not None
    assert second is not None
    assert (second.release_order, second.code, second.is_new) == (first.release_order, "", False)
    assert second.quantity == 3
    assert ReleaseOrder.objects.count() == 1


def test_an_older_repayment_takes_nothing_back(chain: Chain) -> None:
    pledge = chain.pledged(10)
    release(pledge, 500)
    assert release(pledge, 300, "late") is None
    pledge.refresh_from_db()
    assert pledge.entitlement == 500


def test_a_pledge_that_waits_or_is_over_frees_nothing(chain: Chain) -> None:
    pledge = chain.propose()
    assert release(pledge, 100) is None
    binding.cancel(pledge, at=AT)
    assert release(pledge, 100) is None
    with pytest.raises(Refused):
        binding.cancel(chain.pledged(1), at=AT)


def test_all_repaid_all_picked_up(chain: Chain) -> None:
    pledge = chain.pledged(10, 4)
    first = release(pledge, 300)
    last = release(pledge, 0, "r2", all=True)
    assert first is not None
    assert last is not None
    pledge.refresh_from_db()
    assert pledge.status == PledgeStatus.RELEASED
    receipt = WarehouseReceipt.objects.get(pledge=pledge.id)
    assert (receipt.status, receipt.holder) == (ReceiptStatus.ISSUED, chain.dealer)
    verdict = pick_up(chain, first.code.lower().replace(" ", ""))
    assert (verdict.go, verdict.code) == (True, "go")
    assert "3" in verdict.words
    assert first.release_order.number in verdict.words
    receipt.refresh_from_db()
    assert receipt.status == ReceiptStatus.PART_DELIVERED
    assert pick_up(chain, last.code).go
    pledge.refresh_from_db()
    receipt.refresh_from_db()
    assert (pledge.status, pledge.picked_up_quantity) == (PledgeStatus.CLOSED, 14)
    assert receipt.status == ReceiptStatus.DELIVERED
    assert not stock_queries.rows_visible_to(person(chain.keeper)).exists()
    assert Fact.objects.filter(name="logistics.goods-picked-up").count() == 2
    settled()
    assert queries.check() == []
    assert posting.check() == []


def test_a_code_opens_once_in_its_time_at_its_gate(chain: Chain) -> None:
    pledge = chain.pledged(10)
    freed = release(pledge, 300)
    assert freed is not None
    elsewhere = gate.pick_up(actor=person(chain.stranger, "pick"), code=freed.code, at=AT)
    assert elsewhere.code == "wrong"
    with pytest.raises(Forbidden):
        gate.pick_up(actor=person(chain.keeper, "count"), code=freed.code, at=AT)
    assert gate.find_deal(freed.code, actor=person(chain.keeper)) == pledge.deal
    assert gate.find_deal(freed.code, actor=person(chain.stranger)) is None
    late = AT + timedelta(hours=codes.CODE_HOURS)
    assert pick_up(chain, freed.code, late).code == "expired"
    order = freed.release_order
    order.refresh_from_db()
    assert order.status == ReleaseStatus.EXPIRED
    assert pick_up(chain, freed.code, AT).code == "expired"
    code = codes.renew_code(order, actor=person(chain.dealer, "order"), at=late)
    assert pick_up(chain, freed.code, late).code == "wrong"
    assert pick_up(chain, code, late).go
    assert pick_up(chain, code, late).code == "used"
    with pytest.raises(Refused):
        codes.renew_code(order, actor=person(chain.dealer, "order"), at=late)
    tried = CodeAttempt.objects.filter(custodian=chain.keeper).order_by("id")
    outcomes = list(tried.values_list("outcome", flat=True))
    assert outcomes == ["EXPIRED", "EXPIRED", "WRONG", "GO", "USED"]


def test_only_the_owner_asks_for_a_new_code(chain: Chain) -> None:
    freed = release(chain.pledged(10), 300)
    assert freed is not None
    with pytest.raises(NotFound):
        codes.renew_code(freed.release_order, actor=person(chain.keeper), at=AT)
    with pytest.raises(Forbidden):
        codes.renew_code(freed.release_order, actor=person(chain.dealer, "pay"), at=AT)


def test_codes_expire_by_themselves(chain: Chain) -> None:
    freed = release(chain.pledged(10), 300)
    assert freed is not None
    until = freed.release_order.code_valid_until
    assert codes.expire_codes(at=until - timedelta(seconds=1)) == 0
    assert codes.expire_codes(at=until) == 1
    assert pick_up(chain, freed.code, AT).code == "expired"


def test_who_guesses_is_barred_for_a_while(chain: Chain) -> None:
    freed = release(chain.pledged(10), 300)
    assert freed is not None
    for _ in range(gate.WRONG_CODES):
        assert pick_up(chain, "222 222").code == "wrong"
    assert pick_up(chain, freed.code).code == "locked"
    slow = AT - timedelta(seconds=90)
    assert pick_up(chain, freed.code, slow).code == "locked"
    assert pick_up(chain, freed.code, AT + gate.WRONG_WITHIN).go


def test_only_a_digest_is_kept(chain: Chain) -> None:
    freed = release(chain.pledged(10), 300)
    assert freed is not None
    plain = freed.code.replace(" ", "")
    for value in ReleaseOrder.objects.values_list(flat=False).get():
        assert plain not in str(value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"released_value": 301},
        {"entitlement": 1001},
        {"released_quantity": 11},
        {"picked_up_quantity": 4},
        {"entitlement": 200},
        {"status": "LOST"},
    ],
)
def test_the_database_lets_nothing_leave_unpaid(chain: Chain, wrong: dict[str, object]) -> None:
    pledge = chain.pledged(10)
    release(pledge, 300)
    with pytest.raises(Error), transaction.atomic():
        Pledge.objects.filter(pk=pledge.pk).update(**wrong)


def test_bound_goods_do_not_move_behind_the_pledge(chain: Chain) -> None:
    pledge = chain.pledged(10)
    row = StockRow.objects.get(pledge=pledge.id)
    with pytest.raises(Refused) as refused:
        stock.hand_over([stock.RowQuantity(row.id, 1)], key="x", subject=new_id(), at=AT)
    assert refused.value.code == "row-pledged"
    with pytest.raises(Refused) as refused:
        counting.recount(row.id, actor=person(chain.keeper), counted=9, reason="?", key="y", at=AT)
    assert refused.value.code == "row-pledged"
    with pytest.raises(Refused) as refused:
        stock.free(
            [stock.RowQuantity(row.id, 1)], pledge=new_id(), key="z", subject=new_id(), at=AT
        )
    assert refused.value.code == "row-not-pledged"
    stock.free([stock.RowQuantity(row.id, 1)], pledge=pledge.id, key="w", subject=row.id, at=AT)
    with pytest.raises(Error, match="only with their pledge"), transaction.atomic():
        settled()
    # Put it right, or the end of this transaction asks again.
    PledgeLine.objects.filter(pledge=pledge).update(released=1)
    with pytest.raises(Error, match="stays on record"), transaction.atomic():
        PledgeLine.objects.all().delete()


def test_what_is_bound_is_told_line_by_line(chain: Chain) -> None:
    pledge = chain.pledged(10, 4)
    release(pledge, 300)
    (found,) = queries.in_force(person(chain.lender))
    assert found == pledge
    assert [(x.bin, x.quantity, x.value) for x in queries.bound_lines([pledge.id])[pledge.id]] == [
        ("A-01", 7, 700),
        ("A-02", 4, 1000),
    ]
    assert queries.in_force(person(chain.keeper)).get() == pledge
    assert not queries.in_force(person(chain.stranger))
    assert queries.bound_lines([new_id()]) == {}
    release(pledge, 2000, "r2", all=True)
    assert not queries.in_force(person(chain.lender))
    assert queries.bound_lines([pledge.id]) == {}


def test_lines_are_told_in_a_fixed_number_of_questions(
    chain: Chain, django_assert_num_queries
) -> None:
    bound = [chain.pledged(2, 2).id for _ in range(3)]
    with django_assert_num_queries(2):
        lines = queries.bound_lines(bound)
        assert sum(len(each) for each in lines.values()) == 6
        assert {str(x.sku) for each in lines.values() for x in each} == {"M0 Mug 0", "M1 Mug 1"}


def test_the_plan_of_the_house(chain: Chain) -> None:
    pledge = chain.pledged(10, 4)
    release(pledge, 1050)
    assert chain.house is not None
    states = {x.bin.code: x.state for x in queries.plan(person(chain.keeper), chain.house)}
    assert (states["A-01"], states["A-02"], states["B-01"]) == ("released", "pledged", "free")
    with pytest.raises(NotFound):
        queries.plan(person(chain.stranger), chain.house)


def test_pick_ups_wait_for_their_owner(chain: Chain) -> None:
    freed = release(chain.pledged(10), 300)
    assert freed is not None
    assert [x.pk for x in queries.pick_ups(person(chain.dealer))] == [freed.release_order.pk]
    pick_up(chain, freed.code)
    assert not queries.pick_ups(person(chain.dealer)).exists()


def test_parties_see_the_pledge_and_strangers_nothing(chain: Chain) -> None:
    release(chain.pledged(10), 300)
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
    seen = {}
    for name in ("dealer", "lender", "keeper", "seller", "stranger"):
        with acting_for([getattr(chain, name)]):
            seen[name] = (Pledge.objects.count(), ReleaseOrder.objects.count())
            if name == "lender":
                bound = StockRow.objects.filter(pledge__isnull=False)
                assert [row.quantity for row in bound] == [7]
    assert seen == {
        "dealer": (1, 1),
        "lender": (1, 1),
        "keeper": (1, 1),
        "seller": (0, 0),
        "stranger": (0, 0),
    }
    with connection.cursor() as cursor:
        cursor.execute("set local role heliu_worker")
