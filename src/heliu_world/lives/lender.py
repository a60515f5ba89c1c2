"""What a lender's people do while a loan runs: findings, large releases, payments put right."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from heliu.kernel.clock import day_of
from heliu.trade import corrections, exchange, invoices, releasing
from heliu.trade.lodging import EXCHANGE
from heliu_world.acts import Act
from heliu_world.lives import default
from heliu_world.lives.case import BUSY, Case

NUMBERS = 6  # of invoices in the whole market: the same one comes twice
# Questions to which the lender's people answer whatever the deal does: asked by whom else.
ASKED = ("release", "pay-out", "give-back", "exchange")
FIXED = frozenset(
    {"day-closed", "settled-since", "payment-stands", "before-the-loan", "limit-short",
     "approval-waits"}
)  # fmt: skip


def lay_invoice(case: Case) -> None:
    """Buyer or seller lay an invoice before the lender, that may lie there for another deal."""
    who = case.random.choice((case.dealer.seat, case.shop.seller))
    number, day = f"INV-{case.random.randrange(NUMBERS)}", day_of(case.world.now)
    said = {"number": number, "amount": case.stands["principal"], "issued_on": day.isoformat()}
    case.hands.do(
        Act(
            "lay an invoice", who, about=case.about, path=f"/deals/{case.deal}/invoices", body=said,
            changed={**said, "number": "another"},
            desk=lambda who: invoices.lay(
                case.deal, actor=who, number=number, amount=case.stands["principal"],
                issued_on=day, at=case.world.now,
            ),
        )
    )  # fmt: skip


def answer(case: Case) -> None:
    """Somebody at the lender says yes or no to a large release, to what was found, or to goods
    that are to leave for others; of a loan that was repaid meanwhile none are exchanged."""
    agrees = case.world.is_ending or case.random.random() < 0.75
    if case.stands["asked"]["act"] == EXCHANGE.name:
        agrees = agrees and case.stands["loan_status"] in exchange.TAKES_GOODS
    default.vote(case, case.shop.bank, agrees=agrees)


def ask_to_release(case: Case) -> None:
    """The release was refused, or nobody answered in time: it is asked anew."""
    said = {"reason": "it was earned"}
    case.hands.do(
        Act(
            "ask to release", case.shop.reviewer, about=case.about,
            path=f"/deals/{case.deal}/release", body=said, changed={"reason": "another"},
            desk=lambda who: releasing.ask(case.deal, actor=who, at=case.world.now, **said),
            refusals=frozenset({"no-release-waits"}) | BUSY,
        )
    )  # fmt: skip


def correct_day(case: Case) -> None:
    """A payment proves to have come some days before."""
    paid = case.world.ask(
        "select r.key, r.effective from lending_repayment r join bank_paymentinstruction i"
        " on i.id::text = r.key where i.deal = %s and r.paid_by = 'BORROWER'"
        " order by r.effective desc, r.key limit 1",
        case.deal,
    )
    if not paid:
        return
    key, loan = paid[0]["key"], case.stands["loan_number"]
    day = paid[0]["effective"] - timedelta(days=case.random.randint(1, 3))
    said = {"value_day": day.isoformat(), "reason": "the slip says so"}
    case.hands.do(
        Act(
            "correct a value day", case.shop.bank, about=case.about,
            path=f"/loans/{loan}/repayments/{UUID(key)}/value-day", body=said,
            changed={**said, "reason": "another"},
            desk=lambda who: corrections.correct_value_day(
                case.deal, key=key, value_day=day, reason="the slip says so", actor=who,
                at=case.world.now,
            ),
            refusals=FIXED | BUSY,
        )
    )  # fmt: skip
