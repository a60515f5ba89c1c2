"""What `heliu demo` was asked for, and what it is given to run on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Protocol


class Served(Protocol):
    """A web and a worker process that run."""

    address: str


@dataclass(frozen=True)
class Options:
    """The command line's wishes. The database runs and is migrated; this process is the worker.

    `with options.serving() as served:` runs web and worker for the block and gives their address;
    `options.until_stopped(served)` waits for Ctrl-C.
    """

    once: bool
    dealer: str
    quantity: int
    repay: tuple[int, ...]
    hour: time | None
    json: Path | None
    log: Path
    serving: Callable[[], AbstractContextManager[Served]]
    until_stopped: Callable[..., None]
