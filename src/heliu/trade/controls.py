"""What may speak against financing an order, looked for before the lender pays.

    look        one statement over all lenders and houses (`sql/suspicions.sql`); no rows is usual
    keep        what was seen becomes findings of the deal, for its lender only
    ask_early   at the signature: people at the lender are asked while the deposit is on its way
    are_clear   before the loan is paid out: looked at again; a hard finding waits for their word
    look_anew   what was found and is no more ends, and the question with it
    ask_again   the question ran out or was put off: somebody at the lender asks it anew

What they say comes in through `control_answers`. A soft finding is noted and holds nothing up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import QuerySet

from heliu.capital.lending.models import Loan
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.approvals import operations as approvals
from heliu.kernel.approvals import queries as asked_for
from heliu.kernel.approvals.models import Approval
from heliu.kernel.approvals.policies import Act, Level
from heliu.kernel.errors import Refused
from heliu.kernel.events.notices import tell
from heliu.trade import deals
from heliu.trade.asking import ask_others
from heliu.trade.models import Deal, Doubt, Finding
from heliu.trade.paperwork import loan_of
from heliu.trade.registration import BEFORE_PAY_OUT
from heliu.trade.steps import locked, parties

SYSTEM = Actor.system()
PAY_OUT = Act("pay-out", (Level("override"),), agreed_by=("override", "decide"))
WINDOW = timedelta(days=180)
"""For how long back an order counts as part of a circle."""
LARGE_PART = 50
"""From how many per cent of the order's price on a circle is a hard finding."""
LARGE_SHARE = 25
"""From how many per cent of both houses on an owner in common is a hard finding."""
LOOK = "select code, key, found from trade_suspicions(%s, %s, %s, %s, %s)"


class Suspicion(NamedTuple):
    """Something seen, not yet kept. `found` are its figures."""

    code: str
    key: str
    found: dict[str, Any]

    @property
    def is_hard(self) -> bool:
        """Whether people must agree before the lender pays."""
        return is_hard(self.code, self.found)


def is_hard(code: str, found: dict[str, Any]) -> bool:
    """Which findings stop the automatic path: what is paid twice always; a circle that carries a
    large part of the order; houses that somebody owns, represents or steers together. An address
    or people in common, a small owner, a thin circle are noted."""
    if code == Doubt.CIRCULAR_TRADE:
        return bool(found["percent"] >= LARGE_PART)
    if code == Doubt.RELATED_TIE:
        percent = found["percent"]
        return percent is None or percent >= LARGE_SHARE
    return code not in (Doubt.RELATED_ADDRESS, Doubt.RELATED_PEOPLE)


def look(
    *, buyer: UUID, seller: UUID, price: int, at: datetime, deal: UUID | None = None
) -> list[Suspicion]:
    """What speaks against financing an order of this price in fen now; `deal` once there is one."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK, [deal, buyer, seller, price, at - WINDOW])
        return [Suspicion(code, key, _plain(found)) for code, key, found in cursor.fetchall()]


def keep(deal: Deal, seen: Sequence[Suspicion], *, at: datetime) -> list[Finding]:
    """The findings of what was seen, kept once; the lender decides anew where a hard one is new."""
    if not seen or deal.lender is None:
        return []
    before = {(one.code, one.key): one for one in Finding.objects.filter(deal=deal)}
    new = [
        Finding(
            deal=deal,
            lender=deal.lender,
            code=one.code,
            key=one.key,
            is_hard=one.is_hard,
            found=one.found,
            at=at,
        )
        for one in seen
        if (one.code, one.key) not in before
    ]
    Finding.objects.bulk_create(new)
    known = [before[one[:2]] for one in seen if one[:2] in before]
    back = [one for one in known if one.ended_at is not None]
    for one in back:  # it had ended, and is there again
        one.ended_at = None
    Finding.objects.bulk_update(back, ["ended_at"])
    if any(one.is_hard and one.approval is None for one in (*new, *back)):
        approvals.overtaken(deal.id, act=PAY_OUT, at=at)
    return [*new, *known]


def ask_early(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """The deal is signed: what was found when it was placed is laid before the lender's people."""
    if _open(deal).exists():
        _ask(deal, loan, at=at)


