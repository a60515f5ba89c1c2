"""The posting engine: what it does, what it refuses, who may."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import Error, connection

from heliu.kernel.access.door import acting_for
from heliu.kernel.ids import new_id
from heliu.kernel.posting.operations import (
    AccountSpec,
    HoldGone,
    Journal,
    KeyReused,
    LimitShort,
    Line,
    NewHold,
    NotYours,
    Unbalanced,
    UnknownAccount,
    account_ids,
    balance_on,
    balances,
    check,
    hold_state,
    lines_of,
    open_accounts,
    post,
    set_limits,
    statement,
)

AT = datetime(2026, 11, 2, 3, tzinfo=UTC)
DAY = date(2026, 11, 2)


def spec(key: str, org: UUID, **more: object) -> AccountSpec:
    group = f"book:{org}"
    return AccountSpec(key=key, chain=group, balance_group=group, unit="CNY", org=org, **more)  # type: ignore[arg-type]


def journal(key: str, *lines: tuple[int, int] | tuple[int, int, UUID], **more: object) -> Journal:
    return Journal(
        **{  # type: ignore[arg-type]
            "id": new_id(),
            "key": key,
            "kind": "test",
            "lines": tuple(Line(*line) for line in lines),
            "effective": DAY,
            "subject": SUBJECT,
            **more,
        }
    )


SUBJECT = new_id()


class Book:
    """One organisation's book: `free` has no limit, `purse` may not fall below 0, `cap` ends at 100."""

    def __init__(self) -> None:
        self.org = new_id()
        ids = open_accounts(
            [
                spec(f"free:{self.org}", self.org),
                spec(f"purse:{self.org}", self.org, floor=0, lock_rank=20),
                spec(f"cap:{self.org}", self.org, ceiling=100, lock_rank=10),
            ]
        )
        self.free, self.purse, self.cap = (
            ids[f"{name}:{self.org}"] for name in ("free", "purse", "cap")
        )


@pytest.fixture
def book(db: None, as_worker) -> Book:
    with as_worker():
        yield Book()


def test_a_journal_moves_money(book: Book) -> None:
    after = post([journal("in", (book.purse, 70), (book.free, -70))], at=AT)
    assert after[book.purse].posted == 70
    assert after[book.purse].room_down == 70
    stands = balances([book.purse, book.free])
    assert (stands[book.purse].posted, stands[book.free].posted) == (70, -70)
    assert [(row.key, row.amount) for row in lines_of(SUBJECT)] == [
        (f"purse:{book.org}", 70),
        (f"free:{book.org}", -70),
    ]
    assert [row.amount for row in statement(book.free)] == [-70]
    assert check() == []


def test_opening_again_changes_nothing(book: Book) -> None:
    key = f"purse:{book.org}"
    assert open_accounts([spec(key, new_id(), floor=-5)]) == {key: book.purse}
    assert account_ids([key, "nothing"]) == {key: book.purse}
    assert balances([book.purse])[book.purse].floor == 0


def test_any_past_day_can_be_read(book: Book) -> None:
    earlier = DAY - timedelta(days=3)
    post([journal("a", (book.purse, 5), (book.free, -5), effective=earlier)], at=AT)
    post([journal("b", (book.purse, 7), (book.free, -7))], at=AT)
    assert balance_on([book.purse], earlier - timedelta(days=1)) == {book.purse: 0}
    assert balance_on([book.purse, book.free], earlier) == {book.purse: 5, book.free: -5}
    assert balance_on([book.purse], DAY) == {book.purse: 12}


def test_a_replay_changes_nothing_and_answers_with_what_stands(book: Book) -> None:
    first = journal("in", (book.purse, 70), (book.free, -70))
    post([first], at=AT)
    post([journal("out", (book.purse, -20), (book.free, 20))], at=AT)
    again = journal("in", (book.purse, 70), (book.free, -70))  # a retry comes with a new id
    assert post([again], at=AT)[book.purse].posted == 50
    assert post([first, first], at=AT)[book.purse].posted == 50
    assert len(statement(book.purse)) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "other"},
        {"effective": DAY + timedelta(days=1)},
        {"subject": new_id()},
    ],
)
def test_the_same_key_with_other_content_is_refused(book: Book, other: dict[str, object]) -> None:
    post([journal("in", (book.purse, 70), (book.free, -70))], at=AT)
    with pytest.raises(KeyReused) as refusal:
        post([journal("in", (book.purse, 70), (book.free, -70), **other)], at=AT)
    assert (refusal.value.status, refusal.value.key) == (422, "in")
    with pytest.raises(KeyReused):
        post([journal("in", (book.purse, 71), (book.free, -71))], at=AT)
    assert balances([book.purse])[book.purse].posted == 70


