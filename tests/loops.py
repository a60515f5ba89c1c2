"""Coroutines in tests: in a thread of their own, because Playwright keeps a loop running in ours."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def finish[T](work: Coroutine[Any, Any, T]) -> T:
    """Run it to its end and return what it returns."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
