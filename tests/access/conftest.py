"""The lived-in chain of the trade tests."""

from tests.trade.conftest import laid, world

__all__ = ["laid", "world"]
