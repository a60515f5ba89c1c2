"""The books: every template balances, every limit holds, the books agree with each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliu.capital.books import operations, queries
from heliu.capital.books.chart import MEMO, MIRRORS, Code, JournalKind
from heliu.capital.books.entries import Entry, unbalanced
from heliu.capital.books.journals import loans, orders, terms, vat
from heliu.capital.books.journals.loans import Allocation, Counted, Parties
from heliu.capital.books.models import Account
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import NotFound
from heliu.kernel.ids import new_id
from heliu.kernel.posting.operations import KeyReused, LimitShort, NewHold, balances

AT = datetime(2026, 11, 2, 3, tzinfo=UTC)
DAY = AT.date()
SYSTEM = Actor.system()
money = st.integers(min_value=0, max_value=10**14)


def parties(*caps: Counted) -> Parties:
    return Parties(new_id(), new_id(), new_id(), new_id(), new_id(), caps)


CAP = Counted(Code.CAP_SELLER, str(new_id()))
P = parties(CAP, Counted(Code.CAP_GROUP, str(new_id()), "later"))
allocations = st.builds(Allocation, money, money, money, money, money, money)
TEMPLATES: dict[str, st.SearchStrategy[list[Entry]]] = {
    "deposit_collected": st.builds(
        lambda a, u: loans.deposit_collected(P, a, unapplied=u), money, money
    ),
    "unapplied_received": money.map(lambda a: loans.unapplied_received(P, a)),
    "margin_interest": money.map(lambda a: loans.margin_interest(P, a)),
    "recovered_by_duty": money.map(lambda a: loans.recovered_by_duty(P, a)),
    "cap_counted": money.map(lambda a: loans.cap_counted(P.lender, CAP, a)),
    "disbursed": money.map(lambda a: loans.disbursed(P, a, limit_hold=new_id())),
    "paid_out": money.map(lambda a: loans.paid_out(P, a, limit_hold=new_id())),
    "stock_pledged": money.map(lambda a: loans.stock_pledged(P, a)),
    "pool_revalued": money.map(lambda a: loans.pool_revalued(P, a)),
    "own_share_moved": money.map(lambda a: loans.own_share_moved(P, a)),
    "seller_paid": money.map(lambda a: loans.seller_paid(P, a)),
    "goods_shipped": money.map(lambda a: loans.goods_shipped(P, a)),
    "goods_pledged": money.map(lambda a: loans.goods_pledged(P, a)),
    "goods_short": money.map(lambda a: loans.goods_short(P, a)),
    "goods_released": money.map(lambda a: loans.goods_released(P, a)),
    "goods_taken_back": st.builds(
        lambda a, b: loans.goods_taken_back(P, max(a, b), price=min(a, b)), money, money
    ),
    "goods_sold": st.builds(
        lambda a, v, b: loans.goods_sold(P, a, value=v, buyer=b),
        allocations,
        money,
        st.sampled_from([None, P.seller, new_id()]),
    ),
    "recovered": st.builds(lambda a, u: loans.recovered(P, a, unapplied=u), money, money),
    "written_off": st.builds(
        lambda a, b: loans.written_off(P, principal=a, interest=b), money, money
    ),
    "accrued": money.map(lambda a: loans.accrued(P, a)),
    "repaid": allocations.map(lambda a: loans.repaid(P, a)),
    "bill_accepted": money.map(lambda a: loans.bill_accepted(P, a, draws=a, limit_hold=new_id())),
    "bill_cancelled": money.map(lambda a: loans.bill_cancelled(P, a, drawn=a)),
    "bill_paid": money.map(lambda a: loans.bill_paid(P, a)),
    "margin_set_off": st.builds(
        lambda a, f: loans.margin_set_off(P, a, frees=f), allocations, money
    ),
    "refund_agreed": money.map(lambda a: loans.refund_agreed(P, a)),
    "refunded_by_seller": st.builds(
        lambda a, d: loans.refunded_by_seller(P, a, deposit=d), allocations, money
    ),
    "loan_cancelled": money.map(lambda a: loans.loan_cancelled(P, a)),
    "deposit_returned": st.builds(
        lambda a, s: loans.deposit_returned(P, a, from_supervised=s), money, st.booleans()
    ),
    "unapplied_returned": money.map(lambda a: loans.unapplied_returned(P, a)),
    "terms_delivered": money.map(
        lambda a: terms.terms_delivered(seller=P.seller, buyer=P.dealer, amount=a)
    ),
    **{
        name: money.map(
            lambda a, name=name: getattr(terms, name)(seller=P.seller, buyer=P.dealer, amount=a)
        )
        for name in (
            "terms_short",
            "terms_returned",
            "terms_credited",
            "terms_paid",
            "terms_paid_back",
            "terms_discounted",
            "terms_discount_back",
            "terms_discount_dropped",
            "late_interest",
            "interest_forgiven",
        )
    },
    **{
        name: money.map(
            lambda a, name=name: getattr(terms, name)(
                seller=P.seller, buyer=P.dealer, order=P.deal, amount=a
            )
        )
        for name in (
            "terms_written_off",
            "terms_claim_dropped",
            "terms_recovered",
            "terms_recovery_back",
        )
    },
    **{
        name: st.builds(
            lambda a, s, name=name: getattr(vat, name)(
                seller=P.seller, buyer=P.dealer, tax=a, is_special=s
            ),
            money,
            st.booleans(),
        )
        for name in ("vat_invoiced", "vat_taken_back")
    },
    "order_short": money.map(
        lambda a: orders.order_short(seller=P.seller, buyer=P.dealer, order=P.deal, amount=a)
    ),
    "order_short_refunded": money.map(
        lambda a: orders.order_short_refunded(
            seller=P.seller, buyer=P.dealer, order=P.deal, amount=a
        )
    ),
    "order_paid": money.map(
        lambda a: orders.order_paid(seller=P.seller, buyer=P.dealer, order=P.deal, amount=a)
    ),
    "order_refunded": money.map(
        lambda a: orders.order_refunded(seller=P.seller, buyer=P.dealer, order=P.deal, amount=a)
    ),
    "order_struck": money.map(
        lambda a: orders.order_struck(seller=P.seller, buyer=P.dealer, order=P.deal, amount=a)
    ),
    "order_returned": money.map(
        lambda a: orders.order_returned(seller=P.seller, buyer=P.dealer, order=P.deal, amount=a)
    ),
    "order_delivered": money.map(
        lambda a: orders.order_delivered(seller=P.seller, buyer=P.dealer, order=P.deal, amount=a)
    ),
}


def test_every_journal_kind_has_its_template() -> None:
    assert {*TEMPLATES, "reversed"} == set(JournalKind.values)
    assert all(any(hasattr(one, name) for one in (loans, orders, terms, vat)) for name in TEMPLATES)


@given(st.data())
def test_templates_balance_per_book_and_in_memo(data: st.DataObject) -> None:
    for template in TEMPLATES.values():
        entries = data.draw(template)
        assert unbalanced(entries) == {}
        assert unbalanced([e for e in entries if e.code in MEMO]) == {}


@given(st.data())
def test_templates_keep_the_mirrors(data: st.DataObject) -> None:
    """What one template says in one book of another book, it says in the other too."""
    for template in TEMPLATES.values():
        entries = data.draw(template)
        for one, other in MIRRORS:
            claims = _sums(entries, one, mirrored=False)
            debts = _sums(entries, other, mirrored=True)
            assert {k: -v for k, v in debts.items()} == claims, (one, other)


def _sums(entries: list[Entry], code: str, *, mirrored: bool) -> dict[tuple[object, ...], int]:
    sums: dict[tuple[object, ...], int] = {}
    for entry in entries:
        # A seller's cash from a transfer is kept with no bank of the platform.
        if entry.code == code and entry.other is not None:
            ends = (entry.other, entry.book) if mirrored else (entry.book, entry.other)
            sums[(*ends, entry.ref)] = sums.get((*ends, entry.ref), 0) + entry.amount
    return {place: amount for place, amount in sums.items() if amount}


class Books:
    """A deal's journals posted one after another, each under its own key."""

    def __init__(self, *, limit: int = 10_000_00) -> None:
        self.p = parties()
        self.count = 0
        operations.facility_limit(
            lender=self.p.lender, borrower=self.p.dealer, facility=self.p.facility, limit=limit
        )

    def __call__(self, template: Callable[..., list[Entry]], *args: object, **also: object) -> None:
        self.count += 1
        operations.post(
            template(self.p, *args, **also),
            kind=template.__name__,
            key=f"{self.p.deal}/{self.count}",
            subject=self.p.deal,
            effective=DAY,
            at=AT,
        )

    def trial(self, org: UUID) -> dict[str, int]:
        rows = queries.trial_balance(SYSTEM, org=org)
        assert sum(row.debit for row in rows) == sum(row.credit for row in rows)
        return {row.code: row.debit - row.credit for row in rows}

    def all(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        assert queries.check() == []
        return self.trial(self.p.lender), self.trial(self.p.dealer), self.trial(self.p.seller)


def to_the_warehouse(book: Books) -> None:
    """1,000.00 ordered, 20 % own share, 80 % loan; goods received whole."""
    book(loans.deposit_collected, 200_00)
    book(loans.disbursed, 800_00)
    book(loans.own_share_moved, 200_00)
    book(loans.seller_paid, 1000_00)
    book(loans.goods_shipped, 1000_00)
    book(loans.goods_pledged, 1000_00)


@pytest.mark.django_db
def test_the_happy_deal(as_worker) -> None:
    with as_worker():
        book = Books()
        to_the_warehouse(book)
        lender, dealer, seller = book.all()
        assert lender == {
            "nostro": 200_00,
            "loan_principal": 800_00,
            "liab_current": -1000_00,
            "limit_used": 800_00,
            "limit_offset": -800_00,
            "collateral": 1000_00,
            "collateral_offset": -1000_00,
        }
        assert dealer == {
            "bank": -200_00,
            "loan_payable": -800_00,
            "inventory_pledged": 1000_00,
        }
        assert seller == {"cash": 1000_00, "revenue": -1000_00}
        book(loans.accrued, 4_00)
        book(loans.repaid, Allocation(interest=4_00, principal=800_00))
        book(loans.goods_released, 1000_00)
        lender, dealer, seller = book.all()
        assert lender == {
            "nostro": 1004_00,
            "liab_current": -1000_00,
            "interest_income": -4_00,
        }
        assert dealer == {
            "bank": -1004_00,
            "inventory_free": 1000_00,
            "interest_expense": 4_00,
        }
        assert seller == {"cash": 1000_00, "revenue": -1000_00}


@pytest.mark.django_db
def test_the_deal_repaid_in_parts_with_an_overpayment_and_short_goods(as_worker) -> None:
    with as_worker():
        book = Books()
        book(loans.deposit_collected, 200_00, unapplied=5_00)
        book(loans.disbursed, 800_00)
        book(loans.own_share_moved, 200_00)
        book(loans.seller_paid, 1000_00)
        book(loans.goods_shipped, 1000_00)
        book(loans.goods_pledged, 990_00)
        book(loans.goods_short, 10_00)
        book(loans.accrued, 2_00)
        book(loans.repaid, Allocation(interest=2_00, principal=240_00))
        book(loans.goods_released, 300_00)
        lender, dealer, seller = book.all()
        assert lender["loan_principal"] == lender["limit_used"] == 560_00
        assert lender["collateral"] == dealer["inventory_pledged"] == 690_00
        assert (dealer["refund_due"], seller["refund_payable"]) == (10_00, -10_00)
        assert lender["unapplied"] == -5_00
        book(loans.accrued, 1_00)
        book(loans.repaid, Allocation(interest=1_00, principal=560_00, fee=3_00, unapplied=7_00))
        book(loans.goods_released, 690_00)
        book(loans.unapplied_returned, 12_00)
        lender, dealer, seller = book.all()
        assert lender == {
            "nostro": 1006_00,
            "liab_current": -1000_00,
            "interest_income": -3_00,
            "fee_income": -3_00,
        }
        assert dealer == {
            "bank": -1006_00,
            "inventory_free": 990_00,
            "refund_due": 10_00,
            "interest_expense": 6_00,
        }
        assert seller == {"cash": 1000_00, "revenue": -990_00, "refund_payable": -10_00}


@pytest.mark.django_db
def test_what_a_cheap_buy_back_leaves_is_written_off_and_still_owed(as_worker) -> None:
    with as_worker():
        book = Books()
        to_the_warehouse(book)
        book(loans.accrued, 9_00)
        book(loans.goods_taken_back, 1_000_00, price=500_00)
        book(loans.refunded_by_seller, Allocation(interest=9_00, principal=491_00))
        book(loans.accrued, 2_00)
        book(loans.written_off, principal=309_00, interest=2_00)
        lender, dealer, seller = book.all()
        assert lender == {
            "nostro": 200_00,
            "liab_current": -500_00,
            "interest_income": -11_00,
            "credit_loss": 311_00,
            "claim_written_off": 311_00,
            "claim_offset": -311_00,
        }
        assert dealer == {
            "bank": -200_00,
            "interest_expense": 11_00,
            "goods_loss": 500_00,
            "debt_written_off": -311_00,
        }
        assert seller == {"cash": 500_00, "revenue": -500_00}


@pytest.mark.django_db
def test_the_overdue_deal_ends_with_the_sellers_refund(as_worker) -> None:
    with as_worker():
        book = Books()
        to_the_warehouse(book)
        book(loans.accrued, 9_00)
        book(loans.repaid, Allocation(penalty=2_00, interest=9_00, principal=89_00))
        book(loans.goods_released, 111_00)
        book(loans.goods_taken_back, 889_00, price=889_00)
        book(
            loans.refunded_by_seller,
            Allocation(penalty=3_00, principal=711_00),
            deposit=175_00,
        )
        lender, dealer, seller = book.all()
        assert lender == {
            "nostro": 300_00,
            "liab_current": -111_00,
            "liab_margin": -175_00,
            "interest_income": -9_00,
            "penalty_income": -5_00,
        }
        assert dealer == {
            "bank": -300_00,
            "margin_deposit": 175_00,
            "inventory_free": 111_00,
            "interest_expense": 9_00,
            "penalty_expense": 5_00,
        }
        assert seller == {"cash": 111_00, "revenue": -111_00}
        book(loans.deposit_returned, 175_00, from_supervised=False)
        lender, dealer, _ = book.all()
        assert "liab_margin" not in lender
        assert "margin_deposit" not in dealer


@pytest.mark.django_db
@pytest.mark.parametrize("moved", [True, False])
def test_the_deal_whose_payment_the_bank_rejects_leaves_nothing(as_worker, moved: bool) -> None:
    with as_worker():
        book = Books()
        book(loans.deposit_collected, 200_00)
        book(loans.disbursed, 800_00)
        if moved:
            book(loans.own_share_moved, 200_00)
        book(loans.loan_cancelled, 800_00)
        book(loans.deposit_returned, 200_00, from_supervised=moved)
        assert book.all() == ({}, {}, {})


@pytest.mark.django_db
def test_the_deal_called_off_before_shipping_is_refunded(as_worker) -> None:
    with as_worker():
        book = Books()
        book(loans.deposit_collected, 200_00)
        book(loans.disbursed, 800_00)
        book(loans.own_share_moved, 200_00)
        book(loans.seller_paid, 1000_00)
        book(loans.refund_agreed, 1000_00)
        _, dealer, seller = book.all()
        assert (dealer["refund_due"], seller["refund_payable"]) == (1000_00, -1000_00)
        book(loans.refunded_by_seller, Allocation(principal=800_00), deposit=200_00)
        book(loans.deposit_returned, 200_00, from_supervised=False)
        assert book.all() == ({}, {}, {})


@pytest.mark.django_db
def test_a_journal_is_posted_once_and_a_key_means_one_thing(as_worker) -> None:
    with as_worker():
        book = Books()
        book(loans.deposit_collected, 200_00)
        book.count -= 1
        book(loans.deposit_collected, 200_00)
        assert book.trial(book.p.dealer)["margin_deposit"] == 200_00
        book.count -= 1
        with pytest.raises(KeyReused):
            book(loans.deposit_collected, 201_00)


@pytest.mark.django_db
def test_a_journal_that_does_not_balance_is_a_defect() -> None:
    with pytest.raises(ValueError, match="does not balance"):
        operations.post(
            [Entry(P.lender, Code.NOSTRO, 1), Entry(P.dealer, Code.BANK, -1)],
            kind="repaid",
            key="odd",
            subject=P.deal,
            effective=DAY,
            at=AT,
        )


@pytest.mark.django_db
def test_a_loan_above_the_facility_is_refused_and_a_hold_counts(as_worker) -> None:
    with as_worker():
        book = Books(limit=1000_00)
        account = operations.book_account(
            book.p.lender, Code.LIMIT_USED, book.p.dealer, str(book.p.facility)
        )
        hold = NewHold(new_id(), account, 700_00, book.p.deal)
        operations.post(
            [], kind="quoted", key="q", subject=book.p.deal, effective=DAY, at=AT, holds=[hold]
        )
        assert balances([account])[account].room_up == 300_00
        with pytest.raises(LimitShort):
            book(loans.disbursed, 300_01)
        book(loans.disbursed, 700_00, limit_hold=hold.id)
        assert balances([account])[account].room_up == 300_00
        book(loans.repaid, Allocation(principal=100_00))
        assert balances([account])[account].room_up == 400_00


@pytest.mark.django_db
def test_supervised_money_of_one_deal_does_not_pay_another(as_worker) -> None:
    with as_worker():
        book = Books()
        book(loans.deposit_collected, 200_00)
        book(loans.disbursed, 800_00)
        first = book.p
        book.p = Parties(new_id(), first.dealer, first.seller, first.lender, first.facility)
        with pytest.raises(LimitShort):
            book(loans.seller_paid, 1_00)


@pytest.mark.django_db
def test_trade_credit_nobody_granted_is_zero(as_worker) -> None:
    def deliver(amount: int, key: str) -> None:
        operations.post(
            terms.terms_delivered(seller=P.seller, buyer=P.dealer, amount=amount),
            kind="terms_delivered",
            key=key,
            subject=P.deal,
            effective=DAY,
            at=AT,
        )

    with as_worker():
        with pytest.raises(LimitShort):
            deliver(1, "one")
        operations.trade_credit(seller=P.seller, buyer=P.dealer, limit=50_00)
        assert queries.terms_left(seller=P.seller, buyer=P.dealer, at=AT) == 50_00
        deliver(50_00, "two")
        assert queries.terms_left(seller=P.seller, buyer=P.dealer, at=AT) == 0
        with pytest.raises(LimitShort):
            deliver(1, "three")
        assert queries.check() == []


@pytest.mark.django_db
def test_an_order_on_terms_holds_credit_until_it_is_delivered_or_let_go(as_worker) -> None:
    with as_worker():
        p = parties()
        ends = {"seller": p.seller, "buyer": p.dealer}
        account = operations.trade_credit(**ends, limit=50_00)

        def hold(order: UUID, amount: int) -> UUID:
            placed = NewHold(new_id(), account, amount, order)
            operations.post(
                [], kind="held", key=str(placed.id), subject=order, effective=DAY, at=AT,
                holds=[placed],
            )  # fmt: skip
            return placed.id

        first, second = (hold(new_id(), 25_00) for _ in range(2))
        with pytest.raises(LimitShort) as short:
            hold(p.deal, 30)
        assert short.value.text() == "The trade credit is short by 0.30 CNY."
        assert short.value.help() == "Order for less, or pay what is owed first."

        def post(entries: list[Entry], **also: object) -> None:
            operations.post(
                entries,
                kind="terms",
                key=f"{p.deal}{also}",
                subject=p.deal,
                effective=DAY,
                at=AT,
                **also,
            )

        post([], void=[first])
        post(terms.terms_delivered(**ends, amount=20_00, credit_hold=second))
    buyer = Actor(None, "D", p.dealer, (p.dealer,), frozenset())
    with acting_for([p.dealer]):
        # 50 granted, 20 owed, 5 of the second order still held
        assert queries.terms_left(**ends, at=AT) == 25_00
        assert {row.code for row in queries.trial_balance(buyer)} == {"inventory_free", "payable"}


@pytest.mark.django_db
def test_check_names_a_claim_that_is_no_debt(as_worker) -> None:
    with as_worker():
        book = Books()
        operations.post(
            [
                Entry(book.p.lender, Code.LOAN_PRINCIPAL, 5, book.p.dealer, str(book.p.deal)),
                Entry(book.p.lender, Code.NOSTRO, -5),
            ],
            kind="disbursed",
            key="half",
            subject=book.p.deal,
            effective=DAY,
            at=AT,
        )
        (finding,) = queries.check()
        assert str(book.p.dealer) in finding
        assert "loan_principal" in finding


@pytest.mark.django_db
def test_a_statement_runs_back_from_what_stands(as_worker) -> None:
    with as_worker():
        book = Books()
        to_the_warehouse(book)
        book(loans.repaid, Allocation(principal=300_00))
        account = operations.book_account(
            book.p.dealer, Code.LOAN_PAYABLE, book.p.lender, str(book.p.deal)
        )
        rows = queries.statement(SYSTEM, account)
    assert [(row.kind, row.amount, row.balance) for row in rows] == [
        ("repaid", 300_00, -500_00),
        ("disbursed", -800_00, -800_00),
    ]
    assert rows[0].label == "Repayment"


@pytest.mark.django_db
def test_a_past_day_can_be_read(as_worker) -> None:
    with as_worker():
        book = Books()
        book(loans.deposit_collected, 200_00)
        before = DAY.replace(day=1)
        assert queries.trial_balance(SYSTEM, org=book.p.lender, on=before) == []
        assert len(queries.trial_balance(SYSTEM, org=book.p.lender, on=DAY)) == 2


@pytest.mark.django_db
def test_nobody_reads_the_books_of_another(as_worker) -> None:
    with as_worker():
        book = Books()
        to_the_warehouse(book)
        p = book.p
        foreign = operations.book_account(p.lender, Code.NOSTRO)
    dealer = Actor(None, "D", p.dealer, (p.dealer,), frozenset())
    with acting_for([p.dealer]):
        assert {row.code for row in queries.trial_balance(dealer)} == {
            "bank",
            "loan_payable",
            "inventory_pledged",
        }
        assert {account.org for account in Account.objects.all()} == {p.dealer}
        assert queries.trial_balance(dealer, org=p.lender) == []
        assert all(account.org == p.dealer for account, _ in queries.accounts(dealer))
        with pytest.raises(NotFound):
            queries.statement(dealer, foreign)


@pytest.mark.django_db
def test_a_web_actor_posts_for_the_parties_of_its_deal(as_worker) -> None:
    """The door of a story is widened to the deal's parties; the books open what is missing."""
    with as_worker():
        book = Books()
    p = book.p
    with acting_for([p.dealer, p.lender, p.seller]):
        to_the_warehouse(book)
        assert Account.objects.filter(org=p.lender).count() > 5
