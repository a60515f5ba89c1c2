"""How many requests somebody may send in a second, counted in each process by itself."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Mapping

from heliu.kernel.access.request import network_of

MOST_KNOWN = 20_000  # who has been quiet for longest is forgotten, and has lost nothing by it
BURST = 2  # seconds' worth of requests that may come at once
PER_ADDRESS = 5  # a whole house may stand behind one address
LEAST = 1e-6  # seconds; what is shorter is arithmetic
SAFE = ("GET", "HEAD", "OPTIONS")
COUNTED = ("/api/", "/shop/", "/sitemap.xml")  # read by machines


class Bucket:
    """So many a second each, `BURST` seconds' worth at once: a bucket of tokens for every name.

    A bucket is kept as the one moment at which it will be full again (GCRA, ITU-T I.371).
    """

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._slack = BURST - self._gap
        self._full_at: dict[bytes, float] = {}

    def wait(self, name: bytes, now: float) -> float:
        """0.0 when one more may come now, which then counts; else the seconds until it may."""
        full_at = max(self._full_at.pop(name, now), now)
        wait = full_at - now - self._slack
        may_come = wait < LEAST
        self._full_at[name] = full_at + self._gap if may_come else full_at
        if len(self._full_at) > MOST_KNOWN:
            del self._full_at[next(iter(self._full_at))]
        return 0.0 if may_come else wait


class Limits:
    """The limits at the door: per bearer token, and over all tokens per address.

    They hold for the API, for public pages, and for whatever a page sends; reading pages of a desk
    is not counted. `rate` is
    requests a second of one token in one process; 0 means no limit.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tokens = Bucket(rate) if rate else None
        self._addresses = Bucket(rate * PER_ADDRESS) if rate else None

    def wait(self, method: str, path: str, headers: Mapping[bytes, bytes], peer: str) -> int:
        """0 for a request that may come in, else in how many whole seconds it may."""
        if self._tokens is None or self._addresses is None:
            return 0
        if method in SAFE and not path.startswith(COUNTED):
            return 0
        now = self._clock()
        told = headers.get(b"x-forwarded-for", b"").decode("latin1")
        wait = self._addresses.wait(network_of(told, peer).encode(), now)
        if not wait and (given := headers.get(b"authorization", b"")):
            wait = self._tokens.wait(hashlib.sha256(given).digest(), now)
        return math.ceil(wait)
