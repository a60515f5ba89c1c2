"""The bank link: instructions, notices in any order, supervised money, the scripted bank."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import be

from heliu.capital.bank import operations, policies, queries
from heliu.capital.bank.models import (
    INSTRUCTION_MOVES,
    BankAccount,
    BankNotice,
    Earmark,
    InstructionStatus,
    NoticeStatus,
    PaymentInstruction,
    Purpose,
)
from heliu.capital.bank.notices import Notice, read, written
from heliu.capital.bank.port import current_bank, sign
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.bank.sandbox.models import Account, Entry, FaultKind, Order, OutgoingNotice
from heliu.capital.books import operations as books
from heliu.capital.books.journals.loans import Parties, disbursed
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import acting_for
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.ids import new_id

AT = datetime(2026, 11, 2, 3, tzinfo=UTC)
SYSTEM = Actor.system()
BOOKED, REJECTED = InstructionStatus.BOOKED, InstructionStatus.REJECTED


class Town:
    """A lender, a dealer and a seller with accounts at the sandbox bank, and one deal."""

    def __init__(self) -> None:
        self.lender, self.dealer, self.seller = new_id(), new_id(), new_id()
        for org, kind, funds in (
            (self.lender, "NOSTRO", 0),
            (self.dealer, "CURRENT", 500_00),
            (self.seller, "CURRENT", 0),
        ):
            sandbox.open_account(
                org=org, bank=self.lender, kind=kind, funds=funds, actor=SYSTEM, at=AT
            )
        self.supervised = operations.open_supervised(
            dealer=self.dealer, lender=self.lender, actor=SYSTEM, at=AT
        )
        self.heard: list[tuple[str, str]] = []
        self.deal = self.new_deal()

    def new_deal(self, amount: int = 1000_00) -> UUID:
        return operations.earmark(
            deal=new_id(),
            order=new_id(),
            dealer=self.dealer,
            seller=self.seller,
            lender=self.lender,
            amount=amount,
            at=AT,
        ).deal

    def instruct(
        self, purpose: str, amount: int, *, key: str = "", deal: UUID | None = None
    ) -> PaymentInstruction:
        payer, payee = {
            "DEPOSIT": (self.dealer, self.lender),
            "DISBURSEMENT": (self.lender, self.dealer),
            "OWN_SHARE": (self.lender, self.dealer),
            "SELLER_PAYMENT": (self.dealer, self.seller),
            "REPAYMENT": (self.dealer, self.lender),
            "REFUND": (self.seller, self.lender),
            "LOAN_BACK": (self.dealer, self.lender),
            "DEPOSIT_BACK": (self.dealer, self.dealer),
            "UNAPPLIED_BACK": (self.lender, self.dealer),
        }[purpose]
        return operations.instruct(
            deal=deal or self.deal,
            purpose=purpose,
            payer=payer,
            payee=payee,
            lender=self.lender,
            amount=amount,
            key=key,
            actor=SYSTEM,
            at=AT,
        )

    def pay(self, purpose: str, amount: int, *, at: datetime = AT) -> PaymentInstruction:
        instruction = operations.send(self.instruct(purpose, amount), at=at)
        self.listen(at)
        instruction.refresh_from_db()
        return instruction

    def listen(self, at: datetime = AT) -> int:
        operations.collect(at)
        return operations.apply_notices(at, self.hear)

    def hear(self, instruction: PaymentInstruction, notice: Notice) -> None:
        self.heard.append((instruction.purpose, notice.outcome))

    def fill(self, amount: int = 1000_00) -> None:
        self.pay("DISBURSEMENT", amount)
        self.heard.clear()

    def balance(self, org: UUID, kind: str = "CURRENT") -> int:
        return Account.objects.get(pk=BankAccount.objects.get(org=org, kind=kind).number).balance


@pytest.fixture
def town(db: None, as_worker):
    with as_worker():
        yield Town()


def test_the_straight_path(town: Town) -> None:
    assert town.pay("DEPOSIT", 200_00).status == BOOKED
    assert town.pay("DISBURSEMENT", 800_00).status == BOOKED
    assert town.pay("OWN_SHARE", 200_00).status == BOOKED
    paid = town.pay("SELLER_PAYMENT", 1000_00)
    assert (paid.status, paid.booked_on, paid.attempts) == (BOOKED, AT.date(), 1)
    assert town.balance(town.seller) == 1000_00
    assert town.balance(town.dealer) == 300_00
    assert town.balance(town.dealer, "SUPERVISED") == 0
    assert [outcome for _, outcome in town.heard] == ["BOOKED"] * 4
    assert town.listen() == 0
    assert queries.check_earmarks() == []
    assert queries.supervised_money(SYSTEM, [town.deal])[town.deal].drawn == 1000_00


def test_an_instruction_is_written_once_per_key(town: Town) -> None:
    first = town.instruct("REPAYMENT", 100_00, key="one")
    assert town.instruct("REPAYMENT", 100_00, key="one").pk == first.pk
    assert town.instruct("REPAYMENT", 100_00, key="two").pk != first.pk
    with pytest.raises(Refused, match="instruction-differs"):
        town.instruct("REPAYMENT", 101_00, key="one")


def test_an_instruction_sent_twice_is_booked_once(town: Town) -> None:
    instruction = town.instruct("DEPOSIT", 200_00)
    operations.send(instruction, at=AT)
    operations.send(instruction, at=AT)
    town.listen()
    assert town.balance(town.dealer) == 300_00
    assert town.heard == [("DEPOSIT", "BOOKED")]
    instruction.refresh_from_db()
    assert operations.send(instruction, at=AT).status == BOOKED


def test_written_instructions_are_sent_by_the_sweep(town: Town) -> None:
    town.instruct("DEPOSIT", 100_00)
    town.instruct("REPAYMENT", 100_00)
    assert operations.send_written(at=AT) == 2
    assert operations.send_written(at=AT) == 0
    assert town.listen() == 2


@pytest.mark.parametrize(
    ("fault", "reason"), [("script", "AC04"), ("poor", "AM04"), ("closed", "AC04")]
)
def test_a_rejection_says_why(town: Town, fault: str, reason: str) -> None:
    if fault == "script":
        sandbox.script(fault=FaultKind.REJECT, purpose="DEPOSIT", reason="AC04")
    if fault == "closed":
        Account.objects.filter(holder=town.dealer).update(is_closed=True)
    rejected = town.pay("DEPOSIT", 500_01 if fault == "poor" else 1_00)
    assert (rejected.status, rejected.reason, rejected.booked_on) == (REJECTED, reason, None)
    assert town.heard == [("DEPOSIT", "REJECTED")]
    assert town.balance(town.dealer) == 500_00


def test_faults_meet_the_deal_and_purpose_they_are_for_and_run_out(town: Town) -> None:
    other = town.new_deal()
    sandbox.script(fault=FaultKind.REJECT, purpose="REPAYMENT", deal=other, times=2)
    statuses = []
    for n, deal in enumerate((town.deal, other, other, other)):
        instruction = town.instruct("REPAYMENT", 1_00, key=str(n), deal=deal)
        operations.send(instruction, at=AT)
        town.listen()
        instruction.refresh_from_db()
        statuses.append(instruction.status)
    assert statuses == [BOOKED, REJECTED, REJECTED, BOOKED]


def test_a_delayed_notice_comes_when_it_is_due(town: Town) -> None:
    sandbox.script(fault=FaultKind.DELAY, delay=timedelta(minutes=5))
    waiting = town.pay("DEPOSIT", 1_00)
    assert waiting.status == InstructionStatus.SENT
    assert town.listen(AT + timedelta(minutes=4)) == 0
    assert town.listen(AT + timedelta(minutes=5)) == 1
    waiting.refresh_from_db()
    assert waiting.status == BOOKED


def test_a_silent_bank_is_asked(town: Town) -> None:
    sandbox.script(fault=FaultKind.DELAY, delay=timedelta(days=1))
    town.pay("DEPOSIT", 1_00)
    assert operations.query_unknown(at=AT + timedelta(minutes=9)) == 0
    assert operations.query_unknown(at=AT + timedelta(minutes=10)) == 1
    assert town.listen() == 1
    assert town.listen(AT + timedelta(days=1)) == 0
    assert town.heard == [("DEPOSIT", "BOOKED")]
    assert _notices() == ["APPLIED", "REPEATED"]


def test_a_notice_sent_twice_is_kept_once(town: Town) -> None:
    sandbox.script(fault=FaultKind.DUPLICATE)
    operations.send(town.instruct("DEPOSIT", 1_00), at=AT)
    assert operations.collect(AT) == 2
    assert operations.apply_notices(AT, town.hear) == 1
    assert town.heard == [("DEPOSIT", "BOOKED")]
    assert _notices() == ["APPLIED"]


@pytest.mark.parametrize("is_booked", [True, False])
def test_a_lost_answer_is_asked_for_under_the_same_id(town: Town, is_booked: bool) -> None:
    sandbox.script(fault=FaultKind.LOST if is_booked else FaultKind.LOST_UNBOOKED)
    lost = town.pay("DEPOSIT", 1_00)
    assert lost.status == InstructionStatus.UNKNOWN
    assert Order.objects.count() == is_booked
    assert operations.query_unknown(at=AT) == 1
    assert town.listen() == 1
    lost.refresh_from_db()
    assert (lost.status, lost.attempts) == (BOOKED, 1 if is_booked else 2)
    assert [order.id for order in Order.objects.all()] == [lost.pk]
    assert town.balance(town.dealer) == 499_00
    town.listen(AT + timedelta(days=1))  # the notice that was late
    assert town.heard == [("DEPOSIT", "BOOKED")]


def test_a_notice_before_the_answer_to_the_sending(town: Town) -> None:
    sandbox.script(fault=FaultKind.EARLY)
    instruction = town.instruct("DEPOSIT", 1_00)
    current_bank().submit(_order(instruction), AT)
    assert operations.apply_notices(AT, town.hear) == 1
    assert operations.send(instruction, at=AT).status == BOOKED
    assert town.heard == [("DEPOSIT", "BOOKED")]


def test_notices_of_two_instructions_swapped(town: Town) -> None:
    sandbox.script(fault=FaultKind.OUT_OF_ORDER, purpose="DEPOSIT")
    operations.send(town.instruct("DEPOSIT", 1_00), at=AT)
    operations.send(town.instruct("REPAYMENT", 1_00), at=AT)
    town.listen()
    assert [purpose for purpose, _ in town.heard] == ["REPAYMENT", "DEPOSIT"]


def test_an_unsigned_or_senseless_notice_is_not_kept(town: Town) -> None:
    raw = _said(town.instruct("DEPOSIT", 1_00))
    with pytest.raises(Forbidden) as refused:
        operations.store_notice(raw, sign(raw + b" "), AT)
    assert (refused.value.status, refused.value.code) == (403, "bad-signature")
    for senseless in (b"", b"[]", b"{}", raw.replace(b"BOOKED", b"MAYBE"), b"\xff"):
        with pytest.raises(Invalid):
            operations.store_notice(senseless, sign(senseless), AT)
    assert BankNotice.objects.count() == 0


def test_the_web_role_keeps_notices_it_cannot_see(town: Town, as_worker) -> None:
    raw = _said(town.instruct("DEPOSIT", 1_00))
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
    assert operations.store_notice(raw, sign(raw), AT).is_new
    assert not operations.store_notice(raw, sign(raw), AT).is_new
    assert BankNotice.objects.count() == 0
    with acting_for([town.lender]):
        assert BankNotice.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update bank_banknotice set outcome = 'REJECTED'")
    with as_worker():
        assert operations.apply_notices(AT, town.hear) == 1
    with connection.cursor() as cursor:
        cursor.execute("set local role heliu_worker")


def test_a_notice_whose_kept_signature_is_wrong_is_not_believed(town: Town) -> None:
    """A forger with the web role's rights gets it kept, not applied."""
    instruction = town.instruct("DEPOSIT", 1_00)
    with connection.cursor() as cursor:
        cursor.execute(
            "select bank_keep_notice('forged', %s, 'no', %s, 'BOOKED', '', 100, now(), now())",
            [_said(instruction), instruction.pk],
        )
    assert operations.apply_notices(AT, town.hear) == 0
    assert (_notices(), town.heard) == (["CONFLICT"], [])


