"""Several hands at one order pad: nobody's work is undone, and nothing typed is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.commerce.conftest import AT, build_chain, desk

from heliu.commerce.ordering import operations, queries
from heliu.commerce.ordering.paste import MOST_ROWS
from heliu.commerce.ordering.rows import Change, PadRow, merge, read_rows, row_of, write_rows
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Invalid

rows = st.builds(
    row_of, st.sampled_from("ABCD"), st.sampled_from("123"), st.sampled_from(["", "x"])
)
pads = st.lists(rows, max_size=6)
EMPTY = PadRow()


def hands(base: list[PadRow]) -> st.SearchStrategy[list[Change]]:
    """What somebody who read `base` may do: change, take out and add rows."""
    each = st.tuples(*(st.just(row) | st.just(EMPTY) | rows for row in base))
    return st.builds(
        lambda after, more: [
            *(Change(at, row, new) for at, (row, new) in enumerate(zip(base, after, strict=True))),
            *(Change(len(base) + at, EMPTY, new) for at, new in enumerate(more)),
        ],
        each,
        st.lists(rows, max_size=3),
    )


@given(st.data())
def test_what_two_hands_type_is_all_there(data: st.DataObject) -> None:
    base = data.draw(pads)
    one, two = data.draw(hands(base)), data.draw(hands(base))
    first = merge(base, one, by="Chen Ya")
    both = merge(first.rows, two, by="Li Wei")
    there = {row.typed for row in both.rows}
    assert {change.after.typed for change in two if not change.after.is_empty} - there <= {
        # what the second only left as it was, the first may have changed
        change.before.typed
        for change in two
        if change.before.typed == change.after.typed
    }
    taken = {change.before.typed for change in two if change.before.typed != change.after.typed}
    typed_by_one = {c.after.typed for c in one if c.before.typed != c.after.typed}
    assert {typed for typed in typed_by_one if any(typed)} - taken <= there


@given(st.data())
def test_the_same_changes_sent_twice_are_made_once(data: st.DataObject) -> None:
    base = data.draw(st.lists(rows, max_size=6, unique_by=lambda row: row.code))
    changes = data.draw(hands(base))
    added = {change.after.typed for change in changes if change.before.is_empty}
    once = merge(base, changes, by="Chen Ya").rows
    again = [change for change in changes if change.before.is_empty]
    assert [row.typed for row in merge(once, again, by="Chen Ya").rows] == [
        row.typed for row in once
    ]
    assert added <= {row.typed for row in once}


@given(pads)
def test_a_kept_draft_reads_as_it_was_written(pad: list[PadRow]) -> None:
    assert read_rows(write_rows(pad)) == pad
    assert write_rows([EMPTY]) == ""
    assert read_rows("") == []


def test_a_row_that_somebody_else_changed_stands_twice() -> None:
    read = [row_of("A", "1"), row_of("B", "2")]
    theirs = merge(read, [Change(0, read[0], row_of("A", "5"))], by="Li Wei").rows
    mine = merge(theirs, [Change(0, read[0], row_of("A", "7")), Change(1, read[1], EMPTY)], by="Me")
    assert [row.typed[:2] for row in mine.rows] == [("A", "5"), ("A", "7")]
    assert [row.by for row in mine.rows] == ["Li Wei", "Me"]
    assert (mine.clashes, mine.places) == (1, [1, None])


def test_what_one_hand_puts_is_no_row_it_takes_out() -> None:
    """The second puts a C where an A stood and takes out the old C, which is gone already."""
    one, other = row_of("A", "1"), row_of("C", "2")
    theirs = merge([one, other], [Change(1, other, EMPTY)], by="Li Wei").rows
    mine = merge(theirs, [Change(0, one, other), Change(1, other, EMPTY)], by="Me")
    assert [row.typed[:2] for row in mine.rows] == [("C", "2")]


def test_a_row_is_found_where_it_went() -> None:
    read = [row_of("A", "1"), row_of("B", "2"), row_of("C", "3")]
    without_a = merge(read, [Change(0, read[0], EMPTY)], by="Li Wei").rows
    mine = merge(without_a, [Change(2, read[2], row_of("C", "9"))], by="Me")
    assert [row.typed[:2] for row in mine.rows] == [("B", "2"), ("C", "9")]
    assert (mine.clashes, mine.places) == (0, [1])


def test_the_house_has_a_pad_besides_each_person_s_own(chain) -> None:
    colleague = desk(chain.dealer, "order")
    both = {"seller": chain.seller, "at": AT, "shared": True}
    with acting_for([chain.dealer]):
        operations.add_rows(actor=chain.at_dealer, rows=[row_of("A", "1")], **both)
        operations.add_rows(actor=colleague, rows=[row_of("B", "2")], **both)
        shared = queries.pad(chain.at_dealer, chain.seller, shared=True)
        assert [row.typed[:2] for row in shared.rows] == [("A", "1"), ("B", "2")]
        assert queries.pad(chain.at_dealer, chain.seller).rows == []
        operations.clear_cart(actor=colleague, seller=chain.seller, shared=True)
        assert queries.pad(chain.at_dealer, chain.seller, shared=True).rows == []


def test_a_pad_of_ten_thousand_rows_is_kept_in_a_few_statements(chain) -> None:
    put = {"actor": chain.at_dealer, "seller": chain.seller, "at": AT}
    many = [row_of(f"A{n}", "1") for n in range(MOST_ROWS)]
    with acting_for([chain.dealer]):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            operations.add_rows(**put, rows=many)
            changes = [Change(n, row, row_of(row.code, "2")) for n, row in enumerate(many)]
            operations.change_pad(**put, changes=changes)
        assert len(asked) <= 12
        kept = queries.pad(chain.at_dealer, chain.seller).rows
        assert {row.quantity for row in kept} == {"2"}
        with pytest.raises(Invalid, match="too-many-rows"):
            operations.add_rows(**put, rows=[row_of("B", "1")])


def test_hands_that_come_at_once_lose_nothing(own_db, as_worker) -> None:
    with acting_for([]), as_worker():
        chain = build_chain()
    actor = chain.at_dealer

    def type_in(n: int) -> None:
        try:
            with acting_for([chain.dealer]):
                change = Change(n, EMPTY, row_of(f"A{n}", str(n + 1)))
                operations.change_pad(
                    actor=actor, seller=chain.seller, changes=[change], at=AT, shared=True
                )
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(type_in, range(12)))
    with acting_for([chain.dealer]):
        kept = queries.pad(actor, chain.seller, shared=True).rows
    assert sorted(row.code for row in kept) == sorted(f"A{n}" for n in range(12))