def test_one_key_twice_in_a_call_is_posted_once(book: Book) -> None:
    twin = journal("in", (book.purse, 70), (book.free, -70))
    assert post([twin, twin], at=AT)[book.purse].posted == 70
    with pytest.raises(KeyReused):
        post(
            [
                journal("x", (book.purse, 1), (book.free, -1)),
                journal("x", (book.purse, 2), (book.free, -2)),
            ],
            at=AT,
        )


def test_an_id_of_another_journal_is_refused(book: Book) -> None:
    first = journal("in", (book.purse, 70), (book.free, -70))
    post([first], at=AT)
    with pytest.raises(KeyReused):
        post([journal("other", (book.purse, 70), (book.free, -70), id=first.id)], at=AT)


@pytest.mark.parametrize("lines", [((0, 70),), ((0, 70), (1, -69)), (), ((0, 0), (1, 0))])
def test_a_journal_that_does_not_sum_to_zero_is_refused(book: Book, lines) -> None:
    both = (book.purse, book.free)
    with pytest.raises(Unbalanced) as refusal:
        post(
            [
                journal("good", (book.purse, 5), (book.free, -5)),
                journal("bad", *((both[n], amount) for n, amount in lines)),
            ],
            at=AT,
        )
    assert refusal.value.key == "bad"
    assert balances([book.purse])[book.purse].posted == 0


def test_each_book_and_unit_balances_by_itself(book: Book) -> None:
    other = Book()
    usd = open_accounts([AccountSpec("usd", "c", f"book:{book.org}", "USD", book.org)])["usd"]
    with pytest.raises(Unbalanced):
        post([journal("a", (book.purse, 5), (other.free, -5))], at=AT)
    with pytest.raises(Unbalanced):
        post([journal("b", (book.purse, 5), (usd, -5))], at=AT)
    post(
        [journal("c", (book.purse, 5), (book.free, -5), (other.purse, 3), (other.free, -3))], at=AT
    )
    assert check() == []


def test_an_account_that_is_not_there_is_refused(book: Book) -> None:
    with pytest.raises(UnknownAccount):
        post([journal("a", (book.purse, 5), (10**15, -5))], at=AT)


def test_a_floor_and_a_ceiling_hold(book: Book) -> None:
    post([journal("in", (book.purse, 70), (book.free, -70))], at=AT)
    with pytest.raises(LimitShort) as refusal:
        post([journal("out", (book.purse, -71), (book.free, 71))], at=AT)
    no = refusal.value
    assert (no.status, no.account, no.key, no.short) == (409, book.purse, f"purse:{book.org}", 1)
    assert no.params["account"] == book.purse
    assert "1 is missing" in no.text()
    with pytest.raises(LimitShort):
        post([journal("up", (book.cap, 101), (book.free, -101))], at=AT)
    # The refusals undid themselves and left the transaction and the keys usable.
    after = post([journal("out", (book.purse, -70), (book.free, 70))], at=AT)
    assert after[book.purse].posted == 0
    assert post([journal("up", (book.cap, 100), (book.free, -100))], at=AT)[book.cap].room_up == 0
    assert check() == []


def test_limits_are_judged_when_the_whole_set_is_done(book: Book) -> None:
    after = post(
        [
            journal("out", (book.purse, -10), (book.free, 10)),
            journal("in", (book.purse, 10), (book.free, -10)),
        ],
        at=AT,
    )
    assert after[book.purse].posted == 0