def test_a_notice_for_nobody_and_a_contradiction_wait_for_a_person(town: Town) -> None:
    instruction = town.pay("DEPOSIT", 1_00)
    stranger = Notice("x1", new_id(), REJECTED, 1_00, AT)
    contrary = Notice("x2", instruction.pk, REJECTED, 1_00, AT, "AM04")
    amount = Notice("x3", instruction.pk, BOOKED, 2_00, AT)
    for notice in (stranger, contrary, amount):
        raw = written(notice)
        operations.store_notice(raw, sign(raw), AT)
    assert operations.apply_notices(AT, town.hear) == 0
    flagged = {notice.id: notice.status for notice in queries.flagged_notices(SYSTEM)}
    assert flagged == {"x1": "UNMATCHED", "x2": "CONFLICT", "x3": "CONFLICT"}
    lender = Actor(None, "L", town.lender, (town.lender,), frozenset())
    assert {notice.id for notice in queries.flagged_notices(lender)} == {"x2", "x3"}
    instruction.refresh_from_db()
    assert instruction.status == BOOKED


def test_a_handler_that_fails_stops_only_its_own_notice(town: Town) -> None:
    operations.send(town.instruct("DEPOSIT", 1_00), at=AT)
    operations.send(town.instruct("REPAYMENT", 1_00), at=AT)
    operations.collect(AT)

    def fails_once(instruction: PaymentInstruction, notice: Notice) -> None:
        if instruction.purpose == "DEPOSIT":
            raise Refused("not-yet", "Not yet.")
        town.hear(instruction, notice)

    assert operations.apply_notices(AT, fails_once) == 1
    waiting = BankNotice.objects.get(status=NoticeStatus.WAITING)
    assert waiting.trouble == "not-yet: Not yet."
    assert PaymentInstruction.objects.get(purpose="DEPOSIT").status == InstructionStatus.SENT
    assert operations.apply_notices(AT, town.hear) == 1
    assert sorted(town.heard) == [("DEPOSIT", "BOOKED"), ("REPAYMENT", "BOOKED")]
    waiting.refresh_from_db()
    assert (waiting.status, waiting.trouble) == ("APPLIED", "")


