"""Cases: what a buyer has to say about an order, and who answers when.

open_case   the buyer, from the order or a line of it, with photos: the first message
act         solved, closed, opened again; the other side is told
remind      the seller, before what it promised is broken, and when it is
close_quiet nobody has said anything for as long as the seller waits
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from heliu.commerce.cases import operations, queries
from heliu.commerce.cases.models import Case, CaseKind, CaseStatus
from heliu.commerce.ordering import queries as orders
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.clock import ZONE
from heliu.kernel.conversations.operations import Sent
from heliu.kernel.errors import Invalid
from heliu.kernel.events.notices import Parameter, tell
from heliu.kernel.parties import queries as parties
from heliu.trade import conversations, deals, tracing

ACTS = {"solve": operations.solve, "close": operations.close, "reopen": operations.reopen}


def open_case(
    order_ref: UUID | str,
    *,
    actor: Actor,
    kind: str,
    text: str,
    position: int | None = None,
    quantity: int | None = None,
    serial: str = "",
    sent: Sequence[Sent] = (),
    at: datetime,
) -> Case:
    """The buyer of an order says what is wrong with it (or its line at `position`), with photos."""
    order = orders.get(actor, order_ref)
    if not text.strip():
        raise Invalid("case-without-words", "Say in a few words what is wrong.", field="text")
    line = None
    if position is not None:
        line = next((one for one in order.lines.all() if one.position == position), None)
        if line is None:
            raise Invalid("line-unknown", "The order has no such line.", field="position")
        tracing.require_serial(line, serial, kind, actor=actor)
    with widened([order.buyer, order.seller]):
        case = operations.open_case(
            order, actor=actor, deal=deals.of_order(actor, order.pk).pk, kind=kind, line=line,
            quantity=quantity, serial=serial, at=at,
        )  # fmt: skip
        tell(
            case.seller,
            "case-opened",
            {
                "buyer": parties.names([case.buyer])[case.buyer],
                "case": case.number,
                "number": order.number,
                "kind": CaseKind(case.kind).label,
            },
            link=link(case),
            at=at,
        )
    record = conversations.of_case(case)
    conversations.say(record, actor=actor, text=text, sent=sent, at=at)
    return case


def act(case_ref: UUID | str, do: str, *, actor: Actor, at: datetime) -> Case:
    """One of `ACTS`, by the side whose it is."""
    if do not in ACTS:
        raise Invalid("choice-unknown", "There is no such choice.", field="act")
    case = queries.get(actor, case_ref)
    with widened([case.buyer, case.seller]):
        case = Case.objects.select_for_update().get(pk=case.pk)
        ACTS[do](case, actor=actor, at=at)
        for org in {case.buyer, case.seller} - set(actor.orgs):
            tell(
                org,
                "case-moved",
                {"case": case.number, "status": CaseStatus(case.status).label},
                link=link(case),
                at=at,
            )
    return case


def remind(*, at: datetime, most: int = 500) -> int:
    """Tell sellers which promises are near, and which are broken, each once; for the worker, again
    and again."""
    found = queries.to_remind(at).select_for_update(skip_locked=True)
    near = list(found.order_by("remind_at", "id")[:most])
    houses = parties.names({case.buyer for case in near})
    for case in near:
        due = case.due.astimezone(ZONE)
        told: dict[str, Parameter] = {
            "case": case.number,
            "buyer": houses[case.buyer],
            "by": f"{due:%Y-%m-%d %H:%M}",
        }
        is_broken = operations.reminded(case, at=at)
        kind = "case-late" if is_broken else "case-due"
        tell(case.seller, kind, told, link=link(case), at=at)
    return len(near)


def close_quiet(*, at: datetime, most: int = 500) -> int:
    """Close what has been quiet for as long as its seller waits; both sides are told. For the
    worker, again and again."""
    found = queries.quiet(at).select_for_update(skip_locked=True, of=("self",))
    closed = list(found.order_by("moved_at", "id")[:most])
    for case in closed:
        operations.close_quiet(case, at=at)
        for org in (case.buyer, case.seller):
            tell(
                org,
                "case-moved",
                {"case": case.number, "status": CaseStatus(case.status).label},
                link=link(case),
                at=at,
            )
    return len(closed)


def link(case: Case) -> str:
    """Where a case is read; the same at every desk."""
    return f"/cases/{case.number}"
