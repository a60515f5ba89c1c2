"""Whose looks are kept."""

from __future__ import annotations

from heliu.kernel.access.actor import Actor

# What buyer and seller show each other is theirs both.
TRADERS = frozenset({"BUYER", "DEALER", "SELLER"})


def is_kept(actor: Actor) -> bool:
    """Whether the actor's house stands around the trade of others, and does not trade itself."""
    return not actor.is_system and bool(actor.party_roles) and not actor.party_roles & TRADERS


def house_role(actor: Actor) -> str:
    """What the actor's house does here."""
    return min(actor.party_roles)