@pytest.mark.parametrize("seed", range(12))
def test_whatever_goes_wrong_each_outcome_is_heard_once(town: Town, seed: int) -> None:
    """All faults, doubled notices, steps in any order: the money moved as often as we heard."""
    chance = random.Random(seed)
    instructions = [town.instruct("REPAYMENT", 1_00, key=str(n)) for n in range(8)]
    for kind in FaultKind:
        sandbox.script(fault=kind, times=chance.randint(0, 2), delay=timedelta(hours=2))
    work = [lambda i=i: operations.send(i, at=AT) for i in instructions * 2]
    work += [lambda: operations.collect(AT), lambda: operations.query_unknown(at=AT)] * 4
    work += [lambda: operations.apply_notices(AT, town.hear), lambda: _say_again(AT)] * 4
    chance.shuffle(work)
    for step in work:
        step()
    for hours in range(4):
        at = AT + timedelta(hours=hours)
        operations.query_unknown(at=at)
        town.listen(at)
    rows = PaymentInstruction.objects.all()
    assert {row.status for row in rows} <= {BOOKED, REJECTED}
    assert sorted(outcome for _, outcome in town.heard) == sorted(row.status for row in rows)
    booked = sum(row.status == BOOKED for row in rows)
    assert town.balance(town.dealer) == 500_00 - booked * 1_00
    assert Order.objects.count() == 8
    assert set(_notices()) <= {"APPLIED", "REPEATED"}


