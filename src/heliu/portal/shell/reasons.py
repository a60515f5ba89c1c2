"""The reasons of a credit decision in words."""

from __future__ import annotations

from typing import Any

from heliu.capital.credit.reasons import help_for, words
from heliu.portal.ui.formats import MINUS


def told(reasons: Any) -> list[dict[str, Any]]:
    """Reasons in words, with the points each costs and what would help.

    Takes the reasons of a decision just made, or as its record keeps them.
    """
    pairs = [
        (one["code"], one["points"]) if isinstance(one, dict) else (one.code, one.points)
        for one in reasons
    ]
    return [
        {
            "words": words(code),
            "help": help_for(code),
            "points": points,
            "minus": f"{MINUS}{abs(points)}" if points else "",
            "weight": -abs(points),
        }
        for code, points in pairs
    ]
