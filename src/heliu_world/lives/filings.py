"""The register of movables: what a bank does about a claim, or a refused filing."""

from __future__ import annotations

from uuid import UUID

from heliu.trade import registration, registry_answers
from heliu_world.acts import Act, Done
from heliu_world.lives.case import BUSY, Case

ON_THE_WAY = "goods-on-the-way"  # of a loan against stock: they are counted first


def claim(case: Case, *, goes_on: bool) -> Done:
    """The bank pays out in spite of another's claim, or calls the order off."""
    why = "it ranks behind" if goes_on else "not on goods of others"
    act = registry_answers.go_on if goes_on else registry_answers.call_off
    is_sent = not goes_on and any(one["status"] == "SENT" for one in case.stands["lodgings"])
    return case.hands.do(
        Act(
            "pay out in spite of a claim" if goes_on else "call a claimed order off",
            case.shop.bank, about=case.about,
            path=f"/deals/{case.deal}/claim", body={"go_on": goes_on, "reason": why},
            changed={"go_on": not goes_on, "reason": "no"},
            page=f"/bank/registry/{case.about}/decide",
            form={"go_on": "yes" if goes_on else "no", "reason": why},
            desk=lambda who: act(case.deal, actor=who, reason=why, at=case.world.now),
            refusals=frozenset({"not-waiting", "no-conflict", *[ON_THE_WAY] * is_sent}) | BUSY,
        )
    )  # fmt: skip


def file_again(case: Case) -> None:
    """A refused filing is made once more."""
    refused = UUID(str(case.stands["not_filed"]))
    case.hands.do(
        Act(
            "file again", case.shop.bank, about=case.about,
            path=f"/filings/{refused}/again", page=f"/bank/registry/{refused}/again",
            desk=lambda who: registration.file_again(
                refused, actor=who, at=case.world.now
            ),
            refusals=frozenset({"deal-over"}),
        )
    )  # fmt: skip