@given(
    st.lists(st.sampled_from(["BOOKED", "REJECTED"]), min_size=1),
    st.sampled_from(["CREATED", "SENT", "UNKNOWN"]),
)
def test_the_first_answer_counts(outcomes: list[str], status: str) -> None:
    notice = Notice("n", new_id(), BOOKED, 1, AT)
    verdicts = []
    for outcome in outcomes:
        verdict = policies.judge(status, 1, replace(notice, outcome=outcome))
        if verdict == NoticeStatus.APPLIED:
            assert outcome in INSTRUCTION_MOVES[status]
            status = outcome
        verdicts.append(verdict)
    assert status == outcomes[0]
    assert verdicts[0] == NoticeStatus.APPLIED
    assert all(
        verdict == (NoticeStatus.REPEATED if outcome == outcomes[0] else NoticeStatus.CONFLICT)
        for verdict, outcome in list(zip(verdicts, outcomes, strict=True))[1:]
    )


# Signs a database can keep.
KEPT = st.characters(exclude_characters="\0", codec="utf-8")


@given(
    st.builds(
        Notice,
        st.text(KEPT, min_size=1, max_size=60),
        st.uuids(),
        st.sampled_from(["BOOKED", "REJECTED"]),
        st.integers(1, 10**15),
        st.datetimes(timezones=st.just(UTC)),
        st.text(KEPT, max_size=12),
    )
)
def test_a_notice_reads_as_it_was_written(notice: Notice) -> None:
    assert read(written(notice)) == notice


def test_two_workers_at_once_apply_each_notice_once(own_db: str) -> None:
    be("heliu_worker", own_db)
    town = Town()
    for key in range(20):
        town.instruct("REPAYMENT", 1_00, key=str(key))

    def work(_: int) -> None:
        try:
            for _ in range(3):
                operations.send_written(at=AT)
                town.listen()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    town.listen()
    assert town.heard == [("REPAYMENT", "BOOKED")] * 20
    assert town.balance(town.dealer) == 480_00


