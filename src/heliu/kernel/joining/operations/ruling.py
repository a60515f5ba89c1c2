"""The operator's rules of joining."""

from __future__ import annotations

from datetime import datetime

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid
from heliu.kernel.joining.models import Door, JoiningRules, Sellers

MOST_DAYS = 3650


def set_rules(
    *,
    actor: Actor,
    door: str,
    sellers: str,
    by_rule: bool,
    least_days: int,
    reason: str,
    at: datetime,
) -> JoiningRules:
    """A new version of the rules of joining, in force at once; what is decided stays."""
    actor.require("operate")
    if door not in Door.values or sellers not in Sellers.values:
        raise Invalid("choice-unknown", "There is no such choice.", field="door")
    if not 0 <= least_days <= 3650:
        raise Invalid("days-invalid", "From 0 to 3,650 days.", field="least_days")
    if not reason.strip():
        raise Invalid("reason-missing", "Changed rules need a reason.", field="reason")
    return JoiningRules.objects.create(
        door=door,
        sellers=sellers,
        by_rule=by_rule,
        least_days=least_days,
        reason=reason.strip()[:300],
        set_by_name=actor.name,
        set_at=at,
    )
