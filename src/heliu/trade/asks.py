"""A dealer asks a seller to trade with it: both agree, and then the two are related.

ask, withdraw   the dealer
answer          a person of the seller; or at once its rule, where it takes whoever comes
carry_out       the worker relates those that agreed: prices, house, tier, trade credit
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db.models import QuerySet

from heliu.kernel.access.actor import Actor
from heliu.kernel.access.door import widened
from heliu.kernel.events.notices import tell
from heliu.kernel.jobs import rounds
from heliu.kernel.joining.models import ASK_MOVES, Application, AskStatus, TradeAsk, Welcome
from heliu.kernel.joining.operations import asks
from heliu.kernel.parties import operations as parties
from heliu.kernel.parties.models import OrganizationStatus, TradingRelationship
from heliu.kernel.parties.queries import names
from heliu.kernel.states import move
from heliu.trade import joining

AT_BUYER, AT_SELLER = "/dealer/sellers", "/seller/newcomers#asks"
LIVE = ("ACTIVE", "PAUSED")


def ask(seller: str, *, words: str, actor: Actor, at: datetime) -> TradeAsk:
    """The dealer asks a seller, who learns its name by it; see `asks.ask`."""
    return told(asks.ask(seller, words=words, actor=actor, at=at), at=at)


def told(made: TradeAsk, *, at: datetime) -> TradeAsk:
    """The seller learns who asks it, and its rule may answer at once."""
    with widened([made.seller]):
        parties.introduce_to(made.seller, made.buyer)
        buyer = names([made.buyer])[made.buyer]
        tell(made.seller, "trade-asked", {"buyer": buyer}, link=AT_SELLER, at=at)
    joining.wake()
    return made


def answer(ask_id: UUID, *, agrees: bool, reason: str, actor: Actor, at: datetime) -> TradeAsk:
    """The seller agrees, and the worker relates the two; or it does not, and says why."""
    found = asks.answer(ask_id, agrees=agrees, reason=reason, actor=actor, at=at)
    if agrees:
        joining.wake()
        return found
    with widened([found.buyer]):
        said = {"seller": found.seller_name, "reason": found.reason}
        tell(found.buyer, "trade-refused", said, link=AT_BUYER, at=at)
    return found


def carry_out(*, at: datetime) -> None:
    """Let rules answer what they may, and relate those that agreed. For the worker."""
    rounds.each("ask-answer", _open(), partial(_answer_by_rule, at=at), at=at)
    agreed = TradeAsk.objects.filter(status=AskStatus.AGREED, related_at=None)
    due = agreed.order_by("answered_at", "id")
    rounds.each("ask-relate", due, partial(_relate, at=at), at=at)


def _open() -> QuerySet[TradeAsk]:
    """Questions to sellers that take whoever comes."""
    taking = Welcome.objects.filter(is_open=True).values("org")
    found = TradeAsk.objects.filter(status=AskStatus.ASKED, seller__in=taking)
    return found.order_by("asked_at", "id")


def _answer_by_rule(pk: UUID, *, at: datetime) -> None:
    found = TradeAsk.objects.select_for_update().get(pk=pk)
    houses = names([found.buyer, found.seller])
    stands = all(one.status == OrganizationStatus.ACTIVE for one in houses.values())
    if found.status == AskStatus.ASKED and stands:
        move(found, AskStatus.AGREED, moves=ASK_MOVES, answered_at=at)


def _relate(pk: UUID, *, at: datetime) -> None:
    found = TradeAsk.objects.select_for_update().get(pk=pk)
    if found.related_at is not None:
        return
    found.related_at = at
    found.save(update_fields=["related_at"])
    link = TradingRelationship.objects.filter(buyer=found.buyer, seller=found.seller).first()
    if link is not None and link.status in LIVE:
        return
    welcome = Welcome.objects.filter(pk=found.seller).first() or Welcome(org=found.seller)
    joining.begin(found.buyer, welcome, is_invited=False, at=at)
    if one := Application.objects.filter(org=found.buyer).first():
        joining.trust_in(one, found.seller, at=at)
    said = {"seller": names([found.seller])[found.seller]}
    tell(found.buyer, "trade-agreed", said, link=AT_BUYER, at=at)
