"""A dealer that does not pay: what the bank does about it. And what others must agree to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from heliu.trade import approvals, enforcement
from heliu_world.acts import Act
from heliu_world.lives import changes, complaints
from heliu_world.lives.case import BUSY, Case
from heliu_world.market import Seat

# What a vote may meet when the deal has gone on meanwhile: paid, or a call was cured that had stood
# for the notice.
OVERTAKEN = (
    frozenset({"not-overdue", "goods-not-there", "approval-over", "notice-missing", "notice-runs"})
    | {"takes-no-goods", "nothing-bound"}  # of an exchange
    | complaints.NOT_BOUND
    | BUSY
    | changes.NOT_NOW
)


def give_notice(case: Case) -> None:
    """The bank says that it will enforce."""
    case.hands.do(
        Act(
            "give notice of default", case.shop.bank, about=case.about,
            path=f"/deals/{case.deal}/default-notice", page=f"/deals/{case.about}/default",
            desk=lambda who: enforcement.give_notice(
                case.deal, actor=who, at=case.world.now
            ),
        )
    )  # fmt: skip


def ask_to_enforce(case: Case) -> None:
    """The dealer's days are over."""
    _ask(case, "enforcement", enforcement.ask_to_enforce)


def ask_to_write_off(case: Case) -> None:
    """Nothing is left to enforce into."""
    _ask(case, "write-off", enforcement.ask_to_write_off)


def _ask(case: Case, what: str, desk: Callable[..., Any]) -> None:
    reason = {"reason": "does not pay"}
    case.hands.do(
        Act(
            f"ask for {what}", case.shop.bank, about=case.about,
            path=f"/deals/{case.deal}/{what}", body=reason,
            changed={"reason": "does not answer"},
            page=f"/deals/{case.about}/default", form=reason,
            desk=lambda who: desk(case.deal, actor=who, at=case.world.now, **reason),
            refusals=frozenset({"goods-not-there", "notice-runs"}) | BUSY,
        )
    )  # fmt: skip


def vote(case: Case, who: Seat, *, agrees: bool) -> None:
    """Another person's word on what was asked."""
    asked, act = case.stands["asked"]["id"], case.stands["asked"]["act"]
    why = "talk to them first"
    case.hands.do(
        Act(
            f"{'agree to' if agrees else 'refuse to'} {act}", who, about=case.about,
            path=f"/approvals/{asked}/votes",
            body={"agrees": agrees, "reason": why},
            changed={"agrees": not agrees, "reason": "no"},
            page=f"/approvals/{asked}",
            form={"agrees": "yes" if agrees else "no", "reason": why},
            desk=lambda who: approvals.vote(
                asked, actor=who, agrees=agrees, reason=why, at=case.world.now
            ),
            refusals=OVERTAKEN,
        )
    )  # fmt: skip


def withdraw(case: Case, who: Seat) -> None:
    """Whoever asked takes it back."""
    asked = case.stands["asked"]["id"]
    case.hands.do(
        Act(
            "withdraw a question", who, about=case.about, path=f"/approvals/{asked}/withdraw",
            page=f"/approvals/{asked}", form={"withdraw": "yes"},
            desk=lambda who: approvals.withdraw(asked, actor=who, at=case.world.now),
            refusals=frozenset({"approval-over"}),
        )
    )  # fmt: skip
