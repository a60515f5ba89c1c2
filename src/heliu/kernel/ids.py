"""The one maker of document ids: UUIDv7 (RFC 9562), so that new rows lie together in an index."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextvars import ContextVar
from uuid import UUID

# A simulation, which must be able to run again exactly, puts a maker of its own here.
maker: ContextVar[Callable[[], UUID] | None] = ContextVar("maker", default=None)


def new_id() -> UUID:
    """A fresh id whose first 48 bits are the time in milliseconds and whose rest is random."""
    own = maker.get()
    return own() if own else at(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10)))


def at(milliseconds: int, rest: int) -> UUID:
    """The id of a moment since 1970 with these 80 bits, of which version and variant take six."""
    value = milliseconds << 80 | rest
    value = value & ~(0xF << 76) | 0x7 << 76  # version 7
    value = value & ~(0x3 << 62) | 0x2 << 62  # variant of RFC 9562
    return UUID(int=value)