def test_a_hold_takes_room_until_it_is_posted(book: Book) -> None:
    hold = NewHold(new_id(), book.cap, 60, SUBJECT)
    after = post(holds=[hold], at=AT)[book.cap]
    assert (after.posted, after.held_in, after.held_out, after.room_up) == (0, 60, 0, 40)
    with pytest.raises(LimitShort):
        post(holds=[NewHold(new_id(), book.cap, 41, SUBJECT)], at=AT)
    post([journal("part", (book.cap, 25, hold.id), (book.free, -25))], at=AT)
    assert hold_state([hold.id]) == {hold.id: (60, 25, True)}
    after = post([journal("rest", (book.cap, 35, hold.id), (book.free, -35))], at=AT)[book.cap]
    assert (after.posted, after.held_in) == (60, 0)
    assert hold_state([hold.id]) == {hold.id: (60, 60, False)}
    with pytest.raises(HoldGone) as refusal:
        post([journal("more", (book.cap, 1, hold.id), (book.free, -1))], at=AT)
    assert refusal.value.hold == hold.id
    assert check() == []


def test_a_hold_placed_twice_is_one_hold(book: Book) -> None:
    hold = NewHold(new_id(), book.cap, 60, SUBJECT)
    post(holds=[hold], at=AT)
    assert post(holds=[hold], at=AT)[book.cap].held_in == 60
    with pytest.raises(KeyReused):
        post(holds=[NewHold(hold.id, book.cap, 61, SUBJECT)], at=AT)


@pytest.mark.parametrize("amount", [26, -1])
def test_a_line_takes_no_more_than_its_hold_and_the_same_way(book: Book, amount: int) -> None:
    hold = NewHold(new_id(), book.cap, 25, SUBJECT)
    post(holds=[hold], at=AT)
    with pytest.raises(HoldGone):
        post([journal("x", (book.cap, amount, hold.id), (book.free, -amount))], at=AT)


def test_a_hold_of_another_account_cannot_be_posted(book: Book) -> None:
    hold = NewHold(new_id(), book.cap, 25, SUBJECT)
    post(holds=[hold], at=AT)
    with pytest.raises(HoldGone):
        post([journal("x", (book.purse, 5, hold.id), (book.free, -5))], at=AT)


def test_a_voided_hold_frees_its_rest(book: Book) -> None:
    hold = NewHold(new_id(), book.cap, 60, SUBJECT)
    post(holds=[hold], at=AT)
    after = post(
        [journal("part", (book.cap, 10, hold.id), (book.free, -10))], void=[hold.id], at=AT
    )[book.cap]
    assert (after.posted, after.held_in) == (10, 0)
    assert hold_state([hold.id]) == {hold.id: (60, 10, False)}
    post(void=[hold.id], at=AT)  # again: nothing
    with pytest.raises(HoldGone):
        post([journal("rest", (book.cap, 50, hold.id), (book.free, -50))], at=AT)
    with pytest.raises(HoldGone):
        post(void=[new_id()], at=AT)
    assert check() == []


def test_a_due_hold_counts_as_gone_and_is_closed_when_met(book: Book) -> None:
    hold = NewHold(new_id(), book.cap, 60, SUBJECT, AT + timedelta(hours=1))
    post(holds=[hold], at=AT)
    later = AT + timedelta(hours=1)
    assert balances([book.cap])[book.cap].held_in == 60
    assert balances([book.cap], at=later)[book.cap].held_in == 0
    assert hold_state([hold.id], at=later)[hold.id].is_open is False
    with pytest.raises(HoldGone):
        post([journal("late", (book.cap, 60, hold.id), (book.free, -60))], at=later)
    assert (
        post([journal("new", (book.cap, 100), (book.free, -100))], at=later)[book.cap].posted == 100
    )
    assert hold_state([hold.id])[hold.id] == (60, 0, False)
    assert check() == []


def test_a_hold_binds_only_an_account_with_a_limit(book: Book) -> None:
    with pytest.raises(UnknownAccount):
        post(holds=[NewHold(new_id(), book.free, 60, SUBJECT)], at=AT)


