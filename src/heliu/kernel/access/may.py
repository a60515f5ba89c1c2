"""Permissions in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as N_

MAY = {
    "order": N_("order"),
    "sign": N_("sign for loans"),
    "pay": N_("pay"),
    "consent": N_("consent to what others see"),
    "manage": N_("manage the house and its people"),
    "sell": N_("sell"),
    "behalf": N_("order in a customer's name"),
    "ship": N_("ship"),
    "price": N_("set prices"),
    "concede": N_("agree to offers below the usual prices"),
    "terms": N_("set terms of trade credit"),
    "decide": N_("decide on credit"),
    "override": N_("overrule the rules of credit"),
    "release": N_("release goods"),
    "enforce": N_("enforce"),
    "receive": N_("receive goods"),
    "pick": N_("pick goods"),
    "count": N_("count goods"),
    "carry": N_("carry goods"),
    "operate": N_("operate the platform"),
}


def words_of(permission: str) -> str:
    """A permission in the reader's language."""
    return gettext_lazy(MAY[permission]) if permission in MAY else permission  # type: ignore[return-value]
