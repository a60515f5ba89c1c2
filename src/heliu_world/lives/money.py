"""Money of an order: repaid, set off, ordered once more, written down."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from heliu.capital.bank.models import AccountKind
from heliu.capital.bank.sandbox import operations as sandbox
from heliu.capital.lending.models import Loan
from heliu.capital.terms import queries as invoices
from heliu.commerce.ordering import queries as orders
from heliu.kernel.clock import day_of
from heliu.trade import deals, duty, open_account, side_exits
from heliu.trade.financed_order import repaying, setting_off
from heliu_world.acts import Act
from heliu_world.lives.case import Case, yuan

SLOW = 0.85  # of the looks at a deposit of which a part was paid
NOT_NOW = frozenset({"not-to-repay", "seller-is-paying", "goods-being-sold"})


def repay(case: Case, refusals: frozenset[str] = NOT_NOW) -> None:
    """The dealer repays a share, an amount, or all of it."""
    key = case.hands.fresh_key()
    amount: int | None = None
    percent: Decimal | None = Decimal(case.random.choice((20, 35, 50, 100, 100)))
    if case.luck(0.2):
        amount, percent = case.random.randint(1, case.stands["principal"]), None
    if case.world.is_ending:
        amount, percent = None, Decimal(100)
    sent = {"amount": amount} if amount else {"percent": str(percent)}
    case.hands.do(
        Act(
            "repay", case.dealer.seat, about=case.about, path=f"/deals/{case.deal}/repay",
            body=sent, changed={"percent": "7"},
            page=f"/deals/{case.about}/repay" if amount else "",
            form={"amount": yuan(amount) if amount else ""},
            desk=lambda who: repaying.repay(
                case.deal, actor=who, key=key, amount=amount, percent=percent,
                at=case.world.now,
            ),
            refusals=refusals,
        ),
        key,
    )  # fmt: skip


def pay_in(case: Case) -> None:
    """The dealer transfers its deposit by its own bank, naming the loan: all of it, some, or more;
    or leaves it be for now."""
    world = case.world
    with world.ground.working():
        loan = Loan.objects.get(deal=case.deal)
        wanted = loan.unapplied + loan.deposit_missing
    sent = _sent(case, loan)
    missing = wanted - sent
    if missing <= 0 or case.luck(SLOW if sent else 0.2):
        return
    amount = missing
    if case.luck(0.5):
        amount = case.random.randint(1, missing)
    elif case.luck(0.15):
        amount += case.random.randint(1, 5_000)
    with world.ground.working():
        sandbox.transfer(
            payer=loan.borrower, payee=loan.lender, amount=amount, at=world.at,
            reference=_reference(loan), into=AccountKind.NOSTRO,
        )  # fmt: skip
    world.acts["pay a deposit in"] += 1
    world.tell(f"pay a deposit in for {loan.number}", str(amount))


def _sent(case: Case, loan: Loan) -> int:
    """What the dealer transferred for its deposit, as far as the bank did not take it back."""
    said = "select coalesce(sum(amount), 0)::bigint as sent from sandbox_entry"
    found = case.world.ask(f"{said} where reference = %s and amount > 0", _reference(loan))
    return int(found[0]["sent"])


def _reference(loan: Loan) -> str:
    return f"deposit {loan.number}"


def set_off(case: Case) -> None:
    """The dealer lets the margin pay the last of it, if it reaches so far."""
    case.hands.do(
        Act(
            "set the margin off", case.dealer.seat, about=case.about,
            path=f"/deals/{case.deal}/set-off",
            desk=lambda who: setting_off.set_off_margin(case.deal, actor=who, at=case.world.now),
            refusals=frozenset({"margin-too-small", "nothing-to-set-off"}),
        )
    )  # fmt: skip


def pay_again(case: Case, refused: UUID) -> None:
    """A payment that the bank refused is ordered once more."""
    payer = case.world.ask("select payer from bank_paymentinstruction where id = %s", refused)
    who = case.random.choice((case.seats[payer[0]["payer"]], case.shop.bank))
    case.hands.do(
        Act(
            "pay again", who, about=case.about,
            desk=lambda who: side_exits.pay_again(refused, actor=who, at=case.world.now),
            refusals=frozenset({"paid-meanwhile"}),
        )
    )  # fmt: skip


def duty_left(case: Case) -> int:
    """What the seller still owes the lender by its duty on a loan that was written off."""
    with case.world.ground.desk(case.shop.seller.actor) as actor:
        return duty.left_for(actor, deals.get(actor, case.deal))


def pay_by_duty(case: Case, owed: int) -> None:
    """The seller pays what is left of its duty, or some of it."""
    amount = case.random.randint(1, owed) if case.luck(0.4) else owed
    case.hands.do(
        Act(
            "pay by duty", case.shop.seller, about=case.about, path=f"/deals/{case.deal}/duty",
            body={"amount": amount}, changed={"amount": amount + 1},
            page=f"/deals/{case.about}/duty", form={"amount": yuan(amount)},
            desk=lambda who: duty.pay(case.deal, actor=who, amount=amount, at=case.world.now),
        )
    )  # fmt: skip


def open_amount(case: Case) -> int:
    """What buyer or seller owe the other of an order without a bank, as its page says."""
    with case.world.ground.desk(case.shop.seller.actor) as actor:
        order = orders.get(actor, case.stands["order_id"])
        account = open_account.account_of(
            deals.steps_of_order(order.pk, actor), invoices.of_order(order.pk)
        )
        return account.owed or account.owed_back


def refunds_by_hand(case: Case) -> list[str]:
    """The keys of what the seller wrote down of its own payments and did not take back."""
    found = case.world.ask(
        "select t.key from trade_dealstep t where t.deal_id = %s and t.step = 'REFUNDED'"
        " and t.actor is not null and not exists (select from trade_dealstep b"
        " where b.deal_id = t.deal_id and b.step = 'REFUND_TAKEN_BACK' and b.key = t.key)"
        " order by t.id",
        case.deal,
    )
    return [row["key"] for row in found]


def unrefund(case: Case, key: str) -> None:
    """What the seller wrote down of its own money was a mistake."""
    order = case.stands["order_id"]
    case.hands.do(
        Act(
            "take a refund back", case.shop.seller, about=case.about,
            path=f"/orders/{order}/refunds/take-back", body={"refund": key},
            page=f"/deals/{case.about}/unrefund", form={"refund": key},
            desk=lambda who: open_account.unrefund(order, actor=who, key=key, at=case.world.now),
        )
    )  # fmt: skip


def write_down(case: Case) -> None:
    """The seller writes down that money moved: all that is owed, or part of it."""
    owed, order, key = open_amount(case), case.stands["order_id"], case.hands.fresh_key()
    if not owed:
        return
    amount = case.random.randint(1, owed) if case.luck(0.3) else owed
    today = day_of(case.world.at)
    case.hands.do(
        Act(
            "write down a payment", case.shop.seller, about=case.about,
            path=f"/orders/{order}/payments", body={"amount": amount},
            changed={"amount": amount + 1},
            page=f"/deals/{case.about}/settle", form={"amount": yuan(amount)},
            desk=lambda who: open_account.settle(
                order, actor=who, amount=amount, value_day=today, reference="", key=key,
                at=case.world.now,
            ),
        ),
        key,
    )  # fmt: skip
