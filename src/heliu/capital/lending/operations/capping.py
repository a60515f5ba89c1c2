"""A lender's quotas and caps over all its programmes: for a seller, a group, a single borrower.

Each is an account with a ceiling beside the facility's own: a quote holds on all of them at once,
so no two requests together pass one. Whoever sets a cap, or changes who is in a group, brings what
is lent already onto it; quotes wait for that (and it for them) on a lock of the lender's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from heliu.capital.books import operations as books
from heliu.capital.books.entries import Event
from heliu.capital.books.journals.loans import Counted, cap_counted
from heliu.capital.credit.models import Cap, CapKind
from heliu.capital.lending.models import Loan, LoanStatus
from heliu.kernel.access.actor import Actor
from heliu.kernel.clock import day_of
from heliu.kernel.errors import Invalid, NotFound
from heliu.kernel.ids import new_id
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import Group, GroupMember
from heliu.kernel.posting import operations as posting

ENDED = (
    LoanStatus.DECLINED, LoanStatus.EXPIRED, LoanStatus.CANCELLED, LoanStatus.CLOSED,
    LoanStatus.WRITTEN_OFF,
)  # fmt: skip


def caps_over(loan: Loan) -> list[str]:
    """The caps that a new loan counts on; none is set or changed until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select credit_caps_over(%s, %s, %s)", [loan.lender, loan.seller, loan.borrower]
        )
        caps: list[str] = cursor.fetchone()[0]
        return caps


def set_cap(*, kind: str, party: UUID, limit: int, actor: Actor, at: datetime) -> Cap:
    """From now on the actor's bank lends no more than `limit` (minor units) for this seller, to
    this group or borrower. Where more stands already nothing new is lent until it fits."""
    lender = _require_lender(actor)
    if limit < 0:
        raise Invalid("amount-negative", "An amount is not below zero.", field="limit")
    loans = _alone(lender)
    cap = Cap.objects.filter(lender=lender, kind=kind, party=party).first()
    if cap is None:
        cap = Cap(id=new_id(), lender=lender, kind=CapKind(kind), party=party)
    cap.account = books.cap(lender=lender, code=cap.kind, ref=str(cap.id))
    cap.limit, cap.set_by_name, cap.set_at = limit, actor.name, at
    _count(cap, loans, _of(cap, loans), at)
    cap.save()
    return cap


def lift_cap(cap_id: UUID, *, actor: Actor, at: datetime) -> None:
    """There is no such cap any more; what counted on it does not."""
    lender = _require_lender(actor)
    loans = _alone(lender)
    cap = Cap.objects.filter(pk=cap_id, lender=lender).first()
    if cap is None:
        raise NotFound()
    _count(cap, loans, set(), at)
    cap.delete()


def let_sink(loan: Loan, also: Sequence[int]) -> None:
    """Before a new loan is held: caps that it counts on and that were set below what stood come
    down to what stands now, so that nothing takes the place of what was repaid. `also` are the
    other accounts of the hold: all are locked in the one order of the product."""
    sinking = list(Cap.objects.filter(pk__in=[one.ref for one in loan.counted], is_sinking=True))
    if not sinking:
        return
    posting.lock([*also, *(cap.account for cap in sinking)])
    for cap in sinking:
        if posting.sink(cap.account, cap.limit) == cap.limit:
            Cap.objects.filter(pk=cap.pk).update(is_sinking=False)


def set_group(*, name: str, members: Sequence[UUID], actor: Actor, at: datetime) -> Group:
    """The actor's bank says which enterprises are one group: their loans count on its cap from now
    on, those of whoever left do not."""
    lender = _require_lender(actor)
    loans = _alone(lender)
    group = parties.group(actor=actor, name=name, members=members)
    cap = Cap.objects.filter(lender=lender, kind=CapKind.GROUP, party=group.pk).first()
    if cap is not None:
        _count(cap, loans, _of(cap, loans), at)
        cap.save(update_fields=["is_sinking"])
    return group


def _require_lender(actor: Actor) -> UUID:
    actor.require("override")
    return actor.own_org


def _alone(lender: UUID) -> list[Loan]:
    """Wait for the lender's quotes that are under way, let none begin, and lock what is lent.

    In the order of the product: loans before accounts; quotes take their part in the lock first.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"caps:{lender}"])
    live = Loan.objects.select_for_update().filter(lender=lender).exclude(status__in=ENDED)
    return list(live.order_by("id"))


def _count(cap: Cap, loans: Sequence[Loan], wanted: set[UUID], at: datetime) -> None:
    """Bring the loans that count on a cap in line with those it is for: one journal, one set of
    holds. Then its ceiling comes down to the cap, or to what stands."""
    posting.set_limits(cap.account, ceiling=None)  # nobody holds on it meanwhile: see `_alone`
    kept = {loan.pk: one for loan in loans for one in loan.counted if one.ref == str(cap.pk)}
    come = [loan for loan in loans if loan.pk in wanted and loan.pk not in kept]
    go = [loan for loan in loans if loan.pk not in wanted and loan.pk in kept]
    place = Counted(cap.kind, str(cap.pk), new_id().hex[-8:])
    amount = sum(loan.drawn for loan in come) - sum(loan.drawn for loan in go)
    entries = cap_counted(cap.lender, place, amount) if amount else []
    key = f"cap:{cap.pk}:{place.mark}"
    books.post_all(
        [Event("cap_counted", key, cap.pk, day_of(at), entries)] if entries else [],
        holds=[_held(loan, place, cap.account) for loan in come if _is_held(loan)],
        void=[kept[loan.pk].hold_for(_hold_of(loan)) for loan in go if _is_held(loan)],
        at=at,
    )
    for loan in come:
        loan.caps = [*loan.caps, ":".join(place)]
    for loan in go:
        loan.caps = [one for one in loan.caps if str(cap.pk) not in one]
    Loan.objects.bulk_update([*come, *go], ["caps"])
    cap.is_sinking = posting.sink(cap.account, cap.limit) > cap.limit


def _of(cap: Cap, loans: Sequence[Loan]) -> set[UUID]:
    """Those of the loans that a cap is for."""
    if cap.kind == CapKind.SELLER:
        return {loan.pk for loan in loans if loan.seller == cap.party}
    borrowers = {cap.party}
    if cap.kind == CapKind.GROUP:
        members = GroupMember.objects.filter(group=cap.party, org=cap.lender)
        borrowers = set(members.values_list("member", flat=True))
    return {loan.pk for loan in loans if loan.borrower in borrowers}


def _is_held(loan: Loan) -> bool:
    """Whether its limit is only held so far."""
    return loan.limit_hold is not None and loan.disbursed_on is None and loan.accepted_on is None


def _hold_of(loan: Loan) -> UUID:
    assert loan.limit_hold is not None  # asked of held loans only
    return loan.limit_hold


def _held(loan: Loan, cap: Counted, account: int) -> posting.NewHold:
    until = loan.expires_at if loan.status == LoanStatus.QUOTED else None
    return posting.NewHold(cap.hold_for(_hold_of(loan)), account, loan.draws, loan.pk, until)