def test_limits_change_but_never_below_what_stands(book: Book) -> None:
    post([journal("up", (book.cap, 50), (book.free, -50))], at=AT)
    set_limits(book.cap, ceiling=200)
    post([journal("more", (book.cap, 150), (book.free, -150))], at=AT)
    with pytest.raises(LimitShort) as refusal:
        set_limits(book.cap, ceiling=199)
    assert refusal.value.short == 1
    set_limits(book.cap, floor=-10, ceiling=None)
    stands = balances([book.cap])[book.cap]
    assert (stands.floor, stands.ceiling) == (-10, None)
    with pytest.raises(UnknownAccount):
        set_limits(book.free, floor=0)


def test_a_reversal_names_what_it_reverses(book: Book) -> None:
    first = journal("in", (book.purse, 70), (book.free, -70))
    back = journal("back", (book.purse, -70), (book.free, 70), reverses=first.id)
    with pytest.raises(UnknownAccount):
        post([back], at=AT)
    post([first, back], at=AT)
    assert check() == []


def test_only_a_party_may_post_hold_void_open_or_limit(db: None, as_worker) -> None:
    with as_worker():
        mine, theirs = Book(), Book()
        shared = open_accounts([spec("shared", theirs.org, other=mine.org, ceiling=10)])["shared"]
        hold = NewHold(new_id(), theirs.cap, 5, SUBJECT)
        post(holds=[hold], at=AT)
    with acting_for([mine.org]):
        post([journal("mine", (mine.purse, 5), (mine.free, -5))], at=AT)
        post([journal("ours", (shared, 5), (theirs.free, -5))], at=AT)
        post(
            [
                journal(
                    "both", (mine.purse, 5), (mine.free, -5), (theirs.purse, 5), (theirs.free, -5)
                )
            ],
            at=AT,
        )
        for call in (
            lambda: post([journal("theirs", (theirs.purse, 5), (theirs.free, -5))], at=AT),
            lambda: post(holds=[NewHold(new_id(), theirs.cap, 5, SUBJECT)], at=AT),
            lambda: post(void=[hold.id], at=AT),
            lambda: open_accounts([spec("foreign", theirs.org)]),
            lambda: set_limits(theirs.cap, ceiling=10**6),
            lambda: set_limits(shared, ceiling=10**6),
        ):
            with pytest.raises(NotYours) as refusal:
                call()
            assert refusal.value.status == 403
        assert set(open_accounts([spec("new", mine.org)])) == {"new"}


def test_nobody_sees_what_is_not_theirs(db: None, as_worker) -> None:
    with as_worker():
        mine, theirs = Book(), Book()
        hold = NewHold(new_id(), theirs.cap, 5, SUBJECT)
        post([journal("t", (theirs.purse, 5), (theirs.free, -5))], holds=[hold], at=AT)
    with acting_for([mine.org]):
        assert account_ids([f"cap:{mine.org}", f"cap:{theirs.org}"]) == {
            f"cap:{mine.org}": mine.cap
        }
        assert list(balances([mine.cap, theirs.cap])) == [mine.cap]
        assert list(balance_on([mine.cap, theirs.cap], DAY)) == [mine.cap]
        assert hold_state([hold.id]) == {}
        assert statement(theirs.purse) == []
        assert lines_of(SUBJECT) == []
    with acting_for([theirs.org]):
        assert len(lines_of(SUBJECT)) == 2


@pytest.mark.parametrize("role", ["heliu_web", "heliu_worker"])
@pytest.mark.parametrize(
    "write",
    [
        "update posting_account set posted = 1",
        "insert into posting_account (key) values ('x')",
        "delete from posting_hold",
        "update posting_hold set status = 'OPEN'",
        "update posting_line set amount = 1",
        "delete from posting_journal",
        "update posting_chain set hash = ''",
        "delete from posting_seal",
    ],
)
def test_tables_are_written_only_through_functions(db: None, role: str, write: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"set local role {role}")
        with pytest.raises(Error, match="permission denied"):
            cursor.execute(write)


@pytest.mark.parametrize(
    "call", ["seal(now())", "check()", "verify('{}','{}','{}','{}','{}')", "fold(0, 1)"]
)
def test_the_web_role_does_not_seal_or_check(db: None, call: str) -> None:
    with connection.cursor() as cursor, pytest.raises(Error, match="permission denied"):
        cursor.execute(f"select * from posting_{call}")