def test_two_payments_racing_for_one_earmark(own_db: str) -> None:
    be("heliu_worker", own_db)
    town = Town()

    def pay(key: str) -> bool:
        try:
            town.instruct("SELLER_PAYMENT", 600_00, key=key)
        except (Refused, IntegrityError):
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(pay, "abcd")) == 1
    assert Earmark.objects.get().drawn == 600_00


# Supervised money


def test_money_leaves_the_supervised_account_only_as_earmarked(town: Town) -> None:
    town.fill()
    with pytest.raises(Refused, match="earmark-short"):
        town.instruct("SELLER_PAYMENT", 1000_01)
    with pytest.raises(Refused, match="earmark-missing"):
        town.instruct("SELLER_PAYMENT", 1, deal=new_id())
    town.instruct("SELLER_PAYMENT", 600_00)
    with pytest.raises(Refused, match="earmark-short"):
        town.instruct("LOAN_BACK", 400_01)
    town.instruct("LOAN_BACK", 400_00)


def test_a_rejected_payment_gives_its_earmark_back(town: Town) -> None:
    town.fill()
    sandbox.script(fault=FaultKind.REJECT, purpose="SELLER_PAYMENT", reason="AC04")
    assert town.pay("SELLER_PAYMENT", 1000_00).status == REJECTED
    assert town.pay("LOAN_BACK", 800_00).status == BOOKED
    assert town.pay("DEPOSIT_BACK", 200_00).status == BOOKED
    assert town.balance(town.dealer) == 700_00
    assert town.balance(town.dealer, "SUPERVISED") == 0
    assert queries.check_earmarks() == []


INSERT = """
insert into bank_paymentinstruction (id, number, deal, purpose, key, payer, payee, lender,
    from_account_id, to_account_id, from_number, to_number, amount, currency, status, reason,
    bank_reference, attempts, created_by_name, created_at)
select %(id)s, %(id)s::text::varchar(20), %(deal)s, %(purpose)s, 'raw', f.org, t.org, f.bank,
    f.id, t.id, f.number, %(to_number)s, %(amount)s, 'CNY', 'CREATED', '', '', 0, 'x', now()
  from bank_bankaccount f, bank_bankaccount t where f.id = %(source)s and t.id = %(target)s
"""


def _raw_insert(town: Town, target: BankAccount, **also: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            {
                "id": new_id(),
                "deal": town.deal,
                "purpose": "SELLER_PAYMENT",
                "to_number": target.number,
                "amount": 1_00,
                "source": town.supervised.pk,
                "target": target.pk,
            }
            | also,
        )


def test_raw_sql_cannot_send_supervised_money_elsewhere(town: Town) -> None:
    payee, other, nostro = (
        BankAccount.objects.get(org=org, kind=kind)
        for org, kind in (
            (town.seller, "CURRENT"),
            (town.dealer, "CURRENT"),
            (town.lender, "NOSTRO"),
        )
    )
    forbidden: list[tuple[BankAccount, dict[str, object], str]] = [
        (other, {}, "supervised_to_named_payee"),
        (nostro, {}, "supervised_to_named_payee"),
        (other, {"purpose": "LOAN_BACK"}, "supervised_to_named_payee"),
        (payee, {"purpose": "REPAYMENT"}, "supervised_to_named_payee"),
        (payee, {"deal": new_id()}, "supervised_to_named_payee"),
        (payee, {"to_number": other.number}, "instruction_true"),
        (payee, {"amount": 1000_01}, "earmark_not_overdrawn"),
        (payee, {"amount": 0}, "instruction_positive"),
    ]
    for target, also, constraint in forbidden:
        with pytest.raises(IntegrityError) as error:
            _raw_insert(town, target, **also)
        assert error.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]
    _raw_insert(town, payee, amount=1000_00)
    with pytest.raises(IntegrityError, match="earmark_not_overdrawn"):
        _raw_insert(town, payee, amount=1)


