"""Trade credit that is not simply paid: disputed, given up, a payment taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from heliu.trade import receivables
from heliu_world.acts import Act
from heliu_world.lives.case import Case

OPEN = (
    "select id, number, disputed, amount - paid - credited - discounted - written_off as open"
    " from terms_invoice where order_id = %s and settled_on is null order by number"
)
PAID = (
    "select distinct p.id, p.number from terms_payment p"
    " join terms_allocation a on a.payment_id = p.id join terms_invoice i on i.id = a.invoice_id"
    " where i.order_id = %s and p.taken_back_at is null and a.undone_at is null order by p.number"
)


def quarrel(case: Case) -> None:
    """The buyer disputes a part of an invoice, somebody ends that, or the seller gives in."""
    found = case.world.ask(OPEN, case.stands["order_id"])
    if not found:
        return
    invoice = case.random.choice(found)
    if invoice["disputed"] and case.random.random() < 0.5:
        _dispute(case, invoice, 0)
    elif case.random.random() < 0.6:
        _dispute(case, invoice, case.random.randint(1, invoice["open"]))
    else:
        _give_in(case, invoice)


def _dispute(case: Case, invoice: dict[str, Any], amount: int) -> None:
    ref, why = invoice["id"], "was not ordered" if amount else ""
    case.hands.do(
        Act(
            "dispute an invoice" if amount else "end a dispute", case.dealer.seat,
            about=invoice["number"], path=f"/invoices/{ref}/dispute",
            body={"amount": amount, "reason": why}, changed={"amount": amount, "reason": "no"},
            desk=lambda who: receivables.dispute(
                ref, actor=who, amount=amount, reason=why, at=case.world.now
            ),
        )
    )  # fmt: skip


def _give_in(case: Case, invoice: dict[str, Any]) -> None:
    ref, key, why = invoice["id"], case.hands.fresh_key(), "price cut"
    amount = case.random.randint(1, max(1, invoice["open"] // 3))
    case.hands.do(
        Act(
            "write a credit note", case.shop.seller, about=invoice["number"],
            path=f"/invoices/{ref}/credit", body={"amount": amount, "reason": why},
            changed={"amount": amount + 1, "reason": why},
            desk=lambda who: receivables.credit_note(
                ref, actor=who, amount=amount, reason=why, key=key, at=case.world.now
            ),
        ),
        key,
    )  # fmt: skip


def give_up(case: Case) -> None:
    """The seller writes off what is open; goods of it may still be given back."""
    found = case.world.ask(OPEN, case.stands["order_id"])
    if not found:
        return
    order, why = case.stands["order_id"], "they do not answer"
    case.hands.do(
        Act(
            "write an invoice off", case.shop.seller, about=found[0]["number"],
            path=f"/invoices/{found[0]['id']}/write-off", body={"reason": why},
            changed={"reason": "another"},
            desk=lambda who: receivables.ask_write_off(
                order, actor=who, reason=why, at=case.world.now
            ),
        )
    )  # fmt: skip


def take_back(case: Case) -> None:
    """A payment was written down by mistake."""
    found = case.world.ask(PAID, case.stands["order_id"])
    if not found:
        return
    ref: UUID = found[-1]["id"]
    case.hands.do(
        Act(
            "take a payment back", case.shop.seller, about=found[-1]["number"],
            path=f"/terms-payments/{ref}/take-back",
            desk=lambda who: receivables.take_back(ref, actor=who, at=case.world.now),
            refusals=frozenset({"limit-short"}),
        )
    )  # fmt: skip
