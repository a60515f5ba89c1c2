"""What is said about a record: who may see the record may read and write, and nobody else.

    find        the record, through its own room's `visible_to`
    write       to all who see it, or a note to one's own house; who is to know of it is told
    take_back   by the writer, within minutes

A new kind of record is a line in `KINDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from heliu.capital.bank import queries as bank
from heliu.capital.lending import queries as loans
from heliu.capital.lending.models import Loan
from heliu.capital.terms import queries as terms
from heliu.capital.vat import queries as vat
from heliu.commerce.cases import operations as cases
from heliu.commerce.cases import queries as case_queries
from heliu.commerce.cases.models import Case
from heliu.commerce.ordering import queries as orders
from heliu.commerce.ordering.models import Order
from heliu.commerce.pricing import queries as pricing
from heliu.commerce.quotes import queries as quotes
from heliu.commerce.quotes.models import Quote
from heliu.commerce.returns import queries as returns
from heliu.commerce.returns.models import Return
from heliu.commerce.spending import queries as spending
from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.conversations import operations
from heliu.kernel.conversations.models import Conversation, Message
from heliu.kernel.conversations.operations import Sent
from heliu.kernel.errors import NotFound
from heliu.kernel.events import notices
from heliu.kernel.events.models import Notice
from heliu.kernel.events.notices import Told
from heliu.kernel.joining import queries as joining
from heliu.kernel.parties import queries as parties
from heliu.kernel.parties.operations import introduce_to
from heliu.logistics.pledges import queries as pledges
from heliu.logistics.pledges.models import Pledge, ReleaseOrder
from heliu.logistics.transport import queries as transport
from heliu.trade import asks, contracts, deals, recalling
from heliu.trade import vat as written
from heliu.trade.models import Deal

type Ref = UUID | str
# What people call them is not one thing's alone, or they are called nothing.
BY_ID = ("application", "contract", "trade-ask", "incoming", "vat-invoice")


class Record(NamedTuple):
    """A record as far as people talk about it: the houses that see it, and where it is read: on a
    page of its own (`href`), else among others at the actor's desk (`among`)."""

    kind: str
    subject: UUID
    number: str
    houses: Sequence[UUID]
    href: str = ""
    among: str = ""

    @property
    def address(self) -> str:
        """Where its conversation is read; the same at every desk."""
        return address(self.kind, self.number if self.kind not in BY_ID else self.subject)


def address(kind: str, ref: Ref) -> str:
    """Where the conversation about a record is read."""
    return f"/conversations/{kind}/{ref}"


def find(actor: Actor, kind: str, ref: Ref) -> Record:
    """The record of this kind and id or number, or `NotFound`."""
    if kind not in KINDS:
        raise NotFound()
    found = KINDS[kind](actor, ref)
    if not set(found.houses) & set(actor.orgs):
        raise NotFound()
    return found


def of(record: Record) -> Conversation | None:
    """Its conversation, once somebody has begun it; seen by those who see the record now."""
    with widened(record.houses):
        found = Conversation.objects.filter(subject=record.subject).first()
        return operations.keep_houses(found, record.houses) if found else None


def say(
    record: Record,
    *,
    actor: Actor,
    text: str,
    is_note: bool = False,
    sent: Sequence[Sent] = (),
    at: datetime,
) -> Message:
    """Say something about a record that the actor has found, and tell the colleagues who are
    mentioned. The other houses are told by `write`."""
    with widened(record.houses):
        conversation = operations.open_for(
            kind=record.kind, subject=record.subject, number=record.number, houses=record.houses,
            at=at,
        )  # fmt: skip
    message = operations.write(
        conversation, actor=actor, text=text, is_note=is_note, sent=sent, at=at
    )
    said = {"person": actor.name, "number": record.number}
    notices.tell_all(
        "mentioned",
        [Told(actor.own_org, said, record.address, person) for person in message.mentions],
        at=at,
    )
    return message


def write(
    record: Record,
    *,
    actor: Actor,
    text: str,
    is_note: bool = False,
    sent: Sequence[Sent] = (),
    at: datetime,
) -> Message:
    """Say something, and tell the other houses of it (if it is no note), once until they have
    looked. Written about a case, it passes the turn; a seller that writes to who asks to trade
    makes itself known."""
    message = say(record, actor=actor, text=text, is_note=is_note, sent=sent, at=at)
    if not is_note:
        if record.kind == "trade-ask":
            _make_known(record, actor=actor)
        _tell_others(record, {"person": actor.name, "number": record.number}, actor=actor, at=at)
        if record.kind == "case":
            with widened(record.houses):
                cases.heard(record.subject, actor=actor, at=at)
    return message


