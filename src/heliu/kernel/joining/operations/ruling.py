"""The operator's rules of joining."""

from __future__ import annotations

from datetime import datetime

from heliu.kernel.access.actor import Actor
from heliu.kernel.errors import Invalid
from heliu.kernel.joining import queries
from heliu.kernel.joining.models import Door, JoiningRules, Sellers

MOST_DAYS = 3650
MOST_BRANCHES = 1000


def set_rules(
    *,
    actor: Actor,
    door: str,
    sellers: str,
    by_rule: bool,
    least_days: int,
    reason: str,
    at: datetime,
    most_branches: int | None = None,
) -> JoiningRules:
    """A new version of the operator's rules, in force at once; what is decided stays. How many
    branches a house may open stays too, where it is not said."""
    actor.require("operate")
    if door not in Door.values or sellers not in Sellers.values:
        raise Invalid("choice-unknown", "There is no such choice.", field="door")
    if not 0 <= least_days <= 3650:
        raise Invalid("days-invalid", "From 0 to 3,650 days.", field="least_days")
    most_branches = queries.most_branches() if most_branches is None else most_branches
    if not 0 <= most_branches <= MOST_BRANCHES:
        raise Invalid("branches-invalid", "From 0 to 1,000 branches.", field="most_branches")
    if not reason.strip():
        raise Invalid("reason-missing", "Changed rules need a reason.", field="reason")
    return JoiningRules.objects.create(
        door=door,
        sellers=sellers,
        by_rule=by_rule,
        least_days=least_days,
        most_branches=most_branches,
        reason=reason.strip()[:300],
        set_by_name=actor.name,
        set_at=at,
    )
