"""A dealer asks a seller to trade with it, and the seller answers. That both are told, and related
where the seller agreed, is the story's (`trade/asks.py`)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Forbidden, Invalid, NotFound, Refused
from heliu.kernel.joining import queries
from heliu.kernel.joining.models import ASK_MOVES, AskStatus, TradeAsk
from heliu.kernel.joining.queries import SellerFound
from heliu.kernel.parties.models import Organization
from heliu.kernel.states import move

BUYERS = {"DEALER", "BUYER"}
MOST_OPEN = 20


def ask(seller: str, *, words: str, actor: Actor, at: datetime) -> TradeAsk:
    """Ask a seller, named by its id or code, to trade with the actor's house.

    Raises `NotFound` for one that is not there or traded with already, `Refused` (asked-already,
    asks-enough), `Invalid` for too many words.
    """
    actor.require("manage")
    actor.require("order")
    if not BUYERS & set(actor.party_roles):
        raise Forbidden("not-a-buyer", "Only a house that buys does this.")
    text = " ".join(words.split())
    if len(text) > 300 or "\x00" in text:
        raise Invalid("text-too-long", "This may have %(most)s signs at most.", field="words",
                      most=300)  # fmt: skip
    found = queries.seller_to_ask(seller)
    mine = TradeAsk.objects.filter(buyer=actor.own_org, status=AskStatus.ASKED)
    if mine.count() >= MOST_OPEN:
        raise Refused("asks-enough", "Wait for an answer before you ask more sellers.")
    try:
        with transaction.atomic():
            return ask_for(actor.own_org, found, words=text, actor=actor, at=at)
    except IntegrityError as error:
        raise Refused("asked-already", "This seller is asked already.", field="seller") from error


def ask_for(
    buyer: UUID, seller: Organization | SellerFound, *, actor: Actor, at: datetime, words: str = ""
) -> TradeAsk:
    """Ask a seller to trade with a house: the actor's own, or a branch that it opens."""
    return TradeAsk.objects.create(
        buyer=buyer,
        seller=seller.id,
        seller_name=seller.name,
        seller_name_zh=seller.name_zh,
        words=words,
        asked_by_name=actor.name,
        asked_at=at,
    )


def withdraw(ask_id: UUID, *, actor: Actor, at: datetime) -> TradeAsk:
    """The dealer takes its question back; done again, it changes nothing."""
    actor.require("manage")
    found = _locked(ask_id, actor)
    if found.buyer not in actor.orgs:
        raise NotFound()
    if found.status != AskStatus.WITHDRAWN:
        _still_asked(found)
        move(found, AskStatus.WITHDRAWN, moves=ASK_MOVES, answered_at=at,
             answered_by_name=actor.name)  # fmt: skip
    return found


def answer(ask_id: UUID, *, agrees: bool, reason: str, actor: Actor, at: datetime) -> TradeAsk:
    """The seller agrees to trade, or not, and why not. Raises `Refused` (ask-answered)."""
    actor.require("sell")
    found = _locked(ask_id, actor)
    if found.seller not in actor.orgs:
        raise NotFound()
    _still_asked(found)
    if not agrees and not reason.strip():
        raise Invalid("reason-missing", "A reason is needed.", field="reason")
    move(
        found, AskStatus.AGREED if agrees else AskStatus.REFUSED, moves=ASK_MOVES,
        reason=reason.strip()[:300], answered_at=at, answered_by_name=actor.name,
    )  # fmt: skip
    return found


def _locked(ask_id: UUID, actor: Actor) -> TradeAsk:
    found = queries.asks(actor).select_for_update().filter(pk=ask_id).first()
    if found is None:
        raise NotFound()
    return found


def _still_asked(found: TradeAsk) -> None:
    if found.status != AskStatus.ASKED:
        raise Refused("ask-answered", "This question is answered already.")
