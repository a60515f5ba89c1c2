"""What an address says, where it is frozen and how the rows of a sheet name it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as N_

from heliu.kernel.errors import Invalid, Refused

MOST = {
    "name": 60, "receiver": 80, "phone": 40, "country": 2, "region": 120, "street": 200,
    "postcode": 20, "hours": 120,
}  # fmt: skip
NEEDED = ("name", "receiver", "phone", "street")
MISSING = {
    "name": N_("An address needs a name."),
    "receiver": N_("Somebody who takes the goods must be named."),
    "phone": N_("A phone number is needed, so that the driver can call."),
    "street": N_("Street and house are needed."),
}
HOME = "CN"
COLUMNS = (*MOST, "default")
# What a column may be called beside our own name for it, folded.
HEADS = {
    "名称": "name", "地址名称": "name", "收货人": "receiver", "联系人": "receiver",
    "contact": "receiver", "电话": "phone", "手机": "phone", "联系电话": "phone", "tel": "phone",
    "国家": "country", "地区": "region", "省市区": "region", "所在地区": "region",
    "详细地址": "street", "地址": "street", "address": "street", "邮编": "postcode",
    "postal code": "postcode", "zip": "postcode", "收货时间": "hours", "营业时间": "hours",
    "默认": "default", "是否默认": "default",
}  # fmt: skip
YES = {"yes", "y", "1", "true", "x", "是", "默认"}


@dataclass(frozen=True)
class Place:
    """Where goods go, and who takes them there; as an order, a shipment and a waybill keep it."""

    name: str
    receiver: str
    phone: str
    street: str
    country: str = HOME
    region: str = ""
    postcode: str = ""
    hours: str = ""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Place:
        """A good place out of what was typed or read. Raises `Invalid` for what is missing, too
        long or no country."""
        place = {name: " ".join(str(said.get(name) or "").split()) for name in MOST}
        place["country"] = place["country"].upper() or HOME
        for name, text in place.items():
            if name in NEEDED and not text:
                raise Invalid("address-incomplete", MISSING[name], field=name)
            if len(text) > MOST[name] or "\0" in text:
                raise Invalid(
                    "address-too-long", "At most %(most)s signs.", field=name, most=MOST[name]
                )
        country = place["country"]
        if not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise Invalid(
                "country-unknown", "A country is named by two letters, such as CN.", field="country"
            )
        return cls(**place)

    @classmethod
    def kept(cls, told: Mapping[str, str] | None) -> Place | None:
        """As an order or a shipment keeps it; None where it names none."""
        return cls(**told) if told else None

    @property
    def lines(self) -> list[str]:
        """As it is written on a parcel: the place first, then who takes it."""
        abroad = "" if self.country == HOME else self.country
        where = " ".join(filter(None, (abroad, self.region, self.street, self.postcode)))
        return [where, f"{self.receiver} · {self.phone}", *filter(None, [self.hours])]


def address_gone() -> Refused:
    """The address that was named is no live one of the house that orders."""
    return Refused(
        "address-gone",
        "This address is not in your book any more.",
        field="address",
        status=422,
        help="Choose another one, or none for the default.",
    )


def columns_of(head: Sequence[str]) -> list[str]:
    """Our names for the columns of a sheet. Raises `Invalid` for one that is not known, twice
    there, or missing."""
    names = [_column(cell) for cell in head]
    for name, cell in zip(names, head, strict=True):
        if not name:
            raise Invalid(
                "column-unknown", "No column is called %(named)s.", field="file",
                named=cell or "–", help="Take a sheet away first and fill it in.",
            )  # fmt: skip
        if names.count(name) > 1:
            raise Invalid(
                "column-twice", "The column %(named)s stands there twice.", field="file", named=cell
            )
    for name in NEEDED:
        if name not in names:
            raise Invalid(
                "column-missing", "The column %(named)s is missing.", field="file", named=name
            )
    return names


def row_of(names: Sequence[str], cells: Sequence[str]) -> tuple[Place, bool]:
    """What a row says: the place, and whether it is the default."""
    padded = [*cells, *[""] * (len(names) - len(cells))]
    said = dict(zip(names, padded, strict=False))
    return Place.of(said), said.get("default", "").strip().casefold() in YES


def _column(cell: str) -> str:
    folded = " ".join(cell.casefold().split())
    return folded if folded in COLUMNS else HEADS.get(folded, "")
