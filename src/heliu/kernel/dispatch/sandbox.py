"""SMS that go nowhere: they are kept in a table, and their page shows them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from heliu.kernel.dispatch.models import SandboxSms
from heliu.kernel.dispatch.port import Sms


class Sandbox:
    """Keeps what it is given; a known id changes nothing."""

    def send(
        self, *, id: UUID, org: UUID, person: UUID, phone: str, text: str, at: datetime
    ) -> None:
        """Keep it."""
        SandboxSms.objects.get_or_create(
            id=id,
            defaults={"org": org, "person": person, "phone": phone, "text": text[:600], "at": at},
        )


def connect() -> Sms:
    """The sandbox as the sender of SMS."""
    return Sandbox()
