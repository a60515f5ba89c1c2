"""The shapes of values that come in and go out, bounded so that nothing too large goes further."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Path, Query
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from heliu.kernel.money import CURRENCY

LARGEST = 2**63 - 1  # what a column of the database holds
MOST_LINES = 10_000
PRINTABLE = r"^[^\x00]*$"  # PostgreSQL keeps every character but this one


def _whole(value: object) -> object:
    """JSON knows one kind of number: 2.0 is a whole one, "2" and true are none."""
    if isinstance(value, str | bool):
        raise PydanticCustomError("int_type", "Not a whole number")
    return value


Whole = BeforeValidator(_whole)
Amount = Annotated[
    int,
    Field(ge=1, le=LARGEST, description="Minor units of the currency (fen, cents)"),
    Whole,
]
Quantity = Annotated[
    int, Field(ge=1, le=10**9, description="In the smallest unit of the SKU"), Whole
]
Counted = Annotated[
    int, Field(ge=0, le=10**9, description="In the smallest unit of the SKU"), Whole
]
Days = Annotated[int, Field(ge=1, le=366), Whole]
Number = Annotated[int, Field(ge=1, le=LARGEST), Whole]
Flag = Annotated[bool, Field(strict=True)]


def _ours(value: object) -> object:
    """Nothing is converted: what is in another currency is refused in words of its own."""
    if isinstance(value, str) and value != CURRENCY:
        raise PydanticCustomError(
            "currency_other", "Everything here is in {ours} so far", {"ours": CURRENCY}
        )
    return value


Currency = Annotated[
    Literal["CNY"],
    BeforeValidator(_ours),
    Field(description="The only one here; nothing is converted"),
]
Traded = Literal["CNY", "USD", "EUR", "GBP", "JPY", "HKD", "KRW", "SGD", "AUD"]
Theirs = Annotated[
    Traded | None,
    Field(description="In what you take it to be; null: that in which the two trade"),
]
Line = Annotated[str, Field(max_length=80, pattern=PRINTABLE)]
Text = Annotated[str, Field(max_length=300, pattern=PRINTABLE)]
Ref = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$", description="Its id, or the number people see")
]
Code = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$", description="The number people see")]
Language = Annotated[
    Literal["", "en", "zh-hans"], Query(description="Of the document; the reader's own if none")
]

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _in_our_time(moment: datetime) -> datetime:
    return min(max(moment, EARLIEST), LATEST)


# Nothing here is older or younger; what lies outside asks for all, or for nothing.
Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]


def _decimal_text(pattern: str) -> tuple[BeforeValidator, WithJsonSchema]:
    """A decimal that comes as text, so that no float is in between."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "Send it as a text")
        if not re.fullmatch(pattern, value):
            raise PydanticCustomError("decimal_parsing", "Not of the form")
        return value

    return BeforeValidator(read), WithJsonSchema({"type": "string", "pattern": pattern})


Share = Annotated[Decimal, *_decimal_text(r"^0(\.[0-9]{1,4})?$")]
Part = Annotated[Decimal, *_decimal_text(r"^(0\.(?!0+$)[0-9]{1,4}|1(\.0{1,4})?)$")]
Portion = Annotated[Decimal, *_decimal_text(r"^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)$")]
Factor = Annotated[Decimal, *_decimal_text(r"^[1-9](\.[0-9]{1,4})?$")]
Times = Annotated[Decimal, *_decimal_text(r"^(?!0+(\.0+)?$)[0-9]{1,2}(\.[0-9]{1,6})?$")]
Rate = Annotated[Decimal, *_decimal_text(r"^([0-9]{1,2}(\.[0-9]{1,4})?|100)$")]
Percent = Annotated[Decimal, *_decimal_text(r"^(?!0+(\.0+)?$)([0-9]{1,2}(\.[0-9]{1,6})?|100)$")]


class Plain(BaseModel):
    """Base of shapes that come by the thousand: without ninja's slower reading of tables."""

    model_config = ConfigDict(from_attributes=True)


class Sent(Plain):
    """Base of every body: a field that is not known is refused, not overlooked."""

    model_config = ConfigDict(extra="forbid")


class Goods(Plain):
    """A SKU as documents name it."""

    id: UUID
    code: str = Field(description="The seller's code")
    name: str
    name_zh: str


def id_or_number(ref: str) -> UUID | str:
    """What a path names a document by."""
    try:
        return UUID(ref)
    except ValueError:
        return ref.upper()
