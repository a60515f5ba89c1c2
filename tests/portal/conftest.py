"""The small chain of the trade tests, run as a demonstration at the chain's own time."""

from __future__ import annotations

from typing import Any

import pytest
from tests.trade.conftest import World, laid, world

from heliu.kernel import clock

__all__ = ["laid", "world"]


@pytest.fixture
def demo(world: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    """Its people, whose passwords are printed, may sign in; pages read the chain's clock."""
    settings.DEMO = True
    monkeypatch.setattr(clock, "now", lambda: world.at)
    return world
