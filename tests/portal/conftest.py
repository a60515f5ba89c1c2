"""The small chain of the trade tests, with a browser without JavaScript for each of its people."""

from __future__ import annotations

from tests.trade.conftest import world

__all__ = ["world"]
