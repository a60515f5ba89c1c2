"""Telling which laws are broken in the database at hand."""

from __future__ import annotations

from heliu.cli.ground import say

MOST_TOLD = 10  # offenders of one room


def tell() -> int:
    """Say of every room whether it is sound, or its first offenders; returns how many there are."""
    from heliu.config import soundness

    offenders = 0
    for room, look in soundness.checks():
        found = look()
        for offender in found[:MOST_TOLD] or ["sound"]:
            say(f"{room}: {offender}")
        offenders += len(found)
    return offenders
