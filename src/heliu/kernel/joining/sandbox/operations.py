"""What the demo and the tests do at the sandbox register; as the worker."""

from __future__ import annotations

from datetime import date

from heliu.kernel.joining.sandbox.models import RegisteredCompany


def enter(
    number: str,
    name: str,
    *,
    country: str = "CN",
    is_active: bool = True,
    founded_on: date | None = None,
    representative: str = "",
    address: str = "",
    silences: int = 0,
) -> None:
    """Let the register know a company; `silences` look-ups stay unanswered first."""
    RegisteredCompany.objects.update_or_create(
        number=number,
        defaults={
            "country": country,
            "name": name,
            "is_active": is_active,
            "status": "存续" if is_active else "注销",
            "founded_on": founded_on,
            "representative": representative,
            "address": address,
            "silences": silences,
        },
    )