def are_clear(deal: Deal, loan: Loan, *, at: datetime) -> bool:
    """Whether nothing hard speaks against paying out, or the lender goes on in spite of it. Else
    its people are asked."""
    found = look_anew(deal, loan, at=at)
    if all(one.approval or not one.is_hard for one in found):
        return True
    _ask(deal, loan, at=at)
    return False


def look_anew(deal: Deal, loan: Loan, *, at: datetime) -> list[Finding]:
    """The findings of what speaks against it now. What people are to decide on and is no more, such
    as a tie that ended, ends; without any such left the question is over as well."""
    found = keep(deal, _look_at(deal, loan, at), at=at)
    gone = _open(deal).exclude(pk__in=[one.pk for one in found])
    if gone.update(ended_at=at) and not _open(deal).exists():
        approvals.overtaken(deal.id, act=PAY_OUT, at=at)
    return found


def invoice_laid(deal: Deal, *, at: datetime) -> None:
    """An invoice of the locked deal is new: look again. Before the money is out the lender's people
    are asked; after, they are told."""
    loan = loan_of(deal)
    known = set(_open(deal).values_list("pk", flat=True))
    found = keep(deal, _look_at(deal, loan, at), at=at)
    new = [one for one in found if one.is_hard and not one.approval and one.pk not in known]
    if not new or loan.signed_at is None or loan.ended_at is not None:
        return
    if loan.status in BEFORE_PAY_OUT:
        _ask(deal, loan, at=at)
    else:
        tell(loan.lender, "finding-made", {"number": deal.number}, link=deals.link(deal), at=at)


def ask_again(deal_id: UUID | str, *, actor: Actor, reason: str, at: datetime) -> Approval:
    """Somebody at the lender asks whether to pay out in spite of what was found."""
    actor.require("decide")
    deal = deals.of_lender(actor, deal_id)
    with widened(parties(deal)):
        deal = locked(deal.id)
        loan = loan_of(deal)
        require_waiting(deal, loan)
        return ask_others(
            PAY_OUT, deal, org=loan.lender, amount=loan.principal, actor=actor, reason=reason,
            at=at,
        )  # fmt: skip


def require_waiting(deal: Deal, loan: Loan) -> None:
    """Refuses a deal that does not wait for the lender's word on a finding."""
    if loan.status not in BEFORE_PAY_OUT or not _open(deal).exists():
        raise Refused(
            "no-finding-waits", "No finding of %(number)s waits for your word.", number=deal.number
        )


def findings(actor: Actor, deal: Deal) -> list[Finding]:
    """What was found in a deal, the hard first; for its lender."""
    found = Finding.objects.filter(deal=deal)
    found = found if actor.is_system else found.filter(lender__in=actor.orgs)
    return list(found.order_by("-is_hard", "at", "code"))


def _open(deal: Deal) -> QuerySet[Finding]:
    return Finding.objects.filter(deal=deal, is_hard=True, approval=None, ended_at=None)


def _look_at(deal: Deal, loan: Loan, at: datetime) -> list[Suspicion]:
    return look(buyer=deal.buyer, seller=deal.seller, price=loan.order_total, deal=deal.id, at=at)


def _ask(deal: Deal, loan: Loan, *, at: datetime) -> None:
    """The platform asks the lender's people, once at a time."""
    if asked_for.waiting(deal.id, PAY_OUT.name, at=at) is None:
        ask_others(
            PAY_OUT, deal, org=loan.lender, amount=loan.principal, actor=SYSTEM, reason="", at=at
        )


def _plain(found: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.json.decode(found) if isinstance(found, str) else found
    return plain
