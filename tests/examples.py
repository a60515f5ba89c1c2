"""How long a property is looked at: a little in every run, long in `make verify`."""

from __future__ import annotations

from hypothesis import settings


def examples(few: int) -> int:
    """So few in every run, twenty-five times as many under the profile of the long proofs."""
    return max(few, few * settings().max_examples // 80)
