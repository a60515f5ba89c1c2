"""Which numbers are companies' numbers, and what speaks against admitting one by rule. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext_noop as N_

from heliu.kernel.errors import Invalid
from heliu.kernel.joining.port import Company

CHINA = "CN"
# GB 32100-2015, 4: digits and letters without I, O, S, V, Z; the sum weighted by powers of 3 in the
# ring of 31 ends at the last sign.
SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE = re.compile(f"[{SIGNS}]{{2}}[0-9]{{6}}[{SIGNS}]{{10}}")
FOREIGN = re.compile(r"[A-Z0-9][A-Z0-9-]{3,28}[A-Z0-9]")
COUNTRY = re.compile(r"[A-Z]{2}")

FINDINGS = {
    "by-person": N_("The rules leave everybody to a person."),
    "seller": N_("Who wants to sell is decided on by a person."),
    "register-silent": N_("The register did not answer."),
    "not-found": N_("The register does not know this number."),
    "name-differs": N_("The register knows this number under another name."),
    "not-active": N_("The register says that the company is not active."),
    "too-young": N_("The company was founded too recently, or it is not known when."),
}
"""What speaks against admitting without a person, in words."""


class Rules(NamedTuple):
    """The operator's rules of joining as they are in force; see `JoiningRules`."""

    number: int | None = None
    door: str = "OPEN"
    sellers: str = "ONE"
    by_rule: bool = True
    least_days: int = 0


@dataclass(frozen=True)
class Claim:
    """What a newcomer says of itself."""

    join_as: str
    name: str


def company_number(country: str, typed: str) -> tuple[str, str]:
    """Country and number as they are kept: for China the unified social credit code, verified by
    its check digit (GB 32100-2015), elsewhere the tax number. Raises `Invalid`."""
    country = country.strip().upper()
    number = re.sub(r"[\s.·/]", "", unicodedata.normalize("NFKC", typed)).upper()
    if not COUNTRY.fullmatch(country):
        raise Invalid("country-unknown", "A country is two letters, such as CN.", field="country")
    if country == CHINA:
        if not CODE.fullmatch(number) or check_sign(number[:17]) != number[17]:
            raise Invalid(
                "credit-code-wrong",
                "This is no unified social credit code: look at its 18 signs again.",
                field="number",
                help="It stands on the business licence; the last sign follows from the others.",
            )
    elif not FOREIGN.fullmatch(number):
        raise Invalid(
            "tax-number-wrong",
            "A tax number has 5 to 30 letters and digits.",
            field="number",
        )
    return country, number


def check_sign(signs: str) -> str:
    """The 18th sign of a unified social credit code, worked out of the first 17."""
    total = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(signs))
    return SIGNS[-total % 31]


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one company's name: brackets, spaces, width and case are none."""
    return _plain(one) == _plain(other) != ""


def _plain(name: str) -> str:
    wide = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in wide if sign.isalnum())


def against(
    claim: Claim, company: Company | None, rules: Rules, *, today: date, is_silent: bool = False
) -> Sequence[str]:
    """What speaks against admitting without a person, by code; nothing: it is admitted."""
    found = []
    if not rules.by_rule:
        found.append("by-person")
    if claim.join_as != "DEALER":
        found.append("seller")
    if is_silent:
        return [*found, "register-silent"]
    if company is None:
        return [*found, "not-found"]
    if not same_name(claim.name, company.name):
        found.append("name-differs")
    if not company.is_active:
        found.append("not-active")
    if rules.least_days and (
        company.founded_on is None or company.founded_on > today - timedelta(days=rules.least_days)
    ):
        found.append("too-young")
    return found


# Domains in which everybody may have an address: they are no company's.
OF_EVERYBODY = frozenset({
    "qq.com", "foxmail.com", "163.com", "126.com", "yeah.net", "sina.com", "sina.cn", "sohu.com",
    "aliyun.com", "139.com", "189.cn", "wo.cn", "gmail.com", "googlemail.com", "outlook.com",
    "hotmail.com", "live.com", "msn.com", "yahoo.com", "icloud.com", "me.com", "aol.com",
    "proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de", "mail.ru", "yandex.ru",
})  # fmt: skip

# What a house may let its people be, the least first.
ROLES_OF = (
    ({"DEALER", "BUYER"}, ("purchaser", "finance", "owner")),
    ({"SELLER"}, ("seller", "account-manager", "receivables", "sales-manager")),
)


def domain_of(email: str) -> str:
    """The domain of an address that may be one company's; '' for one in which everybody is."""
    domain = email.rpartition("@")[2].lower()
    return "" if domain in OF_EVERYBODY else domain


def right_over_domain(party_roles: Iterable[str]) -> str:
    """The permission that a house's domain of mail takes, and its own sign-in: whoever sets them
    decides who comes in and as whom, which at the operator's is more than managing a house."""
    return "operate" if "OPERATOR" in party_roles else "manage"


def roles_of(party_roles: Iterable[str]) -> list[str]:
    """The roles that a house may give to its people by itself, the least first."""
    own = set(party_roles)
    return [role for parties, roles in ROLES_OF if parties & own for role in roles]
