"""What the product asks of whoever sends SMS; each is an adapter behind this port."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Protocol
from uuid import UUID

from django.conf import settings


class NotSent(Exception):
    """The SMS did not leave; it is tried again."""


class Sms(Protocol):
    """Sends a text to a telephone. `id` is the same when one is sent again."""

    def send(
        self, *, id: UUID, org: UUID, person: UUID, phone: str, text: str, at: datetime
    ) -> None:
        """Hand one over. Raises `NotSent`."""
        ...


def sms() -> Sms:
    """The adapter that is set."""
    adapter: Sms = import_module(settings.HELIU_SMS).connect()
    return adapter
