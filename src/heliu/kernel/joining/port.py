"""What the platform asks of a register of companies; every register is an adapter behind this.

One call without effects: a number is looked up. Who does not get an answer asks again later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Protocol

from django.conf import settings


class RegisterTimeout(Exception):
    """The register did not answer."""


@dataclass(frozen=True)
class Company:
    """What a register says of a company. `status` is in its own words (存续, 注销 …)."""

    number: str
    name: str
    is_active: bool
    status: str = ""
    founded_on: date | None = None
    representative: str = ""
    address: str = ""


class CompanyRegister(Protocol):
    """A register of companies as the platform uses it."""

    def look_up(self, number: str, *, country: str) -> Company | None:
        """The company of a number, None when there is none. Raises `RegisterTimeout`."""
        ...


def current_register() -> CompanyRegister:
    """The register that this installation asks: its package's `adapter.connect()`."""
    register: CompanyRegister = import_module(
        f"{settings.HELIU_COMPANY_REGISTER}.adapter"
    ).connect()
    return register
