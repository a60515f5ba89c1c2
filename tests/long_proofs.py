"""Loaded by `make verify`: many more examples for every property, and the tests marked as long."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "long", max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck)
)


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark of tests that are collected with this plugin only."""
    config.addinivalue_line("markers", "long: takes minutes")
