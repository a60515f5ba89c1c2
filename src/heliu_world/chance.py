"""All chance of a simulation: streams of one seed, and ids that come out of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from uuid import UUID

from heliu.kernel import clock, ids


def stream(seed: int, *name: str | int) -> Random:
    """The random numbers of one purpose: the same for the same seed and name, apart from others."""
    return Random(":".join(str(part) for part in (seed, *name)))  # noqa: S311  not a secret


@contextmanager
def governed(seed: int, now: Callable[[], datetime]) -> Iterator[None]:
    """Let the product's ids and its clock come from the simulation for the time of the block.

    Ids count up within a moment, so that they sort in the order in which they were made.
    """
    rest, made = stream(seed, "ids"), 0

    def make() -> UUID:
        nonlocal made
        made += 1
        return ids.at(int(now().timestamp()) * 1000, made << 44 | rest.getrandbits(44))

    maker, hands = ids.maker.set(make), clock.hands.set(now)
    try:
        yield
    finally:
        ids.maker.reset(maker)
        clock.hands.reset(hands)
