"""What the registry answered, and what the lender said to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from heliu.kernel.events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class RegisterSearched(Fact):
    """The register was searched; `against` of the entries `found` stand against the lender.

    `claim` is the number of the first of these.
    """

    name: ClassVar[str] = "capital.register-searched"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    found: int
    against: int
    claim: str


@dataclass(frozen=True, kw_only=True)
class ClaimFound(RegisterSearched):
    """The register was searched, and somebody else has a claim on the goods."""

    name: ClassVar[str] = "capital.claim-found"


@dataclass(frozen=True, kw_only=True)
class ClaimAccepted(Fact):
    """The lender pays out in spite of somebody's claim."""

    name: ClassVar[str] = "capital.claim-accepted"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    claim: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PledgeRegistered(Fact):
    """The lender's claim is entered, to a day."""

    name: ClassVar[str] = "capital.pledge-registered"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str
    until: date


@dataclass(frozen=True, kw_only=True)
class RegistrationRenewed(PledgeRegistered):
    """A registration runs longer."""

    name: ClassVar[str] = "capital.registration-renewed"


@dataclass(frozen=True, kw_only=True)
class RegistrationAmended(Fact):
    """A registration names other kinds of goods, by code: some came in place of others."""

    name: ClassVar[str] = "capital.registration-amended"
    flows: ClassVar[tuple[str, ...]] = ("capital", "logistics")

    number: str
    goods: list[str]


@dataclass(frozen=True, kw_only=True)
class RegistrationDischarged(Fact):
    """A registration is struck off."""

    name: ClassVar[str] = "capital.registration-discharged"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    number: str


@dataclass(frozen=True, kw_only=True)
class FilingRefused(Fact):
    """The registry refused a filing."""

    name: ClassVar[str] = "capital.filing-refused"
    flows: ClassVar[tuple[str, ...]] = ("capital",)

    kind: str
    reason: str
