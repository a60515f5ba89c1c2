"""At the gate: who is to fetch goods shows a code, a wrong one, or an old one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings

from heliu.logistics.pledges.policies import digest_of
from heliu.logistics.warehousing import operations as warehousing
from heliu.trade import deliveries
from heliu_world.acts import Act
from heliu_world.judge import Broken
from heliu_world.lives.case import Case
from heliu_world.market import Seat

SHOWN_AGAIN = 0.4  # of the codes that opened the gate, also at the end of the world


def fetch(case: Case, release: dict[str, Any]) -> None:
    """The dealer shows its code at the gate, or gets a fresh one first."""
    code = code_of(case, release)
    if code is None or release["is_late"] or release["status"] == "EXPIRED":
        if code is not None and case.luck(0.4):
            pick_up(case, release, code, expected="expired")
            return
        renew(case, release)
        return
    if case.luck(0.4):
        return  # it takes its time, and the code may run out
    if case.luck(0.1):
        pick_up(case, release, "AAA AAA", expected="wrong")
    if case.luck(0.3):
        pick(case, release)
    pick_up(case, release, code, expected="go")
    if case.random.random() < SHOWN_AGAIN:
        pick_up(case, release, code, expected="used")


def pick_up(case: Case, release: dict[str, Any], code: str, *, expected: str) -> None:
    """Somebody shows a code at the gate; it says what is `expected` of this one."""
    done = case.hands.do(
        Act(
            f"pick up ({expected})", case.shop.keeper, about=release["number"],
            path="/pick-ups", body={"code": code}, changed={"code": "BBB BBB"},
            desk=lambda who: _verdict(
                deliveries.pick_up(actor=who, code=code, at=case.world.now)
            ),
        )
    )  # fmt: skip
    if done.said["code"] not in (expected, "locked"):
        raise Broken(
            "the gate opens for the right code, once, in time",
            f"{release['number']}: {done.said['code']} instead of {expected}",
        )


def pick(case: Case, release: dict[str, Any]) -> None:
    """The keeper takes the goods of a release out of their bin, before the owner comes."""
    row = case.world.ask(
        "select stock_row_id as id, quantity from pledges_releaseline where release_id = %s"
        " order by id limit 1",
        release["id"],
    )[0]
    case.hands.do(
        Act(
            "pick for a release", case.shop.keeper, about=release["number"],
            desk=lambda who: _verdict(
                warehousing.pick(
                    actor=who, row_id=row["id"], quantity=row["quantity"],
                    release_order_id=UUID(release["id"]), at=case.world.now,
                )
            ),
        )
    )  # fmt: skip


def renew(case: Case, release: dict[str, Any]) -> None:
    """Who is to fetch the goods gets a fresh code."""
    done = case.hands.do(
        Act(
            "renew a code", taker(case, release), about=release["number"],
            path=f"/releases/{release['number']}/code",
        )
    )  # fmt: skip
    case.codes[release["id"]] = done.said["code"]


def taker(case: Case, release: dict[str, Any]) -> Seat:
    """Who fetches the goods of a release."""
    return case.seats[UUID(release["taker"])]


def code_of(case: Case, release: dict[str, Any]) -> str | None:
    """The code that opens a release now, as the dealer's notices or a renewal told it."""
    told = case.world.ask(
        "select params ->> 'code' as code from events_notice where org = %s"
        " and kind = 'goods-released' and (link = %s or starts_with(link, '/sales/'))"
        " order by at, id",
        taker(case, release).org,
        f"/deals/{case.stands['number']}",
    )
    known = [row["code"] for row in told]
    known += [case.codes[release["id"]]] if release["id"] in case.codes else []
    for code in reversed(known):
        if digest_of(code, settings.SECRET_KEY) == release["digest"]:
            return str(code)
    return None


def _verdict(verdict: Any) -> dict[str, Any]:
    return {"go": verdict.go, "code": verdict.code}