@pytest.mark.parametrize(
    "statement",
    [
        "update bank_paymentinstruction set amount = amount + 1",
        "update bank_paymentinstruction set to_account_id = from_account_id",
        "update bank_paymentinstruction set deal = payer",
        "update bank_paymentinstruction set status = 'REJECTED', booked_on = null",
        "delete from bank_paymentinstruction",
        "update bank_earmark set amount = amount + 1",
        "update bank_earmark set drawn = 0",
        "update bank_earmark set payee_account_id = dealer_account_id",
        "delete from bank_earmark",
        "update bank_bankaccount set number = number || '1'",
    ],
)
def test_what_was_said_of_money_is_not_changed(town: Town, statement: str) -> None:
    town.fill()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_supervised_account_holds_what_the_books_say(town: Town) -> None:
    town.fill()
    (finding,) = queries.check()
    assert finding.endswith("100000 there, 0 in the books")
    p = Parties(town.deal, town.dealer, town.seller, town.lender, new_id())
    books.facility_limit(lender=p.lender, borrower=p.dealer, facility=p.facility, limit=1000_00)
    books.post(
        disbursed(p, 1000_00),
        kind="disbursed",
        key="d",
        subject=p.deal,
        effective=AT.date(),
        at=AT,
    )
    assert queries.check() == []


# Who sees what


def test_nobody_sees_payments_of_others(town: Town) -> None:
    paid = town.pay("DEPOSIT", 1_00)
    town.fill()
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
    for org, count, accounts in (
        (town.dealer, 2, 2),
        (town.lender, 2, 4),
        (town.seller, 0, 1),
        (new_id(), 0, 0),
    ):
        actor = Actor(None, "x", org, (org,), frozenset())
        with acting_for([org]):
            assert PaymentInstruction.objects.count() == count
            assert queries.grid(actor, status=[BOOKED], text="py-").count() == count
            assert queries.of_deal(actor, town.deal).count() == count
            assert BankAccount.objects.count() == accounts
            assert queries.accounts_visible_to(actor).count() == accounts
            if count:
                assert queries.get(actor, paid.number) == paid
            else:
                with pytest.raises(NotFound):
                    queries.get(actor, paid.pk)
    with acting_for([town.seller]):
        seller = Actor(None, "x", town.seller, (town.seller,), frozenset())
        assert queries.supervised_money(seller, [town.deal])[town.deal].amount == 1000_00
    with connection.cursor() as cursor:
        cursor.execute("set local role heliu_worker")


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Account, Entry, Order, OutgoingNotice])
def test_the_banks_own_tables_are_closed_to_the_web_role(model: type) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), acting_for([new_id()]):
        model.objects.count()  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "delete from bank_bankaccount",
        "update bank_bankaccount set opening = 1",
        "delete from bank_banknotice",
        "update bank_statement set closing = 1",
        "update bank_paymentinstruction set status = 'SENT'",
        "delete from bank_paymentinstruction",
        "update bank_earmark set drawn = 0",
    ],
)
def test_the_web_role_does_not_touch_what_the_bank_says(statement: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_a_web_actor_writes_an_instruction_of_its_deal(town: Town) -> None:
    """The story's door is widened to the deal's parties; writing needs no more than that."""
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
    with acting_for([town.dealer, town.lender, town.seller]):
        deal = town.new_deal()
        town.instruct("SELLER_PAYMENT", 1000_00, deal=deal)
        assert Earmark.objects.get(pk=deal).drawn == 1000_00
    with acting_for([town.dealer]), pytest.raises(Refused, match="account-missing"):
        town.instruct("REPAYMENT", 1_00)
    with connection.cursor() as cursor:
        cursor.execute("set local role heliu_worker")


def _say_again(at: datetime) -> None:
    for notice in BankNotice.objects.all():
        assert not operations.store_notice(bytes(notice.raw), notice.signature, at).is_new


def _notices() -> list[str]:
    return sorted(BankNotice.objects.values_list("status", flat=True))


def _said(instruction: PaymentInstruction) -> bytes:
    return written(Notice("n1", instruction.pk, BOOKED, instruction.amount, AT))


def _order(instruction: PaymentInstruction) -> operations.Order:
    return operations.Order(
        instruction.pk,
        instruction.purpose,
        instruction.from_number,
        instruction.to_number,
        instruction.amount,
        instruction.deal,
    )


def test_every_purpose_has_a_route() -> None:
    payer, payee, lender = new_id(), new_id(), new_id()
    for purpose in Purpose:
        if not policies.leaves_supervised(purpose, payer=payer, lender=lender):
            source, target = policies.route(purpose, payer=payer, payee=payee, lender=lender)
            # What is refunded for goods given back is between buyer and seller.
            assert lender in (source.org, target.org) or purpose == Purpose.RETURN
        else:
            assert purpose in {*policies.FROM_EARMARK, Purpose.DEPOSIT_BACK}