def take_back(message_id: UUID, *, actor: Actor, at: datetime) -> Message:
    """The writer takes a message back."""
    return operations.take_back(message_id, actor=actor, at=at)


def read(record: Record, conversation: Conversation, *, actor: Actor, at: datetime) -> None:
    """The person has looked: nothing is new any more, and the notices of it count as read."""
    operations.read(conversation, actor=actor, at=at)
    notices.seen(actor, kinds=("message-came", "mentioned"), link=record.address, at=at)


def _make_known(record: Record, *, actor: Actor) -> None:
    """Who is asked is named to who asks by the question alone, until it writes."""
    with widened(record.houses):
        for other in set(record.houses) - {actor.own_org}:
            introduce_to(other, actor.own_org)


def _tell_others(record: Record, said: dict[str, str], *, actor: Actor, at: datetime) -> None:
    others = set(record.houses) - {actor.own_org}
    with widened(record.houses):
        waiting = Notice.objects.filter(
            org__in=others, kind="message-came", link=record.address, read_at=None
        )
        told = set(waiting.values_list("org", flat=True))
        house = parties.names([actor.own_org])[actor.own_org]
        notices.tell_all(
            "message-came",
            [Told(org, {**said, "house": house}, record.address) for org in sorted(others - told)],
            at=at,
        )


def of_order(order: Order, deal: Deal) -> Record:
    """An order as people talk about it: buyer, seller and whoever finances it."""
    sides = _houses(order.buyer, order.seller, order.lender)
    return Record("order", order.pk, order.number, sides, deals.link(deal))


def beside(
    actor: Actor, deal: Deal, pledge: Pledge | None, releases: Sequence[ReleaseOrder]
) -> list[Record]:
    """What else of a deal can be talked about: the loan, between dealer and bank alone, the
    shipments, with who carries and keeps the goods, and the pledge and the release orders that the
    actor was shown, with who fetches the goods."""
    found = []
    loan = loans.of_deal(deal.pk, actor)
    if loan is not None:
        found.append(_loan_of(loan, deal))
    sent = transport.visible_to(actor).filter(order_id=deal.order_id).order_by("dispatched_at")
    sides = ("pk", "number", "sender", "warehouse", "owner")
    for pk, number, *houses in sent.values_list(*sides):
        if set(houses) & set(actor.orgs):
            found.append(Record("shipment", pk, number, _houses(*houses)))
    if pledge is not None:
        found.append(_pledge_of(pledge, deal))
    return found + [_release_of(one, deal) for one in releases]


def _by(ref: Ref) -> dict[str, Ref]:
    return {"pk": ref} if isinstance(ref, UUID) else {"number": ref}


def _houses(*orgs: UUID | None) -> list[UUID]:
    return sorted({org for org in orgs if org is not None})


def _order(actor: Actor, ref: Ref) -> Record:
    found = orders.visible_to(actor).filter(**_by(ref)).first()
    if found is None:
        raise NotFound()
    return of_order(found, deals.of_order(actor, found.pk))


def _request(actor: Actor, ref: Ref) -> Record:
    found = spending.request(actor, ref)
    return Record(
        "request", found.pk, found.number, _houses(found.buyer), f"/requests/{found.number}"
    )


def _invoice(actor: Actor, ref: Ref) -> Record:
    found = terms.get(actor, ref)
    deal = deals.visible_to(actor).filter(pk=found.deal).first()
    return Record(
        "invoice", found.pk, found.number, _houses(found.seller, found.buyer),
        deals.link(deal) if deal else "",
    )  # fmt: skip


def _loan(actor: Actor, ref: Ref) -> Record:
    found = loans.get(actor, ref)
    return _loan_of(found, deals.get(actor, found.deal))


def _loan_of(loan: Loan, deal: Deal) -> Record:
    sides = _houses(loan.borrower, loan.lender)
    return Record("loan", loan.pk, loan.number, sides, deals.link(deal))


def of_case(case: Case) -> Record:
    """A case as its two sides talk about it."""
    sides = _houses(case.buyer, case.seller)
    return Record("case", case.pk, case.number, sides, f"/cases/{case.number}")


def _case(actor: Actor, ref: Ref) -> Record:
    return of_case(case_queries.get(actor, ref))


def of_return(found: Return) -> Record:
    """A return as its two sides talk about it."""
    sides = _houses(found.buyer, found.seller)
    return Record("return", found.pk, found.number, sides, f"/returns/{found.number}")


def _return(actor: Actor, ref: Ref) -> Record:
    return of_return(returns.get(actor, ref))


def of_quote(found: Quote) -> Record:
    """A quote as its two sides talk about it."""
    sides = _houses(found.buyer, found.seller)
    return Record("quote", found.pk, found.number, sides, f"/quotes/{found.number}")


