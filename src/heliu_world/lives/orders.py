"""An order and its loan before the money: confirmed, called off, decided, signed."""

from __future__ import annotations

from decimal import Decimal

from heliu.trade import place_order, side_exits
from heliu.trade.financed_order import signing
from heliu_world.acts import Act, Done
from heliu_world.lives.case import BUSY, Case

TOO_LATE = frozenset({"already-shipped", "state-move", "partly-repaid"}) | BUSY


def confirm(case: Case) -> None:
    """The seller takes the order on."""
    order = case.stands["order_id"]
    case.hands.do(
        Act(
            "confirm", case.shop.seller, about=case.about, path=f"/orders/{order}/confirm",
            page=f"/deals/{case.about}/confirm",
            desk=lambda who: place_order.confirm(order, actor=who, at=case.world.now),
        )
    )  # fmt: skip


def cancel(case: Case, refusals: frozenset[str] = TOO_LATE) -> None:
    """Dealer or seller calls the order off."""
    order = case.stands["order_id"]
    who = case.random.choice((case.dealer.seat, case.shop.seller))
    case.hands.do(
        Act(
            "cancel", who, about=case.about, path=f"/orders/{order}/cancel",
            body={"reason": "changed our mind"}, changed={"reason": "another reason"},
            page=f"/deals/{case.about}/cancel", form={"reason": "changed our mind"},
            desk=lambda who: side_exits.cancel(
                order, actor=who, reason="changed our mind", at=case.world.now
            ),
            refusals=refusals,
        )
    )  # fmt: skip


def decide(case: Case, *, approve: bool) -> Done:
    """The bank's officer decides, perhaps for a larger deposit."""
    ratio = None
    if approve and case.random.random() < 0.3:
        ratio = Decimal(case.stands["deposit_ratio"]) + Decimal("0.05")
        ratio = min(ratio, Decimal("0.60"))
    share = None if ratio is None else f"{ratio:.4f}"
    return case.hands.do(
        Act(
            "approve" if approve else "decline", case.shop.bank, about=case.about,
            path=f"/deals/{case.deal}/decide",
            body={"approve": approve, "reason": "looked at it", "deposit_ratio": share},
            changed={"approve": not approve, "reason": "looked at it"},
            page="" if ratio else f"/bank/queue/{case.stands['loan_number']}",
            form={"approve": "yes" if approve else "no", "reason": "looked at it"},
            desk=lambda who: side_exits.decide(
                case.deal, actor=who, approve=approve, reason="looked at it",
                deposit_ratio=ratio, at=case.world.now,
            ),
            refusals=frozenset({"limit-short", "facility-not-active"}),
        )
    )  # fmt: skip


def sign(case: Case, *, digest: str, refusals: frozenset[str] = frozenset()) -> None:
    """The dealer signs the agreement of this digest."""
    case.hands.do(
        Act(
            "sign", case.dealer.seat, about=case.about, path=f"/deals/{case.deal}/sign",
            body={"agreement_digest": digest, "consent": True},
            changed={"agreement_digest": digest, "consent": False},
            page=f"/deals/{case.about}/sign",
            form={"digest": digest, "consent": "yes", "signature": case.dealer.seat.actor.name},
            desk=lambda who: signing.sign(
                case.deal, actor=who, agreement_digest=digest, consent=True, at=case.world.now
            ),
            refusals=refusals,
        )
    )  # fmt: skip