def _quote(actor: Actor, ref: Ref) -> Record:
    return of_quote(quotes.get(actor, ref))


def _shipment(actor: Actor, ref: Ref) -> Record:
    """Who handles the goods: its carrier sees it through the carriage of its number. The lender is
    not among them, so that a carrier does not learn of the loan; it talks on the order."""
    found = transport.visible_to(actor).filter(**_by(ref)).first()
    by = {"shipment": ref} if isinstance(ref, UUID) else {"number": ref}
    carriage = transport.carriages_visible_to(actor).filter(**by).first()
    if carriage is not None:
        sides = _houses(carriage.sender, carriage.warehouse, carriage.owner, carriage.carrier)
        return Record("shipment", carriage.shipment_id, carriage.number, sides)
    if found is None:
        raise NotFound()
    sides = _houses(found.sender, found.warehouse, found.owner)
    return Record("shipment", found.pk, found.number, sides)


def _application(actor: Actor, ref: Ref) -> Record:
    if not isinstance(ref, UUID):
        raise NotFound()
    found = joining.get(actor, ref)
    return Record("application", found.pk, found.name, _houses(found.org, *parties.operators()))


def _contract(actor: Actor, ref: Ref) -> Record:
    if not isinstance(ref, UUID):
        raise NotFound()
    found = pricing.contracts_visible_to(actor).filter(pk=ref).first()
    if found is None:
        raise NotFound()
    is_buyer = found.buyer in actor.orgs
    among = contracts.AT_BUYER if is_buyer else contracts.at_seller(found)
    sides = _houses(found.seller, found.buyer)
    return Record("contract", found.pk, found.code, sides, among=among)


def _pledge(actor: Actor, ref: Ref) -> Record:
    found = pledges.visible_to(actor).filter(**_by(ref)).first()
    if found is None:
        raise NotFound()
    return _pledge_of(found, deals.visible_to(actor).filter(pk=found.deal).first())


def _pledge_of(found: Pledge, deal: Deal | None) -> Record:
    sides = _houses(found.pledgor, found.pledgee, found.custodian)
    return Record("pledge", found.pk, found.number, sides, deals.link(deal) if deal else "")


def _trade_ask(actor: Actor, ref: Ref) -> Record:
    """A question to trade, called by the names of both: who asks may not know the seller yet."""
    if not isinstance(ref, UUID):
        raise NotFound()
    found = joining.asks(actor).filter(pk=ref).first()
    if found is None:
        raise NotFound()
    sides = _houses(found.buyer, found.seller)
    with widened(sides):
        buyer = parties.names([found.buyer])[found.buyer].short_in(chinese=False)
    among = asks.AT_BUYER if found.buyer in actor.orgs else asks.AT_SELLER
    called = f"{buyer} → {found.seller_name}"[:120]
    return Record("trade-ask", found.pk, called, sides, among=among)


def _incoming(actor: Actor, ref: Ref) -> Record:
    """Seen by the house whose account it came to alone: who paid is often not known yet."""
    if not isinstance(ref, UUID):
        raise NotFound()
    found = bank.incoming_visible_to(actor).select_related("account").filter(pk=ref).first()
    if found is None:
        raise NotFound()
    called = found.reference[:120] or found.entry
    among = recalling.suspense(found)
    return Record("incoming", found.pk, called, _houses(found.org), among=among)


def _vat_invoice(actor: Actor, ref: Ref) -> Record:
    found = vat.get(actor, ref)
    sides = _houses(found.seller, found.buyer)
    among = written.AT_BUYER if found.buyer in actor.orgs else written.QUEUE
    return Record("vat-invoice", found.pk, str(found), sides, among=among)


def _release(actor: Actor, ref: Ref) -> Record:
    found = pledges.releases_visible_to(actor).filter(**_by(ref)).first()
    if found is None:
        raise NotFound()
    return _release_of(found, deals.visible_to(actor).filter(pk=found.deal).first())


def _release_of(found: ReleaseOrder, deal: Deal | None) -> Record:
    sides = _houses(found.pledgor, found.pledgee, found.custodian, found.taker)
    return Record("release", found.pk, found.number, sides, deals.link(deal) if deal else "")


KINDS: dict[str, Callable[[Actor, Ref], Record]] = {
    "order": _order,
    "request": _request,
    "invoice": _invoice,
    "loan": _loan,
    "shipment": _shipment,
    "application": _application,
    "case": _case,
    "return": _return,
    "quote": _quote,
    "contract": _contract,
    "pledge": _pledge,
    "trade-ask": _trade_ask,
    "incoming": _incoming,
    "vat-invoice": _vat_invoice,
    "release": _release,
}
